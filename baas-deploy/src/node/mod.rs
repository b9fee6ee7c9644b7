//! What a node reads: its genesis and its `config.ini`, computed from values.

mod config_ini;
mod endpoint;
mod genesis;
mod options;
mod version;

pub use config_ini::{ConfigIni, NodeConfig};
pub use endpoint::{Endpoint, ParseEndpointError};
pub use genesis::{ChainParameters, Genesis};
pub use options::OptionValues;
pub(crate) use options::check_options;
pub use version::NodeVersion;
