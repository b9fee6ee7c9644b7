//! A contract's interface as the chain stores it.

mod error;
mod read;
mod size;
mod table_name;
mod text;
mod write;

use serde::de::Deserialize;
use serde::ser::Serialize;

pub use error::AbiError;
pub use table_name::TableName;
pub(crate) use text::Text;

use crate::binary_extension::BinaryExtension;
use crate::bytes::Bytes;
use crate::checksum::Checksum256;
use crate::cursor::Cursor;
use crate::error::{DecodeError, EncodeError};
use crate::json::print::Printer;
use crate::limits::Limits;
use crate::name::Name;
use crate::{de, json, ser};

/// The versions that can be read. Old contracts have none.
const VERSIONS: [&str; 5] = [
    "",
    "eosio::abi/1.0",
    "eosio::abi/1.1",
    "eosio::abi/1.2",
    WITH_CALLS,
];

/// The version from which on the last section holds calls. Before, it holds key-value tables.
const WITH_CALLS: &str = "eosio::abi/1.3";

/// How many values, lists and objects the JSON may have. The largest known contract has about 2,200.
const MAX_VALUES: usize = 1 << 16;

/// How many sections the binary form has.
const SECTIONS: usize = 11;

/// The definition of a contract's types, actions and tables.
///
/// As JSON it is read like nodeos reads `.abi` files: members that are missing are empty, unknown ones are ignored;
/// only `version`, and the names and types of what is defined, must be there. In binary the sections stand in the
/// chain's order; those that later versions added at the end may be absent, and stay absent when it is written again,
/// so that the hash stays what it was.
///
/// Two programs gave the eleventh section to different things: EOSIO 2.1 to [`kv_tables`](Self::kv_tables), Spring 2.0
/// to [`calls`](Self::calls). What it holds is told by the version, as Spring does: calls from `1.3` on. Bytes behind it
/// are refused.
///
/// Reading checks the version and nothing else: whether the types fit together is seen by
/// [`Schema::compile`](crate::Schema::compile). Who wants a schema, or the other form, and not the definition itself, has it
/// sooner by [`Schema::from_json`](crate::Schema::from_json), [`Schema::from_bytes`](crate::Schema::from_bytes),
/// [`json_to_bin`](Self::json_to_bin) and [`bin_to_json`](Self::bin_to_json).
///
/// `T` is the type of its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Abi<T = String> {
    /// The version: `eosio::abi/1.0` to `1.3`, or empty.
    pub version: T,
    /// Other names for types.
    pub types: Vec<TypeDef<T>>,
    /// The structs.
    pub structs: Vec<StructDef<T>>,
    /// The actions.
    pub actions: Vec<ActionDef<T>>,
    /// The tables.
    pub tables: Vec<TableDef<T>>,
    /// Texts of the Ricardian contract.
    pub ricardian_clauses: Vec<ClausePair<T>>,
    /// What the contract's error codes mean.
    pub error_messages: Vec<ErrorMessage<T>>,
    /// Numbered additions, kept as they are.
    pub abi_extensions: Vec<(u16, Bytes)>,
    /// Types that are one of several (since 1.1).
    pub variants: BinaryExtension<Vec<VariantDef<T>>>,
    /// What actions return (since 1.2).
    pub action_results: BinaryExtension<Vec<ActionResultDef<T>>>,
    /// Key-value tables (1.2 of EOSIO 2.1 only). In JSON, where compilers write `{}` for other nodes too, none at all
    /// are read as an absent section, which is what those nodes store.
    pub kv_tables: BinaryExtension<Vec<(Name, KvTableDef<T>)>>,
    /// Functions that other contracts can call (since 1.3).
    pub calls: BinaryExtension<Vec<CallDef<T>>>,
}

/// Another name for a type.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TypeDef<T = String> {
    /// The new name.
    pub new_type_name: T,
    /// The type.
    #[serde(rename = "type")]
    pub ty: T,
}

/// A struct.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StructDef<T = String> {
    /// Its name.
    pub name: T,
    /// The struct whose fields come before its own, or empty.
    #[serde(default)]
    pub base: T,
    /// Its own fields.
    #[serde(default, deserialize_with = "read::list")]
    pub fields: Vec<FieldDef<T>>,
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldDef<T = String> {
    /// Its name.
    pub name: T,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: T,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActionDef<T = String> {
    /// Its name.
    pub name: Name,
    /// The struct of its arguments.
    #[serde(rename = "type")]
    pub ty: T,
    /// The text of its Ricardian contract.
    #[serde(default)]
    pub ricardian_contract: T,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TableDef<T = String> {
    /// Its name.
    pub name: TableName,
    /// The type of its primary index; `i64` everywhere.
    #[serde(default)]
    pub index_type: T,
    /// The names of its keys, where somebody filled them in.
    #[serde(default, deserialize_with = "read::list")]
    pub key_names: Vec<T>,
    /// The types of its keys, where somebody filled them in.
    #[serde(default, deserialize_with = "read::list")]
    pub key_types: Vec<T>,
    /// The type of its rows.
    #[serde(rename = "type")]
    pub ty: T,
}

/// A text of the Ricardian contract.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClausePair<T = String> {
    /// What it is called.
    pub id: T,
    /// The text.
    pub body: T,
}

/// What an error code means.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ErrorMessage<T = String> {
    /// The code.
    pub error_code: u64,
    /// The meaning.
    pub error_msg: T,
}

/// A type that is one of several.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VariantDef<T = String> {
    /// Its name.
    pub name: T,
    /// The types, in the order of their indices.
    pub types: Vec<T>,
}

