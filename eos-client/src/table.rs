use eos_abi::{Name, SymbolCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Client, Error};

/// A scope or a primary key of a table, as the chain has them: a number of 64 bits.
///
/// Names are sent as their numbers: nodes take a text of digits for a number first, and `12345` is an account's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableKey(u64);

impl From<u64> for TableKey {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<Name> for TableKey {
    fn from(name: Name) -> Self {
        Self(name.to_u64())
    }
}

impl From<SymbolCode> for TableKey {
    fn from(code: SymbolCode) -> Self {
        Self(code.to_u64())
    }
}

impl Serialize for TableKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Which rows of a contract's table to read, see [`Client::get_table_rows`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct TableQuery {
    code: Name,
    scope: TableKey,
    table: Name,
    json: bool,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_bound: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_bound: Option<TableKey>,
}

impl TableQuery {
    /// Returns the query of a whole table. The scope is an account, a symbol code or a number, as the contract has it.
    pub fn new(code: Name, scope: impl Into<TableKey>, table: Name) -> Self {
        Self {
            code,
            scope: scope.into(),
            table,
            json: true,
            limit: 100,
            lower_bound: None,
            upper_bound: None,
        }
    }

    /// Starts at the row with this primary key.
    pub fn lower_bound(mut self, key: impl Into<TableKey>) -> Self {
        self.lower_bound = Some(key.into().0.to_string());
        self
    }

    /// Ends after the row with this primary key.
    pub fn upper_bound(mut self, key: impl Into<TableKey>) -> Self {
        self.upper_bound = Some(key.into());
        self
    }

    /// Asks only for the row with this primary key.
    pub fn key(self, key: impl Into<TableKey>) -> Self {
        let key = key.into();
        self.lower_bound(key).upper_bound(key)
    }
}

impl Client {
    /// Returns the rows of a table, all pages of them. A table that does not exist (yet) has no rows.
    ///
    /// # Errors
    ///
    /// See [`Client::call`]; a contract without such a table in its ABI is a [`NodeError`](crate::NodeError).
    pub async fn get_table_rows<T: DeserializeOwned>(
        &self,
        query: &TableQuery,
    ) -> Result<Vec<T>, Error> {
        #[derive(Deserialize)]
        struct Page<T> {
            rows: Vec<T>,
            more: bool,
            #[serde(default)]
            next_key: String,
        }
        let mut query = query.clone();
        let mut rows = Vec::new();
        loop {
            let page: Page<T> = self.call("/v1/chain/get_table_rows", &query).await?;
            rows.extend(page.rows);
            // A page that does not get ahead would be asked for without end.
            if !page.more
                || page.next_key.is_empty()
                || query.lower_bound.as_ref() == Some(&page.next_key)
            {
                return Ok(rows);
            }
            query.lower_bound = Some(page.next_key);
        }
    }
}
