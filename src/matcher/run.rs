//! Tables at work.

use super::tables::{FAILS, HOLDS, RuleKey, Test, What};
use super::{Form, Tables};
use crate::condition::index::Grams;

/// Rules, the event being looked at and what was found, in memory that is reused for every event.
#[derive(Debug, Default)]
pub struct Matcher {
    tables: Tables,
    /// Rules by symbol and by part.
    by_symbol: Postings,
    by_part: Postings,
    kinds: Vec<KindIndex>,
    grams: Vec<SlotGrams>,
    /// One word a slot, then the symbols of lists.
    words: Vec<u64>,
    /// Bytes of texts.
    text: Vec<u8>,
    found: Vec<u32>,
    hits: Vec<u32>,
    /// The number of the event in which a part was last seen, and a rule last tried.
    seen_part: Vec<u32>,
    seen_rule: Vec<u32>,
    event: u32,
}

#[derive(Debug, Default)]
struct KindIndex {
    unkeyed: Vec<u32>,
    key_slots: Vec<u32>,
    /// Numbers in `grams`.
    texts: Vec<u32>,
}

#[derive(Debug)]
struct SlotGrams {
    slot: u32,
    grams: Grams,
    /// Its parts by their numbers in the tables.
    parts: Vec<u32>,
}

/// Rules of a key, one list after another.
#[derive(Debug, Default)]
struct Postings {
    starts: Vec<u32>,
    rules: Vec<u32>,
}

/// A text that is not there.
const NOWHERE: u32 = u32::MAX;
/// Symbols of lists one event may have before more room is asked for.
const LIST_WORDS: usize = 64;
const TEXT_BYTES: usize = 4096;

impl Matcher {
    /// Builds the index of these tables.
    pub fn new(tables: Tables) -> Matcher {
        let grams = slot_grams(&tables);
        let (symbols, parts) = (tables.symbols as usize, tables.parts.len());
        Matcher {
            by_symbol: Postings::new(symbols, &tables, |key| match key {
                RuleKey::None => &[],
                RuleKey::Any { symbols, .. } => symbols,
            }),
            by_part: Postings::new(parts, &tables, |key| match key {
                RuleKey::None => &[],
                RuleKey::Any { parts, .. } => parts,
            }),
            kinds: (0..tables.kinds.len()).map(|kind| KindIndex::new(kind, &tables, &grams)).collect(),
            words: vec![0; tables.slots.len() + LIST_WORDS],
            text: vec![0; TEXT_BYTES],
            found: Vec::with_capacity(tables.rules.len()),
            hits: Vec::with_capacity(parts),
            seen_part: vec![0; parts],
            seen_rule: vec![0; tables.rules.len()],
            event: 0,
            grams,
            tables,
        }
    }

    /// The rules.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Where the event is written: a word for each slot of its kind; see [`Form`].
    pub fn words(&mut self) -> &mut [u64] {
        &mut self.words
    }

    /// Where texts are written, in UTF-8 and lower case.
    pub fn text(&mut self) -> &mut [u8] {
        &mut self.text
    }

    /// What [`Self::run`] found; moves in memory never, unlike what [`Self::reserve`] enlarges.
    pub fn found(&self) -> &[u32] {
        &self.found
    }

    /// Makes room for so many symbols of lists and bytes of texts.
    pub fn reserve(&mut self, list_words: usize, text_bytes: usize) {
        let words = (self.tables.slots.len() + list_words).max(self.words.len());
        self.words.resize(words, 0);
        self.text.resize(text_bytes.max(self.text.len()), 0);
    }

    /// Finds the rules that hold for the event in the words, in the order of the program.
    pub fn run(&mut self, kind: usize) -> &[u32] {
        self.found.clear();
        self.next_event();
        if kind >= self.kinds.len() {
            return &self.found;
        }
        self.read_texts(kind);
        let bit = 1 << kind;
        for hit in 0..self.hits.len() {
            for at in self.by_part.range(self.hits[hit]) {
                self.try_rule(self.by_part.rules[at], bit);
            }
        }
        for slot in 0..self.kinds[kind].key_slots.len() {
            let (low, high) = halves(self.words[self.kinds[kind].key_slots[slot] as usize]);
            if high == 0 {
                self.try_symbol(low, bit);
            }
            for at in low as usize..(low as usize).saturating_add(high as usize) {
                self.try_symbol(self.words.get(at).map_or(0, |word| *word as u32), bit);
            }
        }
        for at in 0..self.kinds[kind].unkeyed.len() {
            let rule = self.kinds[kind].unkeyed[at];
            if self.holds(self.tables.rules[rule as usize].entry) {
                self.found.push(rule);
            }
        }
        self.found.sort_unstable();
        &self.found
    }

    /// A new number, so that nothing has to be wiped; once in four billion events everything is.
    fn next_event(&mut self) {
        self.event = self.event.wrapping_add(1);
        if self.event == 0 {
            self.seen_part.fill(0);
            self.seen_rule.fill(0);
            self.event = 1;
        }
    }

