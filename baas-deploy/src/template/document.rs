//! A YAML or JSON text as values that know their lines.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

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
        let yaml: Yaml =
            serde_saphyr::from_str_with_options(text, options).map_err(|error| NotYaml {
                line: error.location().map(|location| location.line()),
                message: match error.without_snippet() {
                    // Its text is for programmers.
                    serde_saphyr::Error::MultipleDocuments { .. } => {
                        "more than one document: write each into a file of its own".to_owned()
                    }
                    error => error.to_string(),
                },
            })?;
        yaml.into_node(text)
    }

    /// Returns the key of a map as oc takes it: `on` is `true`, and `0x10` is `16`.
    fn into_key(self) -> Result<String, NotYaml> {
        match self.content {
            Content::Scalar(Value::Text(text)) => Ok(text),
            Content::Scalar(Value::Null) | Content::List(_) | Content::Map(_) => Err(NotYaml {
                line: self.line,
                message: "a key is a text, a number or a flag".to_owned(),
            }),
            Content::Scalar(scalar) => Ok(scalar.to_json()),
        }
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

/// A node of YAML, as it is written.
struct Yaml {
    line: u64,
    /// Where it stands in the text, in bytes.
    place: Option<Range<usize>>,
    content: Raw<Self>,
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Raw<Self>>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let place = span.byte_offset().zip(span.byte_len());
        let place = place.and_then(|(start, length)| {
            let start = usize::try_from(start).ok()?;
            Some(start..start.checked_add(usize::try_from(length).ok()?)?)
        });
        Ok(Self {
            line: spanned.referenced.line(),
            place,
            content: spanned.value,
        })
    }
}

impl Yaml {
    /// Returns the node with the scalars that oc takes it for.
    fn into_node(self, text: &str) -> Result<Node, NotYaml> {
        let line = Some(self.line);
        let content = match self.content {
            Raw::Scalar(value) => {
                let written = self.place.and_then(|place| text.get(place));
                Content::Scalar(written.map_or(value.clone(), |written| as_oc(value, written)))
            }
            Raw::List(items) => {
                let items = items.into_iter().map(|item| item.into_node(text));
                Content::List(items.collect::<Result<_, _>>()?)
            }
            Raw::Map(entries) => {
                let entries = entries.into_iter().map(|(key, value)| {
                    Ok((key.into_node(text)?.into_key()?, value.into_node(text)?))
                });
                Content::Map(entries.collect::<Result<_, NotYaml>>()?)
            }
        };
        Ok(Node { line, content })
    }
}

/// Returns the scalar that oc takes for what is [written](https://github.com/kubernetes-sigs/yaml/blob/v1.4.0/goyaml.v2/resolve.go): a flag is
/// one in three spellings, and a number may have `_` anywhere between its first digit and its end.
fn as_oc(value: Value, written: &str) -> Value {
    match value {
        Value::Bool(_) if !is_flag_of_oc(written) => Value::Text(written.to_owned()),
        // Of a text in quotation marks they are written as well.
        Value::Text(text) if text == written && text.contains('_') && may_be_number(&text) => {
            let plain = text.replace('_', "");
            let options = serde_saphyr::options! {
                legacy_octal_numbers: true,
            };
            match serde_saphyr::from_str_with_options(&plain, options) {
                Ok(Raw::<Yaml>::Scalar(number @ (Value::Integer(_) | Value::Float(_)))) => number,
                _ => Value::Text(text),
            }
        }
        other => other,
    }
}

/// Says whether a flag is written in small letters, in capitals, or with a first one.
fn is_flag_of_oc(written: &str) -> bool {
    let is_word = written.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest = written.get(1..).unwrap_or_default();
    let is_small = rest.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_capital = written.bytes().all(|byte| byte.is_ascii_uppercase());
    // What is not a word has a tag, and is one.
    !is_word || is_small || is_capital
}

fn may_be_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || first == '+' || first == '-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.+-".contains(&byte))
}

/// A node of JSON, which knows no lines.
struct Json(Node);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let content = match Raw::<Self>::deserialize(deserializer)? {
            Raw::Scalar(value) => Content::Scalar(value),
            Raw::List(items) => Content::List(items.into_iter().map(|Self(item)| item).collect()),
            Raw::Map(entries) => {
                let entries = entries.into_iter().map(|(Self(key), Self(value))| {
                    let key = key
                        .into_key()
                        .map_err(|wrong| de::Error::custom(wrong.message))?;
                    Ok((key, value))
                });
                Content::Map(entries.collect::<Result<_, D::Error>>()?)
            }
        };
        Ok(Self(Node {
            line: None,
            content,
        }))
    }
}

