use std::time::Duration;

use url::Url;

use crate::transport::HttpTransport;
use crate::{Client, Error, RetryPolicy, Transport};

/// Settings of a [`Client`], see [`Client::builder`].
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    url: Result<Url, Error>,
    timeout: Duration,
    retry: RetryPolicy,
}

impl ClientBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: parse_node_url(url),
            // A syncing node answers late (minutes have been seen); a caller that knows better says so.
            timeout: Duration::from_secs(15),
            retry: RetryPolicy::default(),
        }
    }

    /// Sets how long one attempt at a request may take (15 s unless set).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how often a request is repeated (see [`RetryPolicy`]).
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Returns the client. No connection is made yet.
    ///
    /// # Errors
    /// When the address is not an `http` or `https` URL, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let url = self.url?;
        let transport = HttpTransport::new(&url, self.timeout)?;
        Ok(Client::from_parts(
            Box::new(transport),
            display_url(&url),
            self.retry,
        ))
    }

    /// Returns a client that speaks through a transport of the caller's; the address only serves for messages.
    ///
    /// # Errors
    /// When the address is not an `http` or `https` URL.
    pub fn build_with(self, transport: Box<dyn Transport>) -> Result<Client, Error> {
        let url = self.url?;
        Ok(Client::from_parts(transport, display_url(&url), self.retry))
    }
}

fn parse_node_url(text: &str) -> Result<Url, Error> {
    // What does not parse may still carry a password: everything up to the last `@` stays out of the message.
    let shown = || match text.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => text.to_owned(),
    };
    let url = Url::parse(text).map_err(|source| Error::Url {
        url: shown(),
        source: Some(source),
    })?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Error::Url {
            url: shown(),
            source: None,
        });
    }
    Ok(url)
}

/// The address as it may appear in messages: without user name and password.
fn display_url(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses that have no host, which the constructor refuses.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_info_stays_out_of_messages() {
        let client = Client::new("https://alice:s3cret@node.example/api").unwrap();
        assert_eq!(client.node(), "https://node.example/api");
        assert!(!format!("{client:?}").contains("s3cret"));
        let error = Client::new("ftp://alice:s3cret@node.example").unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }

    #[test]
    fn an_address_without_scheme_says_what_is_expected() {
        let error = Client::new("127.0.0.1:8888").unwrap_err();
        assert!(
            error.to_string().contains("http://127.0.0.1:8888"),
            "{error}"
        );
    }
}
