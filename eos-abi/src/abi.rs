//! A contract's interface as the chain stores it.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeStruct, Serializer};

use crate::binary_extension::BinaryExtension;
use crate::bytes::Bytes;
use crate::checksum::Checksum256;
use crate::error::{DecodeError, EncodeError, InvalidValue};
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
/// As JSON it is read like nodeos reads `.abi` files: members that are missing are empty, unknown ones are ignored. In
/// binary the sections stand in the chain's order; those that later versions added at the end may be absent, and stay
/// absent when it is written again, so that the hash stays what it was.
///
/// Two programs gave the eleventh section to different things: EOSIO 2.1 to [`kv_tables`](Self::kv_tables), Spring 2.0
/// to [`calls`](Self::calls). What it holds is told by the version, as Spring does: calls from `1.3` on. Bytes behind it
/// are refused.
///
/// Reading checks the version and nothing else: whether the types fit together is seen by
/// [`Schema::compile`](crate::Schema::compile).
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
    #[serde(default, deserialize_with = "list")]
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
    #[serde(default, deserialize_with = "list")]
    pub key_names: Vec<T>,
    /// The types of its keys, where somebody filled them in.
    #[serde(default, deserialize_with = "list")]
    pub key_types: Vec<T>,
    /// The type of its rows.
    #[serde(rename = "type")]
    pub ty: T,
}

/// A table's name.
///
/// A contract's tables have names like everything on a chain. The ABI by which a node describes the state that it streams
/// (`contract_index64` and the like) has tables too, whose names are no such names; an ABI like that has no binary form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a text is a name, or it is not")]
pub enum TableName {
    /// A name.
    Name(Name),
    /// A text that is no name.
    Text(Box<str>),
}

impl TableName {
    /// Returns the name, if it is one.
    pub const fn as_name(&self) -> Option<Name> {
        match self {
            Self::Name(name) => Some(*name),
            Self::Text(_) => None,
        }
    }
}

impl From<Name> for TableName {
    fn from(name: Name) -> Self {
        Self::Name(name)
    }
}

impl FromStr for TableName {
    type Err = InvalidValue;

    /// Takes text that is no name as it is, as long as no name could be meant by it: if it has more than 13 characters or
    /// an underscore.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text.parse() {
            Ok(name) => Ok(Self::Name(name)),
            Err(_) if text.len() > 13 || text.contains('_') => Ok(Self::Text(text.into())),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}

impl Serialize for TableName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => name.serialize(serializer),
            Self::Text(text) if serializer.is_human_readable() => serializer.serialize_str(text),
            Self::Text(text) => Err(S::Error::custom(format_args!(
                "table {:?} has no binary form: it is not a name",
                crate::error::excerpt(text)
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for TableName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return crate::text_form::deserialize(deserializer, "a table's name");
        }
        Name::deserialize(deserializer).map(Self::Name)
    }
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
        serialize_with = "serialize_named",
        deserialize_with = "deserialize_named"
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
        if has_more_values(text, MAX_VALUES) {
            return Err(json::Error::Read(
                format!("the text has more than {MAX_VALUES} values").into(),
            ));
        }
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
    /// When the bytes are not an ABI, have far more elements than any contract needs, or the version is unknown.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        de::from_bytes_with(bytes, Limits::ABI)
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

impl<T: Serialize + AsRef<str>> Serialize for Abi<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let readable = serializer.is_human_readable();
        let mut abi = serializer.serialize_struct("Abi", SECTIONS)?;
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
            if let Some(tables) = &self.kv_tables.0 {
                abi.serialize_field("kv_tables", &ByName(tables))?;
            }
            if let Some(calls) = &self.calls.0 {
                abi.serialize_field("calls", calls)?;
            }
        } else {
            abi.serialize_field("variants", &self.variants)?;
            abi.serialize_field("action_results", &self.action_results)?;
            let has = |count: Option<usize>| count.is_some_and(|count| count > 0);
            if self.version.as_ref() == WITH_CALLS {
                if has(self.kv_tables.0.as_ref().map(Vec::len)) {
                    return Err(S::Error::custom("version 1.3 has no place for kv_tables"));
                }
                abi.serialize_field("calls", &self.calls)?;
            } else {
                if has(self.calls.0.as_ref().map(Vec::len)) {
                    return Err(S::Error::custom("only version 1.3 has a place for calls"));
                }
                abi.serialize_field("kv_tables", &self.kv_tables)?;
            }
        }
        abi.end()
    }
}

impl<'de, T: Deserialize<'de> + AsRef<str> + Default> Deserialize<'de> for Abi<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Readable::deserialize(deserializer);
        }
        deserializer.deserialize_struct("Abi", &[""; SECTIONS], SectionsVisitor(PhantomData))
    }
}