/// What an action returns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActionResultDef<T = String> {
    /// The action.
    pub name: Name,
    /// The type it returns.
    pub result_type: T,
}

/// A key-value table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KvTableDef<T = String> {
    /// The type of its rows.
    #[serde(rename = "type")]
    pub ty: T,
    /// Its primary index.
    pub primary_index: PrimaryIndexDef<T>,
    /// Its other indices, by name.
    #[serde(
        default,
        serialize_with = "write::named",
        deserialize_with = "read::named"
    )]
    pub secondary_indices: Vec<(Name, SecondaryIndexDef<T>)>,
}

/// The primary index of a key-value table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PrimaryIndexDef<T = String> {
    /// Its name.
    pub name: Name,
    /// The type of its keys.
    #[serde(rename = "type")]
    pub ty: T,
}

/// Another index of a key-value table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SecondaryIndexDef<T = String> {
    /// The type of its keys.
    #[serde(rename = "type")]
    pub ty: T,
}

/// A function that other contracts can call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CallDef<T = String> {
    /// Its name.
    pub name: Name,
    /// The struct of its arguments.
    #[serde(rename = "type")]
    pub ty: T,
    /// The number by which it is called.
    pub id: u64,
    /// The type it returns.
    pub result_type: T,
}

impl Abi {
    /// Reads the JSON of an `.abi` file or of a node's `get_abi`.
    ///
    /// # Errors
    ///
    /// When the text is not JSON of an ABI, has far more values than any contract needs, or the version is unknown.
    pub fn from_json(text: &str) -> Result<Self, json::Error> {
        Self::read_json(text)
    }

    /// Returns the binary form of an ABI's JSON: what [`from_json`](Self::from_json) and [`to_bytes`](Self::to_bytes) give,
    /// in half the time.
    ///
    /// # Errors
    ///
    /// As those two.
    pub fn json_to_bin(text: &str) -> Result<Vec<u8>, AbiError> {
        let abi = Abi::<Text<'_>>::read_json(text).map_err(AbiError::Json)?;
        let mut bytes = Vec::with_capacity(text.len() / 4);
        ser::to_writer(&mut bytes, &abi).map_err(AbiError::NoBinary)?;
        Ok(bytes)
    }

    /// Returns the JSON of an ABI's binary form: what [`from_bytes`](Self::from_bytes) and [`to_json`](Self::to_json) give,
    /// in half the time.
    ///
    /// # Errors
    ///
    /// As those two.
    pub fn bin_to_json(bytes: &[u8]) -> Result<String, AbiError> {
        let abi = Abi::<&str>::read_bytes(bytes).map_err(AbiError::Binary)?;
        abi.print(bytes.len().saturating_mul(3))
            .map_err(AbiError::Json)
    }

    /// Returns the JSON as nodeos prints it.
    ///
    /// # Errors
    ///
    /// Never for an ABI that was read.
    pub fn to_json(&self) -> Result<String, json::Error> {
        self.print(4096)
    }

    /// Reads the binary form, as `setabi` sends it and `get_raw_abi` returns it.
    ///
    /// # Errors
    ///
    /// When the bytes are not an ABI, have far more elements than any contract needs, or the version is unknown.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::read_bytes(bytes)
    }

    /// Returns the binary form.
    ///
    /// # Errors
    ///
    /// When an absent section is followed by a present one, when a table's name is no name, and when there are calls in a
    /// version without them, or key-value tables in one with calls.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncodeError> {
        ser::to_bytes(self)
    }

    /// Returns the hash by which nodes know it: the SHA-256 of the binary form.
    ///
    /// # Errors
    ///
    /// As [`Self::to_bytes`].
    pub fn hash(&self) -> Result<Checksum256, EncodeError> {
        Ok(Checksum256::hash(&self.to_bytes()?))
    }
}

impl<'de, T: Deserialize<'de> + AsRef<str> + Default> Abi<T> {
    /// Reads JSON; texts may stay where they are.
    pub(crate) fn read_json(text: &'de str) -> Result<Self, json::Error> {
        if let Ok(abi) = json::plain::from_str(text, MAX_VALUES) {
            return Ok(abi);
        }
        // What is wrong, if anything, is known here.
        if size::has_more_values(text, MAX_VALUES) {
            return Err(json::Error::Read(
                format!("the text has more than {MAX_VALUES} values").into(),
            ));
        }
        json::from_str(text)
    }

    /// Reads the binary form; texts may stay where they are.
    pub(crate) fn read_bytes(bytes: &'de [u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(bytes, Limits::ABI).with_many_texts();
        let abi = de::from_cursor(&mut cursor)?;
        cursor.finish()?;
        Ok(abi)
    }
}

impl<T: Serialize + AsRef<str>> Abi<T> {
    /// Prints it to a text that has this room at first.
    fn print(&self, capacity: usize) -> Result<String, json::Error> {
        let mut printer = Printer::new(capacity, usize::MAX);
        match self.serialize(&mut printer) {
            Ok(()) => Ok(printer.into_text()),
            Err(error) => Err(json::Error::Write(error.into())),
        }
    }
}

impl Default for Abi {
    /// Returns an ABI of version 1.1 that defines nothing.
    fn default() -> Self {
        Self {
            version: "eosio::abi/1.1".into(),
            types: Vec::new(),
            structs: Vec::new(),
            actions: Vec::new(),
            tables: Vec::new(),
            ricardian_clauses: Vec::new(),
            error_messages: Vec::new(),
            abi_extensions: Vec::new(),
            variants: present(),
            action_results: present(),
            kv_tables: None.into(),
            calls: None.into(),
        }
    }
}

fn present<T>() -> BinaryExtension<Vec<T>> {
    Some(Vec::new()).into()
}
