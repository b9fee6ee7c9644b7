//! What can go wrong when values are read and written.

use std::fmt;
use std::io;

/// The longest piece of somebody's text that an error repeats.
const EXCERPT: usize = 64;

/// A text or a number that is not a value of the type it was given for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {what}: {reason}")]
pub struct InvalidValue {
    what: &'static str,
    value: Box<str>,
    reason: &'static str,
}

impl InvalidValue {
    pub(crate) fn new(what: &'static str, value: &str, reason: &'static str) -> Self {
        Self {
            what,
            value: excerpt(value).into(),
            reason,
        }
    }

    /// Returns why the value was refused.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

/// Returns the start of `text`, short enough to stand in an error.
pub(crate) fn excerpt(text: &str) -> &str {
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .nth(EXCERPT)
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Why a value has no binary form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The binary format has nothing for this kind of value.
    #[error("{what} have no binary form")]
    Unsupported {
        /// The kind of value, in the plural.
        what: &'static str,
    },
    /// A sequence did not say how long it is before it started.
    #[error("a sequence of unknown length has no binary form; collect it first")]
    UnknownLength,
    /// A sequence gave another number of elements than it announced.
    #[error("a sequence announced {announced} elements and gave {given}")]
    WrongLength {
        /// The announced number.
        announced: usize,
        /// The number of elements that came.
        given: usize,
    },
    /// A length that does not fit the format's 32 bits.
    #[error("a length of {length} does not fit 32 bits")]
    TooLong {
        /// The length.
        length: usize,
    },
    /// A field was left out, but the binary format has no missing fields.
    #[error("field `{field}` is skipped, but only a binary extension may be missing")]
    Skipped {
        /// The field.
        field: &'static str,
    },
    /// Something follows an absent binary extension.
    #[error("a value follows an absent binary extension")]
    AfterExtension,
    /// The value is nested more deeply than the limit allows.
    #[error("value is nested more than {limit} deep")]
    TooDeep {
        /// The limit.
        limit: u32,
    },
    /// The writer failed.
    #[error("cannot write the encoded value")]
    Write(#[source] io::Error),
    /// The value's own `Serialize` refused.
    #[error("{message}")]
    Value {
        /// What it said.
        message: Box<str>,
    },
}

impl serde::ser::Error for EncodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Value {
            message: message.to_string().into(),
        }
    }
}

/// Why bytes are not the binary form of a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input ends inside a value.
    #[error("input ends at byte {offset}, {missing} more are needed")]
    UnexpectedEnd {
        /// The length of the input.
        offset: usize,
        /// How many bytes the value at hand needs beyond it.
        missing: usize,
    },
    /// The value ends before the input does.
    #[error("{count} bytes are left over after the value, from byte {offset} on")]
    Trailing {
        /// Where the value ended.
        offset: usize,
        /// How many bytes follow.
        count: usize,
    },
    /// A byte that should be 0 or 1 is something else.
    #[error("byte {offset} is {value}, expected 0 or 1 for {what}")]
    InvalidFlag {
        /// Where the byte is.
        offset: usize,
        /// Its value.
        value: u8,
        /// What it stands for.
        what: &'static str,
    },
    /// A varuint32 that is longer than it must be, or does not fit 32 bits.
    #[error("the variable-length integer at byte {offset} is over-long or exceeds 32 bits")]
    InvalidVarint {
        /// Where it starts.
        offset: usize,
    },
    /// A string that is not UTF-8.
    #[error("the string at byte {offset} is not UTF-8")]
    InvalidUtf8 {
        /// Where the text starts.
        offset: usize,
    },
    /// The value is nested more deeply than the limit allows.
    #[error("value at byte {offset} is nested more than {limit} deep")]
    TooDeep {
        /// Where the limit was reached.
        offset: usize,
        /// The limit.
        limit: u32,
    },
    /// The input claims more values without content than the limit allows.
    #[error("more than {limit} values without content up to byte {offset}")]
    TooManyEmpty {
        /// Where the limit was reached.
        offset: usize,
        /// The limit.
        limit: u32,
    },
    /// The lists of the input have more elements together than the limit allows.
    #[error("more than {limit} elements of lists up to byte {offset}")]
    TooManyElements {
        /// Where the limit was reached.
        offset: usize,
        /// The limit.
        limit: u32,
    },
    /// The binary format does not say what type comes next, so that such a type cannot be read.
    #[error("{what} have no binary form")]
    Unsupported {
        /// The kind of type, in the plural.
        what: &'static str,
    },
    /// The bytes are well formed, but not a value of the type.
    #[error("{message}")]
    Value {
        /// What the type said.
        message: Box<str>,
    },
}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Value {
            message: message.to_string().into(),
        }
    }
}
