//! Reading the vectors.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Returns the path of a file among the vectors.
pub(crate) fn vector_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name)
}

/// Returns the text of a file among the vectors.
pub(crate) fn vector_text(name: &str) -> String {
    std::fs::read_to_string(vector_path(name)).unwrap()
}

/// Returns the rows of a file that has one JSON object a line.
pub(crate) fn rows(name: &str) -> Vec<Value> {
    vector_text(name)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Returns the text member `key` of a row.
pub(crate) fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap()
}

/// Returns the bytes that hexadecimal digits spell.
pub(crate) fn unhex(digits: &str) -> Vec<u8> {
    digits.parse::<eos_abi::Bytes>().unwrap().into_vec()
}

/// Returns bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    eos_abi::Bytes::from(bytes).to_string()
}

/// Takes the white space between tokens out of JSON text.
pub(crate) fn compact(json: &str) -> String {
    let mut in_text = false;
    let mut escaped = false;
    json.chars()
        .filter(|character| {
            let keep = in_text || !character.is_ascii_whitespace();
            match character {
                '"' if !escaped => in_text = !in_text,
                _ => {}
            }
            escaped = *character == '\\' && !escaped;
            keep
        })
        .collect()
}

/// Returns the text of the answer in a recorded exchange with a node, without the white space between tokens.
pub(crate) fn response(name: &str) -> String {
    let text = vector_text(&format!("nodeos/{name}.json"));
    let exchange: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
        serde_json::from_str(&text).unwrap();
    compact(exchange["response"].get())
}
