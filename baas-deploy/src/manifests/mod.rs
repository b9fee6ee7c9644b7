//! The objects with which a network runs on Kubernetes or OpenShift, as values and as YAML: the same bytes for the same spec.

mod config_map;
mod console;
mod disruption_budget;
mod error;
mod ingress;
mod inputs;
mod labels;
mod layout;
mod network_policy;
mod node_pod;
mod object;
mod pod;
mod route;
mod secret;
mod service;
mod service_account;
mod stateful_set;

use std::collections::BTreeMap;

use eos_abi::{ChainId, Name};
use eos_keys::PrivateKey;
use serde_json::Value;

use crate::spec::{ExposureKind, ExposureSpec, NetworkSpec};
use crate::yaml::{to_yaml, to_yaml_documents};
pub use console::{ConsoleTemplate, ConsoleWorkload};
pub use error::{RenderError, RenderErrors};
pub use inputs::Inputs;
pub use labels::{
    ACCOUNT_LABEL, CHAIN_ANNOTATION, CONFIG_ANNOTATION, NODE_LABEL, PUBLIC_KEY_ANNOTATION,
};
use layout::Layout;
pub(crate) use layout::{HTTP_PORT, P2P_PORT};
pub use secret::{ExpectedSecret, SecretManifest};

/// The objects of a network, in the order in which they are best applied; all but the secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifests {
    objects: Vec<Manifest>,
    expected_secrets: Vec<ExpectedSecret>,
    chain_id: ChainId,
}

/// An object and the name of a file for it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Manifest {
    /// The name of the file. It begins with a number, so that the files are applied in the order of their names, and stays the same when
    /// the name of the object changes with its content.
    pub file_name: String,
    /// The object.
    pub object: Value,
}

/// Returns the objects of a network for the cluster that is the spec's target.
///
/// There is no private key in them. Each node that produces waits for a `Secret`, which
/// [`expected_secrets`](Manifests::expected_secrets) tells and [`secrets`](Manifests::secrets) makes.
///
/// # Errors
///
/// All reasons why the spec cannot be rendered.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use baas_deploy::manifests::{self, Inputs};
/// use baas_deploy::spec::NetworkSpec;
/// use eos_keys::PrivateKey;
///
/// let spec = NetworkSpec::from_yaml(
///     "
/// name: first
/// target: kubernetes
/// image: {reference: 'registry.example.org/eos/nodeos:4.1'}
/// genesis: {initial_timestamp: 2024-03-02T12:00:00}
/// nodes:
/// - {name: boot, role: boot}
/// - {name: bp1, role: producer}
/// ",
/// )?;
/// let keys = BTreeMap::from([
///     ("eosio".parse()?, PrivateKey::generate()?),
///     ("bp1".parse()?, PrivateKey::generate()?),
/// ]);
/// let rendered = manifests::render(&spec, &Inputs::of_private_keys(&keys))?;
/// for (file_name, yaml) in rendered.files() {
///     assert!(file_name.ends_with(".yaml") && yaml.starts_with("apiVersion: "));
/// }
/// for secret in rendered.secrets(&keys)? {
///     assert!(secret.expose_yaml().contains("kind: Secret"));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(spec: &NetworkSpec, inputs: &Inputs) -> Result<Manifests, RenderErrors> {
    let layout = Layout::new(spec, inputs)?;
    let mut objects = Vec::with_capacity(4 * layout.nodes().len() + 8);
    let mut add = |order: u32, kind: &str, name: &str, object: Value| {
        objects.push(Manifest {
            file_name: format!("{order}-{kind}-{name}.yaml"),
            object,
        });
    };

    let name = service_account::name(&layout);
    add(
        10,
        "serviceaccount",
        &name,
        service_account::service_account(&layout),
    );
    add(
        20,
        "configmap",
        &layout.name_of("genesis"),
        config_map::genesis(&layout),
    );
    for node in layout.nodes() {
        let name = format!("{}-config", node.stateful_set());
        add(20, "configmap", &name, config_map::config(&layout, node));
    }
    add(
        30,
        "networkpolicy",
        &layout.name_of("p2p"),
        network_policy::p2p(&layout),
    );
    add(
        30,
        "networkpolicy",
        &layout.name_of("api"),
        network_policy::api(&layout),
    );
    let budget = disruption_budget::disruption_budget(&layout);
    add(
        40,
        "poddisruptionbudget",
        &layout.name_of("producers"),
        budget,
    );
    let api = service::api_name(&layout);
    add(50, "service", &api, service::api(&layout));
    for node in layout.nodes() {
        add(
            50,
            "service",
            &node.p2p_service(),
            service::p2p(&layout, node),
        );
        if let (Some(name), Some(service)) = (node.http_service(), service::http(&layout, node)) {
            add(50, "service", &name, service);
        }
    }
    for node in layout.nodes() {
        add(
            60,
            "statefulset",
            node.stateful_set(),
            stateful_set::stateful_set(&layout, node),
        );
    }
    let default = ExposureSpec::default();
    let exposure = spec.exposure.as_ref().unwrap_or(&default);
    match spec.exposure_kind() {
        ExposureKind::Ingress => add(70, "ingress", &api, ingress::ingress(&layout, exposure)),
        ExposureKind::Route => add(70, "route", &api, route::route(&layout, exposure)),
        ExposureKind::None | ExposureKind::LoadBalancer | ExposureKind::NodePort => {}
    }

    Ok(Manifests {
        objects,
        expected_secrets: layout
            .nodes()
            .iter()
            .filter_map(|node| ExpectedSecret::new(&layout, node))
            .collect(),
        chain_id: layout.chain_id(),
    })
}

impl Manifests {
    /// Returns the objects with the names of their files.
    pub fn manifests(&self) -> &[Manifest] {
        &self.objects
    }

    /// Returns the objects.
    pub fn objects(&self) -> impl Iterator<Item = &Value> {
        self.objects.iter().map(|manifest| &manifest.object)
    }

    /// Returns the secrets that the nodes wait for.
    pub fn expected_secrets(&self) -> &[ExpectedSecret] {
        &self.expected_secrets
    }

    /// Returns the secrets with their private keys.
    ///
    /// # Errors
    ///
    /// When keys are missing, or are not those of the public keys that were rendered.
    pub fn secrets(
        &self,
        keys: &BTreeMap<Name, PrivateKey>,
    ) -> Result<Vec<SecretManifest>, RenderErrors> {
        let mut secrets = Vec::with_capacity(self.expected_secrets.len());
        let mut errors = Vec::new();
        for expected in &self.expected_secrets {
            let account = expected.account();
            let filled = match keys.get(&account) {
                Some(key) => expected.fill(key),
                None => Err(RenderError::NoKey {
                    node: expected.node().clone(),
                    account,
                }),
            };
            match filled {
                Ok(secret) => secrets.push(secret),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(secrets)
        } else {
            Err(RenderErrors::from(errors))
        }
    }

    /// Returns the id of the chain that the network begins.
    pub fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    /// Returns all objects as one text of several YAML documents.
    pub fn to_yaml(&self) -> String {
        to_yaml_documents(self.objects())
    }

    /// Returns each object as a YAML document, with the name of its file.
    pub fn files(&self) -> impl Iterator<Item = (&str, String)> {
        self.objects
            .iter()
            .map(|manifest| (manifest.file_name.as_str(), to_yaml(&manifest.object)))
    }
}
