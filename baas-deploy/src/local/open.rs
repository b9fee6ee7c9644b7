use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use eos_abi::TimePoint;

use super::environment::Environment;
use super::files::{self, create_private_dir};
use super::launch::{Start, until_ready};
use super::lock::DirLock;
use super::network::{LocalNetwork, LocalNode, start_node};
use super::nodeos::Nodeos;
use super::plan::{self, Keys, NodePlan};
use super::repair::bring_up;
use super::stop::{stop, stop_nodes};
use super::strays::{self, Stray};
use crate::error::{Error, io_error};
use crate::names::NodeName;
use crate::progress::{Event, OnEvent};
use crate::reader;
use crate::spec::{NetworkSpec, Role};

/// How often other ports are tried when somebody else was faster.
const ATTEMPTS: u32 = 5;
/// How long a node that runs already may take to answer.
const ADOPT_WITHIN: Duration = Duration::from_secs(10);

/// Settings of a [`LocalNetwork`].
#[derive(Debug, Clone)]
#[must_use]
pub struct LocalNetworkBuilder {
    dir: PathBuf,
    spec: NetworkSpec,
    keys: Keys,
    nodeos: Option<Nodeos>,
    environment: Option<Environment>,
    ready_within: Duration,
    stop_within: Duration,
    allow_published_keys: bool,
}

impl LocalNetworkBuilder {
    pub(super) fn new(dir: PathBuf, spec: NetworkSpec, keys: Keys) -> Self {
        Self {
            dir,
            spec,
            keys,
            nodeos: None,
            environment: None,
            ready_within: Duration::from_mins(2),
            stop_within: Duration::from_secs(30),
            allow_published_keys: false,
        }
    }

    /// Sets the nodeos to run, instead of the spec's or one that is looked for.
    pub fn nodeos(mut self, nodeos: Nodeos) -> Self {
        self.nodeos = Some(nodeos);
        self
    }

    /// Sets where a nodeos is looked for, instead of the environment of this process.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Sets how long all nodes together may take to get ready (2 min unless set).
    pub fn ready_within(mut self, deadline: Duration) -> Self {
        self.ready_within = deadline;
        self
    }

    /// Sets how long the nodes may take to stop before they are killed (30 s unless set).
    pub fn stop_within(mut self, deadline: Duration) -> Self {
        self.stop_within = deadline;
        self
    }

    /// Takes keys that are printed in well-known documents. Whoever reaches the network can then sign for its accounts.
    pub fn danger_allow_published_keys(mut self) -> Self {
        self.allow_published_keys = true;
        self
    }

