//! A place in somebody's bytes, and what may still be done with them.

use crate::error::DecodeError;
use crate::limits::Limits;
use crate::varint::{Reader, Step};

/// Reads the primitive pieces of the binary format and keeps the budget.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'de> {
    rest: &'de [u8],
    total: usize,
    depth: u32,
    empty_values: u32,
    elements: u32,
    limits: Limits,
    /// What nodeos takes is taken.
    lenient: bool,
    /// Lengths of five bytes lose their bits beyond the 32nd.
    wraps: bool,
    /// What is known to be UTF-8, where there are many short texts.
    span: Option<Span<'de>>,
}

/// A part of the input that is UTF-8, with short texts and whatever stands between them.
#[derive(Debug, Clone, Copy, Default)]
struct Span<'de> {
    text: &'de str,
    /// How many bytes were left where it starts.
    left: usize,
}

/// Up to how many bytes a text is looked at with what comes behind it.
const SHORT_TEXT: usize = 64;

/// How many bytes are looked at together.
const SPAN: usize = 2048;

impl<'de> Cursor<'de> {
    pub(crate) fn new(input: &'de [u8], limits: Limits) -> Self {
        Self {
            rest: input,
            total: input.len(),
            depth: 0,
            empty_values: 0,
            elements: 0,
            limits,
            lenient: false,
            wraps: false,
            span: None,
        }
    }

    /// Has short texts be checked together: one by one, each takes longer to be looked at than to be read.
    pub(crate) fn with_many_texts(mut self) -> Self {
        self.span = Some(Span::default());
        self
    }

    pub(crate) fn with_leniency(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// Has lengths be read as nodes read them, whatever they make of them: what a chain holds cannot be refused.
    pub(crate) fn with_wrapping(mut self) -> Self {
        self.wraps = true;
        self
    }

    /// Returns how many bytes have been read.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.total.saturating_sub(self.rest.len())
    }

