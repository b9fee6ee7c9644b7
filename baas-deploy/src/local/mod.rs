//! Native processes on this machine, and where their nodeos comes from.

mod environment;
pub(crate) mod files;
pub(crate) mod launch;
mod lock;
mod nodeos;
pub(crate) mod ports;
pub(crate) mod process;
mod tail;
mod wheel;

pub use environment::Environment;
pub use nodeos::{Nodeos, NodeosSource};
pub use process::NodeExit;
pub use wheel::Wheel;
