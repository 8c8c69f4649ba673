//! What a program declared to be counted: an instant and a value for each event, bounded.

use crate::codec::{CodecError, Part, Writer};
use crate::id::name_hash;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TAG: u8 = 12;
const VERSION: u8 = 1;
/// Events one accumulator remembers of one customer, the oldest go first; a count can't exceed it.
pub const COUNTED_MAX: usize = 256;

/// The accumulators of one customer, by the hash of their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counters {
    of: BTreeMap<u64, Counter>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Counter {
    /// The journal has been read for it.
    filled: bool,
    /// Oldest first.
    events: Vec<(Instant, f64)>,
}

impl Counters {
    /// The events of an accumulator from an instant on, oldest first.
    pub fn since(&self, name: &str, from: Instant) -> impl Iterator<Item = (Instant, f64)> {
        let events = self.of.get(&name_hash(name)).map_or(&[][..], |counter| &counter.events);
        events.iter().filter(move |(at, _)| *at >= from).copied()
    }

    /// Whether the past of an accumulator is already in it.
    pub fn is_filled(&self, name: &str) -> bool {
        self.of.get(&name_hash(name)).is_some_and(|counter| counter.filled)
    }

    /// Counts one event; what is older than `keep` is forgotten.
    pub fn add(&mut self, name: &str, at: Instant, value: f64, keep: Instant) {
        let events = &mut self.of.entry(name_hash(name)).or_default().events;
        let place = events.partition_point(|(known, _)| *known <= at);
        events.insert(place, (at, value));
        let old = events.partition_point(|(known, _)| *known < keep);
        let too_many = events.len().saturating_sub(COUNTED_MAX);
        events.drain(..old.max(too_many));
    }

    /// Takes an accumulator out, to be counted anew from the journal; give it back with `merge`.
    pub fn take(&mut self, name: &str) -> Vec<(Instant, f64)> {
        self.of.remove(&name_hash(name)).map_or_else(Vec::new, |counter| counter.events)
    }

    /// What was counted before and the journal does not know, such as orders of an imported file, stays.
    pub fn merge(&mut self, name: &str, before: Vec<(Instant, f64)>, keep: Instant) {
        let mut known = self.of.get(&name_hash(name)).map_or_else(Vec::new, |counter| counter.events.clone());
        for event in before {
            match known.iter().position(|other| *other == event) {
                Some(same) => drop(known.swap_remove(same)),
                None => self.add(name, event.0, event.1, keep),
            }
        }
        self.of.entry(name_hash(name)).or_default().filled = true;
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        if !self.of.is_empty() {
            writer.part(TAG, VERSION, &self.of);
        }
    }

    pub(crate) fn read(part: &Part<'_>) -> Option<Result<Counters, CodecError>> {
        (part.tag == TAG).then(|| Ok(Counters { of: part.decode("the accumulators")? }))
    }
}
