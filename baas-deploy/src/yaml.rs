//! Writing objects as YAML: the same bytes for the same values.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;

/// Keys that stand before the others, which follow in alphabetical order.
const FIRST: [&str; 4] = ["apiVersion", "kind", "name", "metadata"];

/// Returns a value as a YAML document.
///
/// Keys have a fixed order, whatever the order of the maps: `apiVersion`, `kind`, `name` and `metadata` first, the others
/// alphabetically. Text that a reader of YAML 1.1 or 1.2 would take for anything else (`yes`, `0123`, `1e3`, `null`) is
/// quoted, and text of several lines is written line by line.
///
/// ```
/// let value = serde_json::json!({"kind": "ConfigMap", "data": {"on": "off", "port": 8888, "text": "a\nb\n"}});
/// let yaml = "\
/// kind: ConfigMap
/// data:
///   \"on\": \"off\"
///   port: 8888
///   text: |
///     a
///     b
/// ";
/// assert_eq!(baas_deploy::yaml::to_yaml(&value), yaml);
/// ```
#[expect(
    clippy::missing_panics_doc,
    reason = "it does not: JSON values have a YAML form"
)]
pub fn to_yaml(value: &Value) -> String {
    let options = serde_saphyr::ser_options! {
        // Folded text would be right as well, but nobody finds a long line in it again.
        folded_wrap_chars: usize::MAX,
    };
    let mut text = String::new();
    serde_saphyr::to_fmt_writer_with_options(&mut text, &Ordered(value), options)
        .expect("JSON values have a YAML form, and writing to a String cannot fail");
    text
}

/// Returns values as one text of several YAML documents.
pub fn to_yaml_documents<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    let mut text = String::new();
    for value in values {
        text.push_str("---\n");
        text.push_str(&to_yaml(value));
    }
    text
}

/// A value whose maps are written in our order: that of `serde_json` changes when some other crate of the program asks for
/// its feature `preserve_order`.
struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(values) => serializer.collect_seq(values.iter().map(Ordered)),
            Value::Object(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_unstable_by_key(|(key, _)| {
                    let rank = FIRST.iter().position(|first| first == key);
                    (rank.unwrap_or(FIRST.len()), *key)
                });
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &Ordered(value))?;
                }
                map.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Text that some reader takes for something else when it stands there plainly.
    const TREACHEROUS: [&str; 53] = [
        "",
        " ",
        "~",
        "null",
        "Null",
        "NULL",
        "true",
        "True",
        "false",
        "yes",
        "Yes",
        "no",
        "NO",
        "on",
        "On",
        "off",
        "y",
        "Y",
        "n",
        "N",
        "0",
        "0123",
        "08",
        "0o17",
        "0x1F",
        "0b11",
        "1e3",
        "1E3",
        "+1",
        "-1",
        "1.",
        ".5",
        "+.5",
        "1_000",
        ".inf",
        "-.INF",
        ".nan",
        "190:20:30",
        "1:30",
        "2001-01-01",
        "2001-12-14t21:59:43.10-05:00",
        "=",
        "<<",
        "- a",
        "a: b",
        "a #b",
        "{",
        "[]",
        "---",
        "...",
        "%a",
        "\u{feff}",
        "\u{85}",
    ];

    #[test]
    fn text_that_looks_like_something_else_is_quoted() {
        for text in TREACHEROUS {
            let value = to_yaml(&json!([text]));
            let key = to_yaml(&json!({ text: 1 }));
            for written in [
                value.strip_prefix("- ").unwrap().trim_end(),
                key.strip_suffix(": 1\n").unwrap(),
            ] {
                let quoted = |quote| {
                    written.len() >= 2 && written.starts_with(quote) && written.ends_with(quote)
                };
                assert!(
                    quoted('"') || quoted('\''),
                    "{text:?} is written as {written}"
                );
            }
        }
    }

    #[test]
    fn text_of_several_lines_is_written_line_by_line() {
        let ini = "plugin = eosio::http_plugin\n\n# é: 東\nsignature-provider = \"x\"\n";
        assert_eq!(
            to_yaml(&json!({"data": {"config.ini": ini}})),
            "data:\n  config.ini: |\n    plugin = eosio::http_plugin\n\n    # é: 東\n    signature-provider = \"x\"\n"
        );
    }

    #[test]
    fn documents_are_separated() {
        assert_eq!(
            to_yaml_documents([&json!({"a": 1}), &json!({"b": "x\n"})]),
            "---\na: 1\n---\nb: |\n  x\n"
        );
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            prop::sample::select(TREACHEROUS.as_slice()).prop_map(ToOwned::to_owned),
            "[ -~]{0,12}",
            "[ \n\t#:é東a-c'\"\\\\|>-]{0,20}",
            any::<String>(),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::hash_map(text(), inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in value()) {
            let yaml = to_yaml(&value);
            prop_assert_eq!(serde_saphyr::from_str::<Value>(&yaml).unwrap(), value, "{}", yaml);
        }
    }
}
