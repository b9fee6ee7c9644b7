//! The rollout's file: one YAML document for the nodes and for the chain they run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use baas_bootstrap::ChainSpec;
use baas_deploy::reader::{self, Check, Problems, SpecErrors};
use baas_deploy::spec::{NetworkSpec, Role};
use eos_abi::{Checksum256, Name};
use serde::Deserialize;

/// The document that `rollout` uses unless told otherwise: the tutorial's network.
pub const DEFAULT: &str = include_str!("../rollout.yaml");

/// Nodes, the chain they run, and the contracts that are set on it.
#[derive(Debug, Clone, Deserialize)]
pub struct RolloutSpec {
    /// The nodes.
    pub network: NetworkSpec,
    /// The chain.
    pub chain: ChainSpec,
    /// Where the system's contracts come from.
    #[serde(default)]
    pub contracts: ContractsSpec,
}

/// Where the system's contracts come from.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ContractsSpec {
    /// A directory with `NAME/NAME.wasm` and `NAME/NAME.abi`; unless given, those that come with the downloaded node.
    #[serde(default)]
    pub dir: Option<PathBuf>,
    /// The SHA-256 that a contract's WebAssembly must have.
    #[serde(default)]
    pub sha256: BTreeMap<String, Checksum256>,
}

impl Check for RolloutSpec {
    fn check(&self, problems: &mut Problems<'_>) {
        self.network.check(&mut problems.field("network"));
        let mut problems = problems.field("chain");
        for problem in self.chain.check() {
            report(&mut problems, &problem.path, &problem.message);
        }
        // A producer without a node would be elected and never sign.
        let nodes = self.network.all_nodes();
        let produces_for = |name| {
            let mut producers = nodes.iter().filter(|node| node.role == Role::Producer);
            producers.any(|node| node.account() == Some(name))
        };
        if problems.is_partial() {
            return;
        }
        if self.chain.elected().is_empty() {
            report(
                &mut problems,
                "votes",
                "nobody is voted for, so no producer would be elected",
            );
        }
        for (index, producer) in self.chain.producers.iter().enumerate() {
            if !produces_for(producer.name) {
                let message = format!("no node of the network produces for `{}`", producer.name);
                report(&mut problems, &format!("producers[{index}].name"), &message);
            }
        }
    }
}

impl RolloutSpec {
    /// Returns the tutorial's network and chain.
    ///
    /// # Errors
    ///
    /// Never, as a test shows.
    pub fn tutorial() -> Result<Self, SpecErrors> {
        Self::from_yaml(DEFAULT)
    }

    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place and line.
    pub fn from_yaml(yaml: &str) -> Result<Self, SpecErrors> {
        reader::from_yaml(yaml)
    }

    /// Returns the accounts that need a key: the nodes' producers and those of the chain.
    pub fn key_holders(&self) -> Vec<Name> {
        let nodes = self.network.all_nodes();
        let nodes = nodes
            .iter()
            .filter_map(baas_deploy::spec::NodeSpec::account);
        let mut holders: Vec<Name> = nodes.chain(self.chain.key_holders()).collect();
        holders.sort();
        holders.dedup();
        holders
    }
}

/// Reports at a place that is written as text: `producers[2].name`.
fn report(problems: &mut Problems<'_>, path: &str, message: &str) {
    let Some(end) = path.find(['.', '[']) else {
        if path.is_empty() {
            problems.report(message);
        } else {
            problems.field(path).report(message);
        }
        return;
    };
    let (field, rest) = path.split_at(end);
    let rest = rest.trim_start_matches('.');
    if !field.is_empty() {
        report(&mut problems.field(field), rest, message);
    } else if let Some((index, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
    {
        match index.parse() {
            Ok(index) => report(
                &mut problems.index(index),
                rest.trim_start_matches('.'),
                message,
            ),
            Err(_) => problems.report(message),
        }
    } else {
        problems.report(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_is_the_tutorial() {
        let spec = RolloutSpec::tutorial().unwrap();
        assert_eq!(spec.chain, ChainSpec::tutorial());
        assert_eq!(spec.network.nodes.len(), 5);
        let holders: Vec<String> = spec.key_holders().iter().map(ToString::to_string).collect();
        assert_eq!(
            holders,
            ["alex", "bp1", "bp2", "bp3", "bp4", "eosio", "eosio.token"]
        );
    }

    #[test]
    fn everything_wrong_in_both_sections_is_told_at_once() {
        let yaml = DEFAULT
            .replace(
                "{ name: bp4, role: producer }",
                "{ name: bp3, role: producer }",
            )
            .replace("memo: issue", "memos: issue")
            .replace("net: 100000000.0000 SYS", "net: 1000000000.0000 SYS");
        let errors = RolloutSpec::from_yaml(&yaml).unwrap_err();
        let told: Vec<(&str, &str)> = errors
            .problems()
            .iter()
            .map(|problem| (problem.path.as_str(), problem.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("network.nodes[4].name", "two nodes are named `bp3`"),
                (
                    "network.nodes[4].account",
                    "node `bp3` produces for `bp3` already"
                ),
                (
                    "chain.token.issue",
                    "the stakes, transfers and RAM paid by eosio add up to 1050014020, which is more than the \
                     1000000000.0000 SYS that are issued"
                ),
                ("chain.token.memos", "unknown field, did you mean `memo`?"),
                (
                    "chain.producers[3].name",
                    "no node of the network produces for `bp4`"
                ),
            ]
        );
    }
}
