//! Binary to JSON: bytes are read while the JSON is written.

use std::cell::RefCell;

use eos_keys::{KeyType, PrivateKey, PublicKey, Signature};
use serde::de::Deserialize;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::builtin::Builtin;
use super::error::{CodecError, Reason, Step, path};
use super::rules::Rules;
use super::types::{Struct, Type, TypeId, Types, Variant};
use crate::cursor::Cursor;
use crate::de::from_cursor;
use crate::error::DecodeError;
use crate::json::number::FloatText;
use crate::json::print::Printer;
use crate::json::ser::{signed, unsigned};
use crate::{
    Asset, Bitset, BlockTimestamp, Checksum160, Checksum256, Checksum512, Float128, Name, Symbol,
    SymbolCode, TimePoint, TimePointSec, VarInt32, hex,
};

/// How much JSON a byte of binary can rightly become: a large float has 328 characters for its eight bytes.
const GROWTH: usize = 64;

/// Unpacks a value to JSON text.
pub(super) fn decode(
    types: Types<'_>,
    ty: TypeId,
    bytes: &[u8],
    rules: Rules,
) -> Result<String, CodecError> {
    let most = rules
        .limits
        .output()
        .saturating_add(bytes.len().saturating_mul(GROWTH));
    // Room for most: names of fields take as much as their values.
    let capacity = bytes.len().saturating_mul(4).clamp(128, 4096);
    let mut printer = Printer::new(capacity, most);
    let reader = Reader::new(types, bytes, rules);
    match reader.write(ty, &mut printer) {
        Ok(()) => Ok(printer.into_text()),
        Err(error) => {
            let state = reader.state.into_inner();
            let reason = match state.failure {
                _ if printer.is_full() => Reason::TooMuchOutput { limit: most },
                Some(reason) => reason,
                None => Reason::Json(error.into()),
            };
            Err(CodecError::new(path(&state.steps), reason))
        }
    }
}

/// Bytes seen as a value of an ABI's type: read while it is serialised, by any serializer.
///
/// Text forms are used whatever the serializer; integers beyond 32 bits, floats and flags come as nodeos prints them.
#[derive(Debug, Clone)]
pub struct Decoded<'a> {
    types: Types<'a>,
    ty: TypeId,
    bytes: &'a [u8],
    rules: Rules,
}

impl<'a> Decoded<'a> {
    pub(super) fn new(types: Types<'a>, ty: TypeId, bytes: &'a [u8], rules: Rules) -> Self {
        Self {
            types,
            ty,
            bytes,
            rules,
        }
    }
}

impl Serialize for Decoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reader = Reader::new(self.types, self.bytes, self.rules);
        reader.write(self.ty, serializer).map_err(|error| {
            let state = reader.state.into_inner();
            match state.failure {
                Some(reason) => S::Error::custom(CodecError::new(path(&state.steps), reason)),
                None => error,
            }
        })
    }
}

/// What is being read. serde hands values around by shared reference, hence the cell.
struct Reader<'a> {
    types: Types<'a>,
    state: RefCell<State<'a>>,
}

struct State<'a> {
    cursor: Cursor<'a>,
    private_keys: bool,
    /// Why reading stopped. serde carries only a text upwards, so that the reason waits here.
    failure: Option<Reason>,
    /// The way to the failure, from the inside to the outside, noted on the way up.
    steps: Vec<Step<'a>>,
}

impl<'a> Reader<'a> {
    fn new(types: Types<'a>, bytes: &'a [u8], rules: Rules) -> Self {
        let cursor = Cursor::new(bytes, rules.limits).with_leniency(rules.lenient);
        let state = RefCell::new(State {
            cursor,
            private_keys: rules.private_keys,
            failure: None,
            steps: Vec::new(),
        });
        Self { types, state }
    }

    /// Writes the whole input as one value.
    fn write<S: Serializer>(&self, ty: TypeId, serializer: S) -> Result<S::Ok, S::Error> {
        let answer = Value { reader: self, ty }.serialize(serializer)?;
        self.read(|cursor| cursor.finish())?;
        Ok(answer)
    }

    /// Reads from the input, and keeps the reason when that fails.
    #[inline]
    fn read<T, E: serde::ser::Error>(
        &self,
        read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DecodeError>,
    ) -> Result<T, E> {
        let mut state = self.state.borrow_mut();
        match read(&mut state.cursor) {
            Ok(value) => Ok(value),
            Err(error) => {
                state.failure.get_or_insert(Reason::Decode(error));
                Err(E::custom(""))
            }
        }
    }

