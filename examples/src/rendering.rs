//! From a spec to the files that a target needs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use baas_deploy::container::{Containerfile, START_SCRIPT};
use baas_deploy::image::Reference;
use baas_deploy::manifests::{self, ConsoleTemplate, Inputs};
use baas_deploy::node::{Endpoint, Genesis, NodeConfig, OptionValues};
use baas_deploy::spec::{NetworkSpec, NodeSpec, Role, Target};
use baas_deploy::{NetworkKeys, NodeName};
use eos_abi::{Name, TimePoint};
use eos_keys::PrivateKey;
use eos_keys::wallet::Password;
use zeroize::Zeroizing;

use crate::input_text;
use crate::output_dir::{Access, OutputFile};
use crate::rollout_spec::RolloutSpec;
use crate::steps_by_hand::steps_by_hand;

/// Where a node answers RPC, unless something else is asked for.
const HTTP_PORT: u16 = 8888;
/// Where it meets its peers.
const P2P_PORT: u16 = 9876;

/// Where a node works that its own script starts, in its directory: the chain, and the configuration with the key.
const LOCAL_WORK: [&str; 2] = ["data", "run"];

/// Reads a network spec, or the one in a rollout's document; the tutorial's if there is no file.
///
/// # Errors
///
/// When it cannot be read, and everything that is wrong with it.
pub fn read_spec(file: Option<&Path>) -> Result<NetworkSpec> {
    let Some(file) = file else {
        return Ok(RolloutSpec::tutorial()
            .context("the built-in spec cannot be used")?
            .network);
    };
    let text = input_text::read(file)?;
    // A rollout's document has the network as one of its sections.
    let is_rollout = text.lines().any(|line| line.starts_with("network:"));
    let spec = if is_rollout {
        RolloutSpec::from_yaml(&text).map(|spec| spec.network)
    } else {
        NetworkSpec::from_yaml(&text)
    };
    spec.with_context(|| format!("{} cannot be used", input_text::shown(file)))
}

/// Finds or makes the keys of all accounts that nodes of the network produce for.
///
/// # Errors
///
/// When the wallet of the directory cannot be opened, read or made.
pub fn find_keys(
    spec: &NetworkSpec,
    dir: &Path,
    password: Option<Password>,
) -> Result<BTreeMap<Name, PrivateKey>> {
    let accounts: Vec<Name> = spec
        .all_nodes()
        .iter()
        .filter_map(NodeSpec::account)
        .collect();
    let labels: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    let keys = NetworkKeys::open(dir, password, labels.iter().map(String::as_str))?;
    let key_of = |account: &Name| {
        let key = keys.get(&account.to_string());
        key.cloned()
            .with_context(|| format!("the wallet has no key for {account}"))
    };
    accounts
        .iter()
        .map(|account| Ok((*account, key_of(account)?)))
        .collect()
}

/// Returns when the chain begins: as the spec says, or as an earlier rendering into the same directory said, or now.
///
/// # Errors
///
/// When the genesis that is there cannot be read.
pub fn initial_timestamp(spec: &NetworkSpec, out: &Path, now: SystemTime) -> Result<TimePoint> {
    if let Some(time) = spec.genesis.initial_timestamp {
        return Ok(time);
    }
    let path = out.join("genesis.json");
    if path.exists() {
        let text = input_text::read(&path)?;
        let genesis: Genesis = serde_json::from_str(&text).with_context(|| {
            format!(
                "{} is no genesis; remove it to begin another chain",
                path.display()
            )
        })?;
        return Ok(genesis.initial_timestamp);
    }
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .context("the clock of this machine is before 1970")?;
    let seconds =
        i64::try_from(now.as_secs()).context("the clock of this machine is too far ahead")?;
    Ok(TimePoint::from_microseconds(seconds * 1_000_000))
}

/// Renders what a target needs: for a cluster its objects and secrets, for this machine or for images made by hand the nodes' files.
///
/// # Errors
///
/// Everything for which the spec cannot be rendered.
pub fn files(spec: &NetworkSpec, what: &What<'_>) -> Result<Vec<OutputFile>> {
    let boot = spec.boot_node().and_then(|node| node.account());
    let key = boot.and_then(|account| what.keys.get(&account));
    let key = key.context("the network has no boot node, whose key its chain begins with")?;
    let limits = spec.genesis.initial_configuration.clone();
    let genesis = Genesis::new(what.time, key.public_key(), limits);
    let json = genesis.to_json_for(spec.version);
    let mut files = vec![OutputFile::public("genesis.json", json)];
    match what.layout {
        Layout::Cluster => files.extend(cluster_files(spec, what)?),
        Layout::Local => files.extend(local_files(spec, what, &genesis)?),
        Layout::ByHand { base } => files.extend(files_by_hand(spec, what, &genesis, base)?),
    }
    if spec.target == Target::OpenShift && matches!(what.layout, Layout::Cluster) {
        let template = ConsoleTemplate::of_network(spec, Role::Api).genesis(&genesis);
        files.push(OutputFile::public(
            "catalogue/nodeos-api.yaml",
            template.to_yaml(),
        ));
    }
    Ok(files)
}

