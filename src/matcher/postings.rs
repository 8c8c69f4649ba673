//! Rules by what they need, for each kind of event.

use super::bits::Bits;
use super::guards::Posting;
use super::needs::Needs;
use super::tables::RuleKey;
use super::{Form, Tables};
use crate::condition::index::Grams;
use std::collections::BTreeMap;

/// The rules one kind of event could fire.
#[derive(Debug, Default)]
pub(super) struct KindIndex {
    /// Candidates of every event.
    pub unkeyed: Vec<Posting>,
    /// Slots whose symbols are keys.
    pub key_slots: Vec<u32>,
    /// Slots in whose text parts are looked for, by their numbers among the grams.
    pub texts: Vec<u32>,
    /// Slots that are read as sets of bits; guards number them from one.
    pub sets: Vec<u32>,
    pub by_symbol: Postings,
    pub by_part: Postings,
    pub pairs: Vec<Pairs>,
}

/// Two slots, or a symbol of each.
pub(super) type Pair = (u32, u32);

/// Rules that need a symbol of each of two slots. A role alone or a country alone says little and
/// would name a good part of all rules; both together say something.
#[derive(Debug)]
pub(super) struct Pairs {
    pub slots: Pair,
    /// Sorted.
    keys: Vec<Pair>,
    /// Numbers of keys by their hash; see [`probes`].
    places: Vec<u32>,
    postings: Postings,
}

/// No key's number.
const FREE: u32 = u32::MAX;

/// Postings by key, one list after another.
#[derive(Debug, Default)]
pub(super) struct Postings {
    starts: Vec<u32>,
    list: Vec<Posting>,
}

/// What is looked for in a slot's text.
#[derive(Debug)]
pub(super) struct SlotGrams {
    pub slot: u32,
    pub grams: Grams,
    /// Its parts by their numbers in the tables.
    pub parts: Vec<u32>,
}

impl KindIndex {
    pub(super) fn new(kind: usize, tables: &Tables, bits: &Bits, grams: &[SlotGrams]) -> KindIndex {
        let slots = &tables.kinds[kind].slots;
        let texts = (0..).zip(grams).filter(|(_, grams)| slots.contains(&grams.slot)).map(|(at, _)| at).collect();
        let mut index = KindIndex { texts, ..KindIndex::default() };
        let (mut by_symbol, mut by_part, mut by_pair) = (Vec::new(), Vec::new(), BTreeMap::new());
        let rules = tables.rules.iter().zip(0..).filter(|(rule, _)| rule.kinds & 1 << kind != 0);
        for (rule, number) in rules {
            let needs = Needs::of(rule, tables, bits, &mut index.sets);
            if let Some((slots, keys, posting)) = needs.pair(number, rule, tables) {
                let list: &mut Vec<_> = by_pair.entry(slots).or_default();
                list.extend(keys.into_iter().map(|key| (key, posting)));
                continue;
            }
            let posting = needs.posting(number, rule, tables);
            match &rule.key {
                RuleKey::None => index.unkeyed.push(posting),
                RuleKey::Any { slots, symbols, parts } => {
                    index.key_slots.extend(slots);
                    by_symbol.extend(symbols.iter().map(|symbol| (*symbol, posting)));
                    by_part.extend(parts.iter().map(|part| (*part, posting)));
                }
            }
        }
        index.key_slots.sort_unstable();
        index.key_slots.dedup();
        index.by_symbol = Postings::new(tables.symbols as usize, by_symbol);
        index.by_part = Postings::new(tables.parts.len(), by_part);
        index.pairs = by_pair.into_iter().map(|(slots, list)| Pairs::new(slots, list)).collect();
        index
    }
}

impl Pairs {
    fn new(slots: Pair, list: Vec<(Pair, Posting)>) -> Pairs {
        let mut keys: Vec<Pair> = list.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        let number = |key: &Pair| keys.binary_search(key).map_or(0, |at| at as u32);
        let postings = Postings::new(keys.len(), list.iter().map(|(key, posting)| (number(key), *posting)).collect());
        let mut places = vec![FREE; (2 * keys.len()).next_power_of_two()];
        for (key, number) in keys.iter().zip(0..) {
            let place = probes(*key, places.len()).find(|&place| places[place] == FREE);
            places[place.expect("half of the places are free")] = number;
        }
        Pairs { slots, keys, places, postings }
    }

    pub(super) fn of(&self, key: Pair) -> &[Posting] {
        for place in probes(key, self.places.len()) {
            let number = self.places[place];
            if number == FREE {
                break;
            }
            if self.keys[number as usize] == key {
                return self.postings.of(number);
            }
        }
        &[]
    }
}

/// Where to look for a key among a power of two of places, one after another.
fn probes((first, second): Pair, places: usize) -> impl Iterator<Item = usize> {
    // Fibonacci hashing: the upper half of a product with 2⁶⁴ over the golden ratio.
    let hash = (u64::from(first) << 32 | u64::from(second)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    (0..places).map(move |step| (hash as usize + step) & (places - 1))
}

impl Postings {
    fn new(keys: usize, mut list: Vec<(u32, Posting)>) -> Postings {
        let mut starts = vec![0u32; keys + 1];
        list.iter().for_each(|(key, _)| starts[*key as usize + 1] += 1);
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        // Stable: rules stay in order.
        list.sort_by_key(|(key, _)| *key);
        Postings { starts, list: list.into_iter().map(|(_, posting)| posting).collect() }
    }

    /// Of an unknown key, nothing.
    pub(super) fn of(&self, key: u32) -> &[Posting] {
        match self.starts.get(key as usize..(key as usize).saturating_add(2)) {
            Some(&[from, to]) => &self.list[from as usize..to as usize],
            _ => &[],
        }
    }
}

pub(super) fn slot_grams(tables: &Tables) -> Vec<SlotGrams> {
    let mut all: Vec<(u32, Vec<u32>)> = Vec::new();
    let texts = tables.slots.iter().zip(0..).filter(|(slot, _)| slot.form == Form::Text);
    all.extend(texts.map(|(_, slot)| (slot, Vec::new())));
    for (part, number) in tables.parts.iter().zip(0..) {
        all.iter_mut().filter(|(slot, _)| *slot == part.slot).for_each(|(_, parts)| parts.push(number));
    }
    let grams = |parts: &[u32]| Grams::new(parts.iter().map(|part| tables.parts[*part as usize].text.as_bytes()));
    all.into_iter().map(|(slot, parts)| SlotGrams { slot, grams: grams(&parts), parts }).collect()
}
