//! A rule where it is posted, with most of what rules it out.

use super::facts::Facts;

/// Lists of these are read in a row, while each rule's own tests are somewhere else in memory. Small, because most of a
/// match is reading them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub rule: u32,
    /// What is left to be tested when the guards pass.
    pub entry: u32,
    pub guards: [Guard; GUARDS],
    /// The one that must not be met.
    pub bar: Guard,
    pub range: Range,
    /// One event may come by twice: the rule has other keys too, or the event a list that names one twice.
    pub again: bool,
}

/// Bits of which the event must have one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    /// The lower and upper half: whole words would be padded.
    bits: [u32; 2],
    /// Which of the event's sets.
    set: u8,
}

/// Bounds of the number in a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    at_least: [u32; 2],
    at_most: [u32; 2],
    slot: u16,
}

/// Sets of bits of an event.
pub(super) const SETS: usize = 256;
/// Guards of a posting.
pub(super) const GUARDS: usize = 2;
/// The event's set that has all bits.
const ALL: u8 = 0;

impl Posting {
    // Asked of every posting; the module is optimised for size, which would make a call of it.
    #[inline(always)]
    pub(super) fn passes(&self, facts: &Facts) -> bool {
        let [first, second] = &self.guards;
        // All are read before one is decided on: guesses of the processor would cost more.
        let met = first.meets(&facts.sets) & second.meets(&facts.sets) & !self.bar.meets(&facts.sets);
        met && self.range.holds(facts)
    }
}

impl Range {
    /// No slot: everything is within.
    pub(super) const NOWHERE: u16 = u16::MAX;
    pub(super) const NONE: Range = Range { at_least: [0; 2], at_most: [0; 2], slot: Range::NOWHERE };

    pub(super) fn new(slot: u16, at_least: f64, at_most: f64) -> Range {
        let halves = |bound: f64| [bound.to_bits() as u32, (bound.to_bits() >> 32) as u32];
        Range { at_least: halves(at_least), at_most: halves(at_most), slot }
    }

    #[inline(always)]
    fn holds(&self, facts: &Facts) -> bool {
        let double = |[low, high]: [u32; 2]| f64::from_bits(u64::from(low) | u64::from(high) << 32);
        if self.slot == Range::NOWHERE {
            return true;
        }
        let number = facts.number(u32::from(self.slot));
        (number >= double(self.at_least)) & (number <= double(self.at_most))
    }
}

impl Guard {
    pub(super) const NONE: Guard = Guard { bits: [u32::MAX; 2], set: ALL };
    pub(super) const NO_BAR: Guard = Guard { bits: [0; 2], set: ALL };

    pub(super) fn new(bits: u64, set: u8) -> Guard {
        Guard { bits: [bits as u32, (bits >> 32) as u32], set }
    }

    #[inline(always)]
    fn meets(&self, sets: &[u64; SETS]) -> bool {
        let [low, high] = self.bits;
        sets[self.set as usize] & (u64::from(low) | u64::from(high) << 32) != 0
    }
}
