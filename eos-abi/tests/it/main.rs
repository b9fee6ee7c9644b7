//! What users of the crate rely on, from the outside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod abi;
mod api;
mod binary;
mod blocks;
mod codegen;
mod contracts;
mod generated;
mod hostile;
mod json;
mod lenient;
mod places;
mod recorded;
mod schema;
mod support;
mod transactions;
mod values;
