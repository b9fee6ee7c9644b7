//! What a chain shall be: its token, accounts, producers, stakes and votes.

use std::collections::{BTreeMap, BTreeSet};
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

/// A voter's list takes no more.
const MOST_VOTES: usize = 30;

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

/// What a new account takes under `eosio.system`.
const LEAST_RAM_BYTES: u32 = 2996;

/// No schedule of `eosio.system` is longer.
const MOST_PRODUCERS: usize = 21;

/// What the RAM market of `eosio.system` begins with: 64 GiB for a thousandth of the supply.
const RAM_MARKET_BYTES: i128 = 64 << 30;

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
        let mut check = Check {
            spec: self,
            problems: Vec::new(),
        };
        check.token();
        check.names();
        check.amounts();
        check.delegations();
        check.votes();
        check.ram();
        check.total();
        check.problems
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

struct Check<'a> {
    spec: &'a ChainSpec,
    problems: Vec<SpecProblem>,
}

impl Check<'_> {
    fn problem(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.problems.push(SpecProblem {
            path: path.into(),
            message: message.into(),
        });
    }

    fn token(&mut self) {
        let token = &self.spec.token;
        if token.maximum_supply.amount() <= 0 {
            self.problem(
                "token.maximum_supply",
                format!("must be positive, is {}", token.maximum_supply),
            );
        }
        if token.issue.amount() <= 0 {
            self.problem(
                "token.issue",
                format!("must be positive, is {}", token.issue),
            );
        }
        if token.issue.symbol() == token.maximum_supply.symbol()
            && token.issue.amount() > token.maximum_supply.amount()
        {
            self.problem(
                "token.issue",
                format!("{} is more than the maximum supply", token.issue),
            );
        }
    }

    fn names(&mut self) {
        let mut seen: BTreeMap<Name, String> = SYSTEM_ACCOUNTS
            .iter()
            .chain([&SYSTEM])
            .map(|&name| (name, "the system's accounts".to_owned()))
            .collect();
        let accounts = self
            .spec
            .accounts
            .iter()
            .map(|account| account.name)
            .enumerate();
        let producers = self
            .spec
            .producers
            .iter()
            .map(|producer| producer.name)
            .enumerate();
        let named = accounts
            .map(|(index, name)| (format!("accounts[{index}].name"), name))
            .chain(producers.map(|(index, name)| (format!("producers[{index}].name"), name)));
        let named: Vec<_> = named.collect();
        for (path, name) in named {
            let text = name.to_string();
            if text.is_empty() {
                self.problem(path, "is empty");
            } else if text.len() > 12 {
                self.problem(
                    path,
                    format!("`{text}` has 13 characters, an account's name has at most 12"),
                );
            } else if let Some(first) = seen.get(&name) {
                let message = format!("`{text}` is already the name of {first}");
                self.problem(path, message);
            } else {
                seen.insert(name, path);
            }
        }
    }

    fn amounts(&mut self) {
        let spec = self.spec;
        let mut amounts = vec![("token.issue".to_owned(), &spec.token.issue)];
        for (index, account) in spec.accounts.iter().enumerate() {
            amounts.extend(
                account
                    .receives
                    .iter()
                    .map(|asset| (format!("accounts[{index}].receives"), asset)),
            );
            amounts.push((format!("accounts[{index}].stake_net"), &account.stake_net));
            amounts.push((format!("accounts[{index}].stake_cpu"), &account.stake_cpu));
        }
        for (index, producer) in spec.producers.iter().enumerate() {
            amounts.push((format!("producers[{index}].stake_net"), &producer.stake_net));
            amounts.push((format!("producers[{index}].stake_cpu"), &producer.stake_cpu));
        }
        for (index, delegation) in spec.delegations.iter().enumerate() {
            amounts.push((format!("delegations[{index}].net"), &delegation.net));
            amounts.push((format!("delegations[{index}].cpu"), &delegation.cpu));
        }
        let core = spec.token.maximum_supply.symbol();
        for (path, asset) in amounts {
            if asset.symbol() != core {
                self.problem(&path, format!("`{asset}` is not of the core symbol {core}"));
            }
            if asset.amount() < 0 {
                self.problem(&path, format!("`{asset}` is negative"));
            }
        }
        for (index, producer) in spec.producers.iter().enumerate() {
            if producer.url.len() >= 512 {
                let message = format!(
                    "is {} characters long, eosio.system takes at most 511",
                    producer.url.len()
                );
                self.problem(format!("producers[{index}].url"), message);
            }
        }
    }

    fn delegations(&mut self) {
        let spec = self.spec;
        let known = self.known();
        // What is staked is one sum for an owner and a receiver: two wishes for it would each be taken for the other.
        let accounts = spec.accounts.iter().map(|account| account.name);
        let producers = spec.producers.iter().map(|producer| producer.name);
        let mut staked: BTreeMap<(Name, Name), String> = accounts
            .chain(producers)
            .map(|name| ((SYSTEM, name), format!("the stake of `{name}` itself")))
            .collect();
        for (index, delegation) in spec.delegations.iter().enumerate() {
            let DelegationSpec {
                from,
                receiver,
                transfer,
                ..
            } = *delegation;
            let path = format!("delegations[{index}]");
            for (field, name) in [("from", from), ("receiver", receiver)] {
                if name != SYSTEM && !known.contains(&name) {
                    self.problem(format!("{path}.{field}"), unknown_account(name));
                }
            }
            if transfer && from == receiver {
                let message = format!("`{from}` cannot transfer stake to itself");
                self.problem(format!("{path}.transfer"), message);
            }
            let owner = if transfer { receiver } else { from };
            if let Some(first) = staked.get(&(owner, receiver)) {
                let message = format!("adds to {first}; name one amount for both");
                self.problem(path, message);
            } else {
                staked.insert((owner, receiver), path);
            }
        }
        self.payers();
    }

    /// Whoever delegates must have received what it delegates.
    fn payers(&mut self) {
        let spec = self.spec;
        for (index, first) in spec.delegations.iter().enumerate() {
            let payer = first.from;
            let is_first = spec
                .delegations
                .iter()
                .position(|other| other.from == payer)
                == Some(index);
            if payer == SYSTEM || !is_first {
                continue;
            }
            let own = spec
                .delegations
                .iter()
                .filter(|delegation| delegation.from == payer);
            let paid: i128 = own
                .flat_map(|delegation| [delegation.net, delegation.cpu])
                .map(|asset| i128::from(asset.amount()))
                .sum();
            let account = spec.accounts.iter().find(|account| account.name == payer);
            let received = account.and_then(|account| account.receives);
            if paid > received.map_or(0, |asset| i128::from(asset.amount())) {
                let has = received.map_or("nothing".to_owned(), |asset| asset.to_string());
                let message = format!("`{payer}` receives {has}, and delegates more than that");
                self.problem(format!("delegations[{index}].from"), message);
            }
        }
    }

    fn votes(&mut self) {
        let known = self.known();
        let producers: BTreeSet<Name> = self
            .spec
            .producers
            .iter()
            .map(|producer| producer.name)
            .collect();
        let mut voters = BTreeSet::new();
        let elected = self.spec.elected().len();
        if elected > MOST_PRODUCERS {
            let message =
                format!("{elected} producers are voted for, a schedule takes {MOST_PRODUCERS}");
            self.problem("votes", message);
        }
        for (index, vote) in self.spec.votes.iter().enumerate() {
            if vote.voter != SYSTEM && !known.contains(&vote.voter) {
                self.problem(format!("votes[{index}].voter"), unknown_account(vote.voter));
            }
            if !voters.insert(vote.voter) {
                self.problem(
                    format!("votes[{index}].voter"),
                    format!("`{}` votes twice", vote.voter),
                );
            }
            let is_own_stake = |delegation: &DelegationSpec| {
                delegation.receiver == vote.voter
                    && (delegation.transfer || delegation.from == vote.voter)
            };
            if !self.spec.delegations.iter().any(is_own_stake) {
                let message = format!(
                    "`{}` has no stake of its own: a delegation to it needs `transfer: true`",
                    vote.voter
                );
                self.problem(format!("votes[{index}].voter"), message);
            }
            if vote.producers.is_empty() {
                self.problem(format!("votes[{index}].producers"), "is empty");
            }
            if vote.producers.len() > MOST_VOTES {
                let message = format!(
                    "{} producers, a vote takes at most {MOST_VOTES}",
                    vote.producers.len()
                );
                self.problem(format!("votes[{index}].producers"), message);
            }
            let mut named = BTreeSet::new();
            for (at, name) in vote.producers.iter().enumerate() {
                let path = format!("votes[{index}].producers[{at}]");
                if !producers.contains(name) {
                    self.problem(path, format!("`{name}` is not among the producers"));
                } else if !named.insert(name) {
                    self.problem(path, format!("`{name}` is named twice"));
                }
            }
        }
    }

    /// RAM must suffice for an account, and cost something: with a small supply, the market would sell it for nothing.
    fn ram(&mut self) {
        let spec = self.spec;
        let accounts = spec
            .accounts
            .iter()
            .map(|account| account.ram_bytes)
            .enumerate();
        let producers = spec
            .producers
            .iter()
            .map(|producer| producer.ram_bytes)
            .enumerate();
        let bought: Vec<(String, u32)> = accounts
            .map(|(index, bytes)| (format!("accounts[{index}].ram_bytes"), bytes))
            .chain(producers.map(|(index, bytes)| (format!("producers[{index}].ram_bytes"), bytes)))
            .collect();
        for (path, bytes) in bought {
            if bytes < LEAST_RAM_BYTES {
                let message = format!("{bytes} bytes do not hold an account, {LEAST_RAM_BYTES} do");
                self.problem(path, message);
            } else if self.ram_price(bytes) < 2 {
                let message = format!(
                    "{bytes} bytes cost less than two of the token's smallest units, which the market refuses; give the \
                     token a larger issue or more decimals than {}",
                    spec.token.issue.symbol().precision()
                );
                self.problem(path, message);
            }
        }
    }

    /// About what RAM costs in the smallest units, at the price with which the market opens.
    fn ram_price(&self, bytes: u32) -> i128 {
        i128::from(self.spec.token.issue.amount()) / 1000 * i128::from(bytes) / RAM_MARKET_BYTES
    }

    /// What is staked and given away must be there.
    fn total(&mut self) {
        let spec = self.spec;
        let accounts = spec.accounts.iter().flat_map(|account| {
            [
                Some(&account.stake_net),
                Some(&account.stake_cpu),
                account.receives.as_ref(),
            ]
            .into_iter()
            .flatten()
        });
        let producers = spec
            .producers
            .iter()
            .flat_map(|producer| [&producer.stake_net, &producer.stake_cpu]);
        let delegations = spec
            .delegations
            .iter()
            .filter(|delegation| delegation.from == SYSTEM)
            .flat_map(|delegation| [&delegation.net, &delegation.cpu]);
        let total: i128 = accounts
            .chain(producers)
            .chain(delegations)
            .map(|asset| i128::from(asset.amount()))
            .sum();
        // The price rises as RAM is bought, and the market takes a fee.
        let ram_bytes = spec.accounts.iter().map(|account| account.ram_bytes);
        let ram_bytes = ram_bytes.chain(spec.producers.iter().map(|producer| producer.ram_bytes));
        let ram: i128 = ram_bytes
            .map(|bytes| self.ram_price(bytes) * 102 / 100 + 2)
            .sum();
        let total = total + ram;
        let issue = &spec.token.issue;
        if total > i128::from(issue.amount()) {
            // Printed by hand: the sum may be larger than an asset can be.
            let unit = 10_i128.pow(u32::from(issue.symbol().precision()));
            let message = format!(
                "the stakes, transfers and RAM paid by eosio add up to {}, which is more than the {issue} that are issued",
                total / unit
            );
            self.problem("token.issue", message);
        }
    }

    fn known(&self) -> BTreeSet<Name> {
        let accounts = self.spec.accounts.iter().map(|account| account.name);
        accounts
            .chain(self.spec.producers.iter().map(|producer| producer.name))
            .collect()
    }
}

fn unknown_account(name: Name) -> String {
    format!("`{name}` is neither eosio nor among the accounts and producers")
}
