//! The text, laid out as rustfmt would.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::Generator;
use super::builtin::Home;
use super::model::{Field, Item, Kind, Leaf, Model, Replacement, Type, is_inline_array};
use crate::name::Name;
use crate::schema::expression::Mark;

/// The longest line.
const WIDTH: usize = 100;

const HEADER: &str =
    "// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.\n";

pub(super) fn print(model: &Model<'_>, options: &Generator) -> String {
    let mut printer = Printer {
        model,
        crate_path: &options.crate_path,
        taken: model
            .items
            .iter()
            .filter(|item| item.is_written)
            .map(|item| item.identifier.as_str())
            .collect(),
        abi_imports: BTreeSet::new(),
        key_imports: BTreeSet::new(),
        body: String::new(),
    };
    for item in model.items.iter().filter(|item| item.is_written) {
        printer.item(item);
    }
    let mut text = String::new();
    for line in options.module_doc.iter().flat_map(|doc| doc.lines()) {
        text.push_str(format!("//! {line}").trim_end());
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(HEADER);
    text.push_str(&import("eos_keys", &printer.key_imports));
    text.push_str(&import(&options.crate_path, &printer.abi_imports));
    text.push_str(&printer.body);
    text
}

/// Returns the import of these names, in a group of its own.
fn import(path: &str, names: &BTreeSet<&str>) -> String {
    let list = || names.iter().copied();
    let Some(first) = names.first().filter(|_| names.len() == 1) else {
        if names.is_empty() {
            return String::new();
        }
        let line = format!("use {path}::{{{}}};", list().collect::<Vec<_>>().join(", "));
        // rustfmt wants room for two characters more here.
        if line.len().saturating_add(2) <= WIDTH {
            return format!("\n{line}\n");
        }
        let mut text = format!("\nuse {path}::{{");
        let mut column = WIDTH;
        for name in list() {
            let width = name.len().saturating_add(2);
            column = column.saturating_add(width);
            if column > WIDTH {
                text.push_str("\n    ");
                column = width.saturating_add(3);
            } else {
                text.push(' ');
            }
            text.push_str(name);
            text.push(',');
        }
        text.push_str("\n};\n");
        return text;
    };
    format!("\nuse {path}::{first};\n")
}

struct Printer<'m> {
    model: &'m Model<'m>,
    crate_path: &'m str,
    /// What the types that are written are called: nothing else can have these names.
    taken: BTreeSet<&'m str>,
    abi_imports: BTreeSet<&'static str>,
    key_imports: BTreeSet<&'static str>,
    body: String,
}

impl<'m> Printer<'m> {
    fn item(&mut self, item: &'m Item<'m>) {
        let identifier = &item.identifier;
        self.body.push('\n');
        self.line(0, &format!("/// {}", document(item)));
        match &item.kind {
            Kind::Alias(_, ty) => {
                let ty = self.ty(ty, false);
                self.assign(0, &format!("pub type {identifier} ="), &format!("{ty};"));
                return;
            }
            Kind::Struct(fields) => {
                self.derive(item);
                if fields.is_empty() {
                    self.line(0, &format!("pub struct {identifier} {{}}"));
                } else {
                    self.line(0, &format!("pub struct {identifier} {{"));
                    for field in fields {
                        self.field(field);
                    }
                    self.line(0, "}");
                }
            }
            Kind::Variant(alternatives) => {
                self.derive(item);
                self.line(0, "#[non_exhaustive]");
                if alternatives.is_empty() {
                    self.line(0, &format!("pub enum {identifier} {{}}"));
                } else {
                    self.line(0, &format!("pub enum {identifier} {{"));
                    for alternative in alternatives {
                        self.rename(alternative);
                        let ty = self.ty(&alternative.ty, false);
                        self.tuple(4, &alternative.identifier, &ty, ",");
                    }
                    self.line(0, "}");
                }
            }
            Kind::Wrapper(ty) => {
                self.derive(item);
                self.line(0, "#[serde(transparent)]");
                let ty = format!("pub {}", self.ty(ty, false));
                self.tuple(0, &format!("pub struct {identifier}"), &ty, ";");
            }
        }
        self.impls(item);
    }

