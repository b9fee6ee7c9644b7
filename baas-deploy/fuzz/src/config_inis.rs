//! A `config.ini` that somebody wrote, for the version that the first byte says.

use std::fmt::Write as _;

use baas_deploy::node::{NodeVersion, lint_config_ini, parse_config_ini};

/// Checks what must hold of any input.
pub fn check(input: &[u8]) {
    let Some((first, text)) = input.split_first() else {
        return;
    };
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    let version = NodeVersion::ALL[usize::from(*first) % NodeVersion::ALL.len()];
    let file = parse_config_ini(text);
    let lines = text.lines().count() as u64;
    assert!(
        file.entries
            .iter()
            .all(|entry| (1..=lines).contains(&entry.line))
    );
    let mut before = 0;
    for finding in lint_config_ini(text, version) {
        // What is about the whole file comes last.
        let line = finding.line.unwrap_or(lines);
        assert!((before..=lines).contains(&line), "{finding}");
        before = line;
        assert!(finding.to_string().len() < 4000, "{finding}");
    }
    // What is read can be written, and is the same when it is read again.
    let mut written = String::new();
    for entry in &file.entries {
        // As a line of its own it would be a section.
        if !entry.name.starts_with('[') {
            writeln!(written, "{} = {}", entry.name, entry.value).expect("it is a String");
        }
    }
    let pairs = |file: &baas_deploy::node::ConfigFile| -> Vec<(String, String)> {
        let entries = file
            .entries
            .iter()
            .filter(|entry| !entry.name.starts_with('['));
        entries
            .map(|entry| (entry.name.clone(), entry.value.clone()))
            .collect()
    };
    assert_eq!(pairs(&parse_config_ini(&written)), pairs(&file));
}
