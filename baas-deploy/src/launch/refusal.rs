use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use eos_abi::ChainId;

/// Why the launcher did not start nodeos.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{message}")]
    Usage { message: String },
    #[error("cannot read {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is larger than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("{} is not text in UTF-8", path.display())]
    NotText { path: PathBuf },
    #[error("cannot write in {}: a container needs it mounted so that its user, or group 0, may write there", dir.display())]
    NotWritable {
        dir: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "{} is not memory-backed, so that keys would be on a disk: mount an emptyDir with `medium: Memory`, or give --run-on-disk",
        dir.display()
    )]
    NotInMemory { dir: PathBuf },
    #[error("cannot write the merged configuration to {}", path.display())]
    SecretFile {
        path: PathBuf,
        #[source]
        source: eos_keys::wallet::WalletError,
    },
    #[error("{} is in use by {holder}: two nodes on one directory destroy it", dir.display())]
    InUse { dir: PathBuf, holder: String },
    #[error("line {line} of {}: {problem}", path.display())]
    Config {
        path: PathBuf,
        line: usize,
        problem: String,
    },
    #[error("{} is not a genesis", path.display())]
    Genesis {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("the chain in {} is {found}, the genesis that was given makes {expected}: another volume or another genesis.json", dir.display())]
    OtherChain {
        dir: PathBuf,
        found: ChainId,
        expected: ChainId,
    },
    #[error("there is no chain in {}, and --resume-only says that there must be: is it the right volume?", dir.display())]
    NothingToResume { dir: PathBuf },
    #[error("there is no chain in {}, and neither --genesis nor --snapshot to begin with", dir.display())]
    NothingToBeginWith { dir: PathBuf },
    #[error("the database in {} is dirty and there are no blocks to compute it from: give a --snapshot, or empty the directory", dir.display())]
    NoBlocks { dir: PathBuf },
    #[error(
        "the database in {} is dirty, and its blocks begin with block {first_block_num}: give a --snapshot of block {} or of a later one that is \
         among them (such as the one that it began from), or begin on an empty directory",
        dir.display(),
        first_block_num - 1
    )]
    NeedsSnapshot { dir: PathBuf, first_block_num: u32 },
    #[error(
        "{attempts} repairs of {} did not end with a node that answers: restore a --snapshot on an empty directory, or remove {} to try again",
        dir.display(),
        counter.display()
    )]
    TooManyRepairs {
        dir: PathBuf,
        counter: PathBuf,
        attempts: u32,
    },
    #[error("cannot remove the state in {}", dir.display())]
    NotRemoved {
        dir: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot run {}", program.display())]
    NotRun {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the probes cannot listen on {address}")]
    NotListening {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("cannot {action}")]
    System {
        action: &'static str,
        #[source]
        source: io::Error,
    },
}

impl Refusal {
    /// Returns the exit code, in the manner of sysexits.h and none of nodeos'.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } => 64,
            Self::Unreadable { .. } => 66,
            Self::NotRun { .. } | Self::NotListening { .. } | Self::System { .. } => 70,
            Self::NotWritable { .. } | Self::SecretFile { .. } | Self::NotRemoved { .. } => 73,
            Self::InUse { .. } => 75,
            Self::TooLarge { .. }
            | Self::NotText { .. }
            | Self::NotInMemory { .. }
            | Self::Config { .. }
            | Self::Genesis { .. }
            | Self::OtherChain { .. }
            | Self::NothingToResume { .. }
            | Self::NothingToBeginWith { .. }
            | Self::NoBlocks { .. }
            | Self::NeedsSnapshot { .. }
            | Self::TooManyRepairs { .. } => 78,
        }
    }

    /// Returns the message with its causes, on one line.
    pub(super) fn report(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

/// Returns what makes a failed system call a refusal.
pub(super) fn system(action: &'static str) -> impl FnOnce(io::Error) -> Refusal {
    move |source| Refusal::System { action, source }
}

/// Returns what makes a failure to write in a directory a refusal.
pub(super) fn not_writable(dir: &Path) -> impl FnOnce(io::Error) -> Refusal {
    let dir = dir.to_owned();
    move |source| Refusal::NotWritable { dir, source }
}
