//! The policy as it is written.

use crate::time::{CalendarSpan, ClockTime, DaySet, DayWindow, Hours};
use serde::{Deserialize, Serialize};

/// Rules over all sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// No marketing in these hours of the customer's day; it is held until they end.
    pub quiet_hours: Option<DayWindow>,
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
    /// Skip what is over the cap instead of holding it until there is room.
    #[serde(default)]
    pub skip: bool,
}
