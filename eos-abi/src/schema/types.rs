//! Compiled types: each refers to others by their place in one list.

use std::sync::Arc;

use super::builtin::Builtin;
use super::hash::NameMap;

/// The place of a type in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TypeId(pub(super) u32);

impl TypeId {
    #[inline]
    pub(super) fn place(self) -> usize {
        // A u32 always fits where an ABI's types fit.
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A compiled type.
#[derive(Debug, Clone)]
pub(super) enum Type {
    Builtin(Builtin),
    Struct(Struct),
    Variant(Variant),
    Optional(TypeId),
    Array(TypeId),
    FixedArray(TypeId, u32),
}

/// A struct with the fields of its bases before its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Struct {
    pub(super) fields: Vec<Field>,
    /// Where the field of a name stands, if there are more fields than can be looked through as fast.
    places: Option<NameMap<Arc<str>, u32>>,
    pub(super) has_base: bool,
}

/// Up to how many fields of a struct are looked through one by one.
const FEW: usize = 8;

impl Struct {
    /// Returns a struct, or the field whose name stands twice in it.
    pub(super) fn new(fields: Vec<Field>, has_base: bool) -> Result<Self, Field> {
        let mut places = None;
        if fields.len() > FEW {
            let places = places.insert(NameMap::default());
            places.reserve(fields.len());
            for (place, field) in (0..).zip(&fields) {
                if places.insert(Arc::clone(&field.name), place).is_some() {
                    return Err(field.clone());
                }
            }
        } else {
            let twice = (1..).zip(&fields).find(|(behind, field)| {
                let mut others = fields.iter().skip(*behind);
                others.any(|other| other.name == field.name)
            });
            if let Some((_, field)) = twice {
                return Err(field.clone());
            }
        }
        Ok(Self {
            fields,
            places,
            has_base,
        })
    }

    /// Returns where the field of this name stands.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        match &self.places {
            None => self.fields.iter().position(|field| &*field.name == name),
            Some(places) => places
                .get(name)
                .and_then(|place| usize::try_from(*place).ok()),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Shared, since structs have the fields of their bases.
    pub(super) name: Arc<str>,
    pub(super) ty: TypeId,
    pub(super) is_extension: bool,
}

/// A variant's types with the names that stand for them in JSON, by index.
#[derive(Debug, Clone, Default)]
pub(super) struct Variant {
    pub(super) alternatives: Vec<(Arc<str>, TypeId)>,
    /// The index that a name stands for; the first one, when a type is there twice.
    pub(super) indices: NameMap<Arc<str>, u32>,
}

/// All types of a schema, and those that one call adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Types<'a> {
    compiled: &'a [Type],
    extra: &'a [Type],
}

impl<'a> Types<'a> {
    pub(super) fn new(compiled: &'a [Type], extra: &'a [Type]) -> Self {
        Self { compiled, extra }
    }

    /// Returns a type.
    #[inline]
    pub(super) fn get(self, id: TypeId) -> &'a Type {
        let place = id.place();
        self.compiled
            .get(place)
            .or_else(|| self.extra.get(place.wrapping_sub(self.compiled.len())))
            .expect("compile makes ids of types that it puts into the list")
    }
}
