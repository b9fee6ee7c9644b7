//! Writing the definition, as JSON and in binary.

use serde::ser::{Error as _, Serialize, SerializeStruct, Serializer};

use super::{Abi, SECTIONS, WITH_CALLS};
use crate::name::Name;

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

/// Things with names, as a JSON object.
struct ByName<'a, T>(&'a [(Name, T)]);

impl<T: Serialize> Serialize for ByName<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

pub(super) fn named<T: Serialize, S: Serializer>(
    values: &Vec<(Name, T)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        return ByName(values).serialize(serializer);
    }
    values.serialize(serializer)
}
