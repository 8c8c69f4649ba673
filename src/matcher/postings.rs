//! Rules by what they need, for each kind of event.

use super::tables::{FAILS, HOLDS, Rule, RuleKey, Test, What};
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
    pub by_symbol: Postings,
    pub by_part: Postings,
    pub pairs: Vec<Pairs>,
}

/// Two slots, or a symbol of each.
type Pair = (u32, u32);

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

/// A rule where it is posted, with all that rules it out soon: the list is read in a row, while each
/// rule's own tests are somewhere else in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub rule: u32,
    /// What is left to be tested when the guards hold.
    pub entry: u32,
    /// One event may come by twice: the rule has other keys too, or the event a list that names one twice.
    pub again: bool,
    pub guards: [Guard; 2],
}

/// A test without which the rule cannot hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guard {
    None,
    /// The slot has one of these symbols.
    Among(u32, [u32; 3]),
    AtLeast(u32, f64),
    AtMost(u32, f64),
}

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
    pub(super) fn new(kind: usize, tables: &Tables, grams: &[SlotGrams]) -> KindIndex {
        let mut index = KindIndex::default();
        let (mut by_symbol, mut by_part, mut by_pair) = (Vec::new(), Vec::new(), BTreeMap::new());
        let rules = tables.rules.iter().zip(0..).filter(|(rule, _)| rule.kinds & 1 << kind != 0);
        for (rule, number) in rules {
            let needs = Needs::of(rule, tables);
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
        let slots = &tables.kinds[kind].slots;
        index.texts = (0..).zip(grams).filter(|(_, grams)| slots.contains(&grams.slot)).map(|(at, _)| at).collect();
        index.by_symbol = Postings::new(tables.symbols as usize, by_symbol);
        index.by_part = Postings::new(tables.parts.len(), by_part);
        index.pairs = by_pair.into_iter().map(|(slots, list)| Pairs::new(slots, list)).collect();
        index
    }
}

/// Names that rules know of a field, up to which one of them says little.
const FEW: usize = 32;
/// Pairs one rule may be posted under.
const PAIRS_MAX: usize = 16;

/// The tests that all have to hold besides the key, as guards, the most selective first.
struct Needs {
    guards: Vec<(usize, Guard)>,
    /// The key and the guards are all there is to the rule.
    all: bool,
}

impl Needs {
    fn of(rule: &Rule, tables: &Tables) -> Needs {
        let mut guards = Vec::new();
        let (mut others, mut at) = (0, rule.entry);
        while let Some(test) = tables.tests.get(at as usize).filter(|test| test.no == FAILS) {
            at = test.yes;
            if !is_the_key(test, &rule.key, tables) {
                others += 1;
                guards.extend(guard(test, tables));
            }
        }
        guards.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        Needs { all: at == HOLDS && others == guards.len(), guards }
    }

    fn posting(&self, number: u32, rule: &Rule, tables: &Tables) -> Posting {
        let again = match &rule.key {
            RuleKey::None => false,
            RuleKey::Any { slots, symbols, parts } => {
                let lists = slots.iter().any(|slot| tables.slots[*slot as usize].form == Form::Name);
                lists || symbols.len() + parts.len() > 1
            }
        };
        self.guarded(number, rule, again)
    }

    fn guarded(&self, number: u32, rule: &Rule, again: bool) -> Posting {
        let entry = if self.all && self.guards.len() <= 2 { HOLDS } else { rule.entry };
        let nth = |nth: usize| self.guards.get(nth).map_or(Guard::None, |(_, guard)| *guard);
        Posting { rule: number, entry, again, guards: [nth(0), nth(1)] }
    }

    /// The posting under pairs of the key with the best guard, when the key alone says little.
    fn pair(&self, number: u32, rule: &Rule, tables: &Tables) -> Option<(Pair, Vec<Pair>, Posting)> {
        let RuleKey::Any { slots, symbols, parts } = &rule.key else { return None };
        let (&[slot], true) = (&slots[..], parts.is_empty()) else { return None };
        if tables.slots[slot as usize].symbols.len() > FEW {
            return None;
        }
        let other = |(_, guard): &(usize, Guard)| matches!(guard, Guard::Among(other, _) if *other != slot);
        let at = self.guards.iter().position(other)?;
        let (_, Guard::Among(other, mut others)) = self.guards[at] else { return None };
        others.sort_unstable();
        let firsts = || symbols.iter().copied();
        let distinct = others.iter().enumerate().filter(|(at, symbol)| !others[..*at].contains(symbol));
        let keys: Vec<_> = distinct.flat_map(|(_, second)| firsts().map(|first| (first, *second))).collect();
        let mut rest = Needs { guards: self.guards.clone(), all: self.all };
        rest.guards.remove(at);
        (keys.len() <= PAIRS_MAX).then(|| ((slot, other), keys, rest.guarded(number, rule, true)))
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

/// Whether a test holds for exactly the events that come by the key.
fn is_the_key(test: &Test, key: &RuleKey, tables: &Tables) -> bool {
    let RuleKey::Any { symbols, parts, .. } = key else { return false };
    match test.what {
        What::Is(symbol) => parts.is_empty() && symbols[..] == [symbol],
        What::In { from, len } => {
            let mut symbols = symbols.clone();
            symbols.sort_unstable();
            parts.is_empty() && symbols == tables.sets[from as usize..][..len as usize]
        }
        What::Contains(part) => symbols.is_empty() && parts[..] == [part],
        What::Present | What::AtLeast(_) | What::AtMost(_) | What::StartsWith(_) | What::EndsWith(_) => false,
    }
}

/// A test as a guard, with how much it rules out: the more names rules know of a field, the fewer
/// events have a given one.
fn guard(test: &Test, tables: &Tables) -> Option<(usize, Guard)> {
    let slot = test.slot;
    let names = 10 + tables.slots[slot as usize].symbols.len();
    let symbols: &[u32] = match test.what {
        What::AtLeast(least) => return Some((2, Guard::AtLeast(slot, least))),
        What::AtMost(most) => return Some((1, Guard::AtMost(slot, most))),
        What::Is(symbol) => &[symbol],
        What::In { from, len } => &tables.sets[from as usize..][..len as usize],
        What::Present | What::Contains(_) | What::StartsWith(_) | What::EndsWith(_) => return None,
    };
    match *symbols {
        [a] => Some((names, Guard::Among(slot, [a, a, a]))),
        [a, b] => Some((names / 2, Guard::Among(slot, [a, b, b]))),
        [a, b, c] => Some((names / 3, Guard::Among(slot, [a, b, c]))),
        _ => None,
    }
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
