#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
//! Tests of `eos-keys` through its public API.

mod api;
#[cfg(any(target_os = "linux", all(feature = "wallet", unix)))]
mod child;
#[cfg(all(feature = "keosd", unix))]
mod keosd_faults;
#[cfg(all(feature = "keosd", target_os = "linux"))]
mod keosd_memory;
#[cfg(all(feature = "wallet", unix))]
mod keosd_wallets;
#[cfg(all(feature = "wallet", unix))]
mod keystores;
mod many_signatures;
#[cfg(target_os = "linux")]
mod memory_scan;
#[cfg(feature = "mnemonic")]
mod mnemonics;
mod packed;
#[cfg(target_os = "linux")]
mod private_key_memory;
mod private_keys;
mod public_keys;
#[cfg(all(feature = "wallet", unix))]
mod secret_files;
mod signatures;
mod support;
#[cfg(all(feature = "wallet", unix))]
mod wallet_managers;
#[cfg(all(feature = "wallet", target_os = "linux"))]
mod wallet_memory;
#[cfg(all(feature = "wallet", unix))]
mod wallet_saves;
mod webauthn;
mod wycheproof;
