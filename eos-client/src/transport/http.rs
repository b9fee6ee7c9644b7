//! HTTP, the only file that knows `reqwest`.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use url::Url;

use super::{Answer, Transport, TransportError};
use crate::Error;

/// Larger answers are refused: a block of a busy chain takes a few megabytes as JSON.
const LONGEST_ANSWER: usize = 256 << 20;

/// A pool of connections to one node.
pub(crate) struct HttpTransport {
    base: String,
    client: reqwest::Client,
    timeout: Duration,
}

impl HttpTransport {
    pub(crate) fn new(url: &Url, timeout: Duration) -> Result<Self, Error> {
        let client = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(10)))
            .tcp_nodelay(true)
            // A node never redirects; following one would carry a signed transaction to a stranger.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("eos-client/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|source| Error::Setup {
                source: Box::new(source.without_url()),
            })?;
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            client,
            timeout,
        })
    }

    fn error(&self, source: reqwest::Error) -> TransportError {
        // The address is named one level up, without user name and password.
        let source = source.without_url();
        if source.is_timeout() && !source.is_connect() {
            return TransportError::Timeout {
                timeout_ms: self.timeout.as_millis(),
            };
        }
        if source.is_connect() {
            return TransportError::Connect {
                source: Box::new(source),
            };
        }
        TransportError::Broken {
            source: Box::new(source),
        }
    }
}

/// The address may carry a password, so it stays out.
impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Answer, TransportError> {
        let mut response = self
            .client
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .map_err(|source| self.error(source))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|source| self.error(source))?
        {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(TransportError::TooLong {
                    limit: LONGEST_ANSWER,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}
