//! What can be wrong with an ABI, and with values given to it.

use std::fmt;

use crate::error::{DecodeError, InvalidValue, excerpt};
use crate::name::Name;

/// Why an ABI cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A type that is neither defined nor built in.
    #[error("type {ty:?} of {user} is unknown")]
    UnknownType {
        /// The type.
        ty: Box<str>,
        /// What uses it.
        user: Box<str>,
    },
    /// A type expression with marks that do not fit together.
    #[error("type {ty:?} of {user} is malformed: {reason}")]
    Malformed {
        /// The type.
        ty: Box<str>,
        /// What uses it.
        user: Box<str>,
        /// What is wrong.
        reason: &'static str,
    },
    /// Two definitions of one name.
    #[error("{what} {name:?} is defined twice")]
    Duplicate {
        /// What it is.
        what: &'static str,
        /// The name.
        name: Box<str>,
    },
    /// A definition with the name of a built-in type.
    #[error("{what} {name:?} has the name of a built-in type")]
    BuiltIn {
        /// What it is.
        what: &'static str,
        /// The name.
        name: Box<str>,
    },
    /// A type that is defined by itself, so that no value of it could end.
    #[error("{what} {name:?} contains itself")]
    Cycle {
        /// What it is.
        what: &'static str,
        /// The name.
        name: Box<str>,
    },
    /// A base that is not a struct.
    #[error("base {base:?} of struct {name:?} is not a struct")]
    NotAStruct {
        /// The base.
        base: Box<str>,
        /// The struct.
        name: Box<str>,
    },
    /// A field that may not be missing behind one that may.
    #[error("field {field:?} of struct {name:?} follows a binary extension")]
    FieldAfterExtension {
        /// The field.
        field: Box<str>,
        /// The struct.
        name: Box<str>,
    },
    /// Definitions inside definitions beyond the limit.
    #[error("{what} {name:?} is nested more than {limit} deep")]
    TooDeep {
        /// What it is.
        what: &'static str,
        /// The name.
        name: Box<str>,
        /// The limit.
        limit: usize,
    },
    /// More definitions than are allowed, or a longer name.
    #[error("the ABI has more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

/// Why a value does not fit its type, and where in it.
#[derive(Debug)]
pub struct CodecError {
    /// From the value's outside to its inside, such as `auth.keys[3].key`.
    path: String,
    reason: Reason,
}

#[derive(Debug)]
pub(super) enum Reason {
    Unknown { what: &'static str, name: Name },
    Type(Box<SchemaError>),
    Json(Box<dyn std::error::Error + Send + Sync>),
    Value(InvalidValue),
    Key(Box<dyn std::error::Error + Send + Sync>, &'static str),
    Decode(DecodeError),
    MissingField(Box<str>),
    UnknownField(Box<str>),
    DuplicateField(Box<str>),
    Length { expected: usize },
    NotAnAlternative(Box<str>),
    BadIndex { index: u32, count: usize },
    PositionalDerived,
    AfterExtension,
    TooDeep { limit: u32 },
    TooMuchOutput { limit: usize },
    TooLong,
    PrivateKey,
}

impl CodecError {
    pub(super) fn new(path: String, reason: Reason) -> Self {
        Self { path, reason }
    }

    /// Returns the place of the offending value inside the whole: `auth.keys[3].key`, or nothing for the whole itself.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl From<Reason> for CodecError {
    fn from(reason: Reason) -> Self {
        Self {
            path: String::new(),
            reason,
        }
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.reason.fmt(f)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { what, name } => write!(f, "the ABI has no {what} \"{name}\""),
            Self::Type(_) => f.write_str("the type cannot be used"),
            Self::Json(_) => f.write_str("the JSON does not fit the type"),
            Self::Value(error) => error.fmt(f),
            Self::Key(_, what) => write!(f, "not {what}"),
            Self::Decode(error) => error.fmt(f),
            Self::MissingField(name) => write!(f, "field {name:?} is missing"),
            Self::UnknownField(name) => write!(f, "the type has no field {name:?}"),
            Self::DuplicateField(name) => write!(f, "field {name:?} is given twice"),
            Self::Length { expected } => {
                write!(f, "the list has another length than {expected}")
            }
            Self::NotAnAlternative(name) => write!(f, "the variant has no type {name:?}"),
            Self::BadIndex { index, count } => {
                write!(
                    f,
                    "the variant has {count} types, there is none of index {index}"
                )
            }
            Self::PositionalDerived => {
                f.write_str("a list cannot stand for a struct that has a base")
            }
            Self::AfterExtension => f.write_str("a value follows an absent binary extension"),
            Self::TooDeep { limit } => write!(f, "the value is nested more than {limit} deep"),
            Self::TooMuchOutput { limit } => {
                write!(f, "the input asks for more than {limit} bytes of output")
            }
            Self::TooLong => f.write_str("the value is longer than 32 bits can say"),
            Self::PrivateKey => f.write_str(
                "private keys are coded only on request, by a schema with danger_private_keys",
            ),
        }
    }
}

impl std::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            Reason::Type(error) => Some(error.as_ref()),
            Reason::Json(error) | Reason::Key(error, _) => Some(error.as_ref()),
            _ => None,
        }
    }
}

/// One step from a value to a value inside it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Field(&'a str),
    Element(usize),
}

/// Returns the path of steps that were noted from the inside to the outside.
pub(super) fn path(steps: &[Step<'_>]) -> String {
    let mut path = String::new();
    for step in steps.iter().rev() {
        match step {
            Step::Field(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                // An ABI is a stranger's: its names are not to break lines, or colour a terminal.
                for character in excerpt(name).chars() {
                    if character.is_control() {
                        path.extend(character.escape_debug());
                    } else {
                        path.push(character);
                    }
                }
            }
            Step::Element(index) => path.extend(["[", &index.to_string(), "]"]),
        }
    }
    path
}
