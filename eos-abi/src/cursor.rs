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
}

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
        }
    }

    pub(crate) fn with_leniency(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
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
        let mut reader = Reader::new(self.lenient);
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
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| DecodeError::InvalidUtf8 {
            offset: self.offset().saturating_sub(bytes.len()),
        })
    }
}
