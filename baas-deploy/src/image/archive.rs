//! An image as one file: a tar of an OCI image layout, for `podman load`, `skopeo copy oci-archive:` and `ctr image import`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::built::Image;
use super::error::{ImageError, io_error};
use super::manifest::{Descriptor, Index, OCI_INDEX, OCI_MANIFEST, to_json};
use super::reference::Reference;
use super::tar_writer::{TarEntry, TarKind, TarWriter};

/// The annotation by which tools find an image in a layout.
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The annotation from which containerd takes the whole name.
const CONTAINERD_NAME: &str = "io.containerd.image.name";

impl Image {
    /// Writes the image into one file under a name. The same image and name give the same bytes.
    ///
    /// The file appears whole or not at all; of two at once, the second waits for the first. Parts are copied piece by piece. As this
    /// takes a while for a large image, an async program calls it where it may block.
    ///
    /// # Errors
    ///
    /// When the file cannot be written, and when a part is no longer in the store.
    pub fn write_archive(&self, path: &Path, name: &Reference) -> Result<(), ImageError> {
        // Renaming would put a file in the place of a device or a pipe.
        if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            let source = io::Error::other("it is not a file");
            return Err(io_error("write", path)(source));
        }
        let partial = path.with_added_extension("partial");
        // Locked until it has its name.
        let file = create_alone(&partial).map_err(io_error("write", path))?;
        let written = self
            .write_to(&file, path, name)
            .and_then(|()| fs::rename(&partial, path).map_err(io_error("create", path)));
        if written.is_err() {
            // The first error is the one to tell.
            let _ = fs::remove_file(&partial);
        }
        written
    }

    /// Writes into `file` what shall be at `path`.
    fn write_to(&self, file: &File, path: &Path, name: &Reference) -> Result<(), ImageError> {
        let mut tar = TarWriter::new(io::BufWriter::with_capacity(1 << 18, file), path);
        for dir in ["blobs/", "blobs/sha256/"] {
            tar.entry(&entry(dir, TarKind::Directory, 0o755))?;
        }
        let mut put = |name: &str, bytes: &[u8]| {
            let entry = entry(name, TarKind::File, 0o644);
            tar.file(&entry, bytes.len() as u64, bytes, name.as_ref())
        };
        put("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        put("index.json", &self.index(name))?;
        let manifest = format!("blobs/sha256/{}", self.digest().hex());
        put(&manifest, &self.manifest)?;
        let mut parts: Vec<&Descriptor> = self.layers.iter().chain([&self.config]).collect();
        parts.sort_by(|a, b| a.digest.cmp(&b.digest));
        parts.dedup_by(|a, b| a.digest == b.digest);
        for part in parts {
            let source = self.store.path(&part.digest);
            let blob = File::open(&source).map_err(io_error("open", &source))?;
            let name = format!("blobs/sha256/{}", part.digest.hex());
            let entry = entry(&name, TarKind::File, 0o644);
            let found = tar.file(&entry, part.size, blob, &source)?;
            if found != part.size {
                return Err(ImageError::SizeMismatch {
                    what: source.display().to_string(),
                    expected: part.size,
                    found,
                });
            }
        }
        let mut file = tar.finish()?;
        file.flush().map_err(io_error("write", path))
    }

    fn index(&self, name: &Reference) -> Vec<u8> {
        let mut manifest = Descriptor::new(OCI_MANIFEST, self.digest(), self.manifest.len() as u64);
        manifest.platform = Some(self.platform.clone());
        if let Some(tag) = name.tag() {
            manifest.annotations.insert(REF_NAME.into(), tag.into());
        }
        manifest
            .annotations
            .insert(CONTAINERD_NAME.into(), name.to_string());
        to_json(&Index {
            schema_version: 2,
            media_type: Some(OCI_INDEX.to_owned()),
            manifests: vec![manifest],
        })
    }
}

/// Opens a file that nobody else writes, empty: what an earlier run left there, or one of now that has ended.
fn create_alone(path: &Path) -> io::Result<File> {
    loop {
        let mut options = File::options();
        // What another one is writing is not cut off.
        let file = options
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        // Where files cannot be locked, it has to go without.
        let _ = file.lock();
        let ours = file.metadata()?;
        // Whoever was waited for may have put it in its place, or removed it.
        let is_there = fs::metadata(path)
            .is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino()));
        if is_there {
            if ours.len() > 0 {
                file.set_len(0)?;
            }
            return Ok(file);
        }
    }
}

