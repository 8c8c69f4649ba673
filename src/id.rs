//! Identities: 128-bit hashes of what a thing is, never of an attempt.

use serde::{Deserialize, Serialize, Serializer};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

/// A 128-bit identity, written as 32 hexadecimal digits. The same parts give the same id on every
/// machine; an attempt number is never one of the parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Id(pub u128);

/// The identity of one customer's passage through a journey.
pub type RunId = Id;
/// The identity of something the host is asked to do.
pub type EffectId = Id;

/// Parts up to this size are put together and hashed at once, which is faster than piece by piece; a model is not copied.
const COPIED_BYTES_MAX: usize = 4096;

impl Id {
    /// Hashes parts, each with its length, so `("ab","c")` and `("a","bc")` differ.
    pub fn of(parts: &[&[u8]]) -> Id {
        let length: usize = parts.iter().map(|part| part.len() + 4).sum();
        if length > COPIED_BYTES_MAX {
            let mut hash = Xxh3::new();
            for part in parts {
                hash.update(&(part.len() as u32).to_le_bytes());
                hash.update(part);
            }
            return Id(hash.digest128());
        }
        let mut bytes = Vec::with_capacity(length);
        for part in parts {
            bytes.extend((part.len() as u32).to_le_bytes());
            bytes.extend(*part);
        }
        Id(xxh3_128(&bytes))
    }

    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Id> {
        (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok().map(Id)).flatten()
    }

    /// The bytes, for use as a part of another id.
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

/// A 64-bit hash of a name that the program declares: a journey, a step, a list.
pub fn name_hash(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

/// A number in `[0, 1)` that depends only on the seed and the unit: for A/B arms, holdouts and
/// for spreading work. Uses 53 bits, so it is exact in a double.
pub fn fraction(seed: &str, unit: &[u8]) -> f64 {
    let hash = Id::of(&[seed.as_bytes(), unit]).0 as u64;
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart_and_ids_read_back() {
        assert_ne!(Id::of(&[b"ab", b"c"]), Id::of(&[b"a", b"bc"]));
        let id = Id::of(&[b"run", b"step"]);
        assert_eq!(Id::parse(&id.to_string()), Some(id));
        assert_eq!(Id::parse("xyz"), None);
    }

    #[test]
    fn large_parts_are_hashed_as_if_put_together() {
        for length in [COPIED_BYTES_MAX - 8, COPIED_BYTES_MAX - 7, COPIED_BYTES_MAX + 1, 100_000] {
            let large: Vec<u8> = (0..length).map(|at| (at * 31 % 251) as u8).collect();
            let together = [&(length as u32).to_le_bytes()[..], &large, &2u32.to_le_bytes(), b"ab"].concat();
            assert_eq!(Id::of(&[&large, b"ab"]), Id(xxh3_128(&together)), "{length}");
        }
    }

    #[test]
    fn fractions_fill_the_unit_interval_evenly() {
        let below_half = (0u32..10_000).filter(|n| fraction("seed", &n.to_le_bytes()) < 0.5).count();
        assert!((4_800..5_200).contains(&below_half), "{below_half}");
    }
}
