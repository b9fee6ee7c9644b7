//! Printing the JSON of ABIs and of decoded values, in half of `serde_json`'s time.
//!
//! Integers, texts, lists, objects and `null` are all that they have. What else serde knows has no form here.

use std::fmt::{self, Write};

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::escape;
use super::number::MAX_BARE;
use crate::stack_text::StackText;

/// A JSON text in the making, which refuses to grow beyond a limit.
pub(crate) struct Printer {
    text: String,
    most: usize,
    is_full: bool,
}

/// Why a value has no JSON.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct PrintError(Box<str>);

impl PrintError {
    fn unsupported() -> Self {
        Self("the value is neither an integer, a text, a list nor an object".into())
    }
}

impl ser::Error for PrintError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string().into())
    }
}

impl Printer {
    /// Returns a printer with room for `capacity` bytes, of a text that may have `most`.
    pub(crate) fn new(capacity: usize, most: usize) -> Self {
        Self {
            text: String::with_capacity(capacity),
            most,
            is_full: false,
        }
    }

    /// Returns whether there was more to print than allowed.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    #[inline]
    fn put(&mut self, text: &str) -> Result<(), PrintError> {
        self.need(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    #[inline]
    fn put_mark(&mut self, mark: char) -> Result<(), PrintError> {
        self.need(mark.len_utf8())?;
        self.text.push(mark);
        Ok(())
    }

    /// Prints the name of a field of ours, in which nothing is escaped, and what stands around it.
    #[inline]
    fn put_key(&mut self, key: &str, is_first: bool) -> Result<(), PrintError> {
        self.need(key.len().saturating_add(4))?;
        self.text.push_str(if is_first { "\"" } else { ",\"" });
        self.text.push_str(key);
        self.text.push_str("\":");
        Ok(())
    }

    /// Sees whether this many more bytes are allowed.
    #[inline]
    fn need(&mut self, count: usize) -> Result<(), PrintError> {
        if self.text.len().saturating_add(count) > self.most {
            return Err(self.full());
        }
        Ok(())
    }

    #[cold]
    fn full(&mut self) -> PrintError {
        self.is_full = true;
        PrintError("the text is too long".into())
    }

    /// Prints what stands between quotes.
    #[inline]
    fn put_escaped(&mut self, text: &str) -> Result<(), PrintError> {
        if escape::is_plain(text) {
            return self.put(text);
        }
        self.put_with_escapes(text)
    }

    #[cold]
    fn put_with_escapes(&mut self, text: &str) -> Result<(), PrintError> {
        let mut rest = text;
        while let Some((before, special, behind)) = escape::split(rest) {
            self.put(before)?;
            self.put(&escape::escape(special))?;
            rest = behind;
        }
        self.put(rest)
    }

    fn put_number(&mut self, magnitude: u64, is_negative: bool) -> Result<(), PrintError> {
        let mut text = StackText::<23>::new();
        // As nodeos does: beyond 32 bits as text.
        let is_quoted = magnitude > MAX_BARE;
        if is_quoted {
            text.push_front(b'"');
        }
        text.push_number_front(magnitude, 1);
        if is_negative {
            text.push_front(b'-');
        }
        if is_quoted {
            text.push_front(b'"');
        }
        self.put(text.as_str())
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty, |$value:ident| $magnitude:expr, $is_negative:expr;)*) => {
        $(#[inline]
        fn $method(self, $value: $type) -> Result<(), PrintError> {
            self.put_number($magnitude, $is_negative)
        })*
    };
}

macro_rules! unsupported {
    ($($method:ident($($argument:ty),*) -> $answer:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$answer, PrintError> {
            Err(PrintError::unsupported())
        })*
    };
}

type Unsupported = Impossible<(), PrintError>;

impl<'a> Serializer for &'a mut Printer {
    type Ok = ();
    type Error = PrintError;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Unsupported;
    type SerializeMap = Elements<'a>;
    type SerializeStruct = Elements<'a>;
    type SerializeStructVariant = Unsupported;

