use std::collections::BTreeMap;
use std::fmt;

use super::document::{Content, Node, NotYaml};
use super::error::{ParseTemplateError, TemplateProblem};
use super::value::Value;
use crate::secrets;

/// A template: parameters, and objects with references to them.
#[derive(Clone, PartialEq)]
pub struct Template {
    pub(super) api_version: String,
    pub(super) metadata: Value,
    pub(super) message: String,
    pub(super) objects: Vec<Value>,
    pub(super) parameters: Vec<Parameter>,
    /// `None` if there are none; an empty map gives objects an empty one.
    pub(super) labels: Option<BTreeMap<String, String>>,
    /// The paths of fields that a template does not have.
    pub(super) unknown_fields: Vec<String>,
}

/// A parameter of a [`Template`].
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Parameter {
    /// The name, by which it is referred to.
    pub name: String,
    /// The name in forms.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// The default; empty if there is none.
    pub value: String,
    /// How a value is generated if there is none: `expression`, or empty.
    pub generate: String,
    /// What it is generated from.
    pub from: String,
    /// Whether there must be a value.
    pub required: bool,
}

impl Template {
    /// Reads a template in YAML or JSON, of `template.openshift.io/v1` or, from before 4.17, of `v1`.
    ///
    /// # Errors
    ///
    /// [`ParseTemplateError`], with all that keeps the text from being a template.
    pub fn from_yaml(text: &str) -> Result<Self, ParseTemplateError> {
        let root =
            Node::read(text).map_err(|NotYaml { line, message }| ParseTemplateError::NotYaml {
                line,
                message: secrets::redact(&message),
            })?;
        let mut reader = Reader::default();
        let template = reader.template(&root);
        if reader.problems.is_empty() {
            Ok(template)
        } else {
            Err(ParseTemplateError::NotTemplate {
                problems: reader.problems,
            })
        }
    }

    /// Returns its name; empty if it has none.
    pub fn name(&self) -> &str {
        let name = self.metadata.get("name").and_then(Value::as_text);
        name.unwrap_or_default()
    }

    /// Returns the version of the API that it is written for.
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// Returns its parameters, in the order of the text.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Returns its objects, with their references.
    pub fn objects(&self) -> &[Value] {
        &self.objects
    }

    /// Returns the message to who processes it, with its references; empty if there is none.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("name", &self.name())
            .field("parameters", &self.parameters)
            .field("objects", &self.objects)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("name", &self.name)
            .field("value", &secrets::redact(&self.value))
            .field("generate", &self.generate)
            .field("from", &self.from)
            .field("required", &self.required)
            .finish_non_exhaustive()
    }
}

/// Reads the parts of a template, and remembers what is wrong.
#[derive(Default)]
struct Reader {
    problems: Vec<TemplateProblem>,
    unknown_fields: Vec<String>,
}

impl Reader {
    fn template(&mut self, root: &Node) -> Template {
        let mut template = Template {
            api_version: String::new(),
            metadata: Value::Map(BTreeMap::new()),
            message: String::new(),
            objects: Vec::new(),
            parameters: Vec::new(),
            labels: None,
            unknown_fields: Vec::new(),
        };
        if !matches!(root.content, Content::Map(_)) {
            self.problem("", root, &format!("expected a map, found {}", root.kind()));
            return template;
        }
        for (name, node) in last_entries(root) {
            match name {
                "apiVersion" => template.api_version = self.text(name, node),
                "kind" => {
                    let kind = self.text(name, node);
                    if kind != "Template" {
                        self.problem(name, node, &format!("expected `Template`, found `{kind}`"));
                    }
                }
                "metadata" => match &node.content {
                    Content::Map(_) => {
                        template.metadata = node.to_value();
                        if let Some(name) = node.get("name") {
                            self.text("metadata.name", name);
                        }
                    }
                    Content::Scalar(Value::Null) => {}
                    _ => self.problem(
                        name,
                        node,
                        &format!("expected a map, found {}", node.kind()),
                    ),
                },
                "message" => template.message = self.text(name, node),
                "labels" => template.labels = self.labels(node),
                "objects" => {
                    template.objects = self.list(name, node).iter().map(Node::to_value).collect();
                }
                "parameters" => {
                    for (index, item) in self.list(name, node).iter().enumerate() {
                        let parameter = self.parameter(index, item);
                        template.parameters.push(parameter);
                    }
                }
                other => self.unknown_fields.push(other.to_owned()),
            }
        }
        if root.get("kind").is_none() {
            self.problem("kind", root, "missing; a template has `kind: Template`");
        }
        if !matches!(
            template.api_version.as_str(),
            "template.openshift.io/v1" | "v1"
        ) {
            let node = root.get("apiVersion").unwrap_or(root);
            let message = match template.api_version.as_str() {
                "" => "missing; write `template.openshift.io/v1`".to_owned(),
                other => format!("expected `template.openshift.io/v1`, found `{other}`"),
            };
            self.problem("apiVersion", node, &message);
        }
        template.unknown_fields.append(&mut self.unknown_fields);
        template
    }

