use async_trait::async_trait;
use eos_abi::contracts::system::{Buyrambytes, Delegatebw, Newaccount};
use eos_abi::contracts::token::Transfer;
use eos_abi::{Asset, Authority, Name, PermissionLevel};
use eos_keys::PublicKey;

use super::{Operation, State, asking};
use crate::spec::{DEFAULT_RAM_BYTES, SYSTEM, SYSTEM_ACCOUNTS, TOKEN};
use crate::{Contract, Error, LiveChain};

/// Creates the accounts that the system contract relies on. All but the token's are under `eosio`'s authority.
#[derive(Debug)]
pub(crate) struct SystemAccounts {
    pub(crate) bios: Contract,
    pub(crate) system: Contract,
    pub(crate) system_key: PublicKey,
    pub(crate) token_key: PublicKey,
}

impl SystemAccounts {
    async fn absent(&self, live: &LiveChain) -> Result<Vec<Name>, Error> {
        let mut absent = Vec::new();
        for name in SYSTEM_ACCOUNTS {
            if live
                .client()
                .get_account(name)
                .await
                .map_err(asking(self))?
                .is_none()
            {
                absent.push(name);
            }
        }
        Ok(absent)
    }
}

#[async_trait]
impl Operation for SystemAccounts {
    fn describe(&self) -> String {
        format!("create {} system accounts", SYSTEM_ACCOUNTS.len())
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let absent = self.absent(live).await?;
        if absent.is_empty() {
            return Ok(State::in_place());
        }
        let names: Vec<String> = absent.iter().map(ToString::to_string).collect();
        Ok(State::missing(format!("not there: {}", names.join(", "))))
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        // Once the system contract is set, whoever creates an account buys its RAM.
        let on_system = live
            .client()
            .get_raw_abi(SYSTEM)
            .await
            .map_err(asking(self))?;
        let needs_ram = on_system.code_hash == self.system.code_hash;
        let mut actions = Vec::new();
        for name in self.absent(live).await? {
            let authority = if name == TOKEN {
                Authority::key(self.token_key.clone())
            } else {
                Authority::account(PermissionLevel::active(SYSTEM))
            };
            let new = by_system(name, authority);
            actions.push(self.bios.call(SYSTEM, SYSTEM, &new)?);
            if needs_ram {
                let ram = Buyrambytes {
                    payer: SYSTEM,
                    receiver: name,
                    bytes: DEFAULT_RAM_BYTES,
                };
                actions.push(self.system.call(SYSTEM, SYSTEM, &ram)?);
            }
        }
        live.execute(&self.describe(), actions, &[&self.system_key])
            .await
    }
}

/// Creates an account with RAM, stake and a first payment, in one transaction: since an account is created once, so is
/// everything that comes with it, however often the operation runs.
#[derive(Debug)]
pub(crate) struct CreateAccount {
    pub(crate) name: Name,
    pub(crate) key: PublicKey,
    pub(crate) ram_bytes: u32,
    pub(crate) stake_net: Asset,
    pub(crate) stake_cpu: Asset,
    pub(crate) receives: Option<Asset>,
    pub(crate) system: Contract,
    pub(crate) token: Contract,
    pub(crate) system_key: PublicKey,
}

#[async_trait]
impl Operation for CreateAccount {
    fn describe(&self) -> String {
        let receives = self
            .receives
            .map_or(String::new(), |asset| format!(", pay it {asset}"));
        format!(
            "create account {} (stake {} for NET, {} for CPU){receives}",
            self.name, self.stake_net, self.stake_cpu
        )
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let Some(account) = live
            .client()
            .get_account(self.name)
            .await
            .map_err(asking(self))?
        else {
            return Ok(State::missing(format!(
                "account {} is not there",
                self.name
            )));
        };
        let controls = |permission: &eos_client::api::Permission| {
            permission.perm_name == Name::from_static("active")
                && permission.required_auth.keys.iter().any(|weight| {
                    weight.key == self.key
                        && u32::from(weight.weight) >= permission.required_auth.threshold
                })
        };
        if account.permissions.iter().any(controls) {
            return Ok(State::in_place());
        }
        Ok(State::Conflict {
            found: format!("an account {} that another key controls", self.name),
            wanted: format!("one that {} controls", self.key),
        })
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let new = by_system(self.name, Authority::key(self.key.clone()));
        let ram = Buyrambytes {
            payer: SYSTEM,
            receiver: self.name,
            bytes: self.ram_bytes,
        };
        let mut actions = vec![
            self.system.call(SYSTEM, SYSTEM, &new)?,
            self.system.call(SYSTEM, SYSTEM, &ram)?,
        ];
        // The system contract refuses to stake nothing.
        if self.stake_net.amount() + self.stake_cpu.amount() > 0 {
            let stake = Delegatebw {
                from: SYSTEM,
                receiver: self.name,
                stake_net_quantity: self.stake_net,
                stake_cpu_quantity: self.stake_cpu,
                transfer: false,
            };
            actions.push(self.system.call(SYSTEM, SYSTEM, &stake)?);
        }
        if let Some(quantity) = self.receives.filter(|quantity| quantity.amount() > 0) {
            let transfer = Transfer {
                from: SYSTEM,
                to: self.name,
                quantity,
                memo: String::new(),
            };
            actions.push(self.token.call(TOKEN, SYSTEM, &transfer)?);
        }
        live.execute(&self.describe(), actions, &[&self.system_key])
            .await
    }
}

fn by_system(name: Name, authority: Authority) -> Newaccount {
    Newaccount {
        creator: SYSTEM,
        name,
        owner: authority.clone(),
        active: authority,
    }
}
