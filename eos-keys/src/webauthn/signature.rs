use sha2::{Digest as _, Sha256};

use super::{
    check_variable,
    client_data::ClientData,
    der,
    key::{UserPresence, WebAuthnKey},
};
use crate::{
    digest::Digest,
    error::{ParseError, VerifyError},
    packed::{Reader, push_bytes},
    r1,
};

/// The SHA-256 of the relying party, a byte of flags and a counter of four bytes.
const MIN_AUTHENTICATOR_DATA: usize = 37;

/// The flag of a user who was there.
const USER_PRESENT: u8 = 0x01;

/// The flag of a user who was verified.
const USER_VERIFIED: u8 = 0x04;

/// What a [`Signature`](crate::Signature) of type WebAuthn consists of: a secp256r1 signature, and the two texts that it signs, in which
/// the digest stands.
///
/// ```
/// use eos_keys::{Digest, PublicKey, Signature, VerifyError, WebAuthnKey, WebAuthnSignature};
///
/// /// Takes what `navigator.credentials.get()` gave: `response.signature`, `.authenticatorData` and `.clientDataJSON`.
/// fn from_browser(
///     der: &[u8],
///     authenticator_data: Vec<u8>,
///     client_json: String,
///     key: WebAuthnKey,
///     digest: &Digest,
/// ) -> Result<Signature, VerifyError> {
///     let signature = WebAuthnSignature::from_assertion(der, authenticator_data, client_json, &key)?;
///     let signature = Signature::from(signature);
///     signature.verify(digest, &PublicKey::from(key))?;
///     Ok(signature)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAuthnSignature {
    // The fields stand in the order of the packed form.
    compact: [u8; 65],
    authenticator_data: Vec<u8>,
    client_json: Vec<u8>,
}

impl WebAuthnSignature {
    /// Returns the signature of its parts, unchecked like that of any [`Signature`](crate::Signature).
    ///
    /// `compact` is 31 plus the recovery id, then r, then s.
    ///
    /// # Errors
    ///
    /// [`ParseError::WebAuthnTooLong`] if both texts together have more than 16,384 bytes, which no node takes by default.
    pub fn new(
        compact: [u8; 65],
        authenticator_data: Vec<u8>,
        client_json: impl Into<Vec<u8>>,
    ) -> Result<Self, ParseError> {
        let client_json = client_json.into();
        check_variable(authenticator_data.len().saturating_add(client_json.len()))?;
        Ok(Self {
            compact,
            authenticator_data,
            client_json,
        })
    }

    /// Returns the signature of what a browser gives: r and s in DER, and no recovery id, which is found with the help of the key.
    ///
    /// Whether the token signed the right digest, and for the right site, is the question of
    /// [`Signature::verify`](crate::Signature::verify).
    ///
    /// # Errors
    ///
    /// [`VerifyError::Malformed`] if `der` is not the DER of two numbers, [`VerifyError::Mismatch`] if the key did not sign these texts,
    /// [`VerifyError::InvalidParts`] if they are too long.
    pub fn from_assertion(
        der: &[u8],
        authenticator_data: Vec<u8>,
        client_json: impl Into<Vec<u8>>,
        key: &WebAuthnKey,
    ) -> Result<Self, VerifyError> {
        let numbers = der::r_and_s(der)?;
        let mut signature = Self::new([0; 65], authenticator_data, client_json)?;
        signature.compact[1..].copy_from_slice(numbers.as_flattened());
        let digest = signature.signed_digest();
        for header in r1::COMPACT_HEADERS {
            signature.compact[0] = header;
            if r1::recover(&signature.compact, &digest).as_ref() == Ok(key.point()) {
                return Ok(signature);
            }
        }
        Err(VerifyError::Mismatch)
    }

    /// Returns the secp256r1 signature inside: 31 plus the recovery id, then r, then s.
    pub const fn compact(&self) -> &[u8; 65] {
        &self.compact
    }

    /// Returns what the token says of itself: the SHA-256 of the relying party, flags, a counter, and perhaps more.
    pub fn authenticator_data(&self) -> &[u8] {
        &self.authenticator_data
    }

    /// Returns what the browser says that it asked the token to sign, or `None` if it is not UTF-8.
    pub fn client_json(&self) -> Option<&str> {
        str::from_utf8(&self.client_json).ok()
    }

    /// Returns the bytes of what the browser says, as the token signed them.
    pub fn client_json_bytes(&self) -> &[u8] {
        &self.client_json
    }

    /// Returns the key that made this signature over `digest`.
    pub(crate) fn recover(&self, digest: &Digest) -> Result<WebAuthnKey, VerifyError> {
        let client_data = ClientData::parse(&self.client_json)?;
        let (relying_party, presence) = self.check(&client_data, digest)?;
        if !r1::COMPACT_HEADERS.contains(&self.compact[0]) {
            return Err(VerifyError::Malformed);
        }
        let point = r1::recover(&self.compact, &self.signed_digest())?;
        Ok(WebAuthnKey::new(point, presence, relying_party)
            .expect("the host is not empty, and a part of what was short enough"))
    }

    /// Checks that `key` made this signature over `digest`.
    pub(crate) fn verify(&self, digest: &Digest, key: &WebAuthnKey) -> Result<(), VerifyError> {
        let client_data = ClientData::parse(&self.client_json)?;
        let (relying_party, presence) = self.check(&client_data, digest)?;
        if relying_party.as_bytes() != key.relying_party_bytes() {
            return Err(VerifyError::RelyingPartyMismatch {
                signature: relying_party.to_owned(),
                key: String::from_utf8_lossy(key.relying_party_bytes()).into_owned(),
            });
        }
        if presence.index() != key.presence_index() {
            return Err(VerifyError::PresenceMismatch {
                signature: presence.index(),
                key: key.presence_index(),
            });
        }
        r1::verify(&self.compact, &self.signed_digest(), key.point())
    }

    /// Checks that both texts are about `digest` and one site, and returns the site and what is said of the user.
    fn check<'a>(
        &self,
        client_data: &'a ClientData,
        digest: &Digest,
    ) -> Result<(&'a str, UserPresence), VerifyError> {
        let host = client_data.check(digest)?;
        let Some(&[ref hash @ .., flags, _, _, _, _]) = self
            .authenticator_data
            .first_chunk::<MIN_AUTHENTICATOR_DATA>()
        else {
            return Err(VerifyError::AuthenticatorDataTooShort {
                actual: self.authenticator_data.len(),
                required: MIN_AUTHENTICATOR_DATA,
            });
        };
        if hash != Digest::of(host).as_bytes() {
            return Err(VerifyError::RelyingPartyHashMismatch {
                origin: host.to_owned(),
            });
        }
        let presence = if flags & USER_VERIFIED != 0 {
            UserPresence::Verified
        } else if flags & USER_PRESENT != 0 {
            UserPresence::Present
        } else {
            UserPresence::None
        };
        Ok((host, presence))
    }

    /// Returns what the token signed.
    fn signed_digest(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(&self.authenticator_data)
            .chain_update(Sha256::digest(&self.client_json))
            .finalize()
            .into()
    }

    pub(crate) fn pack(&self, packed: &mut Vec<u8>) {
        packed.extend_from_slice(&self.compact);
        push_bytes(packed, &self.authenticator_data);
        push_bytes(packed, &self.client_json);
    }

    pub(crate) fn unpack(reader: &mut Reader<'_>) -> Result<Self, ParseError> {
        let compact = *reader.array()?;
        let authenticator_data = reader.bytes()?;
        Self::new(compact, authenticator_data.to_vec(), reader.bytes()?)
    }
}
