use std::time::{Duration, Instant};

use eos_abi::{BlockId, TimePoint, TransactionId};

use super::Submission;
use crate::api::{Block, Info};
use crate::{Client, Error};

/// Half a block's time: a block is noticed soon, and the node is not kept busy with questions.
const POLL: Duration = Duration::from_millis(250);

/// How many blocks may pass without the transaction before its bytes are sent again.
const BLOCKS_BEFORE_RESEND: u32 = 6;

/// Where on the chain a transaction is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inclusion {
    /// The transaction's id.
    pub id: TransactionId,
    /// The number of the block it is in.
    pub block_num: u32,
    /// The id of that block.
    pub block_id: BlockId,
}

impl Client {
    /// Waits until a sent transaction is in a block; its bytes are sent again when blocks pass without it.
    ///
    /// # Errors
    /// [`Error::Expired`] when it can never enter a block any more, [`Error::NotSeen`] when `within` has passed, the
    /// node's error when the transaction is refused on sending it again.
    pub async fn await_inclusion(
        &self,
        submission: &Submission,
        within: Duration,
    ) -> Result<Inclusion, Error> {
        self.track(submission, within, false).await
    }

    /// Waits until a sent transaction is in a block that can no longer be replaced.
    ///
    /// # Errors
    /// As [`Client::await_inclusion`].
    pub async fn await_irreversible(
        &self,
        submission: &Submission,
        within: Duration,
    ) -> Result<Inclusion, Error> {
        self.track(submission, within, true).await
    }

    async fn track(
        &self,
        submission: &Submission,
        within: Duration,
        irreversible: bool,
    ) -> Result<Inclusion, Error> {
        let start = Instant::now();
        let mut scan = Scan {
            id: submission.id,
            base: submission.signed_after,
            blocks: Vec::new(),
            found: None,
        };
        let mut sent_at = None;
        loop {
            match self.advance(&mut scan).await {
                Ok(info) => {
                    if let Some(inclusion) = &scan.found {
                        if !irreversible || inclusion.block_num <= info.last_irreversible_block_num
                        {
                            return Ok(inclusion.clone());
                        }
                    } else if self.is_past(submission, &info).await? {
                        // Everything up to a block after its expiration is final, and it is not in there.
                        let expiration = submission.expiration.to_string();
                        return Err(Error::Expired {
                            id: submission.id,
                            expiration,
                        });
                    } else if info.head_block_num
                        >= *sent_at.get_or_insert(info.head_block_num) + BLOCKS_BEFORE_RESEND
                        && seconds(info.head_block_time)
                            < i64::from(submission.expiration.to_seconds())
                    {
                        self.send(submission).await?;
                        sent_at = Some(info.head_block_num);
                    }
                }
                Err(error) if error.is_retryable() => {}
                Err(error) => return Err(error),
            }
            if start.elapsed() >= within {
                let awaited = if irreversible {
                    "in an irreversible block"
                } else {
                    "in a block"
                };
                return Err(Error::NotSeen {
                    id: submission.id,
                    awaited,
                    waited_ms: within.as_millis(),
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Whether every block that could take the transaction is final.
    async fn is_past(&self, submission: &Submission, info: &Info) -> Result<bool, Error> {
        let expiration = i64::from(submission.expiration.to_seconds());
        if seconds(info.head_block_time) <= expiration {
            return Ok(false);
        }
        let irreversible = match info.last_irreversible_block_time {
            Some(time) => time,
            None => self
                .get_block_info(info.last_irreversible_block_num)
                .await?
                .timestamp
                .to_time_point(),
        };
        Ok(seconds(irreversible) > expiration)
    }

    /// Looks through the blocks that came since the last look, and again through those that a fork replaced.
    async fn advance(&self, scan: &mut Scan) -> Result<Info, Error> {
        let info = self.get_info().await?;
        let head = info.head_block_num;
        while scan.next() > head.saturating_add(1) {
            scan.pop();
        }
        if scan.next() > head && scan.last().is_some_and(|id| id != info.head_block_id) {
            scan.pop();
        }
        // A block that does not follow the last one takes a step back; the chain is finite, and so are the steps,
        // but a fork may come in between: the next look goes on where this one ends.
        let mut looks = head.saturating_sub(scan.base).saturating_mul(2);
        while scan.next() <= head && looks > 0 {
            let block = self.get_block(scan.next()).await?;
            scan.push(&block);
            looks -= 1;
        }
        Ok(info)
    }
}

/// Whole seconds, as expirations have them.
fn seconds(time: TimePoint) -> i64 {
    time.to_microseconds().div_euclid(1_000_000)
}

/// The blocks after `base` that have been looked through, linked to one another.
struct Scan {
    id: TransactionId,
    base: u32,
    blocks: Vec<BlockId>,
    found: Option<Inclusion>,
}

impl Scan {
    fn next(&self) -> u32 {
        let looked_through = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX);
        self.base.saturating_add(looked_through).saturating_add(1)
    }

    fn last(&self) -> Option<BlockId> {
        self.blocks.last().copied()
    }

    /// Takes the next block, or, when it does not follow the last one, forgets the last one.
    fn push(&mut self, block: &Block) {
        if self.last().is_some_and(|last| last != block.previous) {
            self.pop();
            return;
        }
        self.blocks.push(block.id);
        if block
            .transactions
            .iter()
            .any(|transaction| transaction.id == self.id)
        {
            self.found = Some(Inclusion {
                id: self.id,
                block_num: block.block_num,
                block_id: block.id,
            });
        }
    }

    fn pop(&mut self) {
        self.blocks.pop();
        let next = self.next();
        if self
            .found
            .as_ref()
            .is_some_and(|found| found.block_num >= next)
        {
            self.found = None;
        }
    }
}
