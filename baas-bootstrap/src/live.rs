use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eos_abi::{Action, TransactionId};
use eos_client::{Client, Draft};
use eos_keys::{PublicKey, Signer};

use crate::Error;

/// How long a transaction of a bootstrap may stay on its way. Short, so that a later run soon knows what became of
/// the transactions of one that was interrupted.
pub(crate) const LIFETIME: Duration = Duration::from_secs(10);

/// The chain as it is now, and the means to change it.
#[derive(Debug, Clone)]
pub struct LiveChain {
    client: Client,
    signer: Arc<dyn Signer>,
    producer_nodes: Vec<Client>,
    sent: Arc<Mutex<Vec<TransactionId>>>,
}

impl LiveChain {
    /// Returns the chain behind a node. The signer must hold the keys of the spec's accounts.
    pub fn new(client: Client, signer: Arc<dyn Signer>) -> Self {
        Self {
            client,
            signer,
            producer_nodes: Vec::new(),
            sent: Arc::default(),
        }
    }

    /// Names the nodes of the future producers, so that nobody is elected whose node is not in step yet.
    #[must_use]
    pub fn with_producer_nodes(self, producer_nodes: Vec<Client>) -> Self {
        Self {
            producer_nodes,
            ..self
        }
    }

    /// Returns the node that is asked and sent to.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the nodes of the future producers.
    pub fn producer_nodes(&self) -> &[Client] {
        &self.producer_nodes
    }

    /// Returns the transactions that have been sent so far.
    pub fn sent(&self) -> Vec<TransactionId> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Signs a transaction of these actions and sends it.
    ///
    /// # Errors
    /// When it cannot be signed, or the node refuses it.
    pub(crate) async fn execute(
        &self,
        operation: &str,
        actions: Vec<Action>,
        keys: &[&PublicKey],
    ) -> Result<(), Error> {
        let failed = |source| Error::Operation {
            operation: operation.to_owned(),
            source,
        };
        // One key may stand for several accounts, and signing twice with it is refused.
        let mut distinct: Vec<PublicKey> = keys.iter().map(|&key| key.clone()).collect();
        distinct.sort();
        distinct.dedup();
        let draft = Draft::new(actions).lifetime(LIFETIME).keys(distinct);
        let submission = draft
            .sign(&self.client, self.signer.as_ref())
            .await
            .map_err(failed)?;
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(submission.id);
        self.client.send(&submission).await.map_err(failed)?;
        Ok(())
    }
}
