//! What will be written: an ABI's definitions with their identifiers, and what Rust must know of them.

use std::collections::{BTreeSet, HashMap};

use super::Generator;
use super::builtin::Builtin;
use super::definitions::Definitions;
use super::error::Error;
use super::identifier::{alternative_identifier, field_identifier, type_identifier};
use super::recursion::{Rings, reachable, turn};
use crate::abi::Abi;
use crate::error::excerpt;
use crate::name::Name;
use crate::schema::Schema;
use crate::schema::expression::Mark;

/// The longest array that is a Rust array: serde knows them up to here.
const MAX_INLINE_ARRAY: u32 = 32;

/// How many bytes a value may take without what is on the heap: it must fit a stack several times.
const MAX_SIZE: usize = 1 << 16;

/// What a type's name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaf {
    Builtin(&'static Builtin),
    Item(usize),
}

/// A type as it is used: a name, and what is around it, the outermost first.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) marks: Vec<Mark>,
    pub(super) leaf: Leaf,
    /// Whether the leaf must be on the heap, because it holds the user.
    pub(super) is_boxed: bool,
}

impl Type {
    /// Returns whether values of the leaf lie inside those of the user, not on the heap.
    fn is_inline(&self) -> bool {
        !self.marks.iter().any(|mark| match mark {
            Mark::Array => true,
            Mark::FixedArray(size) => !is_inline_array(*size),
            Mark::Optional => false,
        })
    }

    /// Returns whether there may be no value of the leaf. Arrays of length 0 are on the heap, and do not count here.
    fn may_be_empty(&self) -> bool {
        self.marks.contains(&Mark::Optional) || self.marks.contains(&Mark::Array)
    }

    fn item(&self) -> Option<usize> {
        match self.leaf {
            Leaf::Item(at) => Some(at),
            Leaf::Builtin(_) => None,
        }
    }
}

/// Returns whether an array of this length is a Rust array. One of no elements is not: its type would hold itself.
pub(super) fn is_inline_array(size: u32) -> bool {
    (1..=MAX_INLINE_ARRAY).contains(&size)
}

/// A struct's field, or a variant's alternative, whose name is its type.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) identifier: String,
    pub(super) ty: Type,
    pub(super) is_extension: bool,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Alias(&'a str, Type),
    Struct(Vec<Field<'a>>),
    Variant(Vec<Field<'a>>),
    /// A newtype for an action or a table whose struct serves others too.
    Wrapper(Type),
}

/// Something that becomes a Rust type.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) name: &'a str,
    pub(super) identifier: String,
    pub(super) kind: Kind<'a>,
    /// The path of the type that is taken instead.
    pub(super) replaced_by: Option<Replacement>,
    pub(super) is_written: bool,
    pub(super) has_eq: bool,
    pub(super) has_default: bool,
    pub(super) action: Option<ActionUse>,
    pub(super) table: Option<Name>,
}

/// A type that exists.
#[derive(Debug)]
pub(super) enum Replacement {
    /// One of this crate.
    Own(&'static str),
    /// One that the options name.
    Path(String),
}

/// The action whose arguments an item is.
#[derive(Debug)]
pub(super) struct ActionUse {
    pub(super) name: Name,
    pub(super) result: Option<Type>,
}

/// A type that an item refers to.
struct Reference<'m> {
    ty: &'m Type,
    is_alternative: bool,
    is_extension: bool,
}

impl Reference<'_> {
    fn may_be_absent(&self) -> bool {
        self.is_alternative || self.is_extension || self.ty.marks.contains(&Mark::Optional)
    }
}

impl Item<'_> {
    fn references(&self) -> Vec<Reference<'_>> {
        match &self.kind {
            Kind::Alias(_, ty) | Kind::Wrapper(ty) => vec![Reference {
                ty,
                is_alternative: false,
                is_extension: false,
            }],
            Kind::Struct(fields) | Kind::Variant(fields) => fields
                .iter()
                .map(|field| Reference {
                    ty: &field.ty,
                    is_alternative: matches!(self.kind, Kind::Variant(_)),
                    is_extension: field.is_extension,
                })
                .collect(),
        }
    }

    fn types_mut(&mut self) -> Vec<(&mut Type, bool)> {
        match &mut self.kind {
            Kind::Alias(_, ty) | Kind::Wrapper(ty) => vec![(ty, false)],
            Kind::Struct(fields) => fields
                .iter_mut()
                .map(|field| (&mut field.ty, field.is_extension))
                .collect(),
            Kind::Variant(alternatives) => alternatives
                .iter_mut()
                .map(|alternative| (&mut alternative.ty, true))
                .collect(),
        }
    }

    /// Says what it is, for an error.
    fn describe(&self) -> String {
        let name = excerpt(self.name);
        match (&self.kind, &self.action) {
            (Kind::Alias(..), _) => format!("type {name:?}"),
            (Kind::Struct(_), _) => format!("struct {name:?}"),
            (Kind::Variant(_), _) => format!("variant {name:?}"),
            (Kind::Wrapper(_), Some(action)) => format!("action \"{}\"", action.name),
            (Kind::Wrapper(_), None) => {
                format!("table \"{}\"", self.table.unwrap_or_default())
            }
        }
    }
}

