//! Instants, zones, windows, calendars: the only place that turns local time into instants.
//!
//! Nothing here reads a clock. `now` is always an argument.
//!
//! Local times that do not exist (spring) become the first minute that does; local times that
//! exist twice (autumn) become the first of the two. Both rules are tested for every zone.

mod duration;
mod places;
mod window;
mod zones;

pub use duration::{CalendarSpan, SpanError};
pub use window::{ClockTime, DaySet, DayWindow, Hours, Weekday};
pub use zones::Zones;

use chrono::{DateTime, Datelike, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Not a local time and not a duration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instant(pub i64);

/// Days since 1970-01-01 in some stated zone. Not an instant: it has no hour.
pub type Day = i32;

/// Milliseconds in an exact (not calendar) hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds in an exact (not calendar) day.
pub const DAY_MS: i64 = 86_400_000;

/// The last instant we handle, 9999-12-31T00:00:00Z; later ones are clipped to it.
pub const INSTANT_MAX: Instant = Instant(253_402_214_400_000);

impl Instant {
    /// Reads RFC 3339, for example `2026-03-02T09:15:00Z`.
    pub fn parse(text: &str) -> Option<Instant> {
        let parsed = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Instant(parsed.timestamp_millis().clamp(-INSTANT_MAX.0, INSTANT_MAX.0)))
    }

    /// RFC 3339 in UTC, to the second when there are no milliseconds.
    pub fn rfc3339(self) -> String {
        let format = if self.0 % 1000 == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.3fZ" };
        self.utc().format(format).to_string()
    }

    /// Later by exact milliseconds, stopping at [`INSTANT_MAX`].
    pub fn plus_ms(self, ms: i64) -> Instant {
        Instant(self.0.saturating_add(ms).clamp(-INSTANT_MAX.0, INSTANT_MAX.0))
    }

    /// Exact milliseconds from `earlier` to `self`; negative when it is later.
    pub fn since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    fn utc(self) -> DateTime<Utc> {
        let clipped = self.0.clamp(-INSTANT_MAX.0, INSTANT_MAX.0);
        // The clip keeps the value inside chrono's range, so the fallback is never taken.
        DateTime::from_timestamp_millis(clipped).unwrap_or_default()
    }
}

/// A named time zone. Rules come with the core's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// UTC, for shops that named no zone.
    pub const UTC: Zone = Zone(Tz::UTC);

    /// Reads an IANA name such as `Europe/London`; `None` for an unknown one.
    pub fn named(name: &str) -> Option<Zone> {
        name.parse().ok().map(Zone)
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Every zone the core knows, in the order of their names.
    pub fn all() -> impl Iterator<Item = Zone> {
        chrono_tz::TZ_VARIANTS.iter().copied().map(Zone)
    }

    /// The wall clock at an instant.
    pub fn local(self, at: Instant) -> NaiveDateTime {
        at.utc().with_timezone(&self.0).naive_local()
    }

    /// The local calendar day of an instant.
    pub fn day(self, at: Instant) -> Day {
        day_of(self.local(at).date())
    }

    /// The instant of a wall clock time: the first of two, or the first valid minute after a gap.
    pub fn instant(self, local: NaiveDateTime) -> Instant {
        let resolved = match self.0.from_local_datetime(&local) {
            LocalResult::Single(one) => one,
            LocalResult::Ambiguous(first, _) => first,
            LocalResult::None => return self.after_gap(local),
        };
        Instant(resolved.timestamp_millis().clamp(-INSTANT_MAX.0, INSTANT_MAX.0))
    }

    /// The instant of a clock time on a local day.
    pub fn at(self, day: Day, clock: ClockTime) -> Instant {
        self.instant(date_of(day).and_time(clock.naive()))
    }

    /// Gaps end within a day everywhere (Samoa once skipped one whole), so the search is bounded.
    fn after_gap(self, local: NaiveDateTime) -> Instant {
        let whole_minute = local.with_time_to_minute();
        for minutes in 1..=25 * 60 {
            let probe = whole_minute + chrono::TimeDelta::minutes(minutes);
            if let Some(found) = self.0.from_local_datetime(&probe).earliest() {
                return Instant(found.timestamp_millis());
            }
        }
        Instant(local.and_utc().timestamp_millis())
    }
}

trait ToMinute {
    fn with_time_to_minute(&self) -> NaiveDateTime;
}

impl ToMinute for NaiveDateTime {
    fn with_time_to_minute(&self) -> NaiveDateTime {
        use chrono::Timelike;
        let time = NaiveTime::from_hms_opt(self.hour(), self.minute(), 0).unwrap_or_default();
        self.date().and_time(time)
    }
}

const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
/// Days we handle: years 1 to 9999. Others are clipped, so arithmetic on days never fails.
const DAY_MIN: Day = -719_162;
const DAY_MAX: Day = 2_932_896;

/// The day number of a date.
pub fn day_of(date: NaiveDate) -> Day {
    date.num_days_from_ce() - EPOCH.num_days_from_ce()
}

/// The date of a day number, clipped to the years 1 to 9999.
pub fn date_of(day: Day) -> NaiveDate {
    let clipped = day.clamp(DAY_MIN, DAY_MAX);
    NaiveDate::from_num_days_from_ce_opt(clipped + EPOCH.num_days_from_ce()).unwrap_or(EPOCH)
}

/// `YYYY-MM-DD`.
pub fn day_text(day: Day) -> String {
    date_of(day).format("%Y-%m-%d").to_string()
}

/// Reads `YYYY-MM-DD`.
pub fn parse_day(text: &str) -> Option<Day> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(day_of)
}

/// 0 for Monday to 6 for Sunday.
pub fn weekday(day: Day) -> u8 {
    date_of(day).weekday().num_days_from_monday() as u8
}

/// A day some calendar months later; the 31st of a short month becomes its last day.
pub fn add_months(day: Day, months: u32) -> Day {
    date_of(day).checked_add_months(Months::new(months)).map_or(DAY_MAX, day_of)
}

/// A day some days later.
pub fn add_days(day: Day, days: u32) -> Day {
    date_of(day).checked_add_days(Days::new(u64::from(days))).map_or(DAY_MAX, day_of)
}

/// What to do with a yearly date on 29 February in a common year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LeapDay {
    /// Celebrate on 28 February.
    #[default]
    #[serde(rename = "feb_28")]
    February28,
    /// Celebrate on 1 March.
    #[serde(rename = "mar_1")]
    March1,
}

/// The first day on or after `from` on which a yearly date falls.
pub fn next_yearly(from: Day, month: u8, day: u8, leap: LeapDay) -> Option<Day> {
    let year = date_of(from).year();
    (year..=year + 8).filter_map(|year| yearly_in(year, month, day, leap)).find(|&found| found >= from)
}

fn yearly_in(year: i32, month: u8, day: u8, leap: LeapDay) -> Option<Day> {
    if let Some(date) = NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day)) {
        return Some(day_of(date));
    }
    match (month, day, leap) {
        (2, 29, LeapDay::February28) => NaiveDate::from_ymd_opt(year, 2, 28).map(day_of),
        (2, 29, LeapDay::March1) => NaiveDate::from_ymd_opt(year, 3, 1).map(day_of),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
