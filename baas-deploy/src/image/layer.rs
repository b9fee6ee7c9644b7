//! What is added to an image, as values: nothing is read before the layer is written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use super::digest::BlobDigest;
use super::error::{ImageError, io_error};
use super::gzip::GzipWriter;
use super::manifest::{Descriptor, OCI_LAYER_GZIP};
use super::store::{HashWriter, Store};
use super::tar_writer::{TarEntry, TarKind, TarWriter};

/// Files, directories and symbolic links that are added to an image. All belong to user 0 and group 0. Under the
/// arbitrary user id that OpenShift gives to a container it is in group 0, so a directory into which it shall write is
/// [shared](Self::shared_directory).
///
/// Directories above what is added are made with mode 0755. The order in which things are added does not matter.
///
/// ```
/// use baas_deploy::image::{Content, Layer};
///
/// # fn main() -> Result<(), baas_deploy::image::ImageError> {
/// let mut layer = Layer::new("the node's files");
/// layer.file("/usr/bin/hello", 0o755, Content::Bytes(b"#!/bin/sh\necho hello\n".into()))?;
/// layer.shared_directory("/data")?;
/// layer.symlink("/hello", "usr/bin/hello")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    title: String,
    entries: BTreeMap<String, Entry>,
}

/// What a file of a layer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What this file holds when the layer is written.
    File(PathBuf),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Directory { mode: u32 },
    File { mode: u32, content: Content },
    Symlink { target: String },
}

/// A layer in the store.
#[derive(Debug, Clone)]
pub(super) struct WrittenLayer {
    pub(super) descriptor: Descriptor,
    /// The digest of the layer when it is not compressed.
    pub(super) diff_id: BlobDigest,
}

impl Layer {
    /// Returns an empty layer. The title stands in the image's history.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            entries: BTreeMap::new(),
        }
    }

    /// Adds a directory.
    ///
    /// # Errors
    ///
    /// When the path is not absolute and plain, or is there as something else.
    pub fn directory(&mut self, path: &str, mode: u32) -> Result<(), ImageError> {
        self.add(
            path,
            Entry::Directory {
                mode: mode & 0o7777,
            },
        )
    }

    /// Adds a directory into which every user of group 0 may write, as an arbitrary user id is: mode 0775.
    ///
    /// # Errors
    ///
    /// As for [`Self::directory`].
    pub fn shared_directory(&mut self, path: &str) -> Result<(), ImageError> {
        self.directory(path, 0o775)
    }

    /// Adds a file.
    ///
    /// # Errors
    ///
    /// When the path is not absolute and plain, or is there as something else.
    pub fn file(&mut self, path: &str, mode: u32, content: Content) -> Result<(), ImageError> {
        let mode = mode & 0o7777;
        self.add(path, Entry::File { mode, content })
    }

    /// Adds a symbolic link.
    ///
    /// # Errors
    ///
    /// When the path is not absolute and plain, or is there as something else, and when the target is empty.
    pub fn symlink(&mut self, path: &str, target: &str) -> Result<(), ImageError> {
        if target.is_empty() || target.contains('\0') {
            return Err(refused(path, "a link to nothing"));
        }
        let target = target.to_owned();
        self.add(path, Entry::Symlink { target })
    }

    /// Says whether something was added under this path.
    pub fn has(&self, path: &str) -> bool {
        image_path(path).is_ok_and(|path| self.entries.contains_key(&path))
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }

    fn add(&mut self, path: &str, entry: Entry) -> Result<(), ImageError> {
        let name = image_path(path)?;
        for (at, _) in name.match_indices('/') {
            let above = self
                .entries
                .entry(name[..at].to_owned())
                .or_insert(Entry::Directory { mode: 0o755 });
            if !matches!(above, Entry::Directory { .. }) {
                return Err(refused(path, "what is above it is not a directory"));
            }
        }
        let is_directory = |entry: &Entry| matches!(entry, Entry::Directory { .. });
        match self.entries.get_mut(&name) {
            // A directory may have been made for what is in it, before its mode was told.
            Some(known) if is_directory(known) && is_directory(&entry) => *known = entry,
            Some(known) if *known == entry => {}
            Some(_) => return Err(refused(path, "it is there already as something else")),
            None => {
                self.entries.insert(name, entry);
            }
        }
        Ok(())
    }

    /// Writes the layer into a store. Files are read as they are written, piece by piece.
    pub(super) fn write(&self, store: &Store, mtime: u64) -> Result<WrittenLayer, ImageError> {
        write_layer(store, |tar| {
            self.entries
                .iter()
                .try_for_each(|(path, entry)| entry.write(tar, path, mtime))
        })
    }
}

