//! Telling an absent binary extension before its name is written.

use std::fmt::Error as NotAbsent;

use serde::ser::{Impossible, Serialize, Serializer};

use crate::binary_extension::ABSENT;

/// Returns whether `value` is a binary extension that is absent. Nothing but its outermost kind is looked at.
pub(crate) fn is_absent<T: Serialize + ?Sized>(value: &T) -> bool {
    value.serialize(Probe).is_ok()
}

/// Accepts an absent extension and refuses everything else at once.
struct Probe;

macro_rules! refuse {
    ($($method:ident($($argument:ty),*) -> $answer:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$answer, NotAbsent> {
            Err(NotAbsent)
        })*
    };
}

type Refused = Impossible<(), NotAbsent>;

impl Serializer for Probe {
    type Ok = ();
    type Error = NotAbsent;
    type SerializeSeq = Refused;
    type SerializeTuple = Refused;
    type SerializeTupleStruct = Refused;
    type SerializeTupleVariant = Refused;
    type SerializeMap = Refused;
    type SerializeStruct = Refused;
    type SerializeStructVariant = Refused;

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_i128(i128) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_u128(u128) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Refused;
        serialize_tuple(usize) -> Refused;
        serialize_tuple_struct(&'static str, usize) -> Refused;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Refused;
        serialize_map(Option<usize>) -> Refused;
        serialize_struct(&'static str, usize) -> Refused;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Refused;
    }

    /// Values give their cheapest form then, and an absent extension says what it is.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), NotAbsent> {
        if name == ABSENT {
            Ok(())
        } else {
            Err(NotAbsent)
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), NotAbsent> {
        Err(NotAbsent)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<(), NotAbsent> {
        Err(NotAbsent)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NotAbsent> {
        Err(NotAbsent)
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, _: &T) -> Result<(), NotAbsent> {
        Err(NotAbsent)
    }
}
