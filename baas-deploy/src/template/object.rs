//! What is done to each object beside replacing: as the server does it to Kubernetes' unstructured objects.

use std::collections::BTreeMap;

use super::go_text;
use super::groups::group_of_legacy_kind;
use super::substitute::has_reference;
use super::value::Value;
use crate::secrets;

type Map = BTreeMap<String, Value>;

/// An object of a template, before or after processing.
pub(super) struct Object {
    pub(super) content: Map,
    /// Whatever has `items` counts as a list of objects.
    pub(super) is_list: bool,
}

impl Object {
    /// Takes a value for an object, or says what the server says of it.
    pub(super) fn decode(value: Value) -> Result<Self, String> {
        let mut content = match value {
            Value::Map(content) => content,
            other => {
                return Err(cannot_unmarshal(
                    &other,
                    "value of type unstructured.detector",
                ));
            }
        };
        let is_list = content.contains_key("items");
        if is_list {
            let items = match content.remove("items") {
                Some(Value::List(items)) => items,
                Some(Value::Null) | None => Vec::new(),
                Some(other) => {
                    return Err(cannot_unmarshal(
                        &other,
                        "struct field decodeList.items of type []json.RawMessage",
                    ));
                }
            };
            let items = list_items(&content, items)?;
            content.insert("items".to_owned(), Value::List(items));
        }
        let object = Self { content, is_list };
        let (_, _, kind) = object.group_version_kind();
        if kind.is_empty() {
            let json = Value::Map(object.content).to_json();
            return Err(format!("Object 'Kind' is missing in '{json}'"));
        }
        Ok(object)
    }

    /// Takes out the namespace, but for one with a reference.
    pub(super) fn strip_namespace(&mut self) {
        if self.is_list {
            return;
        }
        let is_fixed = |value: &Value| value.as_text().is_none_or(|text| !has_reference(text));
        match self.content.get_mut("metadata") {
            Some(Value::Map(metadata)) => {
                let Some(namespace) = metadata.get_mut("namespace") else {
                    return;
                };
                match namespace.as_text() {
                    Some(text) if !text.is_empty() => {
                        if is_fixed(namespace) {
                            metadata.remove("namespace");
                        }
                    }
                    Some(_) | None => *namespace = Value::Text(String::new()),
                }
            }
            Some(_) => {}
            None => {
                if let Some(namespace) = self.content.get_mut("namespace")
                    && is_fixed(namespace)
                {
                    *namespace = Value::Text(String::new());
                }
            }
        }
    }

    /// Gives kinds of OpenShift that have no group theirs, and sets version and kind as the server reads them.
    pub(super) fn set_group_version_kind(&mut self) {
        let (mut group, version, kind) = self.group_version_kind();
        if group.is_empty()
            && let Some(known) = group_of_legacy_kind(&kind)
        {
            known.clone_into(&mut group);
        }
        let api_version = match group.as_str() {
            "" => version,
            group => format!("{group}/{version}"),
        };
        self.content
            .insert("apiVersion".to_owned(), Value::Text(api_version));
        self.content.insert("kind".to_owned(), Value::Text(kind));
    }

    /// Puts labels over those of the object, or says why it cannot have any.
    pub(super) fn add_labels(&mut self, labels: &BTreeMap<String, String>) -> Result<(), String> {
        if self.is_list {
            return Err("object does not implement the Object interfaces".to_owned());
        }
        let metadata = self
            .content
            .entry("metadata".to_owned())
            .or_insert_with(|| Value::Map(Map::new()));
        let Value::Map(metadata) = metadata else {
            return Ok(());
        };
        // Labels that are not all text are none.
        let mut merged = match metadata.remove("labels") {
            Some(Value::Map(own)) if own.values().all(|value| value.as_text().is_some()) => own,
            _ => Map::new(),
        };
        for (key, value) in labels {
            merged.insert(key.clone(), Value::Text(value.clone()));
        }
        metadata.insert("labels".to_owned(), Value::Map(merged));
        Ok(())
    }

    fn group_version_kind(&self) -> (String, String, String) {
        group_version_kind(&self.content)
    }
}

/// Returns the items of a list as objects; those that do not say what they are get that from the list.
fn list_items(list: &Map, items: Vec<Value>) -> Result<Vec<Value>, String> {
    let text = |map: &Map, key: &str| {
        let text = map.get(key).and_then(Value::as_text);
        text.unwrap_or_default().to_owned()
    };
    let list_kind = text(list, "kind");
    let kind = list_kind.strip_suffix("List").unwrap_or(&list_kind);
    let mut objects = Vec::with_capacity(items.len());
    for item in items {
        let mut item = match item {
            Value::Map(item) => item,
            Value::Null => Map::new(),
            other => {
                return Err(cannot_unmarshal(
                    &other,
                    "value of type map[string]interface {}",
                ));
            }
        };
        if text(&item, "kind").is_empty() && text(&item, "apiVersion").is_empty() {
            item.insert("kind".to_owned(), kind.into());
            item.insert(
                "apiVersion".to_owned(),
                Value::Text(text(list, "apiVersion")),
            );
        }
        objects.push(Value::Map(item));
    }
    Ok(objects)
}

/// Returns group, version and kind, all empty if the version cannot be read.
pub(super) fn group_version_kind(content: &Map) -> (String, String, String) {
    let text = |key: &str| {
        content
            .get(key)
            .and_then(Value::as_text)
            .unwrap_or_default()
    };
    let api_version = text("apiVersion");
    let (group, version) = match api_version.matches('/').count() {
        _ if api_version == "/" => ("", ""),
        0 => ("", api_version),
        1 => api_version.split_once('/').unwrap_or_default(),
        _ => return <_>::default(),
    };
    (
        group.to_owned(),
        version.to_owned(),
        text("kind").to_owned(),
    )
}

fn cannot_unmarshal(value: &Value, into: &str) -> String {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Integer(_) | Value::Float(_) => "number",
        Value::Text(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    };
    format!("json: cannot unmarshal {found} into Go {into}")
}

/// Returns an object that the server could not read, in Go's syntax, without private keys.
pub(super) fn raw_extension(value: &Value) -> String {
    let json = secrets::redact(&value.to_json());
    format!(
        "runtime.RawExtension{{Raw:{}, Object:runtime.Object(nil)}}",
        go_text::bytes(json.as_bytes())
    )
}
