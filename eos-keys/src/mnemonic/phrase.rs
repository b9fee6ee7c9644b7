use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    error::RandomnessError,
    mnemonic::{MnemonicError, Seed, words},
    secret_text::SecretText,
};

/// Bits that a word stands for.
const WORD_BITS: usize = 11;

/// Bytes of the longest entropy and its checksum.
const MAX_BYTES: usize = 33;

/// The number of words of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "BIP-39 has these five")]
pub enum WordCount {
    /// Words for 128 bits.
    Twelve,
    /// Words for 160 bits.
    Fifteen,
    /// Words for 192 bits.
    Eighteen,
    /// Words for 224 bits.
    TwentyOne,
    /// Words for 256 bits.
    TwentyFour,
}

impl WordCount {
    const ALL: [Self; 5] = [
        Self::Twelve,
        Self::Fifteen,
        Self::Eighteen,
        Self::TwentyOne,
        Self::TwentyFour,
    ];

    /// Returns the number of words.
    pub const fn words(self) -> usize {
        match self {
            Self::Twelve => 12,
            Self::Fifteen => 15,
            Self::Eighteen => 18,
            Self::TwentyOne => 21,
            Self::TwentyFour => 24,
        }
    }

    /// Returns the length of the random number that the words stand for, in bytes.
    const fn entropy_bytes(self) -> usize {
        match self {
            Self::Twelve => 16,
            Self::Fifteen => 20,
            Self::Eighteen => 24,
            Self::TwentyOne => 28,
            Self::TwentyFour => 32,
        }
    }

    /// Returns the bits of the byte after the entropy that hold the checksum: one for each 32 of the entropy.
    const fn checksum_mask(self) -> u8 {
        match self {
            Self::Twelve => 0xf0,
            Self::Fifteen => 0xf8,
            Self::Eighteen => 0xfc,
            Self::TwentyOne => 0xfe,
            Self::TwentyFour => 0xff,
        }
    }
}

/// A phrase of English words that stands for a random number, as [BIP-39] describes it.
///
/// `Debug` is redacted; there is no `Display`, no `Serialize` and no comparison. The number lies on the heap and is erased on drop.
///
/// `FromStr` reads a phrase as people type it: in capitals or not, with any white space between and around the words, in any Unicode
/// form (such as full-width letters). Words must be written out and have the checksum that is in every phrase. A [`Seed`] is always made
/// of the phrase as it should be: small letters, with one space between the words.
///
/// Only the English list is offered: it is the one that all wallets have.
///
/// ```
/// use eos_keys::mnemonic::{Mnemonic, MnemonicError};
///
/// let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
/// let mnemonic: Mnemonic = phrase.parse()?;
/// assert_eq!(mnemonic.expose_phrase().expose(), phrase);
///
/// let error = phrase.replace("thank", "thanks").parse::<Mnemonic>().unwrap_err();
/// assert_eq!(error.to_string(), "word 3 of 12 is not in the English word list");
/// # Ok::<(), MnemonicError>(())
/// ```
///
/// [BIP-39]: https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
#[derive(Clone)] // Not Copy: `Drop` erases.
pub struct Mnemonic {
    count: WordCount,
    /// The entropy, the bits of its checksum, and zeros.
    bytes: Box<Zeroizing<[u8; MAX_BYTES]>>,
}

impl Mnemonic {
    /// Returns a new phrase from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`RandomnessError`] if the system gives none.
    pub fn generate(count: WordCount) -> Result<Self, RandomnessError> {
        Self::filled(count, |entropy| {
            getrandom::fill(entropy).map_err(RandomnessError::new)
        })
    }

    /// Returns the phrase of a random number of 16, 20, 24, 28 or 32 bytes.
    ///
    /// # Errors
    ///
    /// [`MnemonicError::EntropyLength`] if it is of another length.
    pub fn from_entropy(entropy: &[u8]) -> Result<Self, MnemonicError> {
        let wrong_length = MnemonicError::EntropyLength {
            actual: entropy.len(),
        };
        let count = WordCount::ALL
            .into_iter()
            .find(|count| count.entropy_bytes() == entropy.len())
            .ok_or(wrong_length)?;
        Self::filled(count, |bytes| {
            bytes.copy_from_slice(entropy);
            Ok(())
        })
    }

    /// Returns the number of words.
    pub const fn word_count(&self) -> WordCount {
        self.count
    }

    /// Reveals the phrase: small letters, with one space between the words.
    pub fn expose_phrase(&self) -> SecretText {
        let longest = self.count.words().saturating_mul(words::LONGEST + 1);
        SecretText::write(longest, |phrase| {
            for at in 0..self.count.words() {
                if at > 0 {
                    phrase.push(' ');
                }
                phrase.push_str(words::word(self.index(at)));
            }
        })
    }

    /// Reveals the random number that the words stand for.
    pub fn expose_entropy(&self) -> &[u8] {
        let (entropy, _) = self.bytes.split_at(self.count.entropy_bytes());
        entropy
    }