    /// Writes what a struct is in the contract.
    fn impls(&mut self, item: &'m Item<'m>) {
        if let Some(action) = &item.action {
            self.name_impl("ActionData", "NAME", item, action.name);
            if let Some(result) = &action.result {
                self.impl_head("ActionReturn", item);
                let ty = self.ty(result, false);
                self.assign(4, "type Value =", &format!("{ty};"));
                self.line(0, "}");
            }
        }
        if let Some(table) = item.table {
            self.name_impl("TableRow", "TABLE", item, table);
        }
    }

    fn name_impl(&mut self, name: &'static str, constant: &str, item: &Item<'_>, value: Name) {
        self.impl_head(name, item);
        let ty = self.own("Name");
        let head = format!("const {constant}: {ty} =");
        self.assign(4, &head, &format!("{ty}::from_static(\"{value}\");"));
        self.line(0, "}");
    }

    fn impl_head(&mut self, name: &'static str, item: &Item<'_>) {
        self.body.push('\n');
        let head = format!("impl {}", self.own(name));
        let tail = format!("for {}", item.identifier);
        let line = format!("{head} {tail} {{");
        if fits(0, &[&line]) {
            self.line(0, &line);
        } else {
            self.line(0, &head);
            self.line(4, &tail);
            self.line(0, "{");
        }
    }

    fn derive(&mut self, item: &Item<'_>) {
        let eq = if item.has_eq { ", Eq, Hash" } else { "" };
        let default = if item.has_default { ", Default" } else { "" };
        self.line(
            0,
            &format!(
                "#[derive(Debug, Clone, PartialEq{eq}{default}, serde::Serialize, serde::Deserialize)]"
            ),
        );
    }

    fn field(&mut self, field: &Field<'_>) {
        let plain = field.identifier.strip_prefix("r#");
        if plain.unwrap_or(&field.identifier) != field.name {
            self.rename(field);
        }
        let ty = self.ty(&field.ty, field.is_extension);
        self.assign(4, &format!("pub {}:", field.identifier), &format!("{ty},"));
    }

    fn rename(&mut self, field: &Field<'_>) {
        self.line(4, &format!("#[serde(rename = {:?})]", field.name));
    }

    /// Returns the text of a type as it is used.
    fn ty(&mut self, ty: &Type, is_extension: bool) -> String {
        let mut text = match ty.leaf {
            Leaf::Builtin(builtin) => match builtin.home {
                Home::Language => builtin.identifier.to_owned(),
                Home::Std(module) => self.std(module, builtin.identifier),
                Home::Abi => self.own(builtin.identifier),
                Home::Keys if self.taken.contains(builtin.identifier) => {
                    format!("eos_keys::{}", builtin.identifier)
                }
                Home::Keys => {
                    self.key_imports.insert(builtin.identifier);
                    builtin.identifier.to_owned()
                }
            },
            Leaf::Item(at) => match self.model.items.get(at) {
                Some(item) => match &item.replaced_by {
                    Some(Replacement::Own(identifier)) => self.own(identifier),
                    Some(Replacement::Path(path)) => path.clone(),
                    None => item.identifier.clone(),
                },
                None => String::new(),
            },
        };
        if ty.is_boxed {
            text = format!("{}<{text}>", self.std("std::boxed", "Box"));
        }
        for mark in ty.marks.iter().rev() {
            text = match mark {
                Mark::Optional => format!("{}<{text}>", self.std("std::option", "Option")),
                Mark::Array => format!("{}<{text}>", self.std("std::vec", "Vec")),
                Mark::FixedArray(size) if is_inline_array(*size) => format!("[{text}; {size}]"),
                Mark::FixedArray(size) => format!("{}<{text}, {size}>", self.own("FixedArray")),
            };
        }
        if is_extension {
            text = format!("{}<{text}>", self.own("BinaryExtension"));
        }
        text
    }

