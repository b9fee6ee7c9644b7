//! Compiled types: a few lists, whose elements refer to each other by their places.

use super::builtin::{self, Builtin};
use super::hash::{NameHash, NameTable};

/// The place of a type in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TypeId(pub(super) u32);

impl TypeId {
    #[inline]
    pub(super) fn place(self) -> usize {
        index(self.0)
    }
}

/// A compiled type.
#[derive(Debug, Clone, Copy)]
pub(super) enum Type {
    Builtin(Builtin),
    Struct(Struct),
    Variant(Variant),
    Optional(TypeId),
    Array(TypeId),
    FixedArray(TypeId, u32),
}

/// A struct with the fields of its bases before its own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Struct {
    pub(super) fields: Run,
    pub(super) has_base: bool,
}

/// One of several types, each with the name that stands for it in JSON, by index.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Variant {
    pub(super) alternatives: Run,
}

/// Members that stand beside each other in the list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    start: u32,
    count: u32,
}

/// A field of a struct, or an alternative of a variant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) name: Text,
    pub(super) ty: TypeId,
    pub(super) is_extension: bool,
}

/// A text's place among all of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    start: u32,
    end: u32,
}

/// What a type's name stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    Type(TypeId),
    /// The alias of this place in the ABI. When all is compiled, none of these is left.
    Alias(u32),
}

/// All types, with their members and names.
#[derive(Debug, Clone)]
pub(super) struct Catalog {
    pub(super) types: Vec<Type>,
    members: Vec<Member>,
    /// The names of types, and the expressions that the ABI uses.
    named: Vec<(Text, Meaning)>,
    texts: String,
    hash: NameHash,
    by_name: NameTable,
    /// The members of those types that have more than can be looked through as fast.
    by_member: NameTable,
}

/// Up to how many members are looked through one by one.
const FEW: usize = 8;

impl Catalog {
    /// Returns a catalog with room for this many names of types, members, and bytes of their names.
    pub(super) fn with_capacity(names: usize, members: usize, bytes: usize) -> Self {
        Self {
            types: Vec::with_capacity(names.saturating_add(builtin::COUNT)),
            members: Vec::with_capacity(members),
            named: Vec::with_capacity(names),
            texts: String::with_capacity(bytes),
            hash: NameHash::new(),
            by_name: NameTable::with_capacity(names),
            by_member: NameTable::default(),
        }
    }

    #[inline]
    pub(super) fn text(&self, text: Text) -> &str {
        let range = index(text.start)..index(text.end);
        self.texts.get(range).unwrap_or_default()
    }

    #[inline]
    pub(super) fn members(&self, run: Run) -> &[Member] {
        let start = index(run.start);
        let end = start.saturating_add(index(run.count));
        self.members.get(start..end).unwrap_or_default()
    }

    /// Returns what a type's name or an expression is known to stand for.
    #[inline]
    pub(super) fn meaning(&self, name: &str) -> Option<Meaning> {
        let found = self.named.get(self.find_name(name)?);
        found.map(|(_, meaning)| *meaning)
    }

    /// Says what a name stands for, whether it was known or not.
    pub(super) fn set_meaning(&mut self, name: &str, meaning: Meaning) {
        let known = self.find_name(name);
        match known.and_then(|place| self.named.get_mut(place)) {
            Some((_, known)) => *known = meaning,
            None => self.add_meaning(name, meaning),
        }
    }

    /// Says what a name stands for that was not known before.
    pub(super) fn add_meaning(&mut self, name: &str, meaning: Meaning) {
        let place = number(self.named.len());
        self.by_name.insert(self.hash.of(0, name), place);
        let text = self.add_text(name);
        self.named.push((text, meaning));
    }

    #[inline]
    fn find_name(&self, name: &str) -> Option<usize> {
        let found = self.by_name.find(self.hash.of(0, name), |place| {
            let named = self.named.get(index(place));
            named.is_some_and(|(text, _)| self.text(*text) == name)
        });
        found.map(index)
    }

    pub(super) fn add_text(&mut self, text: &str) -> Text {
        let start = number(self.texts.len());
        self.texts.push_str(text);
        Text {
            start,
            end: number(self.texts.len()),
        }
    }

    /// Returns where the next member will stand.
    pub(super) fn next_member(&self) -> usize {
        self.members.len()
    }

    pub(super) fn add_member(&mut self, member: Member) {
        self.members.push(member);
    }

    /// Adds the same members once more.
    pub(super) fn repeat_members(&mut self, run: Run) {
        let start = index(run.start);
        let end = start.saturating_add(index(run.count));
        if end <= self.members.len() {
            self.members.extend_from_within(start..end);
        }
    }

    /// Returns the members that were added from `start` on as those of one type, and one whose name was there before.
    pub(super) fn end_members(&mut self, start: usize) -> (Run, Option<Text>) {
        let run = Run {
            start: number(start),
            count: number(self.members.len().saturating_sub(start)),
        };
        let members = self.members.get(start..).unwrap_or_default();
        let mut twice = None;
        if members.len() <= FEW {
            for (behind, member) in (1..).zip(members) {
                let name = self.text(member.name);
                let mut others = members.iter().skip(behind);
                if others.any(|other| self.text(other.name) == name) {
                    twice = twice.or(Some(member.name));
                }
            }
            return (run, twice);
        }
        // Taken out to be written while the rest is read.
        let mut table = std::mem::take(&mut self.by_member);
        for (place, member) in (0..).zip(members) {
            let name = self.text(member.name);
            let hash = self.hash.of(run.start, name);
            if self.find_member(&table, hash, members, name).is_some() {
                twice = twice.or(Some(member.name));
            } else {
                table.insert(hash, place);
            }
        }
        self.by_member = table;
        (run, twice)
    }

    /// Returns where among a type's members that of a name stands; the first one, when it is there twice.
    pub(super) fn place(&self, run: Run, name: &str) -> Option<usize> {
        let members = self.members(run);
        if members.len() <= FEW {
            let mut members = members.iter();
            return members.position(|member| self.text(member.name) == name);
        }
        let hash = self.hash.of(run.start, name);
        self.find_member(&self.by_member, hash, members, name)
            .map(index)
    }

    fn find_member(
        &self,
        table: &NameTable,
        hash: u32,
        members: &[Member],
        name: &str,
    ) -> Option<u32> {
        table.find(hash, |place| {
            let member = members.get(index(place));
            member.is_some_and(|member| self.text(member.name) == name)
        })
    }
}

/// All types of a schema, and those that one call adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Types<'a> {
    pub(super) catalog: &'a Catalog,
    extra: &'a [Type],
}

impl<'a> Types<'a> {
    pub(super) fn new(catalog: &'a Catalog, extra: &'a [Type]) -> Self {
        Self { catalog, extra }
    }

    /// Returns a type.
    #[inline]
    pub(super) fn get(self, id: TypeId) -> Type {
        let place = id.place();
        let compiled = &self.catalog.types;
        *compiled
            .get(place)
            .or_else(|| self.extra.get(place.wrapping_sub(compiled.len())))
            .expect("compile makes ids of types that it puts into the list")
    }

    /// Returns the fields of a struct, or the alternatives of a variant.
    #[inline]
    pub(super) fn members(self, run: Run) -> &'a [Member] {
        self.catalog.members(run)
    }

    #[inline]
    pub(super) fn name(self, member: &Member) -> &'a str {
        self.catalog.text(member.name)
    }
}

/// Returns a place as it is kept. What an ABI may have fits 32 bits by far.
pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Returns a place that was kept. A u32 always fits where an ABI fits.
#[inline]
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
