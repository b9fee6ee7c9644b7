//! Types of `eosio.token`.

// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.

use crate::{ActionData, Asset, Name, Symbol, TableRow};

/// Row of the table `accounts`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Account {
    pub balance: Asset,
}

impl TableRow for Account {
    const TABLE: Name = Name::from_static("accounts");
}

/// Arguments of the action `close`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Close {
    pub owner: Name,
    pub symbol: Symbol,
}

impl ActionData for Close {
    const NAME: Name = Name::from_static("close");
}

/// Arguments of the action `create`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Create {
    pub issuer: Name,
    pub maximum_supply: Asset,
}

impl ActionData for Create {
    const NAME: Name = Name::from_static("create");
}

/// Row of the table `stat`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct CurrencyStats {
    pub supply: Asset,
    pub max_supply: Asset,
    pub issuer: Name,
}

impl TableRow for CurrencyStats {
    const TABLE: Name = Name::from_static("stat");
}

/// Arguments of the action `issue`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Issue {
    pub to: Name,
    pub quantity: Asset,
    pub memo: String,
}

impl ActionData for Issue {
    const NAME: Name = Name::from_static("issue");
}

/// Arguments of the action `open`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Open {
    pub owner: Name,
    pub symbol: Symbol,
    pub ram_payer: Name,
}

impl ActionData for Open {
    const NAME: Name = Name::from_static("open");
}

/// Arguments of the action `retire`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Retire {
    pub quantity: Asset,
    pub memo: String,
}

impl ActionData for Retire {
    const NAME: Name = Name::from_static("retire");
}

/// Arguments of the action `transfer`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Transfer {
    pub from: Name,
    pub to: Name,
    pub quantity: Asset,
    pub memo: String,
}

impl ActionData for Transfer {
    const NAME: Name = Name::from_static("transfer");
}
