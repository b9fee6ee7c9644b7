//! Keys from words (feature `mnemonic`).
//!
//! A [`Mnemonic`] is a phrase of 12 to 24 words that stands for a random number ([BIP-39]). With a passphrase, which may be empty, it
//! makes a [`Seed`], and that makes a K1 key for each [`DerivationPath`] ([BIP-32]). Keys of an EOSIO account are at
//! `m/44'/194'/account'/change/index`: 194 is the chain's number in the list of coins ([SLIP-44]), and hardware wallets take the same.
//!
//! ```
//! use eos_keys::mnemonic::{DerivationPath, Mnemonic, WordCount};
//!
//! let mnemonic = Mnemonic::generate(WordCount::TwentyFour)?;
//! let words = mnemonic.expose_phrase(); // to be written down by its owner
//!
//! let again: Mnemonic = words.expose().parse()?;
//! let key = again.to_seed("").derive(&DerivationPath::default())?;
//! # assert_eq!(key.public_key(), mnemonic.to_seed("").derive(&DerivationPath::default())?.public_key());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [BIP-32]: https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki
//! [BIP-39]: https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
//! [SLIP-44]: https://github.com/satoshilabs/slips/blob/master/slip-0044.md

mod error;
mod path;
mod phrase;
mod seed;
mod words;

pub use error::{DeriveError, MnemonicError, PathError};
pub use path::DerivationPath;
pub use phrase::{Mnemonic, WordCount};
pub use seed::Seed;
