//! What lies in the data directory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use eos_abi::{ChainId, Checksum256};

use super::refusal::Refusal;

/// What lies in the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Disk {
    pub(super) state: State,
    pub(super) blocks: Blocks,
}

/// The database, `state/shared_memory.bin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Absent,
    /// nodeos closed it.
    Clean,
    /// nodeos was killed while it was open, or has it open now.
    Dirty,
    /// A form that is not known here: nodeos will say.
    Unknown,
}

/// The block log, `blocks/blocks.log`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// None, or an empty file.
    None,
    /// Blocks from this one on. `only_first`: at most that one, so that nothing would be lost with it.
    Log {
        first_block_num: u32,
        only_first: bool,
        chain_id: Option<ChainId>,
    },
    /// A form that is not known here, or damaged: nodeos will say.
    Unknown,
}

/// How chainbase marks its file: "EOSIODB2", the byte behind it says whether it is dirty
/// ([`pinnable_mapped_file`](https://github.com/AntelopeIO/chainbase/blob/main/include/chainbase/pinnable_mapped_file.hpp)).
const STATE_MARK: &[u8; 8] = b"EOSIODB2";
/// Longer than version, first block, genesis and separator, and block 1, which is empty.
const ONE_BLOCK: u64 = 4096;
/// The length of a packed genesis: time, key of type K1, 17 limits.
const GENESIS: usize = 8 + 34 + 68;

impl Disk {
    /// Says whether there is no chain in it.
    pub(super) fn is_empty(self) -> bool {
        self.state == State::Absent && self.blocks == Blocks::None
    }
}

/// Looks at a data directory, which need not be there.
pub(super) fn inspect(data: &Path) -> Result<Disk, Refusal> {
    let head = |name: &str, length| {
        let path = data.join(name);
        read_head(&path, length).map_err(|source| Refusal::Unreadable { path, source })
    };
    let (state, _) = head("state/shared_memory.bin", 9)?;
    let (log, log_length) = head("blocks/blocks.log", 8 + GENESIS as u64)?;
    let index = data.join("blocks/blocks.index");
    let index_length = fs::metadata(index).map_or(0, |index| index.len());
    Ok(Disk {
        state: state_of(state.as_deref()),
        blocks: log.map_or(Blocks::None, |head| {
            blocks_of(&head, log_length, index_length)
        }),
    })
}

/// Returns the first bytes of a file, and its length; nothing when it is not there.
fn read_head(path: &Path, length: u64) -> io::Result<(Option<Vec<u8>>, u64)> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, 0)),
        Err(error) => return Err(error),
    };
    let whole = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(length).read_to_end(&mut head)?;
    Ok((Some(head), whole))
}

fn state_of(head: Option<&[u8]>) -> State {
    let Some(head) = head else {
        return State::Absent;
    };
    match head.strip_prefix(STATE_MARK) {
        Some([0, ..]) => State::Clean,
        Some([_, ..]) => State::Dirty,
        // Made, but not yet written: nodeos was killed just then.
        _ if head.iter().all(|byte| *byte == 0) => State::Dirty,
        _ => State::Unknown,
    }
}

/// Reads the beginning of a block log: version, first block, and the genesis if that is block 1, else the chain's id from
/// version 3 on ([`block_log.cpp`](https://github.com/AntelopeIO/leap/blob/v4.0.0/libraries/chain/block_log.cpp)).
fn blocks_of(head: &[u8], log_length: u64, index_length: u64) -> Blocks {
    if log_length == 0 {
        return Blocks::None;
    }
    let word = |at: usize| -> Option<u32> {
        let bytes = head.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let (version, first_block_num, rest) = match (word(0), word(4)) {
        // Version 1 has no number there, and begins with block 1.
        (Some(1), _) => (1, 1, head.get(4..)),
        (Some(version @ 2..=4), Some(first)) if first > 0 => (version, first, head.get(8..)),
        _ => return Blocks::Unknown,
    };
    let rest = rest.unwrap_or_default();
    let chain_id = if first_block_num == 1 {
        rest.get(..GENESIS)
            // A key of type R1 is as long; what is longer is not known here.
            .filter(|genesis| matches!(genesis[8], 0 | 1))
            .map(|genesis| *Checksum256::hash(genesis).as_bytes())
    } else {
        let id = (version >= 3).then(|| rest.get(..32)).flatten();
        id.and_then(|id| id.try_into().ok())
    };
    Blocks::Log {
        first_block_num,
        only_first: index_length <= 8 && log_length < ONE_BLOCK,
        chain_id: chain_id.map(ChainId::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(version: u32, first: u32, rest: &[u8]) -> Vec<u8> {
        let words = [version.to_le_bytes(), first.to_le_bytes()].concat();
        [&words, rest].concat()
    }

    #[test]
    fn the_state_is_read_from_its_mark() {
        for (head, state) in [
            (None, State::Absent),
            (Some(&b"EOSIODB2\0"[..]), State::Clean),
            (Some(b"EOSIODB2\x01"), State::Dirty),
            (Some(b"\0\0\0\0\0\0\0\0\0"), State::Dirty),
            (Some(b""), State::Dirty),
            (Some(b"EOSIODB2"), State::Unknown),
            (Some(b"EOSIODB1\0"), State::Unknown),
        ] {
            assert_eq!(state_of(head), state, "{head:?}");
        }
    }

    #[test]
    fn the_block_log_tells_its_chain() {
        let genesis = [0; GENESIS];
        let id = Some(ChainId::from(*Checksum256::hash(&genesis).as_bytes()));
        let known = |first_block_num, only_first, chain_id| Blocks::Log {
            first_block_num,
            only_first,
            chain_id,
        };
        for (head, length, index, blocks) in [
            (log(3, 1, &genesis), 318, 8, known(1, true, id)),
            (log(3, 1, &genesis), 318, 0, known(1, true, id)),
            (log(3, 1, &genesis), 518, 16, known(1, false, id)),
            (log(4, 1, &genesis), 1 << 20, 0, known(1, false, id)),
            (
                log(4, 9, &[7; 40]),
                48,
                0,
                known(9, true, Some(ChainId::from([7; 32]))),
            ),
            (log(2, 9, &[7; 40]), 48, 0, known(9, true, None)),
            (log(3, 1, &genesis[1..]), 48, 0, known(1, true, None)),
            (log(3, 0, &genesis), 318, 8, Blocks::Unknown),
            (log(5, 1, &genesis), 318, 8, Blocks::Unknown),
            (log(3, 1, &[])[..7].to_vec(), 7, 0, Blocks::Unknown),
            (Vec::new(), 0, 0, Blocks::None),
        ] {
            assert_eq!(blocks_of(&head, length, index), blocks, "{head:?}");
        }
    }

    #[test]
    fn a_directory_that_is_not_there_is_empty() {
        assert!(inspect(Path::new("/nowhere/data")).unwrap().is_empty());
        let dir = tempfile::tempdir().unwrap();
        assert!(inspect(dir.path()).unwrap().is_empty());
        fs::write(dir.path().join("state"), "").unwrap();
        let refusal = inspect(dir.path()).unwrap_err();
        assert_eq!(refusal.exit_code(), 66, "{refusal}");
    }
}
