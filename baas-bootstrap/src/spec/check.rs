//! What a chain spec rules out, all of it at once.

use std::collections::{BTreeMap, BTreeSet};

use eos_abi::Name;

use super::{ChainSpec, DelegationSpec, SYSTEM, SYSTEM_ACCOUNTS, SpecProblem};

/// A voter's list takes no more.
const MOST_VOTES: usize = 30;

/// What a new account takes under `eosio.system`.
const LEAST_RAM_BYTES: u32 = 2996;

/// No schedule of `eosio.system` is longer.
const MOST_PRODUCERS: usize = 21;

/// What the RAM market of `eosio.system` begins with: 64 GiB for a thousandth of the supply.
const RAM_MARKET_BYTES: i128 = 64 << 30;

/// Returns everything that is wrong with a spec.
pub(super) fn problems(spec: &ChainSpec) -> Vec<SpecProblem> {
    let mut check = Check {
        spec,
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
