//! What all objects of a network have in common, worked out and checked once: names, ports, peers, files.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::error::{RenderError, RenderErrors};
use super::inputs::Inputs;
use super::pod::config_for_launcher;
use crate::container::layout::PROBE_PORT;
use crate::names::{NetworkName, NodeName};
use crate::node::{Endpoint, Genesis, NodeConfig, NodeVersion, OptionValues, timestamp_problem};
use crate::reader;
use crate::spec::{
    BOOT_ACCOUNT, ExposureKind, HostName, ImageSpec, NetworkSpec, NodeSpec, Role, Target,
};
use eos_abi::{ChainId, Name};
use eos_keys::PublicKey;

/// The port on which a node answers RPC unless its spec names another one. Each pod has an address of its own.
pub(crate) const HTTP_PORT: u16 = 8888;
/// The port on which a node meets its peers unless its spec names another one.
pub(crate) const P2P_PORT: u16 = 9876;
/// The port on which a node that others may ask answers what steers it, inside of its pod.
pub(crate) const CONTROL_PORT: u16 = 8889;
/// How long the name of a stateful set may be: its pods get a label with it, `-` and a hash of ten characters, and the value of
/// a label has at most 63.
const STATEFUL_SET_NAME_LIMIT: usize = 52;

/// A network with everything that its objects are computed from. What is wrong was found when it was made.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    spec: &'a NetworkSpec,
    image: &'a ImageSpec,
    namespace: Option<&'a str>,
    chain_id: ChainId,
    genesis_json: String,
    nodes: Vec<NodeLayout>,
}

/// One node of it.
#[derive(Debug)]
pub(super) struct NodeLayout {
    spec: NodeSpec,
    /// The account that it produces for, and that account's key.
    producer: Option<(Name, PublicKey)>,
    stateful_set: String,
    http: u16,
    p2p: u16,
    counts_peers: bool,
    config_ini: String,
    arguments: &'static [&'static str],
}

impl<'a> Layout<'a> {
    pub(super) fn new(spec: &'a NetworkSpec, inputs: &'a Inputs) -> Result<Self, RenderErrors> {
        reader::check(spec).map_err(|errors| RenderError::Spec { errors })?;
        let mut errors = Vec::new();
        if spec.target == Target::Local {
            errors.push(RenderError::NotACluster);
        }
        if spec.image.is_none() {
            errors.push(RenderError::NoImage);
        }
        let namespace = inputs.namespace.as_deref();
        if let Some(namespace) = namespace.filter(|name| !is_namespace(name)) {
            errors.push(RenderError::BadNamespace {
                namespace: namespace.to_owned(),
            });
        }
        let timestamp = spec.genesis.initial_timestamp.or(inputs.initial_timestamp);
        if timestamp.is_none() {
            errors.push(RenderError::NoInitialTimestamp);
        }
        // The spec's own was checked with it.
        if let Some(why) = inputs.initial_timestamp.and_then(timestamp_problem) {
            errors.push(RenderError::BadInitialTimestamp { why });
        }
        let specs = spec.all_nodes();
        let ports: BTreeMap<&NodeName, u16> = specs
            .iter()
            .map(|node| (&node.name, node.p2p_port.unwrap_or(P2P_PORT)))
            .collect();
        let mut nodes = Vec::with_capacity(specs.len());
        for node in &specs {
            match NodeLayout::new(spec, node, &ports, inputs) {
                Ok(node) => nodes.push(node),
                Err(error) => errors.push(error),
            }
        }
        let has_host = spec
            .exposure
            .as_ref()
            .is_some_and(|exposure| exposure.host.is_some());
        match spec.exposure_kind() {
            // The first label of its host a route makes of its name and its namespace.
            ExposureKind::Route if !has_host => {
                let label = format!("{}-api-{}", spec.name, namespace.unwrap_or_default());
                if label.len() > 63 {
                    errors.push(RenderError::HostTooLong { label });
                }
            }
            ExposureKind::Ingress if !has_host && spec.target == Target::OpenShift => {
                errors.push(RenderError::NoIngressHost);
            }
            _ => {}
        }
        // Without the key of `eosio` there was an error of the boot node, which a spec that was checked has.
        let found = (&spec.image, timestamp, inputs.keys.get(&BOOT_ACCOUNT));
        let (true, (Some(image), Some(timestamp), Some(key))) = (errors.is_empty(), found) else {
            return Err(RenderErrors::from(errors));
        };
        let genesis = Genesis::new(
            timestamp,
            key.clone(),
            spec.genesis.initial_configuration.clone(),
        );
        Ok(Self {
            spec,
            image,
            namespace,
            chain_id: genesis.chain_id_on(spec.version),
            genesis_json: genesis.to_json_for(spec.version),
            nodes,
        })
    }

