use std::collections::BTreeSet;

use eos_abi::Name;

use crate::operations::{
    ActivateFeatures, CreateAccount, CreateToken, Delegate, ElectedSchedule, InitSystem, Operation,
    PreactivateFeature, ProducerNodesInStep, RegisterProducer, SetContract, SetPrivileged,
    SystemAccounts, Vote,
};
use crate::spec::{ChainSpec, MSIG, SYSTEM, TOKEN};
use crate::{AccountKeys, Contract, Contracts, Error};

/// The operations that make a chain what its spec says, in the order in which they work.
#[derive(Debug)]
pub struct Plan {
    stages: Vec<Stage>,
    elected: BTreeSet<Name>,
}

/// Operations that belong together.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stage {
    /// What they are about.
    pub title: &'static str,
    /// The operations, in order.
    pub operations: Vec<Box<dyn Operation>>,
}

impl Plan {
    /// Returns the plan of a chain. Nothing is asked of any node.
    ///
    /// # Errors
    /// Everything that is wrong with the spec, or an account without a key.
    pub fn new(spec: &ChainSpec, contracts: &Contracts, keys: &AccountKeys) -> Result<Self, Error> {
        let problems = spec.check();
        if !problems.is_empty() {
            return Err(Error::Spec { problems });
        }
        let mut stages = vec![
            features(contracts, keys)?,
            system_accounts(contracts, keys)?,
            core_token(spec, contracts, keys)?,
            system_contract(spec, contracts, keys)?,
            accounts(spec, contracts, keys)?,
            producers(spec, contracts, keys)?,
            votes(spec, contracts, keys)?,
        ];
        let elected = spec.elected();
        if !elected.is_empty() {
            let operations: Vec<Box<dyn Operation>> = vec![Box::new(ElectedSchedule {
                elected: elected.clone(),
            })];
            stages.push(Stage {
                title: "hand-over to the elected producers",
                operations,
            });
        }
        stages.retain(|stage| !stage.operations.is_empty());
        Ok(Self { stages, elected })
    }

    /// Returns the stages, in order.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Returns the producers that will sign, by the order of their names' values.
    pub fn elected(&self) -> &BTreeSet<Name> {
        &self.elected
    }

    /// Returns the plan's first `operations` operations alone.
    #[must_use]
    pub fn truncated(mut self, operations: usize) -> Self {
        let mut left = operations;
        for stage in &mut self.stages {
            stage.operations.truncate(left);
            left -= stage.operations.len();
        }
        self.stages.retain(|stage| !stage.operations.is_empty());
        self
    }
}

fn set(
    account: Name,
    contract: &Contract,
    contracts: &Contracts,
    keys: &AccountKeys,
) -> Result<SetContract, Error> {
    // The system's accounts but the token's are under eosio's authority.
    let key = if account == TOKEN {
        keys.get(TOKEN)?
    } else {
        keys.get(SYSTEM)?
    };
    Ok(SetContract {
        account,
        key: key.clone(),
        contract: contract.clone(),
        native: contracts.bios.clone(),
        replaces: Vec::new(),
        replaced_by: Vec::new(),
    })
}

fn features(contracts: &Contracts, keys: &AccountKeys) -> Result<Stage, Error> {
    let bios = SetContract {
        replaced_by: vec![contracts.system.code_hash],
        ..set(SYSTEM, &contracts.bios, contracts, keys)?
    };
    let activate = ActivateFeatures {
        bios: contracts.bios.clone(),
        system_key: keys.get(SYSTEM)?.clone(),
    };
    Ok(Stage {
        title: "protocol features",
        operations: vec![
            Box::new(PreactivateFeature),
            Box::new(bios),
            Box::new(activate),
        ],
    })
}

fn system_accounts(contracts: &Contracts, keys: &AccountKeys) -> Result<Stage, Error> {
    let create = SystemAccounts {
        bios: contracts.bios.clone(),
        system: contracts.system.clone(),
        system_key: keys.get(SYSTEM)?.clone(),
        token_key: keys.get(TOKEN)?.clone(),
    };
    Ok(Stage {
        title: "system accounts",
        operations: vec![Box::new(create)],
    })
}

