use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eos_abi::{Checksum256, Name};
use eos_client::Client;
use eos_keys::{KeyType, PrivateKey};

use super::snapshot;
use super::throwaway::{ATTEMPTS, READY_WITHIN, Throwaway, new_directory};
use crate::error::Error;
use crate::local::files::{NodeFiles, genesis_json, write_private};
use crate::local::launch::{Start, launch, until_ready};
use crate::local::ports::{self, loopback};
use crate::local::{Environment, Nodeos};
use crate::names::NodeName;
use crate::node::{
    ChainParameters, ConfigIni, Genesis, NodeConfig, NodeVersion, NotInVersion, OptionValues,
};
use crate::spec::{BOOT_ACCOUNT, Role};

/// A node that produces alone, as `eosio`, in a directory of its own, until it is dropped.
///
/// It starts in about a second and is safe in parallel, also across processes. When it is dropped by a
/// panic, its directory is kept and named on standard error. When the process of the test is killed, a
/// watchdog ends the node.
#[derive(Debug)]
pub struct Node {
    url: String,
    key: PrivateKey,
    client: Client,
    throwaway: Throwaway,
}

/// Settings of a [`Node`].
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct NodeBuilder {
    producers: Vec<Name>,
    plugins: Vec<String>,
    options: BTreeMap<String, OptionValues>,
    nodeos: Option<Nodeos>,
}

/// Why there is no [`Node`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The node could not be brought up.
    #[error("the node in {} could not be started", dir.display())]
    #[non_exhaustive]
    Start {
        /// Its directory, which is kept.
        dir: PathBuf,
        /// What went wrong.
        #[source]
        source: Box<Error>,
    },
    /// There is no nodeos, or no place for a node.
    #[error("no node can be started here")]
    #[non_exhaustive]
    Prepare {
        /// What went wrong.
        #[source]
        source: Box<Error>,
    },
    /// A call to the node failed.
    #[error("a call to the node failed")]
    #[non_exhaustive]
    Call {
        /// What went wrong.
        #[source]
        source: Box<eos_client::Error>,
    },
    /// An option or a plugin is not one of nodeos.
    #[error("no node can be started with that")]
    #[non_exhaustive]
    Setting {
        /// What is wrong with it.
        #[source]
        source: Box<NotInVersion>,
    },
    /// There is no directory for snapshots.
    #[error("there is no cache directory: neither XDG_CACHE_HOME nor HOME is set")]
    NoCacheDir,
    /// The key cannot be the name of a file.
    #[error("`{cache_key}` cannot be the name of a file: only letters, digits, `-`, `_` and `.`")]
    #[non_exhaustive]
    CacheKey {
        /// The key.
        cache_key: String,
    },
    /// The chain for a snapshot could not be built.
    #[error("the chain `{cache_key}` could not be built")]
    #[non_exhaustive]
    Build {
        /// The key under which it was to be kept.
        cache_key: String,
        /// What the builder said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl From<eos_client::Error> for NodeError {
    fn from(source: eos_client::Error) -> Self {
        Self::Call {
            source: Box::new(source),
        }
    }
}

impl Node {
    /// Starts a node on a new chain, and waits for its first block.
    ///
    /// # Errors
    ///
    /// When there is no nodeos or it does not start.
    pub async fn start() -> Result<Self, NodeError> {
        Self::builder().start().await
    }

    /// Starts a node on a chain that `build` has filled once; see [`NodeBuilder::start_cached`].
    ///
    /// # Errors
    ///
    /// As [`NodeBuilder::start_cached`].
    pub async fn start_cached<B, E>(cache_key: &str, build: B) -> Result<Self, NodeError>
    where
        B: AsyncFnOnce(String, PrivateKey) -> Result<(), E>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self::builder().start_cached(cache_key, build).await
    }

    /// Returns settings to be changed before the start.
    pub fn builder() -> NodeBuilder {
        NodeBuilder::default()
    }

    /// Returns the address of its RPC, as in `http://127.0.0.1:23456`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the key of `eosio`, and of all producers of this node: the same for each node.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// Returns a client of the node.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns its directory.
    pub fn dir(&self) -> &Path {
        self.throwaway.dir()
    }

    /// Returns the file that it logs to.
    pub fn log_file(&self) -> PathBuf {
        files(self.dir()).log
    }

    /// Returns the number of its process.
    pub fn pid(&self) -> u32 {
        self.throwaway.pid()
    }
}

