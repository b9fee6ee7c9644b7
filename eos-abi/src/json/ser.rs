//! Writing JSON with nodeos' habits.

use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use crate::hex;
use crate::json::absent::is_absent;
use crate::json::number::{ExactFloat, MAX_BARE};
use crate::stack_text::StackText;

/// A JSON serializer that writes numbers, flags, enums and bytes as nodeos does.
pub(crate) struct ChainSerializer<S>(pub(crate) S);

/// A value that is to be written by a [`ChainSerializer`].
struct Chain<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Chain<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(ChainSerializer(serializer))
    }
}

/// Writes an unsigned integer: beyond 32 bits as text.
pub(crate) fn unsigned<S: Serializer>(serializer: S, value: u64) -> Result<S::Ok, S::Error> {
    if value <= MAX_BARE {
        return serializer.serialize_u64(value);
    }
    let mut text = StackText::<20>::new();
    text.push_number_front(value, 1);
    serializer.serialize_str(text.as_str())
}

/// Writes a signed integer: beyond 32 bits of magnitude as text.
pub(crate) fn signed<S: Serializer>(serializer: S, value: i64) -> Result<S::Ok, S::Error> {
    if value.unsigned_abs() <= MAX_BARE {
        return serializer.serialize_i64(value);
    }
    let mut text = StackText::<20>::new();
    text.push_number_front(value.unsigned_abs(), 1);
    if value < 0 {
        text.push_front(b'-');
    }
    serializer.serialize_str(text.as_str())
}

macro_rules! pass_through {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.0.$method(value)
        })*
    };
}

impl<S: Serializer> Serializer for ChainSerializer<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Compound<S::SerializeSeq>;
    type SerializeTuple = Compound<S::SerializeTuple>;
    type SerializeTupleStruct = Compound<S::SerializeTupleStruct>;
    type SerializeTupleVariant = TupleVariant<S>;
    type SerializeMap = Compound<S::SerializeMap>;
    type SerializeStruct = Compound<S::SerializeStruct>;
    type SerializeStructVariant = StructVariant<S>;

    pass_through! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_u8: u8, serialize_u16: u16,
        serialize_u32: u32, serialize_char: char, serialize_str: &str,
    }

    fn serialize_bool(self, value: bool) -> Result<S::Ok, S::Error> {
        self.0.serialize_u8(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<S::Ok, S::Error> {
        signed(self.0, value)
    }

    fn serialize_u64(self, value: u64) -> Result<S::Ok, S::Error> {
        unsigned(self.0, value)
    }

    fn serialize_i128(self, value: i128) -> Result<S::Ok, S::Error> {
        self.0.collect_str(&value)
    }

    fn serialize_u128(self, value: u128) -> Result<S::Ok, S::Error> {
        self.0.collect_str(&value)
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        self.0.collect_str(&ExactFloat(value))
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        self.0.collect_str(&ExactFloat(value))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<S::Ok, S::Error> {
        let mut text = String::new();
        hex::encode_into(value, &mut text);
        self.0.serialize_str(&text)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Chain(value))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit()
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_struct(name)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Chain(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let mut pair = self.0.serialize_seq(Some(2))?;
        pair.serialize_element(variant)?;
        pair.serialize_element(&Chain(value))?;
        pair.end()
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(length).map(Compound)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(length).map(Compound)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.0.serialize_tuple_struct(name, length).map(Compound)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        Ok(TupleVariant {
            serializer: self.0,
            variant,
            elements: Vec::new(),
        })
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(length).map(Compound)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, length).map(Compound)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        Ok(StructVariant {
            serializer: self.0,
            variant,
            fields: Vec::new(),
        })
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }
}

/// A list or an object that is being written.
pub(crate) struct Compound<C>(C);

macro_rules! compound {
    ($($trait:ident: $method:ident,)*) => {
        $(impl<C: ser::$trait> ser::$trait for Compound<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                self.0.$method(&Chain(value))
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.0.end()
            }
        })*
    };
}

compound! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
}

impl<C: ser::SerializeStruct> ser::SerializeStruct for Compound<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), C::Error> {
        // nodeos leaves an absent extension out, where serde would write `null`.
        if is_absent(value) {
            return self.0.skip_field(name);
        }
        self.0.serialize_field(name, &Chain(value))
    }

    fn skip_field(&mut self, name: &'static str) -> Result<(), C::Error> {
        self.0.skip_field(name)
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.0.end()
    }
}

impl<C: SerializeMap> SerializeMap for Compound<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    /// Keys are texts whatever their type, so that the habits with numbers do not apply.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        self.0.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        self.0.serialize_value(&Chain(value))
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.0.end()
    }
}

/// A variant that holds several values: `["name", [a, b]]`.
///
/// The outer list can only be begun when the inner one is known, so the elements are kept as text. Variants of an ABI
/// hold one value and do not come here.
pub(crate) struct TupleVariant<S> {
    serializer: S,
    variant: &'static str,
    elements: Vec<Box<RawValue>>,
}

impl<S: Serializer> ser::SerializeTupleVariant for TupleVariant<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.elements.push(raw(value)?);
        Ok(())
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        let mut pair = self.serializer.serialize_seq(Some(2))?;
        pair.serialize_element(self.variant)?;
        pair.serialize_element(&self.elements)?;
        pair.end()
    }
}

/// A variant with named fields: `["name", {"a": 1}]`. It keeps text as [`TupleVariant`] does.
pub(crate) struct StructVariant<S> {
    serializer: S,
    variant: &'static str,
    fields: Vec<(&'static str, Box<RawValue>)>,
}

impl<S: Serializer> ser::SerializeStructVariant for StructVariant<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if !is_absent(value) {
            self.fields.push((name, raw(value)?));
        }
        Ok(())
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        let mut pair = self.serializer.serialize_seq(Some(2))?;
        pair.serialize_element(self.variant)?;
        pair.serialize_element(&Object(&self.fields))?;
        pair.end()
    }
}

struct Object<'a>(&'a [(&'static str, Box<RawValue>)]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn raw<T: Serialize + ?Sized, E: ser::Error>(value: &T) -> Result<Box<RawValue>, E> {
    let text = crate::json::to_string(value).map_err(E::custom)?;
    RawValue::from_string(text).map_err(E::custom)
}
