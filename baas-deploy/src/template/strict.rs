//! What [`Mode::Strict`](super::Mode::Strict) does not let pass.

use std::collections::BTreeMap;

use super::document::json_of_go;
use super::error::Cause;
use super::expression;
use super::groups::group_of_legacy_kind;
use super::object::group_version_kind;
use super::substitute::{Substituter, has_reference, references, whole_reference};
use super::template::{Parameter, Template};
use super::value::Value;

/// Returns what can be told without values.
pub(super) fn before(template: &Template) -> Vec<Cause> {
    let mut causes = Vec::new();
    if template.api_version == "v1" {
        causes.push(Cause::strict(
            "apiVersion",
            "`v1` has no templates since OpenShift 4.17: write `template.openshift.io/v1`",
        ));
    }
    for field in &template.unknown_fields {
        causes.push(Cause::strict(
            field,
            "a template does not have this field: it is ignored",
        ));
    }
    for name in template.unused_parameters() {
        let message = format!("nothing uses the parameter {name}");
        causes.push(Cause::strict("parameters", &message));
    }
    for (index, parameter) in template.parameters.iter().enumerate() {
        let field = format!("parameters[{index}]");
        if template.parameters[..index]
            .iter()
            .any(|earlier| earlier.name == parameter.name)
        {
            let message = format!(
                "{} is declared before: a given value goes to the first, and the value of the last is used",
                parameter.name
            );
            causes.push(Cause::strict(format!("{field}.name"), &message));
        }
        if parameter.generate == "expression" && parameter.value.is_empty() {
            for surprise in expression::surprises(&parameter.from) {
                causes.push(Cause::strict(format!("{field}.from"), &surprise));
            }
        }
    }
    let mut walk = Walk {
        declared: template
            .parameters
            .iter()
            .map(|parameter| (parameter.name.as_str(), None))
            .collect(),
        causes,
    };
    walk.text("message", &template.message);
    for (key, value) in template.labels.iter().flatten() {
        walk.text("labels", key);
        walk.text(&format!("labels.{key}"), value);
    }
    for (index, object) in template.objects.iter().enumerate() {
        let at = format!("objects[{index}]");
        walk.value(&at, object);
        walk.object(&at, object);
    }
    walk.causes
}

/// Returns what depends on the values.
pub(super) fn after(template: &Template, parameters: &[Parameter]) -> Vec<Cause> {
    let mut causes = Vec::new();
    for (index, parameter) in parameters.iter().enumerate() {
        if has_reference(&parameter.value) || whole_reference(&parameter.value).is_some() {
            let message = format!(
                "the value of {} holds a reference: whether it is replaced depends on what stands beside it",
                parameter.name
            );
            causes.push(Cause::strict(
                format!("parameters[{index}].value"),
                &message,
            ));
        }
    }
    let declared = parameters
        .iter()
        .map(|parameter| (parameter.name.as_str(), Some(parameter.value.as_str())))
        .collect();
    let mut walk = Walk { declared, causes };
    for (index, object) in template.objects.iter().enumerate() {
        let at = format!("objects[{index}]");
        walk.raw_values(&at, object);
        if template.labels.is_some() {
            walk.labels(&at, object);
        }
    }
    walk.causes
}

struct Walk<'a> {
    declared: BTreeMap<&'a str, Option<&'a str>>,
    causes: Vec<Cause>,
}

