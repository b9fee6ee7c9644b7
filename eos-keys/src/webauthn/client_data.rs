use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess},
};

use crate::{digest::Digest, error::VerifyError};

/// What an origin begins with. The colon of a port is looked for after it.
const SCHEME: &str = "https://";

/// What a browser says that it asked a token to sign. A field that is missing is empty, as it is for nodes.
#[derive(Default)]
pub(super) struct ClientData {
    type_: String,
    challenge: String,
    origin: String,
}

impl ClientData {
    /// Reads the JSON as nodes do.
    ///
    /// Fields may stand in any order, unknown ones are skipped, and of two of one name the last counts. Nodes handle the text, and the
    /// names in it, as C strings: what follows a zero byte does not count.
    ///
    /// Nodes and this differ where no browser goes. Nodes take, and this refuses: nesting deeper than 127, bytes that are not UTF-8
    /// before the first zero byte, and in a field that is skipped the second half of a surrogate pair alone (`"\udc00"`). This takes, and
    /// nodes refuse: a zero of an exponent beyond 308 (`0e309`) in a field that is skipped.
    pub(super) fn parse(json: &[u8]) -> Result<Self, VerifyError> {
        let json = json.split(|byte| *byte == 0).next().unwrap_or_default();
        serde_json::from_slice(json).map_err(|error| VerifyError::InvalidClientData {
            line: error.line(),
            column: error.column(),
        })
    }

    /// Checks that this is a request to sign `digest`, and returns the host that made it.
    pub(super) fn check(&self, digest: &Digest) -> Result<&str, VerifyError> {
        if self.type_ != "webauthn.get" {
            return Err(VerifyError::NotAnAssertion);
        }
        if challenge_of(&self.challenge).as_ref() != Some(digest.as_bytes()) {
            return Err(VerifyError::ChallengeMismatch);
        }
        let host = self
            .origin
            .strip_prefix(SCHEME)
            .map(|host| host.rsplit_once(':').map_or(host, |(host, _port)| host))
            .filter(|host| !host.is_empty());
        host.ok_or(VerifyError::InvalidOrigin)
    }
}

impl<'de> Deserialize<'de> for ClientData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> de::Visitor<'de> for Fields {
    type Value = ClientData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client data of a WebAuthn signature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ClientData, A::Error> {
        let mut data = ClientData::default();
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            match until_zero(&name) {
                "type" => data.type_ = map.next_value()?,
                "challenge" => data.challenge = map.next_value()?,
                "origin" => data.origin = map.next_value()?,
                // Not `IgnoredAny`, which lets pass numbers and escapes that nodes refuse.
                _ => drop(map.next_value::<serde_json::Value>()?),
            }
        }
        Ok(data)
    }
}

fn until_zero(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

/// Returns the 32 bytes of a challenge in base64url.
///
/// Versions of nodes differ in what they take beside the 43 characters that browsers send. This takes what all of them do: one `=` at
/// the end, and any value of the two bits of the last character that stand for nothing.
fn challenge_of(text: &str) -> Option<[u8; 32]> {
    let text = text.strip_suffix('=').unwrap_or(text);
    let digits: &[u8; 43] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (bytes, digits) in bytes.chunks_mut(3).zip(digits.chunks(4)) {
        let mut group = 0u32;
        for position in 0..4 {
            let digit = digits
                .get(position)
                .map_or(Some(0), |digit| value(*digit))?;
            group = group << 6 | u32::from(digit);
        }
        let [_, group @ ..] = group.to_be_bytes();
        for (byte, decoded) in bytes.iter_mut().zip(group) {
            *byte = decoded;
        }
    }
    Some(bytes)
}

/// Returns the value of a character of base64url.
const fn value(digit: u8) -> Option<u8> {
    let (first, value_of_first) = match digit {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'-' => (b'-', 62),
        b'_' => (b'_', 63),
        _ => return None,
    };
    Some(digit.wrapping_sub(first).wrapping_add(value_of_first))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SHA-256 of `monkeys 406`, with both of the characters in which base64 and base64url differ.
    const CHALLENGE: &str = "CfzZ2SV_KVR_q-bhhJgZls7WQwap0r14g3MfMEc1nHA";

    #[test]
    fn every_character_has_the_value_of_its_place() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for byte in 0..=u8::MAX {
            let place = alphabet.iter().position(|digit| *digit == byte);
            assert_eq!(value(byte).map(usize::from), place, "{byte}");
        }
    }

    #[test]
    fn a_challenge_is_43_characters_and_perhaps_a_padding() {
        let bytes = challenge_of(CHALLENGE).unwrap();
        assert_eq!(bytes, *Digest::of(b"monkeys 406").as_bytes());
        assert_eq!(challenge_of(&format!("{CHALLENGE}=")), Some(bytes));
        assert_eq!(challenge_of(&CHALLENGE.replace("HA", "HD")), Some(bytes));
        assert_ne!(challenge_of(&CHALLENGE.replace("HA", "HE")), Some(bytes));
        for bad in [
            String::new(),
            CHALLENGE[1..].to_owned(),
            format!("{CHALLENGE}A"),
            format!("{CHALLENGE}=="),
            format!("{CHALLENGE}."),
            format!("{CHALLENGE}=A"),
            format!(" {CHALLENGE}"),
            CHALLENGE.replace('_', "/"),
            CHALLENGE.replace('-', "+"),
            CHALLENGE.replace("HA", "H="),
        ] {
            assert_eq!(challenge_of(&bad), None, "{bad}");
        }
    }
}
