#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod container;
mod dns_label;
mod error;
mod hex;
pub mod image;
mod keys;
pub mod launch;
pub mod lint;
pub mod local;
pub mod manifests;
pub mod migrate;
mod names;
mod nearest;
pub mod node;
pub mod progress;
pub mod reader;
mod secrets;
pub mod spec;
pub mod template;
#[cfg(feature = "testing")]
pub mod testing;
pub mod yaml;

pub use dns_label::{DnsLabel, ParseDnsLabelError};
pub use error::{Error, ProvisionError};
pub use keys::NetworkKeys;
pub use names::{NetworkName, NodeName, ParseNameError};
