use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeTuple};

use crate::{
    digest::Digest,
    error::{ParseError, VerifyError},
    k1,
    key_type::KeyType,
    packed::{ByteTuple, Reader, Typed, deserialize_text, deserialize_typed},
    public_key::PublicKey,
    r1, text,
    webauthn::WebAuthnSignature,
};

/// A signature over a [`Digest`].
///
/// It holds bytes: like nodes, it does not ask whether they can be a signature when it reads them. The text is `SIG_K1_…`,
/// `SIG_R1_…` or `SIG_WA_…`.
///
/// Two signatures of one key over one digest may differ and both be right; compare what [`recover`](Self::recover) gives, not them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(Inner);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Inner {
    K1([u8; 65]),
    R1([u8; 65]),
    WebAuthn(Box<WebAuthnSignature>),
}

impl Signature {
    /// Returns the K1 signature of compact bytes: 31 plus the recovery id, then r, then s.
    pub const fn from_k1_bytes(compact: [u8; 65]) -> Self {
        Self(Inner::K1(compact))
    }

    /// Returns the R1 signature of compact bytes: 31 plus the recovery id, then r, then s.
    pub const fn from_r1_bytes(compact: [u8; 65]) -> Self {
        Self(Inner::R1(compact))
    }

    /// Returns the type of this signature, which is the type of the key that made it.
    pub const fn key_type(&self) -> KeyType {
        match self.0 {
            Inner::K1(_) => KeyType::K1,
            Inner::R1(_) => KeyType::R1,
            Inner::WebAuthn(_) => KeyType::WebAuthn,
        }
    }

    /// Returns the compact signature inside: 31 plus the recovery id, then r, then s.
    pub fn compact(&self) -> &[u8; 65] {
        match &self.0 {
            Inner::K1(compact) | Inner::R1(compact) => compact,
            Inner::WebAuthn(signature) => signature.compact(),
        }
    }

    /// Returns what a WebAuthn signature consists of, and `None` for signatures of other types.
    pub fn as_webauthn(&self) -> Option<&WebAuthnSignature> {
        match &self.0 {
            Inner::K1(_) | Inner::R1(_) => None,
            Inner::WebAuthn(signature) => Some(signature),
        }
    }

    /// Tells whether nodes take this signature in a transaction.
    ///
    /// A K1 signature's r and s must have neither their top bit set nor a zero byte too many; an R1 signature's s must be in the lower
    /// half; for WebAuthn there is no rule.
    pub fn is_canonical(&self) -> bool {
        match &self.0 {
            Inner::K1(compact) => k1::is_canonical(compact),
            Inner::R1(compact) => r1::is_canonical(compact),
            Inner::WebAuthn(_) => true,
        }
    }

    /// Returns the public key whose private key made this signature over `digest`. With another digest, this is another key.
    ///
    /// Signatures that are not [canonical](Self::is_canonical) are taken too.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Malformed`] if it can be nobody's signature. A WebAuthn signature must also hold what nodes ask for: the digest, a
    /// page that was loaded by https, and the token's word that it signed for that site.
    pub fn recover(&self, digest: &Digest) -> Result<PublicKey, VerifyError> {
        match &self.0 {
            Inner::K1(compact) => {
                k1::recover(compact, digest.as_bytes()).map(PublicKey::from_k1_bytes)
            }
            Inner::R1(compact) => {
                r1::recover(compact, digest.as_bytes()).map(PublicKey::from_r1_bytes)
            }
            Inner::WebAuthn(signature) => signature.recover(digest).map(PublicKey::from),
        }
    }

    /// Checks that the private key of `key` made this signature over `digest`.
    ///
    /// This looks at r and s only. A node finds the key by the recovery id in the first byte; where that matters, compare with
    /// [`recover`](Self::recover).
    ///
    /// # Errors
    ///
    /// [`VerifyError`] says what does not fit.
    pub fn verify(&self, digest: &Digest, key: &PublicKey) -> Result<(), VerifyError> {
        match (&self.0, key.as_webauthn()) {
            (Inner::K1(compact), _) if key.key_type() == KeyType::K1 => {
                k1::verify(compact, digest.as_bytes(), key.point())
            }
            (Inner::R1(compact), _) if key.key_type() == KeyType::R1 => {
                r1::verify(compact, digest.as_bytes(), key.point())
            }
            (Inner::WebAuthn(signature), Some(key)) => signature.verify(digest, key),
            _ => Err(VerifyError::KeyTypeMismatch {
                signature: self.key_type(),
                key: key.key_type(),
            }),
        }
    }

