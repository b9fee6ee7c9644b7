use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::reader::{Check, Problems};

/// How the RPC of a network is reached from outside of its cluster. It shows the chain, and nothing with which a node is steered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ExposureSpec {
    /// By what; unless given, by what is usual on the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ExposureKind>,
    /// The name under which it is reached; an OpenShift route gets one by itself when there is none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<HostName>,
    /// The class of an ingress; the cluster's default one when there is none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_class: Option<String>,
    /// The secret with the certificate of an ingress; without TLS when there is none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_secret: Option<String>,
}

/// By what RPC is reached from outside of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExposureKind {
    /// Not at all.
    None,
    /// An `Ingress`.
    Ingress,
    /// An OpenShift `Route`.
    Route,
    /// A `Service` of type `LoadBalancer`.
    LoadBalancer,
    /// A `Service` of type `NodePort`.
    NodePort,
}

/// The DNS name of a host: `chain.example.org`.
///
/// ```
/// use baas_deploy::spec::HostName;
///
/// let host: HostName = "chain.example.org".parse()?;
/// assert_eq!(host.as_str(), "chain.example.org");
/// assert!("192.168.20.2".parse::<HostName>().is_err());
/// # Ok::<(), baas_deploy::spec::ParseHostNameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

/// Why a text is not a [`HostName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a host name such as `chain.example.org`: parts of 1 to 63 of the characters a-z, 0-9 and -, \
     not beginning or ending with -, 253 in all, the last part not a number"
)]
#[non_exhaustive]
pub struct ParseHostNameError {
    /// The text.
    pub text: String,
}

impl HostName {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = ParseHostNameError;

    fn from_str(text: &str) -> Result<Self, ParseHostNameError> {
        let last = text.rsplit('.').next().unwrap_or_default();
        if is_object_name(text) && !last.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseHostNameError {
                text: text.to_owned(),
            })
        }
    }
}

/// Says whether a text can name an object of a cluster: a DNS subdomain.
pub(crate) fn is_object_name(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

impl TryFrom<String> for HostName {
    type Error = ParseHostNameError;
    fn try_from(text: String) -> Result<Self, ParseHostNameError> {
        text.parse()
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Check for ExposureSpec {
    fn check(&self, problems: &mut Problems<'_>) {
        for (field, what, name) in [
            ("ingress_class", "an ingress class", &self.ingress_class),
            ("tls_secret", "a secret", &self.tls_secret),
        ] {
            let Some(name) = name else { continue };
            if !is_object_name(name) {
                problems
                    .field(field)
                    .report(format!("`{name}` is not the name of {what}"));
            }
            if self.kind.is_some_and(|kind| kind != ExposureKind::Ingress) {
                problems
                    .field(field)
                    .report("only an exposure of the kind `ingress` has one");
            }
        }
        if self.tls_secret.is_some() && self.host.is_none() {
            problems
                .field("host")
                .report("missing: a certificate is for a host");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_dns_names() {
        let longest = [&"a".repeat(63), "b", &"c".repeat(63), &"d".repeat(63), "e"].join(".");
        for good in [
            "nodeos",
            "chain.example.org",
            "1.example.org",
            "a-b.c",
            &longest,
        ] {
            assert_eq!(good.parse::<HostName>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "Chain.example.org",
            "192.168.20.2",
            "a..b",
            ".a",
            "a.",
            "-a.b",
            "a-.b",
            "a_b",
            "a b",
            "a:8888",
            "http://a",
            "*.example.org",
            &"a".repeat(64),
            &"a.".repeat(127),
        ] {
            let error = bad.parse::<HostName>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{bad}` is not a host name")),
                "{error}"
            );
        }
    }
}
