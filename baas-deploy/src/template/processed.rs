use std::collections::BTreeMap;
use std::fmt;

use super::template::Parameter;
use super::value::Value;

/// What came of a template. It may hold secrets: `Debug` shows no values.
#[derive(Clone, PartialEq)]
pub struct Processed {
    pub(super) metadata: Value,
    pub(super) message: String,
    pub(super) objects: Vec<Value>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) labels: Option<BTreeMap<String, String>>,
    pub(super) unused: Vec<String>,
}

impl Processed {
    /// Returns the objects that a cluster would get.
    pub fn objects(&self) -> &[Value] {
        &self.objects
    }

    /// Returns the message to who processed it; empty if there is none.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the parameters with their values, the generated ones among them.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Returns the parameters that are declared and that nothing in the template uses.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Returns the objects as a `List`, for `kubectl apply` and its like.
    pub fn to_list(&self) -> Value {
        let entries = [
            ("apiVersion", "v1".into()),
            ("items", Value::List(self.objects.clone())),
            ("kind", "List".into()),
            ("metadata", Value::Map(BTreeMap::new())),
        ];
        map(entries)
    }

    /// Returns the `List` in JSON.
    pub fn to_json(&self) -> String {
        self.to_list().to_json_pretty()
    }

    /// Returns the `List` in YAML.
    pub fn to_yaml(&self) -> String {
        self.to_list().to_yaml()
    }

    /// Returns the template as the server answers it: with message, labels, and values of parameters filled in.
    pub fn to_template(&self) -> Value {
        let text_map = |labels: &BTreeMap<String, String>| {
            let entries = labels.iter();
            Value::Map(
                entries
                    .map(|(key, value)| (key.clone(), value.as_str().into()))
                    .collect(),
            )
        };
        let mut entries = vec![
            ("apiVersion", "template.openshift.io/v1".into()),
            ("kind", "Template".into()),
            ("metadata", self.metadata.clone()),
            ("objects", Value::List(self.objects.clone())),
        ];
        if !self.message.is_empty() {
            entries.push(("message", self.message.as_str().into()));
        }
        if !self.parameters.is_empty() {
            let parameters = self.parameters.iter().map(parameter_value).collect();
            entries.push(("parameters", Value::List(parameters)));
        }
        if let Some(labels) = self.labels.as_ref().filter(|labels| !labels.is_empty()) {
            entries.push(("labels", text_map(labels)));
        }
        map(entries)
    }
}

fn parameter_value(parameter: &Parameter) -> Value {
    let mut entries = vec![("name", parameter.name.as_str().into())];
    for (field, text) in [
        ("displayName", &parameter.display_name),
        ("description", &parameter.description),
        ("value", &parameter.value),
        ("generate", &parameter.generate),
        ("from", &parameter.from),
    ] {
        if !text.is_empty() {
            entries.push((field, text.as_str().into()));
        }
    }
    if parameter.required {
        entries.push(("required", Value::Bool(true)));
    }
    map(entries)
}

fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

impl fmt::Debug for Processed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self
            .parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .collect();
        f.debug_struct("Processed")
            .field("objects", &self.objects.len())
            .field("parameters", &names)
            .finish_non_exhaustive()
    }
}
