use serde_json::{Map, Value, json};

use super::labels::{self, CHAIN_ANNOTATION, CONFIG_ANNOTATION, PUBLIC_KEY_ANNOTATION};
use super::layout::{Layout, NodeLayout};
use super::secret::SECRET_FILE;
use super::{config_map, service_account};
use crate::spec::{Quantity, ResourcesSpec, Role};

/// The user and the group that the processes of a pod have. On OpenShift the cluster gives each namespace its own.
const UID: u32 = 1000;
/// Seconds that a node has to write its database when it is stopped: killed before, it must replay all blocks.
const GRACE_SECONDS: u32 = 300;
/// The port on which the launcher answers probes.
pub(super) const PROBE_PORT: u16 = 8890;
const LAUNCHER: &str = "/opt/baas/bin/baas-launch";
const NODEOS: &str = "/usr/local/bin/nodeos";

const CONFIG_DIR: &str = "/etc/baas/config";
const SECRET_DIR: &str = "/etc/baas/secret";
const RUN_DIR: &str = "/run/baas";
const DATA_DIR: &str = "/data";

/// Returns what a node's pod is made of.
pub(super) fn template(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    json!({
        "metadata": {
            "labels": labels::of_node(layout, node),
            "annotations": annotations(layout, node),
        },
        "spec": spec(layout, node),
    })
}

/// Returns the annotations of a pod. With the names of its config maps they change when, and only when, this node must be started again. Of
/// its secret there is the public key, from which nothing can be learned about the other one.
fn annotations(layout: &Layout<'_>, node: &NodeLayout) -> Map<String, Value> {
    let mut annotations = labels::account_annotation(node.account());
    let mut insert = |name: &str, value: String| annotations.insert(name.to_owned(), json!(value));
    insert(CHAIN_ANNOTATION, layout.genesis().chain_id().to_string());
    insert(CONFIG_ANNOTATION, config_map::sha256(node.config_ini()));
    if let Some(key) = node.public_key() {
        insert(PUBLIC_KEY_ANNOTATION, key.to_string());
    }
    annotations
}

fn spec(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    let mut security = json!({
        "runAsNonRoot": true,
        "seccompProfile": {"type": "RuntimeDefault"},
    });
    if !layout.is_openshift() {
        security["runAsUser"] = json!(UID);
        security["runAsGroup"] = json!(UID);
        security["fsGroup"] = json!(UID);
        // The volume may hold gigabytes, whose owners are not to be set one by one at each start.
        security["fsGroupChangePolicy"] = json!("OnRootMismatch");
    }
    let mut spec = json!({
        "serviceAccountName": service_account::name(layout),
        "automountServiceAccountToken": false,
        "enableServiceLinks": false,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": security,
        "topologySpreadConstraints": spread(layout, node),
        "containers": [container(layout, node)],
        "volumes": volumes(layout, node),
    });
    if let Some(secret) = &layout.image().pull_secret {
        spec["imagePullSecrets"] = json!([{"name": secret}]);
    }
    spec
}

/// Nodes of a role shall not all go down with one machine or one zone; where there is only one, they run there nevertheless.
fn spread(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        .into_iter()
        .map(|key| {
            json!({
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": labels::select_role(layout, node.role())},
            })
        })
        .collect()
}

fn container(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    let mut mounts = vec![
        json!({"name": "config", "mountPath": CONFIG_DIR, "readOnly": true}),
        json!({"name": "data", "mountPath": DATA_DIR}),
        json!({"name": "run", "mountPath": RUN_DIR}),
        json!({"name": "tmp", "mountPath": "/tmp"}),
    ];
    if node.secret().is_some() {
        mounts.push(json!({"name": "secret", "mountPath": SECRET_DIR, "readOnly": true}));
    }
    let mut container = json!({
        "name": "nodeos",
        "image": layout.image().reference.to_string(),
        "command": [LAUNCHER],
        "args": args(layout, node),
        "ports": [
            {"name": "http", "containerPort": node.http_port(), "protocol": "TCP"},
            {"name": "p2p", "containerPort": node.p2p_port(), "protocol": "TCP"},
            {"name": "probe", "containerPort": PROBE_PORT, "protocol": "TCP"},
        ],
        "resources": resources(&node.spec().resources),
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": true,
        },
        "startupProbe": probe("startup", 5, 24),
        "readinessProbe": probe("readiness", 5, 3),
        "livenessProbe": probe("liveness", 15, 8),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": mounts,
    });
    if let Some(policy) = layout.image().pull_policy {
        container["imagePullPolicy"] = json!(policy);
    }
    container
}

