//! What an ABI calls by chain names: actions, tables, results.

use super::compile::Compiler;
use super::error::SchemaError;
use super::types::TypeId;
use crate::name::Name;

/// Types by chain names, in the order of the names.
#[derive(Debug, Clone)]
pub(super) struct NameIds(Vec<(Name, TypeId)>);

impl NameIds {
    /// Returns the list, in order, unless a name is there twice.
    fn new(mut list: Vec<(Name, TypeId)>, what: &'static str) -> Result<Self, SchemaError> {
        // Compilers mostly write them in order.
        list.sort_unstable_by_key(|(name, _)| *name);
        let mut pairs = list.iter().zip(list.iter().skip(1));
        match pairs.find(|((name, _), (next, _))| name == next) {
            None => Ok(Self(list)),
            Some(((name, _), _)) => Err(SchemaError::Duplicate {
                what,
                name: name.to_string().into(),
            }),
        }
    }

    #[inline]
    pub(super) fn get(&self, name: Name) -> Option<TypeId> {
        let place = self.0.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.0.get(place).map(|(_, id)| *id)
    }
}

impl<T: AsRef<str>> Compiler<'_, T> {
    pub(super) fn actions(&mut self) -> Result<NameIds, SchemaError> {
        let mut list = Vec::with_capacity(self.abi.actions.len());
        for action in &self.abi.actions {
            let user = || format!("action \"{}\"", action.name);
            list.push((action.name, self.resolve(action.ty.as_ref(), &user)?));
        }
        NameIds::new(list, "action")
    }

    pub(super) fn tables(&mut self) -> Result<NameIds, SchemaError> {
        let mut list = Vec::with_capacity(self.abi.tables.len());
        for table in &self.abi.tables {
            let user = || format!("table \"{}\"", table.name);
            let ty = self.resolve(table.ty.as_ref(), &user)?;
            // A table without a chain's name is found by its type only.
            list.extend(table.name.as_name().map(|name| (name, ty)));
        }
        for (name, table) in self.abi.kv_tables.0.as_deref().unwrap_or_default() {
            let user = || format!("table \"{name}\"");
            list.push((*name, self.resolve(table.ty.as_ref(), &user)?));
        }
        NameIds::new(list, "table")
    }

    pub(super) fn results(&mut self) -> Result<NameIds, SchemaError> {
        let mut list = Vec::new();
        for result in self.abi.action_results.0.as_deref().unwrap_or_default() {
            let user = || format!("the result of action \"{}\"", result.name);
            list.push((
                result.name,
                self.resolve(result.result_type.as_ref(), &user)?,
            ));
        }
        NameIds::new(list, "action result")
    }

    /// Sees that the types of calls are known.
    pub(super) fn check_calls(&mut self) -> Result<(), SchemaError> {
        for call in self.abi.calls.0.as_deref().unwrap_or_default() {
            let user = || format!("call \"{}\"", call.name);
            for ty in [call.ty.as_ref(), call.result_type.as_ref()] {
                if !ty.is_empty() {
                    self.resolve(ty, &user)?;
                }
            }
        }
        Ok(())
    }
}
