//! What a network shall be: [`NetworkSpec`], written in YAML or made in code.

use std::collections::BTreeMap;
use std::path::PathBuf;

use eos_abi::{Name, TimePoint};
use serde::{Deserialize, Serialize};

use crate::names::{NetworkName, NodeName};
use crate::node::{ChainParameters, OptionValues, check_options};
use crate::reader::{Check, Problems};

/// The account that a boot node produces for.
pub const BOOT_ACCOUNT: Name = Name::from_static("eosio");

/// A network of one boot node and some producers.
///
/// ```
/// use baas_deploy::{reader::from_yaml, spec::NetworkSpec};
///
/// let spec: NetworkSpec = from_yaml(
///     "
/// name: first
/// nodes:
/// - {name: boot, role: boot, http_port: 8888}
/// - {name: bp1, role: producer}
/// - {name: bp2, role: producer, account: bp.two, options: {max-transaction-time: 100}}
/// ",
/// )?;
/// assert_eq!(spec.nodes[2].account().unwrap().to_string(), "bp.two");
/// # Ok::<(), baas_deploy::reader::SpecErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkSpec {
    /// The network's name.
    pub name: NetworkName,
    /// What the chain begins with.
    #[serde(default)]
    pub genesis: GenesisSpec,
    /// The nodeos to run; one is looked for when there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodeos: Option<PathBuf>,
    /// The nodes. Exactly one is the boot node.
    pub nodes: Vec<NodeSpec>,
}

/// What a chain begins with, apart from its first key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GenesisSpec {
    /// When it begins; the time of the first start when there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_timestamp: Option<TimePoint>,
    /// Its limits.
    #[serde(default)]
    pub initial_configuration: ChainParameters,
}

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
}

/// What a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// Begins the chain, as `eosio`, and produces until others are elected.
    Boot,
    /// Produces when its account is elected.
    Producer,
}

impl NetworkSpec {
    /// Returns a network without nodes.
    pub fn new(name: NetworkName) -> Self {
        Self {
            name,
            genesis: GenesisSpec::default(),
            nodeos: None,
            nodes: Vec::new(),
        }
    }

    /// Adds a node.
    #[must_use]
    pub fn with_node(mut self, node: NodeSpec) -> Self {
        self.nodes.push(node);
        self
    }

    /// Returns the boot node, which a spec that was checked has.
    pub fn boot_node(&self) -> Option<&NodeSpec> {
        self.nodes.iter().find(|node| node.role == Role::Boot)
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
        }
    }

    /// Returns the account it produces for; `None` when none is given and its name cannot be one's.
    pub fn account(&self) -> Option<Name> {
        match (self.account, self.role) {
            (Some(account), _) => Some(account),
            (None, Role::Boot) => Some(BOOT_ACCOUNT),
            (None, Role::Producer) => self.name.as_str().parse().ok(),
        }
    }
}

impl Check for NetworkSpec {
    fn check(&self, problems: &mut Problems<'_>) {
        self.genesis
            .initial_configuration
            .check(&mut problems.field("genesis").field("initial_configuration"));
        for (index, node) in self.nodes.iter().enumerate() {
            let mut problems = problems.field("nodes");
            let mut problems = problems.index(index);
            let earlier = &self.nodes[..index];
            if earlier.iter().any(|other| other.name == node.name) {
                problems
                    .field("name")
                    .report(format!("two nodes are named `{}`", node.name));
            }
            if node.role == Role::Boot && earlier.iter().any(|other| other.role == Role::Boot) {
                problems
                    .field("role")
                    .report("two boot nodes: a chain begins on one");
            }
            check_account(node, earlier, &mut problems);
            check_ports(node, earlier, &mut problems);
            check_options(&node.options, &node.plugins, &mut problems);
        }
        if !problems.is_partial() {
            for (role, absent) in [
                (Role::Boot, "no boot node"),
                (Role::Producer, "no producer"),
            ] {
                if self.nodes.iter().all(|node| node.role != role) {
                    problems.field("nodes").report(absent);
                }
            }
        }
    }
}

fn check_account(node: &NodeSpec, earlier: &[NodeSpec], problems: &mut Problems<'_>) {
    let mut problems = problems.field("account");
    let Some(account) = node.account() else {
        problems.report(format!(
            "missing, and `{}` is not the name of an account",
            node.name
        ));
        return;
    };
    if node.role == Role::Boot && account != BOOT_ACCOUNT {
        problems.report(format!(
            "a boot node produces for `{BOOT_ACCOUNT}`, not for `{account}`"
        ));
    }
    if node.role == Role::Producer && account == BOOT_ACCOUNT {
        problems.report(format!("only the boot node produces for `{BOOT_ACCOUNT}`"));
    }
    if account.is_empty() {
        problems.report("the name of an account cannot be empty");
    }
    // Both would sign for the same slots, which forks the chain.
    if let Some(other) = earlier
        .iter()
        .find(|other| other.account() == Some(account))
    {
        problems.report(format!(
            "node `{}` produces for `{account}` already",
            other.name
        ));
    }
}

