use eos_abi::{PackedTransaction, TransactionId};
use serde::{Deserialize, Serialize};

use super::Submission;
use crate::node_error::TraceException;
use crate::{Client, Error, ErrorKind};

const PATH: &str = "/v1/chain/send_transaction2";

/// What a node says when it has taken a transaction. Only a block makes it count, see [`Client::await_inclusion`].
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
    /// Sends a transaction, the same bytes again where a failure may pass by itself, until the node has it.
    ///
    /// # Errors
    /// When the node refuses it (also when it answers 202 and reports a failed execution), or does not answer.
    pub async fn send(&self, submission: &Submission) -> Result<Receipt, Error> {
        // The failure trace is not asked for: without it a refusal is an error answer and costs the node less.
        let request = Request {
            return_failure_trace: false,
            retry_trx: false,
            transaction: &submission.packed,
        };
        let id = submission.id;
        match self.call::<Answer>(PATH, &request).await {
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
