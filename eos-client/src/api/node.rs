//! What every node serves, whatever its plugins.

use serde::Deserialize;

use super::chain::Empty;
use crate::{Client, Error};

impl Client {
    /// Returns the endpoints that the node serves (`/v1/chain/get_info`, …).
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_supported_apis(&self) -> Result<Vec<String>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            apis: Vec<String>,
        }
        let answer: Answer = self.call("/v1/node/get_supported_apis", &Empty {}).await?;
        Ok(answer.apis)
    }
}
