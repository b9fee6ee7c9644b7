//! Rust types from an ABI.
//!
//! [`Generator`] writes the source of a module: a struct for each struct of the ABI (the fields of its bases first), an
//! enum for each variant, a type alias for each other name. They are plain serde types, so that [`to_bytes`](crate::to_bytes)
//! gives the bytes and [`json`](crate::json) the JSON that a [`Schema`](crate::Schema) of the same ABI gives. Arguments of
//! actions are [`ActionData`](crate::ActionData), rows of tables [`TableRow`](crate::TableRow).
//!
//! The text depends on nothing but the ABI and the options, and is laid out as rustfmt would (only what cannot be broken,
//! such as a name longer than a line, stays long), so that it can be committed. Or it is made when a crate is compiled,
//! by its `build.rs`:
//!
//! ```no_run
//! use eos_abi::{Abi, codegen::Generator};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     println!("cargo::rerun-if-changed=contract.abi");
//!     let abi = Abi::from_json(&std::fs::read_to_string("contract.abi")?)?;
//!     let out = std::env::var("OUT_DIR")?;
//!     std::fs::write(format!("{out}/contract.rs"), Generator::new().generate(&abi)?)?;
//!     Ok(())
//! }
//! ```
//!
//! and taken in with
//!
//! ```text
//! pub mod contract {
//!     include!(concat!(env!("OUT_DIR"), "/contract.rs"));
//! }
//! ```
//!
//! The module needs the crates `eos-abi`, `serde` (with `derive`) and, if the ABI has keys or signatures, `eos-keys`.
//!
//! # How things are called
//!
//! Types are in `CamelCase`, fields in `snake_case`; what is neither letter nor digit divides words:
//! `pair<uint64,string>` is `PairUint64String`. serde knows the ABI's names. A variant's alternatives are called by their
//! types: `Uint8` for `uint8`, `NameArray` for `name[]`, `OptionalName` for `name?`.
//!
//! A struct that is the type of several actions is the arguments of the one it is named after, or of its only one. For
//! each other action there is a newtype around it, `…Action` (`Action…` if the name begins with a digit); likewise `…Row` for tables.
//!
//! `calls`, and results of actions that the ABI does not have, are left out; so are the names of tables that are no chain names.
//!
//! # What is this crate's own
//!
//! Structs that have the name and the fields of a type of this crate are that type: `permission_level`, `action`,
//! `transaction`, `authority` and the weights in it, `producer_schedule` and its keys. [`Generator::extern_type`] names others. (In JSON, the
//! `transaction_extensions` of a [`Transaction`](crate::Transaction) are pairs, as in nodeos' own JSON, where ABIs make
//! them objects. And floats have more than 17 decimals where these do not say all, as the table in [`json`](crate::json) has it.)

mod builtin;
mod definitions;
mod error;
mod identifier;
mod model;
mod own;
mod print;
mod recursion;

use std::collections::BTreeMap;

pub use error::Error;

use crate::abi::Abi;
use crate::name::Name;

/// What to write of an ABI, and how.
///
/// ```
/// use eos_abi::{Abi, codegen::Generator};
///
/// let abi = Abi::from_json(
///     r#"{
///         "version": "eosio::abi/1.1",
///         "structs": [{"name": "hi", "fields": [{"name": "user", "type": "name"}, {"name": "type", "type": "uint8?"}]}],
///         "actions": [{"name": "hi", "type": "hi"}]
///     }"#,
/// )?;
/// let source = Generator::new().generate(&abi)?;
/// assert_eq!(source, "\
/// // Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.
///
/// use eos_abi::{ActionData, Name};
///
/// /// Arguments of the action `hi`.
/// #[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
/// pub struct Hi {
///     pub user: Name,
///     pub r#type: Option<u8>,
/// }
///
/// impl ActionData for Hi {
///     const NAME: Name = Name::from_static(\"hi\");
/// }
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Generator {
    module_doc: Option<String>,
    crate_path: String,
    actions: Option<Vec<Name>>,
    tables: Option<Vec<Name>>,
    externs: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
    fields: BTreeMap<(String, String), String>,
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}

impl Generator {
    /// Returns a generator of all that an ABI defines.
    pub fn new() -> Self {
        Self {
            module_doc: None,
            crate_path: "eos_abi".to_owned(),
            actions: None,
            tables: None,
            externs: BTreeMap::new(),
            types: BTreeMap::new(),
            fields: BTreeMap::new(),
        }
    }

    /// Puts the module's documentation on top. The source is then the whole of a file: `include!` does not take it.
    pub fn module_doc(mut self, text: impl Into<String>) -> Self {
        self.module_doc = Some(text.into());
        self
    }

    /// Sets the path of this crate, if it is not `eos_abi`.
    pub fn crate_path(mut self, path: impl Into<String>) -> Self {
        self.crate_path = path.into();
        self
    }

    /// Restricts the source to these actions, the tables that [`Self::tables`] names if any, and what they are made of.
    pub fn actions(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.actions.get_or_insert_default().extend(names);
        self
    }

    /// Restricts the source to these tables, the actions that [`Self::actions`] names if any, and what they are made of.
    pub fn tables(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.tables.get_or_insert_default().extend(names);
        self
    }

    /// Takes the type at `path` for the ABI's type `name`, instead of writing one. It must have the traits that a written
    /// one would have, `Eq`, `Hash` and `Default` among them where its fields allow it.
    pub fn extern_type(mut self, name: impl Into<String>, path: impl Into<String>) -> Self {
        self.externs.insert(name.into(), path.into());
        self
    }

    /// Calls the ABI's type `name` by another identifier.
    pub fn rename_type(mut self, name: impl Into<String>, identifier: impl Into<String>) -> Self {
        self.types.insert(name.into(), identifier.into());
        self
    }

    /// Calls a struct's field, or a variant's alternative (named by its type), by another identifier.
    pub fn rename_field(
        mut self,
        owner: impl Into<String>,
        field: impl Into<String>,
        identifier: impl Into<String>,
    ) -> Self {
        self.fields
            .insert((owner.into(), field.into()), identifier.into());
        self
    }

    /// Returns the source of the ABI's types.
    ///
    /// # Errors
    ///
    /// When [`Schema::compile`](crate::Schema::compile) refuses the ABI, a name makes no identifier, two become one, a
    /// type is too large for Rust, or an option names what the ABI does not have; the error says where.
    pub fn generate(&self, abi: &Abi) -> Result<String, Error> {
        let model = model::Model::new(abi, self)?;
        Ok(print::print(&model, self))
    }

    /// Returns whether only what is named is written.
    fn is_restricted(&self) -> bool {
        self.actions.is_some() || self.tables.is_some()
    }

    /// Returns which ones of the actions, or of the tables, are written, if not all.
    fn wanted<'a>(&self, named: Option<&'a Vec<Name>>) -> Option<&'a [Name]> {
        let none: &[Name] = &[];
        self.is_restricted()
            .then(|| named.map_or(none, Vec::as_slice))
    }
}