    integers! {
        serialize_i8: i8, |value| value.unsigned_abs().into(), value < 0;
        serialize_i16: i16, |value| value.unsigned_abs().into(), value < 0;
        serialize_i32: i32, |value| value.unsigned_abs().into(), value < 0;
        serialize_i64: i64, |value| value.unsigned_abs(), value < 0;
        serialize_u8: u8, |value| value.into(), false;
        serialize_u16: u16, |value| value.into(), false;
        serialize_u32: u32, |value| value.into(), false;
        serialize_u64: u64, |value| value, false;
    }

    unsupported! {
        serialize_bool(bool) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Unsupported;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Unsupported;
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Result<(), PrintError> {
        if !escape::is_plain(text) {
            self.put_mark('"')?;
            self.put_with_escapes(text)?;
            return self.put_mark('"');
        }
        self.need(text.len().saturating_add(2))?;
        self.text.push('"');
        self.text.push_str(text);
        self.text.push('"');
        Ok(())
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), PrintError> {
        self.put_mark('"')?;
        let mut escaping = Escaping {
            printer: &mut *self,
            failure: None,
        };
        let answer = write!(escaping, "{value}");
        match (escaping.failure, answer) {
            (Some(failure), _) => Err(failure),
            (None, Err(error)) => Err(ser::Error::custom(error)),
            (None, Ok(())) => self.put_mark('"'),
        }
    }

    fn serialize_none(self) -> Result<(), PrintError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), PrintError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), PrintError> {
        self.put("null")
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), PrintError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), PrintError> {
        Err(PrintError::unsupported())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'a>, PrintError> {
        Elements::start(self, '[', ']')
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'a>, PrintError> {
        Elements::start(self, '[', ']')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, PrintError> {
        Elements::start(self, '[', ']')
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Elements<'a>, PrintError> {
        Elements::start(self, '{', '}')
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, PrintError> {
        Elements::start(self, '{', '}')
    }
}

/// Puts what is displayed between quotes.
struct Escaping<'a> {
    printer: &'a mut Printer,
    failure: Option<PrintError>,
}

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.printer.put_escaped(text).map_err(|failure| {
            self.failure = Some(failure);
            fmt::Error
        })
    }
}

/// The elements of a list, or the members of an object.
pub(crate) struct Elements<'a> {
    printer: &'a mut Printer,
    is_first: bool,
    end: char,
}

impl<'a> Elements<'a> {
    #[inline]
    fn start(printer: &'a mut Printer, start: char, end: char) -> Result<Self, PrintError> {
        printer.put_mark(start)?;
        Ok(Self {
            printer,
            is_first: true,
            end,
        })
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), PrintError> {
        if !std::mem::take(&mut self.is_first) {
            self.printer.put_mark(',')?;
        }
        value.serialize(&mut *self.printer)
    }

    #[inline]
    fn end(self) -> Result<(), PrintError> {
        self.printer.put_mark(self.end)
    }
}

macro_rules! sequences {
    ($($trait:ident: $method:ident,)*) => {
        $(impl ser::$trait for Elements<'_> {
            type Ok = ();
            type Error = PrintError;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), PrintError> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), PrintError> {
                self.end()
            }
        })*
    };
}

sequences! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
}

impl ser::SerializeMap for Elements<'_> {
    type Ok = ();
    type Error = PrintError;

    /// Keys are names, whose form is a text.
    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), PrintError> {
        self.element(key)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), PrintError> {
        self.printer.put_mark(':')?;
        value.serialize(&mut *self.printer)
    }

    #[inline]
    fn end(self) -> Result<(), PrintError> {
        self.end()
    }
}

impl ser::SerializeStruct for Elements<'_> {
    type Ok = ();
    type Error = PrintError;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), PrintError> {
        self.printer
            .put_key(key, std::mem::take(&mut self.is_first))?;
        value.serialize(&mut *self.printer)
    }

    #[inline]
    fn end(self) -> Result<(), PrintError> {
        self.end()
    }
}
