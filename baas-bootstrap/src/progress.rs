//! What a bootstrap tells while it runs. Nothing is printed here: the program shows it.

use std::time::Duration;

use eos_abi::{Name, TransactionId};

use crate::Outcome;

/// Receives [`Event`]s as they happen.
pub type Observer<'a> = dyn Fn(Event) + Send + Sync + 'a;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A stage of the plan begins.
    StageStarted {
        /// The stage, as the plan lists it.
        stage: &'static str,
        /// How many operations it has.
        operations: usize,
    },
    /// An operation begins.
    OperationStarted {
        /// The operation, as the plan lists it.
        operation: String,
    },
    /// An operation waits for the chain.
    Waiting {
        /// What it waits for.
        reason: String,
    },
    /// An operation is done.
    OperationDone {
        /// The operation, as the plan lists it.
        operation: String,
        /// Whether anything had to be done.
        outcome: Outcome,
        /// What the chain shows now, where it is worth telling.
        note: Option<String>,
        /// How long it took.
        took: Duration,
        /// The transactions sent for it.
        transactions: Vec<TransactionId>,
    },
    /// A stage is done.
    StageDone {
        /// The stage, as the plan lists it.
        stage: &'static str,
        /// How long it took.
        took: Duration,
    },
    /// An elected producer's first block of the observed round was seen.
    ProducerSigned {
        /// The producer.
        producer: Name,
        /// Its block.
        block_num: u32,
        /// How many of the elected have signed so far.
        signed: usize,
        /// How many are elected.
        elected: usize,
    },
    /// The last irreversible block moved while the proof waits for it.
    Irreversible {
        /// Where it is.
        last_irreversible_block_num: u32,
        /// Where it has to get.
        target: u32,
    },
}
