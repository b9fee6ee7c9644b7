use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeTuple};

use crate::{
    error::{ParseError, VerifyError},
    k1,
    key_type::KeyType,
    packed::{ByteTuple, Reader, Typed, deserialize_text, deserialize_typed},
    r1, text,
    webauthn::WebAuthnKey,
};

const LEGACY_PREFIX: &str = "EOS";

/// A public key.
///
/// It holds bytes: like nodes, it does not ask whether they are a point of the curve when it reads them, and the null key (33 zero
/// bytes) does occur on chains. The question is answered where it matters: by [`validate`](Self::validate),
/// [`Signature::verify`](crate::Signature::verify) and [`Signature::recover`](crate::Signature::recover).
///
/// `Display`, and with it the serde form in JSON, is what nodeos prints: `EOS…` for K1, `PUB_R1_…` and `PUB_WA_…` for the others.
/// `FromStr` reads these and `PUB_K1_…`. The order is the chain's: by type, then by bytes.
///
/// ```
/// use eos_keys::PublicKey;
///
/// let key: PublicKey = "PUB_K1_6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5BoDq63".parse()?;
/// assert_eq!(key.to_string(), "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV");
/// # Ok::<(), eos_keys::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(Inner);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Inner {
    K1([u8; 33]),
    R1([u8; 33]),
    WebAuthn(Box<WebAuthnKey>),
}

impl PublicKey {
    /// Returns the K1 key of a compressed point, unchecked as explained [above](Self).
    pub const fn from_k1_bytes(point: [u8; 33]) -> Self {
        Self(Inner::K1(point))
    }

    /// Returns the R1 key of a compressed point, unchecked as explained [above](Self).
    pub const fn from_r1_bytes(point: [u8; 33]) -> Self {
        Self(Inner::R1(point))
    }

    /// Returns the type of this key.
    pub const fn key_type(&self) -> KeyType {
        match self.0 {
            Inner::K1(_) => KeyType::K1,
            Inner::R1(_) => KeyType::R1,
            Inner::WebAuthn(_) => KeyType::WebAuthn,
        }
    }

    /// Returns the compressed point.
    pub fn point(&self) -> &[u8; 33] {
        match &self.0 {
            Inner::K1(point) | Inner::R1(point) => point,
            Inner::WebAuthn(key) => key.point(),
        }
    }

    /// Returns what a WebAuthn key consists of, and `None` for keys of other types.
    pub fn as_webauthn(&self) -> Option<&WebAuthnKey> {
        match &self.0 {
            Inner::K1(_) | Inner::R1(_) => None,
            Inner::WebAuthn(key) => Some(key),
        }
    }

    /// Checks that the bytes are a point of the curve, so that signatures of this key can exist.
    ///
    /// # Errors
    ///
    /// [`VerifyError::NotOnCurve`] if they are not.
    pub fn validate(&self) -> Result<(), VerifyError> {
        let is_point = match &self.0 {
            Inner::K1(point) => k1::is_point(point),
            Inner::R1(point) => r1::is_point(point),
            Inner::WebAuthn(key) => r1::is_point(key.point()),
        };
        if is_point {
            Ok(())
        } else {
            Err(VerifyError::NotOnCurve)
        }
    }

    /// Returns the text with the type in it: `PUB_K1_…`, `PUB_R1_…` or `PUB_WA_…`.
    pub fn to_modern_string(&self) -> String {
        let mut text = String::with_capacity(64);
        match &self.0 {
            Inner::K1(point) => push_modern(&mut text, "PUB_K1_", point, "K1"),
            Inner::R1(point) => push_modern(&mut text, "PUB_R1_", point, "R1"),
            Inner::WebAuthn(key) => {
                text.push_str("PUB_WA_");
                let mut packed = Vec::new();
                key.pack(&mut packed);
                text::push_checked_any(&mut text, &packed, "WA");
            }
        }
        text
    }

    /// Returns a K1 key's text with a legacy prefix, which is `EOS` on most chains. Other types have no legacy text and come as from
    /// [`to_modern_string`](Self::to_modern_string).
    pub fn to_legacy_string(&self, prefix: &str) -> String {
        let Inner::K1(point) = &self.0 else {
            return self.to_modern_string();
        };
        let mut text = String::with_capacity(prefix.len().saturating_add(52));
        push_modern(&mut text, prefix, point, "");
        text
    }

