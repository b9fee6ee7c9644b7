use async_trait::async_trait;
use eos_abi::contracts::token::{Create, Issue};
use eos_keys::PublicKey;

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
        if stats.supply.amount() < self.spec.issue.amount() {
            return Ok(State::Conflict {
                found: format!(
                    "token {code}, created by somebody else, with {} issued",
                    stats.supply
                ),
                wanted: format!("at least {}", self.spec.issue),
            });
        }
        // Read back, as the tutorial does.
        let balance = live
            .client()
            .get_currency_balance(TOKEN, SYSTEM, code)
            .await
            .map_err(asking(self))?;
        let note = balance.map(|balance| format!("eosio holds {balance}"));
        Ok(State::InPlace { note })
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let create = Create {
            issuer: SYSTEM,
            maximum_supply: self.spec.maximum_supply,
        };
        let issue = Issue {
            to: SYSTEM,
            quantity: self.spec.issue,
            memo: self.spec.memo.clone(),
        };
        let actions = vec![
            self.token.call(TOKEN, TOKEN, &create)?,
            self.token.call(TOKEN, SYSTEM, &issue)?,
        ];
        let keys = [&self.token_key, &self.system_key];
        live.execute(&self.describe(), actions, &keys).await
    }
}
