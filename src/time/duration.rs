//! Spans as people write them: `15m`, `2d`, `1w`, `3mo`, `1d 12h`.

use super::{ClockTime, Day, HOUR_MS, Instant, Zone, add_days, add_months};
use chrono::Datelike;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of months, days and exact minutes. Days and months follow the calendar, so `1d` after
/// Saturday 09:00 is Sunday 09:00 even when the clocks change; `24h` is always 24 hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalendarSpan {
    months: u32,
    days: u32,
    minutes: u32,
}

/// The longest span we take, about ten years.
const DAYS_MAX: u32 = 3660;

impl CalendarSpan {
    /// A span of whole days.
    pub const fn days(days: u32) -> CalendarSpan {
        CalendarSpan { months: 0, days, minutes: 0 }
    }

    /// A span of exact minutes.
    pub const fn minutes(minutes: u32) -> CalendarSpan {
        CalendarSpan { months: 0, days: 0, minutes }
    }

    /// No time at all.
    pub fn is_zero(self) -> bool {
        self == CalendarSpan::default()
    }

    /// The instant this much later on the wall clock of `zone`.
    pub fn after(self, from: Instant, zone: Zone) -> Instant {
        let exact = i64::from(self.minutes) * 60_000;
        if self.months == 0 && self.days == 0 {
            return from.plus_ms(exact);
        }
        let local = zone.local(from);
        let day = add_days(add_months(super::day_of(local.date()), self.months), self.days);
        zone.instant(super::date_of(day).and_time(local.time())).plus_ms(exact)
    }

    /// The instant this much earlier, days as calendar days.
    pub fn before(self, from: Instant, zone: Zone) -> Instant {
        let exact = i64::from(self.minutes) * 60_000;
        if self.months == 0 && self.days == 0 {
            return from.plus_ms(-exact);
        }
        let local = zone.local(from);
        let month_ago = super::date_of(super::day_of(local.date()))
            .checked_sub_months(chrono::Months::new(self.months))
            .map_or(Day::MIN / 2, super::day_of);
        let day = month_ago.saturating_sub(self.days as i32);
        zone.instant(super::date_of(day).and_time(local.time())).plus_ms(-exact)
    }

    /// The calendar day, week from Monday or month that `at` is in, from its first instant to the next one's; for spans of just one.
    pub fn calendar_window(self, at: Instant, zone: Zone) -> Option<(Instant, Instant)> {
        let today = zone.day(at);
        let (first, next) = match (self.months, self.days, self.minutes) {
            (0, 1, 0) => (today, today + 1),
            (0, 7, 0) => {
                let monday = today - Day::from(super::weekday(today));
                (monday, monday + 7)
            }
            (1, 0, 0) => {
                let first = today - super::date_of(today).day0() as Day;
                (first, add_months(first, 1))
            }
            _ => return None,
        };
        let midnight = ClockTime::hm(0, 0);
        Some((zone.at(first, midnight), zone.at(next, midnight)))
    }

    /// About how many milliseconds, months as 30 days. For comparing spans, not for dates.
    pub fn roughly_ms(self) -> i64 {
        (i64::from(self.months) * 30 + i64::from(self.days)) * 24 * HOUR_MS + i64::from(self.minutes) * 60_000
    }

    /// About how many days, rounded up, at least one.
    pub fn roughly_days(self) -> u32 {
        let days = self.roughly_ms().div_euclid(24 * HOUR_MS);
        u32::try_from(days).unwrap_or(DAYS_MAX).max(1)
    }

    /// Reads `1mo 2w 3d 4h 5m`, any of them, in any order, with or without spaces.
    pub fn parse(text: &str) -> Result<CalendarSpan, SpanError> {
        let mut span = CalendarSpan::default();
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(SpanError { text: text.to_owned() });
        }
        while !rest.is_empty() {
            rest = span.add_part(rest).ok_or_else(|| SpanError { text: text.to_owned() })?.trim_start();
        }
        if i64::from(DAYS_MAX) * 24 * HOUR_MS < span.roughly_ms() {
            return Err(SpanError { text: text.to_owned() });
        }
        Ok(span)
    }

    fn add_part<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let count: u32 = text[..digits].parse().ok().filter(|&n| n <= 1_000_000)?;
        let unit_text = &text[digits..];
        let letters = unit_text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit_text.len());
        match &unit_text[..letters] {
            "m" | "min" => self.minutes = self.minutes.checked_add(count)?,
            "h" => self.minutes = self.minutes.checked_add(count.checked_mul(60)?)?,
            "d" => self.days = self.days.checked_add(count)?,
            "w" => self.days = self.days.checked_add(count.checked_mul(7)?)?,
            "mo" => self.months = self.months.checked_add(count)?,
            "y" => self.months = self.months.checked_add(count.checked_mul(12)?)?,
            _ => return None,
        }
        Some(&unit_text[letters..])
    }
}

/// A span that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanError {
    text: String,
}

impl std::fmt::Display for SpanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`{}` is not a span of at most 10 years; write for example `15m`, `2h`, `3d`, `1w`, `1mo` or `1d 12h`",
            self.text
        )
    }
}

impl std::fmt::Display for CalendarSpan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hours = self.minutes / 60;
        let parts = [(self.months, "mo"), (self.days, "d"), (hours, "h"), (self.minutes % 60, "m")];
        let written: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
        if written.is_empty() { f.write_str("0m") } else { f.write_str(&written.join(" ")) }
    }
}

impl<'de> Deserialize<'de> for CalendarSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        CalendarSpan::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl Serialize for CalendarSpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for CalendarSpan {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A span of time: 15m, 2h, 3d, 1w, 1mo, 1y or several, such as `1d 12h`. Days and longer follow the calendar of the customer's zone.",
            "pattern": "^\\s*([0-9]+\\s*(m|min|h|d|w|mo|y)\\s*)+$"
        })
    }
}

/// The first instant at or after `from` at which the wall clock of `zone` shows `clock`.
pub(super) fn next_clock(from: Instant, clock: ClockTime, zone: Zone) -> Instant {
    let today = zone.day(from);
    let candidate = zone.at(today, clock);
    if candidate >= from { candidate } else { zone.at(today + 1, clock) }
}
