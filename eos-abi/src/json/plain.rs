//! Reading JSON in the plainest form it has, in half of `serde_json`'s time.
//!
//! What is read is what `serde_json` reads. Where there is anything uncommon (deep nesting, numbers beyond 64 bits or with a
//! fraction, mistakes), reading stops without a reason: `serde_json` has to be asked then.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::de::IntegerVisitor;
use super::swar;

/// How deep lists and objects may be nested.
const DEEPEST: u32 = 32;

/// Reads a value of at most `limit` values, lists and objects with nodeos' habits.
///
/// # Errors
///
/// When the text must be read by other means.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(
    text: &'de str,
    limit: usize,
) -> Result<T, Uncommon> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        left: limit,
    };
    let value = T::deserialize(&mut reader)?;
    match reader.next() {
        None => Ok(value),
        Some(_) => Err(Uncommon),
    }
}

/// The text has something that is not read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has uncommon JSON")]
pub(crate) struct Uncommon;

impl de::Error for Uncommon {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u32,
    /// How many more values there may be.
    left: usize,
}

impl<'de> Reader<'de> {
    /// Returns the next byte that is not white space, without taking it.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        match self.text.as_bytes().get(self.at)? {
            ..=b' ' => self.next_behind_space(),
            byte => Some(*byte),
        }
    }

    fn next_behind_space(&mut self) -> Option<u8> {
        let mut rest = self.text.as_bytes().get(self.at..)?;
        loop {
            let passed = match rest.first()? {
                // Most of them indent, and come many at once.
                b' ' => rest.first_chunk().map_or(1, |chunk| swar::spaces(*chunk)),
                b'\n' | b'\r' | b'\t' => 1,
                byte => {
                    self.at = self.text.len().saturating_sub(rest.len());
                    return Some(*byte);
                }
            };
            rest = rest.get(passed..)?;
        }
    }

    #[inline]
    fn pass(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Result<(), Uncommon> {
        if self.next() != Some(byte) {
            return Err(Uncommon);
        }
        self.pass();
        Ok(())
    }

    /// Counts a value.
    #[inline]
    fn charge(&mut self) -> Result<(), Uncommon> {
        self.left = self.left.checked_sub(1).ok_or(Uncommon)?;
        Ok(())
    }

    /// Takes the text whose first quote is next, without white space before it.
    #[inline]
    fn string(&mut self) -> Result<Cow<'de, str>, Uncommon> {
        if self.text.as_bytes().get(self.at) != Some(&b'"') {
            return Err(Uncommon);
        }
        self.pass();
        let start = self.at;
        self.pass_plain();
        match self.text.as_bytes().get(self.at) {
            Some(b'"') => {
                let text = self.text.get(start..self.at).ok_or(Uncommon)?;
                self.pass();
                Ok(text.into())
            }
            Some(b'\\') => self.escaped(start).map(Cow::Owned),
            _ => Err(Uncommon),
        }
    }

    /// Goes to the next quote, backslash or control character, or to the end.
    #[inline]
    fn pass_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at = self.at.saturating_add(swar::plain(rest));
    }

    /// Takes the rest of a text that has escapes, the first of which is next.
    #[cold]
    fn escaped(&mut self, start: usize) -> Result<String, Uncommon> {
        let mut text = String::new();
        let mut from = start;
        loop {
            text.push_str(self.text.get(from..self.at).ok_or(Uncommon)?);
            let special = self.text.as_bytes().get(self.at..).unwrap_or_default();
            from = self.at.saturating_add(2);
            match special {
                [b'"', ..] => {
                    self.pass();
                    return Ok(text);
                }
                [b'\\', escape @ (b'"' | b'\\' | b'/'), ..] => text.push(char::from(*escape)),
                [b'\\', b'n', ..] => text.push('\n'),
                [b'\\', b'r', ..] => text.push('\r'),
                [b'\\', b't', ..] => text.push('\t'),
                _ => return Err(Uncommon),
            }
            self.at = from;
            self.pass_plain();
        }
    }

    fn literal(&mut self, literal: &str) -> Result<(), Uncommon> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(literal) {
            return Err(Uncommon);
        }
        self.at = self.at.saturating_add(literal.len());
        Ok(())
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Uncommon> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest
            .find(|character: char| !matches!(character, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let text = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        self.at = self.at.saturating_add(text.len());
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.starts_with('0') || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            // Zero itself is common, but for its minus.
            return if text == "0" {
                visitor.visit_u64(0)
            } else {
                Err(Uncommon)
            };
        }
        match (text.parse(), text.parse()) {
            (Ok(number), _) => visitor.visit_u64(number),
            (_, Ok(number)) => visitor.visit_i64(number),
            _ => Err(Uncommon),
        }
    }

    /// Lets `visit` read a list or an object, and sees that it ends.
    fn nested<T>(
        &mut self,
        end: u8,
        visit: impl FnOnce(&mut Elements<'_, 'de>) -> Result<T, Uncommon>,
    ) -> Result<T, Uncommon> {
        self.pass();
        self.charge()?;
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEEPEST {
            return Err(Uncommon);
        }
        let mut elements = Elements {
            reader: &mut *self,
            end,
            is_first: true,
        };
        let value = visit(&mut elements)?;
        self.depth = self.depth.saturating_sub(1);
        self.take(end)?;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Uncommon;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Uncommon> {
        match self.next().ok_or(Uncommon)? {
            b'"' => self.deserialize_str(visitor),
            b'{' => self.nested(b'}', |members| visitor.visit_map(members)),
            b'[' => self.nested(b']', |elements| visitor.visit_seq(elements)),
            b'n' => {
                self.literal("null")?;
                visitor.visit_unit()
            }
            b't' => {
                self.literal("true")?;
                visitor.visit_bool(true)
            }
            b'f' => {
                self.literal("false")?;
                visitor.visit_bool(false)
            }
            _ => self.number(visitor),
        }
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Uncommon> {
        self.next();
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Uncommon> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Uncommon> {
        if self.next() == Some(b'n') {
            self.literal("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Uncommon> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Uncommon> {
        self.deserialize_any(IntegerVisitor(visitor))
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Uncommon> {
        self.deserialize_any(IntegerVisitor(visitor))
    }

    // Of these, numbers, flags, bytes and enums have habits that are not known here; no ABI has any.
    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u32 u128 f32 f64 char bytes byte_buf unit unit_struct enum
        identifier ignored_any seq tuple tuple_struct map struct
    }
}

/// The elements of a list, or the members of an object.
struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    /// What stands behind the last one.
    end: u8,
    is_first: bool,
}

impl Elements<'_, '_> {
    /// Returns whether there is one more, and goes to it.
    #[inline]
    fn has_next(&mut self) -> Result<bool, Uncommon> {
        match self.reader.next() {
            Some(byte) if byte == self.end => Ok(false),
            Some(_) if self.is_first => {
                self.is_first = false;
                Ok(true)
            }
            Some(b',') => {
                self.reader.pass();
                self.reader.charge()?;
                match self.reader.next() {
                    // A comma has something behind it.
                    Some(byte) if byte != self.end => Ok(true),
                    _ => Err(Uncommon),
                }
            }
            _ => Err(Uncommon),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = Uncommon;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Uncommon> {
        if !self.has_next()? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for &mut Elements<'_, 'de> {
    type Error = Uncommon;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Uncommon> {
        if !self.has_next()? {
            return Ok(None);
        }
        let key = match self.reader.string()? {
            Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
            Cow::Owned(key) => seed.deserialize(CowStrDeserializer::new(key.into())),
        };
        key.map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Uncommon> {
        self.reader.take(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Asserts that a text that is read is read as `serde_json` reads it, and returns whether it is.
    fn is_read(text: &str) -> bool {
        match from_str::<Value>(text, 1000) {
            Ok(value) => {
                assert_eq!(
                    serde_json::from_str::<Value>(text).ok(),
                    Some(value),
                    "{text}"
                );
                true
            }
            Err(Uncommon) => false,
        }
    }

    #[test]
    fn common_json_is_read() {
        for text in [
            r#"{"a":[1,-2,0,18446744073709551615,-9223372036854775808],"":{},"é":"ü😀"}"#,
            " [ ]\r\n\t ",
            "{\n            \"a\" : null ,\n            \"b\" :\t[ true , false ]\n}",
            r#""a \"quoted\" text of\nmany\r\tescapes \\ \/ and no end""#,
            "7",
        ] {
            assert!(is_read(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_or_uncommon_is_not_read() {
        for text in [
            "",
            " ",
            "{",
            "[",
            "]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1,,2]",
            "[1}",
            "{]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\" 1}",
            "{a:1}",
            "{1:1}",
            "{\"a\":1 \"b\":2}",
            "nul",
            "nulll",
            "tru",
            "True",
            "01",
            "-",
            "-0",
            "-01",
            "+1",
            "1.0",
            "1e3",
            "0x1",
            ".1",
            "18446744073709551616",
            "-9223372036854775809",
            "1 2",
            "[] x",
            "\"",
            "\"a",
            "\"\\",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u0061\"",
            "\"\\ud800\"",
            "\"a\nb\"",
            "\"a\0\"",
            "\"\u{1f}\"",
            "\u{a0}1",
            "\u{feff}1",
            "'a'",
            "// 1",
            "\u{b}1",
        ] {
            assert!(!is_read(text), "{text}");
        }
        let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_read(&deep(32)));
        assert!(!is_read(&deep(33)));
        assert!(!is_read(&"[".repeat(1_000_000)));
    }

    #[test]
    fn values_are_counted_with_lists_and_objects() {
        for (text, count) in [("1", 0), ("[]", 1), ("[1,2]", 2), (r#"{"a":[],"b":1}"#, 3)] {
            assert!(from_str::<Value>(text, count).is_ok(), "{text}");
            if let Some(fewer) = count.checked_sub(1) {
                assert_eq!(from_str::<Value>(text, fewer), Err(Uncommon), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_serde_json_reads_it(
            text in r#"[\[\]{},:"\\0-9a-fntrulse \n.\-\x00é]{0,24}"#
        ) {
            is_read(&text);
            is_read(&format!("[{text}]"));
            is_read(&format!("\"{text}\""));
            is_read(&format!("{{\"structs\": [{text}], \"version\": \"{text}\"}}"));
        }
    }
}
