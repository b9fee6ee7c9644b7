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

/// Every elected producer signed a block within one full round, and the last irreversible block has passed one of each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The first block of each producer in that round, in the order in which they signed.
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
///
/// [`Error::NotProven`] with what is missing when `within` has passed.
pub async fn prove(
    client: &Client,
    elected: &BTreeSet<Name>,
    within: Duration,
    observer: &Observer<'_>,
) -> Result<Proof, Error> {
    let start = Instant::now();
    let mut blocks = Blocks::default();
    let mut signers: Vec<Name> = Vec::new();
    let mut signed_after = None;
    let mut reported = None;
    loop {
        // A node that is briefly too busy to answer, or whose blocks are being replaced, does not end the proof; the
        // deadline does.
        let failure = match observe(client, &mut blocks).await {
            Ok(last_irreversible) => {
                let round = blocks.round(elected);
                for block in &round.first_blocks {
                    if !signers.contains(&block.producer) {
                        signers.push(block.producer);
                        observer(Event::ProducerSigned {
                            producer: block.producer,
                            block_num: block.block_num,
                            signed: signers.len(),
                            elected: elected.len(),
                        });
                    }
                }
                if round.has_all {
                    let signed_after = *signed_after.get_or_insert_with(|| start.elapsed());
                    let target = round.target();
                    if last_irreversible >= target && round.is_over {
                        return Ok(Proof {
                            blocks_signed: blocks.signed_by(elected),
                            observed: blocks.range(),
                            first_blocks: round.first_blocks,
                            last_irreversible_block_num: last_irreversible,
                            signed_after,
                            irreversible_after: start.elapsed(),
                        });
                    }
                    if reported != Some((last_irreversible, target)) {
                        reported = Some((last_irreversible, target));
                        observer(Event::Irreversible {
                            last_irreversible_block_num: last_irreversible,
                            target,
                        });
                    }
                } else {
                    // A fork may have taken back what completed a round.
                    signed_after = None;
                }
                None
            }
            Err(error) if error.is_retryable() || error.node().is_some() => Some(error),
            Err(source) => return Err(Error::Observe { source }),
        };
        if start.elapsed() >= within {
            return match failure {
                Some(source) => Err(Error::Observe { source }),
                None => Err(Error::NotProven {
                    missing: blocks.missing(elected),
                    waited_s: start.elapsed().as_secs(),
                }),
            };
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Looks at the blocks that came since the last look, and at those that replaced others; returns the last irreversible
/// block.
async fn observe(client: &Client, blocks: &mut Blocks) -> Result<u32, eos_client::Error> {
    let info = client.get_info().await?;
    blocks.forget_from(info.head_block_num.saturating_add(1));
    if blocks.next() == Some(info.head_block_num.saturating_add(1))
        && blocks
            .last()
            .is_some_and(|last| last.block_id != info.head_block_id)
    {
        blocks.forget_from(info.head_block_num);
    }
    while blocks.next().unwrap_or(info.head_block_num) <= info.head_block_num {
        let block = client
            .get_block_info(blocks.next().unwrap_or(info.head_block_num))
            .await?;
        let follows = blocks
            .last()
            .is_none_or(|last| last.block_id == block.previous);
        if !follows {
            blocks.forget_from(block.block_num.saturating_sub(1));
            continue;
        }
        blocks.0.push(SignedBlock {
            producer: block.producer,
            block_num: block.block_num,
            block_id: block.id,
            timestamp: block.timestamp,
        });
    }
    Ok(info.last_irreversible_block_num)
}

/// Blocks that follow one another, from the first observed one on.
#[derive(Debug, Default)]
struct Blocks(Vec<SignedBlock>);

/// The first stretch of as many slots as a round has in which every elected producer signed; or, when there is none
/// yet, the stretch that may become one.
#[derive(Debug, PartialEq, Eq)]
struct Round {
    first_blocks: Vec<SignedBlock>,
    has_all: bool,
    /// Whether all of its slots have passed.
    is_over: bool,
}

impl Round {
    /// The block that must become irreversible: the latest of the producers' first ones.
    fn target(&self) -> u32 {
        self.first_blocks
            .iter()
            .map(|block| block.block_num)
            .max()
            .unwrap_or(0)
    }
}

impl Blocks {
    fn last(&self) -> Option<&SignedBlock> {
        self.0.last()
    }

    fn next(&self) -> Option<u32> {
        self.last().map(|last| last.block_num.saturating_add(1))
    }

    fn forget_from(&mut self, block_num: u32) {
        self.0.retain(|block| block.block_num < block_num);
    }

    fn range(&self) -> (u32, u32) {
        let number = |block: Option<&SignedBlock>| block.map_or(0, |block| block.block_num);
        (number(self.0.first()), number(self.last()))
    }

    fn signed_by(&self, elected: &BTreeSet<Name>) -> BTreeMap<Name, u32> {
        let mut signed = BTreeMap::new();
        for block in self
            .0
            .iter()
            .filter(|block| elected.contains(&block.producer))
        {
            *signed.entry(block.producer).or_default() += 1;
        }
        signed
    }

    fn round(&self, elected: &BTreeSet<Name>) -> Round {
        let slots = u32::try_from(elected.len())
            .unwrap_or(u32::MAX)
            .saturating_mul(BLOCKS_PER_TURN);
        let now = self.last().map_or(0, |last| last.timestamp.to_slot());
        let mut round = Round {
            first_blocks: Vec::new(),
            has_all: false,
            is_over: false,
        };
        for (start, first) in self.0.iter().enumerate() {
            if !elected.contains(&first.producer) {
                continue;
            }
            let end = first.timestamp.to_slot().saturating_add(slots);
            let stretch = self.0.iter().skip(start);
            let mut seen = BTreeMap::new();
            for block in stretch.take_while(|block| block.timestamp.to_slot() < end) {
                if elected.contains(&block.producer) {
                    seen.entry(block.producer).or_insert(block);
                }
            }
            let has_all = seen.len() == elected.len();
            let is_over = now.saturating_add(1) >= end;
            let mut first_blocks: Vec<SignedBlock> = seen.into_values().cloned().collect();
            first_blocks.sort_by_key(|block| block.block_num);
            round = Round {
                first_blocks,
                has_all,
                is_over,
            };
            // A stretch that is still open may become the one.
            if has_all || !is_over {
                break;
            }
        }
        round
    }

    fn missing(&self, elected: &BTreeSet<Name>) -> String {
        let round = self.round(elected);
        if round.has_all {
            return format!("block {} has not become irreversible", round.target());
        }
        let has_signed = |name: &Name| {
            round
                .first_blocks
                .iter()
                .any(|block| block.producer == *name)
        };
        let silent: Vec<String> = elected
            .iter()
            .filter(|name| !has_signed(name))
            .map(ToString::to_string)
            .collect();
        let (first, last) = self.range();
        format!(
            "no block signed by {} in a round of blocks {first} to {last}",
            silent.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn elected() -> BTreeSet<Name> {
        ["bp1", "bp2"].map(name).into()
    }

    /// Blocks in consecutive slots but for those named `-`, which were missed.
    fn blocks(producers: &[&str]) -> Blocks {
        let mut blocks = Blocks::default();
        let mut block_num = 100;
        for (slot, producer) in (5000..).zip(producers) {
            if *producer == "-" {
                continue;
            }
            block_num += 1;
            blocks.0.push(SignedBlock {
                producer: name(producer),
                block_num,
                block_id: format!("{block_num:08x}{:056x}", 0).parse().unwrap(),
                timestamp: BlockTimestamp::from_slot(slot),
            });
        }
        blocks
    }

    fn turns(turns: &[&'static str]) -> Vec<&'static str> {
        turns.iter().flat_map(|producer| [*producer; 12]).collect()
    }

    #[test]
    fn a_round_needs_everyone_and_all_of_its_slots() {
        let mut producers = turns(&["bp1"]);
        let round = blocks(&producers).round(&elected());
        assert!(!round.has_all && !round.is_over);
        producers.push("bp2");
        let round = blocks(&producers).round(&elected());
        assert!(round.has_all && !round.is_over);
        assert_eq!(round.target(), 113);
        producers.extend(["bp2"; 11]);
        assert!(blocks(&producers).round(&elected()).is_over);
    }

    #[test]
    fn blocks_before_the_elected_do_not_count() {
        let mut producers = turns(&["eosio"]);
        producers.extend(turns(&["bp1", "bp2"]));
        let round = blocks(&producers).round(&elected());
        assert!(round.has_all && round.is_over);
        assert_eq!(round.first_blocks[0].block_num, 113);
    }

    #[test]
    fn a_producer_that_comes_rounds_later_is_not_of_the_same_round() {
        let mut producers = turns(&["bp1", "-", "bp1", "-", "bp1"]);
        let round = blocks(&producers).round(&elected());
        assert!(!round.has_all);
        assert!(
            blocks(&producers)
                .missing(&elected())
                .contains("signed by bp2")
        );
        producers.extend(turns(&["bp2"]));
        let round = blocks(&producers).round(&elected());
        assert!(round.has_all);
        // Of the round in which bp2 came: the last turn of bp1, not its first one.
        assert!(round.first_blocks[0].block_num > 124, "{round:?}");
    }

    #[test]
    fn missed_slots_count_as_time() {
        let mut producers = vec!["bp1"];
        producers.extend(["-"; 22]);
        producers.push("bp2");
        let round = blocks(&producers).round(&elected());
        assert!(round.has_all && round.is_over);
        producers.insert(1, "-");
        assert!(!blocks(&producers).round(&elected()).has_all);
    }

    #[test]
    fn replaced_blocks_are_forgotten() {
        let mut blocks = blocks(&turns(&["bp1", "bp2"]));
        blocks.forget_from(110);
        assert_eq!(blocks.range(), (101, 109));
        assert_eq!(
            blocks.signed_by(&elected()),
            BTreeMap::from([(name("bp1"), 9)])
        );
        assert!(!blocks.round(&elected()).has_all);
    }
}