impl NodeBuilder {
    /// Adds an account for which the node produces when it is elected, besides `eosio` and with the same key.
    pub fn producer(mut self, account: Name) -> Self {
        self.producers.push(account);
        self
    }

    /// Adds a plugin, as in `eosio::trace_api_plugin`.
    pub fn plugin(mut self, plugin: impl Into<String>) -> Self {
        self.plugins.push(plugin.into());
        self
    }

    /// Sets an option of `config.ini`.
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(name.into(), OptionValues::one(value));
        self
    }

    /// Sets the nodeos to run, instead of looking for one.
    pub fn nodeos(mut self, nodeos: Nodeos) -> Self {
        self.nodeos = Some(nodeos);
        self
    }

    /// Starts the node on a new chain, and waits for its first block.
    ///
    /// # Errors
    ///
    /// When there is no nodeos or it does not start.
    pub async fn start(mut self) -> Result<Node, NodeError> {
        let (_, nodeos) = self.prepare().await?;
        self.launch(&nodeos, None).await
    }

    /// Starts the node on a chain that `build` has filled. The chain is built once, kept as a snapshot in the user's cache
    /// directory, and restored from there by all later starts; when several tests ask at once, one builds
    /// and the others wait.
    ///
    /// The cache key stands for everything that `build` does: change it when `build` changes. Snapshots of different
    /// nodeos are kept apart by themselves. The time of the chain goes on where it is; the block after the snapshot has today's.
    ///
    /// # Errors
    ///
    /// When there is no nodeos, it does not start, or `build` fails.
    pub async fn start_cached<B, E>(mut self, cache_key: &str, build: B) -> Result<Node, NodeError>
    where
        B: AsyncFnOnce(String, PrivateKey) -> Result<(), E>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (environment, nodeos) = self.prepare().await?;
        let cached = snapshot::Entry::new(&environment, cache_key, &nodeos)?;
        let _lock = match cached.lock_to_build().await? {
            None => None,
            Some(lock) => {
                let node = self.launch(&nodeos, None).await?;
                let result = build(node.url.clone(), node.key.clone()).await;
                result.map_err(|error| NodeError::Build {
                    cache_key: cache_key.to_owned(),
                    source: error.into(),
                })?;
                cached.store(&node.client).await?;
                Some(lock)
            }
        };
        self.launch(&nodeos, Some(&cached)).await
    }

    async fn prepare(&mut self) -> Result<(Environment, Nodeos), NodeError> {
        self.check()?;
        let environment = Environment::from_process();
        let nodeos = match self.nodeos.take() {
            Some(nodeos) => nodeos,
            None => Nodeos::find(None, &environment, &|_| {})
                .await
                .map_err(prepare)?,
        };
        Ok((environment, nodeos))
    }

    /// What is not known would be left out of the file in silence.
    fn check(&self) -> Result<(), NodeError> {
        let version = NodeVersion::default();
        let options = self
            .options
            .keys()
            .map(|name| version.option(name).map(drop));
        let plugins = self.plugins.iter().map(|name| version.plugin(name));
        options
            .chain(plugins)
            .collect::<Result<(), _>>()
            .map_err(|source| NodeError::Setting {
                source: Box::new(source),
            })
    }

    async fn launch(
        &self,
        nodeos: &Nodeos,
        from: Option<&snapshot::Entry>,
    ) -> Result<Node, NodeError> {
        let dir = new_directory().map_err(prepare)?;
        let started = self.launch_in(&dir, nodeos, from).await;
        started.map_err(|source| NodeError::Start {
            dir,
            source: Box::new(source),
        })
    }

    async fn launch_in(
        &self,
        dir: &Path,
        nodeos: &Nodeos,
        from: Option<&snapshot::Entry>,
    ) -> Result<Node, Error> {
        let name = node_name();
        let files = files(dir);
        let key = key();
        write_private(&genesis_json(dir), genesis().to_json().as_bytes())?;
        let (start, first_head) = match from {
            Some(entry) => (
                Start::Snapshot { file: entry.file() },
                entry.head_block_num()? + 1,
            ),
            None => (
                Start::Genesis {
                    genesis_json: genesis_json(dir),
                    produce: true,
                },
                2,
            ),
        };
        let deadline = Instant::now() + READY_WITHIN;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut given = HashSet::new();
            let (http, p2p) = (ports::choose(&mut given)?, ports::choose(&mut given)?);
            files.remove_data()?;
            files.create_dirs()?;
            let (config, arguments) = self.config(&name, &key, (http, p2p));
            files.write_config(&config)?;
            let process = launch(nodeos, &files, arguments, &start)?;
            // From here on its drop ends the process.
            let mut throwaway = Throwaway::new("node", dir, process)?;
            let url = format!("http://127.0.0.1:{http}");
            let client = Client::new(&url).map_err(|source| Error::Client {
                url: url.clone(),
                source: Box::new(source),
            })?;
            let log = (&files, throwaway.log_from());
            let ready = until_ready(
                throwaway.process(),
                (http, p2p),
                genesis().chain_id(),
                deadline,
                log,
            )
            .await;
            match ready {
                Ok(_) => {
                    let node = Node {
                        url,
                        key: key.clone(),
                        client,
                        throwaway,
                    };
                    node.until_head(first_head, deadline, &files, &name).await?;
                    return Ok(node);
                }
                Err(error) => {
                    let retry = error.is_port_taken() && attempt < ATTEMPTS;
                    throwaway.end_and_keep();
                    if !retry {
                        return Err(error.into_error(&name, &files.log, genesis().chain_id()));
                    }
                }
            }
        }
    }

    /// Returns the configuration, and what it wants on the command line.
    fn config(
        &self,
        name: &NodeName,
        key: &PrivateKey,
        (http, p2p): (u16, u16),
    ) -> (ConfigIni, &'static [&'static str]) {
        let mut options = self.options.clone();
        // Enough for any test; the file is sparse.
        options
            .entry("chain-state-db-size-mb".to_owned())
            .or_insert_with(|| OptionValues::one("512"));
        let producers = std::iter::once(BOOT_ACCOUNT).chain(self.producers.iter().copied());
        options.insert(
            "producer-name".to_owned(),
            OptionValues::several(producers.map(|account| account.to_string())),
        );
        let addresses = (loopback(http), loopback(p2p));
        let config = NodeConfig {
            plugins: &self.plugins,
            options: &options,
            ..NodeConfig::new(NodeVersion::default(), name, Role::Boot, addresses)
                .producing(BOOT_ACCOUNT, key)
        };
        (config.to_ini(), config.start_arguments())
    }
}