    /// Reads a K1 key's text with a legacy prefix other than `EOS`.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if `text` does not begin with `prefix` or is no key after it.
    pub fn from_legacy_str(text: &str, prefix: &str) -> Result<Self, ParseError> {
        let base58 = text.strip_prefix(prefix).ok_or(ParseError::UnknownPrefix)?;
        Ok(Self(Inner::K1(parse_point(base58, prefix.len(), "")?)))
    }

    /// Returns the packed form: the type's index, then the bytes.
    pub fn to_packed(&self) -> Vec<u8> {
        let mut packed = Vec::with_capacity(34);
        packed.push(self.key_type().index());
        match &self.0 {
            Inner::K1(point) | Inner::R1(point) => packed.extend_from_slice(point),
            Inner::WebAuthn(key) => key.pack(&mut packed),
        }
        packed
    }

    /// Takes a key off the front of packed bytes and returns it with what follows it.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the bytes do not begin with a whole key.
    pub fn from_packed(bytes: &[u8]) -> Result<(Self, &[u8]), ParseError> {
        let mut reader = Reader::new(bytes);
        let inner = match reader.key_type()? {
            KeyType::K1 => Inner::K1(*reader.array()?),
            KeyType::R1 => Inner::R1(*reader.array()?),
            KeyType::WebAuthn => Inner::WebAuthn(Box::new(WebAuthnKey::unpack(&mut reader)?)),
        };
        Ok((Self(inner), reader.rest()))
    }
}

impl FromStr for PublicKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let Some(rest) = text.strip_prefix("PUB_") else {
            return Self::from_legacy_str(text, LEGACY_PREFIX);
        };
        let inner = if let Some(base58) = rest.strip_prefix("K1_") {
            Inner::K1(parse_point(base58, 7, "K1")?)
        } else if let Some(base58) = rest.strip_prefix("R1_") {
            Inner::R1(parse_point(base58, 7, "R1")?)
        } else if let Some(base58) = rest.strip_prefix("WA_") {
            let bytes = text::parse_checked_any(base58, 7, "WA")?;
            let mut reader = Reader::new(&bytes);
            let key = WebAuthnKey::unpack(&mut reader)?;
            reader.finish()?;
            Inner::WebAuthn(Box::new(key))
        } else {
            return Err(ParseError::UnknownPrefix);
        };
        Ok(Self(inner))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_legacy_string(LEGACY_PREFIX))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&self.to_legacy_string(LEGACY_PREFIX));
        }
        let mut tuple = serializer.serialize_tuple(2)?;
        tuple.serialize_element(&self.key_type().index())?;
        match &self.0 {
            Inner::K1(point) | Inner::R1(point) => tuple.serialize_element(&ByteTuple(*point))?,
            Inner::WebAuthn(key) => {
                tuple.serialize_element(&(
                    ByteTuple(*key.point()),
                    key.presence_index(),
                    key.relying_party_bytes(),
                ))?;
            }
        }
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserialize_text(deserializer, "the text of a public key")
        } else {
            deserialize_typed(deserializer)
        }
    }
}

impl From<WebAuthnKey> for PublicKey {
    fn from(key: WebAuthnKey) -> Self {
        Self(Inner::WebAuthn(Box::new(key)))
    }
}

impl Typed for PublicKey {
    const EXPECTED: &'static str = "a packed public key";

    fn deserialize_payload<'de, D: Deserializer<'de>>(
        key_type: KeyType,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        match key_type {
            KeyType::K1 => {
                ByteTuple::deserialize(deserializer).map(|point| Self::from_k1_bytes(point.0))
            }
            KeyType::R1 => {
                ByteTuple::deserialize(deserializer).map(|point| Self::from_r1_bytes(point.0))
            }
            KeyType::WebAuthn => {
                let (point, presence, relying_party) =
                    <(ByteTuple<33>, u8, Vec<u8>)>::deserialize(deserializer)?;
                WebAuthnKey::from_fields(point.0, presence, relying_party)
                    .map(Self::from)
                    .map_err(de::Error::custom)
            }
        }
    }
}

fn push_modern(text: &mut String, prefix: &str, point: &[u8; 33], suffix: &str) {
    text.push_str(prefix);
    text::push_checked::<37>(text, point, suffix);
}

fn parse_point(base58: &str, offset: usize, suffix: &str) -> Result<[u8; 33], ParseError> {
    let mut point = [0; 33];
    text::parse_checked::<37, 33>(base58, offset, suffix, &mut point)?;
    Ok(point)
}
