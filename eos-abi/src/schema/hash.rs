//! A hash for names: cheaper than the standard one, and as little to be foreseen by who wrote the ABI.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A map from names.
pub(super) type NameMap<K, V> = HashMap<K, V, NameHash>;

/// Makes hashers of one random seed, so that nobody can write names that all have the same hash.
#[derive(Debug, Clone)]
pub(super) struct NameHash {
    seed: u64,
}

impl Default for NameHash {
    fn default() -> Self {
        Self {
            seed: RandomState::new().hash_one(0_u8),
        }
    }
}

impl BuildHasher for NameHash {
    type Hasher = NameHasher;

    #[inline]
    fn build_hasher(&self) -> NameHasher {
        NameHasher {
            state: self.seed,
            seed: self.seed,
        }
    }
}

/// Multiplies eight bytes after the other with what came before, and folds the 128 bits of each product.
pub(super) struct NameHasher {
    state: u64,
    seed: u64,
}

/// The digits of π behind its point: nothing but irregular.
const PI: u64 = 0x243f_6a88_85a3_08d3;

impl NameHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        let factor = u128::from(self.seed.rotate_left(32) ^ PI);
        let product = u128::from(self.state ^ word).wrapping_mul(factor);
        let folded = (product ^ (product >> 64_u32)) & u128::from(u64::MAX);
        self.state = u64::try_from(folded).unwrap_or_default();
    }
}

impl Hasher for NameHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (place, byte) in last.iter_mut().zip(rest) {
            *place = *byte;
        }
        // With the length, so that zeros at the end are no different from none.
        self.add(u64::from_le_bytes(last));
        self.write_usize(bytes.len());
    }

    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.add(u64::try_from(value).unwrap_or(u64::MAX));
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_by_each_byte_and_by_their_length() {
        let hash = NameHash::default();
        let text = "a name of more than sixteen bytes";
        let mut hashes: Vec<u64> = (0..=text.len())
            .map(|end| hash.hash_one(text.get(..end)))
            .chain((1..4).map(|zeros| hash.hash_one("\0".repeat(zeros))))
            .chain([hash.hash_one("b name of more than sixteen bytes")])
            .collect();
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn each_map_has_a_seed_of_its_own() {
        let [first, second] = [NameHash::default(), NameHash::default()];
        assert_ne!(first.hash_one("name"), second.hash_one("name"));
    }
}