impl Node {
    async fn until_head(
        &self,
        head_block_num: u32,
        deadline: Instant,
        files: &NodeFiles,
        name: &NodeName,
    ) -> Result<(), Error> {
        let begin = Instant::now();
        loop {
            let source = match self.client.get_info().await {
                Ok(info) if info.head_block_num >= head_block_num => return Ok(()),
                Ok(_) => None,
                Err(error) => Some(Box::new(error)),
            };
            if Instant::now() >= deadline {
                return Err(Error::NodeLate {
                    node: name.clone(),
                    after: begin.elapsed(),
                    log_file: files.log.clone(),
                    source,
                });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub(super) fn prepare(source: Error) -> NodeError {
    NodeError::Prepare {
        source: Box::new(source),
    }
}

fn node_name() -> NodeName {
    "node".parse().expect("it is a DNS label")
}

fn files(dir: &Path) -> NodeFiles {
    NodeFiles::new(dir, "node")
}

/// Returns the key of all throwaway nodes. It is no secret, but it is not among the published keys either, so code under test takes it.
pub(super) fn key() -> PrivateKey {
    let secret = Checksum256::hash(b"the key of the throwaway nodes of baas-deploy");
    PrivateKey::from_bytes(KeyType::K1, secret.as_bytes())
        .expect("this hash is below the curve's order")
}

/// Returns the genesis of all throwaway nodes.
pub(super) fn genesis() -> Genesis {
    let timestamp = "2024-01-01T00:00:00".parse().expect("it is a time");
    Genesis::new(timestamp, key().public_key(), ChainParameters::default())
}
