use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use eos_abi::ChainId;

use super::files::{self, NodeFiles};
use super::lock::DirLock;
use super::stop::{StopReport, stop_processes};
use super::strays;
use crate::error::{Error, io_error};
use crate::names::NodeName;
use crate::node::Genesis;
use crate::progress::OnEvent;

/// What there is in a network's directory, and what runs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalStatus {
    /// The directory, as an absolute path.
    pub dir: PathBuf,
    /// The process that runs the network, if one does.
    pub owner: Option<u32>,
    /// The chain, once it has a genesis.
    pub chain_id: Option<ChainId>,
    /// The nodes, by name.
    pub nodes: Vec<LocalNodeStatus>,
}

/// What there is of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalNodeStatus {
    /// The node.
    pub name: NodeName,
    /// Its process, if it runs.
    pub pid: Option<u32>,
    /// Where it answers RPC when it runs, once it has a configuration.
    pub http: Option<SocketAddr>,
    /// Where it meets its peers when it runs, once it has a configuration.
    pub p2p: Option<SocketAddr>,
    /// The directory of its blocks and its state.
    pub data_dir: PathBuf,
    /// The file that it logs to.
    pub log_file: PathBuf,
}

/// Says what runs in a network's directory. Changes nothing, and takes no lock.
///
/// # Errors
///
/// When there is no such directory, or its genesis cannot be read.
pub fn status(dir: &Path) -> Result<LocalStatus, Error> {
    let dir = dir.canonicalize().map_err(io_error("find", dir))?;
    let path = files::genesis_json(&dir);
    let genesis = match files::read_if_there(&path)? {
        Some(json) => Some(
            serde_json::from_str::<Genesis>(&json)
                .map_err(|source| Error::Genesis { path, source })?,
        ),
        None => None,
    };
    let running = strays::find(&dir);
    let nodes = strays::node_names(&dir).into_iter().map(|name| {
        let files = NodeFiles::new(&dir, name.as_str());
        let (http, p2p) = files.addresses().unzip();
        let process = running.iter().find(|stray| stray.name == name);
        LocalNodeStatus {
            pid: process.map(|stray| stray.process.pid()),
            http,
            p2p,
            data_dir: files.data(),
            log_file: files.log,
            name,
        }
    });
    let nodes = nodes.collect();
    let owner = DirLock::holder(&dir);
    Ok(LocalStatus {
        owner,
        chain_id: genesis.map(|genesis| genesis.chain_id()),
        nodes,
        dir,
    })
}

/// Stops whatever runs in a network's directory, as [`LocalNetwork::stop`](super::LocalNetwork::stop) does. Removes nothing.
///
/// # Errors
///
/// When there is no such directory, or another process runs the network.
pub async fn stop_all(
    dir: &Path,
    within: Duration,
    on_event: &OnEvent<'_>,
) -> Result<StopReport, Error> {
    let dir = dir.canonicalize().map_err(io_error("find", dir))?;
    let _lock = DirLock::take(&dir)?;
    let mut running: Vec<_> = strays::find(&dir)
        .into_iter()
        .map(|stray| (NodeFiles::new(&dir, stray.name.as_str()), stray))
        .collect();
    let processes = running
        .iter_mut()
        .map(|(files, stray)| (&stray.name, &*files, &mut stray.process));
    Ok(stop_processes(processes.collect(), within, on_event).await)
}