fn core_token(spec: &ChainSpec, contracts: &Contracts, keys: &AccountKeys) -> Result<Stage, Error> {
    let create = CreateToken {
        spec: spec.token.clone(),
        token: contracts.token.clone(),
        token_key: keys.get(TOKEN)?.clone(),
        system_key: keys.get(SYSTEM)?.clone(),
    };
    let contract = set(TOKEN, &contracts.token, contracts, keys)?;
    Ok(Stage {
        title: "core token",
        operations: vec![Box::new(contract), Box::new(create)],
    })
}

/// The point of no return: without token, accounts and features, nothing can be created once `eosio.system` is set.
fn system_contract(
    spec: &ChainSpec,
    contracts: &Contracts,
    keys: &AccountKeys,
) -> Result<Stage, Error> {
    let system_key = keys.get(SYSTEM)?;
    let system = SetContract {
        replaces: vec![contracts.bios.code_hash],
        ..set(SYSTEM, &contracts.system, contracts, keys)?
    };
    Ok(Stage {
        title: "system contract",
        operations: vec![
            Box::new(set(MSIG, &contracts.msig, contracts, keys)?),
            Box::new(system),
            Box::new(SetPrivileged {
                account: MSIG,
                system: contracts.system.clone(),
                system_key: system_key.clone(),
            }),
            Box::new(InitSystem {
                core: spec.token.maximum_supply.symbol(),
                system: contracts.system.clone(),
                system_key: system_key.clone(),
            }),
        ],
    })
}

fn accounts(spec: &ChainSpec, contracts: &Contracts, keys: &AccountKeys) -> Result<Stage, Error> {
    let mut operations: Vec<Box<dyn Operation>> = Vec::new();
    for account in &spec.accounts {
        operations.push(Box::new(CreateAccount {
            name: account.name,
            key: keys.get(account.name)?.clone(),
            ram_bytes: account.ram_bytes,
            stake_net: account.stake_net,
            stake_cpu: account.stake_cpu,
            receives: account.receives,
            system: contracts.system.clone(),
            token: contracts.token.clone(),
            system_key: keys.get(SYSTEM)?.clone(),
        }));
    }
    Ok(Stage {
        title: "accounts",
        operations,
    })
}

fn producers(spec: &ChainSpec, contracts: &Contracts, keys: &AccountKeys) -> Result<Stage, Error> {
    let mut operations: Vec<Box<dyn Operation>> = Vec::new();
    for producer in &spec.producers {
        let key = keys.get(producer.name)?;
        operations.push(Box::new(CreateAccount {
            name: producer.name,
            key: key.clone(),
            ram_bytes: producer.ram_bytes,
            stake_net: producer.stake_net,
            stake_cpu: producer.stake_cpu,
            receives: None,
            system: contracts.system.clone(),
            token: contracts.token.clone(),
            system_key: keys.get(SYSTEM)?.clone(),
        }));
        operations.push(Box::new(RegisterProducer {
            name: producer.name,
            key: key.clone(),
            url: producer.url.clone(),
            location: producer.location,
            system: contracts.system.clone(),
        }));
    }
    Ok(Stage {
        title: "block producers",
        operations,
    })
}

/// All are registered before anybody votes: with a contract that waits for a total of stake, the vote that crosses
/// the line makes the first schedule, which then has everyone in it.
fn votes(spec: &ChainSpec, contracts: &Contracts, keys: &AccountKeys) -> Result<Stage, Error> {
    let mut operations: Vec<Box<dyn Operation>> = Vec::new();
    for delegation in &spec.delegations {
        operations.push(Box::new(Delegate {
            spec: delegation.clone(),
            system: contracts.system.clone(),
            from_key: keys.get(delegation.from)?.clone(),
        }));
    }
    if !spec.votes.is_empty() {
        operations.push(Box::new(ProducerNodesInStep));
    }
    for vote in &spec.votes {
        operations.push(Box::new(Vote {
            spec: vote.clone(),
            system: contracts.system.clone(),
            voter_key: keys.get(vote.voter)?.clone(),
        }));
    }
    Ok(Stage {
        title: "stake and votes",
        operations,
    })
}
