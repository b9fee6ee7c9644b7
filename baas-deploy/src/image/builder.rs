use std::collections::BTreeMap;
use std::path::PathBuf;

use eos_abi::TimePointSec;

use super::built::Image;
use super::error::ImageError;
use super::layer::Layer;
use super::manifest::{History, ImageConfig, Platform, RootFs, RunConfig};
use super::rootfs::rootfs_layer;
use super::store::Store;

/// Makes an image: a base, layers on it, and how it runs.
///
/// The same base, layers and settings give the same bytes, whenever and wherever they are put together: nothing takes the time of
/// day, and what compresses is one implementation (`miniz_oxide`; another version of it may compress otherwise, so the
/// digests hold for one `Cargo.lock`).
///
/// ```
/// use baas_deploy::image::{Content, ImageBuilder, Layer, Platform, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = tempfile::tempdir()?;
/// let mut layer = Layer::new("hello");
/// layer.file("/hello", 0o755, Content::Bytes(b"\x7fELF".into()))?;
/// let image = ImageBuilder::from_nothing(Platform::linux_amd64())
///     .layer(layer)
///     .entrypoint(["/hello"])
///     .user("1000:0")
///     .build(&Store::open(dir.path().join("store"))?)?;
/// image.write_archive(&dir.path().join("hello.tar"), &"localhost/hello:1".parse()?)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ImageBuilder {
    base: Base,
    layers: Vec<Layer>,
    created: u32,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    user: Option<String>,
    working_dir: Option<String>,
    stop_signal: Option<String>,
    env: Vec<(String, String)>,
    ports: Vec<String>,
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
enum Base {
    Nothing(Platform),
    Rootfs(PathBuf, Platform),
    Image(Box<Image>),
}

impl ImageBuilder {
    /// Begins with no files at all.
    #[must_use]
    pub fn from_nothing(platform: Platform) -> Self {
        Self::new(Base::Nothing(platform))
    }

    /// Begins with a root filesystem in a tar, which may be compressed with gzip. It is read when the image is built.
    ///
    /// Leading slashes of names are dropped, names with `..` refused; devices below `dev/` are left out, since runtimes make
    /// their own, and refused elsewhere.
    #[must_use]
    pub fn from_rootfs(archive: impl Into<PathBuf>, platform: Platform) -> Self {
        Self::new(Base::Rootfs(archive.into(), platform))
    }

    /// Begins with an image, with its layers and settings.
    #[must_use]
    pub fn from_image(base: Image) -> Self {
        Self::new(Base::Image(Box::new(base)))
    }

    fn new(base: Base) -> Self {
        Self {
            base,
            layers: Vec::new(),
            created: 0,
            entrypoint: None,
            cmd: None,
            user: None,
            working_dir: None,
            stop_signal: None,
            env: Vec::new(),
            ports: Vec::new(),
            labels: BTreeMap::new(),
        }
    }

    /// Says whether it begins with no files at all, so not even with a shell.
    pub fn is_from_nothing(&self) -> bool {
        matches!(self.base, Base::Nothing(_))
    }

    /// Adds a layer above those that are there.
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Sets the time that the image and the files of its layers bear, in seconds since 1970 (as `SOURCE_DATE_EPOCH` has it). It is
    /// 0 if nothing is set, so that the time of a build makes no difference.
    #[must_use]
    pub fn created(mut self, seconds: u32) -> Self {
        self.created = seconds;
        self
    }

