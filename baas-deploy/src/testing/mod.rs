//! Throwaway nodes and wallet daemons for tests (feature `testing`).
//!
//! ```no_run
//! # async fn test() -> Result<(), baas_deploy::testing::NodeError> {
//! let node = baas_deploy::testing::Node::start().await?;
//! let info = node.client().get_info().await?;
//! # Ok(())
//! # }
//! ```

mod keosd;
mod node;
mod snapshot;
mod throwaway;
mod watchdog;

pub use keosd::{Keosd, KeosdBuilder, StartKeosdError};
pub use node::{Node, NodeBuilder, NodeError};
