//! A chain whose nodes have all been stopped stands still when they run again: each waits for a
//! fresh block of another. Starting it is a decision, and is made here, once, for one node.

use std::time::{Duration, Instant};

use eos_abi::Name;
use eos_client::api::Info;

use super::launch::{Start, probe};
use super::network::LocalNetwork;
use crate::error::Error;
use crate::progress::{Event, OnEvent};

/// How long the head of a chain may stand still although one produces: half a second is usual.
const QUIET: Duration = Duration::from_millis(1500);
/// How long it may do so while producers are away: each has twelve half seconds in turn.
const QUIET_A_PRODUCER: Duration = Duration::from_secs(6);
/// How many producers there are at most, less one.
const MOST_PRODUCERS: u32 = 20;

impl LocalNetwork {
    /// Sees to it that the head of a chain that was there before moves, and returns when it does.
    ///
    /// When it stands still, exactly one producer of the schedule in force, with the best head of all, is started again
    /// with leave to produce on a stale chain. One that lacks blocks gets them from its peers first: a
    /// node that began anew, on an empty disk, cannot put its own beginning in the place of the chain.
    ///
    /// `ran_before`: the nodes that have run all the while, and so may produce.
    pub(super) async fn keep_going(
        &mut self,
        ran_before: &[usize],
        on_event: &OnEvent<'_>,
    ) -> Result<(), Error> {
        let begin = Instant::now();
        let deadline = begin + self.ready_within;
        let first = self.best_head(deadline).await?;
        let quiet = self.longest_pause(ran_before).await?;
        let (best, candidates) = loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let heads = self.heads(deadline).await?;
            let best = heads
                .iter()
                .map(|info| info.head_block_num)
                .max()
                .unwrap_or_default();
            if best > first {
                on_event(Event::HeadMoves {
                    head_block_num: best,
                });
                return Ok(());
            }
            let with_best = |info: &Info| info.head_block_num == best;
            let are_equal = heads.iter().all(with_best);
            if (are_equal && begin.elapsed() >= quiet) || Instant::now() >= deadline {
                let candidates: Vec<usize> = (0..heads.len())
                    .filter(|index| with_best(&heads[*index]))
                    .collect();
                break (best, candidates);
            }
        };
        let index = self
            .first_scheduled(&candidates)
            .await?
            .ok_or(Error::Frozen {
                head_block_num: best,
                reason: "no node that has it produces for an account of the schedule in force",
            })?;
        let node = self.nodes[index].name().clone();
        on_event(Event::ColdStart {
            node,
            head_block_num: best,
        });
        self.restart_at(index, &Start::Resume { on_stale: true }, on_event)
            .await?;
        loop {
            let head = self.best_head(deadline).await?;
            if head > best {
                on_event(Event::HeadMoves {
                    head_block_num: head,
                });
                return Ok(());
            }
            if Instant::now() >= deadline {
                let reason = "a producer was started on it, but makes no block";
                return Err(Error::Frozen {
                    head_block_num: best,
                    reason,
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Returns how long the head may stand still although somebody produces: as long as all other producers of the
    /// schedule are away in turn. None of ours that was only just started produces before it sees a fresh block.
    async fn longest_pause(&self, ran_before: &[usize]) -> Result<Duration, Error> {
        let Some(asked) = ran_before.first() else {
            return Ok(QUIET);
        };
        let scheduled = self.schedule(*asked).await?;
        let may_produce = |index: &usize| scheduled.contains(&self.nodes[*index].account());
        if !ran_before.iter().any(may_produce) {
            return Ok(QUIET);
        }
        let others = u32::try_from(scheduled.len() - 1).unwrap_or(u32::MAX);
        Ok(QUIET + QUIET_A_PRODUCER * others.min(MOST_PRODUCERS))
    }

    /// Returns the first of these nodes that produces for an account of the schedule in force.
    async fn first_scheduled(&self, candidates: &[usize]) -> Result<Option<usize>, Error> {
        let Some(asked) = candidates.first() else {
            return Ok(None);
        };
        let scheduled = self.schedule(*asked).await?;
        let is_scheduled = |index: &usize| scheduled.contains(&self.nodes[*index].account());
        Ok(candidates.iter().copied().find(is_scheduled))
    }

    /// Returns the accounts of the schedule in force, as a node knows it.
    async fn schedule(&self, asked: usize) -> Result<Vec<Name>, Error> {
        let node = &self.nodes[asked];
        let call = |source| Error::Client {
            url: node.url(),
            source: Box::new(source),
        };
        let client = probe(node.http_address().port()).map_err(call)?;
        let active = client.get_producer_schedule().await.map_err(call)?.active;
        Ok(active
            .producers
            .iter()
            .map(|producer| producer.producer_name)
            .collect())
    }

    async fn best_head(&self, deadline: Instant) -> Result<u32, Error> {
        let heads = self.heads(deadline).await?;
        Ok(heads
            .iter()
            .map(|info| info.head_block_num)
            .max()
            .unwrap_or_default())
    }

    /// Asks every node; one that is too busy to answer is asked again.
    async fn heads(&self, deadline: Instant) -> Result<Vec<Info>, Error> {
        let mut heads = Vec::new();
        for node in &self.nodes {
            let call = |source| Error::Client {
                url: node.url(),
                source: Box::new(source),
            };
            let client = probe(node.http_address().port()).map_err(call)?;
            loop {
                match client.get_info().await {
                    Ok(info) => break heads.push(info),
                    Err(error) if Instant::now() >= deadline => return Err(call(error)),
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        }
        Ok(heads)
    }
}
