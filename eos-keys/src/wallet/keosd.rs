use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::{Url, header};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    digest::Digest,
    error::SignError,
    key_type::KeyType,
    private_key::PrivateKey,
    public_key::PublicKey,
    signature::Signature,
    signer::Signer,
    wallet::{KeosdError, KeosdRefusal, Password, secret_buffer::SecretBuffer},
};

/// How long an answer is waited for, unless [`KeosdClient::with_timeout`] says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longer answers are refused. A wallet of a hundred thousand keys fits.
const LONGEST_ANSWER: usize = 16 << 20;

/// A client of a keosd that runs on this machine: every call of its `/v1/wallet` interface, and a [`Signer`].
///
/// ```no_run
/// use eos_keys::{Digest, KeyType, wallet::KeosdClient};
///
/// # async fn run(home: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
/// let keosd = KeosdClient::over_socket(home.join("eosio-wallet/keosd.sock"))?;
/// let password = keosd.create("alice").await?;
/// let key = keosd.create_key("alice", KeyType::K1).await?;
///
/// let digest = Digest::of(b"some bytes");
/// let signature = keosd.sign_digest(&key, &digest).await?;
/// assert_eq!(signature.recover(&digest)?, key);
///
/// keosd.lock("alice").await?;
/// keosd.unlock("alice", &password).await?;
/// # Ok(())
/// # }
/// ```
///
/// Calls work within tokio only, with its I/O and time enabled, also those of [`Signer`]: a future that another executor polls panics
/// (`there is no reactor running`).
///
/// Every call has a time limit, opens a connection of its own, follows no redirect and uses no proxy. No call is repeated by itself;
/// [`KeosdError::is_retryable`] says when the caller may.
///
/// # Secrets
///
/// Calls carry passwords and private keys in clear. So keosd must be on this machine; reach one elsewhere through a tunnel to its socket
/// or port (`ssh -L`). Prefer the socket, and keep its directory to yourself: anybody who is on this machine can talk to a TCP port,
/// and can listen on it while keosd does not run.
///
/// Requests are erased when they have been sent, and answers when they have been read; but the HTTP client reads answers
/// into buffers of its own first, which are freed without being erased. That concerns the answers of [`create`](Self::create), which is a
/// password, and of [`list_keys`](Self::list_keys).
#[derive(Clone)]
pub struct KeosdClient {
    http: reqwest::Client,
    base: String,
    address: String,
    timeout: Duration,
}

/// A wallet that keosd has open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ListedWallet {
    /// Its name.
    pub name: String,
    /// Whether its keys can be used at present.
    pub is_unlocked: bool,
}

impl KeosdClient {
    /// Returns a client of the keosd that listens on a unix socket: `~/eosio-wallet/keosd.sock`, unless keosd is told otherwise.
    ///
    /// # Errors
    ///
    /// [`KeosdError::Address`] if no socket can have that path, as it is longer than the system allows. No connection is made yet.
    #[cfg(unix)]
    pub fn over_socket(path: impl AsRef<std::path::Path>) -> Result<Self, KeosdError> {
        let path = path.as_ref();
        let address = path.display().to_string();
        if std::os::unix::net::SocketAddr::from_pathname(path).is_err() {
            let reason = "a socket's path may have about 100 bytes, none of them zero";
            return Err(KeosdError::Address { address, reason });
        }
        // The host's name goes into a header that keosd does not look at here.
        let base = "http://localhost".to_owned();
        Self::new(http().unix_socket(path), base, address)
    }

    /// Returns a client of the keosd that listens on a port of this machine, as in `http://127.0.0.1:8900`.
    ///
    /// keosd compares the host with what it was told: one that listens on `127.0.0.1` is not to be called `localhost`.
    ///
    /// # Errors
    ///
    /// [`KeosdError::Address`] if that is not an `http` URL of a loopback address and nothing else. No connection is made yet.
    pub fn over_http(url: &str) -> Result<Self, KeosdError> {
        let parsed = loopback_url(url).map_err(|reason| KeosdError::Address {
            // What stands before an `@` may be a password.
            address: url.rsplit('@').next().unwrap_or_default().to_owned(),
            reason,
        })?;
        let base = parsed.as_str().trim_end_matches('/').to_owned();
        Self::new(http(), base.clone(), base)
    }

