#![doc = include_str!("../README.md")]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod digest;
mod error;
mod hex;
mod k1;
mod key_type;
#[cfg(feature = "mnemonic")]
pub mod mnemonic;
mod nonce;
mod packed;
mod private_key;
mod public_key;
mod published;
mod r1;
mod secret_text;
mod signature;
mod signer;
mod stack;
mod text;
#[cfg(any(feature = "wallet", feature = "keosd"))]
pub mod wallet;
mod webauthn;

pub use digest::Digest;
pub use error::{ParseError, RandomnessError, SignError, VerifyError};
pub use key_type::KeyType;
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
pub use secret_text::SecretText;
pub use signature::Signature;
pub use signer::{LocalSigner, Signer};
pub use webauthn::{UserPresence, WebAuthnKey, WebAuthnSignature};
