/// Says why a text is not a mnemonic phrase.
///
/// It never carries any word of the text, which is a secret even when it is mistyped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MnemonicError {
    /// A word is not in the list. All words are looked at before their number is.
    #[error("word {position} of {count} is not in the English word list")]
    UnknownWord {
        /// Which word it is, the first being 1.
        position: usize,
        /// How many words the text has.
        count: usize,
    },
    /// The words are known, but no phrase has this many.
    #[error("phrase has {count} words, expected 12, 15, 18, 21 or 24")]
    WrongCount {
        /// How many words the text has.
        count: usize,
    },
    /// The words do not fit together: one is wrong or missing, or two changed places.
    #[error("checksum of the phrase does not match: a word is wrong or not in its place")]
    WrongChecksum,
    /// The number that a phrase is to stand for is not as long as one of the five kinds.
    #[error("entropy is {actual} bytes long, expected 16, 20, 24, 28 or 32")]
    EntropyLength {
        /// Its length.
        actual: usize,
    },
}

/// Says why a text is not a derivation path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The path does not begin at the master key.
    #[error("path does not begin with `m`")]
    NotFromMaster,
    /// A step of the path is not a number, or too large.
    #[error("step {position} of the path is not a number below 2147483648, or that with ' or h")]
    InvalidStep {
        /// Which step it is, the first after `m` being 1.
        position: usize,
    },
    /// The path has more steps than the format of extended keys can count.
    #[error("path has {count} steps, at most 255 are possible")]
    TooDeep {
        /// How many steps it has.
        count: usize,
    },
}

/// Says why there is no key at a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeriveError {
    /// The seed is not as long as seeds are.
    #[error("seed is {actual} bytes long, expected 16 to 64")]
    SeedLength {
        /// Its length.
        actual: usize,
    },
    /// The seed has no master key. That happens once in 2^127 times; take another one.
    #[error("seed has no master key")]
    NoMasterKey,
    /// There is no key at this path. That happens once in 2^127 times; take the next index.
    #[error("there is no key at step {position} of the path")]
    NoKey {
        /// The step that has none, the first after `m` being 1.
        position: usize,
    },
}
