//! A template as lists of keys with lines: also of one that has lost its indentation.

use super::lines::{Line, is_transcript, lines};
use crate::template::{Content, Node};

/// What pages and word processors write where an item of a list begins.
pub(super) const BULLETS: [char; 5] = ['•', '*', '·', '●', '◦'];

/// A key and its value in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) line: u64,
    pub(crate) key: String,
    /// Empty for a map or a list.
    pub(crate) value: String,
    /// Whether an item of a list begins with it.
    pub(crate) is_item: bool,
}

/// What a template has, flattened.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// What is before objects and parameters.
    pub(crate) head: Vec<Entry>,
    pub(crate) objects: Vec<Part>,
    pub(crate) parameters: Vec<Part>,
    /// Whether it is a template that can be read as it is.
    pub(crate) is_well_formed: bool,
}

/// A place where an object has the value of a parameter.
#[derive(Debug)]
pub(crate) struct Use<'a> {
    pub(crate) object: &'a Part,
    pub(crate) entry: &'a Entry,
}

/// An object or a parameter.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) entries: Vec<Entry>,
}

impl Part {
    pub(crate) fn line(&self) -> u64 {
        self.entries
            .iter()
            .map(|entry| entry.line)
            .min()
            .unwrap_or(1)
    }

    /// Returns the first entry of that key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Returns the first value of that key.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.entry(key).map(|entry| entry.value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.key == key)
    }

    pub(crate) fn kind(&self) -> &str {
        self.value("kind").unwrap_or_default()
    }

    /// Returns the name in its metadata.
    pub(crate) fn name(&self) -> Option<&Entry> {
        let metadata = self
            .entries
            .iter()
            .position(|entry| entry.key == "metadata")?;
        self.entries[metadata..]
            .iter()
            .find(|entry| entry.key == "name")
    }
}

impl Outline {
    pub(crate) fn read(text: &str) -> Self {
        if let Ok(root) = Node::read_with_lines(text)
            && let Some(outline) = of_node(&root, text)
        {
            return outline;
        }
        of_lines(text)
    }

    pub(crate) fn head_entry(&self, key: &str) -> Option<&Entry> {
        self.head.iter().find(|entry| entry.key == key)
    }

    pub(crate) fn object(&self, kind: &str) -> Option<&Part> {
        self.objects.iter().find(|object| object.kind() == kind)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&Part> {
        self.parameters
            .iter()
            .find(|part| part.value("name") == Some(name))
    }

    /// Returns the objects that run pods.
    pub(crate) fn workloads(&self) -> impl Iterator<Item = &Part> {
        self.objects.iter().filter(|object| {
            matches!(
                object.kind(),
                "DeploymentConfig" | "Deployment" | "StatefulSet" | "ReplicationController" | "Pod"
            )
        })
    }

    /// Returns the first object that runs pods.
    pub(crate) fn workload(&self) -> Option<&Part> {
        self.workloads().next()
    }

    /// Returns where objects have the value of a parameter.
    pub(crate) fn uses<'a>(&'a self, parameter: &str) -> impl Iterator<Item = Use<'a>> {
        let plain = format!("${{{parameter}}}");
        let raw = format!("${{{{{parameter}}}}}");
        self.objects.iter().flat_map(move |object| {
            let (plain, raw) = (plain.clone(), raw.clone());
            let has =
                move |entry: &&Entry| entry.value.contains(&plain) || entry.value.contains(&raw);
            let found = object.entries.iter().filter(has);
            found.map(move |entry| Use { object, entry })
        })
    }

    /// Returns the value of `${NAME}` alone, or the text itself.
    pub(crate) fn resolved<'a>(&'a self, text: &'a str) -> &'a str {
        let name = text
            .strip_prefix("${")
            .and_then(|text| text.strip_suffix('}'));
        name.and_then(|name| self.parameter(name)?.value("value"))
            .unwrap_or(text)
    }
}

fn of_node(root: &Node, text: &str) -> Option<Outline> {
    let objects = root.get("objects")?.items();
    let is_object = |node: &Node| {
        node.get("kind").is_some()
            && node
                .get("metadata")
                .is_some_and(|metadata| !metadata.entries().is_empty())
    };
    if objects.is_empty() || !objects.iter().all(is_object) {
        return None;
    }
    let source: Vec<&str> = text.lines().collect();
    let mut outline = Outline {
        is_well_formed: true,
        ..Outline::default()
    };
    for (key, node) in root.entries() {
        match key.as_str() {
            "objects" => {
                outline.objects = node
                    .items()
                    .iter()
                    .map(|item| part(item, &source))
                    .collect();
            }
            "parameters" => {
                outline.parameters = node
                    .items()
                    .iter()
                    .map(|item| part(item, &source))
                    .collect();
            }
            _ => walk(key, node, false, &source, &mut outline.head),
        }
    }
    Some(outline)
}

