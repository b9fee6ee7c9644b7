//! What lies in the data directory.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::block_log::{self, Blocks};
use super::refusal::Refusal;

/// What lies in the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Disk {
    pub(super) state: State,
    pub(super) blocks: Blocks,
    /// A damaged block log was salvaged: peers may have later blocks, also of this node, than it has itself.
    pub(super) has_salvaged: bool,
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

/// How chainbase marks its file: "EOSIODB2", the byte behind it says whether it is dirty
/// ([`pinnable_mapped_file`](https://github.com/AntelopeIO/chainbase/blob/main/include/chainbase/pinnable_mapped_file.hpp)).
const STATE_MARK: &[u8; 8] = b"EOSIODB2";

impl Disk {
    /// Says whether there is no chain in it.
    pub(super) fn is_empty(self) -> bool {
        self.state == State::Absent && self.blocks == Blocks::None
    }
}

/// Looks at a data directory, which need not be there. `parts` is where nodeos puts parts of its block log aside, if not beside it.
pub(super) fn inspect(data: &Path, parts: Option<&Path>) -> Result<Disk, Refusal> {
    let path = data.join("state/shared_memory.bin");
    let state = read_head(&path, 9).map_err(unreadable(&path))?;
    let dir = data.join("blocks");
    let parts = parts.map_or_else(|| dir.clone(), |parts| dir.join(parts));
    let blocks = block_log::read(&dir, &parts).map_err(unreadable(&dir.join("blocks.log")))?;
    Ok(Disk {
        state: state_of(state.as_deref()),
        blocks,
        has_salvaged: has_salvaged(data).map_err(unreadable(data))?,
    })
}

/// Says whether nodeos has salvaged a damaged block log here: it keeps a copy, `blocks-2026-11-23T07:46:19.975`.
fn has_salvaged(data: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    for entry in entries {
        if entry?
            .file_name()
            .as_encoded_bytes()
            .starts_with(b"blocks-")
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Refusal {
    let path = path.to_owned();
    move |source| Refusal::Unreadable { path, source }
}

/// Returns the first bytes of a file; nothing when it is not there.
fn read_head(path: &Path, length: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut head = Vec::new();
    file.take(length).read_to_end(&mut head)?;
    Ok(Some(head))
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_directory_that_is_not_there_is_empty() {
        let inspect = |data: &Path| inspect(data, None);
        assert!(inspect(Path::new("/nowhere/data")).unwrap().is_empty());
        let dir = tempfile::tempdir().unwrap();
        assert!(inspect(dir.path()).unwrap().is_empty());
        fs::create_dir(dir.path().join("blocks-2026-11-23T07:46:19.975")).unwrap();
        assert!(inspect(dir.path()).unwrap().has_salvaged);
        fs::write(dir.path().join("state"), "").unwrap();
        let refusal = inspect(dir.path()).unwrap_err();
        assert_eq!(refusal.exit_code(), 66, "{refusal}");
    }
}
