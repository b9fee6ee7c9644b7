//! From an ABI's names to types that refer to each other.

use std::sync::Arc;

use super::Schema;
use super::builtin::{Builtin, EXTENDED_ASSET};
use super::error::SchemaError;
use super::expression::{split, unknown};
use super::hash::{NameHash, NameMap};
use super::height::refuse_infinite;
use super::rules::Rules;
use super::types::{Field, Struct, Type, TypeId, Variant};
use crate::abi::{Abi, StructDef};
use crate::error::excerpt;

/// How many definitions an ABI may have: types, structs and their fields (those of bases counted for each struct that has
/// them), variants and their types, marks behind names, actions, tables and so on. The largest known contract has about 700.
const MAX_ENTRIES: usize = 1 << 13;

/// The longest name of a type or a field. (nodeos has no limit; real names have up to 60 characters.)
const MAX_NAME: usize = 256;

/// How many bases a struct may have above it, and how many marks a name behind it.
pub(super) const MAX_CHAIN: usize = 64;

/// How many aliases may stand for each other in a line. (In nodeos it is 32 too.)
const MAX_ALIASES: usize = 32;

/// What a name stands for.
#[derive(Clone, Copy)]
enum Definition<'a> {
    Alias(&'a str),
    Struct(TypeId),
    Other(TypeId),
}

struct Compiler<'a> {
    definitions: NameMap<&'a str, Definition<'a>>,
    /// The structs: their ids are the first ones, in this order.
    structs: &'a [StructDef],
    /// For each of the structs, whether its turn has been.
    filled: Vec<bool>,
    types: Vec<Type>,
    /// Expressions that were resolved before.
    resolved: NameMap<&'a str, TypeId>,
    /// How many entries have been made.
    entries: usize,
}

pub(super) fn compile(abi: &Abi) -> Result<Schema, SchemaError> {
    // Whatever is too large is refused before anything is made of it.
    let entries = within_limit(definitions(abi))?;
    let names = abi.types.len().saturating_add(abi.structs.len());
    let hash = NameHash::default();
    let mut compiler = Compiler {
        definitions: NameMap::with_capacity_and_hasher(names, hash.clone()),
        structs: &abi.structs,
        filled: vec![false; abi.structs.len()],
        types: Vec::with_capacity(names.saturating_mul(2)),
        resolved: NameMap::with_capacity_and_hasher(names.saturating_mul(2), hash.clone()),
        entries,
    };
    compiler.define(abi)?;
    for alias in &abi.types {
        let user = || format!("type {:?}", excerpt(&alias.new_type_name));
        let ty = compiler.resolve(&alias.new_type_name, &user, 0)?;
        compiler.remember(&alias.new_type_name, ty)?;
    }
    compiler.count_inherited(abi)?;
    for definition in &abi.structs {
        compiler.fill_struct(definition)?;
    }
    for definition in abi.variants.0.as_deref().unwrap_or_default() {
        let user = || format!("variant {:?}", excerpt(&definition.name));
        let mut variant = Variant::default();
        for (index, name) in (0..).zip(&definition.types) {
            let ty = compiler.resolve(name, &user, 0)?;
            let name: Arc<str> = name.as_str().into();
            variant.indices.entry(Arc::clone(&name)).or_insert(index);
            variant.alternatives.push((name, ty));
        }
        compiler.put(&definition.name, Type::Variant(variant));
    }
    let structs = abi.structs.iter().filter_map(|definition| {
        let id = compiler.resolved.get(definition.name.as_str())?;
        Some((definition.name.as_str(), *id))
    });
    refuse_infinite(&compiler.types, structs)?;

    let mut actions = NameMap::with_hasher(hash.clone());
    for action in &abi.actions {
        let ty = compiler.resolve(&action.ty, &|| format!("action \"{}\"", action.name), 0)?;
        insert(&mut actions, action.name, ty, "action")?;
    }
    let mut tables = NameMap::with_hasher(hash.clone());
    for table in &abi.tables {
        let ty = compiler.resolve(&table.ty, &|| format!("table \"{}\"", table.name), 0)?;
        // A table without a chain's name is found by its type only.
        if let Some(name) = table.name.as_name() {
            insert(&mut tables, name, ty, "table")?;
        }
    }
    for (name, table) in abi.kv_tables.0.as_deref().unwrap_or_default() {
        let ty = compiler.resolve(&table.ty, &|| format!("table \"{name}\""), 0)?;
        insert(&mut tables, *name, ty, "table")?;
    }
    let mut results = NameMap::with_hasher(hash.clone());
    for result in abi.action_results.0.as_deref().unwrap_or_default() {
        let user = || format!("the result of action \"{}\"", result.name);
        let ty = compiler.resolve(&result.result_type, &user, 0)?;
        insert(&mut results, result.name, ty, "action result")?;
    }
    for call in abi.calls.0.as_deref().unwrap_or_default() {
        let user = || format!("call \"{}\"", call.name);
        for ty in [&call.ty, &call.result_type]
            .into_iter()
            .filter(|ty| !ty.is_empty())
        {
            compiler.resolve(ty, &user, 0)?;
        }
    }
    let mut names = NameMap::with_capacity_and_hasher(compiler.resolved.len(), hash);
    names.extend(
        compiler
            .resolved
            .into_iter()
            .map(|(name, id)| (name.into(), id)),
    );
    Ok(Schema {
        types: compiler.types,
        names,
        actions,
        tables,
        results,
        rules: Rules::default(),
    })
}

