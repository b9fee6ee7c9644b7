//! From an ABI's names to types that refer to each other.

use super::Schema;
use super::builtin;
use super::error::SchemaError;
use super::expression::{malformed, split, unknown};
use super::height::refuse_infinite;
use super::rules::Rules;
use super::types::{Catalog, Meaning, Struct, Type, TypeId, Variant, number};
use crate::abi::Abi;
use crate::error::excerpt;

/// How many definitions an ABI may have: types, structs and their fields (those of bases counted for each struct that has
/// them), variants and their types, marks behind names, actions, tables and so on. The largest known contract has about 700.
const MAX_ENTRIES: usize = 1 << 13;

/// The longest name of a type or a field. (nodeos has no limit; real names have up to 60 characters.)
pub(super) const MAX_NAME: usize = 256;

/// How many bases a struct may have above it, and how many marks a name behind it.
pub(super) const MAX_CHAIN: usize = 64;

/// How many aliases may stand for each other in a line. (In nodeos it is 32 too.)
const MAX_ALIASES: usize = 32;

pub(super) struct Compiler<'a, T> {
    pub(super) abi: &'a Abi<T>,
    pub(super) catalog: Catalog,
    /// How many entries have been made.
    entries: usize,
}

pub(super) fn compile<T: AsRef<str>>(abi: &Abi<T>) -> Result<Schema, SchemaError> {
    // Whatever is too large is refused before anything is made of it.
    let entries = within_limit(definitions(abi))?;
    let fields = abi.structs.iter().map(|definition| definition.fields.len());
    let fields = fields.fold(0, usize::saturating_add);
    let names = abi.types.len().saturating_add(abi.structs.len());
    let mut compiler = Compiler {
        abi,
        // Half as many expressions as names, and names of 16 bytes: more is made when it is needed.
        catalog: Catalog::with_capacity(
            names.saturating_add(names / 2).saturating_add(8),
            fields.saturating_add(2),
            names.saturating_add(fields).saturating_mul(16),
        ),
        entries,
    };
    compiler.define()?;
    compiler.fill_structs()?;
    compiler.fill_variants()?;
    refuse_infinite(abi, &compiler.catalog)?;
    let actions = compiler.actions()?;
    let tables = compiler.tables()?;
    let results = compiler.results()?;
    compiler.check_calls()?;
    Ok(Schema {
        catalog: compiler.catalog,
        actions,
        tables,
        results,
        rules: Rules::default(),
    })
}

/// Returns how many definitions an ABI has, without what structs have from their bases.
fn definitions<T>(abi: &Abi<T>) -> usize {
    fn count<T>(list: Option<&Vec<T>>) -> usize {
        list.map_or(0, Vec::len)
    }
    let variants = abi.variants.0.as_deref().unwrap_or_default();
    let inner = abi.structs.iter().map(|definition| definition.fields.len());
    inner
        .chain(variants.iter().map(|variant| variant.types.len()))
        .chain([abi.types.len(), abi.structs.len(), variants.len()])
        .chain([abi.actions.len(), abi.tables.len()])
        .chain([count(abi.action_results.0.as_ref())])
        .chain([count(abi.kv_tables.0.as_ref())])
        .chain([count(abi.calls.0.as_ref())])
        .fold(0, usize::saturating_add)
}

fn within_limit(entries: usize) -> Result<usize, SchemaError> {
    if entries > MAX_ENTRIES {
        return Err(SchemaError::TooLarge {
            what: "definitions",
            limit: MAX_ENTRIES,
        });
    }
    Ok(entries)
}

/// Finds the type of an expression that may not stand in the ABI, and returns the wrappers it needs.
pub(super) fn resolve(catalog: &Catalog, ty: &str) -> Result<(Vec<Type>, TypeId), SchemaError> {
    let mut extra = Vec::new();
    if let Some(id) = known(catalog, ty) {
        return Ok((extra, id));
    }
    let user = || "the call".to_owned();
    let (marks, name) = split(ty, &user)?;
    let mut id = known(catalog, name).ok_or_else(|| unknown(name, &user))?;
    for mark in marks.into_iter().rev() {
        id = push(catalog.types.len(), &mut extra, mark.wrap(id))?;
    }
    Ok((extra, id))
}

fn known(catalog: &Catalog, name: &str) -> Option<TypeId> {
    match catalog.meaning(name) {
        Some(Meaning::Type(id)) => Some(id),
        Some(Meaning::Alias(_)) => None,
        None => builtin::id(name),
    }
}

fn push(before: usize, types: &mut Vec<Type>, ty: Type) -> Result<TypeId, SchemaError> {
    let place = before.saturating_add(types.len());
    // Each definition makes one type at most, and each mark of a call.
    if place >= MAX_ENTRIES.saturating_mul(4) {
        return Err(SchemaError::TooLarge {
            what: "types",
            limit: MAX_ENTRIES,
        });
    }
    types.push(ty);
    Ok(TypeId(number(place)))
}

