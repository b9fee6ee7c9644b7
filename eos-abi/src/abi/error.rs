//! What can be wrong with an ABI that is read for a purpose.

use crate::error::{DecodeError, EncodeError};
use crate::json;
use crate::schema::SchemaError;

/// Why an ABI in JSON or binary cannot be turned into the other form or a [`Schema`](crate::Schema).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AbiError {
    /// The text is not JSON of an ABI.
    #[error("the text is not an ABI")]
    Json(#[source] json::Error),
    /// The bytes are not an ABI.
    #[error("the bytes are not an ABI")]
    Binary(#[source] DecodeError),
    /// The ABI describes no contract, or its version has no place for what is in it.
    #[error("the ABI has no binary form")]
    NoBinary(#[source] EncodeError),
    /// Its definitions do not fit together.
    #[error("the ABI cannot be used")]
    Unusable(#[source] SchemaError),
}