    /// Returns how a type of this crate is called where it is used.
    fn own(&mut self, identifier: &'static str) -> String {
        if self.taken.contains(identifier) {
            return format!("{}::{identifier}", self.crate_path);
        }
        self.abi_imports.insert(identifier);
        identifier.to_owned()
    }

    /// Returns how a type of the prelude is called where it is used.
    fn std(&self, module: &str, identifier: &str) -> String {
        if self.taken.contains(identifier) {
            return format!("{module}::{identifier}");
        }
        identifier.to_owned()
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.body.extend(std::iter::repeat_n(' ', indent));
        self.body.push_str(text);
        self.body.push('\n');
    }

    /// Writes what is assigned behind what it is assigned to, or below it where the line would be too long.
    fn assign(&mut self, indent: usize, head: &str, tail: &str) {
        let below = indent.saturating_add(4);
        if fits(indent, &[head, " ", tail]) {
            self.line(indent, &format!("{head} {tail}"));
        } else if fits(below, &[tail]) || !tail.contains('<') {
            self.line(indent, head);
            self.line(below, tail);
        } else {
            self.broken(indent, &format!("{head} {tail}"));
        }
    }

    /// Writes a line, or where it would be too long, each of the type's arguments on a line of its own.
    fn broken(&mut self, indent: usize, line: &str) {
        let parts = line.split_once('<').zip(line.rsplit_once('>'));
        let Some(((head, _), (_, end))) = parts.filter(|_| !fits(indent, &[line])) else {
            return self.line(indent, line);
        };
        let inner =
            head.len().saturating_add(1)..line.len().saturating_sub(end.len().saturating_add(1));
        self.line(indent, &format!("{head}<"));
        let mut rest = line.get(inner).unwrap_or_default();
        while !rest.is_empty() {
            let mut depth = 0_usize;
            let comma = rest.char_indices().find(|(_, character)| {
                match character {
                    '<' | '[' => depth = depth.saturating_add(1),
                    '>' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                *character == ',' && depth == 0
            });
            let end = comma.map_or(rest.len(), |(at, _)| at);
            let (argument, more) = rest.split_at(end);
            self.broken(indent.saturating_add(4), &format!("{argument},"));
            rest = more.trim_start_matches([',', ' ']);
        }
        self.line(indent, &format!(">{end}"));
    }

    /// Writes a name with one value in parentheses.
    fn tuple(&mut self, indent: usize, head: &str, inner: &str, end: &str) {
        let line = format!("{head}({inner}){end}");
        if fits(indent, &[&line]) {
            self.line(indent, &line);
        } else {
            self.line(indent, &format!("{head}("));
            self.broken(indent.saturating_add(4), &format!("{inner},"));
            self.line(indent, &format!("){end}"));
        }
    }
}

fn fits(indent: usize, parts: &[&str]) -> bool {
    let length = parts.iter().map(|part| part.len());
    length.fold(indent, usize::saturating_add) <= WIDTH
}

/// Returns the sentence that documents an item.
fn document(item: &Item<'_>) -> String {
    let action = item.action.as_ref();
    let action = action.map(|action| format!("Arguments of the action `{}`", action.name));
    match (&item.kind, action, item.table) {
        (_, Some(action), Some(table)) => format!("{action}, and row of the table `{table}`."),
        (_, Some(action), None) => format!("{action}."),
        (_, None, Some(table)) => format!("Row of the table `{table}`."),
        (Kind::Alias(target, _), ..) => {
            format!("The type {}: {}.", shown(item.name), shown(target))
        }
        (Kind::Variant(_), ..) => format!("The variant {}.", shown(item.name)),
        _ => format!("The struct {}.", shown(item.name)),
    }
}

/// Returns a name as it can stand in a comment.
fn shown(name: &str) -> impl Display {
    let text = name.escape_debug().to_string();
    format!("`{}`", text.replace('`', "'").replace("\\\"", "\""))
}
