use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected,
    IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::tree::{Node, Path, Step, Value};
use crate::nearest::nearest;

/// Why reading stopped, and where.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) at: Path,
    pub(super) reason: Reason,
}

#[derive(Debug)]
pub(super) enum Reason {
    Missing(&'static str),
    Wrong(String),
    /// A placeholder has no value that its type accepts.
    Placeholder,
}

/// Reads a tree again and again, and remembers the unknown fields that it saw.
#[derive(Debug, Default)]
pub(super) struct Session {
    unknown_fields: RefCell<Vec<(Path, String)>>,
}

impl Session {
    pub(super) fn read<T: DeserializeOwned>(&self, root: &Node) -> Result<T, Failure> {
        let place = Place {
            node: root,
            at: Path::default(),
            session: self,
        };
        place
            .read(PhantomData)
            .map_err(|error| error.into_failure(&Path::default()))
    }

    pub(super) fn into_unknown_fields(self) -> Vec<(Path, String)> {
        self.unknown_fields.into_inner()
    }

    fn report_unknown_field(&self, at: &Path, name: &str, known: &[&str]) {
        let path = at.child(Step::Field(name.to_owned()));
        let mut unknown = self.unknown_fields.borrow_mut();
        if unknown.iter().all(|(seen, _)| *seen != path) {
            unknown.push((path, format!("unknown field{}", suggestion(name, known))));
        }
    }
}

/// The error inside of serde: a failure that gets its place from the innermost value around it.
#[derive(Debug)]
pub(super) enum Error {
    Unplaced(Reason),
    Placed(Failure),
}

impl Error {
    fn into_failure(self, at: &Path) -> Failure {
        match self {
            Self::Unplaced(reason) => Failure {
                at: at.clone(),
                reason,
            },
            Self::Placed(failure) => failure,
        }
    }

    fn wrong(message: String) -> Self {
        Self::Unplaced(Reason::Wrong(message))
    }
}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::wrong(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let hint = match found {
            Unexpected::Unsigned(_)
            | Unexpected::Signed(_)
            | Unexpected::Float(_)
            | Unexpected::Bool(_)
                if expected.to_string().contains("string") =>
            {
                ": write it in quotes"
            }
            _ => "",
        };
        Self::wrong(format!(
            "expected {}, found {}{hint}",
            in_words(expected),
            describe(found)
        ))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(format!(
            "expected {}, found {}",
            in_words(expected),
            describe(found)
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Unplaced(Reason::Missing(field))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Error {}

/// Returns what was expected, without the words of Rust.
fn in_words(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    let whole = |least: &dyn fmt::Display, most: &dyn fmt::Display| {
        format!("a whole number from {least} to {most}")
    };
    match expected.as_str() {
        "u8" => whole(&0, &u8::MAX),
        "u16" => whole(&0, &u16::MAX),
        "u32" => whole(&0, &u32::MAX),
        "u64" | "usize" => whole(&0, &u64::MAX),
        "i8" => whole(&i8::MIN, &i8::MAX),
        "i16" => whole(&i16::MIN, &i16::MAX),
        "i32" => whole(&i32::MIN, &i32::MAX),
        "i64" | "isize" => whole(&i64::MIN, &i64::MAX),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "unit" => "nothing".to_owned(),
        name if name.starts_with("struct ") => "a map of fields".to_owned(),
        _ => expected,
    }
}

fn describe(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a map".to_owned(),
        other => other.to_string(),
    }
}

/// Returns `, did you mean …?` for a near word, else the words that there are.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(known) => format!(", did you mean `{known}`?"),
        None if known.is_empty() => String::new(),
        None => {
            let words: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            format!(", there is {}", words.join(", "))
        }
    }
}

/// One value of the tree, at its place.
struct Place<'a> {
    node: &'a Node,
    at: Path,
    session: &'a Session,
}

impl<'a> Place<'a> {
    fn child(&self, node: &'a Node, step: Step) -> Self {
        Self {
            node,
            at: self.at.child(step),
            session: self.session,
        }
    }

    /// Reads this value as whatever the seed makes of it. Whatever fails without a place has failed here,
    /// also what a type says only after serde has read its raw form.
    fn read<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Error> {
        let (at, is_placeholder) = (
            self.at.clone(),
            matches!(self.node.value, Value::Placeholder(_)),
        );
        seed.deserialize(self).map_err(|error| match error {
            Error::Unplaced(_) if is_placeholder => Error::Placed(Failure {
                at,
                reason: Reason::Placeholder,
            }),
            error => Error::Placed(error.into_failure(&at)),
        })
    }

    fn visit_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => match (u64::try_from(*value), i64::try_from(*value)) {
                (Ok(value), _) => visitor.visit_u64(value),
                (_, Ok(value)) => visitor.visit_i64(value),
                _ => visitor.visit_i128(*value),
            },
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => {
                let mut rest = ListItems {
                    items: items.iter(),
                    list: &self,
                };
                let value = visitor.visit_seq(&mut rest)?;
                match rest.items.len() {
                    0 => Ok(value),
                    // A type of fixed length stops reading when it is full.
                    unread => Err(Error::wrong(format!(
                        "expected a list of {}, found one of {}",
                        items.len() - unread,
                        items.len()
                    ))),
                }
            }
            Value::Map(entries) => visitor.visit_map(MapEntries {
                entries: entries.iter(),
                value: None,
                map: &self,
                known: None,
            }),
            Value::Placeholder(_) => Err(Error::Unplaced(Reason::Placeholder)),
        }
    }
}

