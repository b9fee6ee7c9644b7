use std::collections::BTreeSet;
use std::path::PathBuf;

use eos_abi::{Symbol, TimePoint};
use serde::{Deserialize, Serialize};

use super::exposure::{ExposureKind, ExposureSpec};
use super::image::ImageSpec;
use super::node::{GroupSpec, NodeSpec, Role};
use super::resources::{ResourcesSpec, StorageSpec};
use super::topology::Topology;
use crate::names::{NetworkName, NodeName};
use crate::node::{ChainParameters, NodeVersion};
use crate::reader::{self, SpecErrors};

/// A network: one boot node and some producers, and nodes that only answer or pass on.
///
/// Everything but its name and its nodes has a default. Loading reports all that is wrong at once.
///
/// ```
/// use baas_deploy::spec::NetworkSpec;
///
/// let spec = NetworkSpec::from_yaml(
///     "
/// name: first
/// topology: ring
/// nodes:
/// - {name: boot, role: boot, http_port: 8888}
/// - {name: bp1, role: producer}
/// - {name: bp2, role: producer, account: bp.two, options: {max-transaction-time: 100}}
/// groups:
/// - {name: api, role: api, count: 2}
/// ",
/// )?;
/// assert_eq!(spec.nodes[2].account().unwrap().to_string(), "bp.two");
/// let nodes = spec.all_nodes();
/// assert_eq!(nodes[4].name.as_str(), "api-2");
/// let peers = spec.peers_of(&nodes[4].name);
/// assert_eq!(peers, ["boot".parse()?, "api-1".parse()?]);
///
/// // The same in code.
/// use baas_deploy::spec::{NodeSpec, Role};
/// let made = NetworkSpec::new("second".parse()?)
///     .with_node(NodeSpec::new("boot".parse()?, Role::Boot))
///     .with_node(NodeSpec::new("bp1".parse()?, Role::Producer))
///     .checked()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkSpec {
    /// The network's name.
    pub name: NetworkName,
    /// The nodeos that its files are for.
    #[serde(default)]
    pub version: NodeVersion,
    /// Where it shall run.
    #[serde(default)]
    pub target: Target,
    /// The symbol of the chain's own token.
    #[serde(default = "default_symbol")]
    pub core_symbol: Symbol,
    /// What the chain begins with.
    #[serde(default)]
    pub genesis: GenesisSpec,
    /// The nodeos to run on this machine; one is looked for when there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodeos: Option<PathBuf>,
    /// The image to run on a cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageSpec>,
    /// Which nodes are linked.
    #[serde(default, skip_serializing_if = "Topology::is_mesh")]
    pub topology: Topology,
    /// The disk of each node that has no other, on a cluster.
    #[serde(default, skip_serializing_if = "StorageSpec::is_empty")]
    pub storage: StorageSpec,
    /// The processors and memory of each node that has no other, on a cluster.
    #[serde(default, skip_serializing_if = "ResourcesSpec::is_empty")]
    pub resources: ResourcesSpec,
    /// How its RPC is reached from outside of a cluster; not at all when there is nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<ExposureSpec>,
    /// The nodes. Exactly one, of these and those of the groups, is the boot node.
    #[serde(default)]
    pub nodes: Vec<NodeSpec>,
    /// Further nodes, of which several are alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupSpec>,
}

/// Where a network shall run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Target {
    /// As processes on this machine.
    #[default]
    Local,
    /// On a Kubernetes cluster.
    Kubernetes,
    /// On an OpenShift cluster.
    #[serde(rename = "openshift")]
    OpenShift,
}

/// What a chain begins with, apart from its first key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GenesisSpec {
    /// When it begins; the time of the first start when there is none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_timestamp: Option<TimePoint>,
    /// Its limits.
    #[serde(default)]
    pub initial_configuration: ChainParameters,
}

