//! EOSIO's binary format as a serde deserializer, under a budget.

use serde::de::{self, Deserialize, DeserializeSeed, Visitor};

use crate::binary_extension::EXTENSION;
use crate::cursor::Cursor;
use crate::error::DecodeError;
use crate::limits::Limits;
use crate::varint::VARUINT;

/// How many elements a list may announce, to have room made for them at once.
const MAX_HINT: usize = 1024;

/// Reads a value that takes the whole of `input`.
///
/// # Errors
///
/// When the bytes are not the value's binary form, or when bytes are left over.
pub fn from_bytes<'de, T: Deserialize<'de>>(input: &'de [u8]) -> Result<T, DecodeError> {
    from_bytes_with(input, Limits::DEFAULT)
}

/// Reads a value that takes the whole of `input`, under `limits`.
///
/// # Errors
///
/// When the bytes are not the value's binary form, exceed the limits, or when bytes are left over.
pub fn from_bytes_with<'de, T: Deserialize<'de>>(
    input: &'de [u8],
    limits: Limits,
) -> Result<T, DecodeError> {
    let mut cursor = Cursor::new(input, limits);
    let value = from_cursor(&mut cursor)?;
    cursor.finish()?;
    Ok(value)
}

/// Reads a value from the start of `input` and returns it with the bytes that follow it.
///
/// # Errors
///
/// When the bytes do not start with the value's binary form.
pub fn from_bytes_prefix<'de, T: Deserialize<'de>>(
    input: &'de [u8],
) -> Result<(T, &'de [u8]), DecodeError> {
    let mut cursor = Cursor::new(input, Limits::DEFAULT);
    let value = from_cursor(&mut cursor)?;
    Ok((value, cursor.rest()))
}

/// Reads a value from the start of `input` as nodes do: bytes behind it are ignored, and numbers may be longer than they must be, of
/// which bits beyond the 32nd are lost.
pub(crate) fn from_bytes_lenient<'de, T: Deserialize<'de>>(
    input: &'de [u8],
) -> Result<T, DecodeError> {
    let cursor = Cursor::new(input, Limits::DEFAULT);
    from_cursor(&mut cursor.with_leniency(true).with_wrapping())
}

/// Reads the next value at `cursor`.
#[inline]
pub(crate) fn from_cursor<'de, T: Deserialize<'de>>(
    cursor: &mut Cursor<'de>,
) -> Result<T, DecodeError> {
    T::deserialize(&mut Deserializer { cursor })
}

struct Deserializer<'a, 'de> {
    cursor: &'a mut Cursor<'de>,
}

/// Depth is counted where a type can hold itself: in options, extensions, sequences and enums. Tuples and structs cannot.
impl<'de> Deserializer<'_, 'de> {
    /// Lets `visitor` read `count` elements.
    #[inline]
    fn elements<V: Visitor<'de>>(
        &mut self,
        count: usize,
        counted: bool,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(Elements {
            cursor: self.cursor,
            left: count,
            counted,
        })
    }
}

macro_rules! little_endian {
    ($($method:ident: $visit:ident($type:ty),)*) => {
        $(#[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            visitor.$visit(<$type>::from_le_bytes(self.cursor.array()?))
        })*
    };
}

macro_rules! refuse {
    ($($method:ident: $what:literal,)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DecodeError> {
            Err(DecodeError::Unsupported { what: $what })
        })*
    };
}

impl<'de> de::Deserializer<'de> for &mut Deserializer<'_, 'de> {
    type Error = DecodeError;

    little_endian! {
        deserialize_i8: visit_i8(i8), deserialize_i16: visit_i16(i16), deserialize_i32: visit_i32(i32),
        deserialize_i64: visit_i64(i64), deserialize_i128: visit_i128(i128), deserialize_u8: visit_u8(u8),
        deserialize_u16: visit_u16(u16), deserialize_u32: visit_u32(u32), deserialize_u64: visit_u64(u64),
        deserialize_u128: visit_u128(u128), deserialize_f32: visit_f32(f32), deserialize_f64: visit_f64(f64),
    }

    refuse! {
        deserialize_any: "untagged and flattened types",
        deserialize_char: "single characters",
        deserialize_identifier: "field names",
        deserialize_ignored_any: "ignored values",
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_bool(self.cursor.flag("a bool")?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_borrowed_str(self.cursor.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_borrowed_bytes(self.cursor.bytes()?)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if !self.cursor.flag("an optional value")? {
            return visitor.visit_none();
        }
        self.cursor.enter()?;
        let value = visitor.visit_some(&mut *self)?;
        self.cursor.leave();
        Ok(value)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match name {
            VARUINT => visitor.visit_u32(self.cursor.varuint32()?),
            EXTENSION if self.cursor.is_at_end() => visitor.visit_none(),
            EXTENSION => {
                self.cursor.enter()?;
                let value = visitor.visit_some(&mut *self)?;
                self.cursor.leave();
                Ok(value)
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let count = self.cursor.length()?;
        self.cursor.enter()?;
        let value = self.elements(count, true, visitor)?;
        self.cursor.leave();
        Ok(value)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.elements(count, false, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.elements(count, false, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DecodeError> {
        Err(DecodeError::Unsupported {
            what: "maps (and flattened structs)",
        })
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.elements(fields.len(), false, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.cursor.enter()?;
        let value = visitor.visit_enum(Variant {
            cursor: self.cursor,
        })?;
        self.cursor.leave();
        Ok(value)
    }
}

/// The elements of a sequence, tuple or struct.
struct Elements<'a, 'de> {
    cursor: &'a mut Cursor<'de>,
    left: usize,
    /// The input says how many there are, so that elements without content must be limited.
    counted: bool,
}

impl<'de> de::SeqAccess<'de> for Elements<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let before = self.cursor.rest().len();
        let value = seed.deserialize(&mut Deserializer {
            cursor: self.cursor,
        })?;
        if self.counted {
            self.cursor.charge_element()?;
            if self.cursor.rest().len() == before {
                self.cursor.charge_empty()?;
            }
        }
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        // The claimed number may be a lie; no more can come than there are bytes (or the budget for empty ones ends it),
        // and as many elements may be far larger than those bytes, so that room is made for few at first.
        Some(self.left.min(self.cursor.rest().len()).min(MAX_HINT))
    }
}

/// An enum's index and what follows it.
struct Variant<'a, 'de> {
    cursor: &'a mut Cursor<'de>,
}

impl<'de> de::EnumAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self), DecodeError> {
        let index = self.cursor.varuint32()?;
        let variant = seed.deserialize(de::value::U32Deserializer::<DecodeError>::new(index))?;
        Ok((variant, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        seed.deserialize(&mut Deserializer {
            cursor: self.cursor,
        })
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(Elements {
            cursor: self.cursor,
            left: count,
            counted: false,
        })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.tuple_variant(fields.len(), visitor)
    }
}
