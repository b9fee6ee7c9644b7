use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::exposure::is_object_name;
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

/// Where an image is: `registry.example.org:5000/eos/nodeos:4.1`, with a tag or a digest or both.
///
/// The rules are those of the
/// [distribution project](https://github.com/distribution/reference/blob/v0.6.0/reference.go). Nothing is filled in: without a registry it
/// is what the cluster takes for the default one.
///
/// ```
/// use baas_deploy::spec::ImageReference;
///
/// let image: ImageReference = "192.168.20.2:5000/eosio/eos:1.0".parse()?;
/// assert_eq!(image.registry(), Some("192.168.20.2:5000"));
/// assert_eq!(image.repository(), "eosio/eos");
/// assert_eq!(image.tag(), Some("1.0"));
/// assert_eq!(image.digest(), None);
/// # Ok::<(), baas_deploy::spec::ParseImageReferenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageReference {
    registry: Option<String>,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// Why a text is not an [`ImageReference`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an image such as `registry.example.org:5000/eos/nodeos:4.1`: {reason}")]
#[non_exhaustive]
pub struct ParseImageReferenceError {
    /// The text.
    pub text: String,
    reason: &'static str,
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
    /// Returns the registry, with its port if there is one.
    pub fn registry(&self) -> Option<&str> {
        self.registry.as_deref()
    }

    /// Returns the path within the registry.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the tag.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest, as in `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Returns what it points to may change: whether it has neither a digest nor a tag other than `latest`.
    pub fn is_floating(&self) -> bool {
        self.digest.is_none() && self.tag().is_none_or(|tag| tag == "latest")
    }
}

impl FromStr for ImageReference {
    type Err = ParseImageReferenceError;

    fn from_str(text: &str) -> Result<Self, ParseImageReferenceError> {
        parse(text).map_err(|reason| ParseImageReferenceError {
            text: text.to_owned(),
            reason,
        })
    }
}

fn parse(text: &str) -> Result<ImageReference, &'static str> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let (rest, tag) = match rest.rsplit_once(':') {
        // What follows the colon of a port has a slash.
        Some((rest, tag)) if !tag.contains('/') => (rest, Some(tag)),
        _ => (rest, None),
    };
    let (registry, repository) = match rest.split_once('/') {
        Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => {
            (Some(first), path)
        }
        _ => (None, rest),
    };
    if let Some(registry) = registry
        && !is_registry(registry)
    {
        return Err("the registry is a host with or without a port");
    }
    if repository.len() > 255 {
        return Err("its path has more than 255 characters");
    }
    if !repository.split('/').all(is_path_part) {
        return Err("the parts of its path are of a-z and 0-9, with ., _, __ or - between them");
    }
    if let Some(tag) = tag
        && !is_tag(tag)
    {
        return Err("a tag is 1 to 128 letters, digits, _, . or -, not beginning with . or -");
    }
    if let Some(digest) = digest
        && !is_digest(digest)
    {
        return Err("a digest is sha256: and 64 hexadecimal digits, or sha512: and 128");
    }
    Ok(ImageReference {
        registry: registry.map(ToOwned::to_owned),
        repository: repository.to_owned(),
        tag: tag.map(ToOwned::to_owned),
        digest: digest.map(ToOwned::to_owned),
    })
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    is_object_name(&host.to_ascii_lowercase()) && port.is_none_or(is_port)
}

fn is_path_part(part: &str) -> bool {
    let is_alphanumeric = |c: char| matches!(c, 'a'..='z' | '0'..='9');
    part.starts_with(is_alphanumeric)
        && part.ends_with(is_alphanumeric)
        && part.split(is_alphanumeric).all(|between| {
            matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-')
        })
}

fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
        && !tag.starts_with(['.', '-'])
}

fn is_digest(digest: &str) -> bool {
    let is_hex = |hex: &str| {
        hex.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    match digest.split_once(':') {
        Some(("sha256", hex)) => hex.len() == 64 && is_hex(hex),
        Some(("sha512", hex)) => hex.len() == 128 && is_hex(hex),
        _ => false,
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(registry) = &self.registry {
            write!(f, "{registry}/")?;
        }
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl TryFrom<String> for ImageReference {
    type Error = ParseImageReferenceError;
    fn try_from(text: String) -> Result<Self, ParseImageReferenceError> {
        text.parse()
    }
}

impl From<ImageReference> for String {
    fn from(reference: ImageReference) -> Self {
        reference.to_string()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split_and_print_as_written() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for (text, registry, repository, tag) in [
            ("eos", None, "eos", None),
            ("eosio/eos:v1", None, "eosio/eos", Some("v1")),
            ("localhost/eos", Some("localhost"), "eos", None),
            (
                "r:5000/a/b_c/d--e:1",
                Some("r:5000"),
                "a/b_c/d--e",
                Some("1"),
            ),
            (
                "Reg.example.org/a.b__c",
                Some("Reg.example.org"),
                "a.b__c",
                None,
            ),
        ] {
            for digest in [None, Some(digest.as_str())] {
                let text = match digest {
                    Some(digest) => format!("{text}@{digest}"),
                    None => text.to_owned(),
                };
                let image: ImageReference = text.parse().unwrap();
                assert_eq!(image.registry(), registry);
                assert_eq!(image.repository(), repository);
                assert_eq!(image.tag(), tag);
                assert_eq!(image.digest(), digest);
                assert_eq!(image.to_string(), text);
            }
        }
        let is_floating = |text: &str| text.parse::<ImageReference>().unwrap().is_floating();
        assert!(is_floating("a") && is_floating("a:latest"));
        assert!(!is_floating("a:1") && !is_floating(&format!("a@{digest}")));
    }

    #[test]
    fn what_is_no_reference_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "parts of its path"),
            ("Eos", "parts of its path"),
            ("a//b", "parts of its path"),
            ("a/b-", "parts of its path"),
            ("a/b...c", "parts of its path"),
            ("a___b", "parts of its path"),
            ("http://r/a", "registry"),
            ("r:0/a", "registry"),
            ("r:99999/a", "registry"),
            ("r.:5000/a", "registry"),
            ("a:", "a tag is"),
            ("a:.b", "a tag is"),
            ("a:b c", "a tag is"),
            ("a@sha256:12", "a digest is"),
            ("a@md5:12", "a digest is"),
        ] {
            let error = text.parse::<ImageReference>().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        let long = "a/".repeat(200) + "a";
        assert!(
            long.parse::<ImageReference>()
                .unwrap_err()
                .to_string()
                .contains("255")
        );
    }
}
