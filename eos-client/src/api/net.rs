//! `net_api_plugin`.

use serde::Deserialize;

use super::chain::Empty;
use crate::{Client, Error};

/// A connection of a node to a peer, from `net/connections`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PeerConnection {
    /// The peer's address, as it was dialled or as it came in.
    pub peer: String,
    /// Whether the connection is still being made.
    pub connecting: bool,
    /// Whether blocks are being caught up from this peer.
    pub syncing: bool,
}

impl Client {
    /// Returns the node's connections to its peers.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn net_connections(&self) -> Result<Vec<PeerConnection>, Error> {
        self.call("/v1/net/connections", &Empty {}).await
    }
}
