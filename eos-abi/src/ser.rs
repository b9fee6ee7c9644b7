//! EOSIO's binary format as a serde serializer.

use std::io::Write;

use serde::ser::{self, Serialize};

use crate::error::EncodeError;
use crate::limits::MAX_DEPTH;
use crate::{binary_extension, varint};

/// Returns the binary form of `value`.
///
/// # Errors
///
/// When the value contains something the format has no form for (maps, floats as map keys, skipped fields, …).
pub fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    // Room for most actions' arguments, so that the buffer need not grow in steps.
    let mut bytes = Vec::with_capacity(64);
    to_writer(&mut bytes, value)?;
    Ok(bytes)
}

/// Writes the binary form of `value` to `writer`.
///
/// With a `&mut Vec<u8>` that has room left nothing is allocated, and nothing but memory is written. What a failed
/// call has already written stays written.
///
/// # Errors
///
/// As [`to_bytes`], and when the writer fails.
pub fn to_writer<W: Write, T: Serialize + ?Sized>(writer: W, value: &T) -> Result<(), EncodeError> {
    value.serialize(&mut Serializer {
        writer,
        depth: 0,
        closed: false,
    })
}

struct Serializer<W> {
    writer: W,
    depth: u32,
    /// An absent binary extension was written: nothing may follow.
    closed: bool,
}

impl<W: Write> Serializer<W> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        if self.closed {
            return Err(EncodeError::AfterExtension);
        }
        self.writer.write_all(bytes).map_err(EncodeError::Write)
    }

    #[inline]
    fn put_varuint32(&mut self, value: u32) -> Result<(), EncodeError> {
        if let Ok(byte @ ..0x80) = u8::try_from(value) {
            return self.put(&[byte]);
        }
        let (bytes, length) = varint::encode(value);
        self.put(bytes.get(..length).unwrap_or(&bytes))
    }

    fn put_length(&mut self, length: usize) -> Result<(), EncodeError> {
        let length = u32::try_from(length).map_err(|_| EncodeError::TooLong { length })?;
        self.put_varuint32(length)
    }

    fn enter(&mut self) -> Result<(), EncodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(EncodeError::TooDeep { limit: MAX_DEPTH });
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Begins a tuple or a struct, which cannot hold itself and needs no limit on depth.
    #[inline]
    fn flat(&mut self) -> Compound<'_, W> {
        Compound {
            serializer: self,
            announced: None,
            given: 0,
            is_nested: false,
        }
    }

    /// Begins a sequence, or a variant with several fields.
    fn nested(&mut self, announced: Option<usize>) -> Result<Compound<'_, W>, EncodeError> {
        self.enter()?;
        Ok(Compound {
            serializer: self,
            announced,
            given: 0,
            is_nested: true,
        })
    }
}

macro_rules! little_endian {
    ($($method:ident: $type:ty,)*) => {
        $(#[inline]
        fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.put(&value.to_le_bytes())
        })*
    };
}

impl<'a, W: Write> ser::Serializer for &'a mut Serializer<W> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Compound<'a, W>;
    type SerializeTuple = Compound<'a, W>;
    type SerializeTupleStruct = Compound<'a, W>;
    type SerializeTupleVariant = Compound<'a, W>;
    type SerializeMap = ser::Impossible<(), EncodeError>;
    type SerializeStruct = Compound<'a, W>;
    type SerializeStructVariant = Compound<'a, W>;

    little_endian! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
        serialize_f32: f32, serialize_f64: f64,
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), EncodeError> {
        self.put(&[u8::from(value)])
    }

    fn serialize_char(self, _: char) -> Result<(), EncodeError> {
        Err(EncodeError::Unsupported {
            what: "single characters",
        })
    }

    fn serialize_str(self, value: &str) -> Result<(), EncodeError> {
        self.serialize_bytes(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), EncodeError> {
        self.put_length(value.len())?;
        self.put(value)
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        self.put(&[0])
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        self.put(&[1])?;
        self.enter()?;
        value.serialize(&mut *self)?;
        self.leave();
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), EncodeError> {
        self.closed |= name == binary_extension::ABSENT;
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
    ) -> Result<(), EncodeError> {
        self.put_varuint32(index)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        // Also when it takes no bytes: it is there, and one before it is not.
        if self.closed && name == binary_extension::EXTENSION {
            return Err(EncodeError::AfterExtension);
        }
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.put_varuint32(index)?;
        self.enter()?;
        value.serialize(&mut *self)?;
        self.leave();
        Ok(())
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Compound<'a, W>, EncodeError> {
        let length = length.ok_or(EncodeError::UnknownLength)?;
        self.put_length(length)?;
        self.nested(Some(length))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a, W>, EncodeError> {
        Ok(self.flat())
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Compound<'a, W>, EncodeError> {
        Ok(self.flat())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Compound<'a, W>, EncodeError> {
        self.put_varuint32(index)?;
        self.nested(None)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, EncodeError> {
        Err(EncodeError::Unsupported {
            what: "maps (and flattened structs)",
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'a, W>, EncodeError> {
        Ok(self.flat())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Compound<'a, W>, EncodeError> {
        self.put_varuint32(index)?;
        self.nested(None)
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        self.serialize_str(&value.to_string())
    }
}

/// A sequence, tuple or struct that is being written.
struct Compound<'a, W> {
    serializer: &'a mut Serializer<W>,
    announced: Option<usize>,
    given: usize,
    is_nested: bool,
}

impl<W: Write> Compound<'_, W> {
    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.given = self.given.saturating_add(1);
        value.serialize(&mut *self.serializer)
    }

    #[inline]
    fn finish(self) -> Result<(), EncodeError> {
        if self.is_nested {
            self.serializer.leave();
        }
        match self.announced {
            Some(announced) if announced != self.given => Err(EncodeError::WrongLength {
                announced,
                given: self.given,
            }),
            _ => Ok(()),
        }
    }
}

macro_rules! compound {
    ($($trait:ident: $method:ident,)*) => {
        $(impl<W: Write> ser::$trait for Compound<'_, W> {
            type Ok = ();
            type Error = EncodeError;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), EncodeError> {
                self.finish()
            }
        })*
    };
}

compound! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

macro_rules! named_compound {
    ($($trait:ident,)*) => {
        $(impl<W: Write> ser::$trait for Compound<'_, W> {
            type Ok = ();
            type Error = EncodeError;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _: &'static str,
                value: &T,
            ) -> Result<(), EncodeError> {
                self.element(value)
            }

            fn skip_field(&mut self, field: &'static str) -> Result<(), EncodeError> {
                Err(EncodeError::Skipped { field })
            }

            #[inline]
            fn end(self) -> Result<(), EncodeError> {
                self.finish()
            }
        })*
    };
}

named_compound! { SerializeStruct, SerializeStructVariant, }
