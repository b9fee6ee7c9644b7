//! What to do with what lies on the disk: pure.

use std::path::Path;

use eos_abi::ChainId;

use super::block_log::{BlockLog, Blocks, Last};
use super::disk::{Disk, State};
use super::refusal::Refusal;

/// What whoever started the launcher allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(super) struct Allowed {
    /// The chain that the genesis makes, if there is one.
    pub(super) genesis: Option<ChainId>,
    pub(super) snapshot: bool,
    pub(super) resume_only: bool,
    pub(super) boot: bool,
    pub(super) cold_start: bool,
    /// The configuration says so.
    pub(super) keeps_no_blocks: bool,
}

/// What nodeos starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// An empty disk. `produce`: it makes the first blocks of the chain.
    Genesis { produce: bool },
    /// No state, and the one that a snapshot holds; it goes on with the blocks that are there.
    Snapshot,
    /// What is there. `produce`: although its head is old.
    Resume { produce: bool },
    /// Its blocks, from which it computes the state again.
    Replay { produce: bool },
    /// As much of its block log as is whole. nodeos removes its state itself, and keeps a copy of the damaged log.
    Salvage,
}

/// What is removed before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clear {
    Nothing,
    State,
    StateAndBlocks,
}

/// A decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) clear: Clear,
    pub(super) start: Start,
    /// Why, where it is not plain.
    pub(super) note: Option<&'static str>,
}

impl Start {
    /// Returns its name, for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Genesis { produce: true } => "new chain",
            Self::Genesis { produce: false } => "genesis",
            Self::Snapshot => "snapshot",
            Self::Resume { produce: true } => "resume, producing",
            Self::Resume { produce: false } => "resume",
            Self::Replay { .. } => "replay",
            Self::Salvage => "salvage",
        }
    }

    /// Says whether it is a repair, of which only so many are tried.
    pub(super) fn is_repair(self) -> bool {
        matches!(self, Self::Replay { .. } | Self::Salvage)
    }
}

impl Plan {
    /// Returns what nodeos is told: to read the blocks anew, and to keep what is whole of them.
    pub(super) fn salvage() -> Self {
        Self {
            clear: Clear::Nothing,
            start: Start::Salvage,
            note: Some(
                "the block log is damaged: what is whole of it is kept, the rest comes from the peers; it does not produce meanwhile",
            ),
        }
    }
}

/// Decides how nodeos starts.
pub(super) fn decide(disk: Disk, allowed: Allowed, data: &Path) -> Result<Plan, Refusal> {
    let dir = || data.to_owned();
    if let Blocks::Log(BlockLog {
        chain_id: Some(found),
        ..
    }) = disk.blocks
        && let Some(expected) = allowed.genesis
        && found != expected
    {
        return Err(Refusal::OtherChain {
            dir: dir(),
            found,
            expected,
        });
    }
    let is_beginning = matches!(disk.blocks, Blocks::Log(log) if log.is_beginning());
    let produce = allowed.cold_start || goes_on_as_boot_node(disk, allowed) == Some(Ok(()));
    let plan = |clear, start, note| Ok(Plan { clear, start, note });
    match (disk.state, disk.blocks) {
        (State::Absent, Blocks::None) => {
            if allowed.resume_only {
                return Err(Refusal::NothingToResume { dir: dir() });
            }
            match begin(allowed) {
                Some(start) => plan(Clear::Nothing, start, None),
                None => Err(Refusal::NothingToBeginWith { dir: dir() }),
            }
        }
        (State::Clean | State::Unknown, _) => plan(
            Clear::Nothing,
            Start::Resume { produce },
            allowed
                .snapshot
                .then_some("the snapshot is not used: there is a chain already"),
        ),
        (State::Dirty, Blocks::None) => match begin(allowed) {
            // A database of which no block was ever written: of a start that was killed on the way.
            Some(Start::Genesis { .. }) if allowed.keeps_no_blocks || allowed.resume_only => {
                Err(Refusal::NoBlocks { dir: dir() })
            }
            Some(start) => plan(Clear::StateAndBlocks, start, Some(HALF_BEGUN)),
            None => Err(Refusal::NoBlocks { dir: dir() }),
        },
        (
            State::Dirty | State::Absent,
            Blocks::Log(BlockLog {
                first_block_num, ..
            }),
        ) if first_block_num > 1 => {
            if allowed.snapshot {
                plan(
                    Clear::State,
                    Start::Snapshot,
                    Some(
                        "the database is dirty: it is computed again from the snapshot and the blocks after it",
                    ),
                )
            } else {
                Err(Refusal::NeedsSnapshot {
                    dir: dir(),
                    first_block_num,
                })
            }
        }
        (State::Dirty | State::Absent, Blocks::Log(_)) if is_beginning && !allowed.resume_only => {
            match begin(allowed) {
                Some(start) => plan(Clear::StateAndBlocks, start, Some(HALF_BEGUN)),
                None => plan(Clear::State, Start::Replay { produce }, Some(REPLAY)),
            }
        }
        (State::Dirty | State::Absent, _) => {
            plan(Clear::State, Start::Replay { produce }, Some(REPLAY))
        }
    }
}

