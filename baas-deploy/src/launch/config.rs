//! The files that are mounted, and the merged one that nodeos reads.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use eos_keys::wallet::write_secret_file;
use rustix::fs::FsWord;
use zeroize::Zeroizing;

use super::arguments::Options;
use super::merge::{Part, is_fragment, merge};
use super::peers;
use super::refusal::{Refusal, not_writable};
use crate::local::files::remove_unfinished;
use crate::node::Genesis;

/// Kubernetes' own limit for a `ConfigMap` or a `Secret`.
const LIMIT: u64 = 1 << 20;
/// `tmpfs` and `ramfs` as statfs(2) has them.
const IN_MEMORY: [FsWord; 2] = [0x0102_1994, 0x8584_58f6];

/// The merged `config.ini`, erased when it is dropped.
#[derive(Debug)]
pub(super) struct MergedConfig {
    path: PathBuf,
}

/// Reads the mounted parts, and returns the merged text.
pub(super) fn read(options: &Options) -> Result<Zeroizing<String>, Refusal> {
    let mut public = read_part(&options.config)?;
    if !options.peers.is_empty() {
        public.text.push('\n');
        public.text.push_str(&peers::to_ini(&options.peers));
    }
    let mut paths: Vec<PathBuf> = match fs::read_dir(&options.secret) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<_>>()
            .map_err(unreadable(&options.secret))?,
        // A node without a key has none.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(unreadable(&options.secret)(source)),
    };
    paths.retain(|path| is_fragment(path));
    paths.sort();
    let secrets = paths
        .iter()
        .map(|path| read_part(path))
        .collect::<Result<Vec<_>, _>>()?;
    merge(&public, &secrets)
}

/// Reads a genesis.
pub(super) fn read_genesis(path: &Path) -> Result<Genesis, Refusal> {
    let part = read_part(path)?;
    serde_json::from_str(&part.text).map_err(|source| Refusal::Genesis {
        path: path.to_owned(),
        source,
    })
}

fn read_part(path: &Path) -> Result<Part, Refusal> {
    let file = File::open(path).map_err(unreadable(path))?;
    // Taken at once: growing would leave a copy of a key behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(LIMIT).unwrap_or(0) + 1));
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable(path))?;
    if bytes.len() as u64 > LIMIT {
        return Err(Refusal::TooLarge {
            path: path.to_owned(),
            limit: LIMIT,
        });
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::NotText {
        path: path.to_owned(),
    })?;
    Ok(Part {
        path: path.to_owned(),
        text: Zeroizing::new(text.to_owned()),
    })
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> Refusal {
    let path = path.to_owned();
    move |source| Refusal::Unreadable {
        path: path.clone(),
        source,
    }
}

/// Says whether a directory lies in memory.
pub(super) fn is_in_memory(dir: &Path) -> Result<bool, Refusal> {
    let system = rustix::fs::statfs(dir).map_err(|error| unreadable(dir)(error.into()))?;
    Ok(IN_MEMORY.contains(&system.f_type))
}

impl MergedConfig {
    /// Writes it into a directory; nobody else can read it at any moment.
    pub(super) fn write(dir: &Path, text: &str) -> Result<Self, Refusal> {
        let path = dir.join("config.ini");
        // What a killed launcher left. If it stays, it is no more than the mounted secret is.
        let _ = remove_unfinished(dir, "config.ini");
        match write_secret_file(&path, text.as_bytes()) {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(Refusal::SecretFile { path, source }),
        }
    }
}

impl Drop for MergedConfig {
    /// Overwrites and removes it.
    fn drop(&mut self) {
        let erase = || -> io::Result<()> {
            let mut file = File::options().write(true).open(&self.path)?;
            let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
            file.write_all(&vec![b' '; length])?;
            fs::remove_file(&self.path)
        };
        // The directory is in memory, and gone with the pod.
        let _ = erase();
    }
}

/// Makes the directories that nodeos writes to, and sees that it can.
pub(super) fn prepare(options: &Options) -> Result<(), Refusal> {
    for dir in [&options.data, &options.run] {
        fs::create_dir_all(dir).map_err(not_writable(dir))?;
        let probe = dir.join(format!(".writable-{}", std::process::id()));
        File::create(&probe)
            .and_then(|_| fs::remove_file(&probe))
            .map_err(not_writable(dir))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn options(dir: &Path) -> Options {
        Options {
            config: dir.join("config.ini"),
            secret: dir.join("secret"),
            ..Options::default()
        }
    }

    #[test]
    fn the_merged_file_is_ours_alone_and_gone_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let merged = MergedConfig::write(dir.path(), "a = 1").unwrap();
        let path = dir.path().join("config.ini");
        assert_eq!(fs::read_to_string(&path).unwrap(), "a = 1");
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        drop(merged);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_secret_is_mounted_by_links_and_may_be_absent() {
        let dir = tempfile::tempdir().unwrap();
        let options = options(dir.path());
        assert_eq!(read(&options).unwrap_err().exit_code(), 66);
        fs::write(&options.config, "a = 1").unwrap();
        assert_eq!(*read(&options).unwrap(), "a = 1\n");
        // As the kubelet does it.
        let version = options.secret.join("..2026_11_23");
        fs::create_dir_all(&version).unwrap();
        fs::write(version.join("b.ini"), "# b").unwrap();
        fs::write(version.join("a.ini"), "# a").unwrap();
        std::os::unix::fs::symlink("..2026_11_23", options.secret.join("..data")).unwrap();
        for name in ["a.ini", "b.ini"] {
            let target = Path::new("..data").join(name);
            std::os::unix::fs::symlink(target, options.secret.join(name)).unwrap();
        }
        assert_eq!(*read(&options).unwrap(), "a = 1\n# a\n# b\n");
    }

    #[test]
    fn files_of_the_wrong_kind_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let options = options(dir.path());
        let report = |bytes: &[u8]| {
            fs::write(&options.config, bytes).unwrap();
            let refusal = read(&options).unwrap_err();
            let text = refusal.report();
            (
                refusal.exit_code(),
                text.rsplit('/').next().unwrap().to_owned(),
            )
        };
        assert_eq!(
            report(b"\xff"),
            (78, "config.ini is not text in UTF-8".to_owned())
        );
        let large = vec![b'#'; (1 << 20) + 1];
        assert_eq!(
            report(&large),
            (78, "config.ini is larger than 1048576 bytes".to_owned())
        );
        fs::write(&options.config, "{}").unwrap();
        let refusal = read_genesis(&options.config).unwrap_err();
        assert!(
            refusal
                .report()
                .contains("config.ini is not a genesis: missing field"),
            "{refusal}"
        );
    }
}
