use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eos_abi::{Action, TransactionId};
use eos_client::{Client, Draft, Submission};
use eos_keys::{PublicKey, Signer};

use crate::Error;

/// How long a transaction of a bootstrap may stay on its way: longer than the turns of two producers that are away,
/// short enough for a later run to know soon what became of the transactions of one that was interrupted.
pub(crate) const LIFETIME: Duration = Duration::from_secs(15);

/// The chain as it is now, and the means to change it.
#[derive(Debug, Clone)]
pub struct LiveChain {
    client: Client,
    signer: Arc<dyn Signer>,
    producer_nodes: Vec<Client>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

/// A transaction of an operation.
#[derive(Debug, Clone)]
struct Sent {
    operation: String,
    submission: Submission,
    is_in_block: bool,
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
        self.lock().iter().map(|sent| sent.submission.id).collect()
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
        match self.client.send(&submission).await {
            // Without an answer only blocks can tell: the operation's effect is looked for all the same.
            Ok(_) | Err(eos_client::Error::Uncertain { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
        self.lock().push(Sent {
            operation: operation.to_owned(),
            submission,
            is_in_block: false,
        });
        Ok(())
    }

    /// Sends again what is not known to be in a block. A refusal proves nothing: another node may have it.
    pub(crate) async fn send_again(&self) {
        for sent in self.pending() {
            let _ = self.client.send(&sent.submission).await;
        }
    }

    /// Waits until every transaction that was sent is in a block: what a producing node shows before that is its own
    /// forecast.
    ///
    /// # Errors
    ///
    /// When one of them expired without entering a block, or the chain stands still.
    pub(crate) async fn confirm(&self) -> Result<(), Error> {
        for Sent {
            operation,
            submission,
            ..
        } in self.pending()
        {
            self.client
                .await_inclusion(&submission, LIFETIME * 4)
                .await
                .map_err(|source| Error::Operation { operation, source })?;
            for sent in self
                .lock()
                .iter_mut()
                .filter(|sent| sent.submission.id == submission.id)
            {
                sent.is_in_block = true;
            }
        }
        Ok(())
    }

    fn pending(&self) -> Vec<Sent> {
        self.lock()
            .iter()
            .filter(|sent| !sent.is_in_block)
            .cloned()
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
