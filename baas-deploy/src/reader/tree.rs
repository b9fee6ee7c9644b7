use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::Problem;

/// A YAML value that knows its line, and whose list elements know their place in the text.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<(usize, Node)>),
    Map(Vec<(String, Node)>),
    /// Stands where a required field is missing, so that the rest can be read. Where text belongs it is a text that most
    /// types of names accept and that occurs only once.
    Placeholder(String),
}

/// How deep lists and maps may lie in one another. No spec of ours has half of it.
const MAX_DEPTH: usize = 32;

/// How the text of a placeholder begins.
const PLACEHOLDER: &str = "zzzzzzz";
/// The digits of its number.
const LETTERS: &str = "abcdefghijklmnop";

/// A place in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Field(String),
    Index(usize),
}

/// Reads YAML text.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    let options = serde_saphyr::options! {
        // Told by us, together with everything else.
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::PassThrough,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            // Deeper ones would overflow the stack of a small thread.
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
        },
    };
    serde_saphyr::from_str_with_options::<Node>(text, options).map_err(|error| Problem {
        path: String::new(),
        line: error.location().map(|location| location.line()),
        message: match error.without_snippet() {
            // Its text is for programmers.
            serde_saphyr::Error::MultipleDocuments { .. } => {
                "more than one document: write each into a file of its own".to_owned()
            }
            error => format!("not YAML: {error}"),
        },
    })
}

/// Returns a report for each key that its map has already.
pub(super) fn duplicate_keys(root: &Node) -> Vec<(Path, String)> {
    fn walk(node: &Node, at: &Path, found: &mut Vec<(Path, String)>) {
        match &node.value {
            Value::Map(entries) => {
                for (index, (key, child)) in entries.iter().enumerate() {
                    let path = at.child(Step::Field(key.clone()));
                    if entries[..index].iter().any(|(earlier, _)| earlier == key) {
                        found.push((path.clone(), "written twice".to_owned()));
                    }
                    walk(child, &path, found);
                }
            }
            Value::List(items) => {
                for (index, child) in items {
                    walk(child, &at.child(Step::Index(*index)), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(root, &Path::default(), &mut found);
    found
}

impl Node {
    fn new(line: u64, value: Value) -> Self {
        Self { line, value }
    }

    /// Returns the node there. Of a key that was written twice it is the last.
    fn get(&self, path: &[Step]) -> Option<&Self> {
        let Some((step, rest)) = path.split_first() else {
            return Some(self);
        };
        let child = match (&self.value, step) {
            (Value::Map(entries), Step::Field(name)) => entries
                .iter()
                .rfind(|(key, _)| key == name)
                .map(|(_, node)| node),
            (Value::List(items), Step::Index(index)) => items
                .iter()
                .find(|(original, _)| original == index)
                .map(|(_, node)| node),
            _ => None,
        };
        child?.get(rest)
    }

    fn get_mut(&mut self, path: &[Step]) -> Option<&mut Self> {
        let Some((step, rest)) = path.split_first() else {
            return Some(self);
        };
        let child = match (&mut self.value, step) {
            (Value::Map(entries), Step::Field(name)) => entries
                .iter_mut()
                .rfind(|(key, _)| key == name)
                .map(|(_, node)| node),
            (Value::List(items), Step::Index(index)) => items
                .iter_mut()
                .find(|(original, _)| original == index)
                .map(|(_, node)| node),
            _ => None,
        };
        child?.get_mut(rest)
    }

    /// Returns the line of a place, or of the nearest one around it that the text has.
    pub(super) fn line(&self, path: &Path) -> Option<u64> {
        (0..=path.0.len())
            .rev()
            .find_map(|len| self.get(&path.0[..len]))
            .map(|node| node.line)
    }

    /// Takes a value out; `false` when there is nothing to take it out of.
    pub(super) fn take_out(&mut self, path: &Path) -> bool {
        let Some((step, parent)) = path.0.split_last() else {
            return false;
        };
        match (self.get_mut(parent).map(|node| &mut node.value), step) {
            (Some(Value::Map(entries)), Step::Field(name)) => {
                let before = entries.len();
                entries.retain(|(key, _)| key != name);
                entries.len() < before
            }
            (Some(Value::List(items)), Step::Index(index)) => {
                let before = items.len();
                items.retain(|(original, _)| original != index);
                items.len() < before
            }
            _ => false,
        }
    }

    /// Puts a placeholder where a field is missing; `false` when that is no place for fields.
    pub(super) fn fill_in(&mut self, path: &Path, field: &str, nth: usize) -> bool {
        match self.get_mut(&path.0) {
            Some(Self {
                value: Value::Map(entries),
                line,
            }) if entries.iter().all(|(key, _)| key != field) => {
                // Letters only, also for the number: names of the chain have no digits above 5.
                let digit = |place: u32| LETTERS.chars().nth(nth >> (4 * place) & 15);
                let text = PLACEHOLDER
                    .chars()
                    .chain((0..4).filter_map(digit))
                    .collect();
                let placeholder = Self::new(*line, Value::Placeholder(text));
                entries.push((field.to_owned(), placeholder));
                true
            }
            _ => false,
        }
    }

    /// Says whether a report is about a placeholder, and so not about the document.
    pub(super) fn is_of_placeholder(&self, path: &Path, message: &str) -> bool {
        message.contains(PLACEHOLDER)
            || (0..=path.0.len()).any(|len| {
                matches!(
                    self.get(&path.0[..len]),
                    Some(Self {
                        value: Value::Placeholder(_),
                        ..
                    })
                )
            })
    }

    /// Turns the indices of what is left into those of the text.
    pub(super) fn original(&self, path: &Path) -> Path {
        let mut original = Path::default();
        for step in &path.0 {
            let step = match (self.get(&original.0).map(|node| &node.value), step) {
                (Some(Value::List(items)), Step::Index(index)) => {
                    Step::Index(items.get(*index).map_or(*index, |(original, _)| *original))
                }
                _ => step.clone(),
            };
            original.0.push(step);
        }
        original
    }
}

impl Path {
    pub(super) fn child(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    pub(super) fn parent(&self) -> Option<Self> {
        let (_, parent) = self.0.split_last()?;
        Some(Self(parent.to_vec()))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if index == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self::new(spanned.referenced.line(), spanned.value))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                deserializer.deserialize_any(self)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Integer(value.into()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Integer(value.into()))
            }
            fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
                Ok(Value::Integer(value))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(Value::Text(value.to_owned()))
            }
            fn visit_string<E>(self, value: String) -> Result<Value, E> {
                Ok(Value::Text(value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push((items.len(), item));
                }
                Ok(Value::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Value::Map(entries))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
