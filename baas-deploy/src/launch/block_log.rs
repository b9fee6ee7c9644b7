//! The block log: what it begins with, and the schedule of its last block, which is the last irreversible one.
//!
//! ```text
//! blocks.log          version u32, first block u32 (not in version 1), genesis or chain id, separator (not in version 1), then for each
//!                     block its packed form and the u64 position of its beginning
//! ... when pruned     version with bit 31 set; how many blocks there still are as u32 at the end
//! blocks-1-1000.log   an earlier part, where `blocks-log-stride` is set; the next one is `blocks-1001-2000.log`
//! a packed block      time u32, producer u64, confirmed u16, previous block's id (32 bytes, its number first, big-endian), two roots of
//!                     32 bytes each, schedule_version u32, ...
//! ```
//!
//! All is little-endian but for the number
//! ([`block_log.cpp`](https://github.com/AntelopeIO/leap/blob/v4.0.0/libraries/chain/block_log.cpp)). Version 4, of EOSIO 2.1, has something
//! before each block.

use std::fs::{self, File};
use std::io::{self, Read as _, SeekFrom};
use std::path::{Path, PathBuf};

use eos_abi::{ChainId, Checksum256};

/// The block log of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// None, or an empty file.
    None,
    Log(BlockLog),
    /// A form that is not known here, or damaged at its beginning: nodeos will say.
    Unknown,
}

/// What is known of a block log, all parts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockLog {
    /// The first block that is still there.
    pub(super) first_block_num: u32,
    pub(super) last: Last,
    pub(super) chain_id: Option<ChainId>,
    /// Old blocks are removed from it (`block-log-retain-blocks`). nodeos cannot salvage such a log: it puts it aside, and gives up.
    pub(super) is_pruned: bool,
}

/// The end of a block log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// There is no block, but what comes before the first one.
    Header,
    /// The last irreversible block.
    Block {
        block_num: u32,
        /// 0 as long as `eosio` is the only producer. Under instant finality bit 31 is set.
        schedule_version: u32,
    },
    /// It cannot be read: a form that is not known here, or damaged.
    Unknown,
}

const PRUNED: u32 = 1 << 31;
/// The length of a packed genesis: time, key of type K1, 17 limits.
const GENESIS: usize = 8 + 34 + 68;
/// Where a packed block has the id of the one before.
const PREVIOUS: u64 = 4 + 8 + 2;
/// Where it has the version of its schedule.
const SCHEDULE_VERSION: u64 = PREVIOUS + 3 * 32;
/// What stands behind a header of version 2 and later.
const SEPARATOR: u64 = u64::MAX;

impl BlockLog {
    /// Says whether at most the first block of a chain is in it, so that nothing would be lost with it.
    pub(super) fn is_beginning(&self) -> bool {
        self.first_block_num == 1
            && matches!(self.last, Last::Header | Last::Block { block_num: 1, .. })
    }
}

impl Last {
    /// Says whether it is of the first schedule, in which `eosio` is the only producer; nothing where it cannot be told.
    pub(super) fn is_of_first_schedule(self) -> Option<bool> {
        match self {
            Self::Block {
                schedule_version, ..
            } => Some(schedule_version == 0),
            Self::Header | Self::Unknown => None,
        }
    }
}

/// Reads the block log in a directory, which need not be there; `parts` is where earlier parts are kept.
pub(super) fn read(blocks: &Path, parts: &Path) -> io::Result<Blocks> {
    let mut earlier = earlier_parts(parts)?;
    let mut current = read_part(&blocks.join("blocks.log"))?;
    // nodeos was killed after it put a part aside, and before it began the next.
    if current == Blocks::None
        && let Some((_, _, path)) = earlier.pop()
    {
        current = read_part(&path)?;
    }
    let Blocks::Log(mut log) = current else {
        return Ok(current);
    };
    while let Some((first, last, path)) = earlier.pop() {
        if last.checked_add(1) != Some(log.first_block_num) {
            break;
        }
        if log.last == Last::Header {
            log.last = match read_part(&path)? {
                Blocks::Log(part) => part.last,
                _ => Last::Unknown,
            };
        }
        log.first_block_num = first;
    }
    Ok(Blocks::Log(log))
}

