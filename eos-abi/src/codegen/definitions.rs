//! An ABI's definitions, looked up by their names.

use std::collections::HashMap;

use super::Generator;
use super::builtin::BUILTINS;
use super::error::Error;
use super::identifier::{is_identifier, is_path};
use super::model::{Field, Item, Kind, Leaf, Replacement, Type};
use super::own::own_type;
use crate::abi::{Abi, StructDef};
use crate::error::excerpt;
use crate::name::Name;
use crate::schema::expression::split;

/// The fields of a struct as the ABI has them, those of its bases first: names and types.
pub(super) type Fields<'a> = Vec<(&'a str, &'a str)>;

/// An ABI's definitions by their names.
pub(super) struct Definitions<'a> {
    pub(super) ids: HashMap<&'a str, usize>,
    aliases: HashMap<&'a str, &'a str>,
    structs: HashMap<&'a str, &'a StructDef>,
}

impl<'a> Definitions<'a> {
    pub(super) fn new(abi: &'a Abi) -> Self {
        let aliases = abi.types.iter().map(|alias| alias.new_type_name.as_str());
        let structs = abi
            .structs
            .iter()
            .map(|definition| definition.name.as_str());
        let variants = abi.variants.0.as_deref().unwrap_or_default();
        let variants = variants.iter().map(|definition| definition.name.as_str());
        let names = aliases.chain(structs).chain(variants);
        Self {
            ids: names.zip(0..).collect(),
            aliases: abi
                .types
                .iter()
                .map(|alias| (alias.new_type_name.as_str(), alias.ty.as_str()))
                .collect(),
            structs: abi
                .structs
                .iter()
                .map(|definition| (definition.name.as_str(), definition))
                .collect(),
        }
    }

    /// Checks that the options name what is there, by what Rust takes.
    pub(super) fn check(&self, abi: &Abi, options: &Generator) -> Result<(), Error> {
        let unknown = |item: String| Err(Error::Unknown { item: item.into() });
        let not_rust = |text: &str, what| {
            let text = text.into();
            Err(Error::NotRust { text, what })
        };
        for path in options.externs.values().chain([&options.crate_path]) {
            if !is_path(path) {
                return not_rust(path, "path");
            }
        }
        for identifier in options.types.values().chain(options.fields.values()) {
            if !is_identifier(identifier) {
                return not_rust(identifier, "identifier");
            }
        }
        for name in options.externs.keys().chain(options.types.keys()) {
            if !self.ids.contains_key(name.as_str()) {
                return unknown(format!("type {name:?}"));
            }
        }
        for (owner, field) in options.fields.keys() {
            let variants = abi.variants.0.as_deref().unwrap_or_default();
            let variant = variants.iter().find(|variant| variant.name == *owner);
            let is_known = match (self.structs.get(owner.as_str()), variant) {
                (Some(definition), _) => {
                    let fields = self.fields(definition);
                    fields.iter().any(|(name, _)| name == field)
                }
                (None, Some(variant)) => variant.types.contains(field),
                (None, None) => false,
            };
            if !is_known {
                return unknown(format!("field {field:?} of type {owner:?}"));
            }
        }
        for name in options.actions.iter().flatten() {
            if !abi.actions.iter().any(|action| action.name == *name) {
                return unknown(format!("action \"{name}\""));
            }
        }
        for name in options.tables.iter().flatten() {
            let in_kv = |(kv, _): &(Name, _)| kv == name;
            if !abi.tables.iter().any(|table| table.name == (*name).into())
                && !abi.kv_tables.0.iter().flatten().any(in_kv)
            {
                return unknown(format!("table \"{name}\""));
            }
        }
        Ok(())
    }

    /// Returns the items in the order of the ABI: its aliases, its structs, its variants.
    pub(super) fn items(&self, abi: &'a Abi, options: &Generator) -> Result<Vec<Item<'a>>, Error> {
        let mut items = Vec::new();
        for alias in &abi.types {
            let user = || format!("type {:?}", excerpt(&alias.new_type_name));
            let ty = self.parse(&alias.ty, &user)?;
            items.push(Item::new(&alias.new_type_name, Kind::Alias(&alias.ty, ty)));
        }
        let all_fields: HashMap<&str, Fields<'_>> = self
            .structs
            .iter()
            .map(|(name, definition)| (*name, self.fields(definition)))
            .collect();
        for definition in &abi.structs {
            let user = || format!("struct {:?}", excerpt(&definition.name));
            let mut fields = Vec::new();
            for (name, ty) in self.fields(definition) {
                let (ty, is_extension) = match ty.strip_suffix('$') {
                    Some(ty) => (ty, true),
                    None => (ty, false),
                };
                let ty = self.parse(ty, &user)?;
                fields.push(Field::new(name, ty, is_extension));
            }
            let mut item = Item::new(&definition.name, Kind::Struct(fields));
            item.replaced_by = own_type(&definition.name, &all_fields).map(Replacement::Own);
            items.push(item);
        }
        for definition in abi.variants.0.as_deref().unwrap_or_default() {
            let user = || format!("variant {:?}", excerpt(&definition.name));
            let mut alternatives = Vec::new();
            for name in &definition.types {
                alternatives.push(Field::new(name, self.parse(name, &user)?, false));
            }
            items.push(Item::new(&definition.name, Kind::Variant(alternatives)));
        }
        for item in &mut items {
            if let Some(path) = options.externs.get(item.name) {
                item.replaced_by = Some(Replacement::Path(path.clone()));
            }
        }
        Ok(items)
    }

    /// Returns a struct's fields, those of its bases first. Schemas refuse rings of bases.
    fn fields(&self, definition: &'a StructDef) -> Fields<'a> {
        let mut chain = vec![definition];
        let mut last = definition;
        while let Some(base) = self.base_of(last) {
            chain.push(base);
            last = base;
        }
        let own = |part: &&'a StructDef| {
            let fields = part.fields.iter();
            fields.map(|field| (field.name.as_str(), field.ty.as_str()))
        };
        chain.iter().rev().flat_map(own).collect()
    }

    /// Returns the struct that is another's base, which an alias may name.
    pub(super) fn base_of(&self, definition: &StructDef) -> Option<&'a StructDef> {
        let mut name = definition.base.as_str();
        if name.is_empty() {
            return None;
        }
        for _ in 0..=self.aliases.len() {
            if let Some(base) = self.structs.get(name) {
                return Some(base);
            }
            name = self.aliases.get(name)?;
        }
        None
    }

    /// Reads a type's expression.
    pub(super) fn parse(&self, expression: &str, user: &dyn Fn() -> String) -> Result<Type, Error> {
        let (marks, name) = if self.ids.contains_key(expression) {
            (Vec::new(), expression)
        } else {
            split(expression, user)?
        };
        let leaf = match self.ids.get(name) {
            Some(at) => Leaf::Item(*at),
            None => BUILTINS
                .iter()
                .find(|builtin| builtin.name == name)
                .map(Leaf::Builtin)
                .ok_or_else(|| Error::NoRustForm {
                    ty: excerpt(name).into(),
                    user: user().into(),
                })?,
        };
        Ok(Type {
            marks,
            leaf,
            is_boxed: false,
        })
    }
}