    /// Returns a client that waits this long for an answer.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Makes a wallet, unlocked, and returns its password, which keosd keeps nowhere.
    ///
    /// When the answer is lost, so is the password: the wallet's file is there, and nobody can open it.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::WalletExists`], [`KeosdRefusal::WalletName`]; else [`KeosdError`] says what went wrong.
    pub async fn create(&self, wallet: &str) -> Result<Password, KeosdError> {
        let call = Call::new("create").of(wallet).with_secret();
        let answer: SecretString<Password> = self.call(call, &wallet).await?;
        Ok(answer.0)
    }

    /// Opens a wallet from its file. It is locked then, **also if it was open and unlocked before**.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::UnknownWallet`] if it has no file; else [`KeosdError`] says what went wrong.
    pub async fn open(&self, wallet: &str) -> Result<(), KeosdError> {
        self.run(Call::new("open").of(wallet), &wallet).await
    }

    /// Locks a wallet.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::UnknownWallet`] if it is not open; else [`KeosdError`] says what went wrong.
    pub async fn lock(&self, wallet: &str) -> Result<(), KeosdError> {
        self.run(Call::new("lock").of(wallet), &wallet).await
    }

    /// Locks all wallets.
    ///
    /// # Errors
    ///
    /// [`KeosdError`] says what went wrong.
    pub async fn lock_all(&self) -> Result<(), KeosdError> {
        self.run(Call::new("lock_all"), &()).await
    }

    /// Unlocks a wallet, and opens it before if it is not open.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::WrongPassword`], [`KeosdRefusal::UnknownWallet`] if it has no file, and [`KeosdRefusal::AlreadyUnlocked`], whatever
    /// the password; else [`KeosdError`] says what went wrong.
    pub async fn unlock(&self, wallet: &str, password: &Password) -> Result<(), KeosdError> {
        let call = Call::new("unlock").of(wallet).with_secret();
        self.run(call, &(wallet, password.expose())).await
    }

    /// Puts a private key into an unlocked wallet.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::KeyExists`], [`KeosdRefusal::Locked`], [`KeosdRefusal::UnknownWallet`]; else [`KeosdError`] says what went wrong.
    pub async fn import_key(&self, wallet: &str, key: &PrivateKey) -> Result<(), KeosdError> {
        let call = Call::new("import_key").of(wallet).with_secret();
        self.run(call, &(wallet, key.expose_text().expose())).await
    }

    /// Removes a key from an unlocked wallet. It is gone, with its private key.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::KeyNotInWallet`], [`KeosdRefusal::WrongPassword`], [`KeosdRefusal::Locked`], [`KeosdRefusal::UnknownWallet`]; else
    /// [`KeosdError`] says what went wrong.
    pub async fn remove_key(
        &self,
        wallet: &str,
        password: &Password,
        key: &PublicKey,
    ) -> Result<(), KeosdError> {
        let call = Call::new("remove_key").of(wallet).with_secret();
        self.run(call, &(wallet, password.expose(), key)).await
    }

    /// Makes a key in an unlocked wallet. When the answer is lost, [`list_keys`](Self::list_keys) has it.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::Locked`], [`KeosdRefusal::UnknownWallet`], [`KeosdRefusal::KeyType`] for WebAuthn; else [`KeosdError`] says what went
    /// wrong.
    pub async fn create_key(
        &self,
        wallet: &str,
        key_type: KeyType,
    ) -> Result<PublicKey, KeosdError> {
        let call = Call::new("create_key").of(wallet);
        self.call(call, &(wallet, key_type.as_str())).await
    }

    /// Returns the wallets that are open, sorted by name.
    ///
    /// # Errors
    ///
    /// [`KeosdError`] says what went wrong.
    pub async fn list_wallets(&self) -> Result<Vec<ListedWallet>, KeosdError> {
        self.call(Call::new("list_wallets"), &()).await
    }