/// Returns the parts that nodeos put aside, with their first and last block, in order.
fn earlier_parts(dir: &Path) -> io::Result<Vec<(u32, u32, PathBuf)>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut parts = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let range = name
            .to_str()
            .and_then(|name| name.strip_prefix("blocks-")?.strip_suffix(".log"))
            .and_then(|range| range.split_once('-'));
        let numbers =
            range.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
        if let Some((first, last)) = numbers {
            parts.push((first, last, entry.path()));
        }
    }
    parts.sort_unstable();
    Ok(parts)
}

fn read_part(path: &Path) -> io::Result<Blocks> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Blocks::None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    parse(&mut file, length)
}

fn parse(file: &mut (impl io::Read + io::Seek), length: u64) -> io::Result<Blocks> {
    let mut head = Vec::new();
    (&mut *file)
        .take(8 + GENESIS as u64)
        .read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(Blocks::None);
    }
    let Some(header) = Header::parse(&head) else {
        return Ok(Blocks::Unknown);
    };
    let last = if header.version > 3 {
        Last::Unknown
    } else {
        last_block(file, &header, length)?
    };
    let mut first_block_num = header.first_block_num;
    if header.is_pruned
        && let Last::Block { block_num, .. } = last
    {
        let kept = u32::from_le_bytes(read_at(file, length - 4)?);
        match block_num.checked_sub(kept) {
            Some(gone) if kept > 0 && gone + 1 >= first_block_num => first_block_num = gone + 1,
            _ => return Ok(Blocks::Unknown),
        }
    }
    Ok(Blocks::Log(BlockLog {
        first_block_num,
        last,
        chain_id: header.chain_id,
        is_pruned: header.is_pruned,
    }))
}

/// What stands before the first block.
struct Header {
    version: u32,
    is_pruned: bool,
    first_block_num: u32,
    chain_id: Option<ChainId>,
    /// How long it is at least.
    length: u64,
}

