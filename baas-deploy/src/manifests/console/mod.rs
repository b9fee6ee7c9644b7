//! The template with which people start a node in OpenShift's console, by filling in a form.

mod files;
mod objects;
mod parameters;

use eos_abi::TimePoint;
use eos_keys::PublicKey;
use serde_json::{Value, json};

use crate::names::NetworkName;
use crate::node::{ChainParameters, Genesis, NodeVersion};
use crate::spec::{HostName, ImageReference, NetworkSpec, Role};
use crate::yaml::to_yaml;

/// An OpenShift template that starts one node of a chain: `oc create -f` puts it into a project's catalogue, or in the project `openshift` into
/// everybody's.
///
/// It has the parameters of the template that people used in 2018 (`BP`, `PUBLIC_KEY`, `PRIVATE_KEY`, `BP_LIST`), and those that it lacked. No
/// key has a default, and the private one goes into a `Secret`. Several nodes can be made of it in one project: nothing but parameters makes
/// names. Each makes an own template of a role:
///
/// - [`Role::Boot`] begins the chain and produces for `eosio`. Its RPC, which could stop it, answers inside of the pod only (`oc port-forward`).
/// - [`Role::Producer`] goes on with the chain that its peers have.
/// - [`Role::Api`] and [`Role::Seed`] need no key.
///
/// ```
/// use baas_deploy::manifests::ConsoleTemplate;
/// use baas_deploy::spec::Role;
///
/// let yaml = ConsoleTemplate::new(Role::Producer).to_yaml();
/// assert!(yaml.starts_with("apiVersion: template.openshift.io/v1\nkind: Template\n"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConsoleTemplate {
    role: Role,
    version: NodeVersion,
    workload: ConsoleWorkload,
    network: Option<NetworkName>,
    image: Option<ImageReference>,
    host: Option<HostName>,
    storage_class: Option<String>,
    initial_timestamp: Option<TimePoint>,
    initial_key: Option<PublicKey>,
    chain: ChainParameters,
}

/// What runs the node of a [`ConsoleTemplate`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConsoleWorkload {
    /// A `StatefulSet`.
    #[default]
    StatefulSet,
    /// A `DeploymentConfig`, which new clusters may not know, with a claim of its own. It ends a pod before it starts the next one.
    DeploymentConfig,
}

impl ConsoleTemplate {
    /// Returns the template of a node that others decide about: which chain, which image.
    pub fn new(role: Role) -> Self {
        Self {
            role,
            version: NodeVersion::default(),
            workload: ConsoleWorkload::default(),
            network: None,
            image: None,
            host: None,
            storage_class: None,
            initial_timestamp: None,
            initial_key: None,
            chain: ChainParameters::default(),
        }
    }

    /// Returns the template of another node for a network: what the spec says is filled in. With the network's own name in `NETWORK`, its
    /// nodes and those that others start with the template may be peers.
    pub fn of_network(spec: &NetworkSpec, role: Role) -> Self {
        Self {
            version: spec.version,
            network: Some(spec.name.clone()),
            image: spec.image.as_ref().map(|image| image.reference.clone()),
            storage_class: spec.storage.class.clone(),
            initial_timestamp: spec.genesis.initial_timestamp,
            chain: spec.genesis.initial_configuration.clone(),
            ..Self::new(role)
        }
    }

    /// Sets the nodeos that its files are for.
    #[must_use]
    pub fn version(mut self, version: NodeVersion) -> Self {
        self.version = version;
        self
    }

    /// Sets what runs the node.
    #[must_use]
    pub fn workload(mut self, workload: ConsoleWorkload) -> Self {
        self.workload = workload;
        self
    }

    /// Fills in the image.
    #[must_use]
    pub fn image(mut self, image: ImageReference) -> Self {
        self.image = Some(image);
        self
    }

    /// Has the form ask for the host of the node's route, with this one filled in, which takes the permission to choose one. Otherwise the
    /// cluster makes one up.
    #[must_use]
    pub fn host(mut self, host: HostName) -> Self {
        self.host = Some(host);
        self
    }

    /// Has the form ask for the storage class of the node's volume, with this one filled in. Otherwise it is the cluster's default one.
    #[must_use]
    pub fn storage_class(mut self, class: impl Into<String>) -> Self {
        self.storage_class = Some(class.into());
        self
    }

    /// Fills in what the chain begins with.
    #[must_use]
    pub fn genesis(mut self, genesis: &Genesis) -> Self {
        self.initial_timestamp = Some(genesis.initial_timestamp);
        self.initial_key = Some(genesis.initial_key.clone());
        self.chain = genesis.initial_configuration.clone();
        self
    }

    /// Returns the template.
    pub fn to_object(&self) -> Value {
        let name = match self.role {
            Role::Producer => "nodeos".to_owned(),
            role => format!("nodeos-{}", role.as_str()),
        };
        let (title, description) = match self.role {
            Role::Boot => (
                "Blockchain: first node",
                "The node that begins an EOSIO/Antelope chain. It produces for the account eosio until others are elected.",
            ),
            Role::Producer => (
                "Blockchain: producer",
                "A block producer of an EOSIO/Antelope chain. It takes the chain from its peers, and produces when its account is elected.",
            ),
            Role::Api => (
                "Blockchain: API node",
                "A node of an EOSIO/Antelope chain that answers RPC.",
            ),
            Role::Seed => (
                "Blockchain: seed node",
                "A node of an EOSIO/Antelope chain that passes blocks on to its peers.",
            ),
        };
        json!({
            "apiVersion": "template.openshift.io/v1",
            "kind": "Template",
            "metadata": {
                "name": name,
                "annotations": {
                    "openshift.io/display-name": title,
                    "description": description,
                    "openshift.io/provider-display-name": "baas-deploy",
                    "iconClass": "icon-cube",
                    "tags": "blockchain,eosio,antelope,nodeos",
                    "template.openshift.io/bindable": "false",
                },
            },
            "message": self.message(),
            "labels": objects::labels(self),
            "parameters": parameters::parameters(self),
            "objects": objects::objects(self),
        })
    }

    /// Returns the template as YAML.
    pub fn to_yaml(&self) -> String {
        to_yaml(&self.to_object())
    }

    /// Says whether its RPC can be reached by others than those who are let into its pod.
    fn answers(&self) -> bool {
        self.role != Role::Boot
    }

    fn message(&self) -> String {
        let role = if self.role.produces() {
            "The node ${NAME} produces for ${BP}."
        } else {
            "The node ${NAME} follows the chain."
        };
        let rpc = match (self.answers(), self.workload) {
            (true, _) => {
                "Inside of the project it answers on http://${NAME}:8888, outside under the host of the route ${NAME}."
            }
            (false, ConsoleWorkload::StatefulSet) => {
                "Its RPC is reached by: oc port-forward statefulset/${NAME} 8888"
            }
            (false, ConsoleWorkload::DeploymentConfig) => {
                "Its RPC is reached by: oc port-forward dc/${NAME} 8888"
            }
        };
        format!(
            "{role} Other nodes find it as ${{NAME}}-p2p:9876, which belongs into their BP_LIST. {rpc}"
        )
    }
}
