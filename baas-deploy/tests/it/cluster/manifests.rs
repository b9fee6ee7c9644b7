//! What a spec is rendered to is what an API server takes, and leaves as it is when it comes again.

use baas_deploy::manifests::{self, ConsoleWorkload, Inputs};
use baas_deploy::spec::Role;
use baas_deploy::template::Mode;
use serde_json::{Value, json};

use crate::console_template;
use crate::manifests::{keys, spec};
use crate::support::kubernetes::{Accepted, Keep, Refused};
use crate::support::namespace::{Namespace, made_of};

/// A node of every role.
const NODES: &str = "
nodes:
- {name: boot, role: boot}
- {name: bp1, role: producer}
- {name: bp-one, role: producer, account: bp.one, p2p_port: 9000, storage: {size: 500Gi, class: fast, retain: false}}
- {name: seed, role: seed, http_port: 9888, resources: {cpu: 250m, memory: 512Mi, cpu_limit: 2, memory_limit: 2Gi}}
groups:
- {name: api, role: api, count: 2, plugins: ['eosio::trace_api_plugin'], options: {trace-no-abis: true}}
";

fn checked(object: &Value, result: Result<Accepted, Refused>) -> Accepted {
    let (kind, name) = (&object["kind"], &object["metadata"]["name"]);
    let accepted = result.unwrap_or_else(|refused| {
        panic!(
            "{kind} {name}: {} {}\n{object:#}",
            refused.status, refused.message
        )
    });
    assert!(
        accepted.warnings.is_empty(),
        "{kind} {name}: {:?}\n{object:#}",
        accepted.warnings
    );
    accepted
}

/// Applies objects: tried first, then in earnest, then once more, which changes nothing. Returns the pods that would be made.
async fn take(objects: &[Value]) -> usize {
    let namespace = Namespace::new().await;
    for object in objects {
        checked(object, namespace.apply(object, Keep::DryRun).await);
    }
    let mut versions = Vec::new();
    for object in objects {
        let accepted = checked(object, namespace.apply(object, Keep::Yes).await);
        assert!(accepted.is_new, "two objects have one name: {object:#}");
        versions.push(accepted.object["metadata"]["resourceVersion"].clone());
    }
    for (object, version) in objects.iter().zip(versions) {
        let accepted = checked(object, namespace.apply(object, Keep::Yes).await);
        let now = &accepted.object["metadata"]["resourceVersion"];
        assert_eq!(*now, version, "{object:#}");
    }
    // The account that the pods run as is there now.
    let sets = objects
        .iter()
        .filter(|object| object["kind"] == "StatefulSet");
    let mut pods = 0;
    for made in sets.flat_map(made_of) {
        checked(&made, namespace.apply(&made, Keep::DryRun).await);
        pods += usize::from(made["kind"] == "Pod");
    }
    pods
}

/// Applies everything that a spec is rendered to.
async fn is_taken(yaml: &str) {
    let spec = spec(yaml);
    let keys = keys(&spec);
    let rendered = manifests::render(&spec, &Inputs::of_private_keys(&keys)).unwrap();
    let secrets = rendered.secrets(&keys).unwrap();
    let secrets = secrets.iter().map(manifests::SecretManifest::expose_object);
    let objects: Vec<Value> = secrets.chain(rendered.objects().cloned()).collect();
    assert_eq!(take(&objects).await, spec.all_nodes().len());
}

async fn are_taken(targets: &[&str], common: &str, variants: &[&str]) {
    for target in targets {
        for variant in variants {
            is_taken(&format!(
                "name: first
target: {target}
genesis: {{initial_timestamp: 2024-03-02T12:00:00}}
{common}
{variant}
"
            ))
            .await;
        }
    }
}

const IMAGE: &str = "image: {reference: 'registry.example.org:5000/eos/nodeos:4.1', pull_policy: Always, pull_secret: registry}";

#[tokio::test]
async fn every_role_and_every_way_of_linking() {
    let topologies = [
        "topology: mesh",
        "topology: ring",
        "topology: line",
        "topology: {star: boot}",
        "topology: {custom: [[boot, bp1], [bp1, bp-one], [bp-one, seed], [seed, api-1], [api-1, api-2]]}",
    ];
    are_taken(
        &["kubernetes", "openshift"],
        &format!("{IMAGE}{NODES}"),
        &topologies,
    )
    .await;
}

#[tokio::test]
async fn every_exposure_on_kubernetes() {
    are_taken(
        &["kubernetes"],
        &format!("{IMAGE}{NODES}"),
        &[
            "exposure: {kind: none}",
            "exposure: {kind: ingress}",
            "exposure: {host: chain.example.org, ingress_class: nginx, tls_secret: chain-tls}",
            "exposure: {kind: load-balancer}",
            "exposure: {kind: node-port}",
        ],
    )
    .await;
}

#[tokio::test]
async fn every_exposure_on_openshift() {
    are_taken(
        &["openshift"],
        &format!("{IMAGE}{NODES}"),
        &[
            "exposure: {}",
            "exposure: {kind: route}",
            "exposure: {host: chain.example.org}",
            "exposure: {kind: ingress, host: chain.example.org}",
            "exposure: {kind: none}",
            "exposure: {kind: load-balancer}",
            "exposure: {kind: node-port}",
        ],
    )
    .await;
}

