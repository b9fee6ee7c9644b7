//! What a network shall be: [`NetworkSpec`], written in YAML or JSON or made in code.

mod exposure;
mod image;
mod network;
mod node;
mod quantity;
mod resources;
mod rules;
mod schema;
mod topology;

use eos_abi::Name;

pub use crate::node::NodeVersion;
pub use exposure::{ExposureKind, ExposureSpec, HostName, ParseHostNameError};
pub use image::{ImageReference, ImageSpec, PullPolicy};
pub use network::{GenesisSpec, NetworkSpec, Target};
pub use node::{GroupSpec, MAX_NODES, NodeCount, NodeCountError, NodeSpec, Role};
pub use quantity::{ParseQuantityError, Quantity};
pub use resources::{ResourcesSpec, StorageSpec};
pub use topology::Topology;

/// The account that a boot node produces for.
pub const BOOT_ACCOUNT: Name = Name::from_static("eosio");