/// An ABI's definitions, ready to be written.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) items: Vec<Item<'a>>,
}

impl<'a> Model<'a> {
    pub(super) fn new(abi: &'a Abi, options: &Generator) -> Result<Self, Error> {
        Schema::compile(abi)?;
        let definitions = Definitions::new(abi);
        definitions.check(abi, options)?;
        let mut model = Self {
            items: definitions.items(abi, options)?,
        };
        let mut roots = model.add_actions(&definitions, abi, options)?;
        roots.extend(model.add_tables(&definitions, abi, options)?);
        model.select(&definitions, abi, options, roots);
        model.name_items(options)?;
        model.box_rings();
        model.find_traits();
        model.check_sizes()?;
        Ok(model)
    }

    /// Finds what each action's arguments are, and returns the items that the actions need.
    fn add_actions(
        &mut self,
        definitions: &Definitions<'a>,
        abi: &'a Abi,
        options: &Generator,
    ) -> Result<Vec<usize>, Error> {
        let all = abi.actions.iter();
        let all: Vec<_> = all
            .map(|action| (action.name, action.ty.as_str()))
            .collect();
        let mut roots = Vec::new();
        for (name, at) in self.hosts(definitions, &all, options.wanted(options.actions.as_ref()))? {
            let results = abi.action_results.0.as_deref().unwrap_or_default();
            let result = results.iter().find(|result| result.name == name);
            let user = || format!("the result of action \"{name}\"");
            let result = result
                .map(|result| definitions.parse(&result.result_type, &user))
                .transpose()?;
            roots.extend(result.as_ref().and_then(Type::item));
            roots.push(at);
            if let Some(item) = self.items.get_mut(at) {
                item.action = Some(ActionUse { name, result });
            }
        }
        Ok(roots)
    }

    /// Finds what each table's rows are, and returns their items.
    fn add_tables(
        &mut self,
        definitions: &Definitions<'a>,
        abi: &'a Abi,
        options: &Generator,
    ) -> Result<Vec<usize>, Error> {
        // Tables without a chain's name are reached by nobody.
        let tables = abi.tables.iter();
        let tables = tables.filter_map(|table| Some((table.name.as_name()?, table.ty.as_str())));
        let kv_tables = abi.kv_tables.0.iter().flatten();
        let kv_tables = kv_tables.map(|(name, table)| (*name, table.ty.as_str()));
        let all: Vec<_> = tables.chain(kv_tables).collect();
        let mut roots = Vec::new();
        for (name, at) in self.hosts(definitions, &all, options.wanted(options.tables.as_ref()))? {
            roots.push(at);
            if let Some(item) = self.items.get_mut(at) {
                item.table = Some(name);
            }
        }
        Ok(roots)
    }

