use eos_abi::Name;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Client, Error};

/// Which rows of a contract's table to read, see [`Client::get_table_rows`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct TableQuery {
    code: Name,
    scope: String,
    table: Name,
    json: bool,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_bound: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_bound: Option<String>,
}

impl TableQuery {
    /// Returns the query of a whole table. The scope is an account, a symbol code or a number, as the contract has it.
    pub fn new(code: Name, scope: &impl ToString, table: Name) -> Self {
        Self {
            code,
            scope: scope.to_string(),
            table,
            json: true,
            limit: 100,
            lower_bound: None,
            upper_bound: None,
        }
    }

    /// Starts at the row with this primary key.
    pub fn lower_bound(mut self, key: &impl ToString) -> Self {
        self.lower_bound = Some(key.to_string());
        self
    }

    /// Ends after the row with this primary key.
    pub fn upper_bound(mut self, key: &impl ToString) -> Self {
        self.upper_bound = Some(key.to_string());
        self
    }

    /// Asks only for the row with this primary key.
    pub fn key(self, key: &impl ToString) -> Self {
        let key = key.to_string();
        self.lower_bound(&key).upper_bound(&key)
    }
}

impl Client {
    /// Returns the rows of a table, all pages of them. A table that does not exist (yet) has no rows.
    ///
    /// # Errors
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
