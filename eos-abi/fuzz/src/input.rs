//! A type, an ABI and a value in one input: a text of lines, which a fuzzer can cut and join.
//!
//! ```text
//! the value's type
//! alias <name> <type>
//! struct <name> <base, or a dash> <field> <type> <field> <type> …
//! variant <name> <type> <type> …
//!
//! the value, which is all that follows the empty line
//! ```

use std::{fmt::Write as _, str};

use eos_abi::{Abi, FieldDef, Schema, StructDef, TypeDef, VariantDef};

/// What stands for no base.
const NO_BASE: &str = "-";

/// An input in its parts.
#[derive(Debug)]
pub struct Input<'a> {
    /// The value's type.
    pub ty: &'a str,
    /// The definitions, as they stand there.
    pub definitions: &'a str,
    /// The value.
    pub value: &'a [u8],
}

impl<'a> Input<'a> {
    /// Finds the parts. Lines that define nothing are passed over, so that most changes of an input leave one.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|two| two == b"\n\n")?;
        let head = str::from_utf8(&bytes[..end]).ok()?;
        let (ty, definitions) = head.split_once('\n').unwrap_or((head, ""));
        let value = &bytes[end + 2..];
        Some(Self {
            ty,
            definitions,
            value,
        })
    }

    /// Compiles the definitions.
    pub fn schema(&self) -> Option<Schema> {
        Schema::compile(&self.abi()).ok()
    }

    /// Returns whether values of the definitions can be printed so that nothing is lost. Not all of a float is printed, and the null of
    /// an optional within an optional, by way of a name, is one of the outer.
    pub fn is_lossless(&self) -> bool {
        let has = |what| self.ty.contains(what) || self.definitions.contains(what);
        let optionals = [self.ty, self.definitions].map(|text| text.matches('?').count());
        !has("float32") && !has("float64") && optionals.iter().sum::<usize>() < 2
    }

    fn abi(&self) -> Abi {
        let mut abi = Abi::default();
        let mut variants = Vec::new();
        for line in self.definitions.lines() {
            let mut words = line.split(' ').map(str::to_owned);
            let (Some(kind), Some(name)) = (words.next(), words.next()) else {
                continue;
            };
            match kind.as_str() {
                "alias" => abi.types.push(TypeDef {
                    new_type_name: name,
                    ty: words.next().unwrap_or_default(),
                }),
                "struct" => abi.structs.push(StructDef {
                    name,
                    base: words.next().filter(|it| it != NO_BASE).unwrap_or_default(),
                    fields: fields(words),
                }),
                "variant" => variants.push(VariantDef {
                    name,
                    types: words.collect(),
                }),
                _ => {}
            }
        }
        abi.variants = Some(variants).into();
        abi
    }
}

/// Writes an input, with those of an ABI's definitions that the type needs.
pub fn write(ty: &str, abi: &Abi, value: &[u8]) -> Vec<u8> {
    let mut text = format!("{ty}\n");
    let mut names: Vec<&str> = vec![ty];
    let mut at = 0;
    while let Some(name) = names.get(at).copied() {
        at += 1;
        let name = name.split(['[', '?', '$']).next().unwrap_or_default();
        let before = names.len();
        for alias in abi.types.iter().filter(|it| it.new_type_name == name) {
            writeln!(text, "alias {name} {}", alias.ty).expect("a string takes all");
            names.push(&alias.ty);
        }
        for definition in abi.structs.iter().filter(|it| it.name == name) {
            let base = Some(definition.base.as_str()).filter(|base| !base.is_empty());
            write!(text, "struct {name} {}", base.unwrap_or(NO_BASE)).expect("a string takes all");
            names.extend(base);
            for field in &definition.fields {
                write!(text, " {} {}", field.name, field.ty).expect("a string takes all");
                names.push(&field.ty);
            }
            text.push('\n');
        }
        let variants = abi.variants.0.as_deref().unwrap_or_default();
        for definition in variants.iter().filter(|it| it.name == name) {
            writeln!(text, "variant {name} {}", definition.types.join(" "))
                .expect("a string takes all");
            names.extend(definition.types.iter().map(String::as_str));
        }
        // A name's definitions are written once.
        let new = names.split_off(before);
        for name in new {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    text.push('\n');
    [text.as_bytes(), value].concat()
}

fn fields(mut words: impl Iterator<Item = String>) -> Vec<FieldDef> {
    let mut fields = Vec::new();
    while let (Some(name), Some(ty)) = (words.next(), words.next()) {
        fields.push(FieldDef { name, ty });
    }
    fields
}
