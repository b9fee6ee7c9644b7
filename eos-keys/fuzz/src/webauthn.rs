//! One token, which signed one digest for one site.

use std::sync::LazyLock;

use eos_keys::{
    Digest, KeyType, PrivateKey, PublicKey, Signature, UserPresence, WebAuthnKey, WebAuthnSignature,
};

const SITE: &str = "wallet.example";

/// What the browser asked the token to sign: [`digest`], in base64url.
pub const CLIENT_JSON: &str = r#"{"type":"webauthn.get","challenge":"k4ULcHWF5ATklRo93B8Fo0s9T1_AgdYW9G2KLo8cjmg","origin":"https://wallet.example"}"#;

pub fn digest() -> Digest {
    Digest::of("fuzz")
}

/// Returns the hash of the site, the flag that a user is present, and a counter.
pub fn authenticator_data(site: &str) -> Vec<u8> {
    [Digest::of(site).as_bytes(), &[1, 0, 0, 0, 0][..]].concat()
}

/// The token's key and its signature: 31 plus the recovery id, then r, then s.
pub static ASSERTION: LazyLock<(WebAuthnKey, [u8; 65])> = LazyLock::new(|| {
    let private = PrivateKey::from_bytes(KeyType::R1, &[7; 32]).expect("in range");
    let point = *private.public_key().point();
    let key = WebAuthnKey::new(point, UserPresence::Present, SITE).expect("a site");
    let client_hash = Digest::of(CLIENT_JSON);
    let signed = [&authenticator_data(SITE)[..], client_hash.as_bytes()].concat();
    (key, *private.sign_digest(&Digest::of(signed)).compact())
});

/// Writes r and s in DER.
pub fn der(compact: &[u8; 65]) -> Vec<u8> {
    let mut content = Vec::new();
    for number in [&compact[1..33], &compact[33..]] {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let mut digits = number[zeros..].to_vec();
        if digits.first().is_none_or(|first| first & 0x80 != 0) {
            digits.insert(0, 0);
        }
        content.extend([0x02, digits.len().to_le_bytes()[0]]);
        content.extend(digits);
    }
    [&[0x30, content.len().to_le_bytes()[0]][..], &content].concat()
}

/// Reads DER as the token's. If it is, it must be what is written for the same numbers, and the whole signature must be right.
/// Returns whether it is.
pub fn check_der(bytes: &[u8]) -> bool {
    let (key, _) = &*ASSERTION;
    let (data, json) = (authenticator_data(SITE), CLIENT_JSON.to_owned());
    let Ok(signature) = WebAuthnSignature::from_assertion(bytes, data, json, key) else {
        return false;
    };
    assert_eq!(der(signature.compact()), bytes);
    let key = PublicKey::from(key.clone());
    let signature = Signature::from(signature);
    assert_eq!(signature.verify(&digest(), &key), Ok(()));
    assert_eq!(signature.recover(&digest()), Ok(key));
    true
}

/// Reads a text as what the browser asked for. If it fits, the key that is found must be one that the signature is right for. Returns
/// whether it fits.
pub fn check_client_json(json: &str) -> bool {
    // The hash of whatever site is named, so that not each change of it is noticed by its hash.
    let parsed: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let site = parsed["origin"].as_str().unwrap_or_default();
    let site = site.strip_prefix("https://").unwrap_or_default();
    let site = site.rsplit_once(':').map_or(site, |(site, _)| site);
    let (_, compact) = &*ASSERTION;
    let Ok(signature) = WebAuthnSignature::new(*compact, authenticator_data(site), json) else {
        return false;
    };
    let signature = Signature::from(signature);
    let Ok(key) = signature.recover(&digest()) else {
        return false;
    };
    assert_eq!(signature.verify(&digest(), &key), Ok(()));
    assert_eq!(signature.to_string().parse(), Ok(signature));
    true
}
