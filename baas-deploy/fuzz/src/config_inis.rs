//! A `config.ini` that somebody wrote, for the version that the first byte says.

use std::fmt::Write as _;

use baas_deploy::node::{ConfigFile, NodeVersion, lint_config_ini, parse_config_ini};

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
    let pairs = |file: &ConfigFile| -> Vec<(String, String)> {
        let entries = file.entries.iter().filter(|entry| is_one_line(&entry.name));
        entries
            .map(|entry| (entry.name.clone(), entry.value.clone()))
            .collect()
    };
    let mut written = String::new();
    for (name, value) in pairs(&file) {
        writeln!(written, "{name} = {value}").expect("it is a String");
    }
    assert_eq!(pairs(&parse_config_ini(&written)), pairs(&file));
}

/// Says whether a line that begins with it means it. A section's name may hold what ends or begins something in a line of its own.
fn is_one_line(name: &str) -> bool {
    let trimmed = name.trim_matches([' ', '\t', '\r']);
    trimmed == name && !name.starts_with(['[', '\u{feff}']) && !name.contains('=')
}
