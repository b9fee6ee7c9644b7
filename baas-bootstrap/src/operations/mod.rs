//! What can be done to a chain, each operation a `{check, apply, verify}` against the live state.

mod accounts;
mod contracts;
mod features;
mod producers;
mod schedule;
mod stake;
mod system;
mod token;

use std::fmt;
use std::time::{Duration, Instant};

use async_trait::async_trait;

pub(crate) use self::accounts::{CreateAccount, SystemAccounts};
pub(crate) use self::contracts::{SetContract, SetPrivileged};
pub(crate) use self::features::{ActivateFeatures, PreactivateFeature};
pub(crate) use self::producers::{ProducerNodesInStep, RegisterProducer};
pub(crate) use self::schedule::ElectedSchedule;
pub(crate) use self::stake::{Delegate, Vote};
pub(crate) use self::system::InitSystem;
pub(crate) use self::token::CreateToken;
use crate::{Error, LiveChain};

/// How far the live chain is from what an operation wants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Everything is as wanted.
    InPlace {
        /// What the chain shows, where it is worth telling.
        note: Option<String>,
    },
    /// Something is missing, which `apply` can bring.
    Missing {
        /// What.
        what: String,
    },
    /// Something else is in its place, which no operation replaces.
    Conflict {
        /// What is there.
        found: String,
        /// What should be there.
        wanted: String,
    },
}

impl State {
    pub(crate) fn in_place() -> Self {
        Self::InPlace { note: None }
    }

    pub(crate) fn missing(what: impl Into<String>) -> Self {
        Self::Missing { what: what.into() }
    }
}

/// One step towards the wanted chain. It looks at the chain, never at a record of earlier runs, so that running it
/// again is the resume, the repair and the no-op.
#[async_trait]
pub trait Operation: Send + Sync + fmt::Debug {
    /// Returns what it does, in the imperative: `create account alex`.
    fn describe(&self) -> String;

    /// Returns how far the chain is from what this operation wants.
    ///
    /// # Errors
    /// When the chain cannot be asked.
    async fn check(&self, live: &LiveChain) -> Result<State, Error>;

    /// Brings what is missing; only called after `check` said so.
    ///
    /// # Errors
    /// When the node refuses.
    async fn apply(&self, live: &LiveChain) -> Result<(), Error>;

    /// Returns whether carrying it out twice would add up, because nothing on the chain refuses the second time.
    fn adds_up(&self) -> bool {
        false
    }

    /// Returns whether it changes the chain, or only waits for it.
    fn acts(&self) -> bool {
        true
    }

    /// Returns how long the chain may take to show the effect.
    fn patience(&self) -> Duration {
        Duration::from_secs(30)
    }

    /// Waits until the chain shows the effect, and returns the note of its state.
    ///
    /// # Errors
    /// When it does not show within [`Operation::patience`].
    async fn verify(&self, live: &LiveChain) -> Result<Option<String>, Error> {
        const POLL: Duration = Duration::from_millis(50);
        const RESEND: Duration = Duration::from_secs(4);
        let start = Instant::now();
        let mut resend_at = start + RESEND;
        loop {
            let what = match self.check(live).await? {
                State::InPlace { note } => return Ok(note),
                State::Missing { what } => what,
                State::Conflict { found, wanted } => {
                    return Err(Error::Conflict {
                        operation: self.describe(),
                        found,
                        wanted,
                    });
                }
            };
            if start.elapsed() >= self.patience() {
                let waited_s = start.elapsed().as_secs();
                return Err(Error::NotVerified {
                    operation: self.describe(),
                    missing: what,
                    waited_s,
                });
            }
            if Instant::now() >= resend_at {
                live.send_again().await;
                resend_at = Instant::now() + RESEND;
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Names the operation in a failed question to the node.
pub(crate) fn asking(operation: &dyn Operation) -> impl FnOnce(eos_client::Error) -> Error {
    let operation = operation.describe();
    move |source| Error::Operation { operation, source }
}