    /// Returns the private keys of an unlocked wallet, sorted by type and public key.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::Locked`], whatever the password, [`KeosdRefusal::WrongPassword`], [`KeosdRefusal::UnknownWallet`]; else [`KeosdError`]
    /// says what went wrong.
    pub async fn list_keys(
        &self,
        wallet: &str,
        password: &Password,
    ) -> Result<Vec<PrivateKey>, KeosdError> {
        let call = Call::new("list_keys").of(wallet).with_secret();
        let pairs: Vec<KeyPair> = self.call(call, &(wallet, password.expose())).await?;
        Ok(pairs.into_iter().map(|pair| pair.0).collect())
    }

    /// Returns the public keys of all unlocked wallets.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::Locked`] if no wallet is unlocked, [`KeosdRefusal::NoOpenWallet`] if none is even open; else [`KeosdError`] says what
    /// went wrong.
    pub async fn get_public_keys(&self) -> Result<Vec<PublicKey>, KeosdError> {
        self.call(Call::new("get_public_keys"), &()).await
    }

    /// Signs a digest with a key of an unlocked wallet.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::KeyNotFound`], also when the key's wallet is locked; else [`KeosdError`] says what went wrong.
    pub async fn sign_digest(
        &self,
        key: &PublicKey,
        digest: &Digest,
    ) -> Result<Signature, KeosdError> {
        self.call(Call::new("sign_digest"), &(digest, key)).await
    }

    /// Has keosd sign a transaction, and returns it as keosd does: with a signature of each key after those that it had.
    ///
    /// `T` is a signed transaction whose JSON is that of the chain, such as `eos_abi::SignedTransaction`. **Compare what comes back with what
    /// was sent**: keosd ignores fields that it does not know and takes zero for those that are missing, and signs what it then has.
    /// [`Signer::sign_digest`] over the transaction's digest has no such trap; it is the way to sign where the digest can be computed.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::KeyNotFound`], also when the key's wallet is locked; else [`KeosdError`] says what went wrong.
    pub async fn sign_transaction<T: Serialize + de::DeserializeOwned>(
        &self,
        transaction: &T,
        keys: &[PublicKey],
        chain_id: &[u8; 32],
    ) -> Result<T, KeosdError> {
        let chain_id = Digest::from(*chain_id);
        let call = Call::new("sign_transaction");
        self.call(call, &(transaction, keys, chain_id)).await
    }

    /// Sets after how much time without any call all wallets lock themselves: 15 minutes, unless keosd is told otherwise. Parts of a
    /// second count as a whole one. With zero they are locked at the next call.
    ///
    /// # Errors
    ///
    /// [`KeosdRefusal::LockTimeout`] if that is more than 2^32−1 seconds. keosd itself refuses only some of what it cannot
    /// represent; of the rest it locks the wallets at once. Else [`KeosdError`] says what went wrong.
    pub async fn set_timeout(&self, timeout: Duration) -> Result<(), KeosdError> {
        let call = Call::new("set_timeout");
        let part = u64::from(timeout.subsec_nanos() > 0);
        let seconds = timeout.as_secs().saturating_add(part);
        if seconds > u32::MAX.into() {
            return Err(call.refused(KeosdRefusal::LockTimeout));
        }
        self.run(call, &seconds).await
    }

    fn new(
        http: reqwest::ClientBuilder,
        base: String,
        address: String,
    ) -> Result<Self, KeosdError> {
        let http = http.build().map_err(|source| KeosdError::Setup {
            source: source.without_url().into(),
        })?;
        Ok(Self {
            http,
            base,
            address,
            timeout: TIMEOUT,
        })
    }

    /// Makes a call that has nothing to answer.
    async fn run(&self, call: Call<'_>, arguments: &impl Serialize) -> Result<(), KeosdError> {
        #[derive(Deserialize)]
        struct Done {}
        let Done {} = self.call(call, arguments).await?;
        Ok(())
    }

