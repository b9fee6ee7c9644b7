//! The seam between the typed calls and whatever carries them to a node.

mod http;

use std::fmt;

use async_trait::async_trait;

pub(crate) use self::http::HttpTransport;

/// What a node sent back: the HTTP status and the body, whatever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The body as received.
    pub body: Vec<u8>,
}

/// Carries a request to a node and its answer back.
///
/// The HTTP transport is built in; another one is a test double or a tunnel of the caller's.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Returns the answer to a `POST` of a JSON body.
    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Answer, TransportError>;
}

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection could be made: the request has not been seen by anyone.
    #[error("could not connect")]
    Connect {
        /// What the network said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The deadline passed; the request may or may not have been carried out.
    #[error("no answer within {timeout_ms} ms")]
    Timeout {
        /// The deadline in milliseconds.
        timeout_ms: u128,
    },
    /// The answer is larger than this client takes.
    #[error("the answer is longer than {limit} bytes")]
    TooLong {
        /// The largest answer taken.
        limit: usize,
    },
    /// The connection failed underway; the request may or may not have been carried out.
    #[error("the connection failed")]
    Broken {
        /// What the network said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl TransportError {
    /// Returns whether the same request may get an answer a little later.
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Self::TooLong { .. })
    }
}