/// Returns whether a boot node produces on what lies on its disk, or why not. Nothing for another node, and for a chain that begins.
///
/// It is the only producer until other ones take over, and who else should make the next block? Only what is irreversible counts. Its last
/// block before others take over is irreversible soon after: if it makes that one again, the others' blocks are more, and replace it.
fn goes_on_as_boot_node(disk: Disk, allowed: Allowed) -> Option<Result<(), &'static str>> {
    if !allowed.boot || disk.is_empty() {
        return None;
    }
    let last = match disk.blocks {
        _ if disk.has_salvaged => return Some(Err(SALVAGED)),
        Blocks::Log(log) if log.is_beginning() => return Some(Ok(())),
        Blocks::Log(log) => log.last,
        Blocks::None | Blocks::Unknown => Last::Unknown,
    };
    Some(match last.is_of_first_schedule() {
        Some(true) => Ok(()),
        Some(false) => Err(OTHERS_PRODUCE),
        None => Err(NOT_TOLD),
    })
}

/// Returns what a boot node does with what lies on its disk, for the log.
pub(super) fn boot_note(disk: Disk, allowed: Allowed) -> Option<&'static str> {
    match goes_on_as_boot_node(disk, allowed)? {
        Ok(()) => Some(GOES_ON),
        Err(_) if allowed.cold_start => None,
        Err(reason) => Some(reason),
    }
}

const GOES_ON: &str = "up to the last irreversible block eosio is the only producer: the boot node produces, however old that block is";
const OTHERS_PRODUCE: &str =
    "other producers have taken over: the boot node produces no more, and waits for their blocks";
const SALVAGED: &str = "a block log was salvaged here, and peers may have what was lost: the boot node does not produce. When it has what they \
     have, start it once with --cold-start, or remove the copy of the damaged log, DATA/blocks-TIME";
const NOT_TOLD: &str = "the block log does not tell whether eosio is still the only producer: the boot node produces only with --cold-start";

const HALF_BEGUN: &str =
    "an earlier start was killed before the chain had a second block: it begins anew";
const REPLAY: &str =
    "nodeos was killed, its database is dirty: it is computed again from the blocks";

