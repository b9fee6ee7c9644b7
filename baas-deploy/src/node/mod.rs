//! What a node reads: its genesis and its `config.ini`, computed from values.

mod chain_parameters;
mod combinations;
mod config_ini;
mod endpoint;
mod genesis;
mod options;
mod start;
mod versions;

pub use chain_parameters::ChainParameters;
pub(crate) use combinations::check_combinations;
pub use config_ini::{
    ConfigEntry, ConfigFile, ConfigIni, InvalidLine, MENDS, Mend, NodeConfig, lint_config_ini,
    parse_config_ini,
};
pub use endpoint::{Endpoint, ParseEndpointError};
pub use genesis::Genesis;
pub(crate) use genesis::timestamp_problem;
pub use options::OptionValues;
pub(crate) use options::check_options;
pub use start::{NodeStart, UnsupportedStart};
pub(crate) use versions::plugin_rank;
pub use versions::{NodeOption, NodeVersion, NotInVersion, OptionArity, OptionKind, OptionPlace};
