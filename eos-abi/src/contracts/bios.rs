//! Types of `eosio.bios`.

// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.

use crate::{
    ActionData, Authority, Bytes, Checksum256, KeyWeight, Name, PermissionLevel, TableRow,
};

/// The type `block_signing_authority`: `variant_block_signing_authority_v0`.
pub type BlockSigningAuthority = VariantBlockSigningAuthorityV0;

/// Row of the table `abihash`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct AbiHash {
    pub owner: Name,
    pub hash: Checksum256,
}

impl TableRow for AbiHash {
    const TABLE: Name = Name::from_static("abihash");
}

/// Arguments of the action `activate`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Activate {
    pub feature_digest: Checksum256,
}

impl ActionData for Activate {
    const NAME: Name = Name::from_static("activate");
}

/// The struct `block_signing_authority_v0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct BlockSigningAuthorityV0 {
    pub threshold: u32,
    pub keys: Vec<KeyWeight>,
}

/// The struct `blockchain_parameters`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct BlockchainParameters {
    pub max_block_net_usage: u64,
    pub target_block_net_usage_pct: u32,
    pub max_transaction_net_usage: u32,
    pub base_per_transaction_net_usage: u32,
    pub net_usage_leeway: u32,
    pub context_free_discount_net_usage_num: u32,
    pub context_free_discount_net_usage_den: u32,
    pub max_block_cpu_usage: u32,
    pub target_block_cpu_usage_pct: u32,
    pub max_transaction_cpu_usage: u32,
    pub min_transaction_cpu_usage: u32,
    pub max_transaction_lifetime: u32,
    pub deferred_trx_expiration_window: u32,
    pub max_transaction_delay: u32,
    pub max_inline_action_size: u32,
    pub max_inline_action_depth: u16,
    pub max_authority_depth: u16,
}

/// Arguments of the action `canceldelay`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Canceldelay {
    pub canceling_auth: PermissionLevel,
    pub trx_id: Checksum256,
}

impl ActionData for Canceldelay {
    const NAME: Name = Name::from_static("canceldelay");
}

/// Arguments of the action `deleteauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Deleteauth {
    pub account: Name,
    pub permission: Name,
}

impl ActionData for Deleteauth {
    const NAME: Name = Name::from_static("deleteauth");
}

/// Arguments of the action `linkauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Linkauth {
    pub account: Name,
    pub code: Name,
    pub r#type: Name,
    pub requirement: Name,
}

impl ActionData for Linkauth {
    const NAME: Name = Name::from_static("linkauth");
}

/// Arguments of the action `newaccount`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Newaccount {
    pub creator: Name,
    pub name: Name,
    pub owner: Authority,
    pub active: Authority,
}

impl ActionData for Newaccount {
    const NAME: Name = Name::from_static("newaccount");
}

/// Arguments of the action `onerror`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Onerror {
    pub sender_id: u128,
    pub sent_trx: Bytes,
}

impl ActionData for Onerror {
    const NAME: Name = Name::from_static("onerror");
}

/// The struct `producer_authority`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct ProducerAuthority {
    pub producer_name: Name,
    pub authority: BlockSigningAuthority,
}

/// Arguments of the action `reqactivated`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Reqactivated {
    pub feature_digest: Checksum256,
}

impl ActionData for Reqactivated {
    const NAME: Name = Name::from_static("reqactivated");
}

/// Arguments of the action `reqauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Reqauth {
    pub from: Name,
}

impl ActionData for Reqauth {
    const NAME: Name = Name::from_static("reqauth");
}

/// Arguments of the action `setabi`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setabi {
    pub account: Name,
    pub abi: Bytes,
}

impl ActionData for Setabi {
    const NAME: Name = Name::from_static("setabi");
}

/// Arguments of the action `setalimits`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setalimits {
    pub account: Name,
    pub ram_bytes: i64,
    pub net_weight: i64,
    pub cpu_weight: i64,
}

impl ActionData for Setalimits {
    const NAME: Name = Name::from_static("setalimits");
}

/// Arguments of the action `setcode`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setcode {
    pub account: Name,
    pub vmtype: u8,
    pub vmversion: u8,
    pub code: Bytes,
}

impl ActionData for Setcode {
    const NAME: Name = Name::from_static("setcode");
}

/// Arguments of the action `setparams`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setparams {
    pub params: BlockchainParameters,
}

impl ActionData for Setparams {
    const NAME: Name = Name::from_static("setparams");
}

/// Arguments of the action `setpriv`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setpriv {
    pub account: Name,
    pub is_priv: u8,
}

impl ActionData for Setpriv {
    const NAME: Name = Name::from_static("setpriv");
}

/// Arguments of the action `setprods`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setprods {
    pub schedule: Vec<ProducerAuthority>,
}

impl ActionData for Setprods {
    const NAME: Name = Name::from_static("setprods");
}

/// Arguments of the action `unlinkauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Unlinkauth {
    pub account: Name,
    pub code: Name,
    pub r#type: Name,
}

impl ActionData for Unlinkauth {
    const NAME: Name = Name::from_static("unlinkauth");
}

/// Arguments of the action `updateauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Updateauth {
    pub account: Name,
    pub permission: Name,
    pub parent: Name,
    pub auth: Authority,
}

impl ActionData for Updateauth {
    const NAME: Name = Name::from_static("updateauth");
}

/// The variant `variant_block_signing_authority_v0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum VariantBlockSigningAuthorityV0 {
    #[serde(rename = "block_signing_authority_v0")]
    BlockSigningAuthorityV0(BlockSigningAuthorityV0),
}
