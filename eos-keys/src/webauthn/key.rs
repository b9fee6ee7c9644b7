use super::check_variable;
use crate::{
    error::ParseError,
    packed::{Reader, push_bytes},
};

/// What a [`PublicKey`](crate::PublicKey) of type WebAuthn consists of: a point of secp256r1, what its signatures must say of the
/// user, and the site it belongs to.
///
/// ```
/// use eos_keys::{PublicKey, UserPresence, WebAuthnKey};
///
/// # let point = *eos_keys::PrivateKey::generate_r1()?.public_key().point();
/// let key = PublicKey::from(WebAuthnKey::new(point, UserPresence::Verified, "example.com")?);
/// assert!(key.to_string().starts_with("PUB_WA_"));
/// assert_eq!(key.as_webauthn().map(WebAuthnKey::relying_party), Some(Some("example.com")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAuthnKey {
    // The fields stand in the order of the packed form, which is also the chain's order of comparison.
    point: [u8; 33],
    presence: u8,
    relying_party: Vec<u8>,
}

/// What a token found out about its user before it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UserPresence {
    /// Nothing.
    None,
    /// Somebody was there and touched it.
    Present,
    /// It was the right person, by PIN or fingerprint.
    Verified,
}

impl UserPresence {
    /// Returns the byte of the packed form.
    pub const fn index(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Present => 1,
            Self::Verified => 2,
        }
    }

    /// Returns the presence of a byte of the packed form, or `None` for one that the protocol does not know.
    pub const fn from_index(index: u8) -> Option<Self> {
        match index {
            0 => Some(Self::None),
            1 => Some(Self::Present),
            2 => Some(Self::Verified),
            _ => None,
        }
    }
}

impl WebAuthnKey {
    /// Returns the key of a compressed point, which is as little checked as that of any [`PublicKey`](crate::PublicKey).
    ///
    /// `relying_party` is the host name of the site, as it stands in the origin of its pages: `example.com` of
    /// `https://example.com:8443`. Nodes take any bytes; no signature belongs to those that are not UTF-8.
    ///
    /// # Errors
    ///
    /// [`ParseError::EmptyRelyingParty`] if there is no host name, [`ParseError::WebAuthnTooLong`] if it has more than 16,384 bytes.
    pub fn new(
        point: [u8; 33],
        presence: UserPresence,
        relying_party: impl Into<Vec<u8>>,
    ) -> Result<Self, ParseError> {
        Self::from_fields(point, presence.index(), relying_party.into())
    }

    /// Returns the compressed point.
    pub const fn point(&self) -> &[u8; 33] {
        &self.point
    }

    /// Returns what signatures of this key must say of the user, or `None` if it is a byte that the protocol does not know: nodes read
    /// such keys, but no signature is theirs.
    pub const fn presence(&self) -> Option<UserPresence> {
        UserPresence::from_index(self.presence)
    }

    /// Returns the host name of the site that the key belongs to, or `None` if it is not UTF-8. It is never empty.
    pub fn relying_party(&self) -> Option<&str> {
        str::from_utf8(&self.relying_party).ok()
    }

    /// Returns the bytes of the host name, which nodes do not look at before a signature comes.
    pub fn relying_party_bytes(&self) -> &[u8] {
        &self.relying_party
    }

    pub(crate) fn from_fields(
        point: [u8; 33],
        presence: u8,
        relying_party: Vec<u8>,
    ) -> Result<Self, ParseError> {
        if relying_party.is_empty() {
            return Err(ParseError::EmptyRelyingParty);
        }
        check_variable(relying_party.len())?;
        Ok(Self {
            point,
            presence,
            relying_party,
        })
    }

    pub(crate) const fn presence_index(&self) -> u8 {
        self.presence
    }

    pub(crate) fn pack(&self, packed: &mut Vec<u8>) {
        packed.extend_from_slice(&self.point);
        packed.push(self.presence);
        push_bytes(packed, &self.relying_party);
    }

    pub(crate) fn unpack(reader: &mut Reader<'_>) -> Result<Self, ParseError> {
        let point = *reader.array()?;
        let presence = reader.byte()?;
        Self::from_fields(point, presence, reader.bytes()?.to_vec())
    }
}
