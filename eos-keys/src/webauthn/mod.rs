//! Keys and signatures of browsers and security tokens (WebAuthn), checked as nodeos does: `elliptic_webauthn.cpp` of its libfc.

mod client_data;
mod der;
mod key;
mod signature;

use crate::error::ParseError;

/// How many bytes the texts of a WebAuthn value may have together: `maximum_variable_signature_length` of nodeos' `controller.hpp`. The
/// time that base58 takes grows with their square, so that whatever is held must be short enough to be printed.
const MAX_VARIABLE: usize = 16 << 10;

/// Checks how long the texts of a value are together.
const fn check_variable(actual: usize) -> Result<(), ParseError> {
    if actual > MAX_VARIABLE {
        return Err(ParseError::WebAuthnTooLong {
            actual,
            limit: MAX_VARIABLE,
        });
    }
    Ok(())
}

pub use key::{UserPresence, WebAuthnKey};
pub use signature::WebAuthnSignature;
