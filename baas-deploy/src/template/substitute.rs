//! `${NAME}` and `${{NAME}}` in texts, and in the texts of values.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::json_of_go;
use super::value::Value;

/// What may come out of a template at most, in bytes.
const MAX_OUTPUT: usize = 8 << 20;
/// How many bytes may be moved for it: each replacement moves its whole text.
const MAX_WORK: usize = 1 << 28;

/// Replaces references by values, within a budget.
pub(super) struct Substituter<'a> {
    values: BTreeMap<&'a str, &'a str>,
    output: usize,
    work: usize,
}

/// What a text became.
#[derive(Debug, PartialEq)]
pub(super) enum Substituted {
    Text(String),
    /// The value of a parameter, in whose place `${{NAME}}` was.
    Raw(String),
}

impl Substituted {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Raw(text) => text,
        }
    }
}

#[derive(Debug)]
pub(super) enum Failure {
    /// The server fails on it with an internal error.
    Crash(String),
    TooLarge(String),
}

impl<'a> Substituter<'a> {
    /// Of a name that is there twice the last value counts.
    pub(super) fn new(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self {
            values: values.into_iter().collect(),
            output: 0,
            work: 0,
        }
    }

    /// Replaces the references of a text.
    pub(super) fn text(&mut self, input: &str) -> Result<Substituted, Failure> {
        if let Some(value) = whole_reference(input).and_then(|name| self.values.get(name)) {
            let value = (*value).to_owned();
            self.spend(value.len())?;
            return Ok(Substituted::Raw(value));
        }
        let mut output = input.to_owned();
        for reference in references(input) {
            let name = &input[reference.start + 2..reference.end - 1];
            let Some(value) = self.values.get(name) else {
                continue;
            };
            // What is found in the input is replaced in the output, where it first is. Another value may have taken
            // that place, or undone it.
            if let Some(start) = output.find(&input[reference.clone()]) {
                self.work = self.work.saturating_add(output.len() + value.len());
                if self.work > MAX_WORK || output.len() + value.len() > MAX_OUTPUT {
                    return Err(too_large());
                }
                output.replace_range(start..start + reference.len(), value);
            }
        }
        self.spend(output.len())?;
        Ok(Substituted::Text(output))
    }

    /// Replaces the references of all texts of a value, keys among them. `None` stands for a `${{NAME}}` that became
    /// `null`: its place is taken away.
    pub(super) fn value(&mut self, value: Value) -> Result<Option<Value>, Failure> {
        let substituted = match value {
            Value::Text(text) => match self.text(&text)? {
                Substituted::Text(text) => Value::Text(text),
                Substituted::Raw(raw) => match json_of_go(&raw) {
                    Some(Value::Null) => return Ok(None),
                    Some(value) if value.is_deep() => {
                        return Err(Failure::TooLarge(
                            "lists and maps in a value are too deep".to_owned(),
                        ));
                    }
                    Some(value) => value,
                    None => Value::Text(raw),
                },
            },
            Value::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.push(self.value(item)?.ok_or_else(|| {
                        Failure::Crash(
                            "`null` in the place of an item of a list: the server fails on it"
                                .to_owned(),
                        )
                    })?);
                }
                Value::List(list)
            }
            Value::Map(entries) => Value::Map(self.map(entries)?),
            scalar => scalar,
        };
        Ok(Some(substituted))
    }

    pub(super) fn map(
        &mut self,
        entries: BTreeMap<String, Value>,
    ) -> Result<BTreeMap<String, Value>, Failure> {
        let mut map = BTreeMap::new();
        // Keys that change come last: whatever the order in which the server takes them, they replace others.
        let (changing, staying): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|(key, _)| key.contains("${"));
        for (key, value) in staying {
            if let Some(value) = self.value(value)? {
                map.insert(key, value);
            }
        }
        for (key, value) in changing {
            let key = self.key(&key)?;
            match self.value(value)? {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
        Ok(map)
    }

    fn key(&mut self, key: &str) -> Result<String, Failure> {
        match self.text(key)? {
            Substituted::Text(text) => Ok(text),
            Substituted::Raw(raw) => match json_of_go(&raw) {
                Some(Value::Text(text)) => Ok(text),
                None => Ok(raw),
                Some(_) => Err(Failure::Crash(format!(
                    "the key `{key}` becomes something other than text: the server fails on it"
                ))),
            },
        }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Failure> {
        self.output = self.output.saturating_add(bytes);
        if self.output > MAX_OUTPUT {
            return Err(too_large());
        }
        Ok(())
    }
}

fn too_large() -> Failure {
    Failure::TooLarge(format!(
        "the result would be larger than {MAX_OUTPUT} bytes, or take too long"
    ))
}

/// Returns the name if the whole text is `${{NAME}}`.
pub(super) fn whole_reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${{")?.strip_suffix("}}")?;
    (!name.is_empty() && name.bytes().all(is_name)).then_some(name)
}

