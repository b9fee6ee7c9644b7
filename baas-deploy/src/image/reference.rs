use std::fmt;
use std::str::FromStr;

use super::digest::BlobDigest;
use super::error::ImageError;

/// The name of an image: registry, repository, and a tag or a digest, as docker and podman read it.
///
/// ```
/// use baas_deploy::image::Reference;
///
/// # fn main() -> Result<(), baas_deploy::image::ImageError> {
/// let image: Reference = "registry.example:5000/eos/nodeos:4.1".parse()?;
/// assert_eq!((image.registry(), image.repository()), ("registry.example:5000", "eos/nodeos"));
/// let image: Reference = "debian:12-slim".parse()?;
/// assert_eq!(image.to_string(), "docker.io/library/debian:12-slim");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<BlobDigest>,
}

const DOCKER_HUB: &str = "docker.io";

impl Reference {
    /// Returns the registry's host, with its port if one is named.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Returns the repository.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the tag, if one is named.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest, if one is named.
    pub fn digest(&self) -> Option<&BlobDigest> {
        self.digest.as_ref()
    }

    /// Says whether the name stands for the same bytes for ever, or at least is meant to: it has a digest, or a tag
    /// other than `latest`.
    pub fn is_fixed(&self) -> bool {
        self.digest.is_some() || self.tag().is_some_and(|tag| tag != "latest")
    }

    /// Returns the same repository with a digest and no tag.
    #[must_use]
    pub fn with_digest(&self, digest: BlobDigest) -> Self {
        Self {
            tag: None,
            digest: Some(digest),
            ..self.clone()
        }
    }

    /// Returns what a manifest is asked for by: the digest, the tag, or `latest`.
    pub(super) fn version(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }
}

impl FromStr for Reference {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        let refuse = |reason| ImageError::Reference {
            text: text.chars().take(300).collect(),
            reason,
        };
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.parse()?)),
            None => (text, None),
        };
        if name.contains("://") {
            return Err(refuse("it has no scheme such as https://"));
        }
        let (registry, rest) = match name.split_once('/') {
            Some((first, rest)) if is_host(first) => (first, rest),
            _ => (DOCKER_HUB, name),
        };
        let registry = match registry {
            "index.docker.io" | "registry-1.docker.io" => DOCKER_HUB,
            other => other,
        };
        check_host(registry).map_err(refuse)?;
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (rest, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(refuse(
                "a tag has at most 128 letters, digits, `_`, `.` and `-`, and starts with neither `.` nor `-`",
            ));
        }
        if path.len() > 200 || !path.split('/').all(is_component) {
            return Err(refuse(
                "a repository has lower-case letters and digits, with single `.`, `_`, `__` or `-` between them",
            ));
        }
        let repository = if registry == DOCKER_HUB && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        Ok(Self {
            registry: registry.to_owned(),
            repository,
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Returns where a registry's API answers: Docker Hub has another host for it.
pub(super) fn api_host(registry: &str) -> &str {
    if registry == DOCKER_HUB {
        "registry-1.docker.io"
    } else {
        registry
    }
}

/// A first component is a host when it cannot be a repository of Docker Hub.
fn is_host(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':'])
}

fn check_host(host: &str) -> Result<(), &'static str> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Err("the port of its registry is not a number from 1 to 65535");
    }
    let in_brackets = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let good = match in_brackets {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !name.is_empty()
                && name.len() <= 253
                && name.split('.').all(|label| {
                    !label.is_empty()
                        && label
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                })
        }
    };
    if good {
        Ok(())
    } else {
        Err("its registry is not a host name")
    }
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag
            .bytes()
            .all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_component(component: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let starts_and_ends = component.bytes().next().is_some_and(is_plain)
        && component.bytes().last().is_some_and(is_plain);
    // What stands between the plain runs is a known separator.
    starts_and_ends
        && component
            .split(|char: char| char.is_ascii_lowercase() || char.is_ascii_digit())
            .all(|between| {
                matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-')
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_docker_reads_them() {
        let digest = BlobDigest::of(b"");
        for (text, registry, repository, tag, has_digest) in [
            ("nodeos", "docker.io", "library/nodeos", None, false),
            (
                "eos/nodeos:4.1",
                "docker.io",
                "eos/nodeos",
                Some("4.1"),
                false,
            ),
            ("localhost/nodeos", "localhost", "nodeos", None, false),
            (
                "registryhost:5000/eos/eos",
                "registryhost:5000",
                "eos/eos",
                None,
                false,
            ),
            (
                "192.168.20.2:5000/a/b/c:1_x.y-z",
                "192.168.20.2:5000",
                "a/b/c",
                Some("1_x.y-z"),
                false,
            ),
            ("[::1]:5000/n:1", "[::1]:5000", "n", Some("1"), false),
            (
                "index.docker.io/library/debian:12",
                "docker.io",
                "library/debian",
                Some("12"),
                false,
            ),
            (
                "ghcr.io/a__b/c-d/e---f:1",
                "ghcr.io",
                "a__b/c-d/e---f",
                Some("1"),
                false,
            ),
            (
                &format!("ghcr.io/a/b:1@{digest}"),
                "ghcr.io",
                "a/b",
                Some("1"),
                true,
            ),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.registry(), registry, "{text}");
            assert_eq!(reference.repository(), repository, "{text}");
            assert_eq!(reference.tag(), tag, "{text}");
            assert_eq!(reference.digest().is_some(), has_digest, "{text}");
            let again: Reference = reference.to_string().parse().unwrap();
            assert_eq!(again, reference);
        }
    }

    #[test]
    fn what_is_wrong_with_a_name_is_told() {
        for (text, reason) in [
            ("", "lower-case"),
            ("EOS/nodeos", "lower-case"),
            ("Eos/Nodeos", "lower-case"),
            ("a//b", "lower-case"),
            ("a/../b", "lower-case"),
            ("a.b/c._d", "lower-case"),
            ("https://ghcr.io/a", "scheme"),
            ("ghcr.io/a:", "tag"),
            ("ghcr.io/a:-x", "tag"),
            ("ghcr.io/a b", "lower-case"),
            ("host:0/a", "port"),
            ("host:99999/a", "port"),
            ("-a.b/c", "host name"),
            ("user@host/a", "digest"),
            ("ghcr.io/a@sha256:12", "digest"),
            ("[::x]:5000/a", "host name"),
        ] {
            let error = text.parse::<Reference>().unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert_eq!(
            "EOS/nodeos".parse::<Reference>().unwrap_err().to_string(),
            "`EOS/nodeos` is not an image reference: a repository has lower-case letters and digits, with single `.`, \
             `_`, `__` or `-` between them"
        );
    }

    #[test]
    fn only_a_digest_or_a_tag_other_than_latest_is_fixed() {
        let fixed = |text: &str| text.parse::<Reference>().unwrap().is_fixed();
        assert!(!fixed("debian"));
        assert!(!fixed("debian:latest"));
        assert!(fixed("debian:12.5"));
        assert!(fixed(&format!("debian@{}", BlobDigest::of(b""))));
    }
}
