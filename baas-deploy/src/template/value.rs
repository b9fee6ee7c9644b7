use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, Serializer};

use super::go_text;
use crate::secrets;

/// A value of JSON, as OpenShift holds it: whole numbers of 64 bits, floats, and maps in the order of their keys.
///
/// `Debug` prints its JSON, with private keys replaced.
#[derive(Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "complete: JSON has no more")]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number. It is finite.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// A map.
    Map(BTreeMap<String, Self>),
}

impl Value {
    /// Returns the value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    /// Returns the text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns it as JSON on one line: maps in the order of their keys, numbers as Go writes them.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write_json(&mut json, None);
        json
    }

    /// Returns it as JSON, indented by four spaces, as `oc` prints it.
    pub fn to_json_pretty(&self) -> String {
        let mut json = String::new();
        self.write_json(&mut json, Some(0));
        json.push('\n');
        json
    }

    /// Returns it as YAML. Reading that gives the same value.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it does not: a value has no number that JSON lacks"
    )]
    pub fn to_yaml(&self) -> String {
        let value = serde_json::to_value(self).expect("each value has a JSON form");
        crate::yaml::to_yaml(&value)
    }

    /// Says whether lists and maps are deeper in each other than is read.
    pub(super) fn is_deep(&self) -> bool {
        fn fits(value: &Value, depth: usize) -> bool {
            let inside = depth.checked_sub(1);
            match value {
                Value::List(items) => {
                    inside.is_some_and(|depth| items.iter().all(|item| fits(item, depth)))
                }
                Value::Map(entries) => {
                    inside.is_some_and(|depth| entries.values().all(|item| fits(item, depth)))
                }
                _ => true,
            }
        }
        !fits(self, super::document::MAX_DEPTH)
    }

    fn write_json(&self, json: &mut String, indent: Option<usize>) {
        fn new_line(json: &mut String, indent: Option<usize>) {
            if let Some(depth) = indent {
                json.push('\n');
                json.extend(std::iter::repeat_n("    ", depth));
            }
        }
        let inner = indent.map(|depth| depth + 1);
        match self {
            Self::List(items) if !items.is_empty() => {
                json.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    new_line(json, inner);
                    item.write_json(json, inner);
                }
                new_line(json, indent);
                json.push(']');
            }
            Self::Map(entries) if !entries.is_empty() => {
                json.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    new_line(json, inner);
                    json.push_str(&quoted(key));
                    json.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write_json(json, inner);
                }
                new_line(json, indent);
                json.push('}');
            }
            scalar => json.push_str(&scalar.scalar_json()),
        }
    }

    /// Returns the JSON of what has no parts.
    fn scalar_json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => go_text::float(*value),
            Self::Text(text) => quoted(text),
            Self::List(_) => "[]".to_owned(),
            Self::Map(_) => "{}".to_owned(),
        }
    }
}

/// Returns a text as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text always has a JSON form")
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&secrets::redact(&self.to_json()))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            // Go writes 2.0 as 2, and whoever reads that has a whole number.
            Self::Float(value) => match go_text::float(*value).parse::<i64>() {
                Ok(whole) => serializer.serialize_i64(whole),
                Err(_) => serializer.serialize_f64(*value),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => items.serialize(serializer),
            Self::Map(entries) => entries.serialize(serializer),
        }
    }
}
