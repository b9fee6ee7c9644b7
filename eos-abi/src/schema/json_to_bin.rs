//! JSON to binary: bytes are written while the JSON is read.

use std::fmt;
use std::ops::Range;

use eos_keys::{PublicKey, Signature};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::value::RawValue;

use super::builtin::Builtin;
use super::error::{CodecError, Reason, Step, path};
use super::types::{Field, Struct, Type, TypeId, Types, Variant};
use crate::error::{InvalidValue, excerpt};
use crate::json::de::unquoted;
use crate::json::number::{parse_float, parse_integer};
use crate::limits::Limits;
use crate::{
    Asset, Bitset, BlockTimestamp, Checksum160, Checksum256, Checksum512, Float128, Name, Symbol,
    SymbolCode, TimePoint, TimePointSec, VarInt32, hex, varint,
};

/// How much binary a byte of JSON can rightly become: `[0,0]` as 128-bit integers.
const GROWTH: usize = 8;

/// Packs the value that `json` is.
pub(super) fn encode(
    types: Types<'_>,
    ty: TypeId,
    json: &str,
    limits: Limits,
) -> Result<Vec<u8>, CodecError> {
    let mut writer = Writer {
        types,
        out: Vec::with_capacity(json.len().min(4096) / 2),
        most: limits
            .output()
            .saturating_add(json.len().saturating_mul(GROWTH)),
        limits,
        depth: 0,
        closed: false,
        failure: None,
        steps: Vec::new(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let answer = ValueSeed {
        writer: &mut writer,
        ty,
    }
    .deserialize(&mut deserializer)
    .and_then(|()| deserializer.end());
    match answer {
        Ok(()) => Ok(writer.out),
        Err(error) => {
            let reason = writer.failure.unwrap_or_else(|| Reason::Json(error.into()));
            Err(CodecError::new(path(&writer.steps), reason))
        }
    }
}

/// What has been written, and what may still be.
struct Writer<'a> {
    types: Types<'a>,
    out: Vec<u8>,
    /// How long `out` may become.
    most: usize,
    limits: Limits,
    depth: u32,
    /// An absent binary extension was passed: nothing may follow.
    closed: bool,
    /// Why writing stopped. serde carries only a text upwards, so that the reason waits here.
    failure: Option<Reason>,
    /// The way to the failure, from the inside to the outside, noted on the way up.
    steps: Vec<Step<'a>>,
}

impl<'a> Writer<'a> {
    #[inline]
    fn put<E: serde::de::Error>(&mut self, bytes: &[u8]) -> Result<(), E> {
        if self.closed {
            return Err(self.fail(Reason::AfterExtension));
        }
        if self.out.len().saturating_add(bytes.len()) > self.most {
            let limit = self.most;
            return Err(self.fail(Reason::TooMuchOutput { limit }));
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn put_varuint32<E: serde::de::Error>(&mut self, value: u32) -> Result<(), E> {
        let (bytes, length) = varint::encode(value);
        self.put(bytes.get(..length).unwrap_or(&bytes))
    }

    fn put_sized<E: serde::de::Error>(&mut self, bytes: &[u8]) -> Result<(), E> {
        let length = u32::try_from(bytes.len()).map_err(|_| self.fail(Reason::TooLong))?;
        self.put_varuint32(length)?;
        self.put(bytes)
    }

    #[cold]
    fn fail<E: serde::de::Error>(&mut self, reason: Reason) -> E {
        self.failure.get_or_insert(reason);
        E::custom("")
    }

    fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        let limit = self.limits.depth();
        if self.depth >= limit {
            return Err(self.fail(Reason::TooDeep { limit }));
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Notes on the way up where the failure lies.
    fn at<T, E>(&mut self, step: Step<'a>, answer: Result<T, E>) -> Result<T, E> {
        if answer.is_err() {
            self.steps.push(step);
        }
        answer
    }

    /// Writes what stands for a field that is not there.
    fn missing<E: serde::de::Error>(&mut self, field: &Field) -> Result<(), E> {
        if field.is_extension {
            self.closed = true;
            return Ok(());
        }
        match self.types.get(field.ty) {
            Type::Optional(_) => self.put(&[0]),
            _ => Err(self.fail(Reason::MissingField(field.name.clone()))),
        }
    }

    /// Writes the value that a text stands for.
    fn put_text<E: serde::de::Error>(&mut self, builtin: Builtin, text: &str) -> Result<(), E> {
        macro_rules! parsed {
            ($type:ty, |$value:ident| $bytes:expr) => {
                match text.parse::<$type>() {
                    Ok($value) => self.put(&$bytes),
                    Err(error) => Err(self.fail(Reason::Value(error))),
                }
            };
        }
        macro_rules! integer {
            ($($type:ident)::+, |$value:ident| $bytes:expr) => {
                match parse_integer::<$($type)::+>(text) {
                    Ok($value) => self.put(&$bytes),
                    Err(reason) => {
                        Err(self.fail(Reason::Value(InvalidValue::new("an integer", text, reason))))
                    }
                }
            };
        }
        match builtin {
            Builtin::Int8 => integer!(i8, |value| value.to_le_bytes()),
            Builtin::Uint8 => integer!(u8, |value| value.to_le_bytes()),
            Builtin::Int16 => integer!(i16, |value| value.to_le_bytes()),
            Builtin::Uint16 => integer!(u16, |value| value.to_le_bytes()),
            Builtin::Int32 => integer!(i32, |value| value.to_le_bytes()),
            Builtin::Uint32 => integer!(u32, |value| value.to_le_bytes()),
            Builtin::Int64 => integer!(i64, |value| value.to_le_bytes()),
            Builtin::Uint64 => integer!(u64, |value| value.to_le_bytes()),
            Builtin::Int128 => integer!(i128, |value| value.to_le_bytes()),
            Builtin::Uint128 => integer!(u128, |value| value.to_le_bytes()),
            Builtin::Varuint32 => match parse_integer(text) {
                Ok(value) => self.put_varuint32(value),
                Err(reason) => Err(self.fail_integer(text, reason)),
            },
            Builtin::Varint32 => match parse_integer(text) {
                Ok(value) => self.put_varuint32(VarInt32(value).to_zigzag()),
                Err(reason) => Err(self.fail_integer(text, reason)),
            },
            Builtin::Float32 => match parse_float::<f32>(text) {
                Ok(value) => self.put(&value.to_le_bytes()),
                Err(reason) => Err(self.fail_float(text, reason)),
            },
            Builtin::Float64 => match parse_float::<f64>(text) {
                Ok(value) => self.put(&value.to_le_bytes()),
                Err(reason) => Err(self.fail_float(text, reason)),
            },
            Builtin::Bool => {
                let error = InvalidValue::new("a bool", text, "it must be true, false, 1 or 0");
                Err(self.fail(Reason::Value(error)))
            }
            Builtin::Float128 => parsed!(Float128, |value| value.to_bytes()),
            Builtin::TimePoint => parsed!(TimePoint, |value| value.to_microseconds().to_le_bytes()),
            Builtin::TimePointSec => {
                parsed!(TimePointSec, |value| value.to_seconds().to_le_bytes())
            }
            Builtin::BlockTimestamp => {
                parsed!(BlockTimestamp, |value| value.to_slot().to_le_bytes())
            }
            Builtin::Name => parsed!(Name, |value| value.to_u64().to_le_bytes()),
            Builtin::Symbol => parsed!(Symbol, |value| value.to_u64().to_le_bytes()),
            Builtin::SymbolCode => parsed!(SymbolCode, |value| value.to_u64().to_le_bytes()),
            Builtin::Checksum160 => parsed!(Checksum160, |value| value.to_bytes()),
            Builtin::Checksum256 => parsed!(Checksum256, |value| value.to_bytes()),
            Builtin::Checksum512 => parsed!(Checksum512, |value| value.to_bytes()),
            Builtin::Asset => match text.parse::<Asset>() {
                Ok(value) => {
                    self.put(&value.amount().to_le_bytes())?;
                    self.put(&value.symbol().to_u64().to_le_bytes())
                }
                Err(error) => Err(self.fail(Reason::Value(error))),
            },
            Builtin::PublicKey => match text.parse::<PublicKey>() {
                Ok(key) => self.put(&key.to_packed()),
                Err(error) => Err(self.fail(Reason::Key(error.into(), "a public key"))),
            },
            Builtin::Signature => match text.parse::<Signature>() {
                Ok(signature) => self.put(&signature.to_packed()),
                Err(error) => Err(self.fail(Reason::Key(error.into(), "a signature"))),
            },
            Builtin::Bitset => match text.parse::<Bitset>() {
                Ok(bits) => {
                    self.put_varuint32(bits.len())?;
                    self.put(bits.as_bytes())
                }
                Err(error) => Err(self.fail(Reason::Value(error))),
            },
            Builtin::String => self.put_sized(text.as_bytes()),
            Builtin::Bytes => self.put_hex(text),
        }
    }

    fn put_hex<E: serde::de::Error>(&mut self, text: &str) -> Result<(), E> {
        let length = u32::try_from(text.len() / 2).map_err(|_| self.fail(Reason::TooLong))?;
        self.put_varuint32(length)?;
        // Two digits a byte: no more than the input has, whatever the limit says.
        hex::decode_into(text, &mut self.out)
            .map_err(|reason| self.fail(Reason::Value(InvalidValue::new("bytes", text, reason))))
    }

    #[cold]
    fn fail_integer<E: serde::de::Error>(&mut self, text: &str, reason: &'static str) -> E {
        self.fail(Reason::Value(InvalidValue::new("an integer", text, reason)))
    }

    #[cold]
    fn fail_float<E: serde::de::Error>(&mut self, text: &str, reason: &'static str) -> E {
        self.fail(Reason::Value(InvalidValue::new("a float", text, reason)))
    }
}

/// Reads a value of a type and writes it.
struct ValueSeed<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: TypeId,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { writer, ty } = self;
        let ty = match writer.types.get(ty) {
            Type::Builtin(builtin) => return put_builtin(writer, *builtin, deserializer),
            ty => ty,
        };
        writer.enter()?;
        match ty {
            Type::Builtin(_) => {}
            Type::Struct(ty) => {
                deserializer.deserialize_any(StructVisitor {
                    writer: &mut *writer,
                    ty,
                })?;
            }
            Type::Variant(ty) => {
                deserializer.deserialize_seq(VariantVisitor {
                    writer: &mut *writer,
                    ty,
                })?;
            }
            Type::Optional(ty) => {
                deserializer.deserialize_option(OptionalVisitor {
                    writer: &mut *writer,
                    ty: *ty,
                })?;
            }
            Type::Array(ty) => {
                deserializer.deserialize_seq(ArrayVisitor {
                    writer: &mut *writer,
                    ty: *ty,
                })?;
            }
            Type::FixedArray(ty, length) => {
                let visitor = FixedArrayVisitor {
                    writer: &mut *writer,
                    ty: *ty,
                    length: *length,
                };
                deserializer.deserialize_seq(visitor)?;
            }
        }
        writer.leave();
        Ok(())
    }
}

fn put_builtin<'de, D: Deserializer<'de>>(
    writer: &mut Writer<'_>,
    builtin: Builtin,
    deserializer: D,
) -> Result<(), D::Error> {
    match builtin {
        // Numbers that serde_json would round or refuse: their digits are taken as they stand.
        Builtin::Int128 | Builtin::Uint128 | Builtin::Float32 | Builtin::Float64 => {
            let raw = <&RawValue>::deserialize(deserializer)?.get();
            if let Some(text) = unquoted(raw) {
                return writer.put_text(builtin, text);
            }
            let reason = "it is neither digits nor a text of them";
            Err(writer.fail(Reason::Value(InvalidValue::new("a number", raw, reason))))
        }
        Builtin::Bool
        | Builtin::Int8
        | Builtin::Uint8
        | Builtin::Int16
        | Builtin::Uint16
        | Builtin::Int32
        | Builtin::Uint32
        | Builtin::Int64
        | Builtin::Uint64
        | Builtin::Varint32
        | Builtin::Varuint32 => deserializer.deserialize_any(BuiltinVisitor { writer, builtin }),
        _ => deserializer.deserialize_str(BuiltinVisitor { writer, builtin }),
    }
}

struct BuiltinVisitor<'w, 'a> {
    writer: &'w mut Writer<'a>,
    builtin: Builtin,
}

impl BuiltinVisitor<'_, '_> {
    /// Writes a number, of whatever width.
    fn put_number<T, E>(self, value: T) -> Result<(), E>
    where
        T: Copy + fmt::Display,
        T: TryInto<i8> + TryInto<u8> + TryInto<i16> + TryInto<u16>,
        T: TryInto<i32> + TryInto<u32> + TryInto<i64> + TryInto<u64>,
        E: serde::de::Error,
    {
        macro_rules! fixed {
            ($type:ty) => {
                TryInto::<$type>::try_into(value)
                    .ok()
                    .map(|value| self.writer.put(&value.to_le_bytes()))
            };
        }
        let answer = match self.builtin {
            Builtin::Int8 => fixed!(i8),
            Builtin::Uint8 => fixed!(u8),
            Builtin::Int16 => fixed!(i16),
            Builtin::Uint16 => fixed!(u16),
            Builtin::Int32 => fixed!(i32),
            Builtin::Uint32 => fixed!(u32),
            Builtin::Int64 => fixed!(i64),
            Builtin::Uint64 => fixed!(u64),
            Builtin::Bool => match TryInto::<u8>::try_into(value) {
                Ok(value @ (0 | 1)) => Some(self.writer.put(&[value])),
                _ => None,
            },
            Builtin::Varuint32 => TryInto::<u32>::try_into(value)
                .ok()
                .map(|value| self.writer.put_varuint32(value)),
            Builtin::Varint32 => TryInto::<i32>::try_into(value)
                .ok()
                .map(|value| self.writer.put_varuint32(VarInt32(value).to_zigzag())),
            _ => None,
        };
        answer.unwrap_or_else(|| {
            let what = if self.builtin == Builtin::Bool {
                "a bool"
            } else {
                "an integer"
            };
            let text = value.to_string();
            let error = InvalidValue::new(what, &text, "it is out of the type's range");
            Err(self.writer.fail(Reason::Value(error)))
        })
    }
}

impl Visitor<'_> for BuiltinVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.builtin {
            Builtin::Bool => f.write_str("true, false, 1 or 0"),
            Builtin::Int8
            | Builtin::Uint8
            | Builtin::Int16
            | Builtin::Uint16
            | Builtin::Int32
            | Builtin::Uint32
            | Builtin::Int64
            | Builtin::Uint64
            | Builtin::Varint32
            | Builtin::Varuint32 => f.write_str("an integer"),
            builtin => write!(f, "a text for {builtin:?}"),
        }
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        match self.builtin {
            Builtin::Bool => self.writer.put(&[value.into()]),
            _ => Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self)),
        }
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.put_number(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.put_number(value)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.writer.put_text(self.builtin, text)
    }
}

