//! The secp256r1 curve, by the `p256` crate.

use std::ops::RangeInclusive;

use p256::{
    PublicKey, SecretKey,
    ecdsa::{
        RecoveryId, Signature, SigningKey, VerifyingKey, signature::hazmat::PrehashVerifier as _,
    },
    elliptic_curve::sec1::ToSec1Point as _,
};

use crate::error::VerifyError;

/// The order of the group, big endian (SEC 2, section 2.4.2).
pub(crate) const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// What the first byte of a compact signature adds to the recovery id: 27, and 4 for a compressed key.
const COMPACT_HEADER: u8 = 31;

/// The first bytes that a compact signature of a compressed key can have.
pub(crate) const COMPACT_HEADERS: RangeInclusive<u8> = 31..=34;

/// Returns the public key of a secret that was checked to be in range.
pub(crate) fn public_key(secret: &[u8; 32]) -> [u8; 33] {
    let secret = SecretKey::from_slice(secret)
        .expect("a private key is checked to be in range when it is made");
    compressed(&secret.public_key())
}

/// Returns the signature that RFC 6979 gives, with s in the lower half as nodes want it.
pub(crate) fn sign(secret: &[u8; 32], digest: &[u8; 32]) -> [u8; 65] {
    let key = SigningKey::from_slice(secret)
        .expect("a private key is checked to be in range when it is made");
    let (signature, recovery) = key.sign_prehash_recoverable(digest);
    let normalized = signature.normalize_s();
    // Taking -s for s is the same as taking -R for R: the other point of the same x.
    let is_y_odd = recovery.is_y_odd() ^ (normalized != signature);
    let recovery = RecoveryId::new(is_y_odd, recovery.is_x_reduced());
    let mut bytes = [0; 65];
    let (header, rest) = bytes.split_first_mut().expect("a signature has 65 bytes");
    *header = COMPACT_HEADER.wrapping_add(recovery.to_byte());
    rest.copy_from_slice(&normalized.to_bytes());
    bytes
}

/// Returns the key that made `signature` over `digest`.
pub(crate) fn recover(signature: &[u8; 65], digest: &[u8; 32]) -> Result<[u8; 33], VerifyError> {
    let (&header, compact) = signature.split_first().expect("a signature has 65 bytes");
    // Like nodes, this takes the headers of keys that are not compressed too; the key is the same.
    if !(27..35).contains(&header) {
        return Err(VerifyError::Malformed);
    }
    let recovery =
        RecoveryId::from_byte(header.wrapping_sub(27) & 3).expect("recovery ids are zero to three");
    Signature::from_slice(compact)
        .and_then(|signature| VerifyingKey::recover_from_prehash(digest, &signature, recovery))
        .map(|key| compressed(&key.into()))
        .map_err(|_| VerifyError::Malformed)
}

/// Checks that `signature` over `digest` was made by the private key of `point`.
pub(crate) fn verify(
    signature: &[u8; 65],
    digest: &[u8; 32],
    point: &[u8; 33],
) -> Result<(), VerifyError> {
    let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| VerifyError::NotOnCurve)?;
    let (_, compact) = signature.split_first().expect("a signature has 65 bytes");
    let signature = Signature::from_slice(compact).map_err(|_| VerifyError::Malformed)?;
    key.verify_prehash(digest, &signature)
        .map_err(|_| VerifyError::Mismatch)
}

/// Tells whether s is in the lower half.
pub(crate) fn is_canonical(signature: &[u8; 65]) -> bool {
    let (_, compact) = signature.split_first().expect("a signature has 65 bytes");
    Signature::from_slice(compact).is_ok_and(|signature| signature.normalize_s() == signature)
}

/// Tells whether the bytes are a point of the curve.
pub(crate) fn is_point(point: &[u8; 33]) -> bool {
    PublicKey::from_sec1_bytes(point).is_ok()
}

fn compressed(key: &PublicKey) -> [u8; 33] {
    key.to_sec1_point(true)
        .as_bytes()
        .try_into()
        .expect("a compressed point has 33 bytes")
}
