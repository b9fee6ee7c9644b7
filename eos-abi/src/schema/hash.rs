//! Finding things by names: cheaper than the standard map, and as little to be foreseen by who wrote the ABI.

use std::hash::{BuildHasher, RandomState};

/// Hashes names with a random seed, so that nobody can write names that all have the same hash.
#[derive(Debug, Clone)]
pub(super) struct NameHash {
    seed: u64,
}

/// The digits of π behind its point: nothing but irregular.
const PI: u64 = 0x243f_6a88_85a3_08d3;

impl NameHash {
    pub(super) fn new() -> Self {
        Self {
            seed: RandomState::new().hash_one(0_u8),
        }
    }

    /// Returns the hash of a name among those of `owner`.
    ///
    /// Multiplies eight bytes after the other with what came before, and folds the 128 bits of each product.
    #[inline]
    pub(super) fn of(&self, owner: u32, name: &str) -> u32 {
        let bytes = name.as_bytes();
        let mut state = self.seed;
        if let Some(last) = bytes.last_chunk() {
            let (words, rest) = bytes.as_chunks();
            for word in words {
                state = self.add(state, u64::from_le_bytes(*word));
            }
            if !rest.is_empty() {
                // Some bytes twice, which takes less time than to gather the rest.
                state = self.add(state, u64::from_le_bytes(*last));
            }
        } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            let halves = [*first, *last].map(|half| u64::from(u32::from_le_bytes(half)));
            let [first, last] = halves;
            state = self.add(state, first | last << 32_u32);
        } else if let (Some(first), Some(last)) = (bytes.first(), bytes.last()) {
            let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
            let word = u32::from_le_bytes([*first, middle, *last, 0]);
            state = self.add(state, word.into());
        }
        // With the length, since bytes that are taken twice look like more of them.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        state = self.add(state, length | u64::from(owner) << 32_u32);
        u32::try_from(state & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    #[inline]
    fn add(&self, state: u64, word: u64) -> u64 {
        let factor = u128::from(self.seed.rotate_left(32) ^ PI);
        let product = u128::from(state ^ word).wrapping_mul(factor);
        let folded = (product ^ (product >> 64_u32)) & u128::from(u64::MAX);
        u64::try_from(folded).unwrap_or_default()
    }
}

/// Where in some list names stand, by their hashes. The list itself has the names.
#[derive(Debug, Clone, Default)]
pub(super) struct NameTable {
    /// A power of two of them, half of which are empty at least.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u32,
    /// The place in the list, counted from one; none is nothing.
    place: u32,
}

impl NameTable {
    /// Returns a table with room for this many names.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            slots: vec![Slot::default(); slots_for(count)],
            used: 0,
        }
    }

    /// Returns the place of this hash that is the one looked for.
    #[inline]
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = first_slot(hash, mask);
        loop {
            let slot = self.slots.get(at)?;
            let place = slot.place.checked_sub(1)?;
            if slot.hash == hash && is_it(place) {
                return Some(place);
            }
            at = at.wrapping_add(1) & mask;
        }
    }

    /// Adds a place that was not there.
    #[inline]
    pub(super) fn insert(&mut self, hash: u32, place: u32) {
        self.used = self.used.saturating_add(1);
        if slots_for(self.used) > self.slots.len() {
            self.grow();
        }
        let place = place.saturating_add(1);
        self.put(Slot { hash, place });
    }

    fn put(&mut self, new: Slot) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = first_slot(new.hash, mask);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.place == 0 {
                *slot = new;
                return;
            }
            at = at.wrapping_add(1) & mask;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let more = vec![Slot::default(); slots_for(self.used)];
        for slot in std::mem::replace(&mut self.slots, more) {
            if slot.place != 0 {
                self.put(slot);
            }
        }
    }
}

fn slots_for(count: usize) -> usize {
    count.saturating_mul(2).max(8).next_power_of_two()
}

#[inline]
fn first_slot(hash: u32, mask: usize) -> usize {
    usize::try_from(hash).unwrap_or(usize::MAX) & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_by_each_byte_their_length_and_their_owner() {
        let hash = NameHash::new();
        let text = "a name of more than sixteen bytes";
        let mut names: Vec<(u32, String)> = (0..=text.len())
            .map(|end| (0, text[..end].to_owned()))
            .chain((1..20).map(|zeros| (0, "\0".repeat(zeros))))
            .collect();
        for at in 0..text.len() {
            let mut other = text.to_owned();
            other.replace_range(at..=at, "!");
            names.extend([(0, other), (1, text[at..].to_owned())]);
        }
        names.sort_unstable();
        names.dedup();
        let mut hashes: Vec<u32> = names
            .iter()
            .map(|(owner, name)| hash.of(*owner, name))
            .collect();
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        // Of a hundred names, two have one hash of 32 bits in one run of a million.
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn each_hash_has_a_seed_of_its_own() {
        let [first, second] = [NameHash::new(), NameHash::new()];
        assert_ne!(first.of(0, "a name"), second.of(0, "a name"));
    }

    #[test]
    fn what_is_inserted_is_found() {
        let mut table = NameTable::default();
        assert_eq!(table.find(7, |_| true), None);
        for place in 0..1000 {
            // Few hashes, at the end of the table, so that rows are long and go on at its start.
            table.insert(u32::MAX - place % 3, place);
        }
        for place in 0..1000 {
            let hash = u32::MAX - place % 3;
            assert_eq!(table.find(hash, |found| found == place), Some(place));
        }
        assert_eq!(table.find(5, |_| true), None);
    }
}
