//! Structs with the fields of their bases.

use super::builtin;
use super::compile::{Compiler, MAX_CHAIN, MAX_NAME};
use super::error::SchemaError;
use super::types::{Meaning, Member, Struct, Type, TypeId};
use crate::abi::StructDef;
use crate::error::excerpt;

/// How many fields a struct has with those of its bases, and how many bases that are.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: usize,
    bases: usize,
}

impl<'a, T: AsRef<str>> Compiler<'a, T> {
    /// Finds the fields of all structs. Structs are known by their places in the ABI.
    pub(super) fn fill_structs(&mut self) -> Result<(), SchemaError> {
        let abi = self.abi;
        if abi
            .structs
            .iter()
            .all(|definition| definition.base.as_ref().is_empty())
        {
            for (at, definition) in abi.structs.iter().enumerate() {
                let compiled = self.compile_struct(definition, None)?;
                self.put(place(at), Type::Struct(compiled));
            }
            return Ok(());
        }
        let mut bases = Vec::with_capacity(abi.structs.len());
        for definition in &abi.structs {
            bases.push(self.base_of(definition)?);
        }
        self.count_inherited(&bases)?;
        let mut filled = vec![false; abi.structs.len()];
        let mut open = Vec::new();
        for at in 0..abi.structs.len() {
            // The struct, and those of its bases that have not had their turn.
            let mut next = Some(at);
            while let Some(at) = next.filter(|at| filled.get(*at) == Some(&false)) {
                open.push(at);
                next = base(&bases, at);
            }
            while let Some(at) = open.pop() {
                if let Some(definition) = abi.structs.get(at) {
                    let compiled = self.compile_struct(definition, base(&bases, at))?;
                    self.put(place(at), Type::Struct(compiled));
                }
                if let Some(filled) = filled.get_mut(at) {
                    *filled = true;
                }
            }
        }
        Ok(())
    }

    /// Counts what structs have from their bases, and refuses rings and long lines of them.
    fn count_inherited(&mut self, bases: &[Option<usize>]) -> Result<(), SchemaError> {
        let structs = self.abi.structs.as_slice();
        let mut sizes = vec![None::<Size>; structs.len()];
        let mut open = Vec::new();
        for (at, definition) in structs.iter().enumerate() {
            let mut size = Size::default();
            let mut next = Some(at);
            while let Some(at) = next {
                if let Some(known) = sizes.get(at).copied().flatten() {
                    size = known;
                    size.bases = size.bases.saturating_add(1);
                    break;
                }
                if open.len() > MAX_CHAIN {
                    return Err(endless_base(definition.name.as_ref(), &open));
                }
                open.push(at);
                next = base(bases, at);
            }
            while let Some(at) = open.pop() {
                let (Some(current), Some(known)) = (structs.get(at), sizes.get_mut(at)) else {
                    continue;
                };
                if size.bases > MAX_CHAIN {
                    return Err(endless_base(current.name.as_ref(), &[]));
                }
                let inherited = size.fields;
                size.fields = size.fields.saturating_add(current.fields.len());
                *known = Some(size);
                size.bases = size.bases.saturating_add(1);
                self.count(inherited)?;
            }
        }
        Ok(())
    }

    /// Resolves a struct's fields behind those of its base, whose turn has been.
    fn compile_struct(
        &mut self,
        definition: &StructDef<T>,
        base: Option<usize>,
    ) -> Result<Struct, SchemaError> {
        let start = self.catalog.next_member();
        let inherited = base.and_then(|base| self.catalog.types.get(place(base)));
        let mut follows_extension = false;
        if let Some(Type::Struct(base)) = inherited {
            let fields = base.fields;
            let last = self.catalog.members(fields).last();
            follows_extension = last.is_some_and(|field| field.is_extension);
            self.catalog.repeat_members(fields);
        }
        for field in &definition.fields {
            let (name, ty) = (field.name.as_ref(), field.ty.as_ref());
            let user = || {
                format!(
                    "field {:?} of struct {:?}",
                    excerpt(name),
                    excerpt(definition.name.as_ref())
                )
            };
            if name.len() > MAX_NAME {
                return Err(SchemaError::TooLarge {
                    what: "bytes in a field's name",
                    limit: MAX_NAME,
                });
            }
            let (ty, is_extension) = match ty.strip_suffix('$') {
                Some(ty) => (ty, true),
                None => (ty, false),
            };
            let ty = self.resolve(ty, &user)?;
            if !is_extension && follows_extension {
                return Err(SchemaError::FieldAfterExtension {
                    field: name.into(),
                    name: definition.name.as_ref().into(),
                });
            }
            follows_extension = is_extension;
            self.add_member(name, ty, is_extension);
        }
        let (fields, twice) = self.catalog.end_members(start);
        if let Some(field) = twice {
            let (name, field) = (definition.name.as_ref(), self.catalog.text(field));
            return Err(SchemaError::Duplicate {
                what: "field",
                name: format!("{name}.{field}").into(),
            });
        }
        let has_base = base.is_some();
        Ok(Struct { fields, has_base })
    }

    pub(super) fn add_member(&mut self, name: &str, ty: TypeId, is_extension: bool) {
        let name = self.catalog.add_text(name);
        self.catalog.add_member(Member {
            name,
            ty,
            is_extension,
        });
    }

    /// Finds the base of a struct, which may be named by an alias.
    fn base_of(&self, definition: &'a StructDef<T>) -> Result<Option<usize>, SchemaError> {
        let base = definition.base.as_ref();
        if base.is_empty() {
            return Ok(None);
        }
        // Names of structs and aliases have been resolved before any struct's turn.
        let found = match self.catalog.meaning(base) {
            Some(Meaning::Type(id)) => id.place().checked_sub(builtin::COUNT),
            _ => None,
        };
        found
            .filter(|at| *at < self.abi.structs.len())
            .map(Some)
            .ok_or_else(|| SchemaError::NotAStruct {
                base: excerpt(base).into(),
                name: definition.name.as_ref().into(),
            })
    }
}

/// Returns where among the types the struct of a place in the ABI stands.
pub(super) fn place(at: usize) -> usize {
    builtin::COUNT.saturating_add(at)
}

fn base(bases: &[Option<usize>], at: usize) -> Option<usize> {
    bases.get(at).copied().flatten()
}

/// Says whether a chain of bases that is too long is a ring.
fn endless_base(name: &str, chain: &[usize]) -> SchemaError {
    let is_ring = (1..)
        .zip(chain)
        .any(|(behind, at)| chain.iter().skip(behind).any(|other| other == at));
    let (what, name) = ("struct", name.into());
    if is_ring {
        return SchemaError::Cycle { what, name };
    }
    SchemaError::TooDeep {
        what,
        name,
        limit: MAX_CHAIN,
    }
}
