use std::collections::BTreeSet;

use async_trait::async_trait;
use eos_abi::Checksum256;
use eos_abi::contracts::bios::Activate;
use eos_client::api::SupportedFeature;
use eos_keys::PublicKey;

use super::{Operation, State, asking};
use crate::spec::SYSTEM;
use crate::{Contract, Error, LiveChain};

const PREACTIVATE_FEATURE: &str = "PREACTIVATE_FEATURE";

/// Activates the feature that lets transactions activate the others. Only the producing node itself can.
#[derive(Debug)]
pub(crate) struct PreactivateFeature;

#[async_trait]
impl Operation for PreactivateFeature {
    fn describe(&self) -> String {
        format!("activate {PREACTIVATE_FEATURE}")
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let active = live
            .client()
            .get_activated_protocol_features()
            .await
            .map_err(asking(self))?;
        if active
            .iter()
            .any(|feature| feature.codename() == Some(PREACTIVATE_FEATURE))
        {
            return Ok(State::in_place());
        }
        Ok(State::missing(format!(
            "{PREACTIVATE_FEATURE} is not active"
        )))
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let supported = live
            .client()
            .get_supported_protocol_features()
            .await
            .map_err(asking(self))?;
        let Some(feature) = supported
            .iter()
            .find(|feature| feature.codename() == Some(PREACTIVATE_FEATURE))
        else {
            return Err(Error::Conflict {
                operation: self.describe(),
                found: "a node that does not know this feature".to_owned(),
                wanted: "EOSIO 1.8 or later".to_owned(),
            });
        };
        let digests = [feature.feature_digest];
        live.client()
            .schedule_protocol_feature_activations(&digests)
            .await
            .map_err(asking(self))
    }
}

/// Activates every protocol feature that the node knows.
#[derive(Debug)]
pub(crate) struct ActivateFeatures {
    pub(crate) bios: Contract,
    pub(crate) system_key: PublicKey,
}

impl ActivateFeatures {
    async fn inactive(&self, live: &LiveChain) -> Result<Vec<SupportedFeature>, Error> {
        let supported = live
            .client()
            .get_supported_protocol_features()
            .await
            .map_err(asking(self))?;
        let active = live
            .client()
            .get_activated_protocol_features()
            .await
            .map_err(asking(self))?;
        let active: BTreeSet<Checksum256> = active
            .iter()
            .map(|feature| feature.feature_digest)
            .collect();
        Ok(in_order(supported, active))
    }
}

#[async_trait]
impl Operation for ActivateFeatures {
    fn describe(&self) -> String {
        "activate the other protocol features".to_owned()
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let inactive = self.inactive(live).await?;
        if inactive.is_empty() {
            return Ok(State::in_place());
        }
        let names: Vec<&str> = inactive
            .iter()
            .map(|feature| feature.codename().unwrap_or("unnamed"))
            .collect();
        Ok(State::missing(format!("not active: {}", names.join(", "))))
    }

    async fn apply(&self, live: &LiveChain) -> Result<(), Error> {
        let mut actions = Vec::new();
        for feature in self.inactive(live).await? {
            let data = Activate {
                feature_digest: feature.feature_digest,
            };
            actions.push(self.bios.call(SYSTEM, SYSTEM, &data)?);
        }
        live.execute(&self.describe(), actions, &[&self.system_key])
            .await
    }
}

/// Returns the inactive features such that each comes after those it depends on. What depends on a feature that the
/// node does not know cannot be activated and is left out.
fn in_order(
    supported: Vec<SupportedFeature>,
    mut active: BTreeSet<Checksum256>,
) -> Vec<SupportedFeature> {
    let mut waiting: Vec<_> = supported
        .into_iter()
        .filter(|feature| !active.contains(&feature.feature_digest))
        .collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    loop {
        let (ready, blocked): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|feature| {
            feature
                .dependencies
                .iter()
                .all(|digest| active.contains(digest))
        });
        if ready.is_empty() {
            return ordered;
        }
        active.extend(ready.iter().map(|feature| feature.feature_digest));
        ordered.extend(ready);
        waiting = blocked;
    }
}