    fn fail<E: serde::ser::Error>(&self, reason: Reason) -> E {
        self.state.borrow_mut().failure.get_or_insert(reason);
        E::custom("")
    }

    /// Notes on the way up where the failure lies.
    #[inline]
    fn at<T, E>(&self, step: Step<'a>, answer: Result<T, E>) -> Result<T, E> {
        if answer.is_err() {
            self.state.borrow_mut().steps.push(step);
        }
        answer
    }

    fn offset(&self) -> usize {
        self.state.borrow().cursor.offset()
    }

    fn is_at_end(&self) -> bool {
        self.state.borrow().cursor.is_at_end()
    }
}

/// The value of a type that comes next.
struct Value<'r, 'a> {
    reader: &'r Reader<'a>,
    ty: TypeId,
}

impl Serialize for Value<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { reader, ty } = *self;
        let ty = match reader.types.get(ty) {
            Type::Builtin(builtin) => return write_builtin(reader, builtin, serializer),
            ty => ty,
        };
        let start = reader.offset();
        reader.read(Cursor::enter)?;
        let answer = match ty {
            Type::Struct(ty) => write_struct(reader, ty, serializer)?,
            Type::Variant(ty) => write_variant(reader, ty, serializer)?,
            Type::Optional(ty) => {
                if reader.read(|cursor| cursor.flag("an optional value"))? {
                    Value { reader, ty }.serialize(serializer)?
                } else {
                    serializer.serialize_none()?
                }
            }
            Type::Array(ty) => {
                let length = reader.read(Cursor::length)?;
                write_elements(reader, ty, length, serializer)?
            }
            Type::FixedArray(ty, length) => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                write_elements(reader, ty, length, serializer)?
            }
            Type::Builtin(_) => serializer.serialize_none()?,
        };
        reader.read(|cursor| {
            cursor.leave();
            if cursor.offset() == start {
                cursor.charge_empty()
            } else {
                Ok(())
            }
        })?;
        Ok(answer)
    }
}

fn write_struct<S: Serializer>(
    reader: &Reader<'_>,
    ty: Struct,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let types = reader.types;
    let mut map = serializer.serialize_map(None)?;
    for field in types.members(ty.fields) {
        if field.is_extension && reader.is_at_end() {
            break;
        }
        let (name, ty) = (types.name(field), field.ty);
        let answer = map.serialize_entry(name, &Value { reader, ty });
        reader.at(Step::Field(name), answer)?;
    }
    map.end()
}

fn write_elements<S: Serializer>(
    reader: &Reader<'_>,
    ty: TypeId,
    length: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // The number may be a lie, so that no serializer is to make room for it.
    let mut seq = serializer.serialize_seq(None)?;
    for index in 0..length {
        let answer = seq.serialize_element(&Value { reader, ty });
        reader.at(Step::Element(index), answer)?;
    }
    seq.end()
}

fn write_variant<S: Serializer>(
    reader: &Reader<'_>,
    ty: Variant,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let index = reader.read(Cursor::varuint32)?;
    let alternatives = reader.types.members(ty.alternatives);
    let alternative = usize::try_from(index)
        .ok()
        .and_then(|index| alternatives.get(index));
    let Some(alternative) = alternative else {
        return Err(reader.fail(Reason::BadIndex {
            index,
            count: alternatives.len(),
        }));
    };
    let ty = alternative.ty;
    let mut seq = serializer.serialize_seq(Some(2))?;
    seq.serialize_element(reader.types.name(alternative))?;
    seq.serialize_element(&Value { reader, ty })?;
    seq.end()
}