struct OptionalVisitor<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: TypeId,
}

impl<'de> Visitor<'de> for OptionalVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.writer.put(&[0])
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.writer.put(&[1])?;
        ValueSeed {
            writer: self.writer,
            ty: self.ty,
        }
        .deserialize(deserializer)
    }
}

struct ArrayVisitor<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: TypeId,
}

impl<'de> Visitor<'de> for ArrayVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { writer, ty } = self;
        // Most lists are short: one byte is kept for the length, and more is made room for when it is known.
        let start = writer.out.len();
        writer.put(&[0])?;
        let mut length = 0_usize;
        loop {
            let answer = seq.next_element_seed(ValueSeed {
                writer: &mut *writer,
                ty,
            });
            if writer.at(Step::Element(length), answer)?.is_none() {
                break;
            }
            length = length.saturating_add(1);
        }
        let length = u32::try_from(length).map_err(|_| writer.fail(Reason::TooLong))?;
        let (bytes, count) = varint::encode(length);
        let end = start.saturating_add(1);
        match (bytes, count, writer.out.get_mut(start)) {
            ([only, ..], 1, Some(place)) => *place = only,
            _ => drop(writer.out.splice(start..end, bytes.into_iter().take(count))),
        }
        Ok(())
    }
}

struct FixedArrayVisitor<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: TypeId,
    length: u32,
}

