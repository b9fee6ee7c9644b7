//! A contract's interface as the chain stores it.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::binary_extension::BinaryExtension;
use crate::bytes::Bytes;
use crate::checksum::Checksum256;
use crate::error::{DecodeError, EncodeError};
use crate::name::Name;
use crate::{de, json, ser};

/// The versions that can be read. Old contracts have none.
const VERSIONS: [&str; 5] = [
    "",
    "eosio::abi/1.0",
    "eosio::abi/1.1",
    "eosio::abi/1.2",
    "eosio::abi/1.3",
];

/// The definition of a contract's types, actions and tables.
///
/// As JSON it is read like nodeos reads `.abi` files: members that are missing are empty, unknown ones are ignored. In
/// binary the sections stand in the chain's order; those that later versions added at the end may be absent, and stay
/// absent when it is written again, so that the hash stays what it was.
///
/// Reading checks the version and nothing else: whether the types fit together is seen by
/// [`Schema::compile`](crate::Schema::compile).
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct Abi {
    /// The version: `eosio::abi/1.0` to `1.3`, or empty.
    #[serde(deserialize_with = "version")]
    pub version: String,
    /// Other names for types.
    #[serde(default, deserialize_with = "list")]
    pub types: Vec<TypeDef>,
    /// The structs.
    #[serde(default, deserialize_with = "list")]
    pub structs: Vec<StructDef>,
    /// The actions.
    #[serde(default, deserialize_with = "list")]
    pub actions: Vec<ActionDef>,
    /// The tables.
    #[serde(default, deserialize_with = "list")]
    pub tables: Vec<TableDef>,
    /// Texts of the Ricardian contract.
    #[serde(default, deserialize_with = "list")]
    pub ricardian_clauses: Vec<ClausePair>,
    /// What the contract's error codes mean.
    #[serde(default, deserialize_with = "list")]
    pub error_messages: Vec<ErrorMessage>,
    /// Numbered additions, kept as they are.
    #[serde(default, deserialize_with = "list")]
    pub abi_extensions: Vec<(u16, Bytes)>,
    /// Types that are one of several (since 1.1).
    #[serde(default = "present", deserialize_with = "section")]
    pub variants: BinaryExtension<Vec<VariantDef>>,
    /// What actions return (since 1.2).
    #[serde(default = "present", deserialize_with = "section")]
    pub action_results: BinaryExtension<Vec<ActionResultDef>>,
    /// Functions that other contracts can call (since 1.3).
    #[serde(default)]
    pub calls: BinaryExtension<Vec<CallDef>>,
}

/// Another name for a type.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TypeDef {
    /// The new name.
    pub new_type_name: String,
    /// The type.
    #[serde(rename = "type")]
    pub ty: String,
}

/// A struct.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StructDef {
    /// Its name.
    pub name: String,
    /// The struct whose fields come before its own, or empty.
    #[serde(default)]
    pub base: String,
    /// Its own fields.
    #[serde(default, deserialize_with = "list")]
    pub fields: Vec<FieldDef>,
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldDef {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: String,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActionDef {
    /// Its name.
    pub name: Name,
    /// The struct of its arguments.
    #[serde(rename = "type")]
    pub ty: String,
    /// The text of its Ricardian contract.
    #[serde(default)]
    pub ricardian_contract: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TableDef {
    /// Its name.
    pub name: Name,
    /// The type of its primary index; `i64` everywhere.
    #[serde(default)]
    pub index_type: String,
    /// The names of its keys, where somebody filled them in.
    #[serde(default, deserialize_with = "list")]
    pub key_names: Vec<String>,
    /// The types of its keys, where somebody filled them in.
    #[serde(default, deserialize_with = "list")]
    pub key_types: Vec<String>,
    /// The type of its rows.
    #[serde(rename = "type")]
    pub ty: String,
}

/// A text of the Ricardian contract.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClausePair {
    /// What it is called.
    pub id: String,
    /// The text.
    pub body: String,
}

/// What an error code means.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ErrorMessage {
    /// The code.
    pub error_code: u64,
    /// The meaning.
    pub error_msg: String,
}

