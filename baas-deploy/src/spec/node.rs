use std::collections::BTreeMap;

use eos_abi::Name;
use serde::{Deserialize, Serialize};

use super::BOOT_ACCOUNT;
use super::resources::{ResourcesSpec, StorageSpec};
use crate::names::NodeName;
use crate::node::OptionValues;

const STATE_HISTORY: &str = "eosio::state_history_plugin";
/// Where nodeos lets its state history be read unless it is told another port.
const STATE_HISTORY_PORT: u16 = 8080;
/// How many nodes a network may have.
pub const MAX_NODES: usize = 1000;

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NodeSpec {
    /// Its name.
    pub name: NodeName,
    /// What it is for.
    pub role: Role,
    /// The account it produces for: `eosio` for the boot node, else by default the node's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Name>,
    /// The port on which it answers RPC; chosen among free ones when there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_port: Option<u16>,
    /// The port on which it meets its peers; chosen among free ones when there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p2p_port: Option<u16>,
    /// Plugins beyond those that its role brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<String>,
    /// Options for its `config.ini`, beyond or instead of ours.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, OptionValues>,
    /// Its disk, on a cluster.
    #[serde(default, skip_serializing_if = "StorageSpec::is_empty")]
    pub storage: StorageSpec,
    /// Its processors and memory, on a cluster.
    #[serde(default, skip_serializing_if = "ResourcesSpec::is_empty")]
    pub resources: ResourcesSpec,
}

/// Some nodes alike, named after their group: `api-1`, `api-2`, ….
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupSpec {
    /// Its name.
    pub name: NodeName,
    /// What its nodes are for.
    pub role: Role,
    /// How many they are.
    pub count: NodeCount,
    /// The accounts that they produce for, one each in their order. By default each node's name without the `-`: `bp-1` produces for
    /// `bp1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Name>,
    /// Plugins beyond those that their role brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<String>,
    /// Options for their `config.ini`, beyond or instead of ours.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, OptionValues>,
    /// The disk of each, on a cluster.
    #[serde(default, skip_serializing_if = "StorageSpec::is_empty")]
    pub storage: StorageSpec,
    /// The processors and memory of each, on a cluster.
    #[serde(default, skip_serializing_if = "ResourcesSpec::is_empty")]
    pub resources: ResourcesSpec,
}

/// What a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// Begins the chain, as `eosio`, and produces until others are elected.
    Boot,
    /// Produces when its account is elected.
    Producer,
    /// Answers RPC, and produces for nobody.
    Api,
    /// Passes blocks on to its peers, and produces for nobody.
    Seed,
}

/// How many nodes a group has: 1 to [`MAX_NODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct NodeCount(u32);

/// Why a number is not a [`NodeCount`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{count} is not a number of nodes from 1 to {MAX_NODES}")]
#[non_exhaustive]
pub struct NodeCountError {
    /// The number.
    pub count: u32,
}

impl Role {
    /// Says whether such a node produces for an account, whose key it needs.
    pub fn produces(self) -> bool {
        matches!(self, Self::Boot | Self::Producer)
    }

    /// Returns the word for it in a spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::Producer => "producer",
            Self::Api => "api",
            Self::Seed => "seed",
        }
    }
}

impl NodeSpec {
    /// Returns a node whose other settings are the defaults.
    pub fn new(name: NodeName, role: Role) -> Self {
        Self {
            name,
            role,
            account: None,
            http_port: None,
            p2p_port: None,
            plugins: Vec::new(),
            options: BTreeMap::new(),
            storage: StorageSpec::default(),
            resources: ResourcesSpec::default(),
        }
    }

    /// Returns the account it produces for; `None` when it produces for nobody, or when none is given and its name cannot be one's.
    pub fn account(&self) -> Option<Name> {
        match (self.account, self.role) {
            (_, Role::Api | Role::Seed) => None,
            (Some(account), _) => Some(account),
            (None, Role::Boot) => Some(BOOT_ACCOUNT),
            (None, Role::Producer) => self.name.as_str().parse().ok(),
        }
    }
}

impl NodeSpec {
    /// Returns the port on which its state history is read; `None` when it keeps none, or not on a port.
    pub fn state_history_port(&self) -> Option<u16> {
        if !self.plugins.iter().any(|plugin| plugin == STATE_HISTORY) {
            return None;
        }
        match self.options.get("state-history-endpoint") {
            None => Some(STATE_HISTORY_PORT),
            Some(values) => values.values().first()?.rsplit_once(':')?.1.parse().ok(),
        }
    }
}

impl GroupSpec {
    /// Returns a group whose other settings are the defaults.
    pub fn new(name: NodeName, role: Role, count: NodeCount) -> Self {
        Self {
            name,
            role,
            count,
            accounts: Vec::new(),
            plugins: Vec::new(),
            options: BTreeMap::new(),
            storage: StorageSpec::default(),
            resources: ResourcesSpec::default(),
        }
    }

    fn node_name(&self, number: usize) -> Option<NodeName> {
        format!("{}-{number}", self.name).parse().ok()
    }

    pub(super) fn node_names(&self) -> impl Iterator<Item = NodeName> {
        (1..=self.count.get()).filter_map(|number| self.node_name(number))
    }

    /// Returns its nodes. Of a group whose name is too long to be followed by a number there are none.
    pub fn nodes(&self) -> Vec<NodeSpec> {
        let is_producer = self.role == Role::Producer;
        (1..=self.count.get())
            .filter_map(|number| {
                let name = self.node_name(number)?;
                let account = match self.accounts.get(number - 1) {
                    Some(account) => Some(*account),
                    None if is_producer => format!("{}{number}", self.name).parse().ok(),
                    None => None,
                };
                Some(NodeSpec {
                    account,
                    plugins: self.plugins.clone(),
                    options: self.options.clone(),
                    storage: self.storage.clone(),
                    resources: self.resources.clone(),
                    ..NodeSpec::new(name, self.role)
                })
            })
            .collect()
    }
}

impl NodeCount {
    /// Returns the number.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl TryFrom<u32> for NodeCount {
    type Error = NodeCountError;

    fn try_from(count: u32) -> Result<Self, NodeCountError> {
        if (1..=MAX_NODES).contains(&(count as usize)) {
            Ok(Self(count))
        } else {
            Err(NodeCountError { count })
        }
    }
}

impl From<NodeCount> for u32 {
    fn from(count: NodeCount) -> Self {
        count.0
    }
}
