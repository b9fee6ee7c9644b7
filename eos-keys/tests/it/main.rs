#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
//! Tests of `eos-keys` through its public API.

mod api;
mod private_keys;
mod public_keys;
mod signatures;
mod support;
