//! Clock times, sets of days and windows such as quiet hours and business hours.

use super::{Day, Instant, Zone, duration::next_clock, weekday};
use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A wall clock time to the minute, `HH:MM`. Not an instant: it needs a day and a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime {
    minutes: u16,
}

impl ClockTime {
    /// Panics when out of range; for constants in code, never for input.
    pub const fn hm(hour: u16, minute: u16) -> ClockTime {
        assert!(hour < 24 && minute < 60);
        ClockTime { minutes: hour * 60 + minute }
    }

    /// Reads `HH:MM`.
    pub fn parse(text: &str) -> Option<ClockTime> {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60 && text.len() == 5).then_some(ClockTime { minutes: hour * 60 + minute })
    }

    /// The next time the clock of `zone` shows this, now included.
    pub fn next(self, from: Instant, zone: Zone) -> Instant {
        next_clock(from, self, zone)
    }

    pub(super) fn naive(self) -> NaiveTime {
        NaiveTime::from_hms_opt(u32::from(self.minutes / 60), u32::from(self.minutes % 60), 0).unwrap_or_default()
    }
}

impl std::fmt::Display for ClockTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        ClockTime::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a clock time; write `HH:MM`, for example `09:00`"))
        })
    }
}

/// Days of the week as a set. Written as a list: `[monday, friday]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySet(u8);

/// The names used in programs, Monday first.
pub const DAY_NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl DaySet {
    /// Monday to Sunday.
    pub const ALL: DaySet = DaySet(0b111_1111);
    /// Monday to Friday.
    pub const WEEKDAYS: DaySet = DaySet(0b001_1111);

    /// Whether the weekday (0 Monday) is in the set.
    pub fn contains(self, weekday: u8) -> bool {
        self.0 & (1 << weekday) != 0
    }

    /// Whether there is no day in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Default for DaySet {
    fn default() -> Self {
        DaySet::ALL
    }
}

impl Serialize for DaySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return self.0.serialize(serializer);
        }
        let names: Vec<&str> =
            (0u8..7).filter(|day| self.contains(*day)).map(|day| DAY_NAMES[usize::from(day)]).collect();
        names.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DaySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u8::deserialize(deserializer).map(DaySet);
        }
        let names = Vec::<Weekday>::deserialize(deserializer)?;
        Ok(DaySet(names.iter().fold(0, |set, day| set | (1 << day.number()))))
    }
}

/// A day of the week by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// 0 for Monday to 6 for Sunday.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// Part of each day, which may pass midnight: `from: "21:00", to: "09:00"` is the night.
/// Equal ends are the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DayWindow {
    /// First minute inside.
    pub from: ClockTime,
    /// First minute outside.
    pub to: ClockTime,
}

impl DayWindow {
    /// Whether the wall clock of `zone` is inside.
    pub fn contains(self, at: Instant, zone: Zone) -> bool {
        let local = zone.local(at);
        let minute = (local.hour() * 60 + local.minute()) as u16;
        let (from, to) = (self.from.minutes, self.to.minutes);
        if from == to {
            true
        } else if from < to {
            (from..to).contains(&minute)
        } else {
            minute >= from || minute < to
        }
    }

    /// The first instant at or after `at` that is outside; `None` when the window never closes.
    pub fn leave(self, at: Instant, zone: Zone) -> Option<Instant> {
        if !self.contains(at, zone) {
            return Some(at);
        }
        (self.from != self.to).then(|| self.to.next(at, zone))
    }
}

/// When something is allowed: hours on some days, except holidays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// First minute inside.
    pub from: ClockTime,
    /// First minute outside.
    pub to: ClockTime,
    /// Days of the week; all seven when absent.
    #[serde(default)]
    pub days: DaySet,
    /// Dates (`YYYY-MM-DD`) on which nothing is allowed.
    #[serde(default)]
    pub except: Vec<String>,
}

/// How many days ahead an opening is looked for: longer closures make the window count as never.
const OPENING_DAYS_MAX: Day = 60;

impl Hours {
    /// Whether `at` is inside, on the wall clock of `zone`.
    pub fn contains(&self, at: Instant, zone: Zone) -> bool {
        let window = DayWindow { from: self.from, to: self.to };
        let started = if self.from > self.to && zone.local(at).time() < self.to.naive() {
            zone.day(at) - 1
        } else {
            zone.day(at)
        };
        window.contains(at, zone) && self.open_on(started)
    }

    /// The first instant at or after `at` that is inside; `None` when there is none in 60 days.
    pub fn enter(&self, at: Instant, zone: Zone) -> Option<Instant> {
        if self.contains(at, zone) {
            return Some(at);
        }
        let today = zone.day(at);
        (today..=today + OPENING_DAYS_MAX)
            .filter(|&day| self.open_on(day))
            .map(|day| zone.at(day, self.from))
            .find(|&opens| opens >= at && self.contains(opens, zone))
    }

    /// The instant at which `hours` of open time have passed since `from`.
    pub fn after_open_minutes(&self, from: Instant, minutes: u32, zone: Zone) -> Option<Instant> {
        let mut left = i64::from(minutes) * 60_000;
        let mut at = self.enter(from, zone)?;
        for _ in 0..OPENING_DAYS_MAX {
            let closes = self.closes(at, zone);
            let open = closes.since(at);
            if left <= open {
                return Some(at.plus_ms(left));
            }
            left -= open;
            at = self.enter(closes, zone)?;
        }
        None
    }

    fn closes(&self, at: Instant, zone: Zone) -> Instant {
        let closes = self.to.next(at, zone);
        if closes == at { self.to.next(at.plus_ms(60_000), zone) } else { closes }
    }

    fn open_on(&self, day: Day) -> bool {
        self.days.contains(weekday(day)) && !self.except.iter().any(|date| super::parse_day(date) == Some(day))
    }
}

#[cfg(feature = "schema")]
mod schema {
    use super::{ClockTime, DAY_NAMES, DaySet};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    impl JsonSchema for ClockTime {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "ClockTime".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "description": "A wall clock time, HH:MM." })
        }
    }

    impl JsonSchema for DaySet {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "DaySet".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "array", "items": { "enum": DAY_NAMES }, "description": "Days of the week." })
        }
    }
}
