//! The data directory: held by one launcher, cleared before a repair, and the count of repairs.
//!
//! ```text
//! DATA/.baas-launch/lock      held while nodeos runs; names who holds it
//! DATA/.baas-launch/repairs   how many repairs were begun since the node last answered
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::decide::Clear;
use super::refusal::{Refusal, not_writable, system};

/// Who may hold the lock says so in no more bytes.
const HOLDER: u64 = 500;

/// The exclusive hold on a data directory. The kernel ends it with the processes that have the file open.
#[derive(Debug)]
pub(super) struct DataDir {
    data: PathBuf,
    lock: File,
}

impl DataDir {
    /// Takes it, or says who has it.
    pub(super) fn take(data: &Path) -> Result<Self, Refusal> {
        let ours = data.join(".baas-launch");
        fs::create_dir_all(&ours).map_err(not_writable(data))?;
        let mut lock = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(ours.join("lock"))
            .map_err(not_writable(&ours))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // For the message only.
                let _ = (&lock).take(HOLDER).read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => "another launcher",
                    holder => holder,
                };
                return Err(Refusal::InUse {
                    dir: data.to_owned(),
                    holder: holder.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(system("lock the data directory")(source));
            }
        }
        let machine = rustix::system::uname();
        lock.set_len(0)
            .and_then(|()| lock.rewind())
            .and_then(|()| {
                let host = machine.nodename().to_string_lossy();
                writeln!(lock, "process {} on {host}", std::process::id())
            })
            .map_err(not_writable(&ours))?;
        let data = data.to_owned();
        Ok(Self { data, lock })
    }

    /// Returns the file that is locked.
    pub(super) fn lock(&self) -> &File {
        &self.lock
    }

    /// Returns the file with the count of repairs.
    pub(super) fn counter(&self) -> PathBuf {
        self.data.join(".baas-launch/repairs")
    }

    /// Takes note that a repair is begun, unless too many were.
    pub(super) fn count_repair(&self, attempts: u32) -> Result<(), Refusal> {
        let counter = self.counter();
        let begun: u32 = match fs::read_to_string(&counter) {
            Ok(text) => text.trim().parse().unwrap_or(0),
            Err(_) => 0,
        };
        if begun >= attempts {
            return Err(Refusal::TooManyRepairs {
                dir: self.data.clone(),
                counter,
                attempts,
            });
        }
        fs::write(&counter, format!("{}\n", begun + 1)).map_err(not_writable(&self.data))
    }

    /// Removes what nodeos is to make again.
    pub(super) fn clear(&self, clear: Clear) -> Result<(), Refusal> {
        let names: &[&str] = match clear {
            Clear::Nothing => &[],
            Clear::State => &["state"],
            Clear::StateAndBlocks => &["state", "blocks"],
        };
        for name in names {
            let dir = self.data.join(name);
            match empty(&dir) {
                Ok(()) => {}
                Err(source) if source.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(Refusal::NotRemoved { dir, source }),
            }
        }
        Ok(())
    }
}

/// Removes all that is in a directory; the directory itself may be where a volume is mounted.
fn empty(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_launcher_is_refused_by_the_name_of_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::take(dir.path()).unwrap();
        let refusal = DataDir::take(dir.path()).unwrap_err();
        assert_eq!(refusal.exit_code(), 75);
        let text = refusal.report();
        let ours = format!("in use by process {} on ", std::process::id());
        assert!(text.contains(&ours), "{text}");
        // What nodeos inherits holds it as well.
        let inherited = first.lock().try_clone().unwrap();
        drop(first);
        assert!(DataDir::take(dir.path()).is_err());
        drop(inherited);
        DataDir::take(dir.path()).unwrap();
    }

    #[test]
    fn only_so_many_repairs_are_begun() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::take(dir.path()).unwrap();
        for _ in 0..2 {
            data.count_repair(2).unwrap();
        }
        let refusal = data.count_repair(2).unwrap_err();
        assert_eq!(refusal.exit_code(), 78);
        assert!(
            refusal.report().contains("repairs to try again"),
            "{refusal}"
        );
        fs::remove_file(data.counter()).unwrap();
        data.count_repair(2).unwrap();
    }

    #[test]
    fn only_what_is_named_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::take(dir.path()).unwrap();
        data.clear(Clear::StateAndBlocks).unwrap();
        let there = |name: &str| dir.path().join(name).exists();
        for name in ["state", "blocks/reversible", "snapshots"] {
            fs::create_dir_all(dir.path().join(name)).unwrap();
            fs::write(dir.path().join(name).join("x"), "").unwrap();
        }
        data.clear(Clear::Nothing).unwrap();
        assert!(there("state/x"));
        data.clear(Clear::State).unwrap();
        assert!(there("state") && !there("state/x") && there("blocks/reversible/x"));
        data.clear(Clear::StateAndBlocks).unwrap();
        assert!(there("blocks") && !there("blocks/reversible") && there("snapshots/x"));
    }
}
