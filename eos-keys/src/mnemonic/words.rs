//! The English word list of BIP-39. `english.txt` has the very bytes that other implementations carry, such as `bip39` in Rust
//! (CC0-1.0) and `bip_utils` in Python (MIT).

use std::sync::LazyLock;

/// The words, in alphabetical order.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("english.txt").lines().collect());

/// Bytes of the longest word.
pub(super) const LONGEST: usize = 8;

/// Returns the word of an index below 2048.
pub(super) fn word(index: u16) -> &'static str {
    WORDS
        .get(usize::from(index))
        .expect("the list has 2048 words")
}

/// Returns the index of a word.
pub(super) fn index(word: &str) -> Option<u16> {
    let index = WORDS.binary_search(&word).ok()?;
    u16::try_from(index).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Digest;

    #[test]
    fn the_list_is_the_one_of_other_implementations() {
        assert_eq!(
            Digest::of(include_str!("english.txt")).to_string(),
            "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
        );
    }

    #[test]
    fn each_word_is_found_at_its_index() {
        assert_eq!(WORDS.len(), 2048);
        for at in 0..2048 {
            assert_eq!(index(word(at)), Some(at));
        }
        assert_eq!(WORDS.iter().map(|word| word.len()).max(), Some(LONGEST));
        for no_word in ["", "abandonx", "abando", "Abandon", "zzzzzzzz"] {
            assert_eq!(index(no_word), None);
        }
    }
}
