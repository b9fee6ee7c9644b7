//! JSON to binary: bytes are written while the JSON is read.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::builtin::Builtin;
use super::error::{CodecError, Reason, Step, path};
use super::lenient;
use super::rules::Rules;
use super::struct_to_bin::StructVisitor;
use super::types::{Type, TypeId, Types, Variant};
use super::writer::Writer;
use crate::error::{InvalidValue, excerpt};
use crate::json::{self, de::unquoted};
use crate::{VarInt32, varint};

/// Packs the value that `json` is.
pub(super) fn encode(
    types: Types<'_>,
    ty: TypeId,
    json: &str,
    rules: Rules,
) -> Result<Vec<u8>, CodecError> {
    let mut writer = Writer::new(types, json, rules);
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
            let reason = writer
                .failure
                .unwrap_or_else(|| Reason::Json(json::short(&error)));
            Err(CodecError::new(path(&writer.steps), reason))
        }
    }
}

/// Reads a value of a type and writes it.
pub(super) struct ValueSeed<'w, 'a> {
    pub(super) writer: &'w mut Writer<'a>,
    pub(super) ty: TypeId,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { writer, ty } = self;
        let ty = match writer.types.get(ty) {
            Type::Builtin(builtin) => return put_builtin(writer, builtin, deserializer),
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
                    ty,
                })?;
            }
            Type::Array(ty) => {
                deserializer.deserialize_seq(ArrayVisitor {
                    writer: &mut *writer,
                    ty,
                })?;
            }
            Type::FixedArray(ty, length) => {
                let visitor = FixedArrayVisitor {
                    writer: &mut *writer,
                    ty,
                    length,
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
            let text = match builtin {
                _ if !writer.rules.lenient => unquoted(raw).map(Cow::Borrowed),
                Builtin::Float32 | Builtin::Float64 => lenient::float(raw),
                _ => lenient::wide_integer(raw, builtin),
            };
            if let Some(text) = text {
                return writer.put_text(builtin, &text);
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
        | Builtin::Varuint32
            if writer.rules.lenient =>
        {
            let raw = <&RawValue>::deserialize(deserializer)?.get();
            if let Some(text) = lenient::integer(raw) {
                return writer.put_text(builtin, &text);
            }
            let reason = "it is neither digits nor a text of them";
            Err(writer.fail(Reason::Value(InvalidValue::new("an integer", raw, reason))))
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
        Builtin::String | Builtin::Asset | Builtin::Symbol if writer.rules.lenient => {
            let raw = <&RawValue>::deserialize(deserializer)?.get();
            match lenient::text(raw, builtin) {
                Ok(text) => writer.put_text(builtin, &text),
                Err(error) => Err(writer.fail(Reason::Json(json::short(&error)))),
            }
        }
        Builtin::PrivateKey if !writer.rules.private_keys => Err(writer.fail(Reason::PrivateKey)),
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
    ty: Variant,
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
    ty: Variant,
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
        let types = self.writer.types;
        let run = self.ty.alternatives;
        types
            .catalog
            .place(run, name)
            .and_then(|place| {
                let index = u32::try_from(place).ok()?;
                Some((index, types.members(run).get(place)?.ty))
            })
            .ok_or_else(|| {
                self.writer
                    .fail(Reason::NotAnAlternative(excerpt(name).into()))
            })
    }
}
