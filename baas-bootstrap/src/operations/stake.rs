use async_trait::async_trait;
use eos_abi::contracts::system::{Delegatebw, Voteproducer};
use eos_abi::{Asset, Name};
use eos_client::TableQuery;
use eos_keys::PublicKey;
use serde::Deserialize;

use super::{Operation, State, asking};
use crate::spec::{DelegationSpec, SYSTEM, VoteSpec};
use crate::{Contract, Error, LiveChain};

/// Brings the stake that one account puts up for another to the amount of the spec: the difference is delegated.
#[derive(Debug)]
pub(crate) struct Delegate {
    pub(crate) spec: DelegationSpec,
    pub(crate) system: Contract,
    pub(crate) from_key: PublicKey,
}

impl Delegate {
    /// What is still to be delegated for NET and for CPU.
    async fn difference(&self, live: &LiveChain) -> Result<(Asset, Asset), Error> {
        #[derive(Deserialize)]
        struct Delegated {
            net_weight: Asset,
            cpu_weight: Asset,
        }
        let DelegationSpec {
            from,
            receiver,
            net,
            cpu,
            transfer,
        } = self.spec;
        // Transferred stake is the receiver's own.
        let owner = if transfer { receiver } else { from };
        let query = TableQuery::new(SYSTEM, owner, Name::from_static("delband")).key(receiver);
        let rows: Vec<Delegated> = live
            .client()
            .get_table_rows(&query)
            .await
            .map_err(asking(self))?;
        let there = rows.first();
        let rest = |wanted: Asset, there: Option<Asset>| {
            let there = there.map_or(0, Asset::amount);
            let amount = wanted
                .amount()
                .saturating_sub(there)
                .clamp(0, wanted.amount());
            Asset::new(amount, wanted.symbol()).expect("no more than a valid amount")
        };
        Ok((
            rest(net, there.map(|row| row.net_weight)),
            rest(cpu, there.map(|row| row.cpu_weight)),
        ))
    }
}

#[async_trait]
impl Operation for Delegate {
    fn describe(&self) -> String {
        let DelegationSpec {
            from,
            receiver,
            net,
            cpu,
            transfer,
        } = self.spec;
        let owned = if transfer { ", as its own" } else { "" };
        format!("delegate {net} for NET and {cpu} for CPU from {from} to {receiver}{owned}")
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let (net, cpu) = self.difference(live).await?;
        if net.amount() == 0 && cpu.amount() == 0 {
            return Ok(State::in_place());
        }
        Ok(State::missing(format!(
            "{net} for NET and {cpu} for CPU are not delegated"
        )))
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let (net, cpu) = self.difference(live).await?;
        let DelegationSpec {
            from,
            receiver,
            transfer,
            ..
        } = self.spec;
        let data = Delegatebw {
            from,
            receiver,
            stake_net_quantity: net,
            stake_cpu_quantity: cpu,
            transfer,
        };
        let actions = vec![self.system.call(SYSTEM, from, &data)?];
        live.execute(&self.describe(), actions, &[&self.from_key])
            .await
    }

    fn adds_up(&self) -> bool {
        true
    }
}

/// Votes for producers.
#[derive(Debug)]
pub(crate) struct Vote {
    pub(crate) spec: VoteSpec,
    pub(crate) system: Contract,
    pub(crate) voter_key: PublicKey,
}

impl Vote {
    /// The chain wants the producers in the order of their names' values.
    fn producers(&self) -> Vec<Name> {
        let mut producers = self.spec.producers.clone();
        producers.sort();
        producers
    }
}

#[async_trait]
impl Operation for Vote {
    fn describe(&self) -> String {
        let names: Vec<String> = self.producers().iter().map(ToString::to_string).collect();
        format!("{} votes for {}", self.spec.voter, names.join(", "))
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        #[derive(Deserialize)]
        struct Voter {
            producers: Vec<Name>,
        }
        let query =
            TableQuery::new(SYSTEM, SYSTEM, Name::from_static("voters")).key(self.spec.voter);
        let voters: Vec<Voter> = live
            .client()
            .get_table_rows(&query)
            .await
            .map_err(asking(self))?;
        if voters
            .first()
            .is_some_and(|voter| voter.producers == self.producers())
        {
            return Ok(State::in_place());
        }
        Ok(State::missing(format!(
            "{} has not cast this vote",
            self.spec.voter
        )))
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let voter = self.spec.voter;
        let data = Voteproducer {
            voter,
            proxy: Name::from_static(""),
            producers: self.producers(),
        };
        let actions = vec![self.system.call(SYSTEM, voter, &data)?];
        live.execute(&self.describe(), actions, &[&self.voter_key])
            .await
    }
}