/// Writes a layer: what `fill` puts into the tar, compressed and hashed on the way.
pub(super) fn write_layer(
    store: &Store,
    fill: impl FnOnce(&mut TarWriter<&mut dyn io::Write>) -> Result<(), ImageError>,
) -> Result<WrittenLayer, ImageError> {
    let blob = store.begin()?;
    let path = blob.path().to_owned();
    let failed = || io_error("write", &path);
    let mut tee = Tee {
        gzip: GzipWriter::new(blob).map_err(failed())?,
        hash: sha2::Sha256::default(),
    };
    let mut tar = TarWriter::new(&mut tee as &mut dyn io::Write, &path);
    fill(&mut tar)?;
    tar.finish()?;
    let Tee { gzip, hash } = tee;
    let (digest, size) = gzip.finish().map_err(failed())?.finish()?;
    Ok(WrittenLayer {
        descriptor: Descriptor::new(OCI_LAYER_GZIP, digest, size),
        diff_id: BlobDigest::from_hash(hash),
    })
}

impl Entry {
    fn write<W: io::Write>(
        &self,
        tar: &mut TarWriter<W>,
        path: &str,
        mtime: u64,
    ) -> Result<(), ImageError> {
        let entry = |kind, mode| TarEntry {
            path: path.into(),
            kind,
            mode,
            uid: 0,
            gid: 0,
            mtime,
            records: Vec::new(),
        };
        match self {
            Self::Directory { mode } => {
                let mut entry = entry(TarKind::Directory, *mode);
                entry.path.push(b'/');
                tar.entry(&entry)
            }
            Self::Symlink { target } => {
                let target = target.clone().into_bytes();
                tar.entry(&entry(TarKind::Symlink { target }, 0o777))
            }
            Self::File { mode, content } => {
                let entry = entry(TarKind::File, *mode);
                match content {
                    Content::Bytes(bytes) => tar
                        .file(&entry, bytes.len() as u64, bytes.as_slice(), path.as_ref())
                        .map(drop),
                    Content::File(file) => copy(tar, &entry, file),
                }
            }
        }
    }
}

fn copy<W: io::Write>(
    tar: &mut TarWriter<W>,
    entry: &TarEntry,
    path: &PathBuf,
) -> Result<(), ImageError> {
    let failed = || io_error("read", path);
    let file = File::open(path).map_err(failed())?;
    let metadata = file.metadata().map_err(failed())?;
    if !metadata.is_file() {
        return Err(failed()(io::Error::other("it is not a file")));
    }
    let found = tar.file(entry, metadata.len(), file, path)?;
    if found != metadata.len() {
        return Err(ImageError::SizeMismatch {
            what: format!("{}, which changed while it was read,", path.display()),
            expected: metadata.len(),
            found,
        });
    }
    Ok(())
}

/// Compresses and hashes what is written.
struct Tee<W: io::Write> {
    gzip: GzipWriter<W>,
    hash: sha2::Sha256,
}

impl<W: io::Write> io::Write for Tee<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gzip.write_all(bytes)?;
        HashWriter(&mut self.hash).write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.gzip.flush()
    }
}

/// Returns the path relative to the root, if it is absolute and says plainly where it is.
fn image_path(path: &str) -> Result<String, ImageError> {
    let Some(relative) = path.strip_prefix('/') else {
        return Err(refused(path, "it is not absolute"));
    };
    let relative = relative.strip_suffix('/').unwrap_or(relative);
    for part in relative.split('/') {
        let reason = match part {
            "" => "it is the root, or has an empty part",
            "." | ".." => "it has `.` or `..` in it",
            _ if part.starts_with(".wh.") => {
                "names that begin with `.wh.` stand for removed files in images"
            }
            _ if part.len() > 255 => "a part is longer than 255 bytes",
            _ if part.contains('\0') => "it has a zero byte",
            _ => continue,
        };
        return Err(refused(path, reason));
    }
    if relative.len() > 4000 {
        return Err(refused(path, "it is longer than 4000 bytes"));
    }
    Ok(relative.to_owned())
}

