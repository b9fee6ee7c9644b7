//! The generator `expression`: texts like `[a-zA-Z0-9]{16}` become random characters.
//!
//! Facts from openshift/library-go, `pkg/template/generator`.

use super::random::{Random, RandomnessError, pick};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
const SYMBOLS: &str = "~!@#$%^&*()-_+={}[]\\|<,>.?/\"';:`";

/// What an expression and what comes of it may have at most. A cluster has no such bound.
const MAX_LENGTH: usize = 64 << 10;
const MAX_EXPANSIONS: usize = 4096;

/// Why nothing could be generated.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In the server's words.
    Server(String),
    /// The server fails on it with an internal error.
    Crash(String),
    TooLarge(String),
    Randomness(RandomnessError),
}

/// Generates a value as OpenShift does.
pub(super) fn generate(expression: &str, random: &mut impl Random) -> Result<String, Refusal> {
    let mut text = expression.to_owned();
    let mut expansions = 0;
    // From the start again and again: what was generated may complete another expression.
    while let Some((start, end)) = find(&text) {
        expansions += 1;
        if expansions > MAX_EXPANSIONS || text.len() > MAX_LENGTH {
            return Err(Refusal::TooLarge(format!(
                "`from` gives more than {MAX_LENGTH} characters or has more than {MAX_EXPANSIONS} expressions"
            )));
        }
        let (class, length) = class_and_length(&text[start..end])?;
        let alphabet = alphabet(class)?;
        if alphabet.is_empty() {
            return Err(Refusal::Crash(format!(
                "`{class}` allows no character: a range ends before its last one, and the server fails on it"
            )));
        }
        let mut generated = String::with_capacity(length);
        for _ in 0..length {
            let picked = pick(&alphabet, random).map_err(Refusal::Randomness)?;
            generated.push(char::from(picked));
        }
        text.replace_range(start..end, &generated);
    }
    Ok(text)
}

/// Returns the first `[…]{n}`.
fn find(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        if bytes[start] != b'[' {
            start += 1;
            continue;
        }
        let inside = bytes[start + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'\\'))
            .count();
        let close = start + 1 + inside;
        let digits = bytes
            .get(close + 2..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let end = close + 2 + digits;
        if inside > 0
            && digits > 0
            && bytes[close..].starts_with(b"]{")
            && bytes.get(end) == Some(&b'}')
        {
            return Some((start, end + 1));
        }
        start = close;
    }
    None
}

/// Returns `[…]` and the number of an expression that [`find`] found.
fn class_and_length(expression: &str) -> Result<(&str, usize), Refusal> {
    let (class, length) = expression
        .split_once('{')
        .expect("an expression has one brace that opens");
    // A class first, or a range last: no more is looked at.
    let inside = &class[1..];
    let has_class = ["\\w", "\\d", "\\a", "\\A"]
        .iter()
        .any(|class| inside.starts_with(class));
    let has_range = matches!(
        inside.as_bytes(),
        [.., from, b'-', to, b']'] if from.is_ascii_alphanumeric() && to.is_ascii_alphanumeric()
    );
    if !has_class && !has_range {
        return Err(Refusal::Server(format!(
            "malformed expresion syntax: {class}"
        )));
    }
    // Go's Atoi stops at the greatest number that it has.
    let length: i64 = length.trim_end_matches('}').parse().unwrap_or(i64::MAX);
    match usize::try_from(length) {
        Ok(length @ 1..=255) => Ok((class, length)),
        _ => Err(Refusal::Server(format!(
            "range must be within [1-255] characters ({length})"
        ))),
    }
}