fn entry(path: &str, kind: TarKind, mode: u32) -> TarEntry {
    TarEntry {
        path: path.into(),
        kind,
        mode,
        uid: 0,
        gid: 0,
        mtime: 0,
        records: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::image::digest::BlobDigest;
    use crate::image::{Content, ImageBuilder, Layer, Platform, Store};

    #[test]
    fn an_archive_has_every_part_under_its_digest_and_the_same_bytes_each_time() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("store")).unwrap();
        let mut layer = Layer::new("");
        layer
            .file("/a", 0o644, Content::Bytes(b"a".into()))
            .unwrap();
        let image = ImageBuilder::from_nothing(Platform::linux_amd64())
            .layer(layer.clone())
            .layer(layer)
            .build(&store)
            .unwrap();
        let name: Reference = "localhost:5000/a/b:1".parse().unwrap();
        let [one, two] = ["one", "two"].map(|file| {
            let path = dir.path().join(file);
            image.write_archive(&path, &name).unwrap();
            fs::read(path).unwrap()
        });
        assert!(one == two);

        let mut archive = tar::Archive::new(one.as_slice());
        let mut names = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            if let Some(hex) = name
                .strip_prefix("blobs/sha256/")
                .filter(|hex| !hex.is_empty())
            {
                assert_eq!(hex, BlobDigest::of(&bytes).hex());
            }
            if name == "index.json" {
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.contains(&image.digest().to_string()), "{text}");
                assert!(
                    text.contains(r#""org.opencontainers.image.ref.name":"1""#),
                    "{text}"
                );
            }
            names.push(name);
        }
        // The two layers are the same.
        assert_eq!(names.len(), 2 + 2 + 3, "{names:?}");

        fs::remove_file(store.path(&image.layers()[0].digest)).unwrap();
        let gone = dir.path().join("gone");
        let error = image.write_archive(&gone, &name).unwrap_err().to_string();
        assert!(error.starts_with("could not open "), "{error}");
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            3,
            "store, one, two"
        );
    }

    #[test]
    fn what_was_left_and_two_at_once_do_not_mix() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("store")).unwrap();
        let image = ImageBuilder::from_nothing(Platform::linux_amd64());
        let image = image.build(&store).unwrap();
        let name = "a:1".parse().unwrap();
        let (path, partial) = (dir.path().join("tar"), dir.path().join("tar.partial"));
        image.write_archive(&path, &name).unwrap();
        let alone = fs::read(&path).unwrap();

        // Longer than the archive, as of a larger image.
        fs::write(&partial, vec![7; alone.len() * 2]).unwrap();
        let other = File::open(&partial).unwrap();
        other.lock().unwrap();
        std::thread::scope(|scope| {
            let writers = [(); 4].map(|()| scope.spawn(|| image.write_archive(&path, &name)));
            // The other one ends as a writer does.
            fs::rename(&partial, dir.path().join("other")).unwrap();
            drop(other);
            for writer in writers {
                writer.join().unwrap().unwrap();
            }
        });
        assert_eq!(fs::read(&path).unwrap(), alone);
        assert!(!partial.exists());
        fs::write(&partial, vec![7; alone.len() * 2]).unwrap();
        image.write_archive(&path, &name).unwrap();
        assert_eq!(fs::read(&path).unwrap(), alone);
    }

    #[test]
    fn a_disk_that_is_full_is_told_with_the_file_that_was_to_be_written() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("store")).unwrap();
        let image = ImageBuilder::from_nothing(Platform::linux_amd64());
        let image = image.build(&store).unwrap();
        let path = dir.path().join("image.tar");
        std::os::unix::fs::symlink("/dev/full", dir.path().join("image.tar.partial")).unwrap();
        let error = image.write_archive(&path, &"a:1".parse().unwrap());
        let error = error.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("could not write {}", path.display())
        );
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.starts_with("No space left"), "{cause}");
    }
}
