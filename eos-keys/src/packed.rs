//! The chain's packed form, as far as keys and signatures need it.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, SeqAccess},
    ser::SerializeTuple,
};

use crate::{error::ParseError, key_type::KeyType};

/// Takes values off the front of packed bytes.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Returns what has not been taken.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Checks that all bytes have been taken.
    pub(crate) const fn finish(&self) -> Result<(), ParseError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(ParseError::TrailingBytes)
        }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], ParseError> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(ParseError::Truncated)?;
        self.rest = rest;
        Ok(array)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ParseError> {
        self.array::<1>().map(|[byte]| *byte)
    }

    /// Takes the index that a key or a signature begins with.
    pub(crate) fn key_type(&mut self) -> Result<KeyType, ParseError> {
        key_type_of(self.byte()?)
    }

    /// Takes bytes with a length prefix.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], ParseError> {
        let length = self.length()?;
        let (bytes, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(ParseError::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Takes a length prefix.
    pub(crate) fn length(&mut self) -> Result<usize, ParseError> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            let part = u32::from(byte & 0x7f);
            if shift == 28 && byte > 0x0f {
                break;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return usize::try_from(value).map_err(|_| ParseError::InvalidLengthPrefix);
            }
        }
        Err(ParseError::InvalidLengthPrefix)
    }
}

/// Appends `bytes` with their length before them.
pub(crate) fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Appends a length prefix.
pub(crate) fn push_length(out: &mut Vec<u8>, mut length: usize) {
    while length > 0x7f {
        out.push(0x80 | length.to_le_bytes()[0]);
        length >>= 7;
    }
    out.push(length.to_le_bytes()[0]);
}

fn key_type_of(index: u8) -> Result<KeyType, ParseError> {
    KeyType::from_index(index).ok_or(ParseError::UnknownKeyType { index })
}

/// Reads a value from its text. `expected` says what, for errors.
pub(crate) fn deserialize_text<'de, T, D>(
    deserializer: D,
    expected: &'static str,
) -> Result<T, D::Error>
where
    T: FromStr<Err = ParseError>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(TextVisitor {
        expected,
        value: PhantomData,
    })
}

struct TextVisitor<T> {
    expected: &'static str,
    value: PhantomData<T>,
}

impl<T: FromStr<Err = ParseError>> de::Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A value whose packed form begins with the index of a key type, which tells how it goes on.
pub(crate) trait Typed: Sized {
    /// What it is, for errors.
    const EXPECTED: &'static str;

    /// Reads what follows the index.
    fn deserialize_payload<'de, D: Deserializer<'de>>(
        key_type: KeyType,
        deserializer: D,
    ) -> Result<Self, D::Error>;
}

/// Reads a value from its packed form.
pub(crate) fn deserialize_typed<'de, T: Typed, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_tuple(2, TypedVisitor(PhantomData))
}

struct TypedVisitor<T>(PhantomData<T>);

impl<'de, T: Typed> de::Visitor<'de> for TypedVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<T, A::Error> {
        let index = fields
            .next_element()?
            .ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let key_type = key_type_of(index).map_err(de::Error::custom)?;
        fields
            .next_element_seed(Payload(key_type, PhantomData))?
            .ok_or_else(|| de::Error::invalid_length(1, &self))
    }
}

struct Payload<T>(KeyType, PhantomData<T>);

impl<'de, T: Typed> DeserializeSeed<'de> for Payload<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize_payload(self.0, deserializer)
    }
}

/// An array of bytes that serde sees as a tuple, which has no length prefix in packed form. (serde's own arrays end at 32.)
pub(crate) struct ByteTuple<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Serialize for ByteTuple<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for byte in &self.0 {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl<'de, const N: usize> Deserialize<'de> for ByteTuple<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(N, ByteTupleVisitor)
    }
}

struct ByteTupleVisitor<const N: usize>;

impl<'de, const N: usize> de::Visitor<'de> for ByteTupleVisitor<N> {
    type Value = ByteTuple<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} bytes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut bytes: A) -> Result<ByteTuple<N>, A::Error> {
        let mut array = [0; N];
        for (index, byte) in array.iter_mut().enumerate() {
            *byte = bytes
                .next_element()?
                .ok_or_else(|| de::Error::invalid_length(index, &self))?;
        }
        Ok(ByteTuple(array))
    }
}
