//! Types of `eosio.wrap`.

// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.

use crate::{ActionData, Name, Transaction};

/// Arguments of the action `exec`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Exec {
    pub executer: Name,
    pub trx: Transaction,
}

impl ActionData for Exec {
    const NAME: Name = Name::from_static("exec");
}