/// Forwards to `deserialize_any`, with the smallest value for a placeholder where the type has one.
macro_rules! plain {
    ($($method:ident => $visit:ident($($value:expr)?)),* $(,)?) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.node.value {
                Value::Placeholder(_) => visitor.$visit($($value)?),
                _ => self.visit_any(visitor),
            }
        }
    )*};
}

impl<'a> Deserializer<'a> for Place<'a> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit_any(visitor)
    }

    plain! {
        deserialize_bool => visit_bool(false),
        deserialize_i8 => visit_i64(0),
        deserialize_i16 => visit_i64(0),
        deserialize_i32 => visit_i64(0),
        deserialize_i64 => visit_i64(0),
        deserialize_i128 => visit_i64(0),
        deserialize_u8 => visit_u64(0),
        deserialize_u16 => visit_u64(0),
        deserialize_u32 => visit_u64(0),
        deserialize_u64 => visit_u64(0),
        deserialize_u128 => visit_u64(0),
        deserialize_f32 => visit_f64(0.0),
        deserialize_f64 => visit_f64(0.0),
        deserialize_bytes => visit_bytes(b""),
        deserialize_byte_buf => visit_bytes(b""),
        deserialize_unit => visit_unit(),
        deserialize_ignored_any => visit_unit(),
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Placeholder(text) => visitor.visit_borrowed_str(text),
            _ => self.visit_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.value {
            Value::Null | Value::Placeholder(_) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Map(entries) => visitor.visit_map(MapEntries {
                entries: entries.iter(),
                value: None,
                map: &self,
                known: Some(fields),
            }),
            // A struct as a list of its fields' values is legal for serde, but nobody means it.
            Value::List(_) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.visit_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Text(word) if !variants.contains(&word.as_str()) => Err(Error::wrong(format!(
                "unknown word `{word}`{}",
                suggestion(word, variants)
            ))),
            Value::Text(word) => {
                let alone: Result<_, Error> =
                    visitor.visit_enum(BorrowedStrDeserializer::new(word));
                alone.map_err(|_| {
                    Error::wrong(format!(
                        "`{word}` does not stand alone: write `{word}: …`, with what belongs to it"
                    ))
                })
            }
            Value::Map(entries) => match entries.as_slice() {
                [(word, _)] if !variants.contains(&word.as_str()) => Err(Error::wrong(format!(
                    "unknown word `{word}`{}",
                    suggestion(word, variants)
                ))),
                [(word, content)] => visitor.visit_enum(Variant {
                    word,
                    content: self.child(content, Step::Field(word.clone())),
                }),
                _ => Err(Error::wrong(format!(
                    "expected one word of {}",
                    variants.join(", ")
                ))),
            },
            _ => {
                let words = suggestion("", variants);
                self.visit_any(visitor).map_err(|error| match error {
                    Error::Unplaced(Reason::Wrong(_)) => {
                        Error::wrong(format!("expected a word{words}"))
                    }
                    other => other,
                })
            }
        }
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }
}

struct ListItems<'a, 'p> {
    items: std::slice::Iter<'a, (usize, Node)>,
    list: &'p Place<'a>,
}

impl<'a> SeqAccess<'a> for ListItems<'a, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((index, node)) = self.items.next() else {
            return Ok(None);
        };
        self.list
            .child(node, Step::Index(*index))
            .read(seed)
            .map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct MapEntries<'a, 'p> {
    entries: std::slice::Iter<'a, (String, Node)>,
    value: Option<(&'a str, &'a Node)>,
    map: &'p Place<'a>,
    /// The fields of a struct; a map has none.
    known: Option<&'static [&'static str]>,
}

impl<'a> MapAccess<'a> for MapEntries<'a, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        loop {
            let Some((key, node)) = self.entries.next() else {
                return Ok(None);
            };
            // Only the last of a key that is written twice (which is reported by itself) is read.
            if self
                .entries
                .as_slice()
                .iter()
                .any(|(later, _)| later == key)
            {
                continue;
            }
            if let Some(known) = self.known
                && !known.contains(&key.as_str())
            {
                self.map
                    .session
                    .report_unknown_field(&self.map.at, key, known);
                continue;
            }
            self.value = Some((key, node));
            let place = self.map.child(node, Step::Field(key.clone()));
            return seed
                .deserialize(BorrowedStrDeserializer::new(key))
                .map(Some)
                .map_err(|error: Error| Error::Placed(error.into_failure(&place.at)));
        }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (key, node) = self
            .value
            .take()
            .expect("serde asks for a value after its key");
        self.map.child(node, Step::Field(key.to_owned())).read(seed)
    }
}

struct Variant<'a> {
    word: &'a str,
    content: Place<'a>,
}

impl<'a> EnumAccess<'a> for Variant<'a> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let word: StringDeserializer<Error> = self.word.to_owned().into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'a> VariantAccess<'a> for Variant<'a> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        let word = self.word;
        de::Deserialize::deserialize(self.content)
            .map_err(|_| Error::wrong(format!("`{word}` stands alone: nothing belongs to it")))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Error> {
        self.content.read(seed)
    }

    fn tuple_variant<V: Visitor<'a>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.content.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content.deserialize_struct("", fields, visitor)
    }
}
