#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
//! Tests of `eos-keys` through its public API.

mod api;
#[cfg(feature = "wallet")]
mod keosd_wallets;
#[cfg(feature = "wallet")]
mod keystores;
mod packed;
mod private_keys;
mod public_keys;
#[cfg(feature = "wallet")]
mod secret_files;
mod signatures;
mod support;
