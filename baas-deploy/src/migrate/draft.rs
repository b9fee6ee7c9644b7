//! A spec while it is made.

use serde_json::{Map, Value};

use crate::secrets;
use crate::spec::NetworkSpec;

/// A spec that can be read at any time, and grows.
pub(super) struct Draft {
    pub(super) document: Map<String, Value>,
    pub(super) notes: Vec<String>,
}

impl Draft {
    pub(super) fn spec(&self) -> Option<NetworkSpec> {
        NetworkSpec::from_json(&Value::Object(self.document.clone()).to_string()).ok()
    }

    pub(super) fn note(&mut self, note: impl AsRef<str>) {
        self.notes.push(secrets::redact(note.as_ref()));
    }

    /// Sets a value, unless the spec could not be read with it; says whether it is set.
    pub(super) fn set(&mut self, path: &[&str], value: Value) -> bool {
        let mut document = Value::Object(self.document.clone());
        let mut place = &mut document;
        for step in path {
            place = match (&mut *place, step.parse::<usize>()) {
                (Value::Array(items), Ok(index)) => &mut items[index],
                (other, _) => &mut other[*step],
            };
        }
        let shown = value.to_string();
        *place = value;
        let is_public = secrets::private_keys(&shown).is_empty();
        match (NetworkSpec::from_json(&document.to_string()), document) {
            (Ok(_), Value::Object(document)) if is_public => {
                self.document = document;
                true
            }
            (Err(errors), _) => {
                self.note(format!(
                    "`{}` is left out, with {shown}: {errors}",
                    path.join(".")
                ));
                false
            }
            _ => {
                self.note(format!(
                    "`{}` is left out: it has a private key",
                    path.join(".")
                ));
                false
            }
        }
    }

    /// Sets a value of the nodes in these places.
    pub(super) fn set_on_nodes(&mut self, nodes: &[usize], path: &[&str], value: &Value) {
        for index in nodes {
            let index = index.to_string();
            let path = [&["nodes", index.as_str()], path].concat();
            if !self.set(&path, value.clone()) {
                return;
            }
        }
    }
}
