//! What a rule needs besides its key, and where that is said.

use super::bits::Bits;
use super::guards::{GUARDS, Guard, Posting, Range};
use super::postings::Pair;
use super::tables::{FAILS, HOLDS, Rule, RuleKey, Test, What};
use super::{Form, Tables};
use std::collections::BTreeMap;

/// Names that rules know of a field, up to which one of them says little.
const FEW: usize = 32;
/// Pairs one rule may be posted under.
const PAIRS_MAX: usize = 16;

/// The tests that all have to hold besides the key.
#[derive(Clone)]
pub(super) struct Needs<'t> {
    /// The most selective first.
    list: Vec<Need<'t>>,
    /// Bits the event must not have.
    bars: Vec<Guard>,
    /// Bounds by slot.
    ranges: BTreeMap<u16, (f64, f64)>,
    /// The key and these are all there is to the rule.
    all: bool,
}

/// That a slot has one of some symbols.
#[derive(Clone, Copy)]
struct Need<'t> {
    guard: Guard,
    /// The guard says all of it.
    exact: bool,
    slot: u32,
    symbols: &'t [u32],
    /// How much it rules out: the more names rules know of a field, the fewer events have a given one.
    weight: usize,
}

impl<'t> Needs<'t> {
    pub(super) fn of(rule: &Rule, tables: &'t Tables, bits: &Bits, sets: &mut Vec<u32>) -> Needs<'t> {
        let mut needs = Needs { list: Vec::new(), bars: Vec::new(), ranges: BTreeMap::new(), all: true };
        let mut at = rule.entry;
        while let Some(test) = tables.tests.get(at as usize) {
            let (next, holds) = match (test.yes, test.no) {
                (next, FAILS) => (next, true),
                (FAILS, next) => (next, false),
                _ => break,
            };
            at = next;
            if !(holds && is_the_key(test, &rule.key, tables)) {
                needs.add(test, holds, tables, bits, sets);
            }
        }
        needs.all &= at == HOLDS;
        needs.list.sort_by_key(|need| std::cmp::Reverse(need.weight));
        needs
    }

    fn add(&mut self, test: &'t Test, holds: bool, tables: &'t Tables, bits: &Bits, sets: &mut Vec<u32>) {
        let is_said = match test.what {
            What::AtLeast(_) | What::AtMost(_) if holds => self.bound(test),
            What::Is(ref symbol) => self.name(test.slot, std::slice::from_ref(symbol), holds, tables, bits, sets),
            What::In { from, len } => {
                let symbols = &tables.sets[from as usize..][..len as usize];
                self.name(test.slot, symbols, holds, tables, bits, sets)
            }
            _ => false,
        };
        self.all &= is_said;
    }

    fn bound(&mut self, test: &Test) -> bool {
        let Some(slot) = u16::try_from(test.slot).ok().filter(|slot| *slot != Range::NOWHERE) else { return false };
        let range = self.ranges.entry(slot).or_insert((f64::NEG_INFINITY, f64::INFINITY));
        match test.what {
            What::AtLeast(bound) if !bound.is_nan() => range.0 = range.0.max(bound),
            What::AtMost(bound) if !bound.is_nan() => range.1 = range.1.min(bound),
            _ => return false,
        }
        true
    }

    fn name(
        &mut self,
        slot: u32,
        symbols: &'t [u32],
        holds: bool,
        tables: &Tables,
        bits: &Bits,
        sets: &mut Vec<u32>,
    ) -> bool {
        let known = tables.slots[slot as usize].symbols.len();
        let exact = known <= Bits::WIDTH;
        let Some(set) = number_of(slot, sets) else { return false };
        let guard = Guard::new(bits.all_of(symbols), set);
        if holds {
            let weight = (10 + known) / symbols.len().max(1);
            self.list.push(Need { guard, exact, slot, symbols, weight });
        } else if exact {
            self.bars.push(guard);
        }
        holds || exact
    }

    pub(super) fn posting(&self, number: u32, rule: &Rule, tables: &Tables) -> Posting {
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
        let said = self.all && self.list.len() <= GUARDS && self.bars.len() <= 1 && self.ranges.len() <= 1;
        let entry = if said && self.list.iter().all(|need| need.exact) { HOLDS } else { rule.entry };
        let guards = std::array::from_fn(|nth| self.list.get(nth).map_or(Guard::NONE, |need| need.guard));
        let bar = self.bars.first().copied().unwrap_or(Guard::NO_BAR);
        let range = self.ranges.iter().next();
        let range = range.map_or(Range::NONE, |(slot, (at_least, at_most))| Range::new(*slot, *at_least, *at_most));
        Posting { rule: number, entry, guards, bar, range, again }
    }

    /// The posting under pairs of the key with the best other name, when the key alone says little.
    pub(super) fn pair(&self, number: u32, rule: &Rule, tables: &Tables) -> Option<(Pair, Vec<Pair>, Posting)> {
        let RuleKey::Any { slots, symbols, parts } = &rule.key else { return None };
        let (&[slot], true) = (&slots[..], parts.is_empty()) else { return None };
        if tables.slots[slot as usize].symbols.len() > FEW {
            return None;
        }
        let mut rest = self.clone();
        let at = self.list.iter().position(|need| need.slot != slot)?;
        let Need { slot: other, symbols: others, .. } = rest.list.remove(at);
        let firsts = || symbols.iter().copied();
        let keys: Vec<_> = others.iter().flat_map(|second| firsts().map(|first| (first, *second))).collect();
        (keys.len() <= PAIRS_MAX).then(|| ((slot, other), keys, rest.guarded(number, rule, true)))
    }
}

/// The number of a slot's set, of which there are 255 for slots; set 0 has all bits.
fn number_of(slot: u32, sets: &mut Vec<u32>) -> Option<u8> {
    let at = sets.iter().position(|other| *other == slot).unwrap_or_else(|| {
        sets.push(slot);
        sets.len() - 1
    });
    u8::try_from(at + 1).ok()
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