/// Returns how many definitions an ABI has, without what structs have from their bases.
fn definitions(abi: &Abi) -> usize {
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

fn insert(
    ids: &mut NameMap<crate::Name, TypeId>,
    name: crate::Name,
    ty: TypeId,
    what: &'static str,
) -> Result<(), SchemaError> {
    match ids.insert(name, ty) {
        None => Ok(()),
        Some(_) => Err(SchemaError::Duplicate {
            what,
            name: name.to_string().into(),
        }),
    }
}

/// Finds the type of an expression that may not stand in the ABI, and returns the wrappers it needs.
pub(super) fn resolve(
    types: &[Type],
    names: &NameMap<Box<str>, TypeId>,
    ty: &str,
) -> Result<(Vec<Type>, TypeId), SchemaError> {
    let mut extra = Vec::new();
    if let Some(id) = names.get(ty) {
        return Ok((extra, *id));
    }
    let user = || "the call".to_owned();
    let (marks, name) = split(ty, &user)?;
    let mut push = |ty| push(types.len(), &mut extra, ty);
    let mut id = match names.get(name) {
        Some(id) => *id,
        None => made(name, &mut push)?.ok_or_else(|| unknown(name, &user))?,
    };
    for mark in marks.into_iter().rev() {
        id = push(mark.wrap(id))?;
    }
    Ok((extra, id))
}

fn push(before: usize, types: &mut Vec<Type>, ty: Type) -> Result<TypeId, SchemaError> {
    let place = before.saturating_add(types.len());
    let id = u32::try_from(place)
        .ok()
        // Each definition makes two types at most, its name's and a built-in one's.
        .filter(|_| place < MAX_ENTRIES.saturating_mul(4))
        .ok_or(SchemaError::TooLarge {
            what: "types",
            limit: MAX_ENTRIES,
        })?;
    types.push(ty);
    Ok(TypeId(id))
}

/// Makes a built-in type.
fn made(
    name: &str,
    push: &mut dyn FnMut(Type) -> Result<TypeId, SchemaError>,
) -> Result<Option<TypeId>, SchemaError> {
    if name == EXTENDED_ASSET {
        let quantity = push(Type::Builtin(Builtin::Asset))?;
        let contract = push(Type::Builtin(Builtin::Name))?;
        let fields = [("quantity", quantity), ("contract", contract)];
        let fields = fields.map(|(name, ty)| Field {
            name: name.into(),
            ty,
            is_extension: false,
        });
        return match Struct::new(fields.into(), false) {
            Ok(ty) => push(Type::Struct(ty)).map(Some),
            Err(_) => Ok(None),
        };
    }
    Builtin::from_name(name)
        .map(|builtin| push(Type::Builtin(builtin)))
        .transpose()
}

impl<'a> Compiler<'a> {
    /// Gives each name its definition, and structs and variants their ids.
    fn define(&mut self, abi: &'a Abi) -> Result<(), SchemaError> {
        for alias in &abi.types {
            self.define_one("type", &alias.new_type_name, |_| {
                Ok(Definition::Alias(&alias.ty))
            })?;
        }
        for definition in &abi.structs {
            self.define_one("struct", &definition.name, |types| {
                push(0, types, Type::Struct(Struct::default())).map(Definition::Struct)
            })?;
        }
        for definition in abi.variants.0.as_deref().unwrap_or_default() {
            self.define_one("variant", &definition.name, |types| {
                push(0, types, Type::Variant(Variant::default())).map(Definition::Other)
            })?;
        }
        Ok(())
    }

    fn define_one(
        &mut self,
        what: &'static str,
        name: &'a str,
        definition: impl FnOnce(&mut Vec<Type>) -> Result<Definition<'a>, SchemaError>,
    ) -> Result<(), SchemaError> {
        if name.len() > MAX_NAME {
            return Err(SchemaError::TooLarge {
                what: "bytes in a name",
                limit: MAX_NAME,
            });
        }
        let is_builtin = Builtin::from_name(name).is_some() || name == EXTENDED_ASSET;
        if is_builtin || self.definitions.contains_key(name) {
            return Err(SchemaError::Duplicate {
                what,
                name: name.into(),
            });
        }
        let definition = definition(&mut self.types)?;
        self.definitions.insert(name, definition);
        let (Definition::Struct(id) | Definition::Other(id)) = definition else {
            return Ok(());
        };
        self.remember(name, id)
    }

    fn count(&mut self, entries: usize) -> Result<(), SchemaError> {
        self.entries = within_limit(self.entries.saturating_add(entries))?;
        Ok(())
    }

    fn remember(&mut self, ty: &'a str, id: TypeId) -> Result<(), SchemaError> {
        if ty.len() > MAX_NAME {
            return Err(SchemaError::TooLarge {
                what: "bytes in a type",
                limit: MAX_NAME,
            });
        }
        self.resolved.insert(ty, id);
        Ok(())
    }

    /// Finds the type of an expression.
    fn resolve(
        &mut self,
        ty: &'a str,
        user: &dyn Fn() -> String,
        chain: usize,
    ) -> Result<TypeId, SchemaError> {
        if let Some(id) = self.resolved.get(ty) {
            return Ok(*id);
        }
        let (marks, name) = split(ty, user)?;
        self.count(marks.len())?;
        let mut id = self.resolve_name(name, user, chain)?;
        for mark in marks.into_iter().rev() {
            id = push(0, &mut self.types, mark.wrap(id))?;
        }
        self.remember(ty, id)?;
        Ok(id)
    }

    fn resolve_name(
        &mut self,
        name: &'a str,
        user: &dyn Fn() -> String,
        chain: usize,
    ) -> Result<TypeId, SchemaError> {
        if let Some(id) = self.resolved.get(name) {
            return Ok(*id);
        }
        match self.definitions.get(name).copied() {
            Some(Definition::Alias(target)) => {
                if chain >= MAX_ALIASES {
                    return Err(self.endless_alias(name));
                }
                self.resolve(target, user, chain.saturating_add(1))
            }
            Some(Definition::Struct(id) | Definition::Other(id)) => Ok(id),
            None => {
                let types = &mut self.types;
                made(name, &mut |ty| push(0, types, ty))?.ok_or_else(|| unknown(name, user))
            }
        }
    }

    /// Says whether a chain of aliases that is too long is a ring.
    fn endless_alias(&self, name: &str) -> SchemaError {
        let mut current = name;
        for _ in 0..=self.definitions.len() {
            match self.definitions.get(base_name(current)) {
                Some(Definition::Alias(target)) => current = target,
                _ => {
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

    fn put(&mut self, name: &str, ty: Type) {
        if let Some(Definition::Struct(id) | Definition::Other(id)) = self.definitions.get(name)
            && let Some(place) = self.types.get_mut(id.place())
        {
            *place = ty;
        }
    }

    /// Counts what structs have from their bases, and refuses rings and long lines of them.
    fn count_inherited(&mut self, abi: &'a Abi) -> Result<(), SchemaError> {
        /// How many fields a struct has with those of its bases, and how many bases that are.
        #[derive(Clone, Copy, Default)]
        struct Size {
            fields: usize,
            bases: usize,
        }
        let mut sizes = vec![None::<Size>; self.structs.len()];
        for definition in &abi.structs {
            let mut open = Vec::new();
            let mut size = Size::default();
            let mut next = Some(definition);
            while let Some(current) = next {
                let id = self.resolved.get(current.name.as_str()).copied();
                let known = id.and_then(|id| sizes.get(id.place()).copied().flatten());
                if let Some(known) = known {
                    size = known;
                    size.bases = size.bases.saturating_add(1);
                    break;
                }
                if open.len() > MAX_CHAIN {
                    return Err(endless_base(&definition.name, &open));
                }
                open.push((id, current));
                next = self.base_of(current)?.map(|(_, base)| base);
            }
            while let Some((id, current)) = open.pop() {
                if size.bases > MAX_CHAIN {
                    return Err(endless_base(&current.name, &[]));
                }
                self.count(size.fields)?;
                size.fields = size.fields.saturating_add(current.fields.len());
                if let Some(place) = id.and_then(|id| sizes.get_mut(id.place())) {
                    *place = Some(size);
                }
                size.bases = size.bases.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Finds the fields of a struct, and of those of its bases that have not had their turn.
    fn fill_struct(&mut self, definition: &'a StructDef) -> Result<(), SchemaError> {
        let mut open = Vec::new();
        let mut next = self
            .resolved
            .get(definition.name.as_str())
            .copied()
            .zip(Some(definition));
        while let Some((id, current)) = next.filter(|(id, _)| !self.is_filled(*id)) {
            open.push((id, current));
            next = self.base_of(current)?;
        }
        while let Some((id, current)) = open.pop() {
            let compiled = self.compile_struct(current)?;
            self.put(&current.name, Type::Struct(compiled));
            if let Some(filled) = self.filled.get_mut(id.place()) {
                *filled = true;
            }
        }
        Ok(())
    }

    fn is_filled(&self, id: TypeId) -> bool {
        self.filled.get(id.place()).copied().unwrap_or_default()
    }

    /// Resolves a struct's fields behind those of its base, whose turn has been.
    fn compile_struct(&mut self, definition: &'a StructDef) -> Result<Struct, SchemaError> {
        let mut fields = Vec::<Field>::with_capacity(definition.fields.len());
        let base = self.base_of(definition)?;
        if let Some((base, _)) = base
            && let Some(Type::Struct(base)) = self.types.get(base.place())
        {
            fields.reserve_exact(base.fields.len().saturating_add(definition.fields.len()));
            fields.extend_from_slice(&base.fields);
        }
        for field in &definition.fields {
            let user = || {
                format!(
                    "field {:?} of struct {:?}",
                    excerpt(&field.name),
                    excerpt(&definition.name)
                )
            };
            if field.name.len() > MAX_NAME {
                return Err(SchemaError::TooLarge {
                    what: "bytes in a field's name",
                    limit: MAX_NAME,
                });
            }
            let (ty, is_extension) = match field.ty.strip_suffix('$') {
                Some(ty) => (ty, true),
                None => (field.ty.as_str(), false),
            };
            let ty = self.resolve(ty, &user, 0)?;
            if !is_extension && fields.last().is_some_and(|last| last.is_extension) {
                return Err(SchemaError::FieldAfterExtension {
                    field: field.name.as_str().into(),
                    name: definition.name.as_str().into(),
                });
            }
            fields.push(Field {
                name: field.name.as_str().into(),
                ty,
                is_extension,
            });
        }
        Struct::new(fields, base.is_some()).map_err(|twice| SchemaError::Duplicate {
            what: "field",
            name: format!("{}.{}", definition.name, twice.name).into(),
        })
    }

    /// Finds the base of a struct, which may be named by an alias.
    fn base_of(
        &self,
        definition: &StructDef,
    ) -> Result<Option<(TypeId, &'a StructDef)>, SchemaError> {
        if definition.base.is_empty() {
            return Ok(None);
        }
        // Names of structs and aliases have been resolved before any struct's turn.
        let base = self.resolved.get(definition.base.as_str()).copied();
        base.and_then(|id| Some((id, self.structs.get(id.place())?)))
            .map(Some)
            .ok_or_else(|| SchemaError::NotAStruct {
                base: excerpt(&definition.base).into(),
                name: definition.name.as_str().into(),
            })
    }
}

/// Says whether a chain of bases that is too long is a ring.
fn endless_base(name: &str, chain: &[(Option<TypeId>, &StructDef)]) -> SchemaError {
    let is_ring = (1..)
        .zip(chain)
        .any(|(behind, (id, _))| chain.iter().skip(behind).any(|(other, _)| other == id));
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

/// Returns an expression's name without its marks.
fn base_name(ty: &str) -> &str {
    ty.find(['?', '[', '$'])
        .and_then(|end| ty.get(..end))
        .unwrap_or(ty)
}
