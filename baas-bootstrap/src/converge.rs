//! Carries a plan out. Knows order and deadlines, no operation.

use std::time::Instant;

use eos_abi::TransactionId;

use crate::live::LIFETIME;
use crate::operations::{Operation, State};
use crate::progress::{Event, Observer};
use crate::{Error, LiveChain, Plan};

/// What an operation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Everything was as wanted; nothing was sent.
    InPlace,
    /// What was missing has been brought, and the chain shows it.
    Applied,
    /// It took the chain some time to show it, without anything being sent.
    Awaited,
}

/// What carrying out a plan came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Each operation with its outcome, in order.
    pub operations: Vec<(String, Outcome)>,
    /// The transactions that were sent, in order.
    pub transactions: Vec<TransactionId>,
}

impl Report {
    /// Returns whether everything was in place: no transaction was sent.
    pub fn is_unchanged(&self) -> bool {
        self.transactions.is_empty()
            && self
                .operations
                .iter()
                .all(|(_, outcome)| *outcome != Outcome::Applied)
    }
}

/// Brings the live chain to where the plan wants it: what is missing is done, what is there is left alone.
///
/// Running it again, also after it was interrupted at any moment, ends in the same state, and no payment is made twice.
///
/// It returns when every transaction that it sent is in a block.
///
/// # Errors
///
/// The first operation that fails, conflicts with what is on the chain, or does not show its effect in time.
pub async fn converge(
    plan: &Plan,
    live: &LiveChain,
    observer: &Observer<'_>,
) -> Result<Report, Error> {
    let sent_before = live.sent().len();
    let mut flight = Flight::observe(live).await?;
    refuse_conflicts(plan, live).await?;
    let mut operations = Vec::new();
    for stage in plan.stages() {
        let start = Instant::now();
        observer(Event::StageStarted {
            stage: stage.title,
            operations: stage.operations.len(),
        });
        for operation in &stage.operations {
            let outcome = run(operation.as_ref(), live, &mut flight, observer).await?;
            // The plan's first operation was still to do: no earlier run got any further.
            flight.landed |= operations.is_empty() && outcome == Outcome::Applied;
            operations.push((operation.describe(), outcome));
        }
        observer(Event::StageDone {
            stage: stage.title,
            took: start.elapsed(),
        });
    }
    live.confirm().await?;
    let transactions = live.sent().split_off(sent_before);
    Ok(Report {
        operations,
        transactions,
    })
}

/// On a chain that is further along, tells what stands in the way of any operation before the first one changes anything.
async fn refuse_conflicts(plan: &Plan, live: &LiveChain) -> Result<(), Error> {
    let mut operations = plan.stages().iter().flat_map(|stage| &stage.operations);
    let Some(first) = operations.next() else {
        return Ok(());
    };
    if !matches!(first.check(live).await?, State::InPlace { .. }) {
        return Ok(());
    }
    for operation in operations {
        // What cannot be asked yet, because something before it is missing, is looked at in its turn.
        if let Ok(State::Conflict { found, wanted }) = operation.check(live).await {
            let operation = operation.describe();
            return Err(Error::Conflict {
                operation,
                found,
                wanted,
            });
        }
    }
    Ok(())
}

async fn run(
    operation: &dyn Operation,
    live: &LiveChain,
    flight: &mut Flight,
    observer: &Observer<'_>,
) -> Result<Outcome, Error> {
    let start = Instant::now();
    let description = operation.describe();
    observer(Event::OperationStarted {
        operation: description.clone(),
    });
    let sent_before = live.sent().len();
    let mut state = operation.check(live).await?;
    if operation.adds_up()
        && matches!(state, State::Missing { .. })
        && flight.settle(live, observer).await?
    {
        state = operation.check(live).await?;
    }
    let (outcome, note) = match state {
        State::InPlace { note } => (Outcome::InPlace, note),
        State::Conflict { found, wanted } => {
            return Err(Error::Conflict {
                operation: description,
                found,
                wanted,
            });
        }
        State::Missing { .. } => match operation.apply(live).await {
            Ok(()) => {
                let note = operation.verify(live).await?;
                let has_acted = operation.acts();
                (
                    if has_acted {
                        Outcome::Applied
                    } else {
                        Outcome::Awaited
                    },
                    note,
                )
            }
            // An interrupted run's transaction may have got there first, and the chain refuses the second.
            Err(error) => match operation.check(live).await {
                Ok(State::InPlace { note }) => (Outcome::Applied, note),
                _ => return Err(error),
            },
        },
    };
    let transactions = live.sent().split_off(sent_before);
    observer(Event::OperationDone {
        operation: description,
        outcome,
        note,
        took: start.elapsed(),
        transactions,
    });
    Ok(outcome)
}

/// What an earlier run, interrupted right after sending, may still have on its way.
///
/// Its transactions live for [`LIFETIME`] of the chain's time after it signed them, which was before this run began. Until
/// the last irreversible block is past that, an operation that would add up must not be repeated: it may be in a block
/// already that a fork hides.
struct Flight {
    /// Nothing of an earlier run can enter a block after this time of the chain, in microseconds.
    landed_at: i64,
    landed: bool,
}

impl Flight {
    async fn observe(live: &LiveChain) -> Result<Self, Error> {
        let info = live
            .client()
            .get_info()
            .await
            .map_err(|source| Error::Observe { source })?;
        let lifetime = i64::try_from(LIFETIME.as_micros()).unwrap_or(i64::MAX);
        // Expirations are rounded up to a whole second.
        let landed_at = info
            .head_block_time
            .to_microseconds()
            .saturating_add(lifetime)
            .saturating_add(1_000_000);
        Ok(Self {
            landed_at,
            landed: false,
        })
    }

    /// Waits until nothing is on its way any more; returns whether it had to wait.
    async fn settle(&mut self, live: &LiveChain, observer: &Observer<'_>) -> Result<bool, Error> {
        const POLL: std::time::Duration = std::time::Duration::from_millis(250);
        if self.landed {
            return Ok(false);
        }
        let reason = "until no payment of an interrupted run can be on its way any more".to_owned();
        observer(Event::Waiting { reason });
        loop {
            let observe = |source| Error::Observe { source };
            let info = live.client().get_info().await.map_err(observe)?;
            let last_irreversible = match info.last_irreversible_block_time {
                Some(time) => time,
                None => live
                    .client()
                    .get_block_info(info.last_irreversible_block_num)
                    .await
                    .map_err(observe)?
                    .timestamp
                    .to_time_point(),
            };
            if last_irreversible.to_microseconds() > self.landed_at {
                self.landed = true;
                return Ok(true);
            }
            tokio::time::sleep(POLL).await;
        }
    }
}