    async fn call<T: de::DeserializeOwned>(
        &self,
        call: Call<'_>,
        arguments: &impl Serialize,
    ) -> Result<T, KeosdError> {
        let body = call.body(arguments)?;
        let (status, answer) = self.post(call.name, body).await?;
        if !(200..300).contains(&status) {
            let refusal = KeosdRefusal::from_answer(status, answer.as_ref(), !call.has_secret);
            return Err(refusal.map_or(
                KeosdError::Answer {
                    call: call.name,
                    status,
                    source: None,
                },
                |refusal| call.refused(refusal),
            ));
        }
        serde_json::from_slice(answer.as_ref()).map_err(|source| KeosdError::Answer {
            call: call.name,
            status,
            // serde_json quotes what it did not expect.
            source: (!call.has_secret).then_some(source),
        })
    }

    async fn post(
        &self,
        call: &'static str,
        body: SecretBuffer,
    ) -> Result<(u16, SecretBuffer), KeosdError> {
        let error = |source: reqwest::Error| self.error(call, source);
        let mut response = self
            .http
            .post(format!("{}/v1/wallet/{call}", self.base))
            .timeout(self.timeout)
            .header(header::CONTENT_TYPE, "application/json")
            // Not copied, and erased when the last part of the client lets go of it.
            .body(Bytes::from_owner(body))
            .send()
            .await
            .map_err(error)?;
        let too_long = || KeosdError::TooLong {
            call,
            limit: LONGEST_ANSWER,
        };
        let announced = response.content_length().unwrap_or(0);
        let announced = usize::try_from(announced).map_err(|_| too_long())?;
        if announced > LONGEST_ANSWER {
            return Err(too_long());
        }
        let mut answer = SecretBuffer::with_capacity(announced);
        while let Some(chunk) = response.chunk().await.map_err(error)? {
            if answer.len().saturating_add(chunk.len()) > LONGEST_ANSWER {
                return Err(too_long());
            }
            answer.extend(&chunk);
        }
        Ok((response.status().as_u16(), answer))
    }

    fn error(&self, call: &'static str, source: reqwest::Error) -> KeosdError {
        let source = source.without_url();
        if source.is_connect() {
            return KeosdError::Connect {
                address: self.address.clone(),
                source: source.into(),
            };
        }
        if source.is_timeout() {
            return KeosdError::Timeout {
                call,
                after: self.timeout,
            };
        }
        KeosdError::Broken {
            call,
            source: source.into(),
        }
    }
}

#[async_trait]
impl Signer for KeosdClient {
    async fn public_keys(&self) -> Result<Vec<PublicKey>, SignError> {
        self.get_public_keys().await.map_err(sign_error)
    }

    async fn sign_digest(&self, key: &PublicKey, digest: &Digest) -> Result<Signature, SignError> {
        let error = match Self::sign_digest(self, key, digest).await {
            Ok(signature) => return Ok(signature),
            Err(error) => error,
        };
        if error.refusal() != Some(&KeosdRefusal::KeyNotFound) {
            return Err(sign_error(error));
        }
        // keosd answers the same when it is locked; this question tells one from the other.
        if self.public_keys().await?.contains(key) {
            // Unlocked in between.
            return Err(SignError::Unavailable {
                source: error.into(),
            });
        }
        Err(SignError::UnknownKey { key: key.clone() })
    }
}

impl fmt::Debug for KeosdClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeosdClient")
            .field("address", &self.address)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for ListedWallet {
    /// keosd writes `name` or `name *`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut name = String::deserialize(deserializer)?;
        let unlocked = name.strip_suffix(" *").map(str::len);
        if let Some(length) = unlocked {
            name.truncate(length);
        }
        Ok(Self {
            name,
            is_unlocked: unlocked.is_some(),
        })
    }
}

/// One call: what it is, and how its failures are told.
#[derive(Clone, Copy)]
struct Call<'a> {
    name: &'static str,
    wallet: Option<&'a str>,
    /// Whether the request or the answer holds a password or a private key.
    has_secret: bool,
}

