use std::time::Duration;

use async_trait::async_trait;
use eos_abi::Name;
use eos_abi::contracts::system::Regproducer;
use eos_client::TableQuery;
use eos_keys::PublicKey;
use serde::Deserialize;

use super::{Operation, State, asking};
use crate::spec::SYSTEM;
use crate::{Contract, Error, LiveChain};

/// A node this few blocks behind takes its turn in time.
const IN_STEP: u32 = 4;

/// Registers an account as a block producer.
#[derive(Debug)]
pub(crate) struct RegisterProducer {
    pub(crate) name: Name,
    pub(crate) key: PublicKey,
    pub(crate) url: String,
    pub(crate) location: u16,
    pub(crate) system: Contract,
}

#[async_trait]
impl Operation for RegisterProducer {
    fn describe(&self) -> String {
        format!("register producer {} ({})", self.name, self.url)
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        #[derive(Deserialize)]
        struct Producer {
            #[serde(rename = "producer_key")]
            key: PublicKey,
            is_active: bool,
            url: String,
            location: u16,
        }
        let query = TableQuery::new(SYSTEM, SYSTEM, Name::from_static("producers")).key(self.name);
        let producers: Vec<Producer> = live
            .client()
            .get_table_rows(&query)
            .await
            .map_err(asking(self))?;
        let wanted = |producer: &Producer| {
            producer.is_active
                && producer.key == self.key
                && producer.url == self.url
                && producer.location == self.location
        };
        if producers.first().is_some_and(wanted) {
            return Ok(State::in_place());
        }
        Ok(State::missing(format!(
            "{} is not registered so",
            self.name
        )))
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let data = Regproducer {
            producer: self.name,
            producer_key: self.key.clone(),
            url: self.url.clone(),
            location: self.location,
        };
        let actions = vec![self.system.call(SYSTEM, self.name, &data)?];
        live.execute(&self.describe(), actions, &[&self.key]).await
    }
}

/// Waits until the nodes of the future producers have the chain's blocks: whoever is elected must be able to sign.
#[derive(Debug)]
pub(crate) struct ProducerNodesInStep;

#[async_trait]
impl Operation for ProducerNodesInStep {
    fn describe(&self) -> String {
        "wait until the producers' nodes are in step".to_owned()
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let here = live.client().get_info().await.map_err(asking(self))?;
        let mut behind = Vec::new();
        for node in live.producer_nodes() {
            match node.get_info().await {
                Ok(info) if info.chain_id != here.chain_id => {
                    return Ok(State::Conflict {
                        found: format!("{} on chain {}", node.node(), info.chain_id),
                        wanted: format!("chain {}", here.chain_id),
                    });
                }
                Ok(info) if info.head_block_num + IN_STEP >= here.head_block_num => {}
                Ok(info) => behind.push(format!(
                    "{} is at block {} of {}",
                    node.node(),
                    info.head_block_num,
                    here.head_block_num
                )),
                Err(_) => behind.push(format!("{} does not answer", node.node())),
            }
        }
        if behind.is_empty() {
            return Ok(State::in_place());
        }
        Ok(State::missing(behind.join(", ")))
    }

    async fn apply(&self, _live: &LiveChain) -> Result<(), Error> {
        Ok(())
    }

    fn acts(&self) -> bool {
        false
    }

    fn patience(&self) -> Duration {
        Duration::from_mins(2)
    }
}