    pub(super) fn spec(&self) -> &'a NetworkSpec {
        self.spec
    }

    pub(super) fn network(&self) -> &'a NetworkName {
        &self.spec.name
    }

    pub(super) fn version(&self) -> NodeVersion {
        self.spec.version
    }

    pub(super) fn is_openshift(&self) -> bool {
        self.spec.target == Target::OpenShift
    }

    pub(super) fn image(&self) -> &'a ImageSpec {
        self.image
    }

    pub(super) fn namespace(&self) -> Option<&'a str> {
        self.namespace
    }

    pub(super) fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    pub(super) fn genesis_json(&self) -> &str {
        &self.genesis_json
    }

    pub(super) fn nodes(&self) -> &[NodeLayout] {
        &self.nodes
    }

    pub(super) fn nodes_of(&self, role: Role) -> impl Iterator<Item = &NodeLayout> {
        self.nodes.iter().filter(move |node| node.role() == role)
    }

    /// Returns the role whose nodes answer for the network.
    pub(super) fn api_role(&self) -> Role {
        self.spec.answering_role()
    }

    /// Returns the name of an object of the network as a whole.
    pub(super) fn name_of(&self, what: &str) -> String {
        format!("{}-{what}", self.spec.name)
    }
}

impl NodeLayout {
    fn new(
        network: &NetworkSpec,
        spec: &NodeSpec,
        p2p_ports: &BTreeMap<&NodeName, u16>,
        inputs: &Inputs,
    ) -> Result<Self, RenderError> {
        let node = || spec.name.clone();
        let stateful_set = format!("{}-{}", network.name, spec.name);
        if stateful_set.len() > STATEFUL_SET_NAME_LIMIT {
            return Err(RenderError::NameTooLong {
                node: node(),
                name: stateful_set,
                limit: STATEFUL_SET_NAME_LIMIT,
            });
        }
        let producer = match spec.account() {
            None => None,
            Some(account) => match inputs.keys.get(&account) {
                None => {
                    return Err(RenderError::NoKey {
                        node: node(),
                        account,
                    });
                }
                Some(key) if key.is_published() => {
                    return Err(RenderError::PublishedKey {
                        node: node(),
                        account,
                    });
                }
                Some(key) => Some((account, key.clone())),
            },
        };
        let http = spec.http_port.unwrap_or(HTTP_PORT);
        let p2p = spec.p2p_port.unwrap_or(P2P_PORT);
        // Whether it is reached from outside or from within the namespace only may change while it runs.
        let is_asked = spec.role == network.answering_role();
        let control = is_asked.then(|| (Ipv4Addr::LOCALHOST, CONTROL_PORT).into());
        let has_control = is_asked && network.version.answers_topics_apart();
        let ports = [
            Some(PROBE_PORT),
            has_control.then_some(CONTROL_PORT),
            Some(http),
            Some(p2p),
            spec.state_history_port(),
        ];
        let mut taken = BTreeSet::new();
        if let Some(port) = ports
            .into_iter()
            .flatten()
            .find(|port| !taken.insert(*port))
        {
            return Err(RenderError::PortTaken { node: node(), port });
        }
        // The node that begins the chain has the API of the producer plugin, for what its beginning needs. It answers only those who
        // are let into its pod, as `kubectl port-forward` is.
        let address = match spec.role {
            Role::Boot => Ipv4Addr::LOCALHOST,
            _ => Ipv4Addr::UNSPECIFIED,
        };
        // None for a peer whose name is too long: there is an error of its own for it.
        let endpoint = |node: &NodeName, port| {
            let host: HostName = p2p_service(&network.name, node).parse().ok()?;
            Some(Endpoint::new(&host, port))
        };
        let peers: Vec<Endpoint> = network
            .peers_of(&spec.name)
            .iter()
            .filter_map(|peer| endpoint(peer, p2p_ports.get(peer).copied().unwrap_or(P2P_PORT)))
            .collect();
        let advertised = endpoint(&spec.name, p2p);
        let mut options = spec.options.clone();
        // A node is asked by many names: that of a service, a generated one of a route, `localhost` with any port. Whoever reaches it may
        // ask it, as network policies say who that is.
        if network.version > NodeVersion::Dawn4_1 {
            options
                .entry("http-validate-host".to_owned())
                .or_insert_with(|| OptionValues::one("false"));
        }
        let config = NodeConfig {
            account: producer.as_ref().map(|(account, _)| *account),
            control,
            advertised: advertised.as_ref(),
            peers: &peers,
            plugins: &spec.plugins,
            options: &options,
            ..NodeConfig::new(
                network.version,
                &spec.name,
                spec.role,
                ((address, http).into(), (Ipv4Addr::UNSPECIFIED, p2p).into()),
            )
        };
        let config_ini = config_for_launcher(&config.public_ini());
        Ok(Self {
            spec: spec.clone(),
            producer,
            stateful_set,
            http,
            p2p,
            counts_peers: !peers.is_empty() && config.has_net_api(),
            config_ini,
            arguments: config.start_arguments(),
        })
    }

