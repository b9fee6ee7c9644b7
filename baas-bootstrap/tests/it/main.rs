//! Specs and contract files that cannot be carried out, and bootstraps of real nodes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod chain;
mod contracts;
mod multisig;
mod packed;
mod printed;
mod signatures;
mod spec;
mod support;
mod tutorial;
