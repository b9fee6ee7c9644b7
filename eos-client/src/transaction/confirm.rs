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

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    Block,
    IrreversibleBlock,
}

impl Client {
    /// Sends a transaction and waits until it is in a block. Whether it went through is known afterwards, whatever
    /// became of single answers on the way.
    ///
    /// # Errors
    ///
    /// The node's refusal, when the very first answer is one: then nobody has the transaction. Else as
    /// [`Client::await_inclusion`].
    pub async fn submit(
        &self,
        submission: &Submission,
        within: Duration,
    ) -> Result<Inclusion, Error> {
        match self.send(submission).await {
            Ok(_) | Err(Error::Uncertain { .. }) => self.await_inclusion(submission, within).await,
            Err(error) => Err(error),
        }
    }

    /// Waits until a sent transaction is in a block; its bytes are sent again when blocks pass without it.
    ///
    /// # Errors
    ///
    /// [`Error::Expired`] when it can never enter a block any more, [`Error::NotSeen`] when `within` has passed.
    /// Refusals on the way are no failure: a node that refuses now may follow one that has taken it.
    pub async fn await_inclusion(
        &self,
        submission: &Submission,
        within: Duration,
    ) -> Result<Inclusion, Error> {
        self.track(submission, within, Goal::Block).await
    }

    /// Waits until a sent transaction is in a block that can no longer be replaced.
    ///
    /// # Errors
    ///
    /// As [`Client::await_inclusion`].
    pub async fn await_irreversible(
        &self,
        submission: &Submission,
        within: Duration,
    ) -> Result<Inclusion, Error> {
        self.track(submission, within, Goal::IrreversibleBlock)
            .await
    }

