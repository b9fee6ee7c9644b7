//! What nodeos does not print as it is: quotes, backslashes and all control characters, those behind ASCII among them.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use super::swar;

/// Returns whether a text is printed as it stands. A few that are too get `false`.
#[inline]
pub(super) fn is_plain(text: &str) -> bool {
    swar::printable(text.as_bytes()) == text.len()
}

/// Returns the first character that is escaped, and what stands before it and behind it.
pub(super) fn split(text: &str) -> Option<(&str, char, &str)> {
    let mut start = 0_usize;
    loop {
        let rest = text.as_bytes().get(start..)?;
        start = start.saturating_add(swar::printable(rest));
        let (before, behind) = text.split_at_checked(start)?;
        let mut characters = behind.chars();
        let special = characters.next()?;
        if matches!(special, '"' | '\\') || special.is_control() {
            return Some((before, special, characters.as_str()));
        }
        start = start.saturating_add(special.len_utf8());
    }
}

/// Returns what is printed for a character that is escaped. nodeos knows no short form for U+0008 and U+000C.
#[cold]
pub(super) fn escape(special: char) -> Cow<'static, str> {
    match special {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        other => format!("\\u{:04x}", u32::from(other)).into(),
    }
}

/// Has `serde_json` escape what nodeos does.
pub(super) struct ChainFormatter;

impl Formatter for ChainFormatter {
    /// Writes a piece in which `serde_json` found nothing to escape.
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((before, special, behind)) = split(rest) {
            writer.write_all(before.as_bytes())?;
            writer.write_all(escape(special).as_bytes())?;
            rest = behind;
        }
        writer.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        special: CharEscape,
    ) -> io::Result<()> {
        match special {
            CharEscape::Backspace => writer.write_all(b"\\u0008"),
            CharEscape::FormFeed => writer.write_all(b"\\u000c"),
            other => CompactFormatter.write_char_escape(writer, other),
        }
    }
}