impl<'de> Visitor<'de> for FixedArrayVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.length)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { writer, ty, length } = self;
        let expected = usize::try_from(length).unwrap_or(usize::MAX);
        for index in 0..expected {
            let answer = seq.next_element_seed(ValueSeed {
                writer: &mut *writer,
                ty,
            });
            if writer.at(Step::Element(index), answer)?.is_none() {
                return Err(writer.fail(Reason::Length { expected }));
            }
        }
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(writer.fail(Reason::Length { expected })),
        }
    }
}

struct VariantVisitor<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: &'a Variant,
}

impl<'de> Visitor<'de> for VariantVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of a type's name and its value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { writer, ty } = self;
        let two = Reason::Length { expected: 2 };
        let Some((index, inner)) = seq.next_element_seed(AlternativeSeed {
            writer: &mut *writer,
            ty,
        })?
        else {
            return Err(writer.fail(two));
        };
        writer.put_varuint32(index)?;
        if seq
            .next_element_seed(ValueSeed {
                writer: &mut *writer,
                ty: inner,
            })?
            .is_none()
        {
            return Err(writer.fail(two));
        }
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(writer.fail(two)),
        }
    }
}

/// Finds the type that a variant's value is of.
struct AlternativeSeed<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: &'a Variant,
}

