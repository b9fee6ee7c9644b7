//! Forms that nodeos takes for strict ones, brought into the strict form. Each has one meaning only.

use std::borrow::Cow;

use serde_json::Error;

use super::builtin::Builtin;
use crate::json::de::unquoted;

/// Returns the strict text of what nodeos takes for an integer of up to 64 bits: `true` and `false`, a plus sign, a
/// minus before zero, leading zeros, and a fraction of zeros behind a bare number.
pub(super) fn integer(raw: &str) -> Option<Cow<'_, str>> {
    let text = match raw.as_bytes().first()? {
        b't' => return Some("1".into()),
        b'f' => return Some("0".into()),
        b'"' => unescape(raw).ok()?,
        b'-' | b'0'..=b'9' => match raw.split_once('.') {
            Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole.into(),
            _ => raw.into(),
        },
        _ => return None,
    };
    let (sign, digits) = match text.as_bytes() {
        [b'-', ..] => ("-", text.get(1..)?),
        [b'+', ..] => ("", text.get(1..)?),
        _ => ("", &*text),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    match digits.trim_start_matches('0') {
        "" => Some("0".into()),
        plain if sign.len().saturating_add(plain.len()) == text.len() => Some(text),
        plain => Some(format!("{sign}{plain}").into()),
    }
}

/// Returns the strict text of what nodeos takes for an integer of 128 bits: a minus before zero, and hexadecimal digits
/// in a text. A leading zero is not among it: nodeos reads octal digits behind it.
pub(super) fn wide_integer(raw: &str, builtin: Builtin) -> Option<Cow<'_, str>> {
    let text = unquoted(raw)?;
    let is_bare = text.len() == raw.len();
    let (sign, magnitude) = match text.strip_prefix('-') {
        // nodeos knows a bare number with a minus as a signed one only.
        Some(_) if is_bare && builtin == Builtin::Uint128 => return None,
        Some(magnitude) => ("-", magnitude),
        None => ("", text),
    };
    if magnitude == "0" {
        return Some("0".into());
    }
    let digits = magnitude
        .strip_prefix("0x")
        .or_else(|| magnitude.strip_prefix("0X"));
    match digits {
        None => Some(text.into()),
        Some(digits) if digits.starts_with('+') => None,
        Some(digits) => match u128::from_str_radix(digits, 16).ok()? {
            0 => Some("0".into()),
            value => Some(format!("{sign}{value}").into()),
        },
    }
}

/// Returns the strict text of what nodeos takes for a float: a plus sign, nothing before the point, `true` and `false`.
pub(super) fn float(raw: &str) -> Option<Cow<'_, str>> {
    match raw {
        "true" => return Some("1".into()),
        "false" => return Some("0".into()),
        _ => {}
    }
    let text = unquoted(raw)?;
    let (sign, magnitude) = match text.as_bytes() {
        [b'-', ..] => ("-", text.get(1..)?),
        [b'+', b'-' | b'+', ..] => return None,
        [b'+', ..] => ("", text.get(1..)?),
        _ => ("", text),
    };
    if let [b'.', b'0'..=b'9', ..] = magnitude.as_bytes() {
        return Some(format!("{sign}0{magnitude}").into());
    }
    if sign.len().saturating_add(magnitude.len()) == text.len() {
        return Some(text.into());
    }
    Some(magnitude.into())
}

/// Returns the strict text of what nodeos takes for a string, an asset or a symbol.
pub(super) fn text(raw: &str, builtin: Builtin) -> Result<Cow<'_, str>, Error> {
    match builtin {
        Builtin::String => match raw {
            "true" | "false" => Ok(raw.into()),
            "-0" => Ok("0".into()),
            _ if raw.parse::<u64>().is_ok() || raw.parse::<i64>().is_ok() => Ok(raw.into()),
            _ => unescape(raw),
        },
        Builtin::Asset => {
            let text = unescape(raw)?;
            let trimmed = text.trim_start_matches(is_space);
            // What stands behind the space may be nothing: that is the null asset.
            Ok(match trimmed.split_once(' ') {
                Some((amount, code)) => {
                    let code = code.trim_matches(is_space);
                    format!("{} {code}", without_plus(amount)).into()
                }
                None => text,
            })
        }
        _ => {
            let text = unescape(raw)?;
            let trimmed = text.trim_matches(is_space);
            Ok(match trimmed.split_once(',') {
                Some((precision, code)) => match precision_digits(precision) {
                    Some(digits) => format!("{digits},{code}").into(),
                    None => text,
                },
                None => text,
            })
        }
    }
}

/// Returns a text without the plus sign before its first digit.
fn without_plus(text: &str) -> &str {
    match text.as_bytes() {
        [b'+', b'0'..=b'9', ..] => text.get(1..).unwrap_or_default(),
        _ => text,
    }
}

/// Returns the digits of what nodeos takes for a symbol's number of decimals: with a plus sign or leading zeros, or a
/// minus before zero.
fn precision_digits(text: &str) -> Option<&str> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, without_plus(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    match digits.trim_start_matches('0') {
        "" => Some("0"),
        _ if is_negative => None,
        plain => Some(plain),
    }
}

/// Returns whether C calls it white space.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

/// Reads a JSON string, without a copy if it has no escapes.
fn unescape(raw: &str) -> Result<Cow<'_, str>, Error> {
    let inner = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(plain) if !plain.contains('\\') => Ok(plain.into()),
        _ => serde_json::from_str::<String>(raw).map(Cow::Owned),
    }
}
