//! Fields that were added to a struct after data of it was stored.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// The unit struct that stands for an absent extension in the binary serializer.
pub(crate) const ABSENT: &str = "$eos_abi::BinaryExtension::Absent";

/// The newtype by which the binary deserializer knows that the input may end here.
pub(crate) const EXTENSION: &str = "$eos_abi::BinaryExtension";

/// A field at the end of a struct that older data does not have (`type$` in an ABI).
///
/// In binary an absent one takes no byte at all, so that nothing may follow it, not even an extension whose value takes
/// none. In JSON it is left out, and read as absent when it is missing. A `null` is the value of an extension that has
/// such a value (`T?$`), so that `BinaryExtension(Some(None))` stays what it is, and any other's absence. That is
/// [`json`](crate::json); plain `serde_json` writes `null` for both and reads it as absent.
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
            Some(value) if serializer.is_human_readable() => value.serialize(serializer),
            Some(value) => serializer.serialize_newtype_struct(EXTENSION, value),
            None if serializer.is_human_readable() => serializer.serialize_none(),
            None => serializer.serialize_unit_struct(ABSENT),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for BinaryExtension<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_option(TextVisitor(PhantomData));
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

/// Reads an extension from JSON: a missing one comes as `none`, and a `null` as `unit`.
struct TextVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for TextVisitor<T> {
    type Value = BinaryExtension<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(BinaryExtension(None))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        let value: Result<T, E> = T::deserialize(().into_deserializer());
        Ok(BinaryExtension(value.ok()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::deserialize(deserializer).map(|value| BinaryExtension(Some(value)))
    }
}