    fn read_texts(&mut self, kind: usize) {
        self.hits.clear();
        let Matcher { kinds, grams, words, text, hits, seen_part, event, .. } = self;
        for &number in &kinds[kind].texts {
            let SlotGrams { slot, grams, parts } = &grams[number as usize];
            let Some(text) = text_of(words[*slot as usize], text) else { continue };
            grams.find(text, |part| {
                let part = parts[part];
                if std::mem::replace(&mut seen_part[part as usize], *event) != *event {
                    hits.push(part);
                }
            });
        }
    }

    fn try_symbol(&mut self, symbol: u32, bit: u64) {
        for at in self.by_symbol.range(symbol) {
            self.try_rule(self.by_symbol.rules[at], bit);
        }
    }

    fn try_rule(&mut self, number: u32, bit: u64) {
        let rule = &self.tables.rules[number as usize];
        if rule.kinds & bit == 0 || std::mem::replace(&mut self.seen_rule[number as usize], self.event) == self.event {
            return;
        }
        if self.holds(rule.entry) {
            self.found.push(number);
        }
    }

    fn holds(&self, entry: u32) -> bool {
        let mut at = entry;
        loop {
            match at {
                HOLDS => return true,
                FAILS => return false,
                _ => {
                    let test = &self.tables.tests[at as usize];
                    at = if self.test(test) { test.yes } else { test.no };
                }
            }
        }
    }

    fn test(&self, test: &Test) -> bool {
        let word = self.words[test.slot as usize];
        match test.what {
            What::Present => word != 0,
            What::Is(symbol) => self.any_symbol(word, |has| has == symbol),
            What::In { from, len } => {
                let set = &self.tables.sets[from as usize..][..len as usize];
                self.any_symbol(word, |has| set.binary_search(&has).is_ok())
            }
            What::AtLeast(least) => f64::from_bits(word) >= least,
            What::AtMost(most) => f64::from_bits(word) <= most,
            What::Contains(part) => self.seen_part[part as usize] == self.event,
            What::StartsWith(part) => self.on_text(word, part, <[u8]>::starts_with),
            What::EndsWith(part) => self.on_text(word, part, <[u8]>::ends_with),
        }
    }

    fn any_symbol(&self, word: u64, is: impl Fn(u32) -> bool) -> bool {
        match halves(word) {
            (symbol, 0) => is(symbol),
            (from, len) => {
                let list = self.words.iter().skip(from as usize).take(len as usize);
                list.into_iter().any(|word| is(*word as u32))
            }
        }
    }

    fn on_text(&self, word: u64, part: u32, test: fn(&[u8], &[u8]) -> bool) -> bool {
        let part = self.tables.parts[part as usize].text.as_bytes();
        text_of(word, &self.text).is_some_and(|text| test(text, part))
    }
}

impl KindIndex {
    fn new(kind: usize, tables: &Tables, grams: &[SlotGrams]) -> KindIndex {
        let mut index = KindIndex::default();
        let rules = tables.rules.iter().enumerate().filter(|(_, rule)| rule.kinds & 1 << kind != 0);
        for (number, rule) in rules {
            match &rule.key {
                RuleKey::None => index.unkeyed.push(number as u32),
                RuleKey::Any { slots, .. } => index.key_slots.extend(slots),
            }
        }
        index.key_slots.sort_unstable();
        index.key_slots.dedup();
        let slots = &tables.kinds[kind].slots;
        index.texts = (0..grams.len() as u32).filter(|number| slots.contains(&grams[*number as usize].slot)).collect();
        index
    }
}

impl Postings {
    fn new(keys: usize, tables: &Tables, of: impl Fn(&RuleKey) -> &[u32]) -> Postings {
        let mut starts = vec![0u32; keys + 1];
        for rule in &tables.rules {
            of(&rule.key).iter().for_each(|key| starts[*key as usize + 1] += 1);
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        let mut next = starts.clone();
        let mut rules = vec![0; starts[keys] as usize];
        for (number, rule) in tables.rules.iter().enumerate() {
            for key in of(&rule.key) {
                let place = &mut next[*key as usize];
                rules[*place as usize] = number as u32;
                *place += 1;
            }
        }
        Postings { starts, rules }
    }

    /// Of an unknown key, nothing.
    fn range(&self, key: u32) -> std::ops::Range<usize> {
        match self.starts.get(key as usize..key as usize + 2) {
            Some(&[from, to]) => from as usize..to as usize,
            _ => 0..0,
        }
    }
}

fn slot_grams(tables: &Tables) -> Vec<SlotGrams> {
    let of = |slot: u32| {
        let parts: Vec<u32> =
            (0..tables.parts.len() as u32).filter(|at| tables.parts[*at as usize].slot == slot).collect();
        let grams = Grams::new(parts.iter().map(|part| tables.parts[*part as usize].text.as_bytes()));
        SlotGrams { slot, grams, parts }
    };
    let texts = tables.slots.iter().enumerate().filter(|(_, slot)| slot.form == Form::Text);
    texts.map(|(slot, _)| of(slot as u32)).collect()
}

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