impl<'a, T: AsRef<str>> Compiler<'a, T> {
    /// Gives each name its meaning; built-in types have the first ids, structs those behind them, then come variants.
    fn define(&mut self) -> Result<(), SchemaError> {
        builtin::define(&mut self.catalog);
        for (alias, place) in self.abi.types.iter().zip(0..) {
            let name = alias.new_type_name.as_ref();
            self.define_one("type", name, Meaning::Alias(place))?;
        }
        for definition in &self.abi.structs {
            let id = self.push(Type::Struct(Struct::default()))?;
            self.define_one("struct", definition.name.as_ref(), Meaning::Type(id))?;
        }
        for definition in self.abi.variants.0.as_deref().unwrap_or_default() {
            let id = self.push(Type::Variant(Variant::default()))?;
            self.define_one("variant", definition.name.as_ref(), Meaning::Type(id))?;
        }
        for alias in &self.abi.types {
            let name = alias.new_type_name.as_ref();
            self.resolve(name, &|| format!("type {:?}", excerpt(name)))?;
        }
        Ok(())
    }

    fn define_one(
        &mut self,
        what: &'static str,
        name: &str,
        meaning: Meaning,
    ) -> Result<(), SchemaError> {
        if name.len() > MAX_NAME {
            return Err(SchemaError::TooLarge {
                what: "bytes in a name",
                limit: MAX_NAME,
            });
        }
        if name.ends_with(['?', ']', '$']) {
            let reason = "a name with a mark behind it is a type made of another";
            return Err(malformed(name, &|| format!("a {what}'s name"), reason));
        }
        if builtin::id(name).is_some() {
            let name = name.into();
            return Err(SchemaError::BuiltIn { what, name });
        }
        if self.catalog.meaning(name).is_some() {
            return Err(SchemaError::Duplicate {
                what,
                name: name.into(),
            });
        }
        self.catalog.add_meaning(name, meaning);
        Ok(())
    }

    fn push(&mut self, ty: Type) -> Result<TypeId, SchemaError> {
        push(0, &mut self.catalog.types, ty)
    }

    pub(super) fn count(&mut self, entries: usize) -> Result<(), SchemaError> {
        self.entries = within_limit(self.entries.saturating_add(entries))?;
        Ok(())
    }

    /// Finds the type of an expression.
    #[inline]
    pub(super) fn resolve(
        &mut self,
        ty: &str,
        user: &dyn Fn() -> String,
    ) -> Result<TypeId, SchemaError> {
        match self.catalog.meaning(ty) {
            Some(Meaning::Type(id)) => Ok(id),
            _ => self.resolve_new(ty, user, 0),
        }
    }

    /// Finds the type of an expression that was not found before.
    fn resolve_new(
        &mut self,
        ty: &str,
        user: &dyn Fn() -> String,
        chain: usize,
    ) -> Result<TypeId, SchemaError> {
        let (marks, name) = split(ty, user)?;
        self.count(marks.len())?;
        let mut id = match self.catalog.meaning(name) {
            Some(Meaning::Type(id)) => id,
            Some(Meaning::Alias(_)) if chain >= MAX_ALIASES => {
                return Err(self.endless_alias(name));
            }
            Some(Meaning::Alias(place)) => {
                let target = self.target(place).unwrap_or_default();
                match self.catalog.meaning(target) {
                    Some(Meaning::Type(id)) => id,
                    _ => self.resolve_new(target, user, chain.saturating_add(1))?,
                }
            }
            None => builtin::id(name).ok_or_else(|| unknown(name, user))?,
        };
        for mark in marks.into_iter().rev() {
            id = self.push(mark.wrap(id))?;
        }
        if ty.len() > MAX_NAME {
            return Err(SchemaError::TooLarge {
                what: "bytes in a type",
                limit: MAX_NAME,
            });
        }
        self.catalog.set_meaning(ty, Meaning::Type(id));
        Ok(id)
    }

    /// Returns what the alias at this place stands for.
    fn target(&self, place: u32) -> Option<&'a str> {
        let place = usize::try_from(place).ok()?;
        let alias = self.abi.types.get(place)?;
        Some(alias.ty.as_ref())
    }

    /// Says whether a chain of aliases that is too long is a ring.
    fn endless_alias(&self, name: &str) -> SchemaError {
        let mut current = name;
        for _ in 0..=self.abi.types.len() {
            let target = match self.catalog.meaning(base_name(current)) {
                Some(Meaning::Alias(place)) => self.target(place),
                _ => None,
            };
            match target {
                Some(target) => current = target,
                None => {
                    return SchemaError::TooDeep {
                        what: "type",
                        name: name.into(),
                        limit: MAX_ALIASES,
                    };
                }
            }
        }
        SchemaError::Cycle {
            what: "type",
            name: name.into(),
        }
    }

    fn fill_variants(&mut self) -> Result<(), SchemaError> {
        let abi = self.abi;
        let first = builtin::COUNT.saturating_add(abi.structs.len());
        let variants = abi.variants.0.as_deref().unwrap_or_default();
        for (at, definition) in variants.iter().enumerate() {
            let start = self.catalog.next_member();
            let user = || format!("variant {:?}", excerpt(definition.name.as_ref()));
            for name in &definition.types {
                let ty = self.resolve(name.as_ref(), &user)?;
                self.add_member(name.as_ref(), ty, false);
            }
            // A type that is there twice is found by its name at its first place.
            let (alternatives, _) = self.catalog.end_members(start);
            self.put(
                first.saturating_add(at),
                Type::Variant(Variant { alternatives }),
            );
        }
        Ok(())
    }

    pub(super) fn put(&mut self, place: usize, ty: Type) {
        if let Some(known) = self.catalog.types.get_mut(place) {
            *known = ty;
        }
    }
}

/// Returns an expression's name without its marks.
fn base_name(ty: &str) -> &str {
    ty.find(['?', '[', '$'])
        .and_then(|end| ty.get(..end))
        .unwrap_or(ty)
}
