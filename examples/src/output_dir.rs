//! A directory that files are rendered into: what did not change is left alone, what is secret is its owner's only.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use zeroize::Zeroizing;

/// A file to be there.
#[derive(Clone)]
pub struct OutputFile {
    /// Where, below the directory.
    pub path: PathBuf,
    /// What it says.
    pub text: Zeroizing<String>,
    /// Who may do what with it.
    pub access: Access,
}

/// Who may do what with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody may read it.
    Public,
    /// Everybody may run it.
    Executable,
    /// It holds a private key: only its owner may read it.
    Secret,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there before.
    New,
    /// It said something else.
    Changed,
    /// It is as it was.
    Same,
}

impl OutputFile {
    /// Returns a file that everybody may read.
    pub fn public(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self::new(path, Zeroizing::new(text.into()), Access::Public)
    }

    /// Returns a file.
    pub fn new(path: impl Into<PathBuf>, text: Zeroizing<String>, access: Access) -> Self {
        Self {
            path: path.into(),
            text,
            access,
        }
    }
}

impl Access {
    fn mode(self) -> u32 {
        match self {
            Self::Public => 0o644,
            Self::Executable => 0o755,
            Self::Secret => 0o600,
        }
    }
}

impl Change {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Same => "same",
        }
    }
}

/// Writes files below a directory, each in one step, and tells what became of each, in order.
///
/// # Errors
///
/// When one cannot be read or written; those before it are written then, and running it again does the rest.
pub fn write(dir: &Path, files: &[OutputFile]) -> Result<Vec<Change>> {
    files.iter().map(|file| write_one(dir, file)).collect()
}

/// Returns the files below a directory that are none of these, such as those of a node that is not in the spec any more. Directories in which
/// others work, below it, are not looked into.
///
/// # Errors
///
/// When a directory cannot be read.
pub fn others(dir: &Path, files: &[OutputFile], at_work: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let ours: BTreeSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let mut found = Vec::new();
    let mut directories = vec![PathBuf::new()];
    while let Some(inner) = directories.pop() {
        let path = dir.join(&inner);
        let entries =
            fs::read_dir(&path).with_context(|| format!("cannot list {}", path.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot list {}", path.display()))?;
            let name = inner.join(entry.file_name());
            // Not followed: a link to a directory is somebody's own.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !at_work.contains(&name) {
                    directories.push(name);
                }
            } else if !ours.contains(name.as_path()) {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn write_one(dir: &Path, file: &OutputFile) -> Result<Change> {
    let path = dir.join(&file.path);
    let change = match fs::read(&path) {
        Ok(found) => {
            let found = Zeroizing::new(found);
            if *found.as_slice() == *file.text.as_bytes() {
                set_mode(&path, file.access.mode())
                    .with_context(|| format!("cannot set the mode of {}", path.display()))?;
                return Ok(Change::Same);
            }
            Change::Changed
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Change::New,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", path.display()));
        }
    };
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        bail!("{} is not the path of a file", path.display());
    };
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    // Whoever reads the file meanwhile sees the old one or the new one.
    let unfinished = parent.join(format!(
        ".{}.{}.unfinished",
        name.to_string_lossy(),
        std::process::id()
    ));
    let written = write_new(&unfinished, file).and_then(|()| fs::rename(&unfinished, &path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished); // best effort: the error that counts is told
    }
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(change)
}

/// Sets the mode where it is another: a file that is right already may be on a disk that is read-only, or somebody else's.
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    if fs::metadata(path)?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

fn write_new(path: &Path, file: &OutputFile) -> io::Result<()> {
    let mode = file.access.mode();
    let mut to = fs::File::options()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    to.write_all(file.text.as_bytes())?;
    to.set_permissions(fs::Permissions::from_mode(mode))?; // whatever the umask takes away
    to.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_did_not_change_is_left_alone_and_secrets_are_the_owners() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("a/b");
        let mut files = vec![
            OutputFile::public("x.yaml", "x"),
            OutputFile::new("keys/y", Zeroizing::new("y".into()), Access::Secret),
            OutputFile::new("run.sh", Zeroizing::new("z".into()), Access::Executable),
        ];
        assert_eq!(write(&out, &files).unwrap(), [Change::New; 3]);
        let changed_at = |path: &str| {
            let metadata = fs::metadata(out.join(path)).unwrap();
            (metadata.ctime(), metadata.ctime_nsec())
        };
        let before = changed_at("keys/y");
        assert_eq!(write(&out, &files).unwrap(), [Change::Same; 3]);
        assert_eq!(changed_at("keys/y"), before);
        assert_eq!(mode(&out.join("keys/y")), 0o600);
        assert_eq!(mode(&out.join("run.sh")), 0o755);

        // One that was opened to others is closed again, whether or not it changes.
        let open = fs::Permissions::from_mode(0o666);
        fs::set_permissions(out.join("keys/y"), open).unwrap();
        files[0].text = Zeroizing::new("other".into());
        let changes = write(&out, &files).unwrap();
        assert_eq!(changes, [Change::Changed, Change::Same, Change::Same]);
        assert_eq!(mode(&out.join("keys/y")), 0o600);
        assert_eq!(others(&out, &files, &[]).unwrap(), Vec::<PathBuf>::new());
        assert_eq!(
            others(&out, &files[..1], &[]).unwrap(),
            [Path::new("keys/y"), Path::new("run.sh")]
        );
        let at_work = [PathBuf::from("keys")];
        assert_eq!(
            others(&out, &files[..1], &at_work).unwrap(),
            [Path::new("run.sh")]
        );
    }

    #[test]
    fn what_cannot_be_written_is_named_and_nothing_unfinished_stays() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("x.yaml")).unwrap();
        let error = write(dir.path(), &[OutputFile::public("x.yaml", "x")]).unwrap_err();
        assert!(error.to_string().ends_with("x.yaml"), "{error}");
        fs::write(dir.path().join("file"), "").unwrap();
        let error = write(dir.path(), &[OutputFile::public("file/x", "x")]).unwrap_err();
        assert!(error.to_string().contains("file/x"), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