fn check_ports(node: &NodeSpec, earlier: &[NodeSpec], problems: &mut Problems<'_>) {
    let ports = |node: &NodeSpec| [("http_port", node.http_port), ("p2p_port", node.p2p_port)];
    for (index, (field, port)) in ports(node).into_iter().enumerate() {
        let Some(port) = port else { continue };
        if port == 0 {
            problems
                .field(field)
                .report("0 is not a port; leave it out to have one chosen");
            continue;
        }
        let of_others = earlier
            .iter()
            .flat_map(|other| ports(other).map(|(_, port)| (&other.name, port)));
        let of_this = ports(node)
            .into_iter()
            .take(index)
            .map(|(_, port)| (&node.name, port));
        if let Some((other, _)) = of_others
            .chain(of_this)
            .find(|(_, other)| *other == Some(port))
        {
            problems
                .field(field)
                .report(format!("port {port} is taken by node `{other}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::from_yaml;

    fn errors(yaml: &str) -> String {
        from_yaml::<NetworkSpec>(yaml).unwrap_err().to_string()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let yaml = "\
name: First
nodse: []
genesis:
  initial_configuration: {max_transaction_cpu_usage: 300000, max_authority_dept: 1}
nodes:
- {name: boot, role: boot, account: bp1, http_port: 8888, p2p_port: 8888}
- {name: bp1, role: prodcer}
- {name: Bp2, role: producer}
- {role: producer}
- {name: boot, role: boot, p2p_port: 8888}
";
        assert_eq!(
            errors(yaml),
            "\
name: `First` is not a name: 1 to 48 of the characters a-z, 0-9 and -, the first a letter, the last not - (line 1)
nodse: unknown field, did you mean `nodes`? (line 2)
genesis.initial_configuration.max_authority_dept: unknown field, did you mean `max_authority_depth`? (line 4)
genesis.initial_configuration.max_transaction_cpu_usage: it must be below max_block_cpu_usage, 200000 (line 4)
nodes[0].account: a boot node produces for `eosio`, not for `bp1` (line 6)
nodes[0].p2p_port: port 8888 is taken by node `boot` (line 6)
nodes[1].role: unknown word `prodcer`, did you mean `producer`? (line 7)
nodes[2].name: `Bp2` is not a name: 1 to 48 of the characters a-z, 0-9 and -, the first a letter, the last not - (line 8)
nodes[3].name: missing (line 9)
nodes[4].name: two nodes are named `boot` (line 10)
nodes[4].role: two boot nodes: a chain begins on one (line 10)
nodes[4].p2p_port: port 8888 is taken by node `boot` (line 10)"
        );
    }

    #[test]
    fn rules_between_nodes_are_checked() {
        let yaml = "\
name: first
genesis:
  initial_configuration: {max_transaction_cpu_usage: 300000}
nodes:
- {name: boot, role: boot, account: bp1, http_port: 8888, p2p_port: 8888}
- {name: boot, role: boot, p2p_port: 8888}
- {name: bp-1, role: producer, http_port: 0}
- {name: bp2, role: producer, account: eosio}
- name: bp3
  role: producer
  plugins: [trace_api, 'eosio::wallet_plugin']
  options: {signature-provider: x, max-clients: '5 # or so', no_option: true}
";
        insta::assert_snapshot!(errors(yaml));
        assert_eq!(
            errors("{name: a, nodes: []}"),
            "nodes: no boot node (line 1)\nnodes: no producer (line 1)"
        );
    }

    #[test]
    fn what_is_made_in_code_is_what_is_written() {
        let node = |name: &str, role| NodeSpec::new(name.parse().unwrap(), role);
        let made = NetworkSpec::new("first".parse().unwrap())
            .with_node(node("boot", Role::Boot))
            .with_node(node("bp1", Role::Producer));
        crate::reader::check(&made).unwrap();
        let written = "name: first\nnodes: [{name: boot, role: boot}, {name: bp1, role: producer}]";
        assert_eq!(from_yaml::<NetworkSpec>(written).unwrap(), made);
        assert_eq!(
            made.nodes
                .iter()
                .map(|node| node.account().unwrap().to_string())
                .collect::<Vec<_>>(),
            ["eosio", "bp1"]
        );
    }
}
