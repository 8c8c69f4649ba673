//! The event as the host wrote it, and single tests on it.

use super::postings::{Guard, SlotGrams};
use super::tables::{FAILS, HOLDS, Test, What};
use super::{ABSENT, FIRST, Tables};

/// The written event. Memory is reused for every event.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// One word a slot, then the symbols of lists.
    pub words: Vec<u64>,
    /// Bytes of texts.
    pub text: Vec<u8>,
    /// The number of the event in which a part was last found.
    found_in: Vec<u32>,
    /// Changes with every event, so that nothing has to be wiped.
    pub event: u32,
}

/// A text that is not there.
const NOWHERE: u32 = u32::MAX;

impl Facts {
    pub(super) fn new(words: usize, text: usize, parts: usize) -> Facts {
        Facts { words: vec![0; words], text: vec![0; text], found_in: vec![0; parts], event: 0 }
    }

    /// Finds parts in the texts; `hits` gets each once.
    pub(super) fn read_texts(&mut self, texts: &[u32], grams: &[SlotGrams], hits: &mut Vec<u32>) {
        hits.clear();
        let Facts { words, text, found_in, event } = self;
        for &number in texts {
            let SlotGrams { slot, grams, parts } = &grams[number as usize];
            let Some(text) = text_of(words[*slot as usize], text) else { continue };
            grams.find(text, |part| {
                let part = parts[part];
                if std::mem::replace(&mut found_in[part as usize], *event) != *event {
                    hits.push(part);
                }
            });
        }
    }

    /// The symbols in a slot, of a list all.
    pub(super) fn symbols(&self, slot: u32) -> impl Iterator<Item = u32> {
        let (low, high) = halves(self.words[slot as usize]);
        let one = (high == 0 && low != ABSENT).then_some(low);
        let from = (low as usize).min(self.words.len());
        let to = from.saturating_add(high as usize).min(self.words.len());
        one.into_iter().chain(self.words[from..to].iter().map(|word| *word as u32))
    }

    /// Goes through the symbols in a slot that rules mention.
    // Plain loops: chained iterators become calls in a module that is optimised for size.
    #[inline(always)]
    pub(super) fn each_known(&self, slot: u32, mut take: impl FnMut(u32)) {
        let (low, high) = halves(self.words[slot as usize]);
        if high == 0 {
            if low >= FIRST {
                take(low);
            }
            return;
        }
        let from = (low as usize).min(self.words.len());
        let to = from.saturating_add(high as usize).min(self.words.len());
        for word in &self.words[from..to] {
            if *word as u32 >= FIRST {
                take(*word as u32);
            }
        }
    }

    // Asked of every posting; the module is optimised for size, which would make calls of these.
    #[inline(always)]
    pub(super) fn passes(&self, guard: Guard) -> bool {
        match guard {
            Guard::None => true,
            Guard::Among(slot, [a, b, c]) => self.any_symbol(slot, |has| (has == a) | (has == b) | (has == c)),
            Guard::AtLeast(slot, least) => self.number(slot) >= least,
            Guard::AtMost(slot, most) => self.number(slot) <= most,
        }
    }

    /// Walks from test to test; each goes on to an earlier one, so this ends.
    pub(super) fn hold(&self, entry: u32, tables: &Tables) -> bool {
        let mut at = entry;
        while at < FAILS {
            let test = &tables.tests[at as usize];
            at = if self.test(test, tables) { test.yes } else { test.no };
        }
        at == HOLDS
    }

    fn test(&self, test: &Test, tables: &Tables) -> bool {
        let slot = test.slot;
        match test.what {
            What::Present => self.words[slot as usize] != 0,
            What::Is(symbol) => self.any_symbol(slot, |has| has == symbol),
            What::In { from, len } => {
                let set = &tables.sets[from as usize..][..len as usize];
                self.any_symbol(slot, |has| set.binary_search(&has).is_ok())
            }
            What::AtLeast(least) => self.number(slot) >= least,
            What::AtMost(most) => self.number(slot) <= most,
            What::Contains(part) => self.found_in[part as usize] == self.event,
            What::StartsWith(part) => self.on_text(slot, |text| text.starts_with(bytes_of(part, tables))),
            What::EndsWith(part) => self.on_text(slot, |text| text.ends_with(bytes_of(part, tables))),
        }
    }

    #[inline(always)]
    fn number(&self, slot: u32) -> f64 {
        f64::from_bits(self.words[slot as usize])
    }

    #[inline(always)]
    fn any_symbol(&self, slot: u32, is: impl Fn(u32) -> bool) -> bool {
        match halves(self.words[slot as usize]) {
            (symbol, 0) => is(symbol),
            _ => self.symbols(slot).any(is),
        }
    }

    fn on_text(&self, slot: u32, test: impl Fn(&[u8]) -> bool) -> bool {
        text_of(self.words[slot as usize], &self.text).is_some_and(test)
    }

    /// Once in four billion events everything is wiped after all.
    pub(super) fn next_event(&mut self, seen_rule: &mut [u32]) {
        self.event = self.event.wrapping_add(1);
        if self.event == 0 {
            self.found_in.fill(0);
            seen_rule.fill(0);
            self.event = 1;
        }
    }
}

fn bytes_of(part: u32, tables: &Tables) -> &[u8] {
    tables.parts[part as usize].text.as_bytes()
}

#[inline(always)]
fn halves(word: u64) -> (u32, u32) {
    (word as u32, (word >> 32) as u32)
}

/// The bytes a word points to; nothing when it points nowhere or outside.
fn text_of(word: u64, text: &[u8]) -> Option<&[u8]> {
    match halves(word) {
        (NOWHERE, _) => None,
        (from, len) => text.get(from as usize..)?.get(..len as usize),
    }
}
