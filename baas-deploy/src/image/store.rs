//! Blobs on the disk, by their digest; the files of an OCI image layout.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, Read as _, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use super::digest::BlobDigest;
use super::error::{ImageError, io_error};
use super::manifest::Descriptor;

/// What the names of blobs begin with that are not whole yet.
const PARTIAL: &str = "partial-";

/// A directory of blobs, each a file that is named after its digest. Images are made in it, pulled into it and pushed
/// from it; what two images share is there once. It may be removed whenever nobody works with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    dir: PathBuf,
}

/// A blob that is being written. It appears in the store when it is whole, and leaves nothing when it is dropped before. What is left
/// when its process is killed, whoever opens the store next removes: the file is locked as long as the writer lives.
#[derive(Debug)]
pub(super) struct BlobWriter {
    store: Store,
    partial: PathBuf,
    file: Option<io::BufWriter<File>>,
    hash: Sha256,
    size: u64,
}

impl Store {
    /// Opens the store in a directory; makes it if it is not there yet. Removes what processes left that were killed in the middle.
    ///
    /// # Errors
    ///
    /// When the directory cannot be made or read.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, ImageError> {
        let store = Self { dir: dir.into() };
        let blobs = store.blobs();
        fs::create_dir_all(&blobs).map_err(io_error("create", &blobs))?;
        let read = || io_error("read", &store.dir);
        for entry in fs::read_dir(&store.dir).map_err(read())? {
            let entry = entry.map_err(read())?;
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(PARTIAL.as_bytes()) {
                remove_left(&entry.path());
            }
        }
        Ok(store)
    }

    fn blobs(&self) -> PathBuf {
        self.dir.join("blobs/sha256")
    }

    /// Returns the file of a blob, whether it is there or not.
    pub fn path(&self, digest: &BlobDigest) -> PathBuf {
        self.blobs().join(digest.hex())
    }

    /// Says whether a blob is there and has its digest. Reads all of it.
    pub(super) fn has(&self, descriptor: &Descriptor) -> bool {
        let hash = || -> io::Result<BlobDigest> {
            let file = File::open(self.path(&descriptor.digest))?;
            if file.metadata()?.len() != descriptor.size {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let mut hash = Sha256::new();
            let mut reader = BufReader::with_capacity(1 << 18, file);
            io::copy(&mut reader, &mut HashWriter(&mut hash))?;
            Ok(BlobDigest::from_hash(hash))
        };
        hash().is_ok_and(|found| found == descriptor.digest)
    }

    /// Begins a blob.
    pub(super) fn begin(&self) -> Result<BlobWriter, ImageError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("{PARTIAL}{}-{number}", std::process::id());
            let partial = self.dir.join(name);
            let file = match File::create_new(&partial) {
                // Of a process that had our number, perhaps in another container.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file.map_err(io_error("create", &partial))?,
            };
            // Whoever opened the store just now may have taken it for one that was left.
            if !hold(&file, &partial) {
                continue;
            }
            return Ok(BlobWriter {
                store: self.clone(),
                partial,
                file: Some(io::BufWriter::with_capacity(1 << 18, file)),
                hash: Sha256::new(),
                size: 0,
            });
        }
    }

    /// Writes a blob that is in memory.
    pub(super) fn put(&self, media_type: &str, bytes: &[u8]) -> Result<Descriptor, ImageError> {
        let mut writer = self.begin()?;
        writer
            .write_all(bytes)
            .map_err(io_error("write", &writer.partial))?;
        let (digest, size) = writer.finish()?;
        Ok(Descriptor::new(media_type, digest, size))
    }

    /// Reads a small blob.
    pub(super) fn read(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, ImageError> {
        let path = self.path(&descriptor.digest);
        if descriptor.size > limit {
            return Err(ImageError::TooLarge {
                what: descriptor.digest.to_string(),
                limit,
            });
        }
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(limit).read_to_end(&mut bytes))
            .map_err(io_error("read", &path))?;
        let found = BlobDigest::of(&bytes);
        if found == descriptor.digest {
            return Ok(bytes);
        }
        Err(ImageError::DigestMismatch {
            what: path.display().to_string(),
            expected: descriptor.digest.clone(),
            found,
        })
    }
}

