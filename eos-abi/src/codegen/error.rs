use crate::schema::SchemaError;

/// Why an ABI has no Rust source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The ABI itself is not usable.
    #[error("the ABI cannot be used")]
    Abi(#[from] SchemaError),
    /// A type that values of Rust are not made of: `private_key`, since secrets are not to be printed or packed.
    #[error("type {ty:?} of {user} has no Rust form")]
    NoRustForm {
        /// The type.
        ty: Box<str>,
        /// What uses it.
        user: Box<str>,
    },
    /// A name without a letter or a digit to begin with, or with characters that are not ASCII.
    #[error("{item} has a name that makes no Rust identifier; rename it")]
    NoIdentifier {
        /// What has the name.
        item: Box<str>,
    },
    /// Two things that would be called the same.
    #[error("{first} and {second} would both be called {identifier}; rename one")]
    Clash {
        /// What they would be called.
        identifier: Box<str>,
        /// The first one.
        first: Box<str>,
        /// The other one.
        second: Box<str>,
    },
    /// A variant with two alternatives of one type: its JSON does not tell them apart.
    #[error("variant {variant:?} has the type {ty:?} twice, which its JSON does not tell apart")]
    DoubleAlternative {
        /// The variant.
        variant: Box<str>,
        /// The type.
        ty: Box<str>,
    },
    /// A type whose values are too large to be passed around.
    #[error("values of {item} take more than {limit} bytes without what is on the heap")]
    TooLarge {
        /// The type.
        item: Box<str>,
        /// The limit.
        limit: usize,
    },
    /// An option names something that the ABI does not have.
    #[error("the ABI has no {item}, which the generator's options name")]
    Unknown {
        /// What is named.
        item: Box<str>,
    },
    /// An option's text is not what Rust takes there.
    #[error("{text:?} is not a Rust {what}")]
    NotRust {
        /// The text.
        text: Box<str>,
        /// What it should be.
        what: &'static str,
    },
}
