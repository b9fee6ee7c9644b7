//! Registries, by the OCI's distribution API. The only directory of this crate that knows `reqwest`.

mod body;
mod challenge;
mod http;
mod pull;
mod push;
mod token;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use push::PushReport;

use super::credentials::Credentials;
use super::error::ImageError;
use super::reference::Reference;

/// A client of registries, which pulls and pushes images.
///
/// - TLS always, but for loopback addresses and hosts that are allowed by name.
/// - A registry's redirects are followed, without our credentials if they lead to another host, and never from TLS to none.
/// - What fails for a moment is tried again; a registry that is silent is given up after a time.
///
/// ```no_run
/// use baas_deploy::image::{Credentials, Platform, RegistryClient, Store};
/// use baas_deploy::local::Environment;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let credentials = Credentials::from_files(Environment::from_process());
/// let registry = RegistryClient::builder(credentials).build()?;
/// let store = Store::open("images")?;
/// let on_event = |event| println!("{event}");
/// let base = registry.pull(&"debian:12-slim".parse()?, &Platform::linux_amd64(), &store, &on_event).await?;
/// let report = registry.push(&base, &"registry.example/debian:12".parse()?, &on_event).await?;
/// println!("{}", report.digest);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RegistryClient(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    /// For loopback: a proxy of the environment is not meant for it.
    direct: reqwest::Client,
    settings: RegistryClientBuilder,
    tokens: token::Tokens,
}

/// Builds a [`RegistryClient`].
#[derive(Debug, Clone)]
pub struct RegistryClientBuilder {
    credentials: Credentials,
    silence: Duration,
    attempts: u32,
    pause: Duration,
    chunk_size: u64,
    plain_http: BTreeSet<String>,
    root_certificates: Vec<Vec<u8>>,
}

impl RegistryClient {
    /// Begins a client with credentials.
    pub fn builder(credentials: Credentials) -> RegistryClientBuilder {
        RegistryClientBuilder {
            credentials,
            silence: Duration::from_mins(2),
            attempts: 4,
            pause: Duration::from_millis(500),
            chunk_size: 16 << 20,
            plain_http: BTreeSet::new(),
            root_certificates: Vec::new(),
        }
    }
}

impl RegistryClientBuilder {
    /// Sets how long a registry may be silent: without an answer, or without taking or giving a byte. 2 minutes if nothing is set.
    #[must_use]
    pub fn silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// Sets how often what fails for a moment is tried, 4 times if nothing is set.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the pause before the second attempt, which doubles with each. 0.5 s if nothing is set.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Sets the size of the pieces in which a blob is sent to a registry that does not take it in one, 16 MiB if nothing is set. A
    /// registry that wants larger ones gets them.
    #[must_use]
    pub fn chunk_size(mut self, bytes: u64) -> Self {
        self.chunk_size = bytes.max(1);
        self
    }

    /// Allows to talk to a host without TLS, so that anyone on the way can read and change everything, passwords as well. The
    /// host is given as in an image's name, with its port: `registry.lan:5000`. Loopback needs no leave.
    #[must_use]
    pub fn danger_plain_http(mut self, host: impl Into<String>) -> Self {
        self.plain_http.insert(host.into());
        self
    }

    /// Trusts a certificate authority besides those of the system: its certificate as PEM.
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// When a certificate cannot be read, and when TLS cannot be set up.
    pub fn build(self) -> Result<RegistryClient, ImageError> {
        let setup = |source: reqwest::Error| ImageError::Setup {
            source: Box::new(source.without_url()),
        };
        let mut certificates = Vec::new();
        for pem in &self.root_certificates {
            certificates.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(setup)?);
        }
        let client = || {
            reqwest::Client::builder()
                .connect_timeout(self.silence.min(Duration::from_secs(15)))
                .tcp_nodelay(true)
                // We follow them ourselves, to decide where credentials go.
                .redirect(reqwest::redirect::Policy::none())
                .user_agent(concat!("baas-deploy/", env!("CARGO_PKG_VERSION")))
                .tls_certs_merge(certificates.clone())
        };
        Ok(RegistryClient(Arc::new(Inner {
            http: client().build().map_err(setup)?,
            direct: client().no_proxy().build().map_err(setup)?,
            settings: self,
            tokens: token::Tokens::default(),
        })))
    }
}

impl fmt::Debug for RegistryClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the tokens, nor what the HTTP client keeps.
        f.debug_tuple("RegistryClient")
            .field(&self.0.settings)
            .finish()
    }
}

/// What is asked of a registry, and of which of its repositories.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Scope {
    registry: String,
    repository: String,
    push: bool,
    /// A further repository that may be read.
    from: Option<String>,
}

impl Scope {
    fn of(reference: &Reference, push: bool) -> Self {
        Self {
            registry: reference.registry().to_owned(),
            repository: reference.repository().to_owned(),
            push,
            from: None,
        }
    }

    /// Returns the scopes as authorisation servers know them.
    fn names(&self) -> Vec<String> {
        let actions = if self.push { "pull,push" } else { "pull" };
        let own = format!("repository:{}:{actions}", self.repository);
        let from = self.from.iter();
        [own]
            .into_iter()
            .chain(from.map(|from| format!("repository:{from}:pull")))
            .collect()
    }
}