#[tokio::test]
async fn every_way_of_storing_and_of_limiting() {
    are_taken(
        &["kubernetes", "openshift"],
        &format!("{IMAGE}{NODES}"),
        &[
            "storage: {size: 10Gi}",
            "storage: {size: 0.5Ti, class: fast, retain: true}",
            "storage: {retain: false}",
            "resources: {cpu: 500m, memory: 1Gi}",
            "resources: {cpu_limit: 1.5, memory_limit: 4Gi}",
        ],
    )
    .await;
}

#[tokio::test]
async fn every_version() {
    let images = [
        "dawn-4.1",
        "eosio-1.8",
        "eosio-2.0",
        "leap-3",
        "leap-4",
        "leap-5",
        "spring-1",
    ]
    .map(|version| format!("version: {version}\n{IMAGE}"));
    let images: Vec<_> = images.iter().map(String::as_str).collect();
    let nodes =
        "nodes: [{name: boot, role: boot}, {name: bp1, role: producer}, {name: api, role: api}]";
    are_taken(&["kubernetes", "openshift"], nodes, &images).await;
}

#[tokio::test]
async fn the_longest_names() {
    // Together 52 characters, the most that is rendered.
    for (network, node) in [(3, 48), (47, 4), (25, 26)] {
        let (network, node) = ("n".repeat(network), "b".repeat(node));
        let yaml = format!(
            "
name: {network}
target: kubernetes
{IMAGE}
genesis: {{initial_timestamp: 2024-03-02T12:00:00}}
nodes: [{{name: {node}, role: boot}}, {{name: bp, role: producer, account: 1bp.zzzzzzzzj}}]
exposure: {{host: chain.example.org}}
"
        );
        is_taken(&yaml).await;
    }
}

/// Returns what the console makes of the template of a role.
fn of_template(role: Role, workload: ConsoleWorkload) -> Vec<Value> {
    let four = console_template::four();
    let asked = if role.produces() {
        four.as_slice()
    } else {
        &four[3..]
    };
    let mut given: Vec<_> = asked
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    given.push(("NAME", "bp-one"));
    if role == Role::Boot {
        // Its account is known, and its key is the chain's first.
        given.retain(|(name, _)| !matches!(*name, "BP" | "PUBLIC_KEY"));
    }
    let (template, _) = console_template::template(role);
    console_template::process(&template.workload(workload), &given, Mode::Strict).unwrap()
}

#[tokio::test]
async fn what_comes_of_a_template_of_the_console() {
    for role in console_template::ROLES {
        let pods = take(&of_template(role, ConsoleWorkload::StatefulSet)).await;
        assert_eq!(pods, 1, "{role:?}");
    }
}

#[tokio::test]
async fn the_pod_of_a_deployment_config() {
    let namespace = Namespace::new().await;
    for role in console_template::ROLES {
        let objects = of_template(role, ConsoleWorkload::DeploymentConfig);
        let config = objects
            .iter()
            .find(|object| object["kind"] == "DeploymentConfig")
            .unwrap();
        // Kubernetes does not know the kind, but the pod in it and the disk beside it.
        let mut pod = config["spec"]["template"].clone();
        pod["apiVersion"] = json!("v1");
        pod["kind"] = json!("Pod");
        pod["metadata"]["name"] = json!("bp-one-1-abcde");
        checked(&pod, namespace.apply(&pod, Keep::DryRun).await);
        for object in objects.iter().filter(|object| *object != config) {
            checked(object, namespace.apply(object, Keep::DryRun).await);
        }
    }
}

/// Networks of one namespace whose names and nodes' names join to the same text: whoever applies each under a name of its own is told.
#[tokio::test]
async fn a_network_does_not_take_over_what_another_has() {
    let namespace = Namespace::new().await;
    let objects = |network: &str, node: &str| -> Vec<Value> {
        let spec = spec(&format!(
            "
name: {network}
target: kubernetes
{IMAGE}
genesis: {{initial_timestamp: 2024-03-02T12:00:00}}
nodes: [{{name: boot, role: boot}}, {{name: {node}, role: producer, account: bp1}}]
"
        ));
        let rendered = manifests::render(&spec, &Inputs::of_private_keys(&keys(&spec))).unwrap();
        rendered.objects().cloned().collect()
    };
    let apply = async |manager: &str, object: &Value| {
        let cluster = namespace.cluster.applying_as(manager);
        cluster
            .apply(object, Some(&namespace.name), Keep::Yes)
            .await
    };
    let (first, second) = (objects("a", "b-c"), objects("a-b", "c"));
    for object in &first {
        checked(object, apply("a", object).await);
    }
    let mut told = Vec::new();
    for object in &second {
        if let Err(refused) = apply("a-b", object).await {
            assert_eq!(refused.status, 409, "{}", refused.message);
            told.push(
                format!("{} {}", object["kind"], object["metadata"]["name"]).replace('"', ""),
            );
        }
    }
    assert_eq!(
        told,
        [
            "Service a-b-c-p2p",
            "Service a-b-c-http",
            "StatefulSet a-b-c"
        ]
    );
    // What the first has is as it was.
    for object in &first {
        let accepted = checked(object, apply("a", object).await);
        assert!(!accepted.is_new);
    }
}