    pub(crate) fn rest(&self) -> &'de [u8] {
        self.rest
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Checks that nothing is left.
    pub(crate) fn finish(&self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            _ if self.lenient => Ok(()),
            count => Err(DecodeError::Trailing {
                offset: self.offset(),
                count,
            }),
        }
    }

    /// Goes one level deeper.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth >= self.limits.depth() {
            return Err(DecodeError::TooDeep {
                offset: self.offset(),
                limit: self.limits.depth(),
            });
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Counts a value that took no input.
    pub(crate) fn charge_empty(&mut self) -> Result<(), DecodeError> {
        let limit = self.limits.empty_values();
        if self.empty_values >= limit {
            return Err(DecodeError::TooManyEmpty {
                offset: self.offset(),
                limit,
            });
        }
        self.empty_values = self.empty_values.saturating_add(1);
        Ok(())
    }

    /// Counts an element of a list.
    #[inline]
    pub(crate) fn charge_element(&mut self) -> Result<(), DecodeError> {
        let limit = self.limits.elements();
        if self.elements >= limit {
            return Err(DecodeError::TooManyElements {
                offset: self.offset(),
                limit,
            });
        }
        self.elements = self.elements.saturating_add(1);
        Ok(())
    }

    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'de [u8], DecodeError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or_else(|| self.end(count))?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.end(N))?;
        self.rest = rest;
        Ok(*taken)
    }

    #[cold]
    fn end(&self, count: usize) -> DecodeError {
        DecodeError::UnexpectedEnd {
            offset: self.total,
            missing: count.saturating_sub(self.rest.len()),
        }
    }

    /// Reads a byte that is 0 or 1.
    #[inline]
    pub(crate) fn flag(&mut self, what: &'static str) -> Result<bool, DecodeError> {
        let offset = self.offset();
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [_] if self.lenient => Ok(true),
            [value] => Err(DecodeError::InvalidFlag {
                offset,
                value,
                what,
            }),
        }
    }

    /// Reads a byte that stands for a `bool`; nodeos has them as numbers.
    pub(crate) fn bool_byte(&mut self) -> Result<u8, DecodeError> {
        if self.lenient {
            return self.array().map(|[byte]| byte);
        }
        self.flag("a bool").map(u8::from)
    }

    #[inline]
    pub(crate) fn varuint32(&mut self) -> Result<u32, DecodeError> {
        // Most have one byte.
        if let Some((byte @ ..0x80, rest)) = self.rest.split_first() {
            self.rest = rest;
            return Ok((*byte).into());
        }
        let offset = self.offset();
        let mut reader = Reader::new(self.lenient, self.wraps);
        loop {
            let [byte] = self.array()?;
            match reader.push(byte) {
                Step::More => {}
                Step::Done(value) => return Ok(value),
                Step::Invalid => return Err(DecodeError::InvalidVarint { offset }),
            }
        }
    }

    /// Reads the number of elements or bytes that follow.
    #[inline]
    pub(crate) fn length(&mut self) -> Result<usize, DecodeError> {
        // On a machine whose usize is smaller no input could hold that much.
        self.varuint32()
            .map(|length| usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Reads a length and that many bytes.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'de [u8], DecodeError> {
        let length = self.length()?;
        self.take(length)
    }

    #[inline]
    pub(crate) fn text(&mut self) -> Result<&'de str, DecodeError> {
        let length = self.length()?;
        let rest = self.rest;
        let bytes = self.take(length)?;
        let text = match self.span {
            None => std::str::from_utf8(bytes).ok(),
            Some(span) => {
                // Before the span this is beyond its end.
                let start = span.left.wrapping_sub(rest.len());
                let known = span.text.get(start..start.wrapping_add(length));
                if known.is_none() && length <= SHORT_TEXT && self.is_before_ascii() {
                    self.new_span(rest).get(..length)
                } else {
                    known.or_else(|| std::str::from_utf8(bytes).ok())
                }
            }
        };
        text.ok_or_else(|| DecodeError::InvalidUtf8 {
            offset: self.offset().saturating_sub(length),
        })
    }

    /// Returns whether a span may go on behind what was read.
    #[inline]
    fn is_before_ascii(&self) -> bool {
        self.rest.first().is_some_and(u8::is_ascii)
    }

    /// Finds out how much of what `rest` starts with is UTF-8.
    #[inline(never)]
    fn new_span(&mut self, rest: &'de [u8]) -> &'de str {
        let bytes = rest.get(..SPAN).unwrap_or(rest);
        let text = std::str::from_utf8(bytes).or_else(|error| {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid)
        });
        let text = text.unwrap_or_default();
        let left = rest.len();
        self.span = Some(Span { text, left });
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads all texts of an input, and sometimes a byte between them, up to the first that is none.
    fn texts(mut cursor: Cursor<'_>) -> Vec<Result<&str, String>> {
        let mut texts = Vec::new();
        for at in 0..1000 {
            if cursor.is_at_end() {
                break;
            }
            let text = cursor.text().map_err(|error| error.to_string());
            let is_over = text.is_err();
            texts.push(text);
            if is_over {
                break;
            }
            if at % 7 == 6 {
                let _: Result<[u8; 1], _> = cursor.array();
            }
        }
        texts
    }

    /// Asserts that texts are the same whether they are looked at one by one or together.
    #[track_caller]
    fn assert_same(input: &[u8]) {
        let one_by_one = Cursor::new(input, Limits::DEFAULT);
        let together = one_by_one.clone().with_many_texts();
        assert_eq!(texts(together), texts(one_by_one), "{input:02x?}");
    }

    #[test]
    fn a_character_is_not_shared_by_two_texts() {
        // One by one, each half of a character is no text, whatever stands beside it.
        for input in [
            &b"\x01a\x02\xc3\xa9\x01b"[..],
            b"\x02a\xc3\xa9\x01b\x01c",
            b"\x01\xc3\x01\xa9",
            b"\x00\x00\x00\x01",
            b"\x05abc",
            b"\x01a\x01\xff\x01b",
        ] {
            assert_same(input);
        }
    }

    #[test]
    fn texts_go_on_behind_the_bytes_that_are_looked_at_together() {
        for filler in 0..12 {
            let mut input = vec![1; filler];
            let texts = ["abc", "\u{e9}", "\u{20ac}uro", "\u{1f600}", ""];
            for text in texts.into_iter().cycle().take(1500) {
                input.push(u8::try_from(text.len()).unwrap());
                input.extend(text.as_bytes());
            }
            assert_same(&input);
            input.pop();
            assert_same(&input);
        }
    }

    proptest! {
        #[test]
        fn texts_are_the_same_together(
            parts in prop::collection::vec(
                prop_oneof![
                    "[a-z]{0,12}".prop_map(String::into_bytes),
                    "\\PC{0,30}".prop_map(String::into_bytes),
                    "[a-z]{60,200}".prop_map(String::into_bytes),
                    prop::collection::vec(any::<u8>(), 0..4),
                ],
                0..40,
            ),
            change in any::<(prop::sample::Index, u8)>(),
        ) {
            let mut input = Vec::new();
            for part in parts {
                let (bytes, length) = crate::varint::encode(u32::try_from(part.len()).unwrap());
                input.extend(bytes.into_iter().take(length));
                input.extend(part);
            }
            assert_same(&input);
            let at = change.0.index(input.len().max(1));
            if let Some(byte) = input.get_mut(at) {
                *byte = change.1;
            }
            assert_same(&input);
        }
    }
}
