use eos_keys::{KeyType, PrivateKey};
use serde_json::Value;

/// Returns the objects of a file with one on each line.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

pub(crate) fn hex<const N: usize>(text: &str) -> [u8; N] {
    hex_vec(text).try_into().unwrap()
}

pub(crate) fn hex_vec(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2));
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

pub(crate) fn key_type(value: &Value) -> KeyType {
    match text(value, "curve") {
        "K1" => KeyType::K1,
        "R1" => KeyType::R1,
        other => panic!("no such curve: {other}"),
    }
}

pub(crate) fn private_key(value: &Value) -> PrivateKey {
    PrivateKey::from_bytes(key_type(value), &hex(text(value, "private_hex"))).unwrap()
}

/// Returns an error and its causes, as a program prints them.
pub(crate) fn report(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
