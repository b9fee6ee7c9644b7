//! What shall run: addresses and configuration of each node, before anything is touched.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use eos_abi::{Name, TimePoint};
use eos_keys::PrivateKey;

use super::files::{self, NodeFiles};
use super::ports::{self, loopback};
use super::strays::{Stray, node_names};
use crate::error::Error;
use crate::names::NodeName;
use crate::node::{ConfigIni, Endpoint, Genesis, NodeConfig};
use crate::spec::{BOOT_ACCOUNT, NetworkSpec, NodeSpec, Role};

/// One node as it shall run.
#[derive(Debug, Clone)]
pub(super) struct NodePlan {
    pub(super) name: NodeName,
    pub(super) role: Role,
    pub(super) account: Option<Name>,
    pub(super) http: SocketAddr,
    pub(super) p2p: SocketAddr,
    pub(super) files: NodeFiles,
    pub(super) config: ConfigIni,
    /// What its file wants on the command line.
    pub(super) arguments: &'static [&'static str],
}

/// How long a process that was killed may take to let go of its ports. It is gone from the list of
/// processes before that.
const RELEASED_WITHIN: Duration = Duration::from_secs(1);

/// The producing accounts' keys.
pub(super) type Keys = BTreeMap<Name, PrivateKey>;

/// Returns the key of each node's account, or which one is missing or known to everybody.
pub(super) fn check_keys(
    spec: &NetworkSpec,
    keys: &Keys,
    allow_published: bool,
) -> Result<(), Error> {
    for node in &spec.all_nodes() {
        if let Some((account, key)) = key_of(node, keys)?
            && key.is_published()
            && !allow_published
        {
            return Err(Error::PublishedKey { account });
        }
    }
    Ok(())
}

/// Returns for whom a node produces and that account's key; nothing for one that does not produce.
fn key_of<'a>(node: &NodeSpec, keys: &'a Keys) -> Result<Option<(Name, &'a PrivateKey)>, Error> {
    // A spec that was checked says for whom each producing node produces.
    let Some(account) = node.account() else {
        return Ok(None);
    };
    let key = keys.get(&account);
    key.map(|key| Some((account, key)))
        .ok_or_else(|| Error::MissingKey {
            node: node.name.clone(),
            account,
        })
}

/// Returns what the chain begins with: what is on the disk, if a chain began with it, else what the spec says.
pub(super) fn genesis(
    root: &Path,
    spec: &NetworkSpec,
    keys: &Keys,
    now: TimePoint,
) -> Result<Genesis, Error> {
    let key = keys.get(&BOOT_ACCOUNT).map(PrivateKey::public_key);
    // Nothing is missing: a spec that was checked has a boot node, and its key was looked for.
    let key = key.expect("the keys were checked");
    let wanted = Genesis::new(
        spec.genesis.initial_timestamp.unwrap_or(now),
        key,
        spec.genesis.initial_configuration.clone(),
    );
    let path = files::genesis_json(root);
    let Some(json) = files::read_if_there(&path)? else {
        // It was written before the first node began.
        return match with_blocks(root) {
            Some(node) => Err(Error::GenesisLost {
                path,
                data_dir: node.data(),
            }),
            None => Ok(wanted),
        };
    };
    let found: Genesis = serde_json::from_str(&json).map_err(|source| Error::Genesis {
        path: path.clone(),
        source,
    })?;
    let difference = if found.initial_key != wanted.initial_key {
        Some("the key of eosio")
    } else if found.initial_configuration != wanted.initial_configuration {
        Some("the limits of the chain")
    } else if spec
        .genesis
        .initial_timestamp
        .is_some_and(|time| time != found.initial_timestamp)
    {
        Some("the initial timestamp")
    } else {
        None
    };
    match difference {
        None => Ok(found),
        Some(difference) if with_blocks(root).is_some() => Err(Error::GenesisDiffers {
            dir: root.to_owned(),
            difference,
        }),
        Some(_) => Ok(wanted),
    }
}