    /// Brings the network up: new in an empty directory, and else as it was. Nodes that an earlier run left running are kept
    /// if they run as the spec wants it, and stopped and started again if not.
    ///
    /// Returns when each node answers and is on the expected chain, and, on a chain that was there before, the head
    /// moves.
    ///
    /// # Errors
    ///
    /// When the spec or the keys are wrong, nodeos cannot work in the directory, there is no nodeos, another process runs the network, or a
    /// fixed port is taken, or the genesis of a chain that is there is not: then nothing has been changed. When a node does not get ready: then
    /// all nodes have been stopped.
    pub async fn open(self, on_event: &OnEvent<'_>) -> Result<LocalNetwork, Error> {
        reader::check(&self.spec).map_err(|source| Error::Spec { source })?;
        files::check_root(&self.dir)?;
        plan::check_keys(&self.spec, &self.keys, self.allow_published_keys)?;
        let nodeos = self.find_nodeos(on_event).await?;
        create_private_dir(&self.dir)?;
        let dir = self
            .dir
            .canonicalize()
            .map_err(io_error("find", &self.dir))?;
        let lock = DirLock::take(&dir)?;
        files::remove_unfinished(&dir, "genesis.json")?;
        let genesis = plan::genesis(&dir, &self.spec, &self.keys, now())?;
        let mut network = LocalNetwork {
            nodeos,
            genesis,
            nodes: Vec::new(),
            ready_within: self.ready_within,
            stop_within: self.stop_within,
            dir,
            told: BTreeSet::new(),
            is_detached: false,
            _lock: lock,
        };
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.bring_up_all(&mut network, on_event).await {
                Ok(()) => return Ok(network),
                Err(Failure::PortTaken(_)) if attempt < ATTEMPTS => {
                    stop_nodes(&mut network.nodes, self.stop_within, on_event).await;
                    network.nodes.clear();
                }
                Err(Failure::PortTaken(error) | Failure::Final(error)) => {
                    network.stop(on_event).await;
                    return Err(error);
                }
            }
        }
    }

    async fn find_nodeos(&self, on_event: &OnEvent<'_>) -> Result<Nodeos, Error> {
        if let Some(nodeos) = &self.nodeos {
            return Ok(nodeos.clone());
        }
        let environment = self
            .environment
            .clone()
            .unwrap_or_else(Environment::from_process);
        Nodeos::find(self.spec.nodeos.as_deref(), &environment, on_event).await
    }

    async fn bring_up_all(
        &self,
        network: &mut LocalNetwork,
        on_event: &OnEvent<'_>,
    ) -> Result<(), Failure> {
        let LocalNetwork {
            dir,
            genesis,
            nodeos,
            ..
        } = &*network;
        let (dir, nodeos, chain_id) = (dir.clone(), nodeos.clone(), genesis.chain_id());
        let genesis_json = files::genesis_json(&dir);
        let strays = strays::find(&dir);
        let plans = plan::nodes(&dir, &self.spec, &self.keys, &strays).await?;
        files::write_private(&genesis_json, genesis.to_json().as_bytes())?;

        self.adopt(strays, &plans, network, on_event).await;
        let is_new = network.nodes.is_empty() && plans.iter().all(|plan| !plan.files.has_blocks());
        let adopted: Vec<NodeName> = network
            .nodes
            .iter()
            .map(|node| node.plan.name.clone())
            .collect();
        for plan in plans {
            if adopted.contains(&plan.name) {
                continue;
            }
            plan.files.create_dirs()?;
            files::remove_unfinished(&plan.files.dir, "config.ini")?;
            plan.files.write_config(&plan.config)?;
            let start = if plan.files.has_blocks() {
                Start::Resume { on_stale: false }
            } else {
                // There may be the beginnings of a state, from a start that was killed.
                plan.files.remove_data()?;
                // Only on an empty disk everywhere: never may a second chain begin beside one that is there.
                let produce = is_new && plan.role == Role::Boot;
                Start::Genesis {
                    genesis_json: genesis_json.clone(),
                    produce,
                }
            };
            let node = start_node(&nodeos, plan, &start, on_event)?;
            network.nodes.push(node);
        }
        let names = self.spec.node_names();
        let place = |node: &LocalNode| names.iter().position(|name| *name == node.plan.name);
        network.nodes.sort_by_key(place);
        let deadline = Instant::now() + self.ready_within;
        for node in &mut network.nodes {
            bring_up(&nodeos, node, &genesis_json, chain_id, deadline, on_event)
                .await
                .map_err(|not_ready| {
                    let is_port_taken = not_ready.is_port_taken();
                    let error =
                        not_ready.into_error(&node.plan.name, &node.plan.files.log, chain_id);
                    if is_port_taken {
                        Failure::PortTaken(error)
                    } else {
                        Failure::Final(error)
                    }
                })?;
        }
        if !is_new {
            let ran_before = (0..network.nodes.len())
                .filter(|index| adopted.contains(&network.nodes[*index].plan.name))
                .collect::<Vec<_>>();
            network.keep_going(&ran_before, on_event).await?;
        }
        Ok(())
    }

    /// Takes the strays that run as they should into the network, at once, so that they share its end; stops the others.
    async fn adopt(
        &self,
        strays: Vec<Stray>,
        plans: &[NodePlan],
        network: &mut LocalNetwork,
        on_event: &OnEvent<'_>,
    ) {
        for mut stray in strays {
            let plan = plans.iter().find(|plan| plan.name == stray.name);
            let reason = match plan {
                None => "it is not in the spec",
                Some(_) if network.node(&stray.name).is_some() => {
                    "another process runs on the same data"
                }
                Some(plan) => {
                    let Some(reason) = misfit(&mut stray, plan, network).await else {
                        on_event(Event::NodeAdopted {
                            node: stray.name,
                            pid: stray.process.pid(),
                        });
                        network.nodes.push(LocalNode {
                            plan: plan.clone(),
                            process: stray.process,
                            start_produces_on_stale: false,
                        });
                        continue;
                    };
                    reason
                }
            };
            if stray.process.exit().is_some() {
                continue;
            }
            let pid = stray.process.pid();
            stop(&mut stray.process, Instant::now() + self.stop_within).await;
            on_event(Event::StrayStopped {
                node: stray.name,
                pid,
                reason,
            });
        }
    }
}

/// Why an attempt to bring the nodes up failed.
enum Failure {
    /// Somebody took a port between its choice and the node's start: other ports may do.
    PortTaken(Error),
    Final(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

/// Returns why a running node cannot be kept. Its configuration on the disk is the one it was started
/// with: we only write it when no process runs on it.
async fn misfit(
    stray: &mut Stray,
    plan: &NodePlan,
    network: &LocalNetwork,
) -> Option<&'static str> {
    if !stray.runs_as_wanted(&network.nodeos, &plan.files) {
        return Some("it runs another nodeos");
    }
    if plan.files.read_config().ok().flatten().as_deref() != Some(plan.config.expose_text()) {
        return Some("its configuration changes");
    }
    let (ports, deadline) = (
        (plan.http.port(), plan.p2p.port()),
        Instant::now() + ADOPT_WITHIN,
    );
    let log = (&plan.files, u64::MAX);
    until_ready(&mut stray.process, ports, network.chain_id(), deadline, log)
        .await
        .err()
        .map(|_| "it does not answer")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a chain whose spec does not say otherwise begins when its first node is started"
)]
fn now() -> TimePoint {
    let since_epoch = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    // The chain counts in half seconds.
    let half_seconds = since_epoch.as_millis() / 500;
    TimePoint::from_microseconds(i64::try_from(half_seconds * 500_000).unwrap_or_default())
}