impl<'de> DeserializeSeed<'de> for AlternativeSeed<'_, '_> {
    type Value = (u32, TypeId);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for AlternativeSeed<'_, '_> {
    type Value = (u32, TypeId);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a type")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        (0..)
            .zip(&self.ty.alternatives)
            .find(|(_, (known, _))| known.as_ref() == name)
            .map(|(index, (_, ty))| (index, *ty))
            .ok_or_else(|| {
                self.writer
                    .fail(Reason::NotAnAlternative(excerpt(name).into()))
            })
    }
}

struct StructVisitor<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: &'a Struct,
}

impl<'de> Visitor<'de> for StructVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { writer, ty } = self;
        let mut next = 0_usize;
        loop {
            let seed = FieldSeed {
                writer: &mut *writer,
                ty,
                next,
            };
            let Some(place) = map.next_key_seed(seed)? else {
                break;
            };
            let Some(field) = ty.fields.get(place) else {
                return Err(A::Error::custom("no such field"));
            };
            if place > next {
                return Segments::new(writer, ty, next).read(map, place);
            }
            if place < next {
                return Err(writer.fail(Reason::DuplicateField(field.name.clone())));
            }
            let answer = map.next_value_seed(ValueSeed {
                writer: &mut *writer,
                ty: field.ty,
            });
            writer.at(Step::Field(&field.name), answer)?;
            next = next.saturating_add(1);
        }
        ty.fields
            .iter()
            .skip(next)
            .try_for_each(|field| writer.missing(field))
    }

    /// A list of the fields' values stands for a struct, as long as it has no base; cleos takes that too.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { writer, ty } = self;
        if ty.has_base {
            return Err(writer.fail(Reason::PositionalDerived));
        }
        for field in &ty.fields {
            let answer = seq.next_element_seed(ValueSeed {
                writer: &mut *writer,
                ty: field.ty,
            });
            if writer.at(Step::Field(&field.name), answer)?.is_some() {
                continue;
            }
            if !field.is_extension {
                return Err(writer.fail(Reason::MissingField(field.name.clone())));
            }
            writer.closed = true;
            return Ok(());
        }
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(writer.fail(Reason::Length {
                expected: ty.fields.len(),
            })),
        }
    }
}

