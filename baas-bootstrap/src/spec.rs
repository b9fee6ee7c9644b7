//! What a chain shall be: its token, accounts, producers, stakes and votes.

mod check;

use std::collections::BTreeSet;
use std::fmt;

use eos_abi::{Asset, Name};
use serde::{Deserialize, Serialize};

/// The account that every chain starts with, and that everything else is made by.
pub(crate) const SYSTEM: Name = Name::from_static("eosio");
/// The account of the core token's contract.
pub(crate) const TOKEN: Name = Name::from_static("eosio.token");
/// The account of the multisignature contract.
pub(crate) const MSIG: Name = Name::from_static("eosio.msig");

/// The accounts that `eosio.system` relies on. `init` and `delegatebw` fail where one of them is missing.
pub(crate) const SYSTEM_ACCOUNTS: [Name; 12] = [
    Name::from_static("eosio.bpay"),
    Name::from_static("eosio.msig"),
    Name::from_static("eosio.names"),
    Name::from_static("eosio.ram"),
    Name::from_static("eosio.ramfee"),
    Name::from_static("eosio.saving"),
    Name::from_static("eosio.stake"),
    Name::from_static("eosio.token"),
    Name::from_static("eosio.vpay"),
    Name::from_static("eosio.rex"),
    Name::from_static("eosio.wrap"),
    Name::from_static("eosio.reserv"),
];

/// What a chain shall be. [`ChainSpec::tutorial`] is a complete one to start from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainSpec {
    /// The core token, in which stakes are paid.
    pub token: TokenSpec,
    /// Accounts for people and programs.
    #[serde(default)]
    pub accounts: Vec<AccountSpec>,
    /// The accounts that stand for election as block producers. Where none is elected, `eosio` goes on producing.
    #[serde(default)]
    pub producers: Vec<ProducerSpec>,
    /// Stake that one account puts up for another.
    #[serde(default)]
    pub delegations: Vec<DelegationSpec>,
    /// Who votes for whom.
    #[serde(default)]
    pub votes: Vec<VoteSpec>,
}

/// The core token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSpec {
    /// What can ever be issued; its symbol is the chain's core symbol.
    pub maximum_supply: Asset,
    /// What is issued to `eosio` at the start.
    pub issue: Asset,
    /// The memo of the issue.
    #[serde(default)]
    pub memo: String,
}

/// An account for a person or a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSpec {
    /// The account's name.
    pub name: Name,
    /// What it receives from `eosio` when it is created.
    #[serde(default)]
    pub receives: Option<Asset>,
    /// The RAM bought for it, in bytes.
    #[serde(default = "default_ram_bytes")]
    pub ram_bytes: u32,
    /// What `eosio` stakes for its bandwidth.
    pub stake_net: Asset,
    /// What `eosio` stakes for its CPU time.
    pub stake_cpu: Asset,
}

/// An account that stands for election.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProducerSpec {
    /// The producer's account.
    pub name: Name,
    /// The address it registers with.
    pub url: String,
    /// The location it registers with.
    #[serde(default)]
    pub location: u16,
    /// The RAM bought for it, in bytes.
    #[serde(default = "default_ram_bytes")]
    pub ram_bytes: u32,
    /// What `eosio` stakes for its bandwidth.
    pub stake_net: Asset,
    /// What `eosio` stakes for its CPU time.
    pub stake_cpu: Asset,
}

/// Stake that one account puts up for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationSpec {
    /// Who pays.
    pub from: Name,
    /// For whom.
    pub receiver: Name,
    /// The stake for bandwidth.
    pub net: Asset,
    /// The stake for CPU time.
    pub cpu: Asset,
    /// Whether the stake, and with it its votes, becomes the receiver's own.
    #[serde(default)]
    pub transfer: bool,
}

/// The vote of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteSpec {
    /// Who votes; needs stake of its own.
    pub voter: Name,
    /// For whom.
    pub producers: Vec<Name>,
}

/// What `cleos system newaccount` buys in the tutorial.
pub(crate) const DEFAULT_RAM_BYTES: u32 = 8192;

fn default_ram_bytes() -> u32 {
    DEFAULT_RAM_BYTES
}

/// One thing that is wrong with a [`ChainSpec`], and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpecProblem {
    /// The place in the spec: `producers[2].name`.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for SpecProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl ChainSpec {
    /// Returns the chain of the tutorial: a token of 1,000,000,000.0000 SYS, all of it issued, `alex` with 10,000 SYS
    /// and four producers, elected by the stake of `bp1`.
    ///
    /// One thing differs: `bp1` votes for all four. In the tutorial it votes for itself alone, and with a system
    /// contract that waits for 150,000,000 staked SYS, the first schedule then has a single producer.
    ///
    /// # Panics
    ///
    /// Never: its amounts are assets.
    pub fn tutorial() -> Self {
        let sys = |text: &str| text.parse().expect("the tutorial's amounts are assets");
        let producers: Vec<Name> = ["bp1", "bp2", "bp3", "bp4"].map(Name::from_static).to_vec();
        Self {
            token: TokenSpec {
                maximum_supply: sys("1000000000.0000 SYS"),
                issue: sys("1000000000.0000 SYS"),
                memo: "issue".to_owned(),
            },
            accounts: vec![AccountSpec {
                name: Name::from_static("alex"),
                receives: Some(sys("10000.0000 SYS")),
                ram_bytes: default_ram_bytes(),
                stake_net: sys("10.0000 SYS"),
                stake_cpu: sys("10.0000 SYS"),
            }],
            producers: producers
                .iter()
                .map(|&name| ProducerSpec {
                    name,
                    url: format!("http://{name}:8888"),
                    location: 0,
                    ram_bytes: default_ram_bytes(),
                    stake_net: sys("500.0000 SYS"),
                    stake_cpu: sys("500.0000 SYS"),
                })
                .collect(),
            delegations: vec![DelegationSpec {
                from: SYSTEM,
                receiver: Name::from_static("bp1"),
                net: sys("100000000.0000 SYS"),
                cpu: sys("50000000.0000 SYS"),
                transfer: true,
            }],
            votes: vec![VoteSpec {
                voter: Name::from_static("bp1"),
                producers,
            }],
        }
    }

    /// Returns everything that is wrong with the spec; nothing when it can be carried out.
    pub fn check(&self) -> Vec<SpecProblem> {
        check::problems(self)
    }

    /// Returns what works, but is probably not meant.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.token.issue == self.token.maximum_supply {
            warnings.push(format!(
                "all of the maximum supply ({}) is issued at the start: producers' rewards can never be paid",
                self.token.maximum_supply
            ));
        }
        let elected: BTreeSet<Name> = self
            .votes
            .iter()
            .flat_map(|vote| vote.producers.iter().copied())
            .collect();
        for producer in self
            .producers
            .iter()
            .filter(|producer| !elected.contains(&producer.name))
        {
            warnings.push(format!(
                "nobody votes for producer {}: it will not be elected",
                producer.name
            ));
        }
        warnings
    }

    /// Returns the accounts that need a key of their own: `eosio`, the token's, those of the spec.
    pub fn key_holders(&self) -> Vec<Name> {
        let own = self.accounts.iter().map(|account| account.name);
        let producers = self.producers.iter().map(|producer| producer.name);
        [SYSTEM, TOKEN]
            .into_iter()
            .chain(own)
            .chain(producers)
            .collect()
    }

    /// Returns the producers that the votes elect, in the order in which a schedule lists them.
    pub fn elected(&self) -> BTreeSet<Name> {
        self.votes
            .iter()
            .flat_map(|vote| vote.producers.iter().copied())
            .collect()
    }
}
