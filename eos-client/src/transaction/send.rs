use std::time::{Duration, Instant};

use eos_abi::{PackedTransaction, TransactionId};
use serde::{Deserialize, Serialize};

use super::Submission;
use crate::node_error::TraceException;
use crate::{Client, Error, ErrorKind, TransportError};

const PATH: &str = "/v1/chain/send_transaction2";

/// What a node says when it has taken a transaction. Only a block makes it count, see [`Client::submit`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The transaction's id.
    pub id: TransactionId,
    /// Whether the node had this very transaction already.
    pub duplicate: bool,
    /// The CPU time billed, in microseconds; the block's producer may bill another one.
    pub cpu_usage_us: Option<u32>,
}

#[derive(Serialize)]
struct Request<'a> {
    return_failure_trace: bool,
    retry_trx: bool,
    transaction: &'a PackedTransaction,
}

#[derive(Deserialize)]
struct Answer {
    processed: Processed,
}

#[derive(Deserialize)]
struct Processed {
    #[serde(default)]
    receipt: Option<ProcessedReceipt>,
    #[serde(default)]
    except: Option<TraceException>,
}

#[derive(Deserialize)]
struct ProcessedReceipt {
    cpu_usage_us: u32,
}

impl Client {
    /// Sends a transaction, the same bytes again where a failure may pass by itself: as the client's
    /// [`RetryPolicy`](crate::RetryPolicy) says, and for the transaction's whole lifetime when the node is too busy.
    ///
    /// # Errors
    ///
    /// When the node refuses it (also when it answers 202 and reports a failed execution), or does not answer;
    /// [`Error::Uncertain`] when an answer was lost on the way, so that the node may have it all the same.
    pub async fn send(&self, submission: &Submission) -> Result<Receipt, Error> {
        let start = Instant::now();
        let mut is_uncertain = false;
        let mut attempt = 0;
        loop {
            let error = match self.send_once(submission).await {
                Ok(receipt) => return Ok(receipt),
                Err(error) => error,
            };
            is_uncertain |= may_have_been_taken(&error);
            let is_busy = error.node().is_some_and(crate::NodeError::is_retryable);
            let wait = match self.retry().wait_after(attempt) {
                Some(wait) if error.is_retryable() => wait,
                None if is_busy && start.elapsed() < submission.lifetime => BUSY_WAIT,
                _ if is_uncertain => {
                    return Err(Error::Uncertain {
                        id: submission.id,
                        source: Box::new(error),
                    });
                }
                _ => return Err(error),
            };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Makes one attempt.
    pub(super) async fn send_once(&self, submission: &Submission) -> Result<Receipt, Error> {
        // The failure trace is not asked for: without it a refusal is an error answer and costs the node less.
        let request = Request {
            return_failure_trace: false,
            retry_trx: false,
            transaction: &submission.packed,
        };
        let body =
            serde_json::to_vec(&request).map_err(|source| Error::Request { path: PATH, source })?;
        let id = submission.id;
        match self.attempt::<Answer>(PATH, body).await {
            Ok(Answer {
                processed:
                    Processed {
                        except: Some(except),
                        ..
                    },
            }) => Err(Error::Node {
                path: PATH,
                source: Box::new(except.into_node_error(202)),
            }),
            Ok(Answer { processed }) => Ok(Receipt {
                id,
                duplicate: false,
                cpu_usage_us: processed.receipt.map(|receipt| receipt.cpu_usage_us),
            }),
            // These very bytes came through before, perhaps in an attempt whose answer was lost.
            Err(Error::Node { source, .. }) if source.kind() == ErrorKind::Duplicate => {
                Ok(Receipt {
                    id,
                    duplicate: true,
                    cpu_usage_us: None,
                })
            }
            Err(error) => Err(error),
        }
    }
}

/// The wait between attempts at a node that is too busy, after those of the policy.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Whether the node may have the transaction although it did not say so.
fn may_have_been_taken(error: &Error) -> bool {
    match error {
        Error::Transport { source, .. } => !matches!(source, TransportError::Connect { .. }),
        // Something in front of the node answered, or its answer was garbled.
        Error::Answer { .. } => true,
        _ => false,
    }
}
