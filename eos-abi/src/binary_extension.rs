//! Fields that were added to a struct after data of it was stored.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// The unit struct that stands for an absent extension in the binary serializer.
pub(crate) const ABSENT: &str = "$eos_abi::BinaryExtension::Absent";

/// The newtype by which the binary deserializer knows that the input may end here.
pub(crate) const EXTENSION: &str = "$eos_abi::BinaryExtension";

/// A field at the end of a struct that older data does not have (`type$` in an ABI).
///
/// In binary an absent one takes no byte at all, so that nothing may follow it. In JSON it is left out (by
/// [`json`](crate::json); plain `serde_json` writes `null`), and read as absent when it is missing or `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BinaryExtension<T>(pub Option<T>);

impl<T> BinaryExtension<T> {
    /// Returns whether the extension is absent.
    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl<T> Default for BinaryExtension<T> {
    /// Returns an absent extension, whatever the type.
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<Option<T>> for BinaryExtension<T> {
    fn from(value: Option<T>) -> Self {
        Self(value)
    }
}

impl<T: Serialize> Serialize for BinaryExtension<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => value.serialize(serializer),
            None if serializer.is_human_readable() => serializer.serialize_none(),
            None => serializer.serialize_unit_struct(ABSENT),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for BinaryExtension<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Option::deserialize(deserializer).map(Self);
        }
        deserializer.deserialize_newtype_struct(EXTENSION, ExtensionVisitor(PhantomData))
    }
}

struct ExtensionVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ExtensionVisitor<T> {
    type Value = BinaryExtension<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or the end of the input")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(BinaryExtension(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::deserialize(deserializer).map(|value| BinaryExtension(Some(value)))
    }
}
