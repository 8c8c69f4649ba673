//! Keys of products and categories: 64 bits that stand for (catalogue, id).
//!
//! A key is not an id and cannot be turned back into one; whoever needs the id asks the catalogue or the [model](crate::model::Model),
//! which keeps the ids it has seen. Keys are stable across runs, machines and releases: they are written into states and snapshots.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// A product of a catalogue: `xxh3_64(catalogue \0 product-id)`.
///
/// The order of keys has no meaning; it is used to break ties, so that the same input always gives the same output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProductKey(pub u64);

/// A category, product type or variant group of a catalogue: `xxh3_64(catalogue \0 c \0 name)`.
///
/// Never equal to a [`ProductKey`] of the same name, except by a collision of the hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CategoryKey(pub u64);

impl ProductKey {
    /// The key of `id` in `catalogue`; a shop with one catalogue uses the empty name.
    ///
    /// ```
    /// use comeback::model::ProductKey;
    /// assert_eq!(ProductKey::of("", "42"), ProductKey::of("", "42"));
    /// assert_ne!(ProductKey::of("", "42"), ProductKey::of("wholesale", "42"));
    /// ```
    #[must_use]
    pub fn of(catalogue: &str, id: &str) -> Self {
        Self(joined(&[catalogue, id]))
    }
}

impl CategoryKey {
    /// The key of the category, type or variant group `name` in `catalogue`.
    #[must_use]
    pub fn of(catalogue: &str, name: &str) -> Self {
        Self(joined(&[catalogue, "c", name]))
    }
}

/// Hash of the parts with a zero byte between them. Short input, the usual case, needs no allocation.
fn joined(parts: &[&str]) -> u64 {
    let mut short = [0u8; 96];
    let length = parts.iter().map(|part| part.len() + 1).sum::<usize>() - 1;
    if length > short.len() {
        return xxh3_64(parts.join("\0").as_bytes());
    }
    let mut at = 0;
    for part in parts {
        short[at..at + part.len()].copy_from_slice(part.as_bytes());
        at += part.len() + 1;
    }
    xxh3_64(&short[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_and_the_long_way_agree() {
        let long = "x".repeat(200);
        assert_eq!(ProductKey::of("", &long).0, xxh3_64(format!("\0{long}").as_bytes()));
        assert_eq!(ProductKey::of("shop", "tea").0, xxh3_64(b"shop\0tea"));
    }

    #[test]
    fn products_and_categories_differ() {
        assert_ne!(ProductKey::of("shop", "tea").0, CategoryKey::of("shop", "tea").0);
    }
}
