use async_trait::async_trait;
use eos_abi::{Asset, Name, PermissionLevel};
use eos_keys::PublicKey;
use serde::Serialize;

use super::{Operation, State, asking};
use crate::spec::{SYSTEM, TOKEN, TokenSpec};
use crate::{Contract, Error, LiveChain};

/// Creates the core token and issues the first amount to `eosio`, in one transaction: a token is created once, so the
/// first amount is issued once.
#[derive(Debug)]
pub(crate) struct CreateToken {
    pub(crate) spec: TokenSpec,
    pub(crate) token: Contract,
    pub(crate) token_key: PublicKey,
    pub(crate) system_key: PublicKey,
}

#[async_trait]
impl Operation for CreateToken {
    fn describe(&self) -> String {
        format!(
            "create token (maximum {}), issue {} to eosio",
            self.spec.maximum_supply, self.spec.issue
        )
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let code = self.spec.maximum_supply.symbol().code();
        let Some(stats) = live
            .client()
            .get_currency_stats(TOKEN, code)
            .await
            .map_err(asking(self))?
        else {
            return Ok(State::missing(format!("token {code} is not created")));
        };
        if stats.max_supply != self.spec.maximum_supply || stats.issuer != SYSTEM {
            return Ok(State::Conflict {
                found: format!(
                    "token {code} with a maximum of {} issued by {}",
                    stats.max_supply, stats.issuer
                ),
                wanted: format!(
                    "a maximum of {} issued by {SYSTEM}",
                    self.spec.maximum_supply
                ),
            });
        }
        // Read back, as the tutorial does.
        let balance = live
            .client()
            .get_currency_balance(TOKEN, SYSTEM, code)
            .await
            .map_err(asking(self))?;
        let Some(balance) = balance.filter(|_| stats.supply.amount() > 0) else {
            return Ok(State::missing(format!("nothing of token {code} is issued")));
        };
        Ok(State::InPlace {
            note: Some(format!("eosio holds {balance}")),
        })
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Create {
            issuer: Name,
            maximum_supply: Asset,
        }
        #[derive(Serialize)]
        struct Issue<'a> {
            to: Name,
            quantity: Asset,
            memo: &'a str,
        }
        let mut actions = Vec::new();
        let mut keys = vec![&self.system_key];
        let code = self.spec.maximum_supply.symbol().code();
        if live
            .client()
            .get_currency_stats(TOKEN, code)
            .await
            .map_err(asking(self))?
            .is_none()
        {
            let create = Create {
                issuer: SYSTEM,
                maximum_supply: self.spec.maximum_supply,
            };
            actions.push(self.token.action(
                TOKEN,
                "create",
                vec![PermissionLevel::active(TOKEN)],
                &create,
            )?);
            keys.push(&self.token_key);
        }
        let issue = Issue {
            to: SYSTEM,
            quantity: self.spec.issue,
            memo: &self.spec.memo,
        };
        actions.push(self.token.action(
            TOKEN,
            "issue",
            vec![PermissionLevel::active(SYSTEM)],
            &issue,
        )?);
        live.execute(&self.describe(), actions, &keys).await
    }
}