/// Returns the characters of `[…]`, each once.
fn alphabet(class: &str) -> Result<Vec<u8>, Refusal> {
    let mut alphabet: Vec<u8> = Vec::new();
    for (first, last) in parts(class.as_bytes()) {
        match (first, last) {
            (b'\\', b'w') => {
                alphabet.extend(LETTERS.bytes());
                alphabet.extend(DIGITS.bytes());
                alphabet.push(b'_');
            }
            (b'\\', b'd') => alphabet.extend(DIGITS.bytes()),
            (b'\\', b'a') => {
                alphabet.extend(LETTERS.bytes());
                alphabet.extend(DIGITS.bytes());
            }
            (b'\\', b'A') => alphabet.extend(SYMBOLS.bytes()),
            _ => alphabet.extend(range(first, last)?),
        }
    }
    alphabet.sort_unstable();
    alphabet.dedup();
    Ok(alphabet)
}

/// Returns the first and the last character of each part: a backslash if there is one, a character, a dash and another
/// character if they follow. So `\wa` is one part, which counts as `\a`.
fn parts(class: &[u8]) -> Vec<(u8, u8)> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < class.len() {
        let is_character = |index: usize| class.get(index).is_some_and(u8::is_ascii_alphanumeric);
        let mut end = start + usize::from(class[start] == b'\\');
        if !is_character(end) {
            start += 1;
            continue;
        }
        end += 1;
        end += usize::from(class.get(end) == Some(&b'-'));
        end += usize::from(is_character(end));
        parts.push((class[start], class[end - 1]));
        start = end;
    }
    parts
}

/// Returns the characters from the first to before the last, in the order of letters, digits and symbols.
fn range(first: u8, last: u8) -> Result<Vec<u8>, Refusal> {
    let ascii: Vec<u8> = [LETTERS, DIGITS, SYMBOLS].concat().into_bytes();
    let place = |character: u8| ascii.iter().position(|known| *known == character);
    // `[a-]` ends with a dash, which is among the symbols.
    match (place(first), place(last)) {
        (Some(left), Some(right)) if left <= right => Ok(ascii[left..right].to_vec()),
        _ => Err(Refusal::Server(format!(
            "invalid range specified: {}-{}",
            char::from(first),
            char::from(last)
        ))),
    }
}

/// Returns what in an expression is not what it looks like, for strict mode.
pub(super) fn surprises(expression: &str) -> Vec<String> {
    let mut surprises = Vec::new();
    let mut rest = expression;
    let mut has_expression = false;
    let mut literal = String::new();
    while let Some((start, end)) = find(rest) {
        has_expression = true;
        literal.push_str(&rest[..start]);
        let class = rest[start..end]
            .split_once('{')
            .map_or("", |(class, _)| &class[1..class.len() - 1]);
        let is_plain = class
            .as_bytes()
            .chunks(2)
            .all(|pair| matches!(pair, [b'\\', b'w' | b'd' | b'a' | b'A']));
        if !is_plain {
            surprises.push(format!(
                "`[{class}]` does not give all that it names: a range ends before its last character; write `[\\w]`, `[\\a]`, `[\\d]` or `[\\A]`"
            ));
        }
        rest = &rest[end..];
    }
    literal.push_str(rest);
    if !has_expression {
        surprises
            .push("`from` has no expression like `[\\w]{16}`: it is taken as it is".to_owned());
    } else if literal.contains(['[', ']', '{', '}', '\\']) {
        surprises.push(
            "`from` has brackets, braces or a backslash outside of `[…]{n}`: they are taken as they are"
                .to_owned(),
        );
    }
    surprises
}

#[cfg(test)]
mod tests {
    use super::super::random::OsRandom;
    use super::*;

    fn server_error(expression: &str) -> String {
        match generate(expression, &mut OsRandom) {
            Err(Refusal::Server(message)) => message,
            other => panic!("{expression}: {other:?}"),
        }
    }

    /// All characters that come of a class.
    fn seen(class: &str) -> String {
        let mut seen: Vec<u8> = Vec::new();
        for _ in 0..40 {
            let generated = generate(&format!("{class}{{255}}"), &mut OsRandom).unwrap();
            assert_eq!(generated.len(), 255);
            seen.extend(generated.bytes());
        }
        seen.sort_unstable();
        seen.dedup();
        String::from_utf8(seen).unwrap()
    }