/// Returns how a chain begins on this node.
fn begin(allowed: Allowed) -> Option<Start> {
    if allowed.snapshot {
        Some(Start::Snapshot)
    } else {
        allowed.genesis.map(|_| Start::Genesis {
            produce: allowed.boot,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> ChainId {
        ChainId::from([7; 32])
    }

    fn with_last(first_block_num: u32, last: Last) -> Blocks {
        Blocks::Log(BlockLog {
            first_block_num,
            last,
            chain_id: Some(ours()),
            is_pruned: false,
        })
    }

    /// Returns a log from this block on to block 20, or only the first one; `eosio` is the only producer.
    fn log(first_block_num: u32, only_first: bool) -> Blocks {
        let block_num = if only_first { first_block_num } else { 20 };
        let last = Last::Block {
            block_num,
            schedule_version: 0,
        };
        with_last(first_block_num, last)
    }

    fn disk(state: State, blocks: Blocks) -> Disk {
        Disk {
            state,
            blocks,
            has_salvaged: false,
        }
    }

    /// Returns what is decided, in words.
    fn decided(state: State, blocks: Blocks, allowed: Allowed) -> String {
        decided_on(disk(state, blocks), allowed)
    }

    fn decided_on(disk: Disk, allowed: Allowed) -> String {
        match decide(disk, allowed, Path::new("/data")) {
            Ok(Plan { clear, start, note }) => {
                let note = note.map_or("", |note| note.split([':', ' ']).next().unwrap());
                format!("{clear:?}, {}, {note}", start.name())
            }
            Err(refusal) => format!("{refusal:?}").split(' ').next().unwrap().to_owned(),
        }
    }

    fn allowed(words: &str) -> Allowed {
        let has = |word| words.split(' ').any(|found| found == word);
        Allowed {
            genesis: has("genesis").then(ours),
            snapshot: has("snapshot"),
            resume_only: has("resume-only"),
            boot: has("boot"),
            cold_start: has("cold-start"),
            keeps_no_blocks: has("keeps-no-blocks"),
        }
    }

    fn check(table: &[(State, Blocks, &str, &str)]) {
        for (state, blocks, words, what) in table {
            let found = decided(*state, *blocks, allowed(words));
            assert_eq!(found, *what, "{state:?} {blocks:?} {words}");
        }
    }

    #[test]
    fn a_chain_begins_on_an_empty_disk_as_far_as_that_is_allowed() {
        let (absent, none) = (State::Absent, Blocks::None);
        check(&[
            (absent, none, "genesis", "Nothing, genesis, "),
            (absent, none, "genesis boot", "Nothing, new chain, "),
            (absent, none, "genesis cold-start", "Nothing, genesis, "),
            (absent, none, "genesis snapshot", "Nothing, snapshot, "),
            (absent, none, "snapshot", "Nothing, snapshot, "),
            (absent, none, "genesis resume-only", "NothingToResume"),
            (absent, none, "snapshot resume-only", "NothingToResume"),
            (absent, none, "", "NothingToBeginWith"),
            (absent, none, "cold-start", "NothingToBeginWith"),
        ]);
    }

    #[test]
    fn a_chain_in_good_order_goes_on() {
        let (clean, begun, some, late) = (State::Clean, log(1, true), log(1, false), log(9, false));
        check(&[
            (clean, some, "genesis", "Nothing, resume, "),
            (clean, some, "genesis boot", "Nothing, resume, producing, "),
            (
                clean,
                some,
                "genesis cold-start",
                "Nothing, resume, producing, ",
            ),
            (clean, some, "genesis snapshot", "Nothing, resume, the"),
            (clean, some, "genesis resume-only", "Nothing, resume, "),
            (clean, late, "", "Nothing, resume, "),
            (clean, Blocks::None, "keeps-no-blocks", "Nothing, resume, "),
            (clean, begun, "genesis boot", "Nothing, resume, producing, "),
            (clean, begun, "genesis", "Nothing, resume, "),
            // What nodeos has to say itself.
            (State::Unknown, some, "genesis", "Nothing, resume, "),
            (clean, Blocks::Unknown, "genesis", "Nothing, resume, "),
        ]);
    }

    #[test]
    fn what_a_kill_left_is_computed_again_or_begins_anew() {
        let (dirty, absent) = (State::Dirty, State::Absent);
        let (none, begun, some, late) = (Blocks::None, log(1, true), log(1, false), log(9, false));
        check(&[
            (dirty, some, "genesis", "State, replay, nodeos"),
            (dirty, some, "genesis boot", "State, replay, nodeos"),
            (dirty, some, "", "State, replay, nodeos"),
            (dirty, some, "genesis snapshot", "State, replay, nodeos"),
            (dirty, Blocks::Unknown, "genesis", "State, replay, nodeos"),
            (absent, some, "genesis boot", "State, replay, nodeos"),
            (dirty, late, "genesis", "NeedsSnapshot"),
            (dirty, late, "snapshot", "State, snapshot, the"),
            (absent, late, "snapshot", "State, snapshot, the"),
            (absent, late, "genesis boot", "NeedsSnapshot"),
            // While the chain began.
            (dirty, none, "genesis", "StateAndBlocks, genesis, an"),
            (dirty, none, "genesis boot", "StateAndBlocks, new chain, an"),
            (dirty, none, "snapshot", "StateAndBlocks, snapshot, an"),
            (dirty, none, "", "NoBlocks"),
            (dirty, none, "genesis resume-only", "NoBlocks"),
            (dirty, none, "genesis keeps-no-blocks", "NoBlocks"),
            (dirty, none, "genesis boot keeps-no-blocks", "NoBlocks"),
            (dirty, begun, "genesis", "StateAndBlocks, genesis, an"),
            (
                dirty,
                begun,
                "genesis boot",
                "StateAndBlocks, new chain, an",
            ),
            (
                absent,
                begun,
                "genesis boot",
                "StateAndBlocks, new chain, an",
            ),
            (dirty, begun, "genesis resume-only", "State, replay, nodeos"),
            (dirty, begun, "", "State, replay, nodeos"),
        ]);
    }

    #[test]
    fn another_chain_is_never_touched() {
        let allowed = Allowed {
            genesis: Some(ChainId::from([8; 32])),
            ..allowed("snapshot boot")
        };
        for state in [State::Absent, State::Clean, State::Dirty, State::Unknown] {
            for blocks in [log(1, true), log(1, false), log(9, false)] {
                assert_eq!(decided(state, blocks, allowed), "OtherChain");
            }
        }
    }

    #[test]
    fn the_boot_node_goes_on_until_others_take_over() {
        let last = |schedule_version| Last::Block {
            block_num: 20,
            schedule_version,
        };
        for (blocks, produces, told) in [
            (with_last(1, Last::Header), true, GOES_ON),
            (log(1, true), true, GOES_ON),
            (with_last(1, last(0)), true, GOES_ON),
            // Its earlier blocks were pruned, or it began from a snapshot.
            (with_last(9, last(0)), true, GOES_ON),
            (with_last(1, last(1)), false, OTHERS_PRODUCE),
            (with_last(1, last(2)), false, OTHERS_PRODUCE),
            (with_last(1, last(1 << 31)), false, OTHERS_PRODUCE),
            (with_last(9, last(1)), false, OTHERS_PRODUCE),
            (with_last(9, Last::Header), false, NOT_TOLD),
            (with_last(1, Last::Unknown), false, NOT_TOLD),
            (Blocks::Unknown, false, NOT_TOLD),
            (Blocks::None, false, NOT_TOLD),
        ] {
            let clean = disk(State::Clean, blocks);
            let boot = allowed("genesis boot");
            let resumed = ["Nothing, resume, ", "Nothing, resume, producing, "];
            assert_eq!(decided_on(clean, boot), resumed[usize::from(produces)]);
            assert_eq!(boot_note(clean, boot), Some(told), "{blocks:?}");
            // Nobody else does so.
            let other = allowed("genesis");
            assert_eq!(decided_on(clean, other), resumed[0]);
            assert_eq!(boot_note(clean, other), None);
            // An operator may decide otherwise.
            let cold = allowed("genesis boot cold-start");
            assert_eq!(decided_on(clean, cold), resumed[1]);
            assert_eq!(boot_note(clean, cold), produces.then_some(GOES_ON));
            // What was salvaged lacks blocks that others may have.
            let salvaged = Disk {
                has_salvaged: true,
                ..clean
            };
            assert_eq!(decided_on(salvaged, boot), resumed[0]);
            assert_eq!(boot_note(salvaged, boot), Some(SALVAGED));
            assert_eq!(decided_on(salvaged, cold), resumed[1]);
        }
        // As computed again after a kill.
        let dirty = |schedule| disk(State::Dirty, with_last(1, last(schedule)));
        for (schedule, produce) in [(0, true), (1, false)] {
            let plan = decide(dirty(schedule), allowed("genesis boot"), Path::new("/data"));
            assert_eq!(plan.unwrap().start, Start::Replay { produce });
        }
        let empty = disk(State::Absent, Blocks::None);
        assert_eq!(boot_note(empty, allowed("genesis boot")), None);
    }

    #[test]
    fn nobody_produces_on_an_empty_disk_but_the_boot_node() {
        for state in [State::Absent, State::Dirty] {
            for words in ["genesis", "genesis cold-start"] {
                let what = decided(state, Blocks::None, allowed(words));
                assert!(what.contains(", genesis, "), "{what}");
            }
        }
    }
}