/// What belongs to a rendering beside the spec.
#[derive(Debug)]
pub struct What<'a> {
    /// The keys of all accounts that nodes produce for.
    pub keys: &'a BTreeMap<Name, PrivateKey>,
    /// When the chain begins.
    pub time: TimePoint,
    /// The namespace that objects name.
    pub namespace: Option<&'a str>,
    /// What the files are for.
    pub layout: Layout<'a>,
}

/// What files are for.
#[derive(Debug, Clone, Copy)]
pub enum Layout<'a> {
    /// `kubectl apply`, or `oc apply`.
    Cluster,
    /// A directory in which each node is started by hand.
    Local,
    /// The tutorial's way: an image built from a Containerfile on this base, and a template for the console.
    ByHand {
        /// The image to begin with.
        base: &'a Reference,
    },
}

fn cluster_files(spec: &NetworkSpec, what: &What<'_>) -> Result<Vec<OutputFile>> {
    let mut inputs = Inputs::of_private_keys(what.keys).initial_timestamp(what.time);
    if let Some(namespace) = what.namespace {
        inputs = inputs.namespace(namespace);
    }
    let rendered = manifests::render(spec, &inputs)?;
    let mut files: Vec<OutputFile> = rendered
        .files()
        .map(|(name, yaml)| OutputFile::public(Path::new("manifests").join(name), yaml))
        .collect();
    for secret in rendered.secrets(what.keys)? {
        let path = Path::new("secrets").join(secret.file_name());
        files.push(OutputFile::new(path, secret.expose_yaml(), Access::Secret));
    }
    Ok(files)
}

fn local_files(spec: &NetworkSpec, what: &What<'_>, genesis: &Genesis) -> Result<Vec<OutputFile>> {
    let nodes = spec.all_nodes();
    let addresses = loopback_addresses(&nodes)?;
    let mut files = vec![start_script()];
    for node in &nodes {
        let address = *address_of(&addresses, &node.name)?;
        let peers = spec
            .peers_of(&node.name)
            .iter()
            .map(|peer| Ok(address_of(&addresses, peer)?.1.into()))
            .collect::<Result<Vec<Endpoint>>>()?;
        let mut config = NodeConfig::new(spec.version, &node.name, node.role, address);
        config.peers = &peers;
        config.plugins = &node.plugins;
        config.options = &node.options;
        files.push(OutputFile::new(
            node_dir(node).join("start.sh"),
            local_start(node.role).into(),
            Access::Executable,
        ));
        files.extend(node_files(node, what, config, genesis)?);
    }
    Ok(files)
}

fn files_by_hand(
    spec: &NetworkSpec,
    what: &What<'_>,
    genesis: &Genesis,
    base: &Reference,
) -> Result<Vec<OutputFile>> {
    // Pods of the templates are started by the launcher, everybody else's by the script.
    let containerfile = Containerfile::new(base.clone())?.with_launcher();
    let nodes = spec.all_nodes();
    let addresses = loopback_addresses(&nodes)?;
    let mut published = Vec::new();
    let mut files = vec![
        OutputFile::public("Containerfile", containerfile.to_text()),
        start_script(),
    ];
    let any = |port| SocketAddr::from(([0, 0, 0, 0], port));
    for node in &nodes {
        published.push((node, address_of(&addresses, &node.name)?.0));
        let hosts = spec.peers_of(&node.name);
        let peers = hosts
            .iter()
            .map(|peer| Ok(Endpoint::new(&peer.as_str().parse()?, P2P_PORT)))
            .collect::<Result<Vec<Endpoint>>>()?;
        let advertised = Endpoint::new(&node.name.as_str().parse()?, P2P_PORT);
        let addresses = (any(HTTP_PORT), any(P2P_PORT));
        let mut config = NodeConfig::new(spec.version, &node.name, node.role, addresses);
        // Who asks it through the container's port or a Service names another host than nodeos knows.
        let mut options = node.options.clone();
        options
            .entry("http-validate-host".to_owned())
            .or_insert_with(|| OptionValues::one("false"));
        config.peers = &peers;
        config.plugins = &node.plugins;
        config.options = &options;
        config.advertised = Some(&advertised);
        files.extend(node_files(node, what, config, genesis)?);
    }
    for role in [Role::Boot, Role::Producer, Role::Api] {
        let template = ConsoleTemplate::of_network(spec, role).genesis(genesis);
        files.push(OutputFile::public(
            Path::new("template").join(template_name(role)),
            template.to_yaml(),
        ));
    }
    let steps = steps_by_hand(spec, &containerfile, base, &published);
    files.push(OutputFile::public("README.md", steps));
    Ok(files)
}

