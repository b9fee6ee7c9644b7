use serde_json::{Map, Value, json};

use super::labels;
use super::layout::{Layout, NodeLayout};
use super::object::object;
use crate::spec::ExposureKind;

/// Returns the service by whose name a node's peers find its pod, wherever it runs, and also while it is not ready:
/// to become so, it must hear of them.
pub(super) fn p2p(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    let mut service = object(
        layout,
        ("v1", "Service"),
        &node.p2p_service(),
        labels::of_node(layout, node),
        Map::new(),
    );
    let spec = json!({
        "type": "ClusterIP",
        "clusterIP": "None",
        "publishNotReadyAddresses": true,
        "selector": labels::select_node(layout, node),
        "ports": [port("p2p", node.p2p_port())],
    });
    service.insert("spec".to_owned(), spec);
    Value::Object(service)
}

/// Returns the service by which one node is asked, unless it answers nobody outside of its pod.
pub(super) fn http(layout: &Layout<'_>, node: &NodeLayout) -> Option<Value> {
    let mut service = object(
        layout,
        ("v1", "Service"),
        &node.http_service()?,
        labels::of_node(layout, node),
        Map::new(),
    );
    let spec = json!({
        "type": "ClusterIP",
        "selector": labels::select_node(layout, node),
        "ports": [port("http", node.http_port())],
    });
    service.insert("spec".to_owned(), spec);
    Some(Value::Object(service))
}

/// Returns the service by which the network is asked, through whichever of its API nodes is ready.
pub(super) fn api(layout: &Layout<'_>) -> Value {
    let mut service = object(
        layout,
        ("v1", "Service"),
        &api_name(layout),
        labels::of_network(layout),
        Map::new(),
    );
    let kind = match layout.spec().exposure_kind() {
        ExposureKind::LoadBalancer => "LoadBalancer",
        ExposureKind::NodePort => "NodePort",
        ExposureKind::None | ExposureKind::Ingress | ExposureKind::Route => "ClusterIP",
    };
    let spec = json!({
        "type": kind,
        "selector": labels::select_role(layout, layout.api_role()),
        // Nodes may answer on different ports, which the name of the port stands for.
        "ports": [{"name": "http", "port": API_PORT, "protocol": "TCP", "targetPort": "http"}],
    });
    service.insert("spec".to_owned(), spec);
    Value::Object(service)
}

/// The port of the service by which the network is asked.
pub(super) const API_PORT: u16 = 8888;

pub(super) fn api_name(layout: &Layout<'_>) -> String {
    layout.name_of("api")
}

fn port(name: &str, port: u16) -> Value {
    json!({"name": name, "port": port, "protocol": "TCP", "targetPort": name})
}