impl Header {
    fn parse(head: &[u8]) -> Option<Self> {
        let word = |at: usize| -> Option<u32> {
            let bytes = head.get(at..at + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        let marked = word(0)?;
        let (version, is_pruned) = (marked & !PRUNED, marked & PRUNED != 0);
        let (first_block_num, before) = match (version, word(4)) {
            // It has no number there, and begins with block 1.
            (1, _) => (1, 4),
            (2..=4, Some(first)) if first > 0 => (first, 8),
            _ => return None,
        };
        let rest = head.get(before..).unwrap_or_default();
        // The chain's id instead of the genesis, from version 3 on, where the first block is a later one.
        let (id, length) = if first_block_num == 1 || version < 3 {
            let id = rest
                .get(..GENESIS)
                // A key of type R1 is as long; what is longer is not known here.
                .filter(|genesis| matches!(genesis[8], 0 | 1))
                .map(|genesis| *Checksum256::hash(genesis).as_bytes());
            (id, GENESIS)
        } else {
            (rest.get(..32).and_then(|id| id.try_into().ok()), 32)
        };
        Some(Self {
            version,
            is_pruned,
            first_block_num,
            chain_id: id.map(ChainId::from),
            length: (before + length) as u64,
        })
    }
}

/// Reads the last block of a log of version 1 to 3.
fn last_block(
    file: &mut (impl io::Read + io::Seek),
    header: &Header,
    length: u64,
) -> io::Result<Last> {
    let separator = if header.version > 1 { 8 } else { 0 };
    let count = if header.is_pruned { 4 } else { 0 };
    let first = header.length + separator;
    let Some(end) = length.checked_sub(count + 8).filter(|end| end + 8 >= first) else {
        return Ok(Last::Unknown);
    };
    let position = u64::from_le_bytes(read_at(file, end)?);
    if end + 8 == first {
        let is_whole = header.version == 1 || position == SEPARATOR;
        return Ok(if is_whole {
            Last::Header
        } else {
            Last::Unknown
        });
    }
    let is_inside = position >= first
        && position
            .checked_add(SCHEDULE_VERSION + 4)
            .is_some_and(|fields| fields <= end);
    if !is_inside {
        return Ok(Last::Unknown);
    }
    let before = u32::from_be_bytes(read_at(file, position + PREVIOUS)?);
    let schedule_version = u32::from_le_bytes(read_at(file, position + SCHEDULE_VERSION)?);
    Ok(match before.checked_add(1) {
        Some(block_num) if block_num >= header.first_block_num => Last::Block {
            block_num,
            schedule_version,
        },
        _ => Last::Unknown,
    })
}

fn read_at<const LENGTH: usize>(
    file: &mut (impl io::Read + io::Seek),
    position: u64,
) -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    file.seek(SeekFrom::Start(position))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// The separator, and blocks as far as they are read, each with its position.
    fn log(version: u32, first: u32, before: &[u8], blocks: &[(u32, u32)]) -> Vec<u8> {
        let mut log = version.to_le_bytes().to_vec();
        if version & !PRUNED > 1 {
            log.extend(first.to_le_bytes());
        }
        log.extend(before);
        if version & !PRUNED > 1 {
            log.extend(SEPARATOR.to_le_bytes());
        }
        for (block_num, schedule_version) in blocks {
            let position = log.len() as u64;
            log.extend([7; 14]);
            log.extend((block_num - 1).to_be_bytes());
            log.extend([7; 28 + 64]);
            log.extend(schedule_version.to_le_bytes());
            // Signature, transactions.
            log.extend([7; 70]);
            log.extend(position.to_le_bytes());
        }
        log
    }

    fn parsed(bytes: &[u8]) -> Blocks {
        parse(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    fn known(first_block_num: u32, last: Last, chain_id: Option<ChainId>) -> Blocks {
        Blocks::Log(BlockLog {
            first_block_num,
            last,
            chain_id,
            is_pruned: false,
        })
    }

    fn pruned(blocks: Blocks) -> Blocks {
        let Blocks::Log(log) = blocks else {
            panic!("{blocks:?}");
        };
        Blocks::Log(BlockLog {
            is_pruned: true,
            ..log
        })
    }

    fn block(block_num: u32, schedule_version: u32) -> Last {
        Last::Block {
            block_num,
            schedule_version,
        }
    }

    #[test]
    fn a_log_tells_its_chain_and_the_schedule_of_its_last_block() {
        let genesis = [0; GENESIS];
        let of_genesis = Some(ChainId::from(*Checksum256::hash(&genesis).as_bytes()));
        let id = Some(ChainId::from([9; 32]));
        let of_count = |mut log: Vec<u8>, kept: u32| {
            log.extend(kept.to_le_bytes());
            log
        };
        for (bytes, blocks) in [
            (Vec::new(), Blocks::None),
            (log(3, 1, &genesis, &[]), known(1, Last::Header, of_genesis)),
            (log(1, 1, &genesis, &[]), known(1, Last::Header, of_genesis)),
            (
                log(3, 1, &genesis, &[(1, 0)]),
                known(1, block(1, 0), of_genesis),
            ),
            (
                log(1, 1, &genesis, &[(1, 0), (2, 0)]),
                known(1, block(2, 0), of_genesis),
            ),
            (
                log(2, 1, &genesis, &[(1, 0), (2, 3)]),
                known(1, block(2, 3), of_genesis),
            ),
            (
                log(2, 9, &genesis, &[(9, 1)]),
                known(9, block(9, 1), of_genesis),
            ),
            (
                log(3, 9, &[9; 32], &[(9, 1 << 31)]),
                known(9, block(9, 1 << 31), id),
            ),
            (log(3, 9, &[9; 32], &[]), known(9, Last::Header, id)),
            // Pruned: what is gone cannot be computed from.
            (
                of_count(log(PRUNED | 3, 1, &genesis, &[(1, 0), (2, 0)]), 2),
                pruned(known(1, block(2, 0), of_genesis)),
            ),
            (
                of_count(log(PRUNED | 3, 1, &genesis, &[(7, 0), (8, 0)]), 2),
                pruned(known(7, block(8, 0), of_genesis)),
            ),
            (
                of_count(log(PRUNED | 3, 1, &genesis, &[(7, 0), (8, 0)]), 9),
                Blocks::Unknown,
            ),
            // What is not known here, is damaged, or was cut.
            (
                log(4, 1, &genesis, &[(1, 0)]),
                known(1, Last::Unknown, of_genesis),
            ),
            (log(5, 1, &genesis, &[(1, 0)]), Blocks::Unknown),
            (log(3, 0, &genesis, &[(1, 0)]), Blocks::Unknown),
            (log(3, 9, &[9; 32], &[(8, 0)]), known(9, Last::Unknown, id)),
            (log(3, 1, &[], &[])[..7].to_vec(), Blocks::Unknown),
        ] {
            assert_eq!(parsed(&bytes), blocks, "{bytes:?}");
        }
    }

    #[test]
    fn of_a_log_that_lost_its_end_or_has_something_behind_it_no_schedule_is_told() {
        let whole = log(3, 1, &[0; GENESIS], &[(1, 0), (2, 0), (3, 0)]);
        let ends: Vec<usize> = (0..=3).map(|blocks| 126 + blocks * 192).collect();
        assert_eq!(whole.len(), ends[3]);
        for length in 1..whole.len() {
            let last = match parsed(&whole[..length]) {
                Blocks::Log(log) => log.last,
                _ => Last::Unknown,
            };
            assert_eq!(last != Last::Unknown, ends.contains(&length), "{length}");
        }
        for more in [&[0xa5; 500][..], &[0; 500], &[7]] {
            let Blocks::Log(log) = parsed(&[&whole[..], more].concat()) else {
                panic!("its beginning is whole");
            };
            assert_eq!(log.last, Last::Unknown, "{more:?}");
        }
    }

    #[test]
    fn parts_that_were_put_aside_count_as_far_as_none_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let (blocks, parts) = (dir.path().join("blocks"), dir.path().join("parts"));
        fs::create_dir(&blocks).unwrap();
        fs::create_dir(&parts).unwrap();
        assert_eq!(read(&blocks, &parts).unwrap(), Blocks::None);
        let current = |bytes: &[u8]| {
            fs::write(blocks.join("blocks.log"), bytes).unwrap();
            match read(&blocks, &parts).unwrap() {
                Blocks::Log(log) => (log.first_block_num, log.last),
                other => panic!("{other:?}"),
            }
        };
        let put = |name: &str, bytes: &[u8]| fs::write(parts.join(name), bytes).unwrap();
        let (begun, empty) = (log(3, 21, &[9; 32], &[(21, 2)]), log(3, 21, &[9; 32], &[]));
        assert_eq!(current(&begun), (21, block(21, 2)));
        assert_eq!(current(&empty), (21, Last::Header));
        put("blocks-11-20.log", &log(3, 11, &[9; 32], &[(20, 1)]));
        put("blocks-11-20.index", b"");
        put("blocks-bad-tail-2026-11-23T07:46:19.975.log", b"");
        assert_eq!(current(&empty), (11, block(20, 1)));
        put("blocks-1-9.log", &log(3, 1, &[0; GENESIS], &[(9, 0)]));
        assert_eq!(current(&begun), (11, block(21, 2)));
        put("blocks-1-10.log", &log(3, 1, &[0; GENESIS], &[(10, 0)]));
        assert_eq!(current(&begun), (1, block(21, 2)));
        assert_eq!(current(&empty), (1, block(20, 1)));
        assert_eq!(current(b""), (1, block(20, 1)));
        put("blocks-11-20.log", b"");
        assert_eq!(current(&empty), (1, Last::Unknown));
    }
}