/// How the definition is read from JSON.
#[derive(serde::Deserialize)]
#[serde(
    remote = "Abi",
    bound(deserialize = "T: Deserialize<'de> + AsRef<str> + Default")
)]
struct Readable<T> {
    #[serde(deserialize_with = "version")]
    version: T,
    #[serde(default, deserialize_with = "list")]
    types: Vec<TypeDef<T>>,
    #[serde(default, deserialize_with = "list")]
    structs: Vec<StructDef<T>>,
    #[serde(default, deserialize_with = "list")]
    actions: Vec<ActionDef<T>>,
    #[serde(default, deserialize_with = "list")]
    tables: Vec<TableDef<T>>,
    #[serde(default, deserialize_with = "list")]
    ricardian_clauses: Vec<ClausePair<T>>,
    #[serde(default, deserialize_with = "list")]
    error_messages: Vec<ErrorMessage<T>>,
    #[serde(default, deserialize_with = "list")]
    abi_extensions: Vec<(u16, Bytes)>,
    #[serde(default = "present", deserialize_with = "section")]
    variants: BinaryExtension<Vec<VariantDef<T>>>,
    #[serde(default = "present", deserialize_with = "section")]
    action_results: BinaryExtension<Vec<ActionResultDef<T>>>,
    #[serde(default, deserialize_with = "kv_tables")]
    kv_tables: BinaryExtension<Vec<(Name, KvTableDef<T>)>>,
    #[serde(default)]
    calls: BinaryExtension<Vec<CallDef<T>>>,
}

/// Reads the sections of the binary form.
struct SectionsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + AsRef<str> + Default> Visitor<'de> for SectionsVisitor<T> {
    type Value = Abi<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ABI")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Abi<T>, A::Error> {
        fn next<'de, S, A>(seq: &mut A) -> Result<S, A::Error>
        where
            S: Deserialize<'de>,
            A: SeqAccess<'de>,
        {
            let section = seq.next_element()?;
            section.ok_or_else(|| A::Error::custom("an ABI has more sections"))
        }
        let mut abi = Abi {
            version: next::<T, A>(&mut seq).and_then(known_version)?,
            types: next(&mut seq)?,
            structs: next(&mut seq)?,
            actions: next(&mut seq)?,
            tables: next(&mut seq)?,
            ricardian_clauses: next(&mut seq)?,
            error_messages: next(&mut seq)?,
            abi_extensions: next(&mut seq)?,
            variants: next(&mut seq)?,
            action_results: next(&mut seq)?,
            kv_tables: None.into(),
            calls: None.into(),
        };
        if abi.version.as_ref() == WITH_CALLS {
            abi.calls = next(&mut seq)?;
        } else {
            abi.kv_tables = next(&mut seq)?;
        }
        Ok(abi)
    }
}

/// Returns whether JSON has more than `limit` values, by what stands before each one.
fn has_more_values(json: &str, limit: usize) -> bool {
    if json.len() <= limit.saturating_mul(4) && most_values(json) <= limit {
        return false;
    }
    let mut count = 0_usize;
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' | b',' => {
                count = count.saturating_add(1);
                if count > limit {
                    return true;
                }
            }
            b'"' => {
                // To the end of the text, over what is escaped.
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    false
}

/// Returns how many values JSON has at most: what stands in texts is counted too. It takes a small part of the time.
fn most_values(json: &str) -> usize {
    // A chunk's count fits a byte. Added up, not asked one after the other: that can be done for many bytes at once.
    json.as_bytes().chunks(255).fold(0, |count, chunk| {
        let here = chunk.iter().fold(0_u8, |count, byte| {
            let stands = [b'{', b'[', b','].map(|before| u8::from(*byte == before));
            count.wrapping_add(stands.into_iter().fold(0, u8::wrapping_add))
        });
        count.saturating_add(usize::from(here))
    })
}

fn present<T>() -> BinaryExtension<Vec<T>> {
    Some(Vec::new()).into()
}

fn version<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + AsRef<str>,
{
    T::deserialize(deserializer).and_then(known_version)
}

fn known_version<T: AsRef<str>, E: serde::de::Error>(version: T) -> Result<T, E> {
    if VERSIONS.contains(&version.as_ref()) {
        return Ok(version);
    }
    let version = crate::error::excerpt(version.as_ref());
    Err(E::custom(format_args!(
        "unsupported ABI version {version:?}"
    )))
}

/// Reads a list that JSON may have as `null`. Binary has none, and is read without asking.
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

/// Reads a section from JSON, which may have it as `null`.
fn section<'de, D, T>(deserializer: D) -> Result<BinaryExtension<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    list(deserializer).map(|list| Some(list).into())
}

/// Key-value tables by name.
type KvTables<T> = Vec<(Name, KvTableDef<T>)>;

/// Reads key-value tables from JSON.
fn kv_tables<'de, D, T>(deserializer: D) -> Result<BinaryExtension<KvTables<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    let tables = Option::<Named<KvTableDef<T>>>::deserialize(deserializer)?;
    Ok(tables
        .map(|tables| tables.0)
        .filter(|tables| !tables.is_empty())
        .into())
}

/// Things with names, as a JSON object.
struct ByName<'a, T>(&'a [(Name, T)]);

impl<T: Serialize> Serialize for ByName<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn serialize_named<T: Serialize, S: Serializer>(
    values: &Vec<(Name, T)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        return ByName(values).serialize(serializer);
    }
    values.serialize(serializer)
}

fn deserialize_named<'de, D, T>(deserializer: D) -> Result<Vec<(Name, T)>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    if deserializer.is_human_readable() {
        return Ok(Named::deserialize(deserializer)?.0);
    }
    Vec::deserialize(deserializer)
}

/// Things with names, from a JSON object: in the order of their names, in which nodes store them.
struct Named<T>(Vec<(Name, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamedVisitor(PhantomData))
    }
}

struct NamedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NamedVisitor<T> {
    type Value = Named<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(entry) = map.next_entry()? {
            values.push(entry);
        }
        values.sort_by_key(|(name, _)| *name);
        Ok(Named(values))
    }
}