/// Finds the field that an object's key names; most come in order.
struct FieldSeed<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: &'a Struct,
    next: usize,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_, '_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldSeed<'_, '_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<usize, E> {
        if self
            .ty
            .fields
            .get(self.next)
            .is_some_and(|field| field.name.as_ref() == name)
        {
            return Ok(self.next);
        }
        self.ty
            .places
            .get(name)
            .and_then(|place| usize::try_from(*place).ok())
            .ok_or_else(|| self.writer.fail(Reason::UnknownField(excerpt(name).into())))
    }
}

/// A struct whose fields do not come in order: each is written where the output ends, and they are put in order last.
struct Segments<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: &'a Struct,
    /// Where the struct's part of the output starts that is not in order.
    start: usize,
    /// Where each field's bytes are, and whether an absent extension ended them. Those before `first` are in place.
    places: Vec<Option<(Range<usize>, bool)>>,
    first: usize,
}

impl<'w, 'a> Segments<'w, 'a> {
    fn new(writer: &'w mut Writer<'a>, ty: &'a Struct, first: usize) -> Self {
        let start = writer.out.len();
        let places = vec![None; ty.fields.len().saturating_sub(first)];
        Self {
            writer,
            ty,
            start,
            places,
            first,
        }
    }

    /// Reads the value of the field at `place` and all that follow.
    fn read<'de, A: MapAccess<'de>>(mut self, mut map: A, place: usize) -> Result<(), A::Error> {
        let mut place = place;
        loop {
            self.read_field(&mut map, place)?;
            let next = place.saturating_add(1);
            let seed = FieldSeed {
                writer: &mut *self.writer,
                ty: self.ty,
                next,
            };
            match map.next_key_seed(seed)? {
                Some(found) => place = found,
                None => return self.arrange(),
            }
        }
    }