fn part(node: &Node, source: &[&str]) -> Part {
    let mut entries = Vec::new();
    walk_entries(node, false, source, &mut entries);
    Part { entries }
}

/// Scalars of a map come before what is within its maps and lists.
fn walk_entries(node: &Node, is_item: bool, source: &[&str], entries: &mut Vec<Entry>) {
    let is_scalar = |node: &Node| matches!(node.content, Content::Scalar(_));
    let (scalars, others): (Vec<_>, Vec<_>) =
        node.entries().iter().partition(|(_, node)| is_scalar(node));
    for (index, (key, node)) in scalars.into_iter().chain(others).enumerate() {
        walk(key, node, is_item && index == 0, source, entries);
    }
}

fn walk(key: &str, node: &Node, is_item: bool, source: &[&str], entries: &mut Vec<Entry>) {
    let value = match &node.content {
        Content::Scalar(value) => match value.as_text() {
            Some(text) => text.to_owned(),
            None => value.to_json(),
        },
        _ => String::new(),
    };
    entries.push(Entry {
        line: line_of(key, node.line.unwrap_or(1), source),
        key: key.to_owned(),
        value,
        is_item,
    });
    match &node.content {
        Content::List(items) => {
            for item in items {
                match &item.content {
                    Content::Scalar(_) => walk(key, item, true, source, entries),
                    _ => walk_entries(item, true, source, entries),
                }
            }
        }
        Content::Map(_) => walk_entries(node, false, source, entries),
        Content::Scalar(_) => {}
    }
}

/// Returns the line of a key whose value begins there: that line, or the nearest above that has the key.
fn line_of(key: &str, value_line: u64, source: &[&str]) -> u64 {
    // In JSON a key has quotation marks, and may stand behind the bracket before it.
    let has_key = |line: &&str| {
        line.trim_start_matches([' ', '\t', '-', '{', '[', ',', '"'])
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start_matches('"').trim_start().starts_with(':'))
    };
    (1..=value_line)
        .rev()
        .take(3)
        .find(|number| {
            usize::try_from(number - 1)
                .ok()
                .and_then(|index| source.get(index))
                .is_some_and(has_key)
        })
        .unwrap_or(value_line)
}

/// Reads what has lost its nesting line by line.
fn of_lines(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut section = "";
    let entries: Vec<Entry> = lines(text)
        .iter()
        .filter(|line| !is_transcript(&line.text) && !line.text.starts_with('#'))
        .filter_map(entry)
        .collect();
    let objects = entries
        .iter()
        .position(|entry| entry.key == "objects" && entry.value.is_empty());
    let first = objects.and_then(|objects| entries.get(objects + 1));
    let kind_is_first = first.is_some_and(|entry| entry.key == "kind");
    // Other maps have a `kind` as well: only with an `apiVersion` behind it may one begin an object.
    let begins_with_kind = |index: usize| {
        let next = entries.get(index + 1);
        let is_before = next.is_some_and(|next| next.key == "apiVersion" && !next.is_item);
        let entry = &entries[index];
        entry.key == "kind" && is_before && (entry.is_item || kind_is_first)
    };
    for (index, entry) in entries.iter().enumerate() {
        match (entry.key.as_str(), entry.value.as_str()) {
            ("objects", "") => section = "objects",
            ("parameters", "") => section = "parameters",
            _ => {
                let (parts, begins) = match section {
                    "objects" => {
                        let is_second = index > 0 && begins_with_kind(index - 1);
                        let is_first = entry.key == "apiVersion" && !is_second;
                        (&mut outline.objects, is_first || begins_with_kind(index))
                    }
                    "parameters" => (
                        &mut outline.parameters,
                        entry.is_item && entry.key == "name",
                    ),
                    _ => {
                        outline.head.push(entry.clone());
                        continue;
                    }
                };
                if begins || parts.is_empty() {
                    parts.push(Part::default());
                }
                if let Some(part) = parts.last_mut() {
                    part.entries.push(entry.clone());
                }
            }
        }
    }
    outline
}

fn entry(line: &Line) -> Option<Entry> {
    let text = line.text.replace('：', ": ");
    let text = text.trim_end();
    let content = text.trim_start_matches(|c| matches!(c, '-' | ' ') || BULLETS.contains(&c));
    let is_item = content.len() < text.len();
    let (key, value) = match content.split_once(": ") {
        Some((key, value)) => (key, value.trim().trim_matches(['"', '\''])),
        None => (content.strip_suffix(':')?, ""),
    };
    let is_key = !key.is_empty() && !key.contains(' ');
    is_key.then(|| Entry {
        line: line.number,
        key: key.to_owned(),
        value: value.to_owned(),
        is_item,
    })
}