    async fn track(
        &self,
        submission: &Submission,
        within: Duration,
        goal: Goal,
    ) -> Result<Inclusion, Error> {
        let deadline = Instant::now() + within;
        let mut scan = Scan::new(submission.id, submission.signed_after);
        let mut sent_at = None;
        let mut last_error = None;
        loop {
            match self.look(&mut scan, submission, goal, deadline).await {
                Ok(Look::Found(inclusion)) => return Ok(inclusion),
                Ok(Look::Expired) => {
                    return Err(Error::Expired {
                        id: submission.id,
                        expiration: submission.expiration,
                    });
                }
                Ok(Look::NotYet(info)) => {
                    let head = info.head_block_num;
                    let is_due = head
                        >= sent_at
                            .get_or_insert(head)
                            .saturating_add(BLOCKS_BEFORE_RESEND);
                    if scan.found.is_none() && is_due && !has_expired(submission, &info) {
                        sent_at = Some(head);
                        last_error = self.send_once(submission).await.err();
                    }
                }
                Err(error) if error.is_retryable() || is_unknown_block(&error) => {
                    last_error = Some(error);
                }
                Err(error) => return Err(error),
            }
            if Instant::now() >= deadline {
                return Err(Error::NotSeen {
                    id: submission.id,
                    awaited: match goal {
                        Goal::Block => "in a block",
                        Goal::IrreversibleBlock => "in an irreversible block",
                    },
                    waited_ms: within.as_millis(),
                    source: last_error.map(Box::new),
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Looks through the blocks that came since the last look, and again through those that a fork replaced.
    async fn look(
        &self,
        scan: &mut Scan,
        submission: &Submission,
        goal: Goal,
        deadline: Instant,
    ) -> Result<Look, Error> {
        let info = self.get_info().await?;
        scan.follow(info.head_block_num, info.head_block_id);
        // A block that does not follow the last one takes a step back; a chain that keeps changing meanwhile must
        // not be followed without end.
        let mut looks = info
            .head_block_num
            .saturating_sub(scan.base)
            .saturating_mul(2);
        while scan.next() <= info.head_block_num && looks > 0 && Instant::now() < deadline {
            let block = self.get_block(scan.next()).await?;
            scan.push(&Link::of(&block, submission.id));
            looks -= 1;
            if goal == Goal::Block && scan.found.is_some() {
                break;
            }
        }
        let last_irreversible = info.last_irreversible_block_num;
        if let Some(inclusion) = &scan.found {
            if goal == Goal::Block || inclusion.block_num <= last_irreversible {
                return Ok(Look::Found(inclusion.clone()));
            }
        } else if scan.next() > last_irreversible && self.is_past(submission, &info).await? {
            return Ok(Look::Expired);
        }
        Ok(Look::NotYet(info))
    }

    /// Whether every block that could take the transaction is final.
    async fn is_past(&self, submission: &Submission, info: &Info) -> Result<bool, Error> {
        if !has_expired(submission, info) {
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
        Ok(seconds(irreversible) > i64::from(submission.expiration.to_seconds()))
    }
}

/// What a look at the chain came to.
enum Look {
    Found(Inclusion),
    Expired,
    NotYet(Info),
}

/// Whether the blocks that follow the head are too late for the transaction.
fn has_expired(submission: &Submission, info: &Info) -> bool {
    seconds(info.head_block_time) > i64::from(submission.expiration.to_seconds())
}

/// A block that was there a moment ago: a fork took it back, and the next look finds what came instead.
fn is_unknown_block(error: &Error) -> bool {
    const UNKNOWN_BLOCK_EXCEPTION: i64 = 3_100_002;
    error
        .node()
        .is_some_and(|node| node.code == UNKNOWN_BLOCK_EXCEPTION)
}

/// Whole seconds, as expirations have them.
fn seconds(time: TimePoint) -> i64 {
    time.to_microseconds().div_euclid(1_000_000)
}

/// What matters of a block: where it stands, and whether it holds the transaction.
struct Link {
    block_num: u32,
    id: BlockId,
    previous: BlockId,
    holds: bool,
}

impl Link {
    fn of(block: &Block, id: TransactionId) -> Self {
        Self {
            block_num: block.block_num,
            id: block.id,
            previous: block.previous,
            holds: block
                .transactions
                .iter()
                .any(|transaction| transaction.id == id),
        }
    }
}

/// The blocks after `base` that have been looked through, linked to one another.
struct Scan {
    id: TransactionId,
    base: u32,
    blocks: Vec<BlockId>,
    found: Option<Inclusion>,
}

impl Scan {
    fn new(id: TransactionId, base: u32) -> Self {
        Self {
            id,
            base,
            blocks: Vec::new(),
            found: None,
        }
    }

    /// The number of the block to be looked at next.
    fn next(&self) -> u32 {
        let looked_through = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX);
        self.base.saturating_add(looked_through).saturating_add(1)
    }

    /// Forgets the blocks above the head, and the one of the head's height when it is another.
    fn follow(&mut self, head: u32, head_id: BlockId) {
        while self.next() > head.saturating_add(1) && !self.blocks.is_empty() {
            self.pop();
        }
        if self.next() > head && self.blocks.last().is_some_and(|last| *last != head_id) {
            self.pop();
        }
    }

    /// Takes the next block, or, when it does not follow the last one, forgets the last one.
    fn push(&mut self, block: &Link) {
        if self
            .blocks
            .last()
            .is_some_and(|last| *last != block.previous)
        {
            self.pop();
            return;
        }
        self.blocks.push(block.id);
        if block.holds {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A block's id: its number, and on which branch it stands.
    fn id(block_num: u32, branch: u8) -> BlockId {
        format!("{block_num:08x}{branch:02x}{:054x}", 0)
            .parse()
            .unwrap()
    }

    fn link(block_num: u32, branch: u8, previous_branch: u8, holds: bool) -> Link {
        Link {
            block_num,
            id: id(block_num, branch),
            previous: id(block_num - 1, previous_branch),
            holds,
        }
    }

    fn scan_of(branches: &[(u8, bool)]) -> Scan {
        let transaction = format!("{:064x}", 7).parse().unwrap();
        let mut scan = Scan::new(transaction, 100);
        let mut previous = 0;
        for (offset, &(branch, holds)) in (101..).zip(branches) {
            scan.push(&link(offset, branch, previous, holds));
            previous = branch;
        }
        scan
    }

    #[test]
    fn blocks_that_follow_one_another_are_looked_at_once() {
        let scan = scan_of(&[(0, false), (0, true), (0, false)]);
        assert_eq!(scan.next(), 104);
        assert_eq!(scan.found.unwrap().block_num, 102);
    }

    #[test]
    fn a_fork_takes_back_what_was_found_in_it() {
        let mut scan = scan_of(&[(0, false), (0, true), (0, false)]);
        // Block 104 of branch 1 stands on a block 103 of branch 1, and that on 102 of branch 1.
        scan.push(&link(104, 1, 1, false));
        assert_eq!((scan.next(), scan.found.is_some()), (103, true));
        scan.push(&link(103, 1, 1, false));
        assert_eq!((scan.next(), scan.found.is_some()), (102, false));
        scan.push(&link(102, 1, 0, false));
        scan.push(&link(103, 1, 1, true));
        assert_eq!(scan.next(), 104);
        assert_eq!(scan.found.unwrap().block_id, id(103, 1));
    }

    #[test]
    fn a_head_that_went_back_is_followed() {
        let mut scan = scan_of(&[(0, false), (0, false), (0, true)]);
        scan.follow(102, id(102, 0));
        assert_eq!((scan.next(), scan.found.is_some()), (103, false));
        // Of the same height, but another block.
        scan.follow(102, id(102, 9));
        assert_eq!(scan.next(), 102);
    }

    #[test]
    fn a_head_below_the_base_leaves_nothing_to_forget() {
        let mut scan = scan_of(&[(0, false)]);
        scan.follow(50, id(50, 0));
        assert_eq!(scan.next(), 101);
    }
}
