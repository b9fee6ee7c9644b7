use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use eos_abi::{TimePoint, TimePointSec, TransactionId};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::transport::{Answer, Transport};
use crate::{ClientBuilder, Error, NodeError, RetryPolicy};

/// A node's address, with typed calls. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    transport: Box<dyn Transport>,
    node: String,
    retry: RetryPolicy,
    /// What was signed for this node and may still be on its way, so that no two transactions are the same one.
    signed: Mutex<HashMap<TransactionId, TimePointSec>>,
}

impl Client {
    /// Returns a client of the node at `url` (`http://127.0.0.1:8888`). No connection is made yet.
    ///
    /// # Errors
    /// When `url` is not an `http` or `https` URL.
    pub fn new(url: &str) -> Result<Self, Error> {
        Self::builder(url).build()
    }

    /// Returns the settings of a client of the node at `url`.
    pub fn builder(url: &str) -> ClientBuilder {
        ClientBuilder::new(url)
    }

    pub(crate) fn from_parts(
        transport: Box<dyn Transport>,
        node: String,
        retry: RetryPolicy,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                transport,
                node,
                retry,
                signed: Mutex::default(),
            }),
        }
    }

    /// Returns the node's address, without user name and password.
    pub fn node(&self) -> &str {
        &self.inner.node
    }

    /// Returns the answer of any endpoint that takes and gives JSON; the typed calls are built on it.
    ///
    /// Failures that may pass by themselves are repeated as the client's [`RetryPolicy`] says.
    ///
    /// # Errors
    /// When no answer came, the node refused, or the answer has another shape.
    pub async fn call<T: DeserializeOwned>(
        &self,
        path: &'static str,
        request: &impl Serialize,
    ) -> Result<T, Error> {
        let body = serde_json::to_vec(request).map_err(|source| Error::Request { path, source })?;
        let mut attempt = 0;
        loop {
            let error = match self.attempt(path, body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match self.inner.retry.wait_after(attempt) {
                Some(wait) if error.is_retryable() => tokio::time::sleep(wait).await,
                _ => return Err(error),
            }
            attempt += 1;
        }
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        &self.inner.retry
    }

    /// Remembers a transaction until it has expired; returns whether it is the first with this id.
    pub(crate) fn is_first(
        &self,
        id: TransactionId,
        expiration: TimePointSec,
        now: TimePoint,
    ) -> bool {
        let mut signed = self
            .inner
            .signed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        signed.retain(|_, expiration| {
            i64::from(expiration.to_seconds()) >= now.to_microseconds().div_euclid(1_000_000)
        });
        signed.insert(id, expiration).is_none()
    }

    /// Makes one attempt, without repetition.
    pub(crate) async fn attempt<T: DeserializeOwned>(
        &self,
        path: &'static str,
        body: Vec<u8>,
    ) -> Result<T, Error> {
        let answer = self
            .inner
            .transport
            .post(path, body)
            .await
            .map_err(|source| Error::Transport {
                node: self.inner.node.clone(),
                path,
                source,
            })?;
        read(path, &answer)
    }
}

/// Reads an answer: 2xx as the expected value, everything else as the node's error.
fn read<T: DeserializeOwned>(path: &'static str, answer: &Answer) -> Result<T, Error> {
    let unread = |source| Error::Answer {
        path,
        status: answer.status,
        excerpt: excerpt(&answer.body),
        source,
    };
    if (200..300).contains(&answer.status) {
        return eos_abi::json::from_slice(&answer.body)
            .map_err(|source| unread(Some(Box::new(source))));
    }
    match NodeError::from_answer(answer.status, &answer.body) {
        Some(source) => Err(Error::Node {
            path,
            source: Box::new(source),
        }),
        None => Err(unread(None)),
    }
}

fn excerpt(body: &[u8]) -> String {
    const LENGTH: usize = 120;
    let text = String::from_utf8_lossy(body);
    let mut excerpt: String = text
        .chars()
        .take(LENGTH)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(LENGTH).is_some() {
        excerpt.push('…');
    }
    excerpt
}