/// Returns where `${NAME}` stands in a text.
pub(super) fn references(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find("${")?;
            let length = bytes[start + 2..]
                .iter()
                .take_while(|byte| is_name(**byte))
                .count();
            let end = start + 2 + length;
            from = end;
            if length > 0 && bytes.get(end) == Some(&b'}') {
                from = end + 1;
                return Some(start..end + 1);
            }
        }
    })
}

/// Says whether the text has a `${NAME}`.
pub(super) fn has_reference(text: &str) -> bool {
    references(text).next().is_some()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[(&str, &str)], input: &str) -> String {
        Substituter::new(values.iter().copied())
            .text(input)
            .unwrap()
            .into_text()
    }

    #[test]
    fn references_are_replaced() {
        let values = [("A", "1"), ("B_2", "two"), ("E", "")];
        assert_eq!(text(&values, "${A}-${B_2}${A}"), "1-two1");
        assert_eq!(text(&values, "[${E}]"), "[]");
        assert_eq!(text(&values, "$${A} é${A}"), "$1 é1");
        assert_eq!(text(&values, "${{A}}"), "1");
        for left in [
            "${C}", "${}", "${A", "$A", "${A B}", "a${{A}}", "${{A}}a", "${{C}}", "${{A}}\n",
            "${ A}", "${é}",
        ] {
            assert_eq!(text(&values, left), left);
        }
        assert_eq!(text(&values, "${${A}}"), "${1}");
    }

    #[test]
    fn what_is_replaced_is_looked_for_in_the_output() {
        let values = [("A", "${B}"), ("B", "x")];
        assert_eq!(text(&values, "${A} ${B}"), "x ${B}");
        assert_eq!(text(&values, "${B} ${A}"), "x ${B}");
        assert_eq!(text(&[("A", "$"), ("B", "y")], "${A}{B} ${B}"), "y ${B}");
    }

    fn value(values: &[(&str, &str)], json: &str) -> Result<String, Failure> {
        let value = super::super::document::Node::read(json).unwrap().to_value();
        Substituter::new(values.iter().copied())
            .value(value)
            .map(|value| value.map_or("gone".to_owned(), |value| value.to_json()))
    }

    #[test]
    fn raw_references_become_json() {
        let json = r#"{"a":"${{X}}","b":[["${{X}}"],null],"c":1}"#;
        for (given, became) in [
            ("2", "2"),
            ("-0", "-0"),
            ("1.50", "1.5"),
            ("1e3", "1000"),
            ("9007199254740993", "9007199254740992"),
            ("true", "true"),
            (" [1, {\"b\":2,\"a\":null}] ", "[1,{\"a\":null,\"b\":2}]"),
            ("\"t\"", "\"t\""),
            ("no json", "\"no json\""),
            ("1 2", "\"1 2\""),
            ("1e999", "\"1e999\""),
            ("", "\"\""),
        ] {
            assert_eq!(
                value(&[("X", given)], json).unwrap(),
                format!("{{\"a\":{became},\"b\":[[{became}],null],\"c\":1}}")
            );
        }
        assert_eq!(
            value(&[("X", "null")], r#"{"a":"${{X}}","b":1}"#).unwrap(),
            r#"{"b":1}"#
        );
        assert!(matches!(
            value(&[("X", "null")], r#"{"a":["${{X}}"]}"#),
            Err(Failure::Crash(_))
        ));
    }

    #[test]
    fn keys_are_replaced_and_win_over_others() {
        let values = [("K", "k"), ("N", "1"), ("Q", "\"q\"")];
        assert_eq!(
            value(
                &values,
                r#"{"${K}":"new","k":"old","a${N}":{"${K}${K}":1},"${{Q}}":2,"${U}":3}"#
            )
            .unwrap(),
            r#"{"${U}":3,"a1":{"kk":1},"k":"new","q":2}"#
        );
        assert!(matches!(
            value(&values, r#"{"${{N}}":1}"#),
            Err(Failure::Crash(_))
        ));
    }

    #[test]
    fn deep_values_are_refused() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert!(matches!(
            value(&[("X", &deep)], r#"{"a":"${{X}}"}"#),
            Err(Failure::TooLarge(_))
        ));
    }

    #[test]
    fn replacement_does_not_grow_without_bound() {
        let long = "x".repeat(1 << 20);
        let values = [("A", long.as_str())];
        let mut substituter = Substituter::new(values);
        assert!(matches!(
            substituter.text(&"${A}".repeat(9)),
            Err(Failure::TooLarge(_))
        ));
        let values = [("A", "aa")];
        let mut substituter = Substituter::new(values);
        assert!(matches!(
            substituter.text(&"${A}".repeat(1 << 18)),
            Err(Failure::TooLarge(_))
        ));
    }
}