impl<'a> Call<'a> {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            wallet: None,
            has_secret: false,
        }
    }

    const fn of(self, wallet: &'a str) -> Self {
        Self {
            wallet: Some(wallet),
            ..self
        }
    }

    const fn with_secret(self) -> Self {
        Self {
            has_secret: true,
            ..self
        }
    }

    /// Writes the arguments as keosd reads them: an array where there are several, and nothing at all for `()`.
    fn body(self, arguments: &impl Serialize) -> Result<SecretBuffer, KeosdError> {
        // As serde_json writes `()`; keosd refuses it.
        const NONE: &[u8] = b"null";
        let mut body = SecretBuffer::default();
        serde_json::to_writer(&mut body, arguments).map_err(|source| KeosdError::Request {
            call: self.name,
            source,
        })?;
        if has_lost_escape(body.as_ref()) {
            return Err(KeosdError::ControlCharacter { call: self.name });
        }
        Ok(if body.as_ref() == NONE {
            SecretBuffer::default()
        } else {
            body
        })
    }

    fn refused(self, source: KeosdRefusal) -> KeosdError {
        KeosdError::Refused {
            call: self.name,
            wallet: self.wallet.map(str::to_owned),
            source,
        }
    }
}

/// Tells whether a JSON text has an escape that keosd takes for the letters of it: `\u0007` for `u0007`, `\b` for `b`.
fn has_lost_escape(json: &[u8]) -> bool {
    let mut bytes = json.iter();
    // A backslash stands before what it escapes, which may be a backslash, and nowhere else.
    while bytes.any(|byte| *byte == b'\\') {
        if matches!(bytes.next(), Some(b'u' | b'b' | b'f')) {
            return true;
        }
    }
    false
}

/// A text that holds a secret, made into `T` without a copy that is not erased.
struct SecretString<T>(T);

impl<'de> Deserialize<'de> for SecretString<Password> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SecretVisitor(|text| Ok(text.to_owned().into())))
    }
}

impl<'de> Deserialize<'de> for SecretString<PrivateKey> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SecretVisitor(|text| {
            text.parse().map_err(|_| "a private key")
        }))
    }
}

struct SecretVisitor<T>(fn(&str) -> Result<T, &'static str>);

impl<T> de::Visitor<'_> for SecretVisitor<T> {
    type Value = SecretString<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        (self.0)(text).map(SecretString).map_err(E::custom)
    }
}

/// A private key, read from keosd's pair of a public and its private key.
struct KeyPair(PrivateKey);

impl<'de> Deserialize<'de> for KeyPair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (public, private) = <(PublicKey, SecretString<PrivateKey>)>::deserialize(deserializer)?;
        if private.0.public_key() != public {
            return Err(de::Error::custom("a private key is not its public key's"));
        }
        Ok(Self(private.0))
    }
}

fn sign_error(error: KeosdError) -> SignError {
    match error.refusal() {
        Some(KeosdRefusal::Locked | KeosdRefusal::NoOpenWallet) => SignError::Locked,
        _ if error.is_retryable() => SignError::Unavailable {
            source: error.into(),
        },
        _ => SignError::Refused {
            source: error.into(),
        },
    }
}

fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        // A proxy of the environment would be told passwords and keys.
        .no_proxy()
        // keosd never redirects.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // A connection that keosd closes just when it is used again would leave open whether it saw the request.
        .pool_max_idle_per_host(0)
        .http1_only()
        .user_agent(concat!("eos-keys/", env!("CARGO_PKG_VERSION")))
}

fn loopback_url(url: &str) -> Result<Url, &'static str> {
    const EXPECTED: &str = "expected something like http://127.0.0.1:8900";
    let url: Url = url.parse().map_err(|_| EXPECTED)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let has_user = !url.username().is_empty() || url.password().is_some();
    if url.scheme() != "http" || !is_bare || has_user {
        return Err(EXPECTED);
    }
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    if host != "localhost" && !ip.is_ok_and(|ip| ip.is_loopback()) {
        return Err(
            "it is not on this machine, and calls carry passwords and keys in clear; tunnel its port or socket to here",
        );
    }
    Ok(url)
}