/// A type that is one of several.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VariantDef {
    /// Its name.
    pub name: String,
    /// The types, in the order of their indices.
    pub types: Vec<String>,
}

/// What an action returns.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActionResultDef {
    /// The action.
    pub name: Name,
    /// The type it returns.
    pub result_type: String,
}

/// A function that other contracts can call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CallDef {
    /// Its name.
    pub name: Name,
    /// The struct of its arguments.
    #[serde(rename = "type")]
    pub ty: String,
    /// The number by which it is called.
    pub id: u64,
    /// The type it returns.
    pub result_type: String,
}

impl Abi {
    /// Reads the JSON of an `.abi` file or of a node's `get_abi`.
    ///
    /// # Errors
    ///
    /// When the text is not JSON of an ABI, or the version is unknown.
    pub fn from_json(text: &str) -> Result<Self, json::Error> {
        json::from_str(text)
    }

    /// Returns the JSON as nodeos prints it.
    ///
    /// # Errors
    ///
    /// Never for an ABI that was read.
    pub fn to_json(&self) -> Result<String, json::Error> {
        json::to_string(self)
    }

    /// Reads the binary form, as `setabi` sends it and `get_raw_abi` returns it.
    ///
    /// # Errors
    ///
    /// When the bytes are not an ABI, or the version is unknown.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        de::from_bytes(bytes)
    }

    /// Returns the binary form.
    ///
    /// # Errors
    ///
    /// When an absent section is followed by a present one.
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
            calls: None.into(),
        }
    }
}

impl Serialize for Abi {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let readable = serializer.is_human_readable();
        let mut abi = serializer.serialize_struct("Abi", 11)?;
        abi.serialize_field("version", &self.version)?;
        abi.serialize_field("types", &self.types)?;
        abi.serialize_field("structs", &self.structs)?;
        abi.serialize_field("actions", &self.actions)?;
        abi.serialize_field("tables", &self.tables)?;
        abi.serialize_field("ricardian_clauses", &self.ricardian_clauses)?;
        abi.serialize_field("error_messages", &self.error_messages)?;
        abi.serialize_field("abi_extensions", &self.abi_extensions)?;
        if readable {
            // nodeos prints sections that are absent in the stored form as empty ones, and `calls` where it knows them.
            abi.serialize_field("variants", self.variants.0.as_deref().unwrap_or_default())?;
            let results = self.action_results.0.as_deref().unwrap_or_default();
            abi.serialize_field("action_results", results)?;
            if let Some(calls) = &self.calls.0 {
                abi.serialize_field("calls", calls)?;
            }
        } else {
            abi.serialize_field("variants", &self.variants)?;
            abi.serialize_field("action_results", &self.action_results)?;
            abi.serialize_field("calls", &self.calls)?;
        }
        abi.end()
    }
}

fn present<T>() -> BinaryExtension<Vec<T>> {
    Some(Vec::new()).into()
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let version = String::deserialize(deserializer)?;
    if !VERSIONS.contains(&version.as_str()) {
        let version = crate::error::excerpt(&version);
        return Err(D::Error::custom(format_args!(
            "unsupported ABI version {version:?}"
        )));
    }
    Ok(version)
}

/// Reads a list that JSON may have as `null`.
fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    if deserializer.is_human_readable() {
        return Ok(Option::deserialize(deserializer)?.unwrap_or_default());
    }
    Vec::deserialize(deserializer)
}

/// Reads a section that old binary forms do not have, and that JSON may have as `null`.
fn section<'de, D, T>(deserializer: D) -> Result<BinaryExtension<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    if deserializer.is_human_readable() {
        return list(deserializer).map(|list| Some(list).into());
    }
    BinaryExtension::deserialize(deserializer)
}
