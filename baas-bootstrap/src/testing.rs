//! A chain for integration tests: features, token and system contract in place, funded accounts on demand, keys that
//! are the same in every run.
//!
//! It needs a node that produces, from wherever: `baas_deploy::testing::Node` starts a throwaway one.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eos_abi::contracts::token::Transfer;
use eos_abi::{Action, Asset, Name};
use eos_client::{Client, Draft, Inclusion};
use eos_keys::{Digest, KeyType, LocalSigner, PrivateKey, PublicKey};

use crate::operations::{CreateAccount, Operation, SetContract};
use crate::spec::{SYSTEM, TOKEN};
use crate::{
    AccountKeys, ChainSpec, Contract, Contracts, Error, LiveChain, Plan, TokenSpec, converge,
};

/// A bootstrapped chain without elected producers: `eosio` goes on producing.
#[derive(Debug)]
pub struct Chain {
    client: Client,
    system_key: PrivateKey,
    contracts: Contracts,
}

impl Chain {
    /// Names what [`Chain::open`] makes of an empty node, for a cache of its snapshots: another name, another chain.
    pub const RECIPE: &str = "bootstrapped-1";

    /// Brings a node's chain to where tests can begin, from an empty one or from one that is there already. `key` is
    /// the key of `eosio`, `contracts` the directory of the system's contracts.
    ///
    /// # Errors
    /// As [`converge`].
    pub async fn open(url: &str, key: &PrivateKey, contracts: &Path) -> Result<Self, Error> {
        let client = Client::new(url).map_err(|source| Error::Observe { source })?;
        let contracts = Contracts::load(contracts, &[])?;
        let chain = Self {
            client,
            system_key: key.clone(),
            contracts,
        };
        let keys = chain.account_keys(&[TOKEN])?;
        let plan = Plan::new(&spec(), &chain.contracts, &keys)?;
        converge(&plan, &chain.live([TOKEN]), &|_| ()).await?;
        Ok(chain)
    }

    /// Returns the client of the node.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the system's contracts, to make actions of.
    pub fn contracts(&self) -> &Contracts {
        &self.contracts
    }

    /// Returns the key of an account: the same in every run, and known to everybody who reads this.
    ///
    /// # Panics
    /// Never: the hash of a name is a valid key but for one in 2^128.
    pub fn key(account: Name) -> PrivateKey {
        let digest = Digest::of(format!("baas-bootstrap test account {account}").as_bytes());
        PrivateKey::from_bytes(KeyType::K1, digest.as_bytes())
            .expect("a hash is in the range of the scalars")
    }

    /// Creates an account with RAM and stake enough for tests, and pays it an amount of the core token.
    ///
    /// # Errors
    /// When the node refuses.
    pub async fn create_account(&self, name: &str, receives: &str) -> Result<Name, Error> {
        let name = parse::<Name>(name)?;
        let operation = CreateAccount {
            name,
            key: Self::key(name).public_key(),
            ram_bytes: 1 << 20,
            stake_net: parse("1000.0000 SYS")?,
            stake_cpu: parse("1000.0000 SYS")?,
            receives: Some(parse(receives)?),
            system: self.contracts.system.clone(),
            token: self.contracts.token.clone(),
            system_key: self.system_key.public_key(),
        };
        self.bring(&operation, []).await?;
        Ok(name)
    }

    /// Sets code and ABI on an account that [`Chain::create_account`] made.
    ///
    /// # Errors
    /// When the files are not a contract, or the node refuses.
    pub async fn deploy_contract(
        &self,
        account: Name,
        wasm: Vec<u8>,
        abi_json: &[u8],
    ) -> Result<Contract, Error> {
        let contract = Contract::new(&account.to_string(), wasm, abi_json)
            .map_err(|source| Error::Contracts { source })?;
        let operation = SetContract {
            account,
            key: Self::key(account).public_key(),
            contract: contract.clone(),
            native: self.contracts.bios.clone(),
            replaces: Vec::new(),
            replaced_by: Vec::new(),
        };
        self.bring(&operation, [account]).await?;
        Ok(contract)
    }

