//! Keys and signatures of browsers and security tokens (WebAuthn), checked as nodeos does: `elliptic_webauthn.cpp` of its libfc.

mod client_data;
mod der;
mod key;
mod signature;

pub use key::{UserPresence, WebAuthnKey};
pub use signature::WebAuthnSignature;
