//! Accumulators: events that a program wants counted, or summed, for conditions to ask about.

use super::EventNames;
use crate::condition::{Condition, Scope, at_path};
use crate::customer::Customer;
use crate::event::Event;
use crate::model::Catalogue;
use crate::time::{CalendarSpan, Instant, Zone};
use serde::{Deserialize, Serialize};

/// Events to be counted, asked about by the condition `counted`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Accumulator {
    /// A name for machines, unique in the program. Another meaning needs another name: what was counted stays.
    pub id: String,
    /// Which events.
    pub event: EventNames,
    /// Only those for which this holds.
    #[serde(default)]
    pub when: Option<Condition>,
    /// A number in the event's data by its path, to be summed; without it events are counted.
    #[serde(default)]
    pub sum: Option<String>,
    /// How long an event counts.
    #[serde(default = "a_year")]
    pub keep: CalendarSpan,
}

fn a_year() -> CalendarSpan {
    CalendarSpan::days(365)
}

impl Accumulator {
    /// Counts an event that was folded already, if it is one of these.
    pub fn fold(&self, event: &Event, customer: &mut Customer, catalogue: &Catalogue, now: Instant, zone: Zone) {
        if !self.event.contains(event.kind) {
            return;
        }
        let scope = Scope { now, zone, customer, catalogue, event: Some(event), run: None, cart: None, line: None };
        if !self.when.as_ref().is_none_or(|when| when.eval(&scope).holds) {
            return;
        }
        let value = match &self.sum {
            None => Some(1.0),
            Some(path) => at_path(&event.raw, path).and_then(|value| value.as_f64()),
        };
        if let Some(value) = value.filter(|value| value.is_finite()) {
            customer.counters.add(&self.id, event.at, value, self.keep.before(now, zone));
        }
    }
}
