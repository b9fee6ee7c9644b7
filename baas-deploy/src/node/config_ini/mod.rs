//! `config.ini`: written for a node, and read and judged when somebody else wrote it.

mod dawn;
mod lint;
mod node_config;
mod parse;
mod settings;

pub use dawn::{MENDS, Mend};
pub use lint::lint_config_ini;
pub use node_config::{ConfigIni, NodeConfig};
pub use parse::{ConfigEntry, ConfigFile, InvalidLine, parse_config_ini};
