//! Names as bits, so that a test beside a posted rule is one AND.
//!
//! A name is the bit of its number among those that rules mention of its field, modulo 64. With more of them several
//! share a bit, and a bit then only says that the test may hold.

use super::facts::Facts;
use super::{FIRST, Tables};

/// The bit of each symbol.
#[derive(Debug, Default)]
pub(super) struct Bits {
    symbols: Vec<u64>,
}

impl Bits {
    /// Symbols that have a bit of their own.
    pub(super) const WIDTH: usize = 64;

    pub(super) fn new(tables: &Tables) -> Bits {
        // What is absent or not known has no bit.
        let mut symbols = vec![0; (tables.symbols as usize).max(FIRST as usize)];
        for slot in &tables.slots {
            for ((_, symbol), number) in slot.symbols.iter().zip(0usize..) {
                symbols[*symbol as usize] = 1 << (number % Self::WIDTH);
            }
        }
        Bits { symbols }
    }

    /// The bits of these symbols.
    pub(super) fn all_of(&self, symbols: &[u32]) -> u64 {
        symbols.iter().fold(0, |set, symbol| set | self.of(*symbol))
    }

    /// A slot of the event.
    #[inline(always)]
    pub(super) fn read(&self, slot: u32, facts: &Facts) -> u64 {
        match facts.single(slot) {
            Some(symbol) => self.of(symbol),
            None => facts.list(slot).iter().fold(0, |set, word| set | self.of(*word as u32)),
        }
    }

    #[inline(always)]
    fn of(&self, symbol: u32) -> u64 {
        self.symbols.get(symbol as usize).copied().unwrap_or_default()
    }
}
