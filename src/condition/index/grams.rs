//! Finds which of many texts occur inside one: a pass over its bytes, whatever their number.
//!
//! Every part is known by four bytes of itself in a row, its *gram*, chosen to be rare among all
//! parts; a shorter part by its whole self. A place in the text whose gram is known is compared with
//! the part. An automaton would need no comparing, and some hundred times the memory.

use std::collections::BTreeMap;

/// Bytes of a gram. Three would meet by chance in most addresses, five exclude short words.
const GRAM: usize = 4;

/// Buckets of the filter: small enough to stay near, large enough to be mostly empty at a thousand parts.
const BUCKETS: usize = 1 << 12;

/// Parts by their grams.
#[derive(Clone, Debug)]
pub(crate) struct Grams {
    /// Lengths of grams that occur.
    lengths: Vec<usize>,
    /// Whether there is a gram in a bucket: most places of a text end here.
    filter: Box<[bool; BUCKETS]>,
    /// Open addressing; a gram and the first part that has it. A gram is never 0.
    table: Vec<(u64, u32)>,
    parts: Vec<Part>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    from: u32,
    len: u32,
    /// Bytes of the part up to the end of its gram.
    gram_end: u32,
    /// Another part with this gram; `NONE` for no other.
    next: u32,
}

const NONE: u32 = u32::MAX;

impl Grams {
    /// Parts by their number in the order given; no part may be empty.
    pub(crate) fn new<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Grams {
        let parts: Vec<&[u8]> = parts.filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            return Grams::default();
        }
        let mut often: BTreeMap<u64, u32> = BTreeMap::new();
        for part in &parts {
            grams_of(part).for_each(|(gram, _)| *often.entry(gram).or_default() += 1);
        }
        let places = (parts.len() * 2).next_power_of_two().max(8);
        let mut grams = Grams { table: vec![(0, NONE); places], ..Grams::default() };
        for part in &parts {
            // The later of equally rare ones: addresses differ at their ends.
            let rarest = grams_of(part).min_by_key(|(gram, end)| (often[gram], usize::MAX - end));
            if let Some((gram, end)) = rarest {
                grams.add(part, gram, end);
            }
        }
        grams
    }

    /// Shows the number of every part that is in the text; of one that is there twice, twice.
    pub(crate) fn find(&self, text: &[u8], mut see: impl FnMut(usize)) {
        for &length in &self.lengths {
            let mut gram = 0u32;
            let mask = u32::MAX >> (8 * (GRAM - length));
            for (at, &byte) in text.iter().enumerate() {
                gram = (gram << 8 | u32::from(byte)) & mask;
                // Before the first whole gram the filter is asked for one that begins with zeros.
                if self.filter[bucket(gram)] && at + 1 >= length {
                    self.compare(u64::from(gram) | (length as u64) << 32, &text[..at + 1], text, &mut see);
                }
            }
        }
    }

    fn compare(&self, key: u64, before: &[u8], text: &[u8], see: &mut impl FnMut(usize)) {
        let mut at = self.first(key);
        while at != NONE {
            let part = self.parts[at as usize];
            let bytes = &self.bytes[part.from as usize..][..part.len as usize];
            let from = before.len().checked_sub(part.gram_end as usize);
            if from.and_then(|from| text.get(from..from + bytes.len())).is_some_and(|there| there == bytes) {
                see(at as usize);
            }
            at = part.next;
        }
    }

    fn add(&mut self, bytes: &[u8], gram: u64, gram_end: usize) {
        let number = self.parts.len() as u32;
        let length = (gram >> 32) as usize;
        if !self.lengths.contains(&length) {
            self.lengths.push(length);
        }
        self.filter[bucket(gram as u32)] = true;
        let place = self.place(gram);
        let next = std::mem::replace(&mut self.table[place], (gram, number)).1;
        let (from, len) = (self.bytes.len() as u32, bytes.len() as u32);
        self.parts.push(Part { from, len, gram_end: gram_end as u32, next });
        self.bytes.extend(bytes);
    }

    /// Where a gram is in the table, or would be. The table is never more than half full.
    fn place(&self, key: u64) -> usize {
        let mask = self.table.len() - 1;
        let mut place = mix(key) as usize & mask;
        while self.table[place].0 != key && self.table[place].0 != 0 {
            place = (place + 1) & mask;
        }
        place
    }

    fn first(&self, key: u64) -> u32 {
        self.table[self.place(key)].1
    }
}

impl Default for Grams {
    fn default() -> Grams {
        let filter = Box::new([false; BUCKETS]);
        Grams { lengths: Vec::new(), filter, table: Vec::new(), parts: Vec::new(), bytes: Vec::new() }
    }
}

/// The upper bits of a product are mixed best.
#[inline(always)]
fn bucket(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> 20) as usize
}

/// The grams of a part, each with where it ends.
fn grams_of(part: &[u8]) -> impl Iterator<Item = (u64, usize)> {
    let length = part.len().min(GRAM);
    part.windows(length).enumerate().map(move |(at, window)| {
        let gram = window.iter().fold(0u64, |gram, &byte| gram << 8 | u64::from(byte));
        (gram | (length as u64) << 32, at + length)
    })
}

/// Spreads the bits of a gram: a multiplication by 2⁶⁴ over the golden ratio, folded.
fn mix(key: u64) -> u64 {
    let spread = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    spread ^ spread >> 29
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(parts: &[String], text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        Grams::new(parts.iter().map(String::as_bytes)).find(text.as_bytes(), |part| found.push(part));
        found.sort_unstable();
        found.dedup();
        found
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_contains_says(
            parts in prop::collection::btree_set("[ab/é]{1,7}", 0..20),
            text in "[ab/é]{0,40}",
        ) {
            let parts: Vec<String> = parts.into_iter().collect();
            let expected: Vec<usize> = (0..parts.len()).filter(|&part| text.contains(&parts[part])).collect();
            prop_assert_eq!(found(&parts, &text), expected);
        }
    }
}
