use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name: a DNS label has at most 63 characters, and objects get suffixes.
const MAX_LEN: usize = 48;

/// Why a text is not a [`NetworkName`] or [`NodeName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a name: 1 to {MAX_LEN} of the characters a-z, 0-9 and -, the first a letter, the last not -"
)]
#[non_exhaustive]
pub struct ParseNameError {
    text: String,
}

fn check(text: &str) -> Result<(), ParseNameError> {
    let bytes = text.as_bytes();
    let fits = (1..=MAX_LEN).contains(&bytes.len())
        && bytes
            .iter()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.last() != Some(&b'-');
    if fits {
        Ok(())
    } else {
        Err(ParseNameError {
            text: text.to_owned(),
        })
    }
}

/// The name of a network: a DNS label that starts with a letter, so that it can name objects of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkName(String);

/// The name of a node within its network: a DNS label that starts with a letter; also the name of its directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeName(String);

impl NetworkName {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NodeName {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NetworkName {
    type Err = ParseNameError;
    fn from_str(text: &str) -> Result<Self, ParseNameError> {
        check(text).map(|()| Self(text.to_owned()))
    }
}

impl FromStr for NodeName {
    type Err = ParseNameError;
    fn from_str(text: &str) -> Result<Self, ParseNameError> {
        check(text).map(|()| Self(text.to_owned()))
    }
}

impl TryFrom<String> for NetworkName {
    type Error = ParseNameError;
    fn try_from(text: String) -> Result<Self, ParseNameError> {
        text.parse()
    }
}

impl TryFrom<String> for NodeName {
    type Error = ParseNameError;
    fn try_from(text: String) -> Result<Self, ParseNameError> {
        text.parse()
    }
}

impl From<NetworkName> for String {
    fn from(name: NetworkName) -> Self {
        name.0
    }
}

impl From<NodeName> for String {
    fn from(name: NodeName) -> Self {
        name.0
    }
}

impl fmt::Display for NetworkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels() {
        for good in ["a", "bp1", "boot-2", &"a".repeat(48)] {
            assert_eq!(good.parse::<NodeName>().unwrap().to_string(), good);
            assert_eq!(good.parse::<NetworkName>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "1bp",
            "bp.one",
            "Bp",
            "bp-",
            "-bp",
            "../x",
            "a b",
            &"a".repeat(49),
        ] {
            bad.parse::<NodeName>().unwrap_err();
            bad.parse::<NetworkName>().unwrap_err();
        }
    }
}
