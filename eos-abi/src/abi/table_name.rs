//! What tables are called.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::error::InvalidValue;
use crate::name::Name;

/// A table's name.
///
/// A contract's tables have names like everything on a chain. The ABI by which a node describes the state that it streams
/// (`contract_index64` and the like) has tables too, whose names are no such names; an ABI like that has no binary form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a text is a name, or it is not")]
pub enum TableName {
    /// A name.
    Name(Name),
    /// A text that is no name.
    Text(Box<str>),
}

impl TableName {
    /// Returns the name, if it is one.
    pub const fn as_name(&self) -> Option<Name> {
        match self {
            Self::Name(name) => Some(*name),
            Self::Text(_) => None,
        }
    }
}

impl From<Name> for TableName {
    fn from(name: Name) -> Self {
        Self::Name(name)
    }
}

impl FromStr for TableName {
    type Err = InvalidValue;

    /// Takes text that is no name as it is, as long as no name could be meant by it: if it has more than 13 characters or
    /// an underscore.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text.parse() {
            Ok(name) => Ok(Self::Name(name)),
            Err(_) if text.len() > 13 || text.contains('_') => Ok(Self::Text(text.into())),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}

impl Serialize for TableName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => name.serialize(serializer),
            Self::Text(text) if serializer.is_human_readable() => serializer.serialize_str(text),
            Self::Text(text) => Err(S::Error::custom(format_args!(
                "table {:?} has no binary form: it is not a name",
                crate::error::excerpt(text)
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for TableName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return crate::text_form::deserialize(deserializer, "a table's name");
        }
        Name::deserialize(deserializer).map(Self::Name)
    }
}
