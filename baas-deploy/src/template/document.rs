//! A YAML or JSON text as values that know their lines.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::value::Value;

/// The longest text that is read: more than a cluster stores of one object.
pub(super) const MAX_TEXT: usize = 2 << 20;

/// How deep lists and maps may be in each other: as deep as is sure to fit on the stack of a thread.
pub(super) const MAX_DEPTH: usize = 40;

/// A value and the line where it begins.
#[derive(Clone)]
pub(crate) struct Node {
    /// Counted from 1; `None` in JSON.
    pub(crate) line: Option<u64>,
    pub(crate) content: Content,
}

#[derive(Clone)]
pub(crate) enum Content {
    Scalar(Value),
    List(Vec<Node>),
    /// In the order of the text. A key may be there twice.
    Map(Vec<(String, Node)>),
}

/// Why a text is neither YAML nor JSON.
#[derive(Debug)]
pub(crate) struct NotYaml {
    pub(crate) line: Option<u64>,
    pub(crate) message: String,
}

impl Node {
    /// Reads a text. JSON is read as JSON, so that its escapes and its bare numbers are those of JSON.
    pub(crate) fn read(text: &str) -> Result<Self, NotYaml> {
        if text.len() > MAX_TEXT {
            return Err(NotYaml {
                line: None,
                message: format!("it is longer than {MAX_TEXT} bytes"),
            });
        }
        if text.trim_start().starts_with('{')
            && let Ok(Json(node)) = serde_json::from_str(text)
        {
            return if node.to_value().is_deep() {
                Err(NotYaml {
                    line: None,
                    message: format!("lists and maps are more than {MAX_DEPTH} deep"),
                })
            } else {
                Ok(node)
            };
        }
        Self::read_yaml(text)
    }

    /// Reads a text for messages: as YAML also where it is JSON, of which only the reader of YAML tells the lines.
    pub(crate) fn read_with_lines(text: &str) -> Result<Self, NotYaml> {
        if text.len() <= MAX_TEXT
            && text.trim_start().starts_with('{')
            && let Ok(node) = Self::read_yaml(text)
        {
            return Ok(node);
        }
        Self::read(text)
    }

    fn read_yaml(text: &str) -> Result<Self, NotYaml> {
        let options = serde_saphyr::options! {
            // As in the YAML that oc reads: the last wins, and 0644 is octal.
            duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::PassThrough,
            legacy_octal_numbers: true,
            budget: serde_saphyr::budget! {
                max_depth: MAX_DEPTH,
                flow_nesting_limit: MAX_DEPTH,
            },
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| NotYaml {
            line: error.location().map(|location| location.line()),
            message: error.without_snippet().to_string(),
        })
    }

    /// Returns the value without lines.
    pub(crate) fn to_value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            Content::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, node)| (key.clone(), node.to_value()))
                    .collect(),
            ),
        }
    }

    /// Returns the value of a key, if this is a map that has it: of one that is there twice the last.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .rfind(|(name, _)| name == key)
            .map(|(_, node)| node)
    }

    /// Returns the entries, if this is a map.
    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items, if this is a list.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// Returns what a message calls it.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.content {
            Content::Scalar(Value::Null) => "nothing",
            Content::Scalar(Value::Bool(_)) => "`true` or `false`",
            Content::Scalar(Value::Text(_)) => "a text",
            Content::Scalar(_) => "a number",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<YamlContent>::deserialize(deserializer)?;
        Ok(Self {
            line: Some(spanned.referenced.line()),
            content: spanned.value.0,
        })
    }
}

/// Content whose parts know their lines.
struct YamlContent(Content);

impl<'de> Deserialize<'de> for YamlContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(AnyContent(std::marker::PhantomData::<Node>))
            .map(Self)
    }
}

/// A node of JSON, which knows no lines.
struct Json(Node);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let content = deserializer.deserialize_any(AnyContent(std::marker::PhantomData::<Self>))?;
        Ok(Self(Node {
            line: None,
            content,
        }))
    }
}

impl From<Json> for Node {
    fn from(json: Json) -> Self {
        json.0
    }
}