fn refused(path: &str, reason: &'static str) -> ImageError {
    ImageError::ImagePath {
        path: path.chars().take(300).collect(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn bytes(text: &str) -> Content {
        Content::Bytes(text.into())
    }

    fn listing(store: &Store, written: &WrittenLayer) -> Vec<String> {
        let file = File::open(store.path(&written.descriptor.digest)).unwrap();
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(file)
            .read_to_end(&mut tar)
            .unwrap();
        assert_eq!(BlobDigest::of(&tar), written.diff_id);
        let mut archive = tar::Archive::new(tar.as_slice());
        let entries = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.username_bytes(), Some(&b""[..]));
            let link = header.link_name_bytes().unwrap_or_default();
            format!(
                "{:?} {:o} {} {}{content}",
                header.entry_type(),
                header.mode().unwrap(),
                String::from_utf8_lossy(&entry.path_bytes()),
                String::from_utf8_lossy(&link),
            )
        });
        entries.collect()
    }

    #[test]
    fn a_layer_has_what_was_added_in_order_and_the_same_digest_whatever_that_was() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let source = dir.path().join("source");
        std::fs::write(&source, "from a file").unwrap();
        let mut one = Layer::new("one");
        one.file("/opt/b", 0o755, Content::File(source)).unwrap();
        one.file("/opt/a", 0o644, bytes("text")).unwrap();
        one.shared_directory("/data/").unwrap();
        one.symlink("/link", "/opt/../opt/a").unwrap();
        let mut other = Layer::new("other");
        other.symlink("/link", "/opt/../opt/a").unwrap();
        other.directory("/data", 0o700).unwrap();
        other.shared_directory("/data").unwrap();
        other.file("/opt/a", 0o644, bytes("text")).unwrap();
        other.file("/opt/b", 0o755, bytes("from a file")).unwrap();

        let written = one.write(&store, 5).unwrap();
        assert_eq!(
            listing(&store, &written),
            [
                "Directory 775 data/ ",
                "Symlink 777 link /opt/../opt/a",
                "Directory 755 opt/ ",
                "Regular 644 opt/a text",
                "Regular 755 opt/b from a file",
            ]
        );
        let again = other.write(&store, 5).unwrap();
        assert_eq!(again.descriptor, written.descriptor);
        assert_ne!(
            other.write(&store, 6).unwrap().descriptor,
            written.descriptor
        );
    }

    #[test]
    fn paths_that_do_not_say_plainly_where_they_are_are_refused() {
        let mut layer = Layer::new("");
        let long = format!("/{}", "x".repeat(256));
        for (path, reason) in [
            ("opt/a", "it is not absolute"),
            ("", "it is not absolute"),
            ("/", "it is the root, or has an empty part"),
            ("/a//b", "it is the root, or has an empty part"),
            ("/a/../b", "it has `.` or `..` in it"),
            ("/.", "it has `.` or `..` in it"),
            (
                "/a/.wh.b",
                "names that begin with `.wh.` stand for removed files in images",
            ),
            ("/a\0", "it has a zero byte"),
            (long.as_str(), "a part is longer than 255 bytes"),
        ] {
            let error = layer.file(path, 0o644, bytes("")).unwrap_err();
            let text = error.to_string();
            assert!(
                text.ends_with(&format!("cannot be a path in an image: {reason}")),
                "{text}"
            );
        }
        assert!(
            layer
                .symlink("/l", "")
                .unwrap_err()
                .to_string()
                .ends_with("a link to nothing")
        );
    }

    #[test]
    fn nothing_is_two_things() {
        let mut layer = Layer::new("");
        layer.file("/a", 0o644, bytes("1")).unwrap();
        layer.file("/a", 0o644, bytes("1")).unwrap();
        let error = layer.file("/a", 0o644, bytes("2")).unwrap_err().to_string();
        assert!(
            error.ends_with("it is there already as something else"),
            "{error}"
        );
        let error = layer.directory("/a", 0o755).unwrap_err().to_string();
        assert!(
            error.ends_with("it is there already as something else"),
            "{error}"
        );
        let error = layer
            .file("/a/b", 0o644, bytes(""))
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("what is above it is not a directory"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut layer = Layer::new("");
        layer
            .file("/a", 0o644, Content::File("/nowhere/at/all".into()))
            .unwrap();
        let error = layer.write(&store, 0).unwrap_err().to_string();
        assert_eq!(error, "could not read /nowhere/at/all");
        let mut layer = Layer::new("");
        layer
            .file("/a", 0o644, Content::File(dir.path().into()))
            .unwrap();
        let error = layer.write(&store, 0).unwrap_err();
        assert_eq!(
            std::error::Error::source(&error).unwrap().to_string(),
            "it is not a file"
        );
    }
}
