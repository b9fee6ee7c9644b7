//! Rows of bits.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

use crate::error::InvalidValue;
use crate::text_form;
use crate::varint::VarUint32;

const WHAT: &str = "a bitset";

/// A row of bits (`bitset`, since Spring 1.1): a text of `0` and `1`, the highest bit first.
///
/// In binary the number of bits comes first, then as many bytes as they need, the lowest bits first. Bits of the last
/// byte that do not count must be zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Bitset {
    length: u32,
    bytes: Vec<u8>,
}

impl Bitset {
    /// Returns how many bits there are.
    pub const fn len(&self) -> u32 {
        self.length
    }

    /// Returns whether there are no bits.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns the bytes that hold the bits, the lowest first.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns a bit, counted from the lowest one, unless there are not so many.
    pub fn get(&self, bit: u32) -> Option<bool> {
        let byte = self.bytes.get(usize::try_from(bit / 8).ok()?)?;
        (bit < self.length).then_some(byte >> (bit % 8) & 1 == 1)
    }
}

impl FromStr for Bitset {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = |reason| InvalidValue::new(WHAT, text, reason);
        let length =
            u32::try_from(text.len()).map_err(|_| invalid("it has more than 2^32 bits"))?;
        let mut bytes = Vec::with_capacity(text.len().div_ceil(8));
        for bits in text.as_bytes().rchunks(8) {
            let byte = bits.iter().try_fold(0_u8, |byte, bit| match bit {
                b'0' | b'1' => Ok((byte << 1_u32) | (bit & 1)),
                _ => Err(invalid("it has a character that is neither 0 nor 1")),
            })?;
            bytes.push(byte);
        }
        Ok(Self { length, bytes })
    }
}

impl fmt::Display for Bitset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.length).rev().try_for_each(|bit| {
            f.write_str(if self.get(bit) == Some(true) {
                "1"
            } else {
                "0"
            })
        })
    }
}

impl Serialize for Bitset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        let mut tuple = serializer.serialize_tuple(self.bytes.len().saturating_add(1))?;
        tuple.serialize_element(&VarUint32(self.length))?;
        for byte in &self.bytes {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for Bitset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return text_form::deserialize(deserializer, WHAT);
        }
        // The number of bytes is known when the first element has been read.
        deserializer.deserialize_tuple(usize::MAX, BitsetVisitor)
    }
}

struct BitsetVisitor;

impl<'de> Visitor<'de> for BitsetVisitor {
    type Value = Bitset;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bits and the bytes that hold them")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Bitset, A::Error> {
        let missing = |index| de::Error::invalid_length(index, &"more bytes");
        let VarUint32(length) = seq.next_element()?.ok_or_else(|| missing(0))?;
        let mut bytes = Vec::new();
        for index in 0..length.div_ceil(8) {
            bytes.push(
                seq.next_element()?
                    .ok_or_else(|| missing(usize::try_from(index).unwrap_or_default()))?,
            );
        }
        let unused = bytes
            .last()
            .is_some_and(|last: &u8| length % 8 != 0 && last >> (length % 8) != 0);
        if unused {
            return Err(de::Error::custom("bits beyond the bitset's length are set"));
        }
        Ok(Bitset { length, bytes })
    }
}
