//! One node: its start, and the wait until it answers.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eos_abi::ChainId;
use eos_client::api::Info;
use eos_client::{Client, RetryPolicy};

use super::files::NodeFiles;
use super::nodeos::Nodeos;
use super::ports;
use super::process::{NodeExit, NodeProcess};
use super::tail;
use crate::error::{Error, io_error};
use crate::launch::diagnosis;
use crate::names::NodeName;

/// What a node starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// An empty directory. `produce`: it makes the second block of the chain.
    Genesis {
        genesis_json: PathBuf,
        produce: bool,
    },
    /// An empty directory and the state that a snapshot holds; it goes on from there.
    #[cfg(feature = "testing")]
    Snapshot { file: PathBuf },
    /// Its data. `on_stale`: it produces although the head is old.
    Resume { on_stale: bool },
    /// As much of its block log as is whole. nodeos removes its state itself, and keeps a copy of the damaged log.
    Salvage,
}

impl Start {
    /// Says whether the node may produce although the head of its chain is old.
    pub(crate) fn produces_on_stale(&self) -> bool {
        match self {
            Self::Genesis { produce, .. } => *produce,
            #[cfg(feature = "testing")]
            Self::Snapshot { .. } => true,
            Self::Resume { on_stale } => *on_stale,
            Self::Salvage => false,
        }
    }
}

/// Why a node did not get ready.
#[derive(Debug)]
pub(crate) enum NotReady {
    Exited {
        exit: NodeExit,
        log: String,
    },
    Late {
        after: Duration,
        source: Option<eos_client::Error>,
    },
    OtherChain {
        found: ChainId,
    },
}

/// Returns the arguments of a node that are the same at each of its starts.
pub(crate) fn arguments(files: &NodeFiles) -> [OsString; 4] {
    [
        "--config-dir".into(),
        files.dir.clone().into(),
        "--data-dir".into(),
        files.data().into(),
    ]
}

/// Starts a node's process, with the arguments that its configuration wants.
pub(crate) fn launch(
    nodeos: &Nodeos,
    files: &NodeFiles,
    of_config: &[&str],
    start: &Start,
) -> Result<NodeProcess, Error> {
    let mut command = nodeos.command("nodeos");
    command.args(arguments(files)).args(of_config);
    match start {
        Start::Genesis { genesis_json, .. } => {
            command.arg("--genesis-json").arg(genesis_json);
        }
        #[cfg(feature = "testing")]
        Start::Snapshot { file } => {
            command.arg("--snapshot").arg(file);
        }
        Start::Resume { .. } => {}
        Start::Salvage => {
            command.arg("--hard-replay-blockchain");
        }
    }
    if start.produces_on_stale() {
        command.arg("--enable-stale-production");
    }
    let (log, log_from) = files.open_log()?;
    let log_again = log.try_clone().map_err(io_error("open", &files.log))?;
    command.stdout(log).stderr(log_again);
    NodeProcess::spawn(command, log_from).map_err(io_error("start", nodeos.program()))
}

/// Returns a client for one look at a node on this machine: a short wait, no repetition.
pub(crate) fn probe(http_port: u16) -> Result<Client, eos_client::Error> {
    Client::builder(&format!("http://127.0.0.1:{http_port}"))
        .timeout(Duration::from_secs(3))
        .retry(RetryPolicy::never())
        .build()
}

/// Waits until a node listens on its own ports, answers, and is on the expected chain.
pub(crate) async fn until_ready(
    process: &mut NodeProcess,
    (http_port, p2p_port): (u16, u16),
    chain_id: ChainId,
    deadline: Instant,
    (files, log_from): (&NodeFiles, u64),
) -> Result<Info, NotReady> {
    let begin = Instant::now();
    let mut last = None;
    let client = probe(http_port).map_err(|error| NotReady::Late {
        after: Duration::ZERO,
        source: Some(error),
    })?;
    loop {
        if let Some(exit) = process.exit() {
            return Err(NotReady::Exited {
                exit,
                log: files.read_log(log_from),
            });
        }
        let listens = |port| ports::is_listened_to_by(port, process.pid());
        if listens(http_port) && listens(p2p_port) {
            match client.get_info().await {
                Ok(info) if info.chain_id != chain_id => {
                    return Err(NotReady::OtherChain {
                        found: info.chain_id,
                    });
                }
                Ok(info) => return Ok(info),
                Err(error) => last = Some(error),
            }
        }
        if Instant::now() >= deadline {
            return Err(NotReady::Late {
                after: begin.elapsed(),
                source: last,
            });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl NotReady {
    /// Says whether nodeos found its database dirty, as after a kill.
    pub(crate) fn is_dirty_database(&self) -> bool {
        matches!(self, Self::Exited { exit, log } if diagnosis::is_dirty_database(*exit, log))
    }

    /// Says whether nodeos found its block log damaged, or the index of it. Without an index it refuses to start as
    /// well, so that removing it is no remedy.
    pub(crate) fn is_block_log_damaged(&self) -> bool {
        matches!(self, Self::Exited { log, .. } if diagnosis::is_block_log_damaged(log))
    }

    /// Says whether the process is gone.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self, Self::Exited { .. })
    }

    /// Says whether somebody else took a port between the choice and the start. nodeos then ends
    /// without an error code.
    pub(crate) fn is_port_taken(&self) -> bool {
        matches!(self, Self::Exited { log, .. } if log.contains("Address already in use"))
    }

    pub(crate) fn into_error(self, node: &NodeName, log: &Path, expected: ChainId) -> Error {
        let node = node.clone();
        let log_file = log.to_owned();
        match self {
            Self::Exited { exit, log } => Error::NodeEnded {
                node,
                exit,
                log_file,
                lines: tail::of_log(&log),
            },
            Self::Late { after, source } => Error::NodeLate {
                node,
                after,
                log_file,
                source: source.map(Box::new),
            },
            Self::OtherChain { found } => Error::OtherChain {
                node,
                expected,
                found,
            },
        }
    }
}
