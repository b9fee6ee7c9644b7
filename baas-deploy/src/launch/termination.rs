//! The message that Kubernetes keeps of a container that has ended.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use serde::Serialize;

use super::mask::without_keys;

/// What Kubernetes keeps of a message.
const LIMIT: usize = 4096;
/// The longest part of a log line that is told: nodeos prints whole transactions into one.
const WIDTH: usize = 500;

/// Why a container ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Message {
    pub(super) exit_code: u8,
    pub(super) meaning: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) remedy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) started_as: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) repairs: Vec<&'static str>,
    /// The last lines of nodeos' log, the newest at the end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) log: Vec<String>,
}

impl Message {
    /// Returns it as JSON on one line, short enough: the oldest lines of the log go first.
    pub(super) fn to_json(&self) -> String {
        let mut message = self.clone();
        message.meaning = clip(&without_keys(&self.meaning), 2 * WIDTH);
        message.remedy = clip(&self.remedy, WIDTH);
        message.log = self
            .log
            .iter()
            .map(|line| clip(&without_keys(line), WIDTH))
            .collect();
        loop {
            let json = serde_json::to_string(&message).expect("text and numbers have a JSON form");
            if json.len() <= LIMIT {
                return json;
            }
            if message.log.is_empty() {
                // Escapes make a text longer.
                message.meaning = clip(&message.meaning, message.meaning.chars().count() / 2);
            } else {
                message.log.remove(0);
            }
        }
    }

    /// Writes it where Kubernetes looks.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        File::create(path)?.write_all(self.to_json().as_bytes())
    }
}

fn clip(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(meaning: &str, log: &[&str]) -> Message {
        Message {
            exit_code: 2,
            meaning: meaning.to_owned(),
            remedy: "do".to_owned(),
            started_as: Some("resume"),
            repairs: Vec::new(),
            log: log.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    #[test]
    fn it_is_one_line_of_json_without_keys() {
        let json = message("why", &["a \"b\"", "x=KEY:5Kabc"]).to_json();
        let expected = r#"{"exit_code":2,"meaning":"why","remedy":"do","started_as":"resume","log":["a \"b\"","x=KEY:<redacted>"]}"#;
        assert_eq!(json, expected);
    }

    #[test]
    fn it_is_never_too_long_and_the_newest_lines_stay() {
        let wide = "\u{1}ä\"".repeat(4000);
        let mut log = vec![wide.as_str(); 50];
        log.push("the last");
        let json = message(&wide, &log).to_json();
        assert!(json.len() <= LIMIT, "{}", json.len());
        let json = message("why", &log).to_json();
        assert!(json.len() <= LIMIT && json.contains("the last"), "{json}");
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
    }
}
