use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{error::RandomnessError, hex, wallet::WalletError};

/// Writes a file that only its owner may read, atomically: at every moment, and after a crash or a power cut, the file is the old one
/// or the new one.
///
/// The bytes go to a temporary file beside it (`.name.….tmp`, 0600 from the moment it exists), are flushed to the disk and renamed over
/// the old file, and the directory is flushed. A process that is killed on the way leaves the temporary file. A symbolic link is
/// replaced, not followed.
///
/// # Errors
///
/// [`WalletError`] says which step failed; the temporary file is then removed.
pub fn write_secret_file(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), WalletError> {
    let path = path.as_ref();
    let temporary = TemporaryFile::write(path, bytes)?;
    fs::rename(&temporary.path, path).map_err(|source| io_error("replace", path, source))?;
    temporary.forget();
    flush_directory(path)
}

/// Writes a new file as [`write_secret_file`] does, but never over an existing one.
///
/// # Errors
///
/// [`WalletError::Exists`] if there is a file of that name; else [`WalletError`] says which step failed.
pub fn create_secret_file(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), WalletError> {
    let path = path.as_ref();
    let temporary = TemporaryFile::write(path, bytes)?;
    // Unlike a rename, a link is refused when the name is taken.
    fs::hard_link(&temporary.path, path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => WalletError::Exists {
            path: path.to_owned(),
        },
        _ => io_error("create", path, source),
    })?;
    drop(temporary);
    flush_directory(path)
}

/// Reads a file of at most `limit` bytes that only its owner may read.
///
/// # Errors
///
/// [`WalletError::OpenToOthers`] if others may read or write it, [`WalletError::TooLarge`] if it is longer, [`WalletError::Io`] if it
/// cannot be read.
pub fn read_secret_file(
    path: impl AsRef<Path>,
    limit: u64,
) -> Result<Zeroizing<Vec<u8>>, WalletError> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|source| io_error("open", path, source))?;
    // Of the open file, not of the name, which could be another file by now.
    let metadata = file
        .metadata()
        .map_err(|source| io_error("examine", path, source))?;
    refuse_open_to_others(path, &metadata)?;
    let too_large = || WalletError::TooLarge {
        path: path.to_owned(),
        limit,
    };
    if metadata.len() > limit {
        return Err(too_large());
    }
    // One byte more than the file has, so that the buffer does not grow, and leave a copy behind, when all of it has been read.
    let room = usize::try_from(metadata.len())
        .map_err(|_| too_large())?
        .saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| io_error("read", path, source))?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    Ok(bytes)
}

/// A file on its way to its name; removed on drop.
struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    fn write(target: &Path, bytes: &[u8]) -> Result<Self, WalletError> {
        let name = target.file_name().ok_or_else(|| {
            let source = io::Error::new(io::ErrorKind::InvalidInput, "path has no file name");
            io_error("write", target, source)
        })?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(RandomnessError::new)?;
        let mut temporary_name = std::ffi::OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(".{}.tmp", hex::digits(&random).collect::<String>()));
        let path = target.with_file_name(temporary_name);

        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(&path)
            .map_err(|source| io_error("create", &path, source))?;
        let temporary = Self { path };
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(|source| io_error("write", &temporary.path, source))?;
        Ok(temporary)
    }

    /// Leaves the file alone: its name is the target's now.
    fn forget(mut self) {
        self.path = PathBuf::new();
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // What could be done about a failure? The error that led here is the one to report.
            drop(fs::remove_file(&self.path));
        }
    }
}

fn refuse_open_to_others(path: &Path, metadata: &fs::Metadata) -> Result<(), WalletError> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(WalletError::OpenToOthers {
                path: path.to_owned(),
                mode,
            });
        }
    }
    #[cfg(not(unix))]
    let _ = (path, metadata);
    Ok(())
}

/// Makes sure that a new name is on the disk, not only the bytes.
fn flush_directory(path: &Path) -> Result<(), WalletError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Only unix opens directories as files.
    if cfg!(unix) {
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(|source| io_error("flush", directory, source))?;
    }
    Ok(())
}

pub(crate) fn io_error(action: &'static str, path: &Path, source: io::Error) -> WalletError {
    WalletError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}
