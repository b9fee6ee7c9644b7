#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(
    dead_code,
    reason = "the deployer for networks, which needs these parts, comes next"
)]

mod error;
mod hex;
pub mod local;
mod names;
pub mod node;
pub mod progress;
pub mod reader;
pub mod spec;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::{Error, ProvisionError};
pub use names::{NetworkName, NodeName, ParseNameError};
