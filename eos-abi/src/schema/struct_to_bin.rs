//! Objects to structs: fields are written where they belong, in whatever order they come.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::error::{Reason, Step};
use super::json_to_bin::ValueSeed;
use super::types::Struct;
use super::writer::Writer;
use crate::error::excerpt;

/// Writes a struct from an object, or from a list of its fields' values.
pub(super) struct StructVisitor<'w, 'a> {
    pub(super) writer: &'w mut Writer<'a>,
    pub(super) ty: Struct,
}

impl<'de> Visitor<'de> for StructVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { writer, ty } = self;
        let types = writer.types;
        let fields = types.members(ty.fields);
        let mut next = 0_usize;
        loop {
            let seed = FieldSeed {
                writer: &mut *writer,
                ty,
                next,
            };
            let place = match map.next_key_seed(seed)? {
                None => break,
                Some(Key::Field(place)) => place,
                Some(Key::Unknown) => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            let Some(field) = fields.get(place) else {
                return Err(A::Error::custom("no such field"));
            };
            if place > next {
                return Segments::new(writer, ty, next).read(map, place);
            }
            if place < next {
                return Err(writer.fail(Reason::DuplicateField(types.name(field).into())));
            }
            let answer = writer.present(field, writer.closed);
            writer.at(Step::Field(types.name(field)), answer)?;
            let answer = map.next_value_seed(ValueSeed {
                writer: &mut *writer,
                ty: field.ty,
            });
            writer.at(Step::Field(types.name(field)), answer)?;
            next = next.saturating_add(1);
        }
        writer.missing(fields.get(next..).unwrap_or_default())
    }

    /// A list of the fields' values stands for a struct, as long as it has no base; cleos takes that too.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { writer, ty } = self;
        if ty.has_base {
            return Err(writer.fail(Reason::PositionalDerived));
        }
        let types = writer.types;
        let fields = types.members(ty.fields);
        for field in fields {
            let closed = writer.closed;
            let answer = seq.next_element_seed(ValueSeed {
                writer: &mut *writer,
                ty: field.ty,
            });
            if writer.at(Step::Field(types.name(field)), answer)?.is_some() {
                let answer = writer.present(field, closed);
                writer.at(Step::Field(types.name(field)), answer)?;
                continue;
            }
            if !field.is_extension {
                return Err(writer.fail(Reason::MissingField(types.name(field).into())));
            }
            writer.closed = true;
            return Ok(());
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {
            if !writer.rules.lenient {
                let expected = fields.len();
                return Err(writer.fail(Reason::Length { expected }));
            }
        }
        Ok(())
    }
}

/// Finds the field that an object's key names; most come in order.
struct FieldSeed<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: Struct,
    next: usize,
}

/// What an object's key names.
enum Key {
    Field(usize),
    /// Nothing that the struct has: to be passed over.
    Unknown,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_, '_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldSeed<'_, '_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Key, E> {
        let types = self.writer.types;
        let mut fields = types.members(self.ty.fields).iter();
        let next = fields.nth(self.next);
        if next.is_some_and(|field| types.name(field) == name) {
            return Ok(Key::Field(self.next));
        }
        match types.catalog.place(self.ty.fields, name) {
            Some(place) => Ok(Key::Field(place)),
            None if self.writer.rules.lenient => Ok(Key::Unknown),
            None => Err(self.writer.fail(Reason::UnknownField(excerpt(name).into()))),
        }
    }
}

/// A struct whose fields do not come in order: each is written where the output ends, and they are put in order last.
struct Segments<'w, 'a> {
    writer: &'w mut Writer<'a>,
    ty: Struct,
    /// Where the struct's part of the output starts that is not in order.
    start: usize,
    /// Each given field, by its place.
    given: BTreeMap<usize, Given>,
    /// How many fields are in place.
    first: usize,
}

/// A field that did not come in order.
struct Given {
    /// Where its bytes are.
    range: Range<usize>,
    /// An absent extension ended them.
    closed: bool,
    /// It is an extension, or has one that is there.
    extended: bool,
}

impl<'w, 'a> Segments<'w, 'a> {
    fn new(writer: &'w mut Writer<'a>, ty: Struct, first: usize) -> Self {
        let start = writer.out.len();
        Self {
            writer,
            ty,
            start,
            given: BTreeMap::new(),
            first,
        }
    }

    /// Reads the value of the field at `place` and all that follow.
    fn read<'de, A: MapAccess<'de>>(mut self, mut map: A, place: usize) -> Result<(), A::Error> {
        let mut member = Key::Field(place);
        loop {
            let next = match member {
                Key::Field(place) => {
                    self.read_field(&mut map, place)?;
                    place.saturating_add(1)
                }
                Key::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                    self.first
                }
            };
            let seed = FieldSeed {
                writer: &mut *self.writer,
                ty: self.ty,
                next,
            };
            match map.next_key_seed(seed)? {
                Some(found) => member = found,
                None => return self.arrange(),
            }
        }
    }

    fn read_field<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        place: usize,
    ) -> Result<(), A::Error> {
        let types = self.writer.types;
        let Some(field) = types.members(self.ty.fields).get(place) else {
            return Err(A::Error::custom("no such field"));
        };
        if place < self.first || self.given.contains_key(&place) {
            let name = types.name(field).into();
            return Err(self.writer.fail(Reason::DuplicateField(name)));
        }
        let writer = &mut *self.writer;
        let start = writer.out.len();
        let closed = std::mem::take(&mut writer.closed);
        let extended = std::mem::replace(&mut writer.extended, field.is_extension);
        let answer = map.next_value_seed(ValueSeed {
            writer: &mut *writer,
            ty: field.ty,
        });
        writer.at(Step::Field(types.name(field)), answer)?;
        let given = Given {
            range: start..writer.out.len(),
            closed: std::mem::replace(&mut writer.closed, closed),
            extended: std::mem::replace(&mut writer.extended, extended),
        };
        self.given.insert(place, given);
        Ok(())
    }

    /// Puts the fields' bytes in order, with zeros for missing optional ones between them.
    fn arrange<E: serde::de::Error>(self) -> Result<(), E> {
        let Self {
            writer,
            ty,
            start,
            given,
            first,
        } = self;
        let types = writer.types;
        let fields = types.members(ty.fields);
        let unordered = writer.out.split_off(start.min(writer.out.len()));
        let mut next = first;
        for (place, field) in given {
            writer.missing(fields.get(next..place).unwrap_or_default())?;
            let Given { range, .. } = field;
            let range = range.start.saturating_sub(start)..range.end.saturating_sub(start);
            let bytes = unordered.get(range).unwrap_or_default();
            let answer = if field.extended && writer.closed {
                // Also when it takes no bytes: it is there, and one before it is not.
                Err(writer.fail(Reason::AfterExtension))
            } else if bytes.is_empty() {
                Ok(())
            } else {
                writer.put(bytes)
            };
            if let Some(field) = fields.get(place) {
                writer.at(Step::Field(types.name(field)), answer)?;
            }
            writer.closed |= field.closed;
            writer.extended |= field.extended;
            next = place.saturating_add(1);
        }
        writer.missing(fields.get(next..).unwrap_or_default())
    }
}
