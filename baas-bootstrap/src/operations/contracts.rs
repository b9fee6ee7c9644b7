use async_trait::async_trait;
use eos_abi::contracts::bios::{Setabi, Setcode, Setpriv};
use eos_abi::{Checksum256, Name};
use eos_keys::PublicKey;

use super::{Operation, State, asking};
use crate::spec::SYSTEM;
use crate::{Contract, Error, LiveChain};

/// Sets code and ABI of an account, in one transaction.
#[derive(Debug)]
pub(crate) struct SetContract {
    pub(crate) account: Name,
    pub(crate) key: PublicKey,
    pub(crate) contract: Contract,
    /// The contract whose actions set it: what is on `eosio` at that time, or anything that has `setcode`.
    pub(crate) native: Contract,
    /// Contracts that may be in its place: an earlier one, which is replaced.
    pub(crate) replaces: Vec<Checksum256>,
    /// Contracts that may be in its place: a later one, which is left alone.
    pub(crate) replaced_by: Vec<Checksum256>,
}

#[async_trait]
impl Operation for SetContract {
    fn describe(&self) -> String {
        format!("set contract {} on {}", self.contract.name, self.account)
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let live_abi = live
            .client()
            .get_raw_abi(self.account)
            .await
            .map_err(asking(self))?;
        let code = live_abi.code_hash;
        if code == self.contract.code_hash && live_abi.abi_hash == self.contract.abi_hash {
            return Ok(State::in_place());
        }
        if self.replaced_by.contains(&code) {
            return Ok(State::InPlace {
                note: Some("a later contract is in place".to_owned()),
            });
        }
        let nothing = Checksum256::new([0; 32]);
        if code == nothing || code == self.contract.code_hash || self.replaces.contains(&code) {
            return Ok(State::missing(format!(
                "{} has not this code and ABI",
                self.account
            )));
        }
        Ok(State::Conflict {
            found: format!("another contract on {} (code {code})", self.account),
            wanted: format!("{} (code {})", self.contract.name, self.contract.code_hash),
        })
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let account = self.account;
        let live_abi = live
            .client()
            .get_raw_abi(account)
            .await
            .map_err(asking(self))?;
        let code = Setcode {
            account,
            vmtype: 0,
            vmversion: 0,
            code: self.contract.wasm.clone().into(),
        };
        let abi = Setabi {
            account,
            abi: self.contract.packed_abi.clone().into(),
        };
        let mut actions = Vec::new();
        // Nodes refuse to set the same code again.
        if live_abi.code_hash != self.contract.code_hash {
            actions.push(self.native.call(SYSTEM, account, &code)?);
        }
        actions.push(self.native.call(SYSTEM, account, &abi)?);
        live.execute(&self.describe(), actions, &[&self.key]).await
    }
}

/// Lets a contract act with every account's authority, as `eosio.msig` must.
#[derive(Debug)]
pub(crate) struct SetPrivileged {
    pub(crate) account: Name,
    pub(crate) system: Contract,
    pub(crate) system_key: PublicKey,
}

#[async_trait]
impl Operation for SetPrivileged {
    fn describe(&self) -> String {
        format!("make {} privileged", self.account)
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        match live
            .client()
            .get_account(self.account)
            .await
            .map_err(asking(self))?
        {
            Some(account) if account.privileged => Ok(State::in_place()),
            _ => Ok(State::missing(format!(
                "{} is not privileged",
                self.account
            ))),
        }
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let data = Setpriv {
            account: self.account,
            is_priv: 1,
        };
        let actions = vec![self.system.call(SYSTEM, SYSTEM, &data)?];
        live.execute(&self.describe(), actions, &[&self.system_key])
            .await
    }
}
