use serde_json::{Map, Value, json};

use super::labels;
use super::layout::{Layout, NodeLayout};
use super::node_pod;
use super::object::object;

/// Returns the set of the one pod of a node.
///
/// A set of its own for each node, because each has a key and files of its own. Never two pods: a stateful set ends one before it starts
/// the next, so that no two sign with one key. A changed pod is not started again by itself, as all nodes of a network would be at
/// once: whoever applies the change deletes the pods one by one.
pub(super) fn stateful_set(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    let mut set = object(
        layout,
        ("apps/v1", "StatefulSet"),
        node.stateful_set(),
        labels::of_node(layout, node),
        labels::account_annotation(node.account()),
    );
    let retention = match node.spec().storage.retain {
        Some(false) => "Delete",
        Some(true) | None => "Retain",
    };
    let spec = json!({
        "serviceName": node.p2p_service(),
        "replicas": 1,
        "updateStrategy": {"type": "OnDelete"},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": retention, "whenScaled": "Retain"},
        "selector": {"matchLabels": labels::select_node(layout, node)},
        "template": node_pod::template(layout, node),
        "volumeClaimTemplates": [claim(layout, node)],
    });
    set.insert("spec".to_owned(), spec);
    Value::Object(set)
}

/// Returns the volume of a node. It can never be changed in a set, so that its labels are only those which stay.
fn claim(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    let storage = &node.spec().storage;
    let size = storage.size.as_ref().map_or("10Gi", |size| size.as_str());
    let mut spec = Map::new();
    spec.insert("accessModes".to_owned(), json!(["ReadWriteOnce"]));
    spec.insert(
        "resources".to_owned(),
        json!({"requests": {"storage": size}}),
    );
    if let Some(class) = &storage.class {
        spec.insert("storageClassName".to_owned(), json!(class));
    }
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "labels": labels::select_node(layout, node)},
        "spec": spec,
    })
}
