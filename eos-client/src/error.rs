use std::error::Error as StdError;

use eos_abi::{TimePointSec, TransactionId};
use eos_keys::SignError;

use crate::{NodeError, TransportError};

/// Why a call could not be answered, or a transaction not be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the node is not an `http` or `https` URL.
    #[error(
        "`{url}` is not the address of a node, expected something like `http://127.0.0.1:8888`"
    )]
    Url {
        /// The text that was given, without a user name or password.
        url: String,
        /// Why it is not a URL, where the URL parser had something to say.
        #[source]
        source: Option<url::ParseError>,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup {
        /// What the HTTP client said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The request did not reach the node, or its answer did not reach us.
    #[error("no answer from {node} to {path}")]
    Transport {
        /// The node's address.
        node: String,
        /// The endpoint, as in `/v1/chain/get_info`.
        path: &'static str,
        /// What went wrong on the way.
        #[source]
        source: TransportError,
    },
    /// The node answered with an error.
    #[error("the node refused {path}")]
    Node {
        /// The endpoint, as in `/v1/chain/get_info`.
        path: &'static str,
        /// What the node said.
        #[source]
        source: Box<NodeError>,
    },
    /// The answer is not what this endpoint answers; often a proxy's page instead of the node's JSON.
    #[error("the answer to {path} (HTTP {status}) is not understood: `{excerpt}`")]
    Answer {
        /// The endpoint, as in `/v1/chain/get_info`.
        path: &'static str,
        /// The HTTP status of the answer.
        status: u16,
        /// The first characters of the answer.
        excerpt: String,
        /// Where the answer departs from the expected shape.
        #[source]
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The request could not be written as JSON.
    #[error("the request to {path} has no JSON form")]
    Request {
        /// The endpoint, as in `/v1/chain/get_info`.
        path: &'static str,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// A transaction could not be packed.
    #[error("the transaction has no binary form")]
    Pack {
        /// Why not.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The signer did not sign.
    #[error("the transaction could not be signed")]
    Sign {
        /// What the signer said.
        #[source]
        source: SignError,
    },
    /// The transaction expired without entering a block, and can never enter one any more.
    #[error("transaction {id} expired at {expiration} without entering a block")]
    Expired {
        /// The transaction.
        id: TransactionId,
        /// The time after which no block takes it.
        expiration: TimePointSec,
    },
    /// An answer was lost on the way: the node may have the transaction or not, and only blocks can tell, see
    /// [`Client::submit`](crate::Client::submit). Do not sign it again.
    #[error("it is not known whether the node has transaction {id}")]
    Uncertain {
        /// The transaction.
        id: TransactionId,
        /// The last failure.
        #[source]
        source: Box<Self>,
    },
    /// The chain did not get as far as was waited for.
    #[error(
        "transaction {id} was not seen {awaited} within {waited_ms} ms; it may still get there"
    )]
    NotSeen {
        /// The transaction.
        id: TransactionId,
        /// `in a block` or `in an irreversible block`.
        awaited: &'static str,
        /// How long was waited.
        waited_ms: u128,
        /// The last failure on the way, where there was one.
        #[source]
        source: Option<Box<Self>>,
    },
}

impl Error {
    /// Returns what the node said, where a node said something.
    pub fn node(&self) -> Option<&NodeError> {
        match self {
            Self::Node { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Returns whether the same request may succeed a little later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport { source, .. } => source.is_retryable(),
            Self::Node { source, .. } => source.is_retryable(),
            // A gateway in front of a node that restarts.
            Self::Answer { status, .. } => matches!(status, 429 | 502 | 503 | 504),
            Self::Sign { source } => source.is_retryable(),
            _ => false,
        }
    }
}