    /// Signs actions with the keys of their actors, sends them and waits for their block.
    ///
    /// # Errors
    /// When the node refuses them, or no block takes them within 30 s.
    pub async fn push(&self, actions: Vec<Action>) -> Result<Inclusion, Error> {
        let operation = actions
            .iter()
            .map(|action| format!("{}::{}", action.account, action.name));
        let operation = operation.collect::<Vec<_>>().join(", ");
        let failed = |source| Error::Operation {
            operation: operation.clone(),
            source,
        };
        let actors: Vec<Name> = actions
            .iter()
            .flat_map(|action| action.authorization.iter().map(|level| level.actor))
            .collect();
        let mut keys: Vec<PublicKey> = actors
            .iter()
            .map(|&actor| self.signing_key(actor).public_key())
            .collect();
        keys.sort();
        keys.dedup();
        let signer = self.signer(actors);
        let submission = Draft::new(actions)
            .keys(keys)
            .sign(&self.client, &signer)
            .await
            .map_err(failed)?;
        self.client.send(&submission).await.map_err(failed)?;
        self.client
            .await_inclusion(&submission, Duration::from_secs(30))
            .await
            .map_err(failed)
    }

    /// Pays an amount of the core token and waits for the block.
    ///
    /// # Errors
    /// As [`Chain::push`].
    pub async fn transfer(
        &self,
        from: Name,
        to: Name,
        quantity: &str,
        memo: &str,
    ) -> Result<Inclusion, Error> {
        let transfer = Transfer {
            from,
            to,
            quantity: parse(quantity)?,
            memo: memo.to_owned(),
        };
        let action = self.contracts.token.call(TOKEN, from, &transfer)?;
        self.push(vec![action]).await
    }

    /// Returns what an account holds of the core token.
    ///
    /// # Errors
    /// When the node cannot be asked.
    pub async fn balance(&self, account: Name) -> Result<Option<Asset>, Error> {
        let code = spec().token.maximum_supply.symbol().code();
        self.client
            .get_currency_balance(TOKEN, account, code)
            .await
            .map_err(|source| Error::Observe { source })
    }

    /// Waits until the chain has grown by a number of blocks.
    ///
    /// # Errors
    /// When the node cannot be asked, or it takes more than 30 s beyond the blocks' own time.
    pub async fn wait_blocks(&self, blocks: u32) -> Result<(), Error> {
        let start = Instant::now();
        let within = Duration::from_secs(30) + Duration::from_millis(500) * blocks;
        let mut target = None;
        loop {
            let info = self
                .client
                .get_info()
                .await
                .map_err(|source| Error::Observe { source })?;
            if info.head_block_num
                >= *target.get_or_insert(info.head_block_num.saturating_add(blocks))
            {
                return Ok(());
            }
            if start.elapsed() >= within {
                return Err(Error::NotVerified {
                    operation: format!("wait for {blocks} blocks"),
                    missing: format!("the head is block {}", info.head_block_num),
                    waited_s: start.elapsed().as_secs(),
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn bring(
        &self,
        operation: &dyn Operation,
        signers: impl IntoIterator<Item = Name>,
    ) -> Result<(), Error> {
        let live = self.live(signers);
        operation.apply(&live).await?;
        operation.verify(&live).await?;
        Ok(())
    }

    fn signing_key(&self, account: Name) -> PrivateKey {
        if account == SYSTEM {
            self.system_key.clone()
        } else {
            Self::key(account)
        }
    }

    fn signer(&self, accounts: impl IntoIterator<Item = Name>) -> LocalSigner {
        accounts
            .into_iter()
            .chain([SYSTEM])
            .map(|account| self.signing_key(account))
            .collect()
    }

    fn live(&self, accounts: impl IntoIterator<Item = Name>) -> LiveChain {
        LiveChain::new(self.client.clone(), Arc::new(self.signer(accounts)))
    }

    fn account_keys(&self, accounts: &[Name]) -> Result<AccountKeys, Error> {
        let accounts = accounts.iter().copied().chain([SYSTEM]);
        AccountKeys::new(accounts.map(|account| (account, self.signing_key(account).public_key())))
    }
}

/// Nothing but the token, with room for rewards.
fn spec() -> ChainSpec {
    let sys = |text: &str| text.parse().expect("these amounts are assets");
    ChainSpec {
        token: TokenSpec {
            maximum_supply: sys("10000000000.0000 SYS"),
            issue: sys("1000000000.0000 SYS"),
            memo: "issue".to_owned(),
        },
        accounts: Vec::new(),
        producers: Vec::new(),
        delegations: Vec::new(),
        votes: Vec::new(),
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|source| Error::Argument {
        text: text.to_owned(),
        source: Box::new(source),
    })
}