impl Walk<'_> {
    fn refuse(&mut self, at: &str, message: &str) {
        self.causes.push(Cause::strict(at, message));
    }

    fn value(&mut self, at: &str, value: &Value) {
        match value {
            Value::Text(text) => self.text(at, text),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&format!("{at}[{index}]"), item);
                }
            }
            Value::Map(entries) => {
                for (key, value) in entries {
                    self.text(at, key);
                    self.value(&format!("{at}.{key}"), value);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, at: &str, text: &str) {
        if let Some(name) = whole_reference(text) {
            if !self.declared.contains_key(name) {
                let message = format!("`${{{{{name}}}}}` is not declared: it stays as it is");
                self.refuse(at, &message);
            }
            return;
        }
        let unknown: Vec<String> = references(text)
            .map(|reference| text[reference].to_owned())
            .filter(|reference| {
                !self
                    .declared
                    .contains_key(&reference[2..reference.len() - 1])
            })
            .collect();
        for reference in unknown {
            self.refuse(
                at,
                &format!("`{reference}` is not declared: it stays as it is"),
            );
        }
        if text.contains("${{") {
            self.refuse(
                at,
                "`${{…}}` counts only as the whole of a text: here it stays as it is",
            );
        }
    }

    /// Version, kind and namespace of an object.
    fn object(&mut self, at: &str, object: &Value) {
        let Value::Map(content) = object else {
            return;
        };
        let (group, version, kind) = group_version_kind(content);
        if version.is_empty() {
            self.refuse(&format!("{at}.apiVersion"), "missing");
        }
        if let Some(known) = group_of_legacy_kind(&kind)
            && group.is_empty()
        {
            let message = format!("`{kind}` has no group: write `{known}/v1`");
            self.refuse(&format!("{at}.apiVersion"), &message);
        }
        let namespace = object
            .get("metadata")
            .and_then(|metadata| metadata.get("namespace"));
        if namespace.is_some_and(|value| value.as_text().is_none_or(|text| !has_reference(text))) {
            self.refuse(
                &format!("{at}.metadata.namespace"),
                "a fixed namespace is taken out: leave it out, or write a `${…}`",
            );
        }
    }

    /// `${{NAME}}` whose value is no JSON, and keys that become the same.
    fn raw_values(&mut self, at: &str, value: &Value) {
        match value {
            Value::Text(text) => {
                let Some(name) = whole_reference(text) else {
                    return;
                };
                let value = self.declared.get(name).copied().flatten();
                let trouble = match value.map(|value| (value, json_of_go(value))) {
                    Some((_, None)) => "is not JSON: it becomes a text",
                    Some((_, Some(Value::Null))) => "is `null`: the place is taken away",
                    Some((value, Some(Value::Float(float)))) if is_other_number(value, float) => {
                        "is a number that a float of 64 bits does not hold: it becomes another"
                    }
                    _ => return,
                };
                self.refuse(at, &format!("the value of {name} {trouble}"));
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.raw_values(&format!("{at}[{index}]"), item);
                }
            }
            Value::Map(entries) => {
                let values: Vec<(&str, &str)> = self
                    .declared
                    .iter()
                    .filter_map(|(name, value)| Some((*name, (*value)?)))
                    .collect();
                let mut substituter = Substituter::new(values);
                let mut seen: BTreeMap<String, &str> = BTreeMap::new();
                for (key, value) in entries {
                    if let Ok(became) = substituter.text(key)
                        && let Some(other) = seen.insert(became.into_text(), key)
                    {
                        self.causes.push(Cause::strict(
                            at,
                            &format!("the keys `{other}` and `{key}` become the same: one of them is lost"),
                        ));
                    }
                    self.raw_values(&format!("{at}.{key}"), value);
                }
            }
            _ => {}
        }
    }

    fn labels(&mut self, at: &str, object: &Value) {
        let labels = object
            .get("metadata")
            .and_then(|metadata| metadata.get("labels"));
        let Some(Value::Map(labels)) = labels else {
            return;
        };
        for (key, value) in labels {
            let is_text = value.as_text().is_some_and(|text| {
                let raw = whole_reference(text).and_then(|name| self.declared.get(name).copied());
                match raw.flatten().and_then(json_of_go) {
                    Some(value) => value.as_text().is_some(),
                    None => true,
                }
            });
            if !is_text {
                self.causes.push(Cause::strict(
                    format!("{at}.metadata.labels.{key}"),
                    "it is not a text: all labels of this object are lost to those of the template",
                ));
            }
        }
    }
}

/// Says whether a whole number is another one as a float.
fn is_other_number(text: &str, float: f64) -> bool {
    let digits = text.trim();
    let is_whole = digits
        .trim_start_matches('-')
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    is_whole && digits != "-0" && super::go_text::float(float) != digits
}