/// Reads content whose parts are `T`.
struct AnyContent<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de> + Into<Node>> Visitor<'de> for AnyContent<T> {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }
    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        deserializer.deserialize_any(self)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Bool(value)))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Integer(value)))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Content, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            #[expect(clippy::cast_precision_loss, reason = "as Kubernetes reads it")]
            Err(_) => self.visit_f64(value as f64),
        }
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Content, E> {
        if value.is_finite() {
            Ok(Content::Scalar(Value::Float(value)))
        } else {
            Err(E::custom("a number that JSON does not have"))
        }
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Content, E> {
        self.visit_string(value.to_owned())
    }
    fn visit_string<E>(self, value: String) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Text(value)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<T>()? {
            items.push(item.into());
        }
        Ok(Content::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some((Key(key), value)) = map.next_entry::<Key, T>()? {
            entries.push((key, value.into()));
        }
        Ok(Content::Map(entries))
    }
}

/// The key of a map as oc takes it: `on` is `true`, and `0x10` is `16`.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let content = deserializer.deserialize_any(AnyContent(std::marker::PhantomData::<Node>))?;
        match content {
            Content::Scalar(Value::Text(text)) => Ok(Self(text)),
            Content::Scalar(Value::Null) | Content::List(_) | Content::Map(_) => {
                Err(de::Error::custom("a key is a text, a number or a flag"))
            }
            Content::Scalar(scalar) => Ok(Self(scalar.to_json())),
        }
    }
}

/// Returns what `encoding/json` makes of a text: numbers become floats. `None` if it is not JSON.
pub(super) fn json_of_go(text: &str) -> Option<Value> {
    let Json(node) = serde_json::from_str(text).ok()?;
    Some(floats(node.to_value()))
}

fn floats(value: Value) -> Value {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "as Go reads it")]
        Value::Integer(number) => Value::Float(number as f64),
        Value::List(items) => Value::List(items.into_iter().map(floats).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, floats(value)))
                .collect::<BTreeMap<_, _>>(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_texts_are_refused() {
        for depth in [70, 200, 500, 2000, 100_000] {
            for text in [
                "[".repeat(depth),
                "{\"a\":".repeat(depth),
                format!("---\n{}", "{a: ".repeat(depth)),
                "- ".repeat(depth),
                "? ".repeat(depth),
                (0..depth.min(1000)).fold(String::new(), |text, indent| {
                    text + &" ".repeat(indent)
                        + "a:
"
                }),
            ] {
                let result = Node::read(&text);
                assert!(result.is_err(), "{depth} {}", &text[..10]);
            }
        }
        let json = format!("{}1{}", "{\"a\":".repeat(36), "}".repeat(36));
        assert_eq!(Node::read(&json).unwrap().to_value().to_json(), json);
        let json = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
        assert_eq!(
            Node::read(&json).err().unwrap().message,
            "lists and maps are more than 40 deep"
        );
    }

    #[test]
    fn scalars_are_those_that_oc_reads() {
        let read = |text: &str| Node::read(text).unwrap().to_value().to_json();
        for (yaml, json) in [
            (
                "[yes, off, true, ~, null, '', 0644, 0x1f]",
                "[true,false,true,null,null,\"\",420,31]",
            ),
            (
                "[1.0, 1e3, '1', 1.2.3, 18446744073709551615]",
                "[1,1000,\"1\",\"1.2.3\",18446744073709552000]",
            ),
            (
                "a: 1\nb: &x {c: d}\ne: *x\na: 2",
                "{\"a\":2,\"b\":{\"c\":\"d\"},\"e\":{\"c\":\"d\"}}",
            ),
            ("{1: a, true: b}", "{\"1\":\"a\",\"true\":\"b\"}"),
            (
                "{y: a, 010: b, 0x10: c, 1e3: d, 1.5: e, 'off': f, '010': g}",
                "{\"010\":\"g\",\"1.5\":\"e\",\"1000\":\"d\",\"16\":\"c\",\"8\":\"b\",\"off\":\"f\",\"true\":\"a\"}",
            ),
            ("{\"a\":\"\\ud83d\\ude00\\/\"}", "{\"a\":\"\u{1f600}/\"}"),
        ] {
            assert_eq!(read(yaml), json, "{yaml}");
        }
        for wrong in ["[.inf]", "[.nan]", "{\"a\":1e999}"] {
            assert!(Node::read(wrong).is_err(), "{wrong}");
        }
    }
}
