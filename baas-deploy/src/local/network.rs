use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eos_abi::{ChainId, Name};

use super::files;
use super::launch::{Start, launch};
use super::lock::DirLock;
use super::nodeos::Nodeos;
use super::open::LocalNetworkBuilder;
use super::plan::{Keys, NodePlan};
use super::process::{NodeExit, NodeProcess};
use super::repair::bring_up;
use super::stop::{StopReport, stop, stop_nodes};
use crate::error::Error;
use crate::names::NodeName;
use crate::node::Genesis;
use crate::progress::{Event, OnEvent};
use crate::spec::{NetworkSpec, Role};

/// How long `Drop` waits for the nodes to stop before it kills them.
const DROP_WITHIN: Duration = Duration::from_secs(20);

/// A network of native processes on this machine. While it lives it holds its directory: a second
/// one beside it is refused.
///
/// It is opened with [`LocalNetwork::builder`], and ended with [`stop`](Self::stop). When it is dropped,
/// also by a panic, its nodes are stopped too, which blocks until they are gone. When the process is
/// killed, the nodes go on, and the next [`open`](LocalNetworkBuilder::open) finds them.
///
/// ```no_run
/// use baas_deploy::{NetworkKeys, local::LocalNetwork, reader::from_yaml, spec::NetworkSpec};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let spec: NetworkSpec = from_yaml(
///     "{name: first, nodes: [{name: boot, role: boot}, {name: bp1, role: producer}]}",
/// )?;
/// let dir = std::path::Path::new("first");
/// let keys = NetworkKeys::open(dir, None, ["eosio", "bp1"])?;
/// let keys = keys.keystore().entries().map(|(label, key)| Ok((label.parse()?, key.clone())));
/// let keys = keys.collect::<Result<_, Box<dyn std::error::Error>>>()?;
///
/// let network = LocalNetwork::builder(dir, spec, keys).open(&|event| println!("{event}")).await?;
/// for node in network.nodes() {
///     println!("{} answers on {}", node.name(), node.url());
/// }
/// network.stop(&|_| {}).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct LocalNetwork {
    pub(super) nodeos: Nodeos,
    pub(super) genesis: Genesis,
    pub(super) nodes: Vec<LocalNode>,
    pub(super) ready_within: Duration,
    pub(super) stop_within: Duration,
    pub(super) dir: PathBuf,
    /// The processes whose end has been told.
    pub(super) told: BTreeSet<u32>,
    pub(super) is_detached: bool,
    // Dropped last, after the nodes have been stopped.
    pub(super) _lock: DirLock,
}

/// A node of a [`LocalNetwork`].
#[derive(Debug)]
pub struct LocalNode {
    pub(super) plan: NodePlan,
    pub(super) process: NodeProcess,
    /// Whether it was started with leave to produce on a stale chain, which a repair on the way must not forget.
    pub(super) start_produces_on_stale: bool,
}

impl LocalNetwork {
    /// Returns settings for a network in a directory, with the keys of all accounts that its nodes produce for.
    pub fn builder(dir: impl Into<PathBuf>, spec: NetworkSpec, keys: Keys) -> LocalNetworkBuilder {
        LocalNetworkBuilder::new(dir.into(), spec, keys)
    }

    /// Returns the directory, as an absolute path.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the nodeos that its nodes run.
    pub fn nodeos(&self) -> &Nodeos {
        &self.nodeos
    }

    /// Returns what its chain began with.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Returns the id of its chain.
    pub fn chain_id(&self) -> ChainId {
        self.genesis.chain_id()
    }

    /// Returns the nodes, in the order of the spec.
    pub fn nodes(&self) -> &[LocalNode] {
        &self.nodes
    }

    /// Returns a node.
    pub fn node(&self, name: &NodeName) -> Option<&LocalNode> {
        self.nodes.iter().find(|node| node.plan.name == *name)
    }

    /// Returns the boot node.
    pub fn boot_node(&self) -> Option<&LocalNode> {
        self.nodes.iter().find(|node| node.plan.role == Role::Boot)
    }