    fn sorted(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        bytes.sort_unstable();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn classes_give_their_characters_and_ranges_all_but_their_last() {
        assert_eq!(seen("[\\d]"), DIGITS);
        assert_eq!(seen("[\\w]"), sorted(&format!("{LETTERS}{DIGITS}_")));
        assert_eq!(seen("[\\a]"), sorted(&format!("{LETTERS}{DIGITS}")));
        assert_eq!(seen("[0-9]"), "012345678");
        assert_eq!(seen("[0-1]"), "0");
        assert_eq!(seen("[a-f0-9]"), "012345678abcde");
        assert_eq!(seen("[z-A]"), "z");
        assert_eq!(seen("[a-c0-2a-c]"), "01ab");
        // Read as one part, `\wa`, whose ends are those of `\a`.
        assert_eq!(seen("[\\wa]"), sorted(&format!("{LETTERS}{DIGITS}")));
        // What looks like two characters is a range.
        assert_eq!(seen("[AD0-2]"), "01ABC");
    }

    #[test]
    fn symbols_are_generated_once_each() {
        let alphabet = alphabet("[\\A]").unwrap();
        assert_eq!(String::from_utf8(alphabet).unwrap(), sorted(SYMBOLS));
    }

    #[test]
    fn the_rest_is_literal() {
        for literal in [
            "",
            "\\d{4}",
            "x{5}",
            "[a-z]",
            "[a-z{3",
            "[]{3}",
            "[a-z]{}",
            "[a b]{2}",
            "é[世]{2}",
        ] {
            assert_eq!(generate(literal, &mut OsRandom).unwrap(), literal);
        }
        let hex = generate("0x[A-F0-9]{4}-\\d{4}", &mut OsRandom).unwrap();
        assert!(hex.starts_with("0x") && hex.ends_with("-\\d{4}") && hex.len() == 12);
    }

    #[test]
    fn errors_are_in_the_words_of_the_server() {
        assert_eq!(server_error("[z-a]{3}"), "invalid range specified: z-a");
        assert_eq!(
            server_error("[a-z]{300}"),
            "range must be within [1-255] characters (300)"
        );
        assert_eq!(
            server_error("[a-z]{0}"),
            "range must be within [1-255] characters (0)"
        );
        assert_eq!(
            server_error("[a-z]{99999999999999999999}"),
            "range must be within [1-255] characters (9223372036854775807)"
        );
        assert_eq!(
            server_error("[ABC]{3}"),
            "malformed expresion syntax: [ABC]"
        );
        assert_eq!(
            server_error("[a-z1]{3}"),
            "malformed expresion syntax: [a-z1]"
        );
        assert_eq!(server_error("[\\w0-9]{3}"), "invalid range specified: \\-0");
        // What was generated completes another.
        let nested = server_error("[[a-z]{3}]{4}");
        assert!(nested.starts_with("malformed expresion syntax: ["));
    }

    #[test]
    fn what_the_server_fails_on_is_an_error() {
        for expression in ["[a-a]{3}", "[0-0]{1}"] {
            assert!(matches!(
                generate(expression, &mut OsRandom),
                Err(Refusal::Crash(_))
            ));
        }
    }

    #[test]
    fn what_grows_without_bound_is_refused() {
        assert!(matches!(
            generate(&"[a-z]{255}".repeat(1000), &mut OsRandom),
            Err(Refusal::TooLarge(_))
        ));
        assert!(matches!(
            generate(&"[a-z]{1}".repeat(5000), &mut OsRandom),
            Err(Refusal::TooLarge(_))
        ));
    }

    #[test]
    fn surprises_are_told() {
        for plain in ["[\\w]{16}", "bp-[\\a\\A]{8}.x"] {
            assert_eq!(surprises(plain), Vec::<String>::new());
        }
        for surprising in [
            "",
            "[a-z]{3}",
            "[\\w]{2}-\\d{4}",
            "x{5}",
            "[\\wa]{2}",
            "[[\\w]{3}]{4}",
        ] {
            assert!(!surprises(surprising).is_empty(), "{surprising}");
        }
    }
}
