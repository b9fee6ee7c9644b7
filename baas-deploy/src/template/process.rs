use std::collections::{BTreeMap, BTreeSet};

use super::error::{Cause, TemplateErrors};
use super::expression::{self, Refusal};
use super::go_text::{quote, string_map};
use super::object::{Object, raw_extension};
use super::parameters::Parameters;
use super::processed::Processed;
use super::random::{Random, RandomnessError};
use super::strict;
use super::substitute::{Failure, Substituter, references, whole_reference};
use super::template::{Parameter, Template};
use super::value::Value;

/// How a template is processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "there is OpenShift's way, and there is ours"
)]
pub enum Mode {
    /// As OpenShift does it, with everything that surprises.
    OpenShift,
    /// The same, but a template that comes to depend on one of the surprises is refused.
    Strict,
}

impl Template {
    /// Processes it: gives the parameters their values, and puts them in.
    ///
    /// # Errors
    ///
    /// [`TemplateErrors`], with everything that is missing, unknown or wrong.
    pub fn process(
        &self,
        given: &Parameters,
        random: &mut impl Random,
        mode: Mode,
    ) -> Result<Processed, TemplateErrors> {
        let mut run = Run {
            template: self,
            causes: Vec::new(),
            randomness: None,
        };
        run.unknown_parameters(given);
        if mode == Mode::Strict {
            run.causes.extend(strict::before(self));
        }
        if !run.names() && mode == Mode::OpenShift {
            return Err(run.into_errors());
        }
        let parameters = run.values(given, random);
        if !run.causes.is_empty() {
            return Err(run.into_errors());
        }
        if mode == Mode::Strict {
            run.causes.extend(strict::after(self, &parameters));
            if !run.causes.is_empty() {
                return Err(run.into_errors());
            }
        }
        run.objects(parameters)
    }

    /// Returns the parameters that nothing refers to, in order.
    pub fn unused_parameters(&self) -> Vec<String> {
        let mut used = BTreeSet::new();
        let mut note = |text: &str| {
            used.extend(whole_reference(text).map(str::to_owned));
            used.extend(references(text).map(|at| text[at.start + 2..at.end - 1].to_owned()));
        };
        note(&self.message);
        for (key, value) in self.labels.iter().flatten() {
            note(key);
            note(value);
        }
        for object in &self.objects {
            each_text(object, &mut note);
        }
        let mut unused = Vec::new();
        for parameter in &self.parameters {
            if !used.contains(&parameter.name) && !unused.contains(&parameter.name) {
                unused.push(parameter.name.clone());
            }
        }
        unused
    }
}

/// Calls back with all texts of a value, keys among them.
pub(super) fn each_text(value: &Value, note: &mut impl FnMut(&str)) {
    match value {
        Value::Text(text) => note(text),
        Value::List(items) => items.iter().for_each(|item| each_text(item, note)),
        Value::Map(entries) => {
            for (key, value) in entries {
                note(key);
                each_text(value, note);
            }
        }
        _ => {}
    }
}

/// One processing, with what is wrong so far.
struct Run<'a> {
    template: &'a Template,
    causes: Vec<Cause>,
    randomness: Option<RandomnessError>,
}

