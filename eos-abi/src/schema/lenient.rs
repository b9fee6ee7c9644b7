//! Forms that nodeos takes for strict ones, brought into the strict form. Each has one meaning only.

use std::borrow::Cow;

use serde_json::Error;

use super::builtin::Builtin;

/// Returns the strict text of what nodeos takes for an integer: `true` and `false`, a plus sign, a minus before zero, leading
/// zeros, and a fraction of zeros behind a bare number.
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

/// Returns the strict text of what nodeos takes for a string, an asset or a symbol.
pub(super) fn text(raw: &str, builtin: Builtin) -> Result<Cow<'_, str>, Error> {
    let is_bare = match raw.as_bytes() {
        b"true" | b"false" => true,
        [b'-' | b'0'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if builtin == Builtin::String {
        return if is_bare {
            Ok(raw.into())
        } else {
            unescape(raw)
        };
    }
    let text = unescape(raw)?;
    if builtin == Builtin::Asset {
        // What stands behind the space may be nothing: that is the null asset.
        return Ok(match text.trim_ascii_start().split_once(' ') {
            Some((amount, code)) => format!("{amount} {}", code.trim_ascii()).into(),
            None => text,
        });
    }
    Ok(text.trim_ascii().to_owned().into())
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