    /// Returns the item that stands for each wanted action, or table: its struct, if that is named after it or serves no
    /// other, and else a newtype.
    fn hosts(
        &mut self,
        definitions: &Definitions<'a>,
        all: &[(Name, &'a str)],
        wanted: Option<&[Name]>,
    ) -> Result<Vec<(Name, usize)>, Error> {
        let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
        let mut types = Vec::new();
        for &(name, expression) in all {
            let ty = definitions.parse(expression, &|| format!("\"{name}\""))?;
            let target = self.struct_of(&ty);
            if let Some(at) = target.filter(|at| !seen.insert(*at)) {
                shared.insert(at);
            }
            types.push((name, expression, ty, target));
        }
        let is_wanted = |name: &Name| wanted.is_none_or(|wanted| wanted.contains(name));
        let mut hosts = Vec::new();
        for (name, expression, ty, target) in types {
            if !is_wanted(&name) {
                continue;
            }
            let host = target.filter(|at| {
                let item = self.items.get(*at).map_or("", |item| item.name);
                !shared.contains(at) || name.to_string() == item
            });
            let at = host.unwrap_or_else(|| {
                self.items.push(Item::new(expression, Kind::Wrapper(ty)));
                self.items.len().saturating_sub(1)
            });
            hosts.push((name, at));
        }
        Ok(hosts)
    }

    /// Returns the struct or variant that a type is without anything around it, if it is one to be written.
    fn struct_of(&self, ty: &Type) -> Option<usize> {
        let mut ty = ty;
        // As many steps as there are items lead out of any chain of aliases.
        for _ in 0..=self.items.len() {
            if !ty.marks.is_empty() {
                return None;
            }
            let at = ty.item()?;
            let item = self.items.get(at)?;
            match &item.kind {
                Kind::Alias(_, target) => ty = target,
                _ => return item.replaced_by.is_none().then_some(at),
            }
        }
        None
    }

    /// Decides what is written.
    fn select(
        &mut self,
        definitions: &Definitions<'a>,
        abi: &'a Abi,
        options: &Generator,
        mut roots: Vec<usize>,
    ) {
        let edges: Vec<Vec<usize>> = self.items.iter().map(Item::targets).collect();
        let is_replaced = |at: &usize| {
            self.items
                .get(*at)
                .is_some_and(|item| item.replaced_by.is_some())
        };
        if !options.is_restricted() {
            // What only replaced types are made of is not written either.
            let mut inside = edges.clone();
            for definition in &abi.structs {
                let base = definitions
                    .base_of(definition)
                    .map(|base| base.name.as_str());
                let ids = [Some(definition.name.as_str()), base];
                if let [Some(at), Some(base)] = ids.map(|name| definitions.ids.get(name?).copied())
                    && let Some(targets) = inside.get_mut(at)
                {
                    targets.push(base);
                }
            }
            let inside = reachable(&inside, (0..self.items.len()).filter(is_replaced));
            roots.extend(
                (0..)
                    .zip(&inside)
                    .filter(|(_, inside)| !**inside)
                    .map(|(at, _)| at),
            );
        }
        let outside: Vec<Vec<usize>> = (0..)
            .zip(edges)
            .map(|(at, targets)| {
                if is_replaced(&at) {
                    Vec::new()
                } else {
                    targets
                }
            })
            .collect();
        let reached = reachable(&outside, roots);
        for (item, is_reached) in self.items.iter_mut().zip(reached) {
            item.is_written = is_reached && item.replaced_by.is_none();
        }
    }

    /// Gives identifiers to what is written.
    fn name_items(&mut self, options: &Generator) -> Result<(), Error> {
        let mut taken: HashMap<String, String> = HashMap::new();
        for item in self.items.iter_mut().filter(|item| item.is_written) {
            let described = item.describe();
            let identifier = match (&item.kind, options.types.get(item.name)) {
                (Kind::Wrapper(_), _) => {
                    let (name, of) = match &item.action {
                        Some(action) => (action.name, "action"),
                        None => (item.table.unwrap_or_default(), "row"),
                    };
                    // A chain's name may begin with a digit, and an identifier may not.
                    type_identifier(&format!("{name}_{of}"))
                        .or_else(|| type_identifier(&format!("{of}_{name}")))
                }
                (_, Some(renamed)) => Some(renamed.clone()),
                (_, None) => type_identifier(item.name),
            };
            item.identifier = identifier.ok_or_else(|| Error::NoIdentifier {
                item: described.as_str().into(),
            })?;
            claim(&mut taken, &item.identifier, described.clone())?;
            let (fields, of) = match &mut item.kind {
                Kind::Struct(fields) => (fields, "field"),
                Kind::Variant(alternatives) => (alternatives, "alternative"),
                Kind::Alias(..) | Kind::Wrapper(_) => continue,
            };
            let mut names = BTreeSet::new();
            let mut taken = HashMap::new();
            for field in fields {
                let described = format!("{of} {:?} of {described}", excerpt(field.name));
                if !names.insert(field.name) {
                    return Err(Error::DoubleAlternative {
                        variant: excerpt(item.name).into(),
                        ty: excerpt(field.name).into(),
                    });
                }
                let key = (item.name.to_owned(), field.name.to_owned());
                let identifier = match options.fields.get(&key) {
                    Some(renamed) => Some(renamed.clone()),
                    None if of == "field" => field_identifier(field.name),
                    None => {
                        let name = field.name.find(['[', '?']);
                        let name = name.and_then(|end| field.name.get(..end));
                        alternative_identifier(&field.ty.marks, name.unwrap_or(field.name))
                    }
                };
                field.identifier = identifier.ok_or_else(|| Error::NoIdentifier {
                    item: described.as_str().into(),
                })?;
                claim(&mut taken, &field.identifier, described)?;
            }
        }
        Ok(())
    }

    /// Puts values on the heap that would lie inside themselves.
    fn box_rings(&mut self) {
        let inline = self.edges(|reference| reference.ty.is_inline());
        let rings = Rings::find(&inline);
        for (at, item) in self.items.iter_mut().enumerate() {
            for (ty, may_be_absent) in item.types_mut() {
                // Schemas refuse rings of values that cannot be absent, so that each ring is broken somewhere.
                let is_breakable = may_be_absent || ty.marks.contains(&Mark::Optional);
                let is_on_ring = ty.item().is_some_and(|target| rings.contains(at, target));
                ty.is_boxed = is_breakable && is_on_ring && ty.is_inline();
            }
        }
    }

    /// Finds which traits can be derived.
    fn find_traits(&mut self) {
        let all = self.edges(|_| true);
        let floats = self.having(|reference| match reference.ty.leaf {
            Leaf::Builtin(builtin) => builtin.is_float(),
            Leaf::Item(_) => false,
        });
        let without_eq = reachable(&turn(&all), floats);
        let needs_default =
            |reference: &Reference<'_>| !reference.may_be_absent() && !reference.ty.may_be_empty();
        let in_need = self.edges(needs_default);
        let mut bare = self.having(|reference| match reference.ty.leaf {
            Leaf::Builtin(builtin) => needs_default(reference) && !builtin.has_default(),
            Leaf::Item(_) => false,
        });
        bare.extend(
            (0..)
                .zip(&self.items)
                .filter_map(|(at, item)| matches!(item.kind, Kind::Variant(_)).then_some(at)),
        );
        let without_default = reachable(&turn(&in_need), bare);
        let found = without_eq.into_iter().zip(without_default);
        for (item, (without_eq, without_default)) in self.items.iter_mut().zip(found) {
            item.has_eq = !without_eq;
            item.has_default = !without_default;
        }
    }

    fn check_sizes(&self) -> Result<(), Error> {
        let inline = self.edges(|reference| reference.ty.is_inline() && !reference.ty.is_boxed);
        let mut sizes = vec![0_usize; self.items.len()];
        for at in Rings::find(&inline).order {
            let Some(item) = self.items.get(at) else {
                continue;
            };
            let parts = item
                .references()
                .into_iter()
                .map(|part| part.ty.size(&sizes));
            let size = match item.kind {
                Kind::Variant(_) => parts.max().unwrap_or(0).saturating_add(8),
                _ => parts.fold(0, usize::saturating_add),
            };
            if size > MAX_SIZE && item.is_written {
                return Err(Error::TooLarge {
                    item: item.describe().into(),
                    limit: MAX_SIZE,
                });
            }
            if let Some(place) = sizes.get_mut(at) {
                *place = size;
            }
        }
        Ok(())
    }

    /// Returns the items that each item refers to in a way.
    fn edges(&self, way: impl Fn(&Reference<'_>) -> bool) -> Vec<Vec<usize>> {
        self.items
            .iter()
            .map(|item| {
                let references = item.references().into_iter();
                references
                    .filter(&way)
                    .filter_map(|reference| reference.ty.item())
                    .collect()
            })
            .collect()
    }

    /// Returns the items that have such a reference.
    fn having(&self, such: impl Fn(&Reference<'_>) -> bool) -> Vec<usize> {
        (0..)
            .zip(&self.items)
            .filter(|(_, item)| item.references().iter().any(&such))
            .map(|(at, _)| at)
            .collect()
    }
}

impl Type {
    /// Returns how many bytes a value takes at most, what is on the heap apart.
    fn size(&self, sizes: &[usize]) -> usize {
        let leaf = match self.leaf {
            _ if self.is_boxed => 8,
            Leaf::Builtin(builtin) => builtin.size,
            Leaf::Item(at) => sizes.get(at).copied().unwrap_or_default(),
        };
        self.marks.iter().rev().fold(leaf, |size, mark| match mark {
            Mark::Optional => size.saturating_add(8),
            Mark::FixedArray(length) if is_inline_array(*length) => {
                size.saturating_mul(usize::try_from(*length).unwrap_or(usize::MAX))
            }
            Mark::Array | Mark::FixedArray(_) => 24,
        })
    }
}

impl<'a> Item<'a> {
    pub(super) fn new(name: &'a str, kind: Kind<'a>) -> Self {
        Self {
            name,
            identifier: String::new(),
            kind,
            replaced_by: None,
            is_written: false,
            has_eq: false,
            has_default: false,
            action: None,
            table: None,
        }
    }

    fn targets(&self) -> Vec<usize> {
        let types = self.references().into_iter().map(|reference| reference.ty);
        let result = self
            .action
            .iter()
            .filter_map(|action| action.result.as_ref());
        types.chain(result).filter_map(Type::item).collect()
    }
}

fn claim(
    taken: &mut HashMap<String, String>,
    identifier: &str,
    second: String,
) -> Result<(), Error> {
    if let Some(first) = taken.get(identifier) {
        return Err(Error::Clash {
            identifier: identifier.into(),
            first: first.as_str().into(),
            second: second.into(),
        });
    }
    taken.insert(identifier.to_owned(), second);
    Ok(())
}

impl<'a> Field<'a> {
    pub(super) fn new(name: &'a str, ty: Type, is_extension: bool) -> Self {
        Self {
            name,
            identifier: String::new(),
            ty,
            is_extension,
        }
    }
}