fn write_builtin<S: Serializer>(
    reader: &Reader<'_>,
    builtin: Builtin,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    macro_rules! number {
        ($type:ty) => {{
            let bytes = reader.read(Cursor::array)?;
            <$type>::from_le_bytes(bytes)
        }};
    }
    macro_rules! text {
        ($type:ty) => {{
            let value: $type = reader.read(from_cursor)?;
            serializer.collect_str(&value)
        }};
    }
    match builtin {
        Builtin::Bool => serializer.serialize_u8(reader.read(Cursor::bool_byte)?),
        Builtin::Int8 => serializer.serialize_i8(number!(i8)),
        Builtin::Uint8 => serializer.serialize_u8(number!(u8)),
        Builtin::Int16 => serializer.serialize_i16(number!(i16)),
        Builtin::Uint16 => serializer.serialize_u16(number!(u16)),
        Builtin::Int32 => serializer.serialize_i32(number!(i32)),
        Builtin::Uint32 => serializer.serialize_u32(number!(u32)),
        Builtin::Int64 => signed(serializer, number!(i64)),
        Builtin::Uint64 => unsigned(serializer, number!(u64)),
        Builtin::Int128 => serializer.collect_str(&number!(i128)),
        Builtin::Uint128 => serializer.collect_str(&number!(u128)),
        Builtin::Varuint32 => serializer.serialize_u32(reader.read(Cursor::varuint32)?),
        Builtin::Varint32 => {
            let value = VarInt32::from_zigzag(reader.read(Cursor::varuint32)?);
            serializer.serialize_i32(value.0)
        }
        Builtin::Float32 => serializer.collect_str(&FloatText(number!(f32).into())),
        Builtin::Float64 => serializer.collect_str(&FloatText(number!(f64))),
        Builtin::Float128 => text!(Float128),
        Builtin::TimePoint => text!(TimePoint),
        Builtin::TimePointSec => text!(TimePointSec),
        Builtin::BlockTimestamp => text!(BlockTimestamp),
        Builtin::Name => {
            let name: Name = reader.read(from_cursor)?;
            serializer.serialize_str(name.text().as_str())
        }
        Builtin::Checksum160 => text!(Checksum160),
        Builtin::Checksum256 => text!(Checksum256),
        Builtin::Checksum512 => text!(Checksum512),
        Builtin::Symbol => text!(Symbol),
        Builtin::SymbolCode => text!(SymbolCode),
        Builtin::Asset => {
            let asset: Asset = reader.read(from_cursor)?;
            serializer.serialize_str(asset.text().as_str())
        }
        Builtin::Bitset => text!(Bitset),
        Builtin::PublicKey => {
            let key: PublicKey = reader.read(webauthn_sized)?;
            serializer.collect_str(&key)
        }
        Builtin::Signature => {
            let signature: Signature = reader.read(webauthn_sized)?;
            serializer.collect_str(&signature)
        }
        Builtin::PrivateKey => {
            if !reader.state.borrow().private_keys {
                return Err(reader.fail(Reason::PrivateKey));
            }
            let key = reader.read(private_key)?;
            serializer.serialize_str(key.expose_modern_text().expose())
        }
        // A row with a damaged text must stay readable: bad bytes are left out, as nodeos does.
        Builtin::String => {
            let bytes = reader.read(Cursor::bytes)?;
            if let Ok(text) = std::str::from_utf8(bytes) {
                return serializer.serialize_str(text);
            }
            let text: String = bytes.utf8_chunks().map(|chunk| chunk.valid()).collect();
            serializer.serialize_str(&text)
        }
        Builtin::Bytes => {
            let mut text = String::new();
            hex::encode_into(reader.read(Cursor::bytes)?, &mut text);
            serializer.serialize_str(&text)
        }
    }
}

/// How many bytes a key or a signature may have. Base58 takes the square of them in time, so that there must be a limit;
/// a real WebAuthn signature has about 300.
const MAX_KEY: usize = 3000;

/// Reads a key or a signature that is short enough to be printed.
fn webauthn_sized<'de, T: Deserialize<'de>>(cursor: &mut Cursor<'de>) -> Result<T, DecodeError> {
    let offset = cursor.offset();
    let value = from_cursor(cursor)?;
    let length = cursor.offset().saturating_sub(offset);
    if length > MAX_KEY {
        return Err(DecodeError::Value {
            message: format!(
                "the key or signature at byte {offset} has {length} bytes, {MAX_KEY} are allowed"
            )
            .into(),
        });
    }
    Ok(value)
}

/// Reads a private key: a byte for its curve, and the secret.
fn private_key(cursor: &mut Cursor<'_>) -> Result<PrivateKey, DecodeError> {
    let offset = cursor.offset();
    let invalid = || DecodeError::Value {
        message: format!("the bytes from {offset} on are not a private key").into(),
    };
    let key_type = match cursor.array()? {
        [0] => KeyType::K1,
        [1] => KeyType::R1,
        _ => return Err(invalid()),
    };
    let secret = cursor.take(32)?.try_into().map_err(|_| invalid())?;
    PrivateKey::from_bytes(key_type, secret).map_err(|_| invalid())
}