    /// Sets the program that always runs, with its first arguments. Those that the base gives it by default go away.
    #[must_use]
    pub fn entrypoint<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.entrypoint = Some(arguments.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the arguments that a user's own take the place of.
    #[must_use]
    pub fn cmd<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.cmd = Some(arguments.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the user, and the group after a colon. As a number, so that a cluster can see that it is not root.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Sets the directory in which the program starts.
    #[must_use]
    pub fn working_dir(mut self, dir: impl Into<String>) -> Self {
        self.working_dir = Some(dir.into());
        self
    }

    /// Sets the signal that asks the program to end.
    #[must_use]
    pub fn stop_signal(mut self, signal: impl Into<String>) -> Self {
        self.stop_signal = Some(signal.into());
        self
    }

    /// Sets a variable of the environment. Never for secrets: everybody who can pull the image can read it.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Names a TCP port on which the program listens.
    #[must_use]
    pub fn expose(mut self, port: u16) -> Self {
        self.ports.push(format!("{port}/tcp"));
        self
    }

    /// Sets a label.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Makes the image in a store. Files are read and compressed now, piece by piece: no file is in memory as a whole. As this
    /// takes seconds for a nodeos, an async program calls it where it may block.
    ///
    /// # Errors
    ///
    /// When a setting is not what runtimes accept, and when a file cannot be read or the store not written.
    pub fn build(&self, store: &Store) -> Result<Image, ImageError> {
        self.check()?;
        let created = format!("{}Z", TimePointSec::from_seconds(self.created));
        let (mut config, mut layers, origin) = self.base_of(store, &created)?;
        let history = config.history.get_or_insert_default();
        for layer in &self.layers {
            let written = layer.write(store, u64::from(self.created))?;
            layers.push(written.descriptor);
            config.rootfs.diff_ids.push(written.diff_id);
            history.push(History {
                created: Some(created.clone()),
                created_by: Some(format!("baas-deploy: {}", layer.title())),
                ..History::default()
            });
        }
        config.created = Some(created);
        self.set(config.config.get_or_insert_default());
        Image::assemble(store, &config, layers, origin)
    }

    fn base_of(
        &self,
        store: &Store,
        created: &str,
    ) -> Result<
        (
            ImageConfig,
            Vec<super::manifest::Descriptor>,
            Option<super::reference::Reference>,
        ),
        ImageError,
    > {
        let empty = |platform: &Platform| ImageConfig {
            platform: platform.clone(),
            created: None,
            config: None,
            rootfs: RootFs {
                kind: "layers".to_owned(),
                diff_ids: Vec::new(),
            },
            history: None,
            other: BTreeMap::new(),
        };
        match &self.base {
            Base::Nothing(platform) => Ok((empty(platform), Vec::new(), None)),
            Base::Rootfs(archive, platform) => {
                let written = rootfs_layer(store, archive)?;
                let mut config = empty(platform);
                config.rootfs.diff_ids.push(written.diff_id);
                config.history = Some(vec![History {
                    created: Some(created.to_owned()),
                    created_by: Some("baas-deploy: root filesystem".to_owned()),
                    ..History::default()
                }]);
                Ok((config, vec![written.descriptor], None))
            }
            Base::Image(image) => {
                if image.store() != store {
                    return Err(ImageError::Unsupported {
                        what: "the base image".to_owned(),
                        reason: "it is in another store".to_owned(),
                    });
                }
                Ok((
                    image.read_config()?,
                    image.layers.clone(),
                    image.origin.clone(),
                ))
            }
        }
    }

    fn set(&self, run: &mut RunConfig) {
        if let Some(entrypoint) = &self.entrypoint {
            run.entrypoint = Some(entrypoint.clone());
            run.cmd = None;
        }
        let replace = |to: &mut Option<String>, from: &Option<String>| {
            if from.is_some() {
                to.clone_from(from);
            }
        };
        replace(&mut run.user, &self.user);
        replace(&mut run.working_dir, &self.working_dir);
        replace(&mut run.stop_signal, &self.stop_signal);
        if self.cmd.is_some() {
            run.cmd.clone_from(&self.cmd);
        }
        for (name, value) in &self.env {
            run.set_env(name, value);
        }
        for port in &self.ports {
            let nothing = serde_json::Value::Object(serde_json::Map::new());
            run.exposed_ports
                .get_or_insert_default()
                .insert(port.clone(), nothing);
        }
        if !self.labels.is_empty() {
            let labels = run.labels.get_or_insert_default();
            labels.extend(self.labels.clone());
        }
    }

    /// Refuses settings that a runtime would refuse, or misunderstand.
    fn check(&self) -> Result<(), ImageError> {
        let refuse = |setting, value: &str, reason| {
            Err(ImageError::Setting {
                setting,
                value: value.chars().take(200).collect(),
                reason,
            })
        };
        if let Some(user) = &self.user {
            let is_id = |id: &str| id.parse::<u32>().is_ok();
            let (id, group) = user.split_once(':').unwrap_or((user, "0"));
            if !is_id(id) || !is_id(group) {
                return refuse("user", user, "expected numbers, as in 1000:0");
            }
        }
        if let Some(dir) = self
            .working_dir
            .as_ref()
            .filter(|dir| !dir.starts_with('/'))
        {
            return refuse("working directory", dir, "it is not absolute");
        }
        for (name, value) in &self.env {
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                return refuse(
                    "variable",
                    name,
                    "a name is not empty and has no `=`, and there are no zero bytes",
                );
            }
        }
        if self.labels.contains_key("") {
            return refuse("label", "", "its name is empty");
        }
        if let Some(first) = self.entrypoint.as_ref().map(|all| all.first())
            && first.is_none_or(String::is_empty)
        {
            return refuse("entrypoint", "", "it names no program");
        }
        let mut arguments = self.entrypoint.iter().chain(&self.cmd).flatten();
        if let Some(argument) = arguments.find(|argument| argument.contains('\0')) {
            return refuse("entrypoint", argument, "it has a zero byte");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Content, manifest::to_json};

    fn builder() -> ImageBuilder {
        ImageBuilder::from_nothing(Platform::linux_amd64())
    }

    fn layer(text: &str) -> Layer {
        let mut layer = Layer::new("a layer");
        layer
            .file("/text", 0o644, Content::Bytes(text.into()))
            .unwrap();
        layer
    }

    fn full() -> ImageBuilder {
        builder()
            .layer(layer("text"))
            .layer(layer("other"))
            .created(1_700_000_000)
            .entrypoint(["/bin/run", "--now"])
            .cmd(["--more"])
            .user("1000:0")
            .working_dir("/data")
            .stop_signal("SIGTERM")
            .env("NODEOS", "/bin/nodeos")
            .expose(8888)
            .expose(9876)
            .label("org.opencontainers.image.title", "nodeos")
    }

    #[test]
    fn the_same_parts_give_the_same_digest_in_another_store() {
        let digest = |builder: &ImageBuilder| {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path()).unwrap();
            builder.build(&store).unwrap().digest()
        };
        let one = digest(&full());
        assert_eq!(digest(&full()), one);
        assert_ne!(digest(&full().created(1)), one);
        assert_ne!(digest(&full().env("A", "")), one);
    }

    #[test]
    fn the_documents_of_an_image_are_these() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let image = full().build(&store).unwrap();
        let pretty = |bytes: &[u8]| {
            let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            serde_json::to_string_pretty(&value).unwrap()
        };
        let config = pretty(&to_json(&image.read_config().unwrap()));
        insta::assert_snapshot!(format!("{}\n{config}", pretty(image.manifest())));
    }

