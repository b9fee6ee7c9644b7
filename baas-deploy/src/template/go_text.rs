//! Texts as Go writes them: errors of the server quote values in Go's syntax, and its JSON has Go's numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Returns the text in quotes, as `strconv.Quote` has it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            _ if is_print(character) => quoted.push(character),
            _ => {
                let number = u32::from(character);
                let written = match number {
                    0..0x20 | 0x7f => write!(quoted, "\\x{number:02x}"),
                    0..0x1_0000 => write!(quoted, "\\u{number:04x}"),
                    _ => write!(quoted, "\\U{number:08x}"),
                };
                written.expect("a String takes everything");
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Says what `strconv.IsPrint` says: letters, marks, numbers, punctuation, symbols and the ASCII space.
fn is_print(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\0'..='\u{7f}' => false,
        // Rust escapes the same categories. A mark it escapes only at the beginning of a text.
        _ => {
            let text: String = ['a', character].into_iter().collect();
            text.escape_debug().nth(2).is_none()
        }
    }
}

/// Returns a map as `%#v` has it.
pub(super) fn string_map(map: &BTreeMap<String, String>) -> String {
    let entries: Vec<String> = map
        .iter()
        .map(|(key, value)| format!("{}:{}", quote(key), quote(value)))
        .collect();
    format!("map[string]string{{{}}}", entries.join(", "))
}

/// Returns bytes as `%#v` has them.
pub(super) fn bytes(bytes: &[u8]) -> String {
    let numbers: Vec<String> = bytes.iter().map(|byte| format!("{byte:#x}")).collect();
    format!("[]uint8{{{}}}", numbers.join(", "))
}

/// Returns a number as `encoding/json` writes a float64. It must be finite.
pub(super) fn float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{value:e}");
        // Rust leaves out the sign of a positive exponent.
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                format!("{digits}e+{exponent}")
            }
            _ => text,
        }
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go 1.26 printed with `%q` and `encoding/json`.
    #[test]
    fn texts_are_those_of_go() {
        let quoted = [
            ("bad-name", r#""bad-name""#),
            (
                "a\"b\\c\n\r\t\u{7}\u{8}\u{c}\u{b}",
                r#""a\"b\\c\n\r\t\a\b\f\v""#,
            ),
            ("\u{0}\u{1f}\u{7f}", r#""\x00\x1f\x7f""#),
            (
                "é世\u{301}\u{a0}\u{ad}\u{feff}",
                "\"é世\u{301}\\u00a0\\u00ad\\ufeff\"",
            ),
            ("\u{1f600}\u{e0001}", "\"\u{1f600}\\U000e0001\""),
        ];
        for (text, go) in quoted {
            assert_eq!(quote(text), go);
        }
        let floats = [
            (2.0, "2"),
            (0.1, "0.1"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-7"),
            (1e-6, "0.000001"),
            (-0.0, "-0"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (f64::MAX, "1.7976931348623157e+308"),
            (-5e-324, "-5e-324"),
        ];
        for (value, go) in floats {
            assert_eq!(float(value), go);
        }
        assert_eq!(bytes(b"\"x\""), "[]uint8{0x22, 0x78, 0x22}");
        let map = BTreeMap::from([
            ("b".to_owned(), "\n".to_owned()),
            ("a".to_owned(), String::new()),
        ]);
        assert_eq!(string_map(&map), r#"map[string]string{"a":"", "b":"\n"}"#);
    }
}
