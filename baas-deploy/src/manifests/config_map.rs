use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::labels::{self, CHAIN_ANNOTATION};
use super::layout::{Layout, NodeLayout};
use super::object::object;
use crate::hex;

/// Returns the network's genesis. Its name changes with what is in it, and what is in it never does.
pub(super) fn genesis(layout: &Layout<'_>) -> Value {
    let annotations = Map::from_iter([(
        CHAIN_ANNOTATION.to_owned(),
        json!(layout.chain_id().to_string()),
    )]);
    config_map(
        layout,
        &genesis_name(layout),
        labels::of_network(layout),
        annotations,
        ("genesis.json", layout.genesis_json()),
    )
}

/// Returns a node's `config.ini` but for what is secret.
pub(super) fn config(layout: &Layout<'_>, node: &NodeLayout) -> Value {
    config_map(
        layout,
        &config_name(node),
        labels::of_node(layout, node),
        Map::new(),
        ("config.ini", node.config_ini()),
    )
}

pub(super) fn genesis_name(layout: &Layout<'_>) -> String {
    let sha256 = sha256(layout.genesis_json());
    format!("{}-{}", layout.name_of("genesis"), &sha256[..10])
}

pub(super) fn config_name(node: &NodeLayout) -> String {
    let sha256 = sha256(node.config_ini());
    format!("{}-config-{}", node.stateful_set(), &sha256[..10])
}

pub(super) fn sha256(text: &str) -> String {
    hex::encode(&Sha256::digest(text))
}

fn config_map(
    layout: &Layout<'_>,
    name: &str,
    labels: Map<String, Value>,
    annotations: Map<String, Value>,
    (file, text): (&str, &str),
) -> Value {
    let mut map = object(layout, ("v1", "ConfigMap"), name, labels, annotations);
    map.insert("immutable".to_owned(), json!(true));
    map.insert("data".to_owned(), json!({ file: text }));
    Value::Object(map)
}
