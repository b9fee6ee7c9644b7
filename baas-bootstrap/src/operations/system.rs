use async_trait::async_trait;
use eos_abi::contracts::system::Init;
use eos_abi::{Name, Symbol, VarUint32};
use eos_client::TableQuery;
use eos_keys::PublicKey;
use serde::Deserialize;

use super::{Operation, State, asking};
use crate::spec::SYSTEM;
use crate::{Contract, Error, LiveChain};

/// Initialises the system contract with the core symbol, which opens the RAM market.
#[derive(Debug)]
pub(crate) struct InitSystem {
    pub(crate) core: Symbol,
    pub(crate) system: Contract,
    pub(crate) system_key: PublicKey,
}

#[async_trait]
impl Operation for InitSystem {
    fn describe(&self) -> String {
        format!("initialise the system contract with {}", self.core)
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        #[derive(Deserialize)]
        struct Market {
            quote: Connector,
        }
        #[derive(Deserialize)]
        struct Connector {
            balance: eos_abi::Asset,
        }
        let market = TableQuery::new(SYSTEM, SYSTEM, Name::from_static("rammarket"));
        let markets: Vec<Market> = live
            .client()
            .get_table_rows(&market)
            .await
            .map_err(asking(self))?;
        match markets.first() {
            None => Ok(State::missing("there is no RAM market")),
            Some(market) if market.quote.balance.symbol() == self.core => Ok(State::in_place()),
            Some(market) => Ok(State::Conflict {
                found: format!("a RAM market in {}", market.quote.balance.symbol()),
                wanted: format!("one in {}", self.core),
            }),
        }
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let data = Init {
            version: VarUint32(0),
            core: self.core,
        };
        let actions = vec![self.system.call(SYSTEM, SYSTEM, &data)?];
        live.execute(&self.describe(), actions, &[&self.system_key])
            .await
    }
}
