//! Integers of variable length: seven bits a byte, the lowest first.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

/// The most bytes a 32-bit integer takes.
pub(crate) const MAX_LENGTH: usize = 5;

/// Returns the bytes of `value` and how many of them count.
#[inline]
pub(crate) fn encode(value: u32) -> ([u8; MAX_LENGTH], usize) {
    let mut bytes = [0; MAX_LENGTH];
    let mut rest = value;
    let mut length = 0_usize;
    for byte in &mut bytes {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7_u32;
        length = length.saturating_add(1);
        if rest == 0 {
            *byte = low;
            break;
        }
        *byte = low | 0x80;
    }
    (bytes, length)
}

/// Reads one byte after the other into an integer.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    value: u32,
    shift: u32,
    lenient: bool,
    wraps: bool,
}

/// What a byte did to a [`Reader`].
pub(crate) enum Step {
    More,
    Done(u32),
    Invalid,
}

impl Reader {
    /// Returns a reader that takes over-long forms, or does not, and one that ends at the fifth byte as nodes do: bits
    /// beyond the 32nd are lost.
    #[inline]
    pub(crate) fn new(lenient: bool, wraps: bool) -> Self {
        Self {
            lenient,
            wraps,
            ..Self::default()
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) -> Step {
        let bits = u32::from(byte & 0x7f);
        let last = byte & 0x80 == 0;
        if self.wraps && self.shift == 28 {
            return Step::Done(self.value | bits.wrapping_shl(28));
        }
        // The fifth byte has room for four bits; a zero at the end says nothing and must not be there.
        if self.shift > 28
            || (self.shift == 28 && byte > 0x0f)
            || (last && byte == 0 && self.shift > 0 && !self.lenient)
        {
            return Step::Invalid;
        }
        self.value |= bits.wrapping_shl(self.shift);
        self.shift = self.shift.wrapping_add(7);
        if last {
            Step::Done(self.value)
        } else {
            Step::More
        }
    }
}

/// An unsigned 32-bit integer of one to five bytes (`varuint32`); a plain number in JSON.
///
/// Over-long encodings are refused, although nodeos reads them: one value has one form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarUint32(pub u32);

/// A signed 32-bit integer of one to five bytes, zigzag-coded (`varint32`); a plain number in JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarInt32(pub i32);

impl VarInt32 {
    pub(crate) fn to_zigzag(self) -> u32 {
        ((self.0 << 1_u32) ^ (self.0 >> 31_u32)).cast_unsigned()
    }

    pub(crate) fn from_zigzag(value: u32) -> Self {
        Self((value >> 1_u32).cast_signed() ^ (value & 1).cast_signed().wrapping_neg())
    }
}

impl fmt::Display for VarUint32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for VarInt32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<u32> for VarUint32 {
    fn from(value: u32) -> Self {
        Self(value)
    }
}

impl From<VarUint32> for u32 {
    fn from(value: VarUint32) -> Self {
        value.0
    }
}

impl From<i32> for VarInt32 {
    fn from(value: i32) -> Self {
        Self(value)
    }
}

impl From<VarInt32> for i32 {
    fn from(value: VarInt32) -> Self {
        value.0
    }
}

impl Serialize for VarUint32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_u32(self.0);
        }
        let (bytes, length) = encode(self.0);
        let mut tuple = serializer.serialize_tuple(length)?;
        for byte in bytes.iter().take(length) {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl Serialize for VarInt32 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_i32(self.0);
        }
        VarUint32(self.to_zigzag()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for VarUint32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return u32::deserialize(deserializer).map(Self);
        }
        deserializer
            .deserialize_newtype_struct(VARUINT, VarintVisitor)
            .map(Self)
    }
}

impl<'de> Deserialize<'de> for VarInt32 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return i32::deserialize(deserializer).map(Self);
        }
        VarUint32::deserialize(deserializer).map(|value| Self::from_zigzag(value.0))
    }
}

/// The name under which [`VarUint32`] asks a deserializer for itself: that of this crate knows it, and gives a number.
pub(crate) const VARUINT: &str = "eos_abi::VarUint32";

struct VarintVisitor;

impl<'de> Visitor<'de> for VarintVisitor {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer of one to five bytes")
    }

    fn visit_u32<E: de::Error>(self, value: u32) -> Result<u32, E> {
        Ok(value)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<u32, D::Error> {
        deserializer.deserialize_tuple(MAX_LENGTH, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<u32, A::Error> {
        let mut reader = Reader::default();
        while let Some(byte) = seq.next_element()? {
            match reader.push(byte) {
                Step::More => {}
                Step::Done(value) => return Ok(value),
                Step::Invalid => {
                    return Err(de::Error::custom(
                        "varuint32 is over-long or exceeds 32 bits",
                    ));
                }
            }
        }
        Err(de::Error::custom("varuint32 has no end"))
    }
}
