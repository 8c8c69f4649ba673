//! The match index: an event finds the conditions it could satisfy; the others are never looked at.
//!
//! Each condition is posted under one *necessary* key, see [`Shares::necessary`]: a fact without which it
//! cannot hold. Candidates still have to be evaluated, so the index may name too many and must never
//! name too few; a collision of hashes costs time and nothing else. Keys are names and not places in a
//! catalogue, so one index serves every catalogue and every customer.

mod grams;
mod key;
mod values;

pub(crate) use grams::Grams;
pub(crate) use key::{Key, Shares, Subject, Wanted};

use super::{Condition, Scope};
use std::collections::BTreeMap;

/// Conditions by what they need. Numbers are the caller's and come back in order.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Those without a key: candidates of every event.
    unkeyed: Vec<usize>,
    shelves: Vec<Shelf>,
}

/// The keys about one subject.
#[derive(Clone, Debug)]
struct Shelf {
    subject: Subject,
    exact: BTreeMap<u64, Vec<usize>>,
    /// Only while the index is made.
    parts: BTreeMap<String, Vec<usize>>,
    /// The parts again, found in a text, in the order of `parts`.
    grams: Grams,
    posted: Vec<Vec<usize>>,
}

impl Index {
    /// Posts conditions under their numbers. None at all is a condition that always holds.
    pub fn new<'a>(conditions: impl Iterator<Item = (usize, Option<&'a Condition>)>) -> Index {
        let conditions: Vec<_> = conditions.collect();
        let shares = Shares::of(conditions.iter().filter_map(|(_, condition)| *condition));
        let mut index = Index::default();
        for (number, condition) in conditions {
            match condition.and_then(|condition| shares.necessary(condition)) {
                Some(keys) => keys.list.into_iter().for_each(|key| index.post(key, number)),
                None => index.unkeyed.push(number),
            }
        }
        for shelf in &mut index.shelves {
            shelf.grams = Grams::new(shelf.parts.keys().map(String::as_bytes));
            shelf.posted = std::mem::take(&mut shelf.parts).into_values().collect();
        }
        index
    }

    /// The numbers of all conditions that could hold, each once, in order.
    pub fn candidates(&self, scope: &Scope<'_>) -> Vec<usize> {
        let mut found = self.unkeyed.clone();
        for shelf in &self.shelves {
            shelf.look(scope, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn post(&mut self, key: Key, number: usize) {
        let at = self.shelves.iter().position(|shelf| shelf.subject == key.subject).unwrap_or_else(|| {
            self.shelves.push(Shelf::new(key.subject.clone()));
            self.shelves.len() - 1
        });
        let shelf = &mut self.shelves[at];
        match key.wanted {
            Wanted::Is(name) => shelf.exact.entry(shelf.subject.hash(&name)).or_default().push(number),
            Wanted::Contains(part) => shelf.parts.entry(part).or_default().push(number),
        }
    }
}

impl Shelf {
    fn new(subject: Subject) -> Shelf {
        Shelf { subject, exact: BTreeMap::new(), parts: BTreeMap::new(), grams: Grams::default(), posted: Vec::new() }
    }

    fn look(&self, scope: &Scope<'_>, found: &mut Vec<usize>) {
        self.subject.each_value(scope, &mut |value| {
            found.extend(self.exact.get(&value.hash()).into_iter().flatten());
            if let Some(text) = value.text() {
                self.grams.find(text.as_bytes(), |part| found.extend(&self.posted[part]));
            }
        });
    }
}

#[cfg(test)]
mod tests;
