//! Who reaches whom: the network policies that are rendered, evaluated as Kubernetes does it.

use baas_deploy::manifests::{self, ConsoleTemplate, Inputs};
use baas_deploy::node::Genesis;
use baas_deploy::spec::{NetworkSpec, Role};
use baas_deploy::template::Mode;
use serde_json::{Map, Value, json};

use crate::console_template::{four, process};
use crate::manifests::{keys, spec};

const P2P: u64 = 9876;
const HTTP: u64 = 8888;

/// A namespace with its policies and pods.
#[derive(Default)]
struct Namespace {
    policies: Vec<Value>,
    pods: Vec<Pod>,
}

struct Pod {
    name: String,
    labels: Value,
}

impl Namespace {
    fn add(&mut self, objects: impl IntoIterator<Item = Value>) {
        for object in objects {
            if object["kind"] == "NetworkPolicy" {
                self.policies.push(object);
            } else if object["kind"] == "StatefulSet" {
                self.pods.push(Pod {
                    name: object["metadata"]["name"].as_str().unwrap().to_owned(),
                    labels: object["spec"]["template"]["metadata"]["labels"].clone(),
                });
            }
        }
    }

    /// Adds the nodes of a network.
    fn add_network(&mut self, spec: &NetworkSpec) {
        let rendered = manifests::render(spec, &Inputs::of_private_keys(&keys(spec))).unwrap();
        self.add(rendered.objects().cloned());
    }

    /// Adds a node that somebody starts in the console.
    fn add_node(&mut self, template: &ConsoleTemplate, role: Role, given: &[(&str, &str)]) {
        let four = four();
        let of_form = four
            .iter()
            .filter(|(name, _)| role.produces() || *name == "BP_LIST")
            .map(|(name, value)| (*name, value.as_str()));
        let given: Vec<(&str, &str)> = of_form.chain(given.iter().copied()).collect();
        self.add(process(template, &given, Mode::Strict).unwrap());
    }

    fn pod(&self, name: &str) -> &Pod {
        self.pods
            .iter()
            .find(|pod| pod.name == name)
            .unwrap_or_else(|| panic!("no pod {name}"))
    }

    /// Says whether one pod reaches a port of another: when no policy is about that one, or when one lets it.
    fn reaches(&self, from: &str, to: &str, port: u64) -> bool {
        let (from, to) = (self.pod(from), self.pod(to));
        let about: Vec<&Value> = self
            .policies
            .iter()
            .filter(|policy| selects(&policy["spec"]["podSelector"], to))
            .collect();
        about.is_empty()
            || about
                .iter()
                .flat_map(|policy| policy["spec"]["ingress"].as_array().unwrap())
                .any(|rule| lets(rule, from, port))
    }
}

fn lets(rule: &Value, from: &Pod, port: u64) -> bool {
    let is_port = rule["ports"]
        .as_array()
        .is_none_or(|ports| ports.iter().any(|open| open["port"] == port));
    // Of a peer in another namespace nothing is asked here.
    let is_from = rule["from"].as_array().is_none_or(|peers| {
        peers
            .iter()
            .any(|peer| peer["namespaceSelector"].is_null() && selects(&peer["podSelector"], from))
    });
    is_port && is_from
}

fn selects(selector: &Value, pod: &Pod) -> bool {
    assert!(selector["matchExpressions"].is_null(), "{selector}");
    selector["matchLabels"]
        .as_object()
        .into_iter()
        .flat_map(Map::iter)
        .all(|(key, value)| pod.labels[key] == *value)
}

fn network(name: &str) -> NetworkSpec {
    spec(&format!(
        "
name: {name}
target: openshift
image: {{reference: 'registry.example.org/eos/nodeos:4.1'}}
genesis: {{initial_timestamp: 2024-03-02T12:00:00}}
nodes:
- {{name: boot, role: boot}}
- {{name: bp1, role: producer}}
- {{name: seed, role: seed}}
- {{name: api, role: api}}
"
    ))
}

fn template(spec: &NetworkSpec, role: Role) -> ConsoleTemplate {
    let boot = spec.boot_node().unwrap().account().unwrap();
    let genesis = Genesis::new(
        spec.genesis.initial_timestamp.unwrap(),
        keys(spec)[&boot].public_key(),
        spec.genesis.initial_configuration.clone(),
    );
    ConsoleTemplate::of_network(spec, role).genesis(&genesis)
}

/// Returns two networks, nodes that people added to the first one with its template, one that somebody started for a chain of another name,
/// and a pod that is none of theirs.
fn namespace() -> Namespace {
    let mut namespace = Namespace::default();
    let first = network("first");
    namespace.add_network(&first);
    namespace.add_network(&network("second"));
    for (role, name) in [(Role::Producer, "bp-one"), (Role::Api, "more")] {
        namespace.add_node(&template(&first, role), role, &[("NAME", name)]);
    }
    let other = [("NAME", "other"), ("NETWORK", "third")];
    namespace.add_node(&template(&first, Role::Api), Role::Api, &other);
    namespace.pods.push(Pod {
        name: "stranger".to_owned(),
        labels: json!({"app": "shop"}),
    });
    namespace
}

#[test]
fn peers_are_the_nodes_of_one_network_whoever_started_them() {
    let namespace = namespace();
    let first = [
        "first-boot",
        "first-bp1",
        "first-seed",
        "first-api",
        "bp-one",
        "more",
    ];
    let nodes = namespace.pods.iter().map(|pod| pod.name.as_str());
    for from in nodes {
        for to in first {
            let is_peer = first.contains(&from);
            assert_eq!(namespace.reaches(from, to, P2P), is_peer, "{from} to {to}");
            assert_eq!(
                namespace.reaches(to, from, P2P),
                is_peer || from == "stranger",
                "{to} to {from}"
            );
        }
    }
}

#[test]
fn only_the_nodes_that_answer_are_asked() {
    let namespace = namespace();
    for (to, is_open) in [
        ("first-boot", false),
        ("first-bp1", false),
        ("first-seed", false),
        ("first-api", true),
        ("bp-one", true),
        ("more", true),
    ] {
        for from in ["first-bp1", "second-api", "more", "stranger"] {
            assert_eq!(namespace.reaches(from, to, HTTP), is_open, "{from} to {to}");
            // The probes are the kubelet's.
            assert!(!namespace.reaches(from, to, 8890), "{from} to {to}");
        }
    }
}
