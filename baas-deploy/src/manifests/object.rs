//! What all objects have: their kind, their name, their labels.

use serde_json::{Map, Value, json};

use super::layout::Layout;

/// Returns the beginning of an object: its version, kind and metadata.
pub(super) fn object(
    layout: &Layout<'_>,
    (api_version, kind): (&str, &str),
    name: &str,
    labels: Map<String, Value>,
    annotations: Map<String, Value>,
) -> Map<String, Value> {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), json!(name));
    if let Some(namespace) = layout.namespace() {
        metadata.insert("namespace".to_owned(), json!(namespace));
    }
    metadata.insert("labels".to_owned(), Value::Object(labels));
    if !annotations.is_empty() {
        metadata.insert("annotations".to_owned(), Value::Object(annotations));
    }
    Map::from_iter([
        ("apiVersion".to_owned(), json!(api_version)),
        ("kind".to_owned(), json!(kind)),
        ("metadata".to_owned(), Value::Object(metadata)),
    ])
}
