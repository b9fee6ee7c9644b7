#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
//! Tests of `eos-keys` through its public API.

mod api;
#[cfg(unix)]
mod child;
#[cfg(unix)]
mod keosd_faults;
#[cfg(target_os = "linux")]
mod keosd_memory;
#[cfg(unix)]
mod keosd_wallets;
#[cfg(unix)]
mod keystores;
mod many_signatures;
#[cfg(target_os = "linux")]
mod memory_scan;
mod mnemonics;
mod packed;
#[cfg(target_os = "linux")]
mod private_key_memory;
mod private_keys;
mod public_keys;
#[cfg(unix)]
mod secret_files;
mod signatures;
mod support;
#[cfg(unix)]
mod wallet_managers;
#[cfg(target_os = "linux")]
mod wallet_memory;
#[cfg(unix)]
mod wallet_saves;
mod webauthn;
mod wycheproof;
