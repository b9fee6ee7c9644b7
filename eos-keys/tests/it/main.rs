#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
//! Tests of `eos-keys` through its public API.

mod api;
#[cfg(all(feature = "wallet", unix))]
mod keosd_wallets;
#[cfg(all(feature = "wallet", unix))]
mod keystores;
#[cfg(feature = "mnemonic")]
mod mnemonics;
mod packed;
mod private_keys;
mod public_keys;
#[cfg(all(feature = "wallet", unix))]
mod secret_files;
mod signatures;
mod support;
mod webauthn;
