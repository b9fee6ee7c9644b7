//! The JSON documents of which images are made, of the OCI and of Docker.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::digest::BlobDigest;
use super::error::ImageError;

pub(super) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(super) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(super) const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
pub(super) const OCI_LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
pub(super) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(super) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// What an image runs on. As text `linux/amd64`, or with a variant `linux/arm64/v8`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Platform {
    /// The operating system: `linux`.
    pub os: String,
    /// The processor as Go names it: `amd64`, `arm64`.
    pub architecture: String,
    /// The generation of the processor, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

impl Platform {
    /// Returns Linux on x86-64, for which nodeos is built.
    pub fn linux_amd64() -> Self {
        Self {
            os: "linux".to_owned(),
            architecture: "amd64".to_owned(),
            variant: None,
        }
    }

    /// Says whether an image for `other` serves where this one is asked for: a variant that is not named fits all.
    pub(super) fn is_served_by(&self, other: &Self) -> bool {
        self.os == other.os
            && self.architecture == other.architecture
            && (self.variant.is_none() || self.variant == other.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant
            .iter()
            .try_for_each(|variant| write!(f, "/{variant}"))
    }
}

impl FromStr for Platform {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        let parts: Vec<_> = text.split('/').collect();
        let is_word = |part: &&str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        };
        match parts.as_slice() {
            [os, architecture, variant @ ..] if variant.len() < 2 && parts.iter().all(is_word) => {
                Ok(Self {
                    os: (*os).to_owned(),
                    architecture: (*architecture).to_owned(),
                    variant: variant.first().map(|variant| (*variant).to_owned()),
                })
            }
            _ => Err(ImageError::Setting {
                setting: "platform",
                value: text.to_owned(),
                reason: "expected OS/ARCHITECTURE, as in linux/amd64",
            }),
        }
    }
}

/// Names a blob: what it is, its digest and its length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Descriptor {
    /// What the blob holds.
    pub media_type: String,
    /// Its digest.
    pub digest: BlobDigest,
    /// Its length.
    pub size: u64,
    /// The platform, in an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Where else it can be had, which is for layers that may not be distributed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Notes of whoever made it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Descriptor {
    pub(super) fn new(media_type: &str, digest: BlobDigest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            platform: None,
            urls: Vec::new(),
            annotations: BTreeMap::new(),
        }
    }
}

/// The list of an image's parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) schema_version: u32,
    #[serde(default)]
    pub(super) media_type: Option<String>,
    pub(super) config: Descriptor,
    pub(super) layers: Vec<Descriptor>,
}

/// The list of an image's forms for several platforms.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    pub(super) schema_version: u32,
    #[serde(default)]
    pub(super) media_type: Option<String>,
    pub(super) manifests: Vec<Descriptor>,
}

/// The configuration of an image: how it runs, and the digests of its layers when unpacked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ImageConfig {
    #[serde(flatten)]
    pub(super) platform: Platform,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default)]
    pub(super) config: Option<RunConfig>,
    pub(super) rootfs: RootFs,
    #[serde(default)]
    pub(super) history: Option<Vec<History>>,
    /// What the base image has beyond that.
    #[serde(flatten)]
    pub(super) other: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RootFs {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) diff_ids: Vec<BlobDigest>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct History {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created_by: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) empty_layer: bool,
    #[serde(flatten)]
    pub(super) other: BTreeMap<String, Value>,
}

/// How a container of the image runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RunConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exposed_ports: Option<BTreeMap<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) env: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entrypoint: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cmd: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) working_dir: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) labels: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stop_signal: Option<String>,
    #[serde(flatten)]
    pub(super) other: BTreeMap<String, Value>,
}

impl RunConfig {
    /// Sets a variable of the environment in the place that it has, or at the end.
    pub(super) fn set_env(&mut self, name: &str, value: &str) {
        let env = self.env.get_or_insert_default();
        let line = format!("{name}={value}");
        let has_name = |line: &&mut String| line.split('=').next() == Some(name);
        match env.iter_mut().find(has_name) {
            Some(known) => *known = line,
            None => env.push(line),
        }
    }
}

/// Reads a document of an image.
pub(super) fn read_json<'a, T: Deserialize<'a>>(
    what: impl FnOnce() -> String,
    bytes: &'a [u8],
) -> Result<T, ImageError> {
    serde_json::from_slice(bytes).map_err(|source| ImageError::Malformed {
        what: what(),
        source,
    })
}

/// Returns the bytes of a document of ours.
pub(super) fn to_json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("documents have texts for keys and no floats")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_read_and_matched() {
        let amd64 = Platform::linux_amd64();
        let v8: Platform = "linux/arm64/v8".parse().unwrap();
        assert_eq!("linux/amd64".parse::<Platform>().unwrap(), amd64);
        assert_eq!(v8.to_string(), "linux/arm64/v8");
        assert!("linux/arm64".parse::<Platform>().unwrap().is_served_by(&v8));
        assert!(
            !"linux/arm64/v7"
                .parse::<Platform>()
                .unwrap()
                .is_served_by(&v8)
        );
        assert!(!amd64.is_served_by(&v8));
        for text in ["", "linux", "linux/", "a/b/c/d", "linux/am d64"] {
            let error = text.parse::<Platform>().unwrap_err().to_string();
            assert!(error.contains("expected OS/ARCHITECTURE"), "{error}");
        }
    }

    #[test]
    fn what_a_base_image_says_beyond_what_we_know_is_kept() {
        let text = r#"{"architecture":"amd64","os":"linux","author":"somebody",
            "config":{"User":"","ExposedPorts":null,"Env":["A=1","B=2"],"Cmd":["sh"],"OnBuild":null,"Healthcheck":{"Test":["x"]}},
            "rootfs":{"type":"layers","diff_ids":[]},"history":null}"#;
        let mut config: ImageConfig = read_json(|| "it".to_owned(), text.as_bytes()).unwrap();
        let run = config.config.as_mut().unwrap();
        run.set_env("A", "3");
        run.set_env("C", "4");
        assert_eq!(run.env.as_ref().unwrap(), &["A=3", "B=2", "C=4"]);
        let again = String::from_utf8(to_json(&config)).unwrap();
        assert!(again.contains(r#""author":"somebody""#), "{again}");
        assert!(again.contains(r#""Healthcheck":{"Test":["x"]}"#), "{again}");
    }
}
