use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::wallet::{
    WalletError, create_secret_file, read_secret_file,
    secret_file::{io_error, is_at, replace_secret_file},
};

/// A secret file whose content is known, and which is replaced only as long as it is that.
///
/// Two that know the same file cannot undo each other's work: whoever replaces it locks it, looks whether it is still what was read,
/// and replaces it before the lock is let go. The lock is on the file itself, so that nothing else lies about; as it is replaced by a
/// rename, one who waited for the lock looks whether what is locked is still the file of that name.
#[derive(Clone)]
pub(super) struct KnownFile {
    path: PathBuf,
    content: [u8; 32],
}

impl KnownFile {
    /// Writes a new file.
    pub(super) fn create(path: PathBuf, bytes: &[u8]) -> Result<Self, WalletError> {
        create_secret_file(&path, bytes)?;
        let content = Sha256::digest(bytes).into();
        Ok(Self { path, content })
    }

    /// Reads a file of at most `limit` bytes.
    pub(super) fn read(
        path: PathBuf,
        limit: u64,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), WalletError> {
        let bytes = read_secret_file(&path, limit)?;
        let content = Sha256::digest(&bytes).into();
        Ok((Self { path, content }, bytes))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the file, if it is what it was when it was last read or written here.
    pub(super) fn replace(&mut self, bytes: &[u8]) -> Result<(), WalletError> {
        let locked = self.lock()?;
        if self.hash(&locked)? != self.content {
            return Err(self.changed());
        }
        let written = replace_secret_file(&self.path, bytes, &locked);
        // Also after an error: the last step may fail when the file is there already.
        if written.is_ok() || !is_at(&locked, &self.path) {
            self.content = Sha256::digest(bytes).into();
        }
        written
    }

    /// Locks the file of this name. The lock ends with the returned file, and with the process.
    fn lock(&self) -> Result<File, WalletError> {
        loop {
            // Some network file systems lock only what may be written to.
            let opened = match OpenOptions::new().read(true).write(true).open(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    File::open(&self.path)
                }
                opened => opened,
            };
            let file = opened.map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => self.changed(),
                _ => io_error("open", &self.path, source),
            })?;
            file.lock()
                .map_err(|source| io_error("lock", &self.path, source))?;
            if is_at(&file, &self.path) {
                return Ok(file);
            }
        }
    }

    fn hash(&self, file: &File) -> Result<[u8; 32], WalletError> {
        let mut hasher = Sha256::new();
        let mut file = file;
        let mut buffer = [0; 8192];
        loop {
            let length = match file.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.map_err(|source| io_error("read", &self.path, source))?,
            };
            if length == 0 {
                return Ok(hasher.finalize().into());
            }
            hasher.update(buffer.get(..length).unwrap_or_default());
        }
    }

    fn changed(&self) -> WalletError {
        WalletError::ChangedOnDisk {
            path: self.path.clone(),
        }
    }
}
