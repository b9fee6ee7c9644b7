use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::exposure::is_object_name;
use crate::image::{ImageError, Reference};
use crate::reader::{Check, Problems};

/// The image that the nodes of a network run on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageSpec {
    /// Which one.
    pub reference: ImageReference,
    /// When it is pulled; unless given, when the machine has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_policy: Option<PullPolicy>,
    /// The secret with the registry's password; unless given, that of the service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_secret: Option<String>,
}

/// When a machine of a cluster pulls an image; in the words of Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PullPolicy {
    /// When it has none of that reference.
    IfNotPresent,
    /// Each time.
    Always,
    /// Never: somebody else brings it.
    Never,
}

/// Where an image is: `registry.example.org:5000/eos/nodeos:4.1`, with a tag or a digest or both; kept as it was written.
///
/// Without a registry it is what the cluster takes for its default one; [`resolved`](Self::resolved) is what that commonly is.
///
/// ```
/// use baas_deploy::spec::ImageReference;
///
/// let image: ImageReference = "eosio/eos:1.0".parse()?;
/// assert_eq!(image.to_string(), "eosio/eos:1.0");
/// assert_eq!(image.resolved().to_string(), "docker.io/eosio/eos:1.0");
/// # Ok::<(), baas_deploy::image::ImageError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageReference {
    text: String,
    resolved: Reference,
}

impl ImageSpec {
    /// Returns an image whose other settings are the defaults.
    pub fn new(reference: ImageReference) -> Self {
        Self {
            reference,
            pull_policy: None,
            pull_secret: None,
        }
    }
}

impl ImageReference {
    /// Returns it with what was left out filled in, as docker and podman do.
    pub fn resolved(&self) -> &Reference {
        &self.resolved
    }
}

impl FromStr for ImageReference {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for ImageReference {
    type Error = ImageError;

    fn try_from(text: String) -> Result<Self, ImageError> {
        let resolved = text.parse()?;
        Ok(Self { text, resolved })
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<ImageReference> for String {
    fn from(reference: ImageReference) -> Self {
        reference.text
    }
}

impl Check for ImageSpec {
    fn check(&self, problems: &mut Problems<'_>) {
        if let Some(name) = self
            .pull_secret
            .as_ref()
            .filter(|name| !is_object_name(name))
        {
            problems
                .field("pull_secret")
                .report(format!("`{name}` is not the name of a secret"));
        }
    }
}
