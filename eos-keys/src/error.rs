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
    /// The texts inside a WebAuthn value are longer than nodes take them.
    #[error("texts of a WebAuthn value are {actual} bytes long, at most {limit} are taken")]
    WebAuthnTooLong {
        /// How many bytes they have together.
        actual: usize,
        /// The most that are taken.
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
    /// No signature can be made of these parts.
    #[error(transparent)]
    InvalidParts(#[from] ParseError),
    /// Signature and key are of different types.
    #[error("signature is of type {signature}, key of type {key}")]
    KeyTypeMismatch {
        /// The type of the signature.
        signature: KeyType,
        /// The type of the key.
        key: KeyType,
    },
    /// The client data of a WebAuthn signature cannot be read as a node reads it.
    #[error(
        "client data is not a JSON object in which type, challenge and origin are texts, see line {line}, column {column}"
    )]
    InvalidClientData {
        /// The line up to which it could be read, counted from one.
        line: usize,
        /// The column in that line, counted from one.
        column: usize,
    },
    /// The client data of a WebAuthn signature is not about signing in or signing, but perhaps about making a key.
    #[error("type of the client data is not webauthn.get")]
    NotAnAssertion,
    /// The token was asked to sign something else.
    #[error("challenge of the client data is not the digest in base64url")]
    ChallengeMismatch,
    /// The client data do not come from a page that was loaded by https.
    #[error("origin of the client data is not https:// and a host")]
    InvalidOrigin,
    /// The authenticator data of a WebAuthn signature end too early.
    #[error("authenticator data are {actual} bytes long, at least {required} are required")]
    AuthenticatorDataTooShort {
        /// The length found.
        actual: usize,
        /// The shortest length.
        required: usize,
    },
    /// The token signed for another site than the one that asked.
    #[error(
        "authenticator data do not begin with the SHA-256 of {origin:?}, the host of the origin"
    )]
    RelyingPartyHashMismatch {
        /// The host in the client data.
        origin: String,
    },
    /// The WebAuthn key belongs to another site.
    #[error("signature was made for {signature:?}, key belongs to {key:?}")]
    RelyingPartyMismatch {
        /// The host that the signature was made for.
        signature: String,
        /// The host that the key belongs to.
        key: String,
    },
    /// The WebAuthn key asks the token to have seen more, or less, of its user; see [`UserPresence`](crate::UserPresence).
    #[error("user presence is {signature} in the signature and {key} in the key")]
    PresenceMismatch {
        /// What the signature says.
        signature: u8,
        /// What the key says.
        key: u8,
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
