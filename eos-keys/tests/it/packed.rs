//! The serde form in a binary format. postcard writes bytes, tuples and length prefixes as the chain does.

use eos_keys::{Digest, PublicKey, Signature};
use serde::{Serialize, de::DeserializeOwned};

fn webauthn(bytes: &[&[u8]]) -> Vec<u8> {
    [&[2][..], &bytes.concat()].concat()
}

#[track_caller]
fn same_as_packed<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
    value: &T,
    packed: &[u8],
) {
    assert_eq!(postcard::to_allocvec(value).unwrap(), packed);
    assert_eq!(&postcard::from_bytes::<T>(packed).unwrap(), value);
    for length in 0..packed.len() {
        postcard::from_bytes::<T>(&packed[..length]).unwrap_err();
    }
}

#[test]
fn public_keys_are_packed() {
    let host = "é".repeat(100); // a length prefix of two bytes
    let webauthn = webauthn(&[&[3; 33], &[1], &[0xc8, 0x01], host.as_bytes()]);
    for key in [
        PublicKey::from_k1_bytes([2; 33]),
        PublicKey::from_r1_bytes([3; 33]),
        PublicKey::from_packed(&webauthn).unwrap().0,
    ] {
        same_as_packed(&key, &key.to_packed());
    }
    assert_eq!(
        PublicKey::from_packed(&webauthn).unwrap().0.to_packed(),
        webauthn
    );
}

#[test]
fn signatures_are_packed() {
    let webauthn = webauthn(&[&[31; 65], &[2, 0xfe, 0xff], &[2], b"{}"]);
    for signature in [
        Signature::from_k1_bytes([31; 65]),
        Signature::from_r1_bytes([32; 65]),
        Signature::from_packed(&webauthn).unwrap().0,
    ] {
        same_as_packed(&signature, &signature.to_packed());
    }
}

#[test]
fn digests_are_packed() {
    let digest = Digest::of(b"x");
    same_as_packed(&digest, digest.as_bytes());
}

#[test]
fn what_from_packed_refuses_serde_refuses() {
    for bytes in [
        vec![3; 40],
        webauthn(&[&[3; 33], &[1], &[0]]),
        webauthn(&[&[3; 33], &[1], &[2, 0xff]]),
    ] {
        PublicKey::from_packed(&bytes).unwrap_err();
        postcard::from_bytes::<PublicKey>(&bytes).unwrap_err();
    }
}