    /// Returns the seed of this phrase and a passphrase, which is empty for most wallets. It takes the passphrase in any Unicode form,
    /// and otherwise exactly as it is. Another passphrase gives another seed, and there is no wrong one.
    pub fn to_seed(&self, passphrase: &str) -> Seed {
        Seed::of_phrase(&self.expose_phrase(), passphrase)
    }

    /// Makes a phrase whose entropy `fill` writes.
    fn filled<E>(
        count: WordCount,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut bytes = Box::new(Zeroizing::new([0; MAX_BYTES]));
        let (entropy, rest) = bytes.split_at_mut(count.entropy_bytes());
        fill(entropy)?;
        if let Some(byte) = rest.first_mut() {
            *byte = checksum(entropy) & count.checksum_mask();
        }
        Ok(Self { count, bytes })
    }

    /// Returns the index of the word at `at`: eleven bits, which lie in two bytes or three.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "bits of a byte are counted from 0 to 7"
    )]
    fn index(&self, at: usize) -> u16 {
        let mut index = 0;
        let first = at.saturating_mul(WORD_BITS);
        for bit in first..first.saturating_add(WORD_BITS) {
            let byte = self.bytes.get(bit / 8).copied().unwrap_or_default();
            index = index << 1 | u16::from(byte >> (7 - bit % 8) & 1);
        }
        index
    }
}

impl FromStr for Mnemonic {
    type Err = MnemonicError;

    fn from_str(text: &str) -> Result<Self, MnemonicError> {
        let words = Words::read(text);
        let count = words.count;
        if let Some(position) = words.unknown {
            return Err(MnemonicError::UnknownWord { position, count });
        }
        let count = WordCount::ALL
            .into_iter()
            .find(|known| known.words() == count)
            .ok_or(MnemonicError::WrongCount { count })?;
        let (entropy, _) = words.bytes.split_at(count.entropy_bytes());
        let mnemonic = Self::from_entropy(entropy)?;
        // The two differ in the bits of the checksum only.
        if **mnemonic.bytes != **words.bytes {
            return Err(MnemonicError::WrongChecksum);
        }
        Ok(mnemonic)
    }
}

impl fmt::Debug for Mnemonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mnemonic(<redacted>)")
    }
}

/// The words of a text, read one character at a time so that no copy of it is made.
struct Words {
    /// The bits of the first 24 words.
    bytes: Box<Zeroizing<[u8; MAX_BYTES]>>,
    count: usize,
    /// The position of the first word that is not in the list.
    unknown: Option<usize>,
}

impl Words {
    fn read(text: &str) -> Self {
        let mut words = Self {
            bytes: Box::new(Zeroizing::new([0; MAX_BYTES])),
            count: 0,
            unknown: None,
        };
        let mut word = Word::new();
        for character in text.nfkd() {
            if character.is_whitespace() {
                words.push(&mut word);
            } else {
                word.push(character);
            }
        }
        words.push(&mut word);
        words
    }

    /// Takes a word, and leaves an empty one, which is none.
    fn push(&mut self, word: &mut Word) {
        if word.length == 0 {
            return;
        }
        let position = self.count.saturating_add(1);
        match word.index() {
            Some(index) => self.set(self.count, index),
            None if self.unknown.is_none() => self.unknown = Some(position),
            None => {}
        }
        self.count = position;
        word.clear();
    }

    /// Writes the index of the word at `at`, if it is one of the first 24.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "bits of a byte are counted from 0 to 7, those of an index from 0 to 10"
    )]
    fn set(&mut self, at: usize, index: u16) {
        let first = at.saturating_mul(WORD_BITS);
        for (bit, shift) in (first..).zip((0..WORD_BITS).rev()) {
            if let Some(byte) = self.bytes.get_mut(bit / 8) {
                let value = u8::from(index >> shift & 1 == 1);
                *byte |= value << (7 - bit % 8);
            }
        }
    }
}

/// A word while it is read. What is longer than the longest word is counted, not kept.
struct Word {
    letters: Zeroizing<[u8; words::LONGEST]>,
    length: usize,
}

impl Word {
    fn new() -> Self {
        Self {
            letters: Zeroizing::new([0; words::LONGEST]),
            length: 0,
        }
    }

    fn push(&mut self, character: char) {
        if let Some(letter) = self.letters.get_mut(self.length) {
            // No word has a zero byte, so this makes the word an unknown one.
            *letter = u8::try_from(character)
                .unwrap_or_default()
                .to_ascii_lowercase();
        }
        self.length = self.length.saturating_add(1);
    }

    fn index(&self) -> Option<u16> {
        let letters = self.letters.get(..self.length)?;
        words::index(str::from_utf8(letters).ok()?)
    }

    fn clear(&mut self) {
        self.letters.zeroize();
        self.length = 0;
    }
}

/// Returns the first byte of the SHA-256 of the entropy.
fn checksum(entropy: &[u8]) -> u8 {
    let mut hash = Zeroizing::new([0; 32]);
    // A hasher holds what it was given. It erases itself, but not the places it was moved from, so it stays where it is.
    let mut hasher = Sha256::new();
    hasher.update(entropy);
    sha2::digest::FixedOutputReset::finalize_into_reset(&mut hasher, (&mut *hash).into());
    let [first, ..] = *hash;
    first
}
