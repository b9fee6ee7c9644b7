//! Binary in the making: what was written, what may still be, and what went wrong.

use eos_keys::{KeyType, PrivateKey, PublicKey, Signature};

use super::builtin::Builtin;
use super::error::{Reason, Step};
use super::rules::Rules;
use super::types::{Member, Type, Types};
use crate::error::InvalidValue;
use crate::json::number::{parse_float, parse_integer};
use crate::{
    Asset, Bitset, BlockTimestamp, Checksum160, Checksum256, Checksum512, Float128, Name, Symbol,
    SymbolCode, TimePoint, TimePointSec, VarInt32, hex, varint,
};

/// How much binary a byte of JSON can rightly become: `[0,0]` as 128-bit integers.
const GROWTH: usize = 8;

/// What has been written, and what may still be.
pub(super) struct Writer<'a> {
    pub(super) types: Types<'a>,
    pub(super) out: Vec<u8>,
    /// How long `out` may become.
    most: usize,
    pub(super) rules: Rules,
    depth: u32,
    /// An absent binary extension was passed: nothing may follow.
    pub(super) closed: bool,
    /// A binary extension was there.
    pub(super) extended: bool,
    /// Why writing stopped. serde carries only a text upwards, so that the reason waits here.
    pub(super) failure: Option<Reason>,
    /// The way to the failure, from the inside to the outside, noted on the way up.
    pub(super) steps: Vec<Step<'a>>,
}

impl<'a> Writer<'a> {
    /// Returns a writer for the binary form of `json`.
    pub(super) fn new(types: Types<'a>, json: &str, rules: Rules) -> Self {
        Self {
            types,
            out: Vec::with_capacity(json.len().min(4096) / 2),
            most: rules
                .limits
                .output()
                .saturating_add(json.len().saturating_mul(GROWTH)),
            rules,
            depth: 0,
            closed: false,
            extended: false,
            failure: None,
            steps: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn put<E: serde::de::Error>(&mut self, bytes: &[u8]) -> Result<(), E> {
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

    pub(super) fn put_varuint32<E: serde::de::Error>(&mut self, value: u32) -> Result<(), E> {
        let (bytes, length) = varint::encode(value);
        self.put(bytes.get(..length).unwrap_or(&bytes))
    }

    fn put_sized<E: serde::de::Error>(&mut self, bytes: &[u8]) -> Result<(), E> {
        let length = u32::try_from(bytes.len()).map_err(|_| self.fail(Reason::TooLong))?;
        self.put_varuint32(length)?;
        self.put(bytes)
    }

    #[cold]
    pub(super) fn fail<E: serde::de::Error>(&mut self, reason: Reason) -> E {
        self.failure.get_or_insert(reason);
        E::custom("")
    }

    pub(super) fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        let limit = self.rules.limits.depth();
        if self.depth >= limit {
            return Err(self.fail(Reason::TooDeep { limit }));
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Notes on the way up where the failure lies.
    pub(super) fn at<T, E>(&mut self, step: Step<'a>, answer: Result<T, E>) -> Result<T, E> {
        if answer.is_err() {
            self.steps.push(step);
        }
        answer
    }

    /// Notes that a field is there. No extension may follow an absent one, not even such that takes no bytes.
    #[inline]
    pub(super) fn present<E: serde::de::Error>(
        &mut self,
        field: &Member,
        closed: bool,
    ) -> Result<(), E> {
        if field.is_extension {
            self.extended = true;
            if closed {
                return Err(self.fail(Reason::AfterExtension));
            }
        }
        Ok(())
    }

    /// Writes what stands for fields that are not there.
    pub(super) fn missing<E: serde::de::Error>(&mut self, fields: &[Member]) -> Result<(), E> {
        for field in fields {
            if field.is_extension {
                // Only extensions follow one, so that there is nothing to be done for those.
                self.closed = true;
                return Ok(());
            }
            match self.types.get(field.ty) {
                Type::Optional(_) => self.put(&[0])?,
                _ => return Err(self.fail(Reason::MissingField(self.types.name(field).into()))),
            }
        }
        Ok(())
    }

    /// Writes the value that a text stands for.
    pub(super) fn put_text<E: serde::de::Error>(
        &mut self,
        builtin: Builtin,
        text: &str,
    ) -> Result<(), E> {
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
            Builtin::Bool if self.rules.lenient => integer!(u8, |value| [value]),
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
            Builtin::PrivateKey => match text.parse::<PrivateKey>() {
                Ok(key) => {
                    let curve = match key.key_type() {
                        KeyType::R1 => 1,
                        _ => 0,
                    };
                    self.put(&[curve])?;
                    self.put(key.expose_bytes())
                }
                Err(error) => Err(self.fail(Reason::Key(error.into(), "a private key"))),
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
