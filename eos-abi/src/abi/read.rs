//! Reading the definition, from JSON and from binary.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{
    Abi, ActionDef, ActionResultDef, CallDef, ClausePair, ErrorMessage, KvTableDef, SECTIONS,
    StructDef, TableDef, TypeDef, VERSIONS, VariantDef, WITH_CALLS, present,
};
use crate::binary_extension::BinaryExtension;
use crate::bytes::Bytes;
use crate::name::Name;

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
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
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

pub(super) fn named<'de, D, T>(deserializer: D) -> Result<Vec<(Name, T)>, D::Error>
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
