//! Where a network's files lie.
//!
//! ```text
//! ROOT/lock                        held while somebody runs the network
//! ROOT/genesis.json
//! ROOT/nodes/NAME/config.ini       0600, holds a private key
//! ROOT/nodes/NAME/data/            blocks and state
//! ROOT/nodes/NAME/process.json     the process that runs on it
//! ROOT/logs/NAME.log               what the node prints
//! ```

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use eos_keys::wallet::write_secret_file;

use super::process::ProcessRecord;
use crate::error::{Error, io_error};
use crate::node::ConfigIni;

/// The files of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeFiles {
    pub(crate) dir: PathBuf,
    pub(crate) log: PathBuf,
}

/// Returns the file with the first state of a network's chain.
pub(crate) fn genesis_json(root: &Path) -> PathBuf {
    root.join("genesis.json")
}

/// Returns the directory that holds a directory for each node.
pub(crate) fn nodes_dir(root: &Path) -> PathBuf {
    root.join("nodes")
}

/// Checks that nodeos can be given the path of a network's directory, which need not be there yet: it counts where the
/// directory really is, behind symbolic links.
pub(crate) fn check_root(root: &Path) -> Result<(), Error> {
    let absolute = std::path::absolute(root).map_err(io_error("find", root))?;
    let real = absolute.ancestors().find_map(|there| {
        let rest = absolute.strip_prefix(there).ok()?;
        Some(there.canonicalize().ok()?.join(rest))
    });
    let dir = real.unwrap_or(absolute);
    let bytes = dir.as_os_str().as_encoded_bytes();
    if bytes.iter().all(u8::is_ascii_graphic) {
        Ok(())
    } else {
        Err(Error::UnusablePath { dir })
    }
}

/// Makes a directory, and those around it, that nobody else may enter.
pub(crate) fn create_private_dir(dir: &Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(io_error("create the directory", dir))
}

/// Writes a file that nobody else may read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_secret_file(path, bytes).map_err(|source| Error::SecretFile {
        path: path.to_owned(),
        source,
    })
}

/// Reads a file that need not be there.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

/// Removes what a killed run left of a secret file that it was writing: `.NAME.….tmp` beside it. Whoever calls this holds
/// the lock under which that file is written.
pub(crate) fn remove_unfinished(dir: &Path, name: &str) -> Result<(), Error> {
    let prefix = format!(".{name}.");
    for entry in fs::read_dir(dir).map_err(io_error("read", dir))? {
        let entry = entry.map_err(io_error("read", dir))?;
        let file_name = entry.file_name();
        let is_unfinished = file_name
            .to_str()
            .and_then(|found| found.strip_prefix(&prefix)?.strip_suffix(".tmp"))
            .is_some();
        if is_unfinished {
            remove_if_there(&entry.path())?;
        }
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    let is_dir = path.is_dir();
    let removed = if is_dir {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error("remove", path)(error))
        }
        _ => Ok(()),
    }
}

impl NodeFiles {
    pub(crate) fn new(root: &Path, node: &str) -> Self {
        Self {
            dir: nodes_dir(root).join(node),
            log: root.join("logs").join(format!("{node}.log")),
        }
    }

    pub(crate) fn config_ini(&self) -> PathBuf {
        self.dir.join("config.ini")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn process_json(&self) -> PathBuf {
        self.dir.join("process.json")
    }

    pub(crate) fn create_dirs(&self) -> Result<(), Error> {
        create_private_dir(&self.data())?;
        self.log.parent().map_or(Ok(()), create_private_dir)
    }

    pub(crate) fn write_config(&self, config: &ConfigIni) -> Result<(), Error> {
        write_private(&self.config_ini(), config.expose_text().as_bytes())
    }

    pub(crate) fn read_config(&self) -> Result<Option<String>, Error> {
        read_if_there(&self.config_ini())
    }

    /// Returns the addresses for RPC and for peers that the node's configuration names.
    pub(crate) fn addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        let config = self.read_config().ok()??;
        let find = |option| ConfigIni::find(&config, option)?.parse().ok();
        Some((find("http-server-address")?, find("p2p-listen-endpoint")?))
    }

    /// Says whether the node has a chain. nodeos writes the genesis into the block log first of all.
    pub(crate) fn has_blocks(&self) -> bool {
        let log = self.data().join("blocks/blocks.log");
        log.metadata().is_ok_and(|log| log.len() > 0)
    }

    /// Removes what nodeos computes from the blocks.
    pub(crate) fn remove_state(&self) -> Result<(), Error> {
        remove_if_there(&self.data().join("state"))
    }

    /// Removes what there is of a chain, for a node that has no blocks yet.
    pub(crate) fn remove_data(&self) -> Result<(), Error> {
        remove_if_there(&self.data())?;
        create_private_dir(&self.data())
    }

    pub(crate) fn write_record(&self, record: &ProcessRecord) -> Result<(), Error> {
        let json = serde_json::to_vec(record).expect("a record is numbers and text");
        write_private(&self.process_json(), &json)
    }

    /// Returns the record, if there is one that can be read: it is a help, not the truth.
    pub(crate) fn read_record(&self) -> Option<ProcessRecord> {
        serde_json::from_str(&fs::read_to_string(self.process_json()).ok()?).ok()
    }

    pub(crate) fn remove_record(&self) -> Result<(), Error> {
        remove_if_there(&self.process_json())
    }

    /// Opens the log for a process to append to, and returns how long it is already.
    pub(crate) fn open_log(&self) -> Result<(File, u64), Error> {
        let open = || {
            let log = File::options().create(true).append(true).open(&self.log)?;
            let length = log.metadata()?.len();
            Ok((log, length))
        };
        open().map_err(io_error("open", &self.log))
    }

    /// Returns what was logged from a position on, at most the last 64 KiB of it.
    pub(crate) fn read_log(&self, from: u64) -> String {
        const MOST: u64 = 64 * 1024;
        let read = || {
            let mut log = File::open(&self.log)?;
            let length = log.metadata()?.len();
            log.seek(SeekFrom::Start(from.max(length.saturating_sub(MOST))))?;
            let mut bytes = Vec::new();
            log.take(MOST).read_to_end(&mut bytes)?;
            Ok::<_, io::Error>(String::from_utf8_lossy(&bytes).into_owned())
        };
        read().unwrap_or_default()
    }
}
