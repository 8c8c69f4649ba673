//! Tables at work.

use super::Tables;
use super::facts::Facts;
use super::postings::{KindIndex, Posting, SlotGrams, slot_grams};

/// Rules, the event being looked at and what was found.
#[derive(Debug, Default)]
pub struct Matcher {
    tables: Tables,
    kinds: Vec<KindIndex>,
    grams: Vec<SlotGrams>,
    facts: Facts,
    found: Vec<u32>,
    hits: Vec<u32>,
    /// The event for which a rule with several keys was last tried.
    tried: Vec<u32>,
}

/// Symbols of lists one event may have before more room is asked for.
const LIST_WORDS: usize = 64;
/// The same for bytes of texts.
const TEXT_BYTES: usize = 4096;

impl Matcher {
    /// Builds the index of these tables.
    pub fn new(tables: Tables) -> Matcher {
        let grams = slot_grams(&tables);
        let parts = tables.parts.len();
        Matcher {
            kinds: (0..tables.kinds.len()).map(|kind| KindIndex::new(kind, &tables, &grams)).collect(),
            facts: Facts::new(tables.slots.len() + LIST_WORDS, TEXT_BYTES, parts),
            found: Vec::with_capacity(tables.rules.len()),
            hits: Vec::with_capacity(parts),
            tried: vec![0; tables.rules.len()],
            grams,
            tables,
        }
    }

    /// The rules.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Where the event is written: a word for each slot of its kind; see [`Form`](super::Form).
    pub fn words(&mut self) -> &mut [u64] {
        &mut self.facts.words
    }

    /// Where texts are written, in UTF-8 and lower case.
    pub fn text(&mut self) -> &mut [u8] {
        &mut self.facts.text
    }

    /// What [`Self::run`] found; it never moves in memory.
    pub fn found(&self) -> &[u32] {
        &self.found
    }

    /// Makes room for so many symbols of lists and bytes of texts. What is enlarged may move.
    pub fn reserve(&mut self, list_words: usize, text_bytes: usize) {
        let words = (self.tables.slots.len() + list_words).max(self.facts.words.len());
        self.facts.words.resize(words, 0);
        self.facts.text.resize(text_bytes.max(self.facts.text.len()), 0);
    }

    /// Finds the rules that hold for the event in the words, in the order of the program.
    pub fn run(&mut self, kind: usize) -> &[u32] {
        let Matcher { tables, kinds, grams, facts, found, hits, tried } = self;
        found.clear();
        facts.next_event(tried);
        let Some(index) = kinds.get(kind) else { return found };
        facts.read_texts(&index.texts, grams, hits);
        let facts = &*facts;
        let mut look = |postings: &[Posting]| {
            for posting in postings {
                let [first, second] = posting.guards;
                if !facts.passes(first) || !facts.passes(second) {
                    continue;
                }
                let again =
                    posting.again && std::mem::replace(&mut tried[posting.rule as usize], facts.event) == facts.event;
                if !again && facts.hold(posting.entry, tables) {
                    found.push(posting.rule);
                }
            }
        };
        look(&index.unkeyed);
        hits.iter().for_each(|&part| look(index.by_part.of(part)));
        for &slot in &index.key_slots {
            facts.each_known(slot, |symbol| look(index.by_symbol.of(symbol)));
        }
        for pairs in &index.pairs {
            let (one, other) = pairs.slots;
            facts.each_known(one, |first| facts.each_known(other, |second| look(pairs.of((first, second)))));
        }
        found.sort_unstable();
        found
    }
}