    fn parameter(&mut self, index: usize, node: &Node) -> Parameter {
        let at = format!("parameters[{index}]");
        let mut parameter = Parameter::default();
        if !matches!(node.content, Content::Map(_)) {
            self.problem(&at, node, &format!("expected a map, found {}", node.kind()));
        }
        for (name, node) in last_entries(node) {
            let at = format!("{at}.{name}");
            match name {
                "name" => parameter.name = self.text(&at, node),
                "displayName" => parameter.display_name = self.text(&at, node),
                "description" => parameter.description = self.text(&at, node),
                "value" => parameter.value = self.text(&at, node),
                "generate" => parameter.generate = self.text(&at, node),
                "from" => parameter.from = self.text(&at, node),
                "required" => match &node.content {
                    Content::Scalar(Value::Bool(required)) => parameter.required = *required,
                    Content::Scalar(Value::Null) => {}
                    _ => self.problem(
                        &at,
                        node,
                        &format!("expected `true` or `false`, found {}", node.kind()),
                    ),
                },
                _ => self.unknown_fields.push(at),
            }
        }
        parameter
    }

    fn labels(&mut self, node: &Node) -> Option<BTreeMap<String, String>> {
        match &node.content {
            Content::Scalar(Value::Null) => None,
            Content::Map(_) => Some(
                last_entries(node)
                    .into_iter()
                    .map(|(name, value)| {
                        (name.to_owned(), self.text(&format!("labels.{name}"), value))
                    })
                    .collect(),
            ),
            _ => {
                self.problem(
                    "labels",
                    node,
                    &format!("expected a map, found {}", node.kind()),
                );
                None
            }
        }
    }

    fn list<'a>(&mut self, at: &str, node: &'a Node) -> &'a [Node] {
        if !matches!(
            node.content,
            Content::List(_) | Content::Scalar(Value::Null)
        ) {
            self.problem(at, node, &format!("expected a list, found {}", node.kind()));
        }
        node.items()
    }

    fn text(&mut self, at: &str, node: &Node) -> String {
        match &node.content {
            Content::Scalar(Value::Text(text)) => text.clone(),
            Content::Scalar(Value::Null) => String::new(),
            Content::Scalar(_) => {
                self.problem(
                    at,
                    node,
                    &format!("expected a text, found {}: write it in quotes", node.kind()),
                );
                String::new()
            }
            _ => {
                self.problem(at, node, &format!("expected a text, found {}", node.kind()));
                String::new()
            }
        }
    }

    fn problem(&mut self, path: &str, node: &Node, message: &str) {
        self.problems.push(TemplateProblem {
            path: if path.is_empty() {
                "the document"
            } else {
                path
            }
            .to_owned(),
            line: node.line,
            message: secrets::redact(message),
        });
    }
}

/// Returns the entries of a map: of a key that is there twice the last.
fn last_entries(node: &Node) -> Vec<(&str, &Node)> {
    let entries = node.entries();
    let last: BTreeMap<&str, usize> = entries
        .iter()
        .enumerate()
        .map(|(index, (name, _))| (name.as_str(), index))
        .collect();
    entries
        .iter()
        .enumerate()
        .filter(|(index, (name, _))| last.get(name.as_str()) == Some(index))
        .map(|(_, (name, node))| (name.as_str(), node))
        .collect()
}
