//! The policy as it is written.

use crate::time::{CalendarSpan, ClockTime, Day, DaySet, DayWindow, Hours, Instant, Zone, parse_day};
use serde::{Deserialize, Serialize};

/// Rules over all sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// No marketing in these hours of the customer's day; it is held until they end.
    pub quiet_hours: Option<DayWindow>,
    /// Dates (`YYYY-MM-DD`) without marketing, in the customer's calendar: holidays, days of mourning.
    pub quiet_days: Vec<String>,
    /// When staff work, in the shop's zone: operator tasks are due in these hours.
    pub business_hours: Hours,
    /// How long marketing gathers before it is judged together. Zero sends at once and lets two
    /// journeys greet one customer in the same minute; an hour makes every letter an hour late.
    pub slot: CalendarSpan,
    /// Marketing messages released for one customer, channel and slot; the others wait for the next.
    pub per_slot_max: u32,
    /// Limits on marketing.
    pub caps: Vec<Cap>,
    /// Topics that the shop writes about; empty allows every topic.
    pub topics: Vec<String>,
    /// Share of customers, 0 to 100, to whom no marketing goes at all, to measure what all of it adds.
    pub holdout_percent: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            quiet_hours: Some(DayWindow { from: ClockTime::hm(21, 0), to: ClockTime::hm(8, 0) }),
            quiet_days: Vec::new(),
            business_hours: Hours {
                from: ClockTime::hm(9, 0),
                to: ClockTime::hm(18, 0),
                days: DaySet::WEEKDAYS,
                except: Vec::new(),
            },
            slot: CalendarSpan::minutes(10),
            per_slot_max: 1,
            caps: Vec::new(),
            topics: Vec::new(),
            holdout_percent: 0.0,
        }
    }
}

impl Policy {
    /// The first instant at or after `at` at which marketing may be sent to somebody in `zone`; `None` when there is none.
    pub fn awake(&self, at: Instant, zone: Zone) -> Option<Instant> {
        let quiet: Vec<Day> = self.quiet_days.iter().filter_map(|date| parse_day(date)).collect();
        let mut awake = at;
        // Each turn leaves one quiet day behind.
        for _ in 0..=quiet.len() {
            awake = self.quiet_hours.map_or(Some(awake), |hours| hours.leave(awake, zone))?;
            let day = zone.day(awake);
            if !quiet.contains(&day) {
                return Some(awake);
            }
            awake = zone.at(day + 1, ClockTime::hm(0, 0));
        }
        Some(awake)
    }
}

/// At most so many in a span of time. Days are the customer's calendar days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Only on this channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// Only about this topic.
    #[serde(default)]
    pub topic: Option<String>,
    /// At most so many; at least 1.
    pub max: u32,
    /// In the last so much time.
    pub per: CalendarSpan,
    /// In the calendar's own day, week from Monday or month (`per: 1d`, `1w`, `1mo`) instead of the last so much time.
    #[serde(default)]
    pub calendar: bool,
    /// Skip what is over the cap instead of holding it until there is room.
    #[serde(default)]
    pub skip: bool,
}