    fn read_field<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        place: usize,
    ) -> Result<(), A::Error> {
        let Some(field) = self.ty.fields.get(place) else {
            return Err(A::Error::custom("no such field"));
        };
        let slot = place
            .checked_sub(self.first)
            .and_then(|at| self.places.get_mut(at));
        let Some(slot @ None) = slot else {
            return Err(self.writer.fail(Reason::DuplicateField(field.name.clone())));
        };
        let writer = &mut *self.writer;
        let start = writer.out.len();
        let closed = std::mem::take(&mut writer.closed);
        let answer = map.next_value_seed(ValueSeed {
            writer: &mut *writer,
            ty: field.ty,
        });
        writer.at(Step::Field(&field.name), answer)?;
        let ended = std::mem::replace(&mut writer.closed, closed);
        *slot = Some((start..writer.out.len(), ended));
        Ok(())
    }

    /// Puts the fields' bytes in order, with zeros for missing optional ones between them.
    fn arrange<E: serde::de::Error>(self) -> Result<(), E> {
        let Self {
            writer,
            ty,
            start,
            places,
            first,
        } = self;
        let unordered = writer.out.split_off(start.min(writer.out.len()));
        for (field, place) in ty.fields.iter().skip(first).zip(places) {
            let Some((range, ended)) = place else {
                writer.missing(field)?;
                continue;
            };
            let range = range.start.saturating_sub(start)..range.end.saturating_sub(start);
            let bytes = unordered.get(range).unwrap_or_default();
            if !bytes.is_empty() {
                let answer = writer.put(bytes);
                writer.at(Step::Field(&field.name), answer)?;
            }
            writer.closed |= ended;
        }
        Ok(())
    }
}