    /// Returns the packed form: the type's index, then the bytes.
    pub fn to_packed(&self) -> Vec<u8> {
        let mut packed = Vec::with_capacity(66);
        packed.push(self.key_type().index());
        match &self.0 {
            Inner::K1(compact) | Inner::R1(compact) => packed.extend_from_slice(compact),
            Inner::WebAuthn(signature) => signature.pack(&mut packed),
        }
        packed
    }

    /// Takes a signature off the front of packed bytes and returns it with what follows it.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the bytes do not begin with a whole signature.
    pub fn from_packed(bytes: &[u8]) -> Result<(Self, &[u8]), ParseError> {
        let mut reader = Reader::new(bytes);
        let inner = match reader.key_type()? {
            KeyType::K1 => Inner::K1(*reader.array()?),
            KeyType::R1 => Inner::R1(*reader.array()?),
            KeyType::WebAuthn => Inner::WebAuthn(Box::new(WebAuthnSignature::unpack(&mut reader)?)),
        };
        Ok((Self(inner), reader.rest()))
    }

    fn text(&self) -> String {
        let mut text = String::with_capacity(104);
        match &self.0 {
            Inner::K1(compact) => {
                text.push_str("SIG_K1_");
                text::push_checked::<69>(&mut text, compact, "K1");
            }
            Inner::R1(compact) => {
                text.push_str("SIG_R1_");
                text::push_checked::<69>(&mut text, compact, "R1");
            }
            Inner::WebAuthn(signature) => {
                text.push_str("SIG_WA_");
                let mut packed = Vec::new();
                signature.pack(&mut packed);
                text::push_checked_any(&mut text, &packed, "WA");
            }
        }
        text
    }
}

impl FromStr for Signature {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let inner = if let Some(base58) = text.strip_prefix("SIG_K1_") {
            Inner::K1(parse_compact(base58, "K1")?)
        } else if let Some(base58) = text.strip_prefix("SIG_R1_") {
            Inner::R1(parse_compact(base58, "R1")?)
        } else if let Some(base58) = text.strip_prefix("SIG_WA_") {
            let bytes = text::parse_checked_any(base58, 7, "WA")?;
            let mut reader = Reader::new(&bytes);
            let signature = WebAuthnSignature::unpack(&mut reader)?;
            reader.finish()?;
            Inner::WebAuthn(Box::new(signature))
        } else {
            return Err(ParseError::UnknownPrefix);
        };
        Ok(Self(inner))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&self.text());
        }
        let mut tuple = serializer.serialize_tuple(2)?;
        tuple.serialize_element(&self.key_type().index())?;
        match &self.0 {
            Inner::K1(compact) | Inner::R1(compact) => {
                tuple.serialize_element(&ByteTuple(*compact))?;
            }
            Inner::WebAuthn(signature) => {
                tuple.serialize_element(&(
                    ByteTuple(*signature.compact()),
                    signature.authenticator_data(),
                    signature.client_json_bytes(),
                ))?;
            }
        }
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserialize_text(deserializer, "the text of a signature")
        } else {
            deserialize_typed(deserializer)
        }
    }
}

impl From<WebAuthnSignature> for Signature {
    fn from(signature: WebAuthnSignature) -> Self {
        Self(Inner::WebAuthn(Box::new(signature)))
    }
}

impl Typed for Signature {
    const EXPECTED: &'static str = "a packed signature";

    fn deserialize_payload<'de, D: Deserializer<'de>>(
        key_type: KeyType,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        match key_type {
            KeyType::K1 => {
                ByteTuple::deserialize(deserializer).map(|compact| Self::from_k1_bytes(compact.0))
            }
            KeyType::R1 => {
                ByteTuple::deserialize(deserializer).map(|compact| Self::from_r1_bytes(compact.0))
            }
            KeyType::WebAuthn => {
                let (compact, authenticator_data, client_json) =
                    <(ByteTuple<65>, Vec<u8>, Vec<u8>)>::deserialize(deserializer)?;
                WebAuthnSignature::new(compact.0, authenticator_data, client_json)
                    .map(Self::from)
                    .map_err(de::Error::custom)
            }
        }
    }
}

fn parse_compact(base58: &str, suffix: &str) -> Result<[u8; 65], ParseError> {
    let mut compact = [0; 65];
    text::parse_checked::<69, 65>(base58, "SIG_K1_".len(), suffix, &mut compact)?;
    Ok(compact)
}
