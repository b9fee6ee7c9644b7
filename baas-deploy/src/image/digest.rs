use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::error::ImageError;
use crate::hex;

/// The SHA-256 of a blob or manifest, as images name their parts: `sha256:` and 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobDigest(String);

impl BlobDigest {
    /// Returns the digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_hash(Sha256::new_with_prefix(bytes))
    }

    pub(super) fn from_hash(hash: Sha256) -> Self {
        Self(format!("sha256:{}", hex::encode(&hash.finalize())))
    }

    /// Returns the 64 hex digits.
    pub fn hex(&self) -> &str {
        &self.0["sha256:".len()..]
    }

    /// Returns the whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BlobDigest {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        let digits = text.strip_prefix("sha256:").unwrap_or_default();
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 64 && digits.bytes().all(is_hex) {
            return Ok(Self(text.to_owned()));
        }
        Err(ImageError::Digest {
            text: text.chars().take(100).collect(),
        })
    }
}

impl fmt::Display for BlobDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BlobDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BlobDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_the_known_one() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(BlobDigest::of(b"").to_string(), empty);
        assert_eq!(empty.parse::<BlobDigest>().unwrap(), BlobDigest::of(b""));
        assert_eq!(BlobDigest::of(b"").hex(), &empty[7..]);
    }

    #[test]
    fn other_digests_are_refused_by_name() {
        let short = "sha256:e3b0";
        let upper = format!("sha256:{}", "A".repeat(64));
        let other = format!("sha512:{}", "a".repeat(128));
        for text in [
            short,
            upper.as_str(),
            other.as_str(),
            "",
            "sha256:../../etc",
        ] {
            let error = text.parse::<BlobDigest>().unwrap_err().to_string();
            assert!(error.contains(&text[..text.len().min(90)]), "{error}");
            assert!(error.ends_with("expected sha256: and 64 lower-case hex digits"));
        }
    }
}
