use std::{
    ffi::OsStr,
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
/// the old file, and the directory is flushed. A process that is killed on the way leaves the temporary file; the next one that writes
/// the same file removes it. A symbolic link is replaced, not followed. The new file belongs to who writes it, whoever the old one
/// belonged to: else who may put a file there could read what another writes. (Saving a [`Keystore`](crate::wallet::Keystore) or
/// [`KeosdWallet`](crate::wallet::KeosdWallet) keeps the owner, because the old file has been read and its password was right.)
///
/// # Errors
///
/// [`WalletError`] says which step failed; the temporary file is then removed.
pub fn write_secret_file(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), WalletError> {
    replace(path.as_ref(), bytes, None)
}

/// Writes a file as [`write_secret_file`] does, which then belongs to the owner of the `old` one.
///
/// Only root and the like meet a file of another owner that is closed to others. If they may not give files away (as in some containers),
/// this fails with nothing replaced: else the owner could not read it any more.
pub(super) fn replace_secret_file(
    path: &Path,
    bytes: &[u8],
    old: &File,
) -> Result<(), WalletError> {
    replace(path, bytes, Some(old))
}

fn replace(path: &Path, bytes: &[u8], old: Option<&File>) -> Result<(), WalletError> {
    let temporary = TemporaryFile::write(path, bytes, old)?;
    fs::rename(&temporary.path, path).map_err(|source| io_error("replace", path, source))?;
    drop(temporary);
    flush_directory(path)
}

/// Writes a new file as [`write_secret_file`] does, but never over an existing one.
///
/// # Errors
///
/// [`WalletError::Exists`] if there is a file of that name; else [`WalletError`] says which step failed. A file system that has neither
/// hard links nor a rename that spares existing files is refused, because there is no other way to do both: write all or nothing, and
/// overwrite nothing.
pub fn create_secret_file(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), WalletError> {
    let path = path.as_ref();
    let temporary = TemporaryFile::write(path, bytes, None)?;
    place(&temporary.path, path, &WAYS_TO_PLACE).map_err(|source| match source.kind() {
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
    let open = |source| io_error("open", path, source);
    // A named pipe would not be open before somebody writes to it.
    if !fs::metadata(path).map_err(open)?.is_file() {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "not a regular file");
        return Err(io_error("read", path, source));
    }
    let file = File::open(path).map_err(open)?;
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

/// Gives a file another name, unless that is taken.
type Place = fn(&Path, &Path) -> io::Result<()>;

/// Not all file systems know both: FAT has no hard links, NFS has no such rename.
const WAYS_TO_PLACE: [Place; 2] = [rename_to_free_name, link_to_free_name];

/// Tries one way after the other, until one works or says that the name is taken.
fn place(from: &Path, to: &Path, ways: &[Place]) -> io::Result<()> {
    let mut last = io::Error::from(io::ErrorKind::Unsupported);
    for way in ways {
        match way(from, to) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => last = error,
            done => return done,
        }
    }
    Err(last)
}

fn rename_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (from, to);
        Err(io::ErrorKind::Unsupported.into())
    }
}

fn link_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)
}

/// A file on its way to its name; removed on drop, if it still has its own.
///
/// It is locked as long as its writer lives, which tells it from what a killed one left.
struct TemporaryFile {
    path: PathBuf,
    file: File,
}

impl TemporaryFile {
    fn write(target: &Path, bytes: &[u8], old: Option<&File>) -> Result<Self, WalletError> {
        let name = target.file_name().ok_or_else(|| {
            let source = io::Error::new(io::ErrorKind::InvalidInput, "path has no file name");
            io_error("write", target, source)
        })?;
        remove_left_overs(directory_of(target), name);
        let mut temporary = Self::create(target, name)?;
        temporary
            .file
            .write_all(bytes)
            .map_err(|source| io_error("write", &temporary.path, source))?;
        if let Some(old) = old {
            keep_owner(old, &temporary.file)
                .map_err(|source| io_error("keep the owner of", target, source))?;
        }
        temporary
            .file
            .sync_all()
            .map_err(|source| io_error("write", &temporary.path, source))?;
        Ok(temporary)
    }