/// Says whether a chain has begun in a network's directory, or was about to.
pub(crate) fn has_chain(root: &Path) -> bool {
    files::genesis_json(root).exists() || with_blocks(root).is_some()
}

/// Returns the files of a node that has blocks, if there is one.
fn with_blocks(root: &Path) -> Option<NodeFiles> {
    node_names(root)
        .iter()
        .map(|name| NodeFiles::new(root, name.as_str()))
        .find(NodeFiles::has_blocks)
}

/// Returns the nodes as they shall run.
///
/// Ports that a node had before are kept as long as they are free, so that addresses are stable and
/// running nodes can be adopted. A port that one of the strays holds is free for us.
pub(super) async fn nodes(
    root: &Path,
    spec: &NetworkSpec,
    keys: &Keys,
    strays: &[Stray],
) -> Result<Vec<NodePlan>, Error> {
    let all = spec.all_nodes();
    let fixed = |node: &NodeSpec| [("http", node.http_port), ("p2p", node.p2p_port)];
    let patience = Instant::now() + RELEASED_WITHIN;
    // What a plugin listens on is given, too.
    let mut given: HashSet<u16> = all
        .iter()
        .filter_map(NodeSpec::state_history_port)
        .collect();
    for node in &all {
        for (purpose, port) in fixed(node) {
            let Some(port) = port else { continue };
            if !is_available(port, strays, patience).await {
                return Err(Error::PortInUse {
                    node: node.name.clone(),
                    purpose,
                    port,
                });
            }
            given.insert(port);
        }
    }
    let mut addresses = Vec::new();
    for node in &all {
        let files = NodeFiles::new(root, node.name.as_str());
        let earlier = files
            .addresses()
            .map(|(http, p2p)| [http.port(), p2p.port()]);
        let mut ports = [0, 0];
        for (index, (_, fixed)) in fixed(node).into_iter().enumerate() {
            let earlier = earlier
                .map(|ports| ports[index])
                .filter(|port| !given.contains(port));
            ports[index] = match (fixed, earlier) {
                (Some(port), _) => port,
                (None, Some(port)) if is_available(port, strays, patience).await => port,
                _ => ports::choose(&mut given)?,
            };
            given.insert(ports[index]);
        }
        addresses.push((files, loopback(ports[0]), loopback(ports[1])));
    }
    let of_names: BTreeMap<&NodeName, Endpoint> = all
        .iter()
        .zip(&addresses)
        .map(|(node, (_, _, p2p))| (&node.name, Endpoint::from(*p2p)))
        .collect();
    all.iter()
        .zip(&addresses)
        .map(|(node, (files, http, p2p))| {
            let producing = key_of(node, keys)?;
            let names = spec.peers_of(&node.name);
            let peers: Vec<Endpoint> = names
                .iter()
                .filter_map(|name| of_names.get(name).cloned())
                .collect();
            let config = NodeConfig {
                account: producing.map(|(account, _)| account),
                key: producing.map(|(_, key)| key),
                peers: &peers,
                plugins: &node.plugins,
                options: &node.options,
                ..NodeConfig::new(spec.version, &node.name, node.role, (*http, *p2p))
            };
            Ok(NodePlan {
                name: node.name.clone(),
                role: node.role,
                account: producing.map(|(account, _)| account),
                http: *http,
                p2p: *p2p,
                files: files.clone(),
                config: config.to_ini(),
                arguments: config.start_arguments(),
            })
        })
        .collect()
}

/// Says whether a port is ours to use, or becomes so in a moment.
async fn is_available(port: u16, strays: &[Stray], patience: Instant) -> bool {
    let is_ours = || {
        strays
            .iter()
            .any(|stray| ports::is_listened_to_by(port, stray.process.pid()))
    };
    loop {
        if ports::is_free(port) || is_ours() {
            return true;
        }
        if Instant::now() >= patience {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
