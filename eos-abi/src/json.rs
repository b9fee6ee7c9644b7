//! JSON as the chain writes it, for plain serde types.
//!
//! `serde_json` with the habits of nodeos, so that `#[derive(Deserialize)] struct` with `u64`, `bool` and `f64` fields
//! reads a node's answer:
//!
//! | type | written | read |
//! | --- | --- | --- |
//! | integers up to 64 bits | a number; a text beyond ±(2^32−1) | both |
//! | `u128`, `i128` | a text | both, exactly |
//! | `f32`, `f64` | a text of 17 decimals (small ones: of as many as it takes), `nan`, `inf` | text or number, correct to the last bit |
//! | `bool` | `0`, `1` | these, `false`, `true` |
//! | enums | `"name"`, or `["name", value]` | the same |
//! | byte slices | a text of hexadecimal digits | the same |
//! | texts | control characters (U+007F to U+009F too) as `\n`, `\r`, `\t` or `\u` and four digits | as JSON has them |
//! | structs | an object | also a list of the fields' values |
//! | absent [`BinaryExtension`](crate::BinaryExtension)s of a struct | not at all | missing, also at a list's end; `null` if that is no value |
//!
//! Fields of a `#[serde(flatten)]`ed struct and of untagged enums are buffered by serde itself and read as plain JSON.
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Voter {
//!     staked: u64,
//!     last_vote_weight: f64,
//!     is_proxy: bool,
//! }
//!
//! let row = r#"{"staked": "1500000020000", "last_vote_weight": "0.50000000000000000", "is_proxy": 0}"#;
//! let voter: Voter = eos_abi::json::from_str(row)?;
//! assert_eq!((voter.staked, voter.last_vote_weight, voter.is_proxy), (1_500_000_020_000, 0.5, false));
//! # Ok::<(), eos_abi::json::Error>(())
//! ```

mod absent;
pub(crate) mod de;
mod escape;
pub(crate) mod number;
pub(crate) mod plain;
pub(crate) mod print;
pub(crate) mod ser;
mod swar;

use serde::{Deserialize, Serialize};

use escape::ChainFormatter;

/// Why JSON could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not JSON, or not JSON of the type.
    #[error("cannot read the JSON value")]
    Read(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The value cannot be written as JSON.
    #[error("cannot write the value as JSON")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Returns `value` as JSON text.
///
/// # Errors
///
/// When the value's `Serialize` fails, or a map's key is not a text.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let bytes = to_vec(value)?;
    String::from_utf8(bytes).map_err(|error| Error::Write(error.into()))
}

/// Returns `value` as the bytes of JSON text.
///
/// # Errors
///
/// As [`to_string`].
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(128);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, ChainFormatter);
    value
        .serialize(ser::ChainSerializer(&mut serializer))
        .map_err(|error| Error::Write(error.into()))?;
    Ok(bytes)
}

/// Reads a value from JSON text.
///
/// # Errors
///
/// When the text is not JSON, is not JSON of the type, or something follows.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    read(serde_json::Deserializer::from_str(text))
}

/// Reads a value from the bytes of JSON text.
///
/// # Errors
///
/// As [`from_str`].
pub fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Error> {
    read(serde_json::Deserializer::from_slice(text))
}

/// The longest message of `serde_json` that is repeated: it quotes texts that do not fit, however long they are.
const MAX_MESSAGE: usize = 400;

/// Returns an error of `serde_json` with what is too long cut out of its middle: the place is told at the end.
pub(crate) fn short(error: &serde_json::Error) -> Box<dyn std::error::Error + Send + Sync> {
    let message = error.to_string();
    if message.len() <= MAX_MESSAGE {
        return message.into();
    }
    let tail = message.len().saturating_sub(MAX_MESSAGE / 2);
    let tail = message
        .get(message.ceil_char_boundary(tail)..)
        .unwrap_or_default();
    format!("{}…{tail}", crate::error::excerpt(&message)).into()
}

fn read<'de, R, T>(mut deserializer: serde_json::Deserializer<R>) -> Result<T, Error>
where
    R: serde_json::de::Read<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(de::ChainDeserializer(&mut deserializer))
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| Error::Read(short(&error)))
}