impl BlobWriter {
    /// Returns where the blob is while it is written.
    pub(super) fn path(&self) -> &Path {
        &self.partial
    }

    /// Returns the bytes written so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Puts the blob into the store under its digest.
    pub(super) fn finish(self) -> Result<(BlobDigest, u64), ImageError> {
        self.finish_if(|_| Ok(()))
    }

    /// Puts the blob into the store under its digest, unless the check of that fails.
    pub(super) fn finish_if(
        mut self,
        check: impl FnOnce(&BlobDigest) -> Result<(), ImageError>,
    ) -> Result<(BlobDigest, u64), ImageError> {
        let digest = BlobDigest::from_hash(std::mem::take(&mut self.hash));
        check(&digest)?;
        let file = self.file.take().expect("only finishing takes the file");
        // Locked until it has its name.
        let _file = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .map_err(io_error("write", &self.partial))?;
        let path = self.store.path(&digest);
        fs::rename(&self.partial, &path).map_err(io_error("create", &path))?;
        Ok((digest, self.size))
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().expect("only finishing takes the file");
        let written = file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file
            .as_mut()
            .expect("only finishing takes the file")
            .flush()
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        // After finishing there is no such file; before, nobody can use it.
        let _ = fs::remove_file(&self.partial);
    }
}

/// Locks a file that was just made; says whether it is still the one of that name. Where files cannot be locked, nobody removes any.
fn hold(file: &File, path: &Path) -> bool {
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        return false;
    }
    let number = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let (ours, there) = (file.metadata().map(number), fs::metadata(path).map(number));
    matches!((ours, there), (Ok(ours), Ok(there)) if ours == there)
}

/// Removes a file that nobody writes any more. One that cannot be opened, locked or removed is in nobody's way.
fn remove_left(path: &Path) {
    let Ok(file) = File::open(path) else {
        return;
    };
    if file.try_lock().is_ok() {
        // Still locked, or its writer could take it for its own at this moment.
        let _ = fs::remove_file(path);
    }
}

/// Hashes what is written.
pub(super) struct HashWriter<'a>(pub(super) &'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_there_when_it_is_whole_and_else_nothing_is() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let blob = store.put("text", b"abc").unwrap();
        assert_eq!(
            (blob.digest.clone(), blob.size),
            (BlobDigest::of(b"abc"), 3)
        );
        assert!(store.has(&blob));
        assert_eq!(store.read(&blob, 3).unwrap(), b"abc");
        assert!(
            store
                .read(&blob, 2)
                .unwrap_err()
                .to_string()
                .ends_with("is larger than 2 bytes")
        );

        let mut dropped = store.begin().unwrap();
        dropped.write_all(b"abc").unwrap();
        drop(dropped);
        let files = fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(files, 1, "only the directory of blobs");
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_being_written_stays() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        // As a process leaves it that had no time to.
        let left = dir.path().join("partial-1-0");
        fs::write(&left, "a").unwrap();
        let other = dir.path().join("other");
        fs::write(&other, "b").unwrap();
        let mut writer = store.begin().unwrap();
        writer.write_all(b"abc").unwrap();
        Store::open(dir.path()).unwrap();
        assert!(!left.exists());
        assert!(other.exists(), "it is not ours");
        let (digest, _) = writer.finish().unwrap();
        assert_eq!(fs::read(store.path(&digest)).unwrap(), b"abc");
    }

    #[test]
    fn many_open_a_store_and_write_to_it_at_once() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let dir = dir.path();
                scope.spawn(move || {
                    for turn in 0..50 {
                        let store = Store::open(dir).unwrap();
                        let text = format!("{thread} {turn}");
                        let blob = store.put("text", text.as_bytes()).unwrap();
                        assert_eq!(store.read(&blob, 10).unwrap(), text.as_bytes());
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_blob_that_was_changed_on_the_disk_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let blob = store.put("text", b"abc").unwrap();
        fs::write(store.path(&blob.digest), "abd").unwrap();
        assert!(!store.has(&blob));
        let error = store.read(&blob, 3).unwrap_err();
        assert!(
            matches!(error, ImageError::DigestMismatch { .. }),
            "{error}"
        );
    }
}