    #[test]
    fn a_base_keeps_what_is_not_set_anew() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let base = full().build(&store).unwrap();
        let image = ImageBuilder::from_image(base.clone())
            .layer(layer("third"))
            .entrypoint(["/bin/other"])
            .env("NODEOS", "/other")
            .build(&store)
            .unwrap();
        assert_eq!(image.layers()[..2], base.layers()[..]);
        let run = image.read_config().unwrap().config.unwrap();
        assert_eq!(run.entrypoint.unwrap(), ["/bin/other"]);
        assert_eq!(run.cmd, None);
        assert_eq!(run.user.unwrap(), "1000:0");
        assert_eq!(run.env.unwrap(), ["NODEOS=/other"]);
        let elsewhere = Store::open(dir.path().join("elsewhere")).unwrap();
        let error = ImageBuilder::from_image(base)
            .build(&elsewhere)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the base image cannot be used: it is in another store"
        );
    }

    #[test]
    fn settings_that_no_runtime_accepts_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        for (builder, message) in [
            (
                builder().user("root"),
                "the image's user cannot be `root`: expected numbers, as in 1000:0",
            ),
            (
                builder().user("1:x"),
                "the image's user cannot be `1:x`: expected numbers, as in 1000:0",
            ),
            (
                builder().working_dir("data"),
                "the image's working directory cannot be `data`: it is not absolute",
            ),
            (
                builder().env("A=B", "c"),
                "the image's variable cannot be `A=B`: a name is not empty and has no `=`, and there are no zero bytes",
            ),
            (
                builder().label("", "x"),
                "the image's label cannot be ``: its name is empty",
            ),
            (
                builder().entrypoint([""]),
                "the image's entrypoint cannot be ``: it names no program",
            ),
            (
                builder().entrypoint(Vec::<String>::new()),
                "the image's entrypoint cannot be ``: it names no program",
            ),
            (
                builder().cmd(["a\0"]),
                "the image's entrypoint cannot be `a\0`: it has a zero byte",
            ),
        ] {
            assert_eq!(builder.build(&store).unwrap_err().to_string(), message);
        }
    }
}
