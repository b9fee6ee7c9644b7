//! Reading JSON with nodeos' habits.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde_json::value::RawValue;

use crate::binary_extension::EXTENSION;
use crate::error::InvalidValue;
use crate::hex;
use crate::json::number::{parse_float, parse_integer};

/// A JSON deserializer that reads numbers, flags, enums and bytes as nodeos writes them.
pub(crate) struct ChainDeserializer<D>(pub(crate) D);

/// Reads 128-bit integers and floats from their digits: `serde_json`'s own numbers would round them.
macro_rules! by_digits {
    ($($method:ident: $visit:ident($parse:expr, $what:literal),)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            let raw = <&RawValue>::deserialize(self.0)?.get();
            let text = unquoted(raw).ok_or_else(|| de::Error::invalid_type(unexpected(raw), &visitor))?;
            // serde_json does not know where such an error lies: it must say what is wrong.
            let invalid = |reason| de::Error::custom(InvalidValue::new($what, text, reason));
            visitor.$visit($parse(text).map_err(invalid)?)
        })*
    };
}

macro_rules! integers {
    ($($method:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_any(IntegerVisitor(visitor))
        })*
    };
}

macro_rules! pass_through {
    ($($method:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(ChainVisitor(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ChainDeserializer<D> {
    type Error = D::Error;

    integers! {
        deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64,
        deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64,
    }

    by_digits! {
        deserialize_i128: visit_i128(parse_integer, "an integer"), deserialize_u128: visit_u128(parse_integer, "an integer"),
        deserialize_f32: visit_f32(parse_float, "a float"), deserialize_f64: visit_f64(parse_float, "a float"),
    }

    pass_through! {
        deserialize_any, deserialize_char, deserialize_str, deserialize_string, deserialize_unit,
        deserialize_seq, deserialize_map, deserialize_identifier, deserialize_ignored_any,
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(BoolVisitor(visitor))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_str(HexVisitor(visitor))
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(OptionVisitor(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, ChainVisitor(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0
            .deserialize_newtype_struct(name, ChainVisitor(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, ChainVisitor(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0
            .deserialize_tuple_struct(name, length, ChainVisitor(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = FieldsVisitor {
            visitor,
            count: fields.len(),
        };
        self.0.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(EnumVisitor(visitor))
    }
}

/// Returns the text of a number, or what stands between quotes (numbers need no escapes).
pub(crate) fn unquoted(raw: &str) -> Option<&str> {
    match raw.as_bytes() {
        [b'"', .., b'"'] => raw.get(1..raw.len().saturating_sub(1)),
        [b'-' | b'0'..=b'9', ..] => Some(raw),
        _ => None,
    }
}

fn unexpected(raw: &str) -> Unexpected<'_> {
    match raw.as_bytes().first() {
        Some(b'[') => Unexpected::Seq,
        Some(b'{') => Unexpected::Map,
        Some(b'n') => Unexpected::Unit,
        Some(b't' | b'f') => Unexpected::Other("a boolean"),
        _ => Unexpected::Other("something else"),
    }
}

/// Hands on what it is given, and sees to it that what lies inside is read by a [`ChainDeserializer`] too.
struct ChainVisitor<V>(V);

macro_rules! hand_on {
    ($($method:ident($type:ty),)*) => {
        $(fn $method<E: de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for ChainVisitor<V> {
    type Value = V::Value;

    hand_on! {
        visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_char(char), visit_str(&str),
        visit_borrowed_str(&'de str), visit_string(String), visit_bytes(&[u8]), visit_borrowed_bytes(&'de [u8]),
        visit_byte_buf(Vec<u8>),
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(ChainDeserializer(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(ChainDeserializer(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(ChainAccess(seq))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(ChainAccess(map))
    }
}

/// Tells a `null`, which it hands on as `unit`, from a field that is missing: serde calls that one `none` by itself.
/// [`BinaryExtension`](crate::BinaryExtension) needs the difference; to an `Option` both are the same.
struct OptionVisitor<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for OptionVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(ChainDeserializer(deserializer))
    }
}

/// Takes an object for a struct, or a list of its fields' values, from whose end binary extensions may be missing.
struct FieldsVisitor<V> {
    visitor: V,
    count: usize,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for FieldsVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(FieldsAccess {
            seq,
            left: self.count,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(ChainAccess(map))
    }
}

struct FieldsAccess<A> {
    seq: A,
    /// How many fields have not been asked for.
    left: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for FieldsAccess<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let mut seed = Some(seed);
        let answer = self.seq.next_element_seed(LentSeed(&mut seed))?;
        let is_field = self.left > 0;
        self.left = self.left.saturating_sub(1);
        match seed {
            // The list is over. What cannot be absent is missed by whoever asks.
            Some(seed) if is_field => Ok(seed.deserialize(Absent(PhantomData::<A::Error>)).ok()),
            _ => Ok(answer),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.seq.size_hint()
    }
}

/// A seed that is still there when the list has no element for it.
struct LentSeed<'s, T>(&'s mut Option<T>);

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for LentSeed<'_, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        let seed = self.0.take();
        let seed = seed.ok_or_else(|| de::Error::custom("an element was asked for twice"))?;
        seed.deserialize(ChainDeserializer(deserializer))
    }
}

/// Holds an absent binary extension, and no other value.
struct Absent<E>(PhantomData<E>);

impl<'de, E: de::Error> Deserializer<'de> for Absent<E> {
    type Error = E;

    /// Extensions ask for themselves by their name then.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::custom("there is no value"))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        if name == EXTENSION {
            visitor.visit_none()
        } else {
            self.deserialize_any(visitor)
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct ChainAccess<A>(A);

struct ChainSeed<T>(T);

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for ChainSeed<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(ChainDeserializer(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for ChainAccess<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(ChainSeed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ChainAccess<A> {
    type Error = A::Error;

    /// Keys are texts whatever their type, so that the habits with numbers do not apply.
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(ChainSeed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// Takes integers as numbers and as texts.
pub(super) struct IntegerVisitor<V>(pub(super) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for IntegerVisitor<V> {
    type Value = V::Value;

    hand_on! { visit_i64(i64), visit_u64(u64), }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        if text.starts_with('-') {
            self.0
                .visit_i64(parse_integer(text).map_err(|reason| not_a_number(text, reason))?)
        } else {
            self.0
                .visit_u64(parse_integer(text).map_err(|reason| not_a_number(text, reason))?)
        }
    }
}

fn not_a_number<E: de::Error>(text: &str, reason: &'static str) -> E {
    E::custom(InvalidValue::new("an integer", text, reason))
}

/// Takes `false`, `true`, 0 and 1.
struct BoolVisitor<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for BoolVisitor<V> {
    type Value = V::Value;

    hand_on! { visit_bool(bool), }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<V::Value, E> {
        match value {
            0 => self.0.visit_bool(false),
            1 => self.0.visit_bool(true),
            _ => Err(E::invalid_value(Unexpected::Unsigned(value), &"0 or 1")),
        }
    }
}

/// Takes the text of hexadecimal digits for bytes.
struct HexVisitor<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for HexVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in hexadecimal")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        let mut bytes = Vec::new();
        hex::decode_into(text, &mut bytes)
            .map_err(|reason| E::custom(InvalidValue::new("bytes", text, reason)))?;
        self.0.visit_byte_buf(bytes)
    }
}

/// Takes a text for a variant without a value, and a list of a text and a value for any other.
struct EnumVisitor<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for EnumVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, or a list of a type's name and its value")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<V::Value, E> {
        self.0.visit_enum(de::value::StrDeserializer::new(name))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Pair(seq))
    }
}

struct Pair<A>(A);

impl<'de, A: SeqAccess<'de>> EnumAccess<'de> for Pair<A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(
        mut self,
        seed: T,
    ) -> Result<(T::Value, Self), A::Error> {
        let name = self.0.next_element_seed(seed)?;
        Ok((
            name.ok_or_else(|| de::Error::invalid_length(0, &"a name and a value"))?,
            self,
        ))
    }
}

impl<'de, A: SeqAccess<'de>> Pair<A> {
    fn value<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, A::Error> {
        let value = self.0.next_element_seed(ChainSeed(seed))?;
        let value = value.ok_or_else(|| de::Error::invalid_length(1, &"a name and a value"))?;
        match self.0.next_element::<IgnoredAny>()? {
            None => Ok(value),
            Some(_) => Err(de::Error::invalid_length(3, &"a name and a value")),
        }
    }
}

impl<'de, A: SeqAccess<'de>> VariantAccess<'de> for Pair<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.value(PhantomData::<IgnoredAny>).map(|_| ())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.value(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.value(TupleSeed { length, visitor })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.value(StructSeed { fields, visitor })
    }
}

struct TupleSeed<V> {
    length: usize,
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for TupleSeed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_tuple(self.length, self.visitor)
    }
}

struct StructSeed<V> {
    fields: &'static [&'static str],
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for StructSeed<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_struct("", self.fields, self.visitor)
    }
}
