//! Native processes on this machine, and where their nodeos comes from.

mod cold_start;
mod environment;
pub(crate) mod files;
pub(crate) mod launch;
mod lock;
mod network;
mod nodeos;
mod open;
pub(crate) mod plan;
pub(crate) mod ports;
pub(crate) mod process;
mod repair;
mod status;
mod stop;
mod strays;
pub(crate) mod tail;
mod wheel;

pub use environment::Environment;
pub use network::{LocalNetwork, LocalNode};
pub use nodeos::{Nodeos, NodeosSource};
pub use open::LocalNetworkBuilder;
pub use process::NodeExit;
pub use status::{LocalNodeStatus, LocalStatus, status, stop_all};
pub use stop::{StopReport, StoppedNode};
pub use wheel::Wheel;
