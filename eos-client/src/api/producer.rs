//! `producer_api_plugin`. A node that serves it is in its callers' hands: loopback only.

use eos_abi::Checksum256;
use serde::{Deserialize, Serialize};

use super::chain::{Empty, FeatureSpecification};
use crate::{Client, Error};

/// A protocol feature that a node knows, from `get_supported_protocol_features`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SupportedFeature {
    /// The feature's digest, which names it; it differs between versions of the node.
    pub feature_digest: Checksum256,
    /// The features that must be active before it.
    pub dependencies: Vec<Checksum256>,
    #[serde(default)]
    specification: FeatureSpecification,
}

impl SupportedFeature {
    /// Returns the feature's name: `PREACTIVATE_FEATURE`.
    pub fn codename(&self) -> Option<&str> {
        self.specification.codename()
    }
}

impl Client {
    /// Returns the protocol features that the node knows.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_supported_protocol_features(&self) -> Result<Vec<SupportedFeature>, Error> {
        self.call("/v1/producer/get_supported_protocol_features", &Empty {})
            .await
    }

    /// Has the node activate protocol features in the next block it makes, which only `PREACTIVATE_FEATURE` allows
    /// without a transaction.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn schedule_protocol_feature_activations(
        &self,
        features: &[Checksum256],
    ) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Request<'a> {
            protocol_features_to_activate: &'a [Checksum256],
        }
        #[derive(Deserialize)]
        struct Answer {
            result: String,
        }
        let path = "/v1/producer/schedule_protocol_feature_activations";
        let answer: Answer = self
            .call(
                path,
                &Request {
                    protocol_features_to_activate: features,
                },
            )
            .await?;
        if answer.result == "ok" {
            return Ok(());
        }
        Err(Error::Answer {
            path,
            status: 201,
            excerpt: answer.result,
            source: None,
        })
    }
}