impl NetworkSpec {
    /// Returns a network without nodes.
    pub fn new(name: NetworkName) -> Self {
        Self {
            name,
            version: NodeVersion::default(),
            target: Target::default(),
            core_symbol: default_symbol(),
            genesis: GenesisSpec::default(),
            nodeos: None,
            image: None,
            topology: Topology::default(),
            storage: StorageSpec::default(),
            resources: ResourcesSpec::default(),
            exposure: None,
            nodes: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Reads a YAML document.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place and line.
    pub fn from_yaml(yaml: &str) -> Result<Self, SpecErrors> {
        reader::from_yaml(yaml)
    }

    /// Reads a JSON document.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place and line.
    pub fn from_json(json: &str) -> Result<Self, SpecErrors> {
        reader::from_json(json)
    }

    /// Adds a node.
    #[must_use]
    pub fn with_node(mut self, node: NodeSpec) -> Self {
        self.nodes.push(node);
        self
    }

    /// Adds a group of nodes.
    #[must_use]
    pub fn with_group(mut self, group: GroupSpec) -> Self {
        self.groups.push(group);
        self
    }

    /// Returns it for another nodeos.
    #[must_use]
    pub fn with_version(mut self, version: NodeVersion) -> Self {
        self.version = version;
        self
    }

    /// Returns it for another place to run.
    #[must_use]
    pub fn with_target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// Returns it with other links.
    #[must_use]
    pub fn with_topology(mut self, topology: Topology) -> Self {
        self.topology = topology;
        self
    }

    /// Returns it with an image.
    #[must_use]
    pub fn with_image(mut self, image: ImageSpec) -> Self {
        self.image = Some(image);
        self
    }

    /// Returns it reached from outside.
    #[must_use]
    pub fn with_exposure(mut self, exposure: ExposureSpec) -> Self {
        self.exposure = Some(exposure);
        self
    }

    /// Returns it, when nothing is wrong with it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place.
    pub fn checked(self) -> Result<Self, SpecErrors> {
        reader::check(&self).map(|()| self)
    }

    /// Returns the boot node, which a spec that was checked has.
    pub fn boot_node(&self) -> Option<NodeSpec> {
        self.all_nodes()
            .into_iter()
            .find(|node| node.role == Role::Boot)
    }

    /// Returns the nodes and those of the groups, in this order, each with the network's storage and resources where it has none of
    /// its own.
    pub fn all_nodes(&self) -> Vec<NodeSpec> {
        let of_groups = self.groups.iter().flat_map(GroupSpec::nodes);
        let all = self.nodes.iter().cloned().chain(of_groups);
        all.map(|mut node| {
            node.storage = node.storage.or(&self.storage);
            node.resources = node.resources.or(&self.resources);
            node
        })
        .collect()
    }

    /// Returns the names of all nodes, in the order of [`all_nodes`](Self::all_nodes).
    pub fn node_names(&self) -> Vec<NodeName> {
        let of_nodes = self.nodes.iter().map(|node| node.name.clone());
        let of_groups = self.groups.iter().flat_map(GroupSpec::node_names);
        of_nodes.chain(of_groups).collect()
    }

    /// Returns whom a node dials: all to whom the topology gives it a link, in the order of the nodes.
    pub fn peers_of(&self, node: &NodeName) -> Vec<NodeName> {
        self.topology.peers_of(node, &self.node_names())
    }

    /// Returns the role whose nodes answer for the network on a cluster: that of the API nodes, or else of the seeds, or else of the producers.
    /// Never the boot node: who reaches its RPC can stop it from producing.
    pub(crate) fn answering_role(&self) -> Role {
        let nodes = self.nodes.iter().map(|node| node.role);
        let roles: BTreeSet<Role> = nodes
            .chain(self.groups.iter().map(|group| group.role))
            .collect();
        [Role::Api, Role::Seed]
            .into_iter()
            .find(|role| roles.contains(role))
            .unwrap_or(Role::Producer)
    }

    /// Returns how its RPC is reached from outside: what the spec says, or else what is usual on the target.
    pub fn exposure_kind(&self) -> ExposureKind {
        let Some(exposure) = &self.exposure else {
            return ExposureKind::None;
        };
        exposure.kind.unwrap_or(match self.target {
            Target::Local => ExposureKind::None,
            Target::Kubernetes => ExposureKind::Ingress,
            Target::OpenShift => ExposureKind::Route,
        })
    }
}

fn default_symbol() -> Symbol {
    Symbol::from_static("4,SYS")
}
