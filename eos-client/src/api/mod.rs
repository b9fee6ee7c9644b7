//! The calls, a file a plugin, each with its request and answer.
//!
//! Answers carry the fields that hold across versions; nodes add fields, and those are skipped.

mod chain;
mod net;
mod node;
mod producer;

pub use chain::*;
pub use net::*;
pub use producer::*;
