//! What a rollout came to: where the nodes are, who signs, who holds what, and where everything lies.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use baas_bootstrap::{Proof, Report};
use baas_deploy::NetworkKeys;
use baas_deploy::local::{LocalNetwork, LocalNode};
use baas_deploy::spec::Role;
use eos_abi::{Asset, Name};
use eos_client::{Client, Error};
use serde_json::{Value, json};

use crate::display::seconds;
use crate::rollout_spec::RolloutSpec;

/// What a rollout came to.
#[derive(Debug)]
pub struct Summary {
    chain_id: String,
    dir: PathBuf,
    password_file: Option<PathBuf>,
    keystore: PathBuf,
    nodes: Vec<NodeSummary>,
    chain: Option<ChainSummary>,
}

#[derive(Debug)]
struct NodeSummary {
    name: String,
    role: Role,
    account: Option<Name>,
    rpc: String,
    p2p: String,
    pid: u32,
    log: PathBuf,
    data: PathBuf,
}

#[derive(Debug)]
struct ChainSummary {
    transactions: usize,
    proof: Proof,
    /// From the program's start until the last producer's first block was seen.
    all_signed_after: Duration,
    /// From the program's start until one block of each was irreversible.
    irreversible_after: Duration,
    balances: Vec<(Name, Asset)>,
}

impl Summary {
    /// Returns the part that is known when the nodes run.
    pub fn of_network(network: &LocalNetwork, keys: &NetworkKeys) -> Self {
        Self {
            chain_id: network.chain_id().to_string(),
            dir: network.dir().to_owned(),
            password_file: keys.password_file().map(Path::to_owned),
            keystore: keys.keystore().path().to_owned(),
            nodes: network.nodes().iter().map(NodeSummary::of).collect(),
            chain: None,
        }
    }

    /// Returns what `eosio` and the spec's accounts hold.
    ///
    /// # Errors
    ///
    /// When the node cannot be asked.
    pub async fn balances(&self, spec: &RolloutSpec) -> Result<Vec<(Name, Asset)>, Error> {
        let client = Client::new(self.boot_url())?;
        let code = spec.chain.token.maximum_supply.symbol().code();
        let token = Name::from_static("eosio.token");
        let accounts = spec.chain.accounts.iter().map(|account| account.name);
        let mut balances = Vec::new();
        for account in [Name::from_static("eosio")].into_iter().chain(accounts) {
            if let Some(balance) = client.get_currency_balance(token, account, code).await? {
                balances.push((account, balance));
            }
        }
        Ok(balances)
    }

    /// Adds what is known when the chain is proven, so long after the program's start.
    pub fn add_chain(
        &mut self,
        report: &Report,
        proof: Proof,
        balances: Vec<(Name, Asset)>,
        after: Duration,
    ) {
        let proof_began = after.saturating_sub(proof.irreversible_after);
        self.chain = Some(ChainSummary {
            transactions: report.transactions.len(),
            all_signed_after: proof_began + proof.signed_after,
            irreversible_after: after,
            balances,
            proof,
        });
    }

    /// Returns where the boot node answers.
    pub fn boot_url(&self) -> &str {
        let boot = self.nodes.iter().find(|node| node.role == Role::Boot);
        boot.map_or("", |node| &node.rpc)
    }

    /// Returns where the producers' nodes answer.
    pub fn producer_urls(&self) -> impl Iterator<Item = &str> {
        self.nodes
            .iter()
            .filter(|node| node.role == Role::Producer)
            .map(|node| node.rpc.as_str())
    }

    /// Returns the log of a node.
    pub fn log_of(&self, node: &str) -> Option<&Path> {
        self.nodes
            .iter()
            .find(|known| known.name == node)
            .map(|node| node.log.as_path())
    }

    /// Returns all of it for programs.
    pub fn to_json(&self) -> Value {
        let nodes: Vec<Value> = self.nodes.iter().map(NodeSummary::to_json).collect();
        let mut summary = json!({
            "chain_id": self.chain_id,
            "nodes": nodes,
            "dir": self.dir,
            "keystore": self.keystore,
            "password_file": self.password_file,
        });
        if let (Some(chain), Some(summary)) = (&self.chain, summary.as_object_mut()) {
            summary.extend(chain.to_json().as_object().cloned().unwrap_or_default());
        }
        summary
    }
}