/// Returns the name of the file with the template of a role.
pub(crate) fn template_name(role: Role) -> String {
    match role {
        Role::Producer => "nodeos.yaml".to_owned(),
        role => format!("nodeos-{}.yaml", role.as_str()),
    }
}

fn start_script() -> OutputFile {
    OutputFile::new(
        "nodeosd.sh",
        START_SCRIPT.to_owned().into(),
        Access::Executable,
    )
}

fn node_dir(node: &NodeSpec) -> PathBuf {
    Path::new("nodes").join(node.name.as_str())
}

/// Returns the directories of a rendering in which nodes work, and which are theirs.
pub fn at_work(spec: &NetworkSpec, layout: Layout<'_>) -> Vec<PathBuf> {
    if !matches!(layout, Layout::Local) {
        return Vec::new();
    }
    let nodes = spec.all_nodes();
    let dirs = nodes.iter().map(node_dir);
    dirs.flat_map(|dir| LOCAL_WORK.map(|work| dir.join(work)))
        .collect()
}

/// Returns what is mounted into the container of a node, or given to its start script: its configuration without its key, with the genesis, and its
/// key in a directory of its own.
fn node_files<'a>(
    node: &NodeSpec,
    what: &What<'a>,
    mut config: NodeConfig<'a>,
    genesis: &Genesis,
) -> Result<Vec<OutputFile>> {
    if let Some(account) = node.account() {
        let key = what.keys.get(&account);
        let key = key.with_context(|| format!("the wallet has no key for {account}"))?;
        config = config.producing(account, key);
    }
    let dir = node_dir(node);
    let json = genesis.to_json_for(config.version);
    let mut files = vec![
        OutputFile::public(dir.join("config/config.ini"), config.public_ini()),
        OutputFile::public(dir.join("config/genesis.json"), json),
    ];
    if let Some(secret) = config.secret_ini() {
        let text = Zeroizing::new(secret.expose_text().to_owned());
        let path = dir.join("secret/key.ini");
        files.push(OutputFile::new(path, text, Access::Secret));
    }
    Ok(files)
}

/// Returns where each node answers and meets its peers: as the spec says, else on the first port that no other node has.
fn loopback_addresses(nodes: &[NodeSpec]) -> Result<BTreeMap<NodeName, (SocketAddr, SocketAddr)>> {
    let mut taken: BTreeSet<u16> = nodes
        .iter()
        .flat_map(|node| [node.http_port, node.p2p_port, node.state_history_port()])
        .flatten()
        .collect();
    let mut port = |wanted: Option<u16>, first: u16| {
        let free = wanted.or_else(|| (first..=u16::MAX).find(|port| !taken.contains(port)));
        let free = free.context("there are more nodes than ports")?;
        taken.insert(free);
        anyhow::Ok(SocketAddr::from(([127, 0, 0, 1], free)))
    };
    nodes
        .iter()
        .map(|node| {
            let http = port(node.http_port, HTTP_PORT)?;
            let p2p = port(node.p2p_port, P2P_PORT)?;
            Ok((node.name.clone(), (http, p2p)))
        })
        .collect()
}

fn address_of<'a>(
    addresses: &'a BTreeMap<NodeName, (SocketAddr, SocketAddr)>,
    node: &NodeName,
) -> Result<&'a (SocketAddr, SocketAddr)> {
    addresses
        .get(node)
        .with_context(|| format!("there is no node `{node}`"))
}

/// Returns a script that starts a node from its own directory, as the script for containers does.
fn local_start(role: Role) -> String {
    let boot = if role == Role::Boot { " --boot" } else { "" };
    let [data, run] = LOCAL_WORK;
    format!(
        r#"#!/bin/sh
# Starts the node of this directory, the first time and each time after that. NODEOS is the program, where it is not the nodeos on PATH. What
# it is given is nodeos' own.
set -eu
nodeos=${{NODEOS:-$(command -v nodeos || :)}}
if [ ! -x "$nodeos" ]; then
    echo "start.sh: there is no program nodeos on PATH, and \`NODEOS\` does not name one" >&2
    exit 66
fi
nodeos=$(readlink -f -- "$nodeos")
cd "$(dirname -- "$0")"
dir=$(pwd -P)
umask 077
mkdir -p {data} {run}
exec ../../nodeosd.sh --config "$dir/config/config.ini" --secret "$dir/secret" --data "$dir/{data}" --run "$dir/{run}" \
    --run-on-disk{boot} -- "$nodeos" "$@"
"#
    )
}