/// Returns what the launcher is told.
fn args(layout: &Layout<'_>, node: &NodeLayout) -> Vec<String> {
    let mut args = vec![
        format!("--config={CONFIG_DIR}/config.ini"),
        format!("--secret={SECRET_DIR}"),
        format!("--genesis={CONFIG_DIR}/genesis.json"),
        format!("--data={DATA_DIR}"),
        format!("--run={RUN_DIR}"),
    ];
    match node.role() {
        Role::Boot => args.push("--boot".to_owned()),
        // It begins the chain alone; the others are of no use before they heard of it.
        _ if node.has_peers() => args.push("--min-peers=1".to_owned()),
        _ => {}
    }
    if node.role().produces() {
        args.push("--producer".to_owned());
    }
    if node.role() == Role::Producer && layout.nodes_of(Role::Producer).count() == 1 {
        // Nobody else can have gone on with the chain: it may, however old its last block is.
        args.push("--cold-start".to_owned());
    }
    args.extend(["--".to_owned(), NODEOS.to_owned()]);
    args
}

/// Returns a probe of the launcher, which answers within four seconds.
fn probe(what: &str, period: u32, failures: u32) -> Value {
    json!({
        "httpGet": {"path": format!("/{what}"), "port": "probe"},
        "periodSeconds": period,
        "failureThreshold": failures,
        "timeoutSeconds": 5,
    })
}

/// Returns the resources of a node. There is always a limit of memory, so that no node takes that of others: what the spec says, or else what it
/// says is kept for the node, or else 2 GiB.
fn resources(spec: &ResourcesSpec) -> Value {
    let mut requests = Map::new();
    let mut limits = Map::new();
    let set = |map: &mut Map<String, Value>, name: &str, quantity: &str| {
        map.insert(name.to_owned(), json!(quantity));
    };
    let text = |quantity: &'_ Option<Quantity>| {
        quantity
            .as_ref()
            .map(|quantity| quantity.as_str().to_owned())
    };
    let (cpu, cpu_limit) = (text(&spec.cpu), text(&spec.cpu_limit));
    let (memory, memory_limit) = (text(&spec.memory), text(&spec.memory_limit));
    let least_cpu = cpu_limit.clone().unwrap_or_else(|| "250m".to_owned());
    set(&mut requests, "cpu", &cpu.unwrap_or(least_cpu));
    let least_memory = memory_limit.clone().unwrap_or_else(|| "1Gi".to_owned());
    set(
        &mut requests,
        "memory",
        &memory.clone().unwrap_or(least_memory),
    );
    if let Some(limit) = cpu_limit {
        set(&mut limits, "cpu", &limit);
    }
    let most_memory = memory_limit.or(memory).unwrap_or_else(|| "2Gi".to_owned());
    set(&mut limits, "memory", &most_memory);
    json!({"requests": requests, "limits": limits})
}

fn volumes(layout: &Layout<'_>, node: &NodeLayout) -> Vec<Value> {
    let item = |name: String, file: &str| json!({"configMap": {"name": name, "items": [{"key": file, "path": file}]}});
    let mut volumes = vec![
        json!({"name": "config", "projected": {
            "defaultMode": 0o440,
            "sources": [
                item(config_map::config_name(node), "config.ini"),
                item(config_map::genesis_name(layout), "genesis.json"),
            ],
        }}),
        // The private key is merged into a file of memory, not of a disk.
        json!({"name": "run", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}}),
        json!({"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}),
    ];
    if let Some(secret) = node.secret() {
        volumes.push(json!({"name": "secret", "secret": {
            "secretName": secret,
            "defaultMode": 0o440,
            "items": [{"key": SECRET_FILE, "path": SECRET_FILE}],
        }}));
    }
    volumes
}