impl NodeSummary {
    fn of(node: &LocalNode) -> Self {
        Self {
            name: node.name().to_string(),
            role: node.role(),
            account: node.account(),
            rpc: node.url(),
            p2p: node.p2p_address().to_string(),
            pid: node.pid(),
            log: node.log_file(),
            data: node.data_dir(),
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "producer": self.account.map(|account| account.to_string()),
            "rpc": self.rpc,
            "p2p": self.p2p,
            "pid": self.pid,
            "log": self.log,
            "data": self.data,
        })
    }
}

impl ChainSummary {
    fn to_json(&self) -> Value {
        let producers: Vec<Value> = self
            .proof
            .first_blocks
            .iter()
            .map(|block| {
                json!({
                    "producer": block.producer.to_string(),
                    "first_signed_block": block.block_num,
                    "block_id": block.block_id.to_string(),
                    "blocks_signed": self.proof.blocks_signed.get(&block.producer),
                })
            })
            .collect();
        let balances: Vec<Value> = self
            .balances
            .iter()
            .map(|(account, balance)| json!({ "account": account.to_string(), "balance": balance.to_string() }))
            .collect();
        json!({
            "transactions": self.transactions,
            "producers": producers,
            "observed_blocks": [self.proof.observed.0, self.proof.observed.1],
            "last_irreversible_block_num": self.proof.last_irreversible_block_num,
            "all_signed_after_ms": u64::try_from(self.all_signed_after.as_millis()).unwrap_or(u64::MAX),
            "irreversible_after_ms": u64::try_from(self.irreversible_after.as_millis()).unwrap_or(u64::MAX),
            "balances": balances,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nChain {}\n", self.chain_id)?;
        let width = self
            .nodes
            .iter()
            .map(|node| node.name.len())
            .max()
            .unwrap_or(4)
            .max(4);
        writeln!(f, "  {:width$}  {:28}  {:21}  log", "node", "RPC", "P2P")?;
        for node in &self.nodes {
            let log = node.log.strip_prefix(&self.dir).unwrap_or(&node.log);
            writeln!(
                f,
                "  {:width$}  {:28}  {:21}  {}",
                node.name,
                node.rpc,
                node.p2p,
                log.display()
            )?;
        }
        if let Some(chain) = &self.chain {
            writeln!(f)?;
            chain.fmt(f)?;
        }
        writeln!(f, "\n  data and logs  {}", self.dir.display())?;
        let wallet = self
            .keystore
            .strip_prefix(&self.dir)
            .unwrap_or(&self.keystore);
        write!(f, "  wallet         {}", wallet.display())?;
        match &self.password_file {
            Some(file) => writeln!(
                f,
                ", its password in {}",
                file.strip_prefix(&self.dir).unwrap_or(file).display()
            ),
            None => writeln!(f, ", with the password that you gave"),
        }?;
        write!(
            f,
            "\n  try            curl -s {}/v1/chain/get_info",
            self.boot_url()
        )
    }
}

impl fmt::Display for ChainSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  {:12}  {:>18}  {:>13}",
            "producer", "first signed block", "blocks signed"
        )?;
        for block in &self.proof.first_blocks {
            let signed = self
                .proof
                .blocks_signed
                .get(&block.producer)
                .copied()
                .unwrap_or_default();
            writeln!(
                f,
                "  {:12}  {:>18}  {signed:>13}",
                block.producer.to_string(),
                block.block_num
            )?;
        }
        writeln!(
            f,
            "  seen from block {} to {}; irreversible up to {}",
            self.proof.observed.0, self.proof.observed.1, self.proof.last_irreversible_block_num
        )?;
        writeln!(
            f,
            "  all had signed after {}, and one block of each was irreversible after {}\n",
            seconds(self.all_signed_after),
            seconds(self.irreversible_after)
        )?;
        writeln!(f, "  {:12}  balance", "account")?;
        for (account, balance) in &self.balances {
            writeln!(f, "  {:12}  {balance}", account.to_string())?;
        }
        Ok(())
    }
}