/// Content whose parts are `T`, keys among them.
enum Raw<T> {
    Scalar(Value),
    List(Vec<T>),
    Map(Vec<(T, T)>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Raw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyContent(PhantomData))
    }
}

/// Reads content whose parts are `T`.
struct AnyContent<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyContent<T> {
    type Value = Raw<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Raw<T>, E> {
        Ok(Raw::Scalar(Value::Null))
    }
    fn visit_none<E>(self) -> Result<Raw<T>, E> {
        Ok(Raw::Scalar(Value::Null))
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Raw<T>, E> {
        Ok(Raw::Scalar(Value::Bool(value)))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Raw<T>, E> {
        Ok(Raw::Scalar(Value::Integer(value)))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Raw<T>, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            #[expect(clippy::cast_precision_loss, reason = "as Kubernetes reads it")]
            Err(_) => self.visit_f64(value as f64),
        }
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw<T>, E> {
        if value.is_finite() {
            Ok(Raw::Scalar(Value::Float(value)))
        } else {
            Err(E::custom("a number that JSON does not have"))
        }
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Raw<T>, E> {
        self.visit_string(value.to_owned())
    }
    fn visit_string<E>(self, value: String) -> Result<Raw<T>, E> {
        Ok(Raw::Scalar(Value::Text(value)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<T>()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<T>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

/// Returns what `encoding/json` makes of a text: numbers become floats. `None` if it is not JSON.
pub(super) fn json_of_go(text: &str) -> Option<Value> {
    let Json(node) = serde_json::from_str(&without_lone_surrogates(text)).ok()?;
    Some(floats(node.to_value()))
}

/// Replaces each escape of half a surrogate pair by that of U+FFFD, which Go reads for it and `serde_json` refuses.
fn without_lone_surrogates(text: &str) -> Cow<'_, str> {
    let code = |escape: Option<&str>| {
        let digits = escape?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut replaced = Cow::Borrowed(text);
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        let escape = code(text.get(at..at + 6));
        let next = code(text.get(at + 6..at + 12));
        at += match (escape, next) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                // As long as what it replaces.
                replaced.to_mut().replace_range(at..at + 6, "\\ufffd");
                6
            }
            // Whatever is escaped, also if it takes more than a byte.
            _ => 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    replaced
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
    fn half_a_surrogate_pair_is_what_go_makes_of_it() {
        for (json, text) in [
            (r#""\ud800""#, "\u{fffd}"),
            (r#""\uDC00x""#, "\u{fffd}x"),
            (r#""\ud83d\ude00""#, "\u{1f600}"),
            (r#""\ud800\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ud800\n""#, "\u{fffd}\n"),
            (r#""\\ud800é\"""#, "\\ud800é\""),
        ] {
            assert_eq!(
                json_of_go(json),
                Some(Value::Text(text.to_owned())),
                "{json}"
            );
        }
        for wrong in [r#""\ud80""#, r#""\ud800"#, r#""\é""#, "\\", r#""\u+d80""#] {
            assert_eq!(json_of_go(wrong), None, "{wrong}");
        }
    }

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
            (
                "[oN, OfF, yEs, 'on', ON, Off, tRUE, \"oN\", Y]",
                "[\"oN\",\"OfF\",\"yEs\",\"on\",true,false,\"tRUE\",\"oN\",true]",
            ),
            (
                "[1_000, 1_000.5, 1_0e3, 1_, 1__0, 0_8, -_1, 0_b1, 0x1_F, 12e0_3]",
                "[1000,1000.5,10000,1,10,8,-1,1,31,12000]",
            ),
            (
                "[_1, ._5, .5_, 0x_, 1_a, '1_000.5', \"1_0e3\", a_1, 1_2-3]",
                "[\"_1\",\"._5\",\".5_\",\"0x_\",\"1_a\",\"1_000.5\",\"1_0e3\",\"a_1\",\"1_2-3\"]",
            ),
            (
                "a: é\nb: oN\nc: &x 1_0.5\nd: *x",
                "{\"a\":\"é\",\"b\":\"oN\",\"c\":10.5,\"d\":10.5}",
            ),
            (
                "{oN: a, 1_0.5: b, oF: c}",
                "{\"10.5\":\"b\",\"oF\":\"c\",\"oN\":\"a\"}",
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
        let two = Node::read("a: 1\n---\nb: 2\n").err().unwrap();
        assert!(
            two.message.starts_with("more than one document"),
            "{}",
            two.message
        );
        for wrong in ["[.inf]", "[.nan]", "{\"a\":1e999}"] {
            assert!(Node::read(wrong).is_err(), "{wrong}");
        }
    }
}
