use serde_json::{Map, Value, json};

use super::labels::{self, CHAIN_ANNOTATION, CONFIG_ANNOTATION, PUBLIC_KEY_ANNOTATION};
use super::layout::{Layout, NodeLayout};
use super::pod::Pod;
use super::{config_map, service_account};
use crate::spec::{Quantity, ResourcesSpec, Role};

/// Returns what a node's pod is made of.
pub(super) fn template(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    let image = layout.image();
    let pod = Pod {
        image: image.reference.to_string(),
        pull_policy: image.pull_policy.map(|policy| json!(policy)),
        pull_secret: image.pull_secret.clone(),
        service_account: Some(service_account::name(layout)),
        options: options(layout, node),
        arguments: node.arguments(),
        http: node.http_port(),
        p2p: node.p2p_port(),
        resources: resources(&node.spec().resources),
        config: [
            config_map::config_name(node),
            config_map::genesis_name(layout),
        ],
        secret: node.secret(),
        claim: None,
        alike: Value::Object(labels::select_role(layout, node.role())),
        is_openshift: layout.is_openshift(),
    };
    json!({
        "metadata": {
            "labels": labels::of_node(layout, node),
            "annotations": annotations(layout, node),
        },
        "spec": pod.spec(),
    })
}

/// Returns the annotations of a pod. With the names of its config maps they change when, and only when, this node must be started again. Of
/// its secret there is the public key, from which nothing can be learned about the other one.
fn annotations(layout: &Layout<'_>, node: &NodeLayout) -> Map<String, Value> {
    let mut annotations = labels::account_annotation(node.account());
    let mut insert = |name: &str, value: String| annotations.insert(name.to_owned(), json!(value));
    insert(CHAIN_ANNOTATION, layout.chain_id().to_string());
    insert(CONFIG_ANNOTATION, config_map::sha256(node.config_ini()));
    if let Some(key) = node.public_key() {
        insert(PUBLIC_KEY_ANNOTATION, key.to_string());
    }
    annotations
}

/// Returns what the launcher is told of a node.
fn options(layout: &Layout<'_>, node: &NodeLayout) -> Vec<String> {
    let mut options = Vec::new();
    match node.role() {
        Role::Boot => options.push("--boot".to_owned()),
        // It begins the chain alone; the others are of no use before they heard of it.
        _ if node.counts_peers() => options.push("--min-peers=1".to_owned()),
        _ => {}
    }
    if node.role().produces() {
        options.push("--producer".to_owned());
    }
    if node.role() == Role::Producer && layout.nodes_of(Role::Producer).count() == 1 {
        // Nobody else can have gone on with the chain: it may, however old its last block is.
        options.push("--cold-start".to_owned());
    }
    options
}

/// Returns the resources of a node. There is always a limit of memory, so that no node takes that of others: what the spec says, or else what it
/// says is kept for the node, or else 2 GiB.
fn resources(spec: &ResourcesSpec) -> Value {
    let text = |quantity: &Option<Quantity>| {
        quantity
            .as_ref()
            .map(|quantity| quantity.as_str().to_owned())
    };
    let (cpu, cpu_limit) = (text(&spec.cpu), text(&spec.cpu_limit));
    let (memory, memory_limit) = (text(&spec.memory), text(&spec.memory_limit));
    let kept_cpu = cpu
        .or_else(|| cpu_limit.clone())
        .unwrap_or_else(|| "250m".to_owned());
    let kept_memory = memory
        .clone()
        .or_else(|| memory_limit.clone())
        .unwrap_or_else(|| "1Gi".to_owned());
    let most_memory = memory_limit.or(memory).unwrap_or_else(|| "2Gi".to_owned());
    let mut resources = json!({
        "requests": {"cpu": kept_cpu, "memory": kept_memory},
        "limits": {"memory": most_memory},
    });
    if let Some(limit) = cpu_limit {
        resources["limits"]["cpu"] = json!(limit);
    }
    resources
}
