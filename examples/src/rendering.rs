//! From a spec to the files that a target needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use baas_deploy::container::{Containerfile, START_SCRIPT};
use baas_deploy::image::Reference;
use baas_deploy::manifests::{self, ConsoleTemplate, Inputs};
use baas_deploy::node::{Endpoint, Genesis, NodeConfig, NodeStart, NodeVersion, OptionValues};
use baas_deploy::spec::{NetworkSpec, NodeSpec, Role, Target};
use baas_deploy::{NetworkKeys, NodeName};
use eos_abi::{Name, TimePoint};
use eos_keys::PrivateKey;
use eos_keys::wallet::Password;
use zeroize::Zeroizing;

use crate::output_dir::{Access, OutputFile};
use crate::rollout_spec::RolloutSpec;

/// Where a node answers RPC, unless something else is asked for.
const HTTP_PORT: u16 = 8888;
/// Where it meets its peers.
const P2P_PORT: u16 = 9876;

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
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    // A rollout's document has the network as one of its sections.
    let is_rollout = text.lines().any(|line| line.starts_with("network:"));
    let spec = if is_rollout {
        RolloutSpec::from_yaml(&text).map(|spec| spec.network)
    } else {
        NetworkSpec::from_yaml(&text)
    };
    spec.with_context(|| format!("{} cannot be used", file.display()))
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
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
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
        Layout::Local => files.extend(local_files(spec, what)?),
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

fn local_files(spec: &NetworkSpec, what: &What<'_>) -> Result<Vec<OutputFile>> {
    let nodes = spec.all_nodes();
    let addresses = loopback_addresses(&nodes)?;
    let mut files = Vec::new();
    for node in &nodes {
        let &(http, p2p) = address_of(&addresses, &node.name)?;
        let peers = spec
            .peers_of(&node.name)
            .iter()
            .map(|peer| Ok(address_of(&addresses, peer)?.1.into()))
            .collect::<Result<Vec<Endpoint>>>()?;
        let mut config = NodeConfig::new(spec.version, &node.name, node.role, (http, p2p));
        config.peers = &peers;
        config.plugins = &node.plugins;
        config.options = &node.options;
        let dir = Path::new("nodes").join(node.name.as_str());
        let ini = match node.account() {
            Some(account) => {
                let key = what.keys.get(&account);
                let key = key.with_context(|| format!("the wallet has no key for {account}"))?;
                config.producing(account, key).to_ini()
            }
            None => config.to_ini(),
        };
        let text = Zeroizing::new(ini.expose_text().to_owned());
        files.push(OutputFile::new(
            dir.join("config.ini"),
            text,
            Access::Secret,
        ));
        let is_boot = node.role == Role::Boot;
        for (name, start) in [
            ("first-start.sh", first_start("../../genesis.json", is_boot)),
            ("start.sh", NodeStart::Resume),
        ] {
            let script = start_script(spec.version, &start, config.start_arguments())?;
            files.push(OutputFile::new(
                dir.join(name),
                script.into(),
                Access::Executable,
            ));
        }
    }
    Ok(files)
}

fn files_by_hand(
    spec: &NetworkSpec,
    what: &What<'_>,
    genesis: &Genesis,
    base: &Reference,
) -> Result<Vec<OutputFile>> {
    let containerfile = Containerfile::new(base.clone())?.to_text();
    let mut files = vec![
        OutputFile::public("Containerfile", containerfile),
        OutputFile::new(
            "nodeosd.sh",
            START_SCRIPT.to_owned().into(),
            Access::Executable,
        ),
    ];
    let any = |port| SocketAddr::from(([0, 0, 0, 0], port));
    for node in &spec.all_nodes() {
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
        let dir = Path::new("nodes").join(node.name.as_str());
        if let Some(account) = node.account() {
            let key = what.keys.get(&account);
            let key = key.with_context(|| format!("the wallet has no key for {account}"))?;
            config = config.producing(account, key);
        }
        files.push(OutputFile::public(
            dir.join("config/config.ini"),
            config.public_ini(),
        ));
        if let Some(secret) = config.secret_ini() {
            let text = Zeroizing::new(secret.expose_text().to_owned());
            files.push(OutputFile::new(
                dir.join("secret/key.ini"),
                text,
                Access::Secret,
            ));
        }
    }
    for role in [Role::Boot, Role::Producer, Role::Api] {
        let template = ConsoleTemplate::of_network(spec, role).genesis(genesis);
        let name = match role {
            Role::Producer => "nodeos.yaml".to_owned(),
            role => format!("nodeos-{}.yaml", role.as_str()),
        };
        files.push(OutputFile::public(
            Path::new("template").join(name),
            template.to_yaml(),
        ));
    }
    Ok(files)
}

/// Returns where each node answers and meets its peers: as the spec says, else on the first port that no other node has.
fn loopback_addresses(nodes: &[NodeSpec]) -> Result<BTreeMap<NodeName, (SocketAddr, SocketAddr)>> {
    let mut taken: BTreeSet<u16> = nodes
        .iter()
        .flat_map(|node| [node.http_port, node.p2p_port])
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

fn first_start(genesis_json: &str, produce: bool) -> NodeStart {
    NodeStart::Genesis {
        genesis_json: genesis_json.into(),
        produce,
    }
}

/// Returns a script that starts a node from its own directory. None of the arguments needs quotes: they are ours.
fn start_script(version: NodeVersion, start: &NodeStart, of_config: &[&str]) -> Result<String> {
    let arguments = start.arguments(version, ".".into(), "data".into())?;
    let mut arguments: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .collect();
    arguments.extend(of_config.iter().map(|argument| (*argument).into()));
    let arguments = arguments.join(" ");
    Ok(format!(
        "#!/bin/sh\nset -eu\ncd \"$(dirname \"$0\")\"\nexec \"${{NODEOS:-nodeos}}\" {arguments} \"$@\"\n"
    ))
}
