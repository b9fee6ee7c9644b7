use std::error::Error as StdError;

use crate::{KeyType, PublicKey};

/// Says why a text or a run of bytes is not a key, a signature or a digest.
///
/// It never carries any part of the input, which may be a private key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The text begins with no prefix that this type of value can have.
    #[error("text begins with none of the known prefixes")]
    UnknownPrefix,
    /// A character outside of the alphabet.
    #[error("character at offset {offset} does not belong to the alphabet")]
    InvalidCharacter {
        /// Where the character stands, counted in bytes from the start of the text.
        offset: usize,
    },
    /// The value is shorter or longer than its kind is.
    #[error("value is not {expected} bytes long")]
    WrongLength {
        /// The length that this kind of value has, without its checksum.
        expected: usize,
    },
    /// The text is longer than any value of this kind that we read.
    #[error("text is {actual} characters long, at most {limit} are read")]
    TooLong {
        /// The length of the text.
        actual: usize,
        /// The longest text that is read.
        limit: usize,
    },
    /// The checksum at the end of the text is not that of the value.
    #[error("checksum does not match")]
    WrongChecksum,
    /// A private key in WIF whose version byte is not that of a private key.
    #[error("version byte is not that of a private key")]
    WrongVersion,
    /// A private key that is zero or not below the order of its curve.
    #[error("private key is zero or not below the order of the curve")]
    SecretOutOfRange,
    /// A private key was asked for where only public keys exist.
    #[error("there are no private keys of type {key_type}")]
    NoPrivateKeys {
        /// The type asked for.
        key_type: KeyType,
    },
    /// The bytes end before the value does.
    #[error("bytes end before the value does")]
    Truncated,
    /// More bytes than the value has.
    #[error("bytes go on after the end of the value")]
    TrailingBytes,
    /// The protocol knows no key type of this index.
    #[error("{index} is not the index of a key type")]
    UnknownKeyType {
        /// The index found.
        index: u8,
    },
    /// A length prefix that does not fit 32 bits.
    #[error("length prefix does not fit 32 bits")]
    InvalidLengthPrefix,
    /// A WebAuthn text field that is not UTF-8.
    #[error("text field is not UTF-8")]
    NotUtf8,
    /// A WebAuthn key without the name of a site; nodes refuse it too.
    #[error("relying party of a WebAuthn key is empty")]
    EmptyRelyingParty,
}

/// Says why a signature does not prove what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The bytes of the public key are not a point of its curve.
    #[error("public key is not a point of the curve")]
    NotOnCurve,
    /// The bytes of the signature cannot be any key's signature over this digest.
    #[error("signature is malformed: no public key belongs to it")]
    Malformed,
    /// The signature was made by another key, or over another digest.
    #[error("signature is not this key's signature over this digest")]
    Mismatch,
    /// Signature and key are of different types.
    #[error("signature is of type {signature}, key of type {key}")]
    KeyTypeMismatch {
        /// The type of the signature.
        signature: KeyType,
        /// The type of the key.
        key: KeyType,
    },
    /// This crate cannot do this for keys of this type.
    #[error("signatures of type {key_type} cannot be checked")]
    Unsupported {
        /// The type of the signature or key.
        key_type: KeyType,
    },
}

/// Says that the operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("operating system gave no randomness")]
pub struct RandomnessError {
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl RandomnessError {
    pub(crate) fn new(source: getrandom::Error) -> Self {
        Self {
            source: Box::new(source),
        }
    }
}

/// Says why a [`Signer`](crate::Signer) did not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The signer does not hold the private key.
    #[error("signer does not hold the private key of {key}")]
    UnknownKey {
        /// The key asked for.
        key: PublicKey,
    },
    /// The signer holds its keys under lock.
    #[error("signer is locked")]
    Locked,
    /// The signer could not be reached or is busy; asking again may help.
    #[error("signer is not available at present")]
    Unavailable {
        /// What went wrong.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The signer refused, and will refuse again.
    #[error("signer refused")]
    Refused {
        /// What went wrong.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl SignError {
    /// Tells whether the same request may succeed when it is made again.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
