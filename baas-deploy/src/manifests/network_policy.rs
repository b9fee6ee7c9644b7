use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::labels;
use super::layout::{Layout, NodeLayout};
use super::object::object;
use crate::spec::ExposureKind;

/// Returns who may connect to the nodes as a peer: only nodes of the same network, those that a template added among them. That a pod is selected here also shuts it to everything
/// that no policy allows. (The kubelet, which probes it, always reaches it.)
pub(super) fn p2p(layout: &Layout<'_>) -> Value {
    let mut policy = object(
        layout,
        ("networking.k8s.io/v1", "NetworkPolicy"),
        &layout.name_of("p2p"),
        labels::of_network(layout),
        Map::new(),
    );
    let peers = labels::select_peers(layout.network().as_str());
    let spec = json!({
        "podSelector": {"matchLabels": labels::select_network(layout)},
        "policyTypes": ["Ingress"],
        "ingress": [{
            "from": [{"podSelector": {"matchLabels": peers}}],
            "ports": ports(layout.nodes().iter().map(NodeLayout::p2p_port)),
        }],
    });
    policy.insert("spec".to_owned(), spec);
    Value::Object(policy)
}

/// Returns who may ask the nodes that answer for the network; nobody may ask any other.
pub(super) fn api(layout: &Layout<'_>) -> Value {
    let mut policy = object(
        layout,
        ("networking.k8s.io/v1", "NetworkPolicy"),
        &layout.name_of("api"),
        labels::of_network(layout),
        Map::new(),
    );
    let role = layout.api_role();
    let answering = layout.nodes_of(role);
    let mut allowed = Map::new();
    if let Some(from) = askers(layout) {
        allowed.insert("from".to_owned(), from);
    }
    allowed.insert(
        "ports".to_owned(),
        ports(answering.map(NodeLayout::http_port)),
    );
    let spec = json!({
        "podSelector": {"matchLabels": labels::select_role(layout, role)},
        "policyTypes": ["Ingress"],
        "ingress": [allowed],
    });
    policy.insert("spec".to_owned(), spec);
    Value::Object(policy)
}

/// Returns who may ask; `None` when everybody may.
fn askers(layout: &Layout<'_>) -> Option<Value> {
    match layout.spec().exposure_kind() {
        ExposureKind::None => Some(json!([{"podSelector": {}}])),
        ExposureKind::Route | ExposureKind::Ingress if layout.is_openshift() => {
            Some(openshift_routers())
        }
        // Where the ingress controller runs differs from cluster to cluster, and what comes through a load balancer or a node's
        // port can have any address.
        ExposureKind::Route
        | ExposureKind::Ingress
        | ExposureKind::LoadBalancer
        | ExposureKind::NodePort => None,
    }
}

/// Returns the namespace's own pods and the routers of OpenShift. These are in a namespace with the first label, or with the second
/// one on older clusters, or use the network of their machines, whose traffic bears the third one.
pub(super) fn openshift_routers() -> Value {
    let labels = [
        ("policy-group.network.openshift.io/ingress", ""),
        ("network.openshift.io/policy-group", "ingress"),
        ("policy-group.network.openshift.io/host-network", ""),
    ];
    let routers =
        labels.map(|(label, value)| json!({"namespaceSelector": {"matchLabels": {label: value}}}));
    [json!({"podSelector": {}})]
        .into_iter()
        .chain(routers)
        .collect()
}

fn ports(ports: impl Iterator<Item = u16>) -> Value {
    let ports: BTreeSet<u16> = ports.collect();
    ports
        .into_iter()
        .map(|port| json!({"protocol": "TCP", "port": port}))
        .collect()
}