    /// Waits until a node ends without having been asked to, and tells each end once. It may be dropped at any time, as `tokio::select!` does.
    pub async fn any_ended(&mut self) -> (NodeName, NodeExit) {
        loop {
            for node in &mut self.nodes {
                // Once for each process: a node that does not come back must not hide the next one that ends.
                if let Some(exit) = node.process.exit()
                    && self.told.insert(node.process.pid())
                {
                    return (node.plan.name.clone(), exit);
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Starts a node again: stops it if it runs, repairs its database if it is dirty, and waits until
    /// it is ready and the chain goes on. While other nodes are down the chain may have to stand still: then it only waits for
    /// the node, and the restart of the last one that is down waits for the chain.
    ///
    /// # Errors
    ///
    /// When there is no such node or it does not get ready; the others run on.
    pub async fn restart(&mut self, name: &NodeName, on_event: &OnEvent<'_>) -> Result<(), Error> {
        let index = self.nodes.iter().position(|node| node.plan.name == *name);
        let index = index.ok_or_else(|| Error::NoSuchNode { node: name.clone() })?;
        self.restart_at(index, &Start::Resume { on_stale: false }, on_event)
            .await?;
        if self.has_other_ended(index) {
            return Ok(());
        }
        let others: Vec<usize> = (0..self.nodes.len())
            .filter(|other| *other != index)
            .collect();
        match self.keep_going(&others, on_event).await {
            // It ended meanwhile: whoever starts that one again waits for the chain.
            Err(_) if self.has_other_ended(index) => Ok(()),
            result => result,
        }
    }

    fn has_other_ended(&mut self, index: usize) -> bool {
        let mut nodes = self.nodes.iter_mut().enumerate();
        nodes.any(|(other, node)| other != index && node.process.exit().is_some())
    }

    /// Stops all nodes at once, kills those that have not stopped at the deadline, and says so.
    pub async fn stop(mut self, on_event: &OnEvent<'_>) -> StopReport {
        // They stay where `Drop` finds them, in case this is given up half-way.
        stop_nodes(&mut self.nodes, self.stop_within, on_event).await
    }

    /// Lets go of the network and leaves its nodes running. A later [`open`](LocalNetworkBuilder::open) on the
    /// directory finds them.
    pub fn detach(mut self) {
        self.is_detached = true;
    }

    pub(super) async fn restart_at(
        &mut self,
        index: usize,
        start: &Start,
        on_event: &OnEvent<'_>,
    ) -> Result<(), Error> {
        let chain_id = self.chain_id();
        let genesis_json = files::genesis_json(&self.dir);
        let deadline = Instant::now() + self.ready_within;
        let node = &mut self.nodes[index];
        stop(&mut node.process, Instant::now() + self.stop_within).await;
        launch_node(&self.nodeos, node, start, on_event)?;
        bring_up(
            &self.nodeos,
            node,
            &genesis_json,
            chain_id,
            deadline,
            on_event,
        )
        .await
        .map_err(|not_ready| not_ready.into_error(&node.plan.name, &node.plan.files.log, chain_id))
    }
}

/// Ends the nodes, also when a panic drops the network: nobody else knows of them.
impl Drop for LocalNetwork {
    fn drop(&mut self) {
        if self.is_detached {
            return;
        }
        for node in &mut self.nodes {
            node.process.terminate();
        }
        let deadline = Instant::now() + DROP_WITHIN;
        for node in &mut self.nodes {
            if node.process.blocking_ended_before(deadline).is_none() {
                node.process.kill();
                node.process
                    .blocking_ended_before(Instant::now() + Duration::from_secs(5));
            }
        }
    }
}

impl LocalNode {
    /// Returns its name.
    pub fn name(&self) -> &NodeName {
        &self.plan.name
    }

    /// Returns what it is for.
    pub fn role(&self) -> Role {
        self.plan.role
    }

    /// Returns the account that it produces for, if it does.
    pub fn account(&self) -> Option<Name> {
        self.plan.account
    }

    /// Returns where it answers RPC, as in `http://127.0.0.1:23456`.
    pub fn url(&self) -> String {
        format!("http://{}", self.plan.http)
    }

    /// Returns where it answers RPC.
    pub fn http_address(&self) -> SocketAddr {
        self.plan.http
    }

    /// Returns where it meets its peers.
    pub fn p2p_address(&self) -> SocketAddr {
        self.plan.p2p
    }

    /// Returns the number of its process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Returns its `config.ini`.
    pub fn config_file(&self) -> PathBuf {
        self.plan.files.config_ini()
    }

    /// Returns the directory of its blocks and its state.
    pub fn data_dir(&self) -> PathBuf {
        self.plan.files.data()
    }

    /// Returns the file that it logs to.
    pub fn log_file(&self) -> PathBuf {
        self.plan.files.log.clone()
    }
}

/// Starts the process of a node and writes down which one it is.
pub(super) fn start_node(
    nodeos: &Nodeos,
    plan: NodePlan,
    start: &Start,
    on_event: &OnEvent<'_>,
) -> Result<LocalNode, Error> {
    let process = launch(nodeos, &plan.files, plan.arguments, start)?;
    let node = LocalNode {
        plan,
        process,
        start_produces_on_stale: start.produces_on_stale(),
    };
    node.announce(on_event)?;
    Ok(node)
}

/// Starts the process of a node anew.
pub(super) fn launch_node(
    nodeos: &Nodeos,
    node: &mut LocalNode,
    start: &Start,
    on_event: &OnEvent<'_>,
) -> Result<(), Error> {
    let plan = &node.plan;
    node.process = launch(nodeos, &plan.files, plan.arguments, start)?;
    node.start_produces_on_stale = start.produces_on_stale();
    node.announce(on_event)
}

impl LocalNode {
    fn announce(&self, on_event: &OnEvent<'_>) -> Result<(), Error> {
        let plan = &self.plan;
        // Before the record, which may fail: from here on the process is known to us.
        on_event(Event::NodeStarted {
            node: plan.name.clone(),
            pid: self.process.pid(),
            http: plan.http,
            p2p: plan.p2p,
        });
        match self.process.record(&plan.files.data()) {
            Some(record) => plan.files.write_record(&record),
            // It has ended already, which the wait for it will tell.
            None => Ok(()),
        }
    }
}