impl Run<'_> {
    fn into_errors(self) -> TemplateErrors {
        TemplateErrors::new(
            self.template.name(),
            self.causes,
            self.template.unused_parameters(),
            self.randomness,
        )
    }

    fn unknown_parameters(&mut self, given: &Parameters) {
        let known: Vec<&str> = self
            .template
            .parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .collect();
        for name in given.names().filter(|name| !known.contains(name)) {
            let hint = crate::reader::suggestion(name, &known);
            let message = format!("unknown parameter name {}{hint}", quote(name));
            self.causes.push(Cause::unknown(&message));
        }
    }

    /// Says whether all parameters have a name, and one that can be referred to.
    fn names(&mut self) -> bool {
        let before = self.causes.len();
        for (index, parameter) in self.template.parameters.iter().enumerate() {
            let field = format!("parameters[{index}].name");
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if parameter.name.is_empty() {
                self.causes.push(Cause::required(field, ""));
            } else if !parameter.name.bytes().all(is_word) {
                self.causes.push(Cause::invalid(
                    field,
                    &quote(&parameter.name),
                    "does not match ^[a-zA-Z0-9_]+$",
                ));
            }
        }
        self.causes.len() == before
    }

    /// Returns the parameters with the values that they are given, have, or get generated.
    fn values(&mut self, given: &Parameters, random: &mut impl Random) -> Vec<Parameter> {
        let mut parameters = self.template.parameters.clone();
        for name in given.names() {
            // Of two with one name the first gets it.
            if let Some(parameter) = parameters.iter_mut().find(|known| known.name == name) {
                given
                    .get(name)
                    .unwrap_or_default()
                    .clone_into(&mut parameter.value);
                parameter.generate.clear();
            }
        }
        for (index, parameter) in parameters.iter_mut().enumerate() {
            if !parameter.value.is_empty() {
                continue;
            }
            let field = format!("template.parameters[{index}]");
            if !parameter.generate.is_empty() {
                match self.generated(&field, parameter, random) {
                    Some(value) => parameter.value = value,
                    None => continue,
                }
            }
            if parameter.value.is_empty() && parameter.required {
                let detail = format!(
                    "{field}: parameter {} is required and must be specified",
                    parameter.name
                );
                self.causes.push(Cause::required(field, &detail));
            }
        }
        parameters
    }

    fn generated(
        &mut self,
        field: &str,
        parameter: &Parameter,
        random: &mut impl Random,
    ) -> Option<String> {
        if parameter.generate != "expression" {
            let detail = format!(
                "Unknown generator name '{}' for parameter {}",
                parameter.generate, parameter.name
            );
            let value = quote(&parameter.generate);
            self.causes.push(Cause::invalid(field, &value, &detail));
            return None;
        }
        let cause = match expression::generate(&parameter.from, random) {
            Ok(value) => return Some(value),
            Err(Refusal::Server(message)) => Cause::invalid(field, &in_go(parameter), &message),
            Err(Refusal::Crash(message)) => Cause::internal(field, &message),
            Err(Refusal::TooLarge(message)) => Cause::too_large(field, &message),
            Err(Refusal::Randomness(error)) => {
                let cause = Cause::internal(field, &error.to_string());
                self.randomness = Some(error);
                cause
            }
        };
        self.causes.push(cause);
        None
    }

    fn objects(mut self, parameters: Vec<Parameter>) -> Result<Processed, TemplateErrors> {
        let mut substituter = Substituter::new(
            parameters
                .iter()
                .map(|parameter| (parameter.name.as_str(), parameter.value.as_str())),
        );
        let frame = message_and_labels(self.template, &mut substituter);
        let (message, labels) = match frame {
            Ok(frame) => frame,
            Err(failure) => {
                self.failure("template".to_owned(), failure);
                return Err(self.into_errors());
            }
        };
        let mut objects = Vec::with_capacity(self.template.objects.len());
        for (index, value) in self.template.objects.iter().enumerate() {
            let item = format!("item[{index}]");
            if *value == Value::Null {
                self.causes.push(Cause::internal(
                    format!("{item}.objects"),
                    "there is no object: the server fails on it",
                ));
                continue;
            }
            let mut object = match Object::decode(value.clone()) {
                Ok(object) => object,
                Err(message) => {
                    self.causes.push(Cause::invalid(
                        format!("{item}.objects"),
                        &raw_extension(value),
                        &format!("unable to handle object: {message}"),
                    ));
                    continue;
                }
            };
            object.strip_namespace();
            match substituter.map(object.content) {
                Ok(content) => object.content = content,
                Err(failure) => {
                    self.failure(format!("{item}.parameters"), failure);
                    // The budget is spent: whatever follows would fail alike.
                    return Err(self.into_errors());
                }
            }
            object.set_group_version_kind();
            if let Some(labels) = &labels
                && let Err(message) = object.add_labels(labels)
            {
                self.causes.push(Cause::invalid(
                    format!("{item}.labels"),
                    &string_map(labels),
                    &format!("label could not be applied: {message}"),
                ));
            }
            objects.push(Value::Map(object.content));
        }
        if !self.causes.is_empty() {
            return Err(self.into_errors());
        }
        Ok(Processed {
            metadata: self.template.metadata.clone(),
            message,
            objects,
            parameters,
            labels,
            unused: self.template.unused_parameters(),
        })
    }

    fn failure(&mut self, field: String, failure: Failure) {
        self.causes.push(match failure {
            Failure::Crash(message) => Cause::internal(field, &message),
            Failure::TooLarge(message) => Cause::too_large(field, &message),
        });
    }
}

type Labels = Option<BTreeMap<String, String>>;

fn message_and_labels(
    template: &Template,
    substituter: &mut Substituter<'_>,
) -> Result<(String, Labels), Failure> {
    let message = substituter.text(&template.message)?.into_text();
    let Some(labels) = &template.labels else {
        return Ok((message, None));
    };
    let mut replaced = BTreeMap::new();
    // As with the keys of objects: those that change replace others.
    let (changing, staying): (Vec<_>, Vec<_>) =
        labels.iter().partition(|(key, _)| key.contains("${"));
    for (key, value) in staying.into_iter().chain(changing) {
        let key = substituter.text(key)?.into_text();
        let value = substituter.text(value)?.into_text();
        replaced.insert(key, value);
    }
    Ok((message, Some(replaced)))
}

/// Returns a parameter as `%#v` has it.
fn in_go(parameter: &Parameter) -> String {
    format!(
        "v1.Parameter{{Name:{}, DisplayName:{}, Description:{}, Value:{}, Generate:{}, From:{}, Required:{}}}",
        quote(&parameter.name),
        quote(&parameter.display_name),
        quote(&parameter.description),
        quote(&parameter.value),
        quote(&parameter.generate),
        quote(&parameter.from),
        parameter.required
    )
}
