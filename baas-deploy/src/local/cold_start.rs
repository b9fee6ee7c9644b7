//! A chain whose nodes have all been stopped stands still when they run again: each waits for a
//! fresh block of another. Starting it is a decision, and is made here, once, for one node.

use std::time::{Duration, Instant};

use eos_client::api::Info;

use super::launch::{Start, probe};
use super::network::LocalNetwork;
use crate::error::Error;
use crate::progress::{Event, OnEvent};

/// How long the head of a chain may stand still although one produces: half a second is usual.
const QUIET: Duration = Duration::from_millis(1500);
/// How long it may do so while producers are away: each has twelve half seconds in turn.
const QUIET_A_PRODUCER: Duration = Duration::from_secs(6);

impl LocalNetwork {
    /// Sees to it that the head of a chain that was there before moves, and returns when it does.
    ///
    /// When it stands still, exactly one producer of the schedule in force, with the best head of all, is started again
    /// with leave to produce on a stale chain. One that lacks blocks gets them from its peers first: a
    /// node that began anew, on an empty disk, cannot put its own beginning in the place of the chain.
    pub(super) async fn keep_going(
        &mut self,
        some_ran_before: bool,
        on_event: &OnEvent<'_>,
    ) -> Result<(), Error> {
        let begin = Instant::now();
        let deadline = begin + self.ready_within;
        let quiet = if some_ran_before {
            let producers = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX).min(5);
            QUIET + QUIET_A_PRODUCER * producers
        } else {
            QUIET
        };
        let first = self.best_head(deadline).await?;
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
        let index = self.scheduled(&candidates).await?.ok_or(Error::Frozen {
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

    /// Returns the first of these nodes that produces for an account of the schedule in force.
    async fn scheduled(&self, candidates: &[usize]) -> Result<Option<usize>, Error> {
        let Some(first) = candidates.first() else {
            return Ok(None);
        };
        let node = &self.nodes[*first];
        let call = |source| Error::Client {
            url: node.url(),
            source: Box::new(source),
        };
        let client = probe(node.http_address().port()).map_err(call)?;
        let schedule = client.get_producer_schedule().await.map_err(call)?.active;
        let is_scheduled = |index: &usize| {
            let account = self.nodes[*index].account();
            schedule
                .producers
                .iter()
                .any(|producer| producer.producer_name == account)
        };
        Ok(candidates.iter().copied().find(is_scheduled))
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
