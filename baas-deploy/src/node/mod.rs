//! What a node reads: its genesis and its `config.ini`, computed from values.

mod config_ini;
mod genesis;
mod options;

pub use config_ini::{ConfigIni, NodeConfig};
pub use genesis::{ChainParameters, Genesis};
pub use options::OptionValues;
pub(crate) use options::check_options;