    pub(super) fn name(&self) -> &NodeName {
        &self.spec.name
    }

    pub(super) fn role(&self) -> Role {
        self.spec.role
    }

    pub(super) fn spec(&self) -> &NodeSpec {
        &self.spec
    }

    pub(super) fn account(&self) -> Option<Name> {
        self.producer.as_ref().map(|(account, _)| *account)
    }

    pub(super) fn public_key(&self) -> Option<&PublicKey> {
        self.producer.as_ref().map(|(_, key)| key)
    }

    pub(super) fn stateful_set(&self) -> &str {
        &self.stateful_set
    }

    /// Returns the name of the service by which its peers find it.
    pub(super) fn p2p_service(&self) -> String {
        format!("{}-p2p", self.stateful_set)
    }

    /// Returns the name of the service by which it is asked; `None` for one that answers nobody outside of its pod.
    pub(super) fn http_service(&self) -> Option<String> {
        (self.role() != Role::Boot).then(|| format!("{}-http", self.stateful_set))
    }

    /// Returns the name of the secret with its key.
    pub(super) fn secret(&self) -> Option<String> {
        self.producer
            .is_some()
            .then(|| format!("{}-key", self.stateful_set))
    }

    pub(super) fn http_port(&self) -> u16 {
        self.http
    }

    pub(super) fn p2p_port(&self) -> u16 {
        self.p2p
    }

    /// Says whether it has peers, and can tell how many are connected.
    pub(super) fn counts_peers(&self) -> bool {
        self.counts_peers
    }

    /// Returns what its `config.ini` wants on the command line.
    pub(super) fn arguments(&self) -> &'static [&'static str] {
        self.arguments
    }

    /// Returns its `config.ini` but for what is secret.
    pub(super) fn config_ini(&self) -> &str {
        &self.config_ini
    }
}

fn p2p_service(network: &NetworkName, node: &NodeName) -> String {
    format!("{network}-{node}-p2p")
}

fn is_namespace(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !text.starts_with('-')
        && !text.ends_with('-')
}
