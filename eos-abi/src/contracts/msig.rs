//! Types of `eosio.msig`.

// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.

use crate::{
    ActionData, BinaryExtension, Bytes, Checksum256, Name, PermissionLevel, TableRow, TimePoint,
    Transaction,
};

/// The struct `approval`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Approval {
    pub level: PermissionLevel,
    pub time: TimePoint,
}

/// Row of the table `approvals2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct ApprovalsInfo {
    pub version: u8,
    pub proposal_name: Name,
    pub requested_approvals: Vec<Approval>,
    pub provided_approvals: Vec<Approval>,
}

impl TableRow for ApprovalsInfo {
    const TABLE: Name = Name::from_static("approvals2");
}

/// Arguments of the action `approve`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Approve {
    pub proposer: Name,
    pub proposal_name: Name,
    pub level: PermissionLevel,
    pub proposal_hash: BinaryExtension<Checksum256>,
}

impl ActionData for Approve {
    const NAME: Name = Name::from_static("approve");
}

/// Arguments of the action `cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Cancel {
    pub proposer: Name,
    pub proposal_name: Name,
    pub canceler: Name,
}

impl ActionData for Cancel {
    const NAME: Name = Name::from_static("cancel");
}

/// Arguments of the action `exec`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Exec {
    pub proposer: Name,
    pub proposal_name: Name,
    pub executer: Name,
}

impl ActionData for Exec {
    const NAME: Name = Name::from_static("exec");
}

/// Arguments of the action `invalidate`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Invalidate {
    pub account: Name,
}

impl ActionData for Invalidate {
    const NAME: Name = Name::from_static("invalidate");
}

/// Row of the table `invals`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Invalidation {
    pub account: Name,
    pub last_invalidation_time: TimePoint,
}

impl TableRow for Invalidation {
    const TABLE: Name = Name::from_static("invals");
}

/// Row of the table `approvals`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct OldApprovalsInfo {
    pub proposal_name: Name,
    pub requested_approvals: Vec<PermissionLevel>,
    pub provided_approvals: Vec<PermissionLevel>,
}

impl TableRow for OldApprovalsInfo {
    const TABLE: Name = Name::from_static("approvals");
}

/// Row of the table `proposal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Proposal {
    pub proposal_name: Name,
    pub packed_transaction: Bytes,
}

impl TableRow for Proposal {
    const TABLE: Name = Name::from_static("proposal");
}

/// Arguments of the action `propose`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Propose {
    pub proposer: Name,
    pub proposal_name: Name,
    pub requested: Vec<PermissionLevel>,
    pub trx: Transaction,
}

impl ActionData for Propose {
    const NAME: Name = Name::from_static("propose");
}

/// Arguments of the action `unapprove`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Unapprove {
    pub proposer: Name,
    pub proposal_name: Name,
    pub level: PermissionLevel,
}

impl ActionData for Unapprove {
    const NAME: Name = Name::from_static("unapprove");
}