    fn create(target: &Path, name: &OsStr) -> Result<Self, WalletError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        loop {
            let mut random = [0; 8];
            getrandom::fill(&mut random).map_err(RandomnessError::new)?;
            let mut temporary_name = std::ffi::OsString::from(".");
            temporary_name.push(name);
            temporary_name.push(format!(".{}.tmp", hex::digits(&random).collect::<String>()));
            let path = target.with_file_name(temporary_name);
            let file = options
                .open(&path)
                .map_err(|source| io_error("create", &path, source))?;
            // Where there are no locks, none can be had by those who remove left-overs either: then they stay.
            let is_locked = file.lock().is_ok();
            let temporary = Self { path, file };
            // Another process may have taken it for a left-over in the moment before it was locked.
            if !is_locked || is_at(&temporary.file, &temporary.path) {
                return Ok(temporary);
            }
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // Gone already if it was renamed. What could be done about another failure? The error that led here is the one to report.
        drop(fs::remove_file(&self.path));
    }
}

/// Removes the temporary files of killed writers of `name`. A failure is no reason not to write: they are only in the way.
fn remove_left_overs(directory: &Path, name: &OsStr) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !is_file || !is_temporary_name(&entry.file_name(), name) {
            continue;
        }
        let path = entry.path();
        let Ok(file) = File::open(&path) else {
            continue;
        };
        // A living writer has it locked. One that has only just made it waits for this lock, which is therefore held until the file is
        // gone, and then sees that it is.
        if file.try_lock().is_ok() && is_at(&file, &path) {
            drop(fs::remove_file(&path));
        }
        drop(file);
    }
}

/// Tells whether `found` is `.name.….tmp`, with sixteen digits.
fn is_temporary_name(found: &OsStr, name: &OsStr) -> bool {
    let digits = found
        .as_encoded_bytes()
        .strip_prefix(b".")
        .and_then(|rest| rest.strip_prefix(name.as_encoded_bytes()))
        .and_then(|rest| rest.strip_prefix(b"."))
        .and_then(|rest| rest.strip_suffix(b".tmp"));
    digits.is_some_and(|digits| digits.len() == 16 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Tells whether `path` is a name of the open `file`, and not of another by now.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (Ok(open), Ok(named)) = (file.metadata(), fs::metadata(path)) else {
            return false;
        };
        (open.dev(), open.ino()) == (named.dev(), named.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
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

/// Gives a new file to the owner and the group of the `old` one.
fn keep_owner(old: &File, new: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let (old, now) = (old.metadata()?, new.metadata()?);
        if old.gid() != now.gid() {
            // Not everybody may, as after leaving that group. The group may do nothing with the file, so it is not worth an error.
            drop(fchown(new, None, Some(old.gid())));
        }
        if old.uid() != now.uid() {
            fchown(new, Some(old.uid()), None)?;
        }
    }
    #[cfg(not(unix))]
    let _ = (old, new);
    Ok(())
}

/// Makes sure that a new name is on the disk, not only the bytes.
fn flush_directory(path: &Path) -> Result<(), WalletError> {
    let directory = directory_of(path);
    // Only unix opens directories as files.
    if cfg!(unix) {
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(|source| io_error("flush", directory, source))?;
    }
    Ok(())
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

pub(crate) fn io_error(action: &'static str, path: &Path, source: io::Error) -> WalletError {
    WalletError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::PermissionDenied))
    }

    #[test]
    fn each_way_to_place_a_file_spares_a_taken_name() {
        for way in WAYS_TO_PLACE {
            let directory = tempfile::tempdir().unwrap();
            let (from, to) = (directory.path().join("from"), directory.path().join("to"));
            fs::write(&from, "new").unwrap();
            fs::write(&to, "old").unwrap();
            let error = way(&from, &to).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&to).unwrap(), b"old");
            fs::remove_file(&to).unwrap();
            way(&from, &to).unwrap();
            assert_eq!(fs::read(&to).unwrap(), b"new");
        }
    }

    #[test]
    fn a_file_system_without_one_way_has_another() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        fs::write(&from, "new").unwrap();
        place(&from, &to, &[fails, link_to_free_name]).unwrap();
        let error = place(&from, &to, &[fails, rename_to_free_name]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&to).unwrap(), b"new");
        let error = place(&from, &to, &[fails, fails]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn only_the_files_own_left_overs_are_recognised() {
        let is = |found: &str| is_temporary_name(OsStr::new(found), OsStr::new("a.wallet"));
        assert!(is(".a.wallet.0123456789abcdef.tmp"));
        for other in [
            "a.wallet",
            ".a.wallet.tmp",
            ".a.wallet.0123456789abcde.tmp",
            ".a.wallet.0123456789abcdefg.tmp",
            ".a.wallet.0123456789abcdeg.tmp",
            ".b.wallet.0123456789abcdef.tmp",
            ".aa.wallet.0123456789abcdef.tmp",
            "a.wallet.0123456789abcdef.tmp",
            ".a.wallet.0123456789abcdef",
        ] {
            assert!(!is(other), "{other}");
        }
    }
}
