use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use eos_client::{Client, RetryPolicy};
use serde::{Deserialize, Serialize};

use super::node::{NodeError, genesis, prepare};
use crate::error::{Error, io_error};
use crate::local::files::create_private_dir;
use crate::local::{Environment, Nodeos};

/// A snapshot takes as long as its block takes to become irreversible: a full round with many producers.
const SNAPSHOT_WITHIN: Duration = Duration::from_mins(2);

/// A chain in the user's cache: a directory with its snapshot, which is there whole or not at all.
#[derive(Debug)]
pub(super) struct Entry {
    dir: PathBuf,
}

/// What `create_snapshot` answers, and what is kept of it.
#[derive(Debug, Serialize, Deserialize)]
struct Snapshot {
    head_block_num: u32,
    snapshot_name: PathBuf,
}

#[derive(Serialize)]
struct Empty {}

impl Entry {
    pub(super) fn new(
        environment: &Environment,
        cache_key: &str,
        nodeos: &Nodeos,
    ) -> Result<Self, NodeError> {
        let cache = environment.cache_dir().ok_or(NodeError::NoCacheDir)?;
        let fits = !cache_key.is_empty()
            && cache_key
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !fits {
            return Err(NodeError::CacheKey {
                cache_key: cache_key.to_owned(),
            });
        }
        let chain = &genesis().chain_id().to_string()[..8];
        let name = format!("{cache_key}-{}-{chain}", nodeos.identity());
        Ok(Self {
            dir: cache.join("snapshots").join(name),
        })
    }

    pub(super) fn file(&self) -> PathBuf {
        self.dir.join("snapshot.bin")
    }

    fn head_file(&self) -> PathBuf {
        self.dir.join("head.json")
    }

    /// Returns the number of the snapshot's block.
    pub(super) fn head_block_num(&self) -> Result<u32, Error> {
        let path = self.head_file();
        let json = fs::read(&path).map_err(io_error("read", &path))?;
        let snapshot: Snapshot = serde_json::from_slice(&json)
            .map_err(|source| io_error("read", &path)(source.into()))?;
        Ok(snapshot.head_block_num)
    }

    /// Returns `None` when the snapshot is there, and else the lock under which it is to be built.
    pub(super) async fn lock_to_build(&self) -> Result<Option<File>, NodeError> {
        if self.dir.is_dir() {
            return Ok(None);
        }
        let path = self.dir.with_added_extension("lock");
        let locking = tokio::task::spawn_blocking(move || {
            path.parent().map_or(Ok(()), create_private_dir)?;
            let lock = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(io_error("open", &path))?;
            lock.lock().map_err(io_error("lock", &path))?;
            Ok::<_, Error>(lock)
        });
        let lock = locking
            .await
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        let lock = lock.map_err(prepare)?;
        // Whoever held the lock before us may have built it.
        Ok((!self.dir.is_dir()).then_some(lock))
    }

    /// Takes a snapshot of a node and keeps it.
    pub(super) async fn store(&self, node: &Client) -> Result<(), NodeError> {
        let client = Client::builder(node.node())
            .timeout(SNAPSHOT_WITHIN)
            .retry(RetryPolicy::never())
            .build()?;
        let snapshot: Snapshot = client
            .call("/v1/producer/create_snapshot", &Empty {})
            .await?;
        self.keep(&snapshot).map_err(prepare)
    }

    fn keep(&self, snapshot: &Snapshot) -> Result<(), Error> {
        let partial = Self {
            dir: self.dir.with_added_extension("partial"),
        };
        // Left by a process that was killed; the lock is ours now.
        let _ = fs::remove_dir_all(&partial.dir);
        create_private_dir(&partial.dir)?;
        fs::copy(&snapshot.snapshot_name, partial.file())
            .map_err(io_error("copy", &snapshot.snapshot_name))?;
        let json = serde_json::to_vec(snapshot).expect("it is a number and a path of text");
        fs::write(partial.head_file(), json).map_err(io_error("write", &partial.dir))?;
        fs::rename(&partial.dir, &self.dir).map_err(io_error("create", &self.dir))
    }
}
