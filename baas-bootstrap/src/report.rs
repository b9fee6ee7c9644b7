//! The proof that a chain is what it should be: its elected producers sign, and what they sign becomes final.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use eos_abi::{BlockId, BlockTimestamp, Name};
use eos_client::Client;

use crate::Error;
use crate::progress::{Event, Observer};

/// A producer signs this many blocks in a row.
const BLOCKS_PER_TURN: u32 = 12;

const POLL: Duration = Duration::from_millis(250);

/// A block, and who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedBlock {
    /// Who signed it.
    pub producer: Name,
    /// The block's number.
    pub block_num: u32,
    /// The block's id.
    pub block_id: BlockId,
    /// The slot it was made for.
    pub timestamp: BlockTimestamp,
}

/// Every elected producer signed a block within a full round that was observed from its beginning, and the last
/// irreversible block has passed one of each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The first observed block of each producer, in the order in which they signed.
    pub first_blocks: Vec<SignedBlock>,
    /// How many blocks of the observed ones each producer signed.
    pub blocks_signed: BTreeMap<Name, u32>,
    /// The first and the last block observed.
    pub observed: (u32, u32),
    /// The last irreversible block at the end.
    pub last_irreversible_block_num: u32,
    /// How long it took until the last of them had signed.
    pub signed_after: Duration,
    /// How long it took until the last irreversible block had passed one block of each.
    pub irreversible_after: Duration,
}

/// Observes the chain from its head on until every elected producer has signed and that is final.
///
/// # Errors
/// [`Error::NotProven`] with what is missing when `within` has passed.
pub async fn prove(
    client: &Client,
    elected: &BTreeSet<Name>,
    within: Duration,
    observer: &Observer<'_>,
) -> Result<Proof, Error> {
    let start = Instant::now();
    let mut round = Round {
        elected,
        first: None,
        last: None,
        next: None,
        seen: BTreeMap::new(),
        signed: BTreeMap::new(),
    };
    let mut signed_after = None;
    let mut reported = 0;
    loop {
        // A node that is briefly too busy to answer does not end the proof; the deadline does.
        let failure = match round.observe(client, observer).await {
            Ok(last_irreversible) => {
                if round.has_all() {
                    let signed_after = *signed_after.get_or_insert_with(|| start.elapsed());
                    let target = round.target();
                    if last_irreversible >= target
                        && round.is_full()
                        && round.is_still_there(client).await?
                    {
                        return Ok(round.into_proof(
                            last_irreversible,
                            signed_after,
                            start.elapsed(),
                        ));
                    }
                    if reported != last_irreversible {
                        reported = last_irreversible;
                        observer(Event::Irreversible {
                            last_irreversible_block_num: last_irreversible,
                            target,
                        });
                    }
                }
                None
            }
            Err(error) if error.is_retryable() => Some(error),
            Err(source) => return Err(Error::Observe { source }),
        };
        if start.elapsed() >= within {
            return match failure {
                Some(source) => Err(Error::Observe { source }),
                None => Err(Error::NotProven {
                    missing: round.missing(),
                    waited_s: start.elapsed().as_secs(),
                }),
            };
        }
        tokio::time::sleep(POLL).await;
    }
}

struct Round<'a> {
    elected: &'a BTreeSet<Name>,
    first: Option<SignedBlock>,
    last: Option<BlockTimestamp>,
    next: Option<u32>,
    /// The first block of each elected producer.
    seen: BTreeMap<Name, SignedBlock>,
    signed: BTreeMap<Name, u32>,
}

impl Round<'_> {
    /// Looks at the blocks that came since the last look; returns the last irreversible block.
    async fn observe(
        &mut self,
        client: &Client,
        observer: &Observer<'_>,
    ) -> Result<u32, eos_client::Error> {
        let info = client.get_info().await?;
        let mut next = *self.next.get_or_insert(info.head_block_num);
        while next <= info.head_block_num {
            let block = client.get_block_info(next).await?;
            let signed = SignedBlock {
                producer: block.producer,
                block_num: block.block_num,
                block_id: block.id,
                timestamp: block.timestamp,
            };
            self.take(signed, observer);
            next += 1;
            self.next = Some(next);
        }
        Ok(info.last_irreversible_block_num)
    }

    fn take(&mut self, block: SignedBlock, observer: &Observer<'_>) {
        if !self.elected.contains(&block.producer) {
            return;
        }
        self.last = Some(block.timestamp);
        *self.signed.entry(block.producer).or_default() += 1;
        self.first.get_or_insert_with(|| block.clone());
        if !self.seen.contains_key(&block.producer) {
            let (producer, block_num) = (block.producer, block.block_num);
            self.seen.insert(producer, block);
            let (signed, elected) = (self.seen.len(), self.elected.len());
            observer(Event::ProducerSigned {
                producer,
                block_num,
                signed,
                elected,
            });
        }
    }

    fn has_all(&self) -> bool {
        self.seen.len() == self.elected.len()
    }

    /// Whether everyone's turn has come once, by the slots of the blocks observed.
    fn is_full(&self) -> bool {
        let (Some(first), Some(last)) = (&self.first, self.last) else {
            return false;
        };
        let producers = u32::try_from(self.elected.len()).unwrap_or(u32::MAX);
        let slots = last
            .to_slot()
            .saturating_sub(first.timestamp.to_slot())
            .saturating_add(1);
        slots >= producers.saturating_mul(BLOCKS_PER_TURN)
    }

    /// The block that must become irreversible: the latest of the producers' first ones.
    fn target(&self) -> u32 {
        self.seen
            .values()
            .map(|block| block.block_num)
            .max()
            .unwrap_or(0)
    }

    /// A fork may have replaced what was seen; then it is looked at again.
    async fn is_still_there(&mut self, client: &Client) -> Result<bool, Error> {
        let mut replaced = Vec::new();
        for block in self.seen.values() {
            let live = client
                .get_block_info(block.block_num)
                .await
                .map_err(|source| Error::Observe { source })?;
            if live.id != block.block_id {
                replaced.push(block.producer);
            }
        }
        for producer in &replaced {
            self.seen.remove(producer);
        }
        Ok(replaced.is_empty())
    }

    fn missing(&self) -> String {
        let silent: Vec<String> = self
            .elected
            .iter()
            .filter(|name| !self.seen.contains_key(name))
            .map(ToString::to_string)
            .collect();
        if silent.is_empty() {
            return format!("block {} has not become irreversible", self.target());
        }
        format!(
            "no block signed by {} since block {}",
            silent.join(", "),
            self.next.unwrap_or(0)
        )
    }

    fn into_proof(
        self,
        last_irreversible: u32,
        signed_after: Duration,
        irreversible_after: Duration,
    ) -> Proof {
        let last = self.next.unwrap_or(1).saturating_sub(1);
        let first = self.first.as_ref().map_or(last, |block| block.block_num);
        let mut first_blocks: Vec<SignedBlock> = self.seen.into_values().collect();
        first_blocks.sort_by_key(|block| block.block_num);
        Proof {
            first_blocks,
            blocks_signed: self.signed,
            observed: (first, last),
            last_irreversible_block_num: last_irreversible,
            signed_after,
            irreversible_after,
        }
    }
}
