//! Files of parameters, read as `oc` reads them.
//!
//! Facts from openshift/oc, `pkg/helpers/newapp/app/environment.go`.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

/// The lines of a file of parameters that cannot be read.
///
/// The text of a line is not shown: it may hold a secret.
#[derive(Debug, thiserror::Error)]
#[error("not a file of parameters: {}", list(lines))]
#[non_exhaustive]
pub struct ParameterFileError {
    /// The number of each line, counted from 1, and what is wrong with it.
    pub lines: Vec<(u64, String)>,
}

fn list(lines: &[(u64, String)]) -> String {
    let texts: Vec<String> = lines
        .iter()
        .map(|(line, message)| format!("line {line}: {message}"))
        .collect();
    texts.join("; ")
}

/// Returns the values by name: of one that is there twice the last.
pub(super) fn read(text: &str) -> Result<BTreeMap<String, Zeroizing<String>>, ParameterFileError> {
    let mut values = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, line) in (1_u64..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let trimmed = line.trim_matches([' ', '\n', '\t']);
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let line = Zeroizing::new(without_comment(line));
        match name_and_value(&line) {
            None => wrong.push((
                number,
                "it has neither `=` nor `:` between a name and a value".to_owned(),
            )),
            Some((name, _)) if !is_variable_name(name) => wrong.push((
                number,
                "what is before the value is not a name: it may have letters, digits, `_`, `-` and `.`, \
                 and no digit at its beginning"
                    .to_owned(),
            )),
            Some((name, value)) => {
                values.insert(name.to_owned(), Zeroizing::new(unquoted(value)));
            }
        }
    }
    if wrong.is_empty() {
        Ok(values)
    } else {
        Err(ParameterFileError { lines: wrong })
    }
}

/// Takes off what follows a `#`, but for one between quotes: of the pieces between the `#`, one with a single quote
/// opens or closes.
fn without_comment(line: &str) -> String {
    let mut is_open = false;
    let mut kept: Vec<&str> = Vec::new();
    for piece in line.split('#') {
        if piece.matches('"').count() == 1 || piece.matches('\'').count() == 1 {
            if is_open {
                kept.push(piece);
            }
            is_open = !is_open;
        }
        if kept.is_empty() || is_open {
            kept.push(piece);
        }
    }
    kept.join("#")
}

fn name_and_value(line: &str) -> Option<(&str, &str)> {
    let (name, value) = match (line.find(':'), line.find('=')) {
        (Some(colon), Some(equals)) if colon < equals => line.split_once(':'),
        (Some(_), None) => line.split_once(':'),
        _ => line.split_once('='),
    }?;
    // `oc` takes `export` off any name that begins so, with or without a blank.
    let name = name.strip_prefix("export").unwrap_or(name);
    Some((name.trim_matches(' '), value.trim_matches(' ')))
}

fn unquoted(value: &str) -> String {
    let quote = value
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let inner = quote.and_then(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    let Some(inner) = inner else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}

/// Says what Kubernetes' `IsEnvVarName` says.
fn is_variable_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(is_part)
        && name != "."
        && !name.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        read(text)
            .unwrap()
            .into_iter()
            .map(|(name, value)| (name, value.to_string()))
            .collect()
    }

    /// What oc's reader made of these lines, executed with Go.
    #[test]
    fn lines_are_read_as_oc_reads_them() {
        for (line, name, value) in [
            ("BP=eosio", "BP", "eosio"),
            ("  BP = eosio  ", "BP", "eosio"),
            ("BP=", "BP", ""),
            ("BP=a=b", "BP", "a=b"),
            ("BP: a:b", "BP", "a:b"),
            ("LIST=bp1:9876", "LIST", "bp1:9876"),
            ("export BP=x", "BP", "x"),
            ("exportBP=x", "BP", "x"),
            ("BP=x # why", "BP", "x"),
            ("BP=\"a # b\"", "BP", "a # b"),
            ("BP='a # b' # c", "BP", "a # b"),
            ("BP=\"a\\nb\\\\\\\"\"", "BP", "a\nb\\\""),
            ("BP='a\\nb'", "BP", "a\nb"),
            ("BP=a\\nb", "BP", "a\\nb"),
            ("BP=\"a", "BP", "\"a"),
            ("BP=\"", "BP", "\""),
            ("BP=\"\"", "BP", ""),
            ("a.b-c=1", "a.b-c", "1"),
            ("BP=\tx", "BP", "\tx"),
            ("BP=x\r", "BP", "x"),
        ] {
            assert_eq!(
                values(line),
                [(name.to_owned(), value.to_owned())],
                "{line:?}"
            );
        }
        assert_eq!(values("\n# c\n \t\n  # d\nA=1\nA=2\n").len(), 1);
        assert_eq!(values("A=1\nA=2")[0].1, "2");
    }

    #[test]
    fn all_lines_that_cannot_be_read_are_told_without_their_text() {
        let error = read("A=1\nsecret\n1B=secret\nC D=secret\n=secret\n").unwrap_err();
        let message = error.to_string();
        assert_eq!(error.lines.len(), 4);
        assert!(message.starts_with(
            "not a file of parameters: line 2: it has neither `=` nor `:` between a name and a value; line 3: what is"
        ));
        assert!(!message.contains("secret"));
    }
}
