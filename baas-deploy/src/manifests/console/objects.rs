use serde_json::{Map, Value, json};

use super::files::{self, HTTP_PORT, P2P_PORT};
use super::{ConsoleTemplate, ConsoleWorkload};
use crate::manifests::labels::{ACCOUNT_LABEL, select_peers};
use crate::manifests::network_policy::openshift_routers;
use crate::manifests::pod::Pod;
use crate::manifests::secret::SECRET_FILE;
use crate::spec::Role;

const WAIT_FOR_READY: &str = "template.alpha.openshift.io/wait-for-ready";

/// Returns the labels that all objects get.
pub(super) fn labels(template: &ConsoleTemplate) -> Value {
    let mut labels = pod_labels(template);
    labels["app.kubernetes.io/managed-by"] = json!("template");
    labels["app.kubernetes.io/version"] = json!(template.version.as_str());
    labels
}

/// Returns the objects, in the order in which the cluster makes them.
pub(super) fn objects(template: &ConsoleTemplate) -> Vec<Value> {
    let mut objects = Vec::new();
    if template.role.produces() {
        objects.push(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "${NAME}-key"},
            "stringData": {SECRET_FILE: files::secret_ini(template.version)},
        }));
    }
    objects.push(json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "${NAME}-config"},
        "data": {
            "config.ini": files::config_ini(template),
            "genesis.json": files::genesis_json(template),
        },
    }));
    objects.push(network_policy(template));
    objects.push(json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "${NAME}-p2p"},
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            "publishNotReadyAddresses": true,
            "selector": selector(),
            "ports": [{"name": "p2p", "port": P2P_PORT, "protocol": "TCP", "targetPort": "p2p"}],
        },
    }));
    if template.answers() {
        objects.push(json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "${NAME}"},
            "spec": {
                "type": "ClusterIP",
                "selector": selector(),
                "ports": [{"name": "http", "port": HTTP_PORT, "protocol": "TCP", "targetPort": "http"}],
            },
        }));
        objects.push(route(template));
    }
    match template.workload {
        ConsoleWorkload::StatefulSet => objects.push(stateful_set(template)),
        ConsoleWorkload::DeploymentConfig => objects.extend([
            json!({
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "${NAME}-data"},
                "spec": claim(template),
            }),
            deployment_config(template),
        ]),
    }
    objects
}

/// An empty host is one that OpenShift makes up, and that the definition of routes on other clusters refuses: without a host for the form to ask
/// for there is none.
fn route(template: &ConsoleTemplate) -> Value {
    let mut spec = json!({
        "to": {"kind": "Service", "name": "${NAME}", "weight": 100},
        "port": {"targetPort": "http"},
        "tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"},
        "wildcardPolicy": "None",
    });
    if template.host.is_some() {
        spec["host"] = json!("${HOST}");
    }
    json!({
        "apiVersion": "route.openshift.io/v1",
        "kind": "Route",
        "metadata": {"name": "${NAME}"},
        "spec": spec,
    })
}

fn stateful_set(template: &ConsoleTemplate) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "${NAME}", "annotations": annotations(template)},
        "spec": {
            "serviceName": "${NAME}-p2p",
            "replicas": 1,
            "updateStrategy": {"type": "RollingUpdate"},
            "selector": {"matchLabels": selector()},
            "template": pod(template, None),
            "volumeClaimTemplates": [{
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "data", "labels": selector()},
                "spec": claim(template),
            }],
        },
    })
}

/// The strategy is never `Rolling`: that starts a pod before it ends the other, and two would sign with one key.
fn deployment_config(template: &ConsoleTemplate) -> Value {
    json!({
        "apiVersion": "apps.openshift.io/v1",
        "kind": "DeploymentConfig",
        "metadata": {"name": "${NAME}", "annotations": annotations(template)},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "triggers": [{"type": "ConfigChange"}],
            "selector": selector(),
            "template": pod(template, Some("${NAME}-data".to_owned())),
        },
    })
}

fn pod(template: &ConsoleTemplate, claim: Option<String>) -> Value {
    let produces = template.role.produces();
    let mut options = vec!["--peers=${BP_LIST}".to_owned()];
    if template.role == Role::Boot {
        options.push("--boot".to_owned());
    }
    if produces {
        options.push("--producer".to_owned());
    }
    let pod = Pod {
        image: "${IMAGE}".to_owned(),
        pull_policy: None,
        pull_secret: None,
        service_account: None,
        options,
        // Its template has no plugins but ours.
        arguments: &[],
        http: HTTP_PORT,
        p2p: P2P_PORT,
        resources: json!({
            "requests": {"cpu": "${CPU}", "memory": "${MEMORY}"},
            "limits": {"memory": "${MEMORY_LIMIT}"},
        }),
        config: ["${NAME}-config".to_owned(), "${NAME}-config".to_owned()],
        secret: produces.then(|| "${NAME}-key".to_owned()),
        claim,
        alike: peers(),
        is_openshift: true,
    };
    let mut metadata = json!({"labels": pod_labels(template)});
    if produces {
        metadata["annotations"] = json!({ACCOUNT_LABEL: "${BP}"});
    }
    json!({"metadata": metadata, "spec": pod.spec()})
}

/// Peers are nodes of the same network; the RPC may be asked from within the project and through the route.
fn network_policy(template: &ConsoleTemplate) -> Value {
    let mut ingress = vec![json!({
        "from": [{"podSelector": {"matchLabels": peers()}}],
        "ports": [{"protocol": "TCP", "port": P2P_PORT}],
    })];
    if template.answers() {
        ingress.push(json!({
            "from": openshift_routers(),
            "ports": [{"protocol": "TCP", "port": HTTP_PORT}],
        }));
    }
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "${NAME}"},
        "spec": {
            "podSelector": {"matchLabels": selector()},
            "policyTypes": ["Ingress"],
            "ingress": ingress,
        },
    })
}

fn claim(template: &ConsoleTemplate) -> Value {
    let mut claim = json!({
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "${STORAGE_SIZE}"}},
    });
    if template.storage_class.is_some() {
        claim["storageClassName"] = json!("${STORAGE_CLASS}");
    }
    claim
}

fn annotations(template: &ConsoleTemplate) -> Map<String, Value> {
    let mut annotations = Map::from_iter([(WAIT_FOR_READY.to_owned(), json!("true"))]);
    if template.role.produces() {
        annotations.insert(ACCOUNT_LABEL.to_owned(), json!("${BP}"));
    }
    annotations
}

fn pod_labels(template: &ConsoleTemplate) -> Value {
    let mut labels = peers();
    labels["app.kubernetes.io/instance"] = json!("${NAME}");
    labels["app.kubernetes.io/component"] = json!(template.role.as_str());
    labels
}

/// Returns the labels of all pods of the network, whoever started them.
fn peers() -> Value {
    Value::Object(select_peers("${NETWORK}"))
}

/// Returns the labels of this node's pod.
fn selector() -> Value {
    json!({"app.kubernetes.io/name": "nodeos", "app.kubernetes.io/instance": "${NAME}"})
}
