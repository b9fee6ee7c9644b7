//! The secp256k1 curve, by libsecp256k1.
//!
//! This is the only file with `unsafe` code. Two calls need it, because the safe ones of the `secp256k1` crate cannot do them:
//!
//! - **Signing with a nonce function of ours.** The chain wants canonical signatures and nodes make them by asking for nonces until
//!   one fits. To make the same bytes we give libsecp256k1 a callback.
//! - **Deriving a public key with a context of our own.** The safe call blinds its context anew after each use, which doubles its
//!   cost. Ours is blinded once, when it is made.
#![expect(unsafe_code, reason = "two calls into libsecp256k1, described above")]

use std::{cell::Cell, ffi::c_void, sync::LazyLock};

use secp256k1::{
    All, Message, PublicKey, Secp256k1,
    ecdsa::{RecoverableSignature, RecoveryId, Signature},
    ffi::{self, recovery as ffi_recovery},
};
#[cfg(feature = "mnemonic")]
use secp256k1::{Scalar, SecretKey};
use zeroize::Zeroizing;

use crate::{error::VerifyError, nonce::NonceStream};

/// The order of the group, big endian.
pub(crate) const ORDER: [u8; 32] = secp256k1::constants::CURVE_ORDER;

/// What the first byte of a compact signature adds to the recovery id: 27, and 4 for a compressed key.
const COMPACT_HEADER: u8 = 31;

/// Blinding defends against an observer of the processor's timing or power; when the system has no randomness, signing is as correct
/// without it.
static CONTEXT: LazyLock<Secp256k1<All>> = LazyLock::new(|| {
    let mut context = Secp256k1::new();
    let mut seed = Zeroizing::new([0; 32]);
    if getrandom::fill(seed.as_mut_slice()).is_ok() {
        context.seeded_randomize(&seed);
    }
    context
});

/// Returns the public key of a secret that was checked to be in range.
pub(crate) fn public_key(secret: &[u8; 32]) -> [u8; 33] {
    // SAFETY: the context is made for all operations and lives as long as the program; libsecp256k1 only reads it here. `point` is
    // writable, and not a key until the call has written one, which it tells by 1. `secret` is 32 readable bytes.
    let (done, point) = unsafe {
        let mut point = ffi::PublicKey::new();
        let context = CONTEXT.ctx().as_ptr();
        let done = ffi::secp256k1_ec_pubkey_create(context, &raw mut point, secret.as_ptr());
        (done, point)
    };
    assert_eq!(
        done, 1,
        "a private key is checked to be in range when it is made"
    );
    PublicKey::from(point).serialize()
}

/// Returns the canonical signature that nodeos and keosd make with a secret that was checked to be in range.
pub(crate) fn sign(secret: &[u8; 32], digest: &[u8; 32]) -> [u8; 65] {
    let mut nonces = NonceStream::new(secret, &reduced(digest));
    // nodeos counts its attempts from one and gives that number to RFC 6979, so its first nonce is the second of the stream.
    nonces.next(&mut Zeroizing::new([0; 32]));
    loop {
        let signature = sign_once(secret, digest, &mut nonces);
        if is_canonical(&signature) {
            return signature;
        }
    }
}

fn sign_once(secret: &[u8; 32], digest: &[u8; 32], nonces: &mut NonceStream) -> [u8; 65] {
    let mut signature = ffi_recovery::RecoverableSignature::new();
    // SAFETY: as above for context and buffers; `nonces` is exclusively borrowed for the call, during which `next_nonce` is the only
    // one to use the pointer, and it casts it back to the type it was made from.
    let done = unsafe {
        ffi_recovery::secp256k1_ecdsa_sign_recoverable(
            CONTEXT.ctx().as_ptr(),
            &raw mut signature,
            digest.as_ptr(),
            secret.as_ptr(),
            Some(next_nonce),
            std::ptr::from_mut(nonces).cast_const().cast::<c_void>(),
        )
    };
    assert_eq!(
        done, 1,
        "a private key is checked to be in range when it is made"
    );
    let (recovery, compact) = RecoverableSignature::from(signature).serialize_compact();
    let mut bytes = [0; 65];
    let (header, rest) = bytes.split_first_mut().expect("a signature has 65 bytes");
    *header = COMPACT_HEADER.wrapping_add(recovery.to_u8());
    rest.copy_from_slice(&compact);
    bytes
}

/// What libsecp256k1 calls for each nonce.
///
/// # Safety
///
/// `nonce` points to 32 writable bytes and `data` to a [`NonceStream`] that nobody else uses meanwhile.
unsafe extern "C" fn next_nonce(
    nonce: *mut u8,
    _digest: *const u8,
    _secret: *const u8,
    _algorithm: *const u8,
    data: *mut c_void,
    _attempt: u32,
) -> i32 {
    // SAFETY: the caller's promise; a byte array has no alignment to keep.
    let (nonces, nonce) = unsafe {
        (
            &mut *data.cast::<NonceStream>(),
            &mut *nonce.cast::<[u8; 32]>(),
        )
    };
    nonces.next(nonce);
    1
}

/// Returns the key that made `signature` over `digest`.
pub(crate) fn recover(signature: &[u8; 65], digest: &[u8; 32]) -> Result<[u8; 33], VerifyError> {
    let (&header, compact) = signature.split_first().expect("a signature has 65 bytes");
    if !(27..35).contains(&header) {
        return Err(VerifyError::Malformed);
    }
    let recovery = RecoveryId::from_u8_masked(header.wrapping_sub(27));
    RecoverableSignature::from_compact(compact, recovery)
        .and_then(|signature| signature.recover(Message::from_digest(*digest)))
        .map(|key| key.serialize())
        .map_err(|_| VerifyError::Malformed)
}

/// Checks that `signature` over `digest` was made by the private key of `point`.
pub(crate) fn verify(
    signature: &[u8; 65],
    digest: &[u8; 32],
    point: &[u8; 33],
) -> Result<(), VerifyError> {
    let point = parsed(point)?;
    let (_, compact) = signature.split_first().expect("a signature has 65 bytes");
    let mut signature = Signature::from_compact(compact).map_err(|_| VerifyError::Malformed)?;
    // libsecp256k1 takes a high S for wrong; it is right, only not canonical.
    signature.normalize_s();
    signature
        .verify(Message::from_digest(*digest), &point)
        .map_err(|_| VerifyError::Mismatch)
}

/// A point and the bytes that it was parsed from.
type Slot = Cell<Option<([u8; 33], PublicKey)>>;

thread_local! {
    /// The points that were parsed last, each where its last byte says.
    ///
    /// A compressed point has no y. Finding it costs a tenth of what verifying does, and signatures of one key often come in a row.
    static PARSED: [Slot; 16] = const { [const { Cell::new(None) }; 16] };
}

/// Returns the point of the bytes.
fn parsed(bytes: &[u8; 33]) -> Result<PublicKey, VerifyError> {
    let [.., last] = *bytes;
    PARSED.with(|slots| {
        let slot = slots
            .get(usize::from(last % 16))
            .expect("there are 16 slots");
        match slot.get() {
            Some((of, point)) if of == *bytes => Ok(point),
            _ => {
                let point = PublicKey::from_byte_array_compressed(*bytes)
                    .map_err(|_| VerifyError::NotOnCurve)?;
                slot.set(Some((*bytes, point)));
                Ok(point)
            }
        }
    })
}

/// The test of `fc::ecc::public_key::is_canonical`: neither r nor s has its top bit set, nor a leading zero byte that is not needed to
/// keep that bit clear.
pub(crate) fn is_canonical(signature: &[u8; 65]) -> bool {
    let (_, compact) = signature.split_first().expect("a signature has 65 bytes");
    compact
        .as_chunks::<32>()
        .0
        .iter()
        .all(|&[first, second, ..]| first < 0x80 && (first != 0 || second >= 0x80))
}

/// Writes the sum of a private key and a number, modulo the order of the group, to `sum`. There is none if the number is not below the
/// order, or if the sum is zero.
#[cfg(feature = "mnemonic")]
pub(crate) fn add(secret: &[u8; 32], number: &[u8; 32], sum: &mut [u8; 32]) -> Option<()> {
    // All of these are `Copy`, so nothing erases them on drop.
    let mut number = Scalar::from_be_bytes(*number).ok()?;
    let mut secret = SecretKey::from_secret_bytes(*secret)
        .expect("a private key is checked to be in range when it is made");
    let total = secret.add_tweak(&number);
    number.non_secure_erase();
    secret.non_secure_erase();
    let mut total = total.ok()?;
    sum.copy_from_slice(total.as_secret_bytes());
    total.non_secure_erase();
    Some(())
}

/// Tells whether the bytes are a point of the curve.
pub(crate) fn is_point(point: &[u8; 33]) -> bool {
    PublicKey::from_byte_array_compressed(*point).is_ok()
}

/// Returns the digest modulo the order of the group. It is below twice the order.
fn reduced(digest: &[u8; 32]) -> [u8; 32] {
    let mut difference = [0; 32];
    let mut borrow = false;
    for ((byte, digest), order) in difference.iter_mut().zip(digest).zip(&ORDER).rev() {
        let (once, first) = digest.overflowing_sub(*order);
        let (twice, second) = once.overflowing_sub(u8::from(borrow));
        *byte = twice;
        borrow = first | second;
    }
    if borrow { *digest } else { difference }
}

#[cfg(all(test, feature = "mnemonic"))]
mod tests {
    use super::*;

    fn small(number: u8) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[31] = number;
        bytes
    }

    /// Returns the order of the group less `number`, which is below 0x41.
    fn below_order(number: u8) -> [u8; 32] {
        let mut bytes = ORDER;
        bytes[31] = bytes[31].wrapping_sub(number);
        bytes
    }

    #[test]
    fn a_sum_is_taken_modulo_the_order() {
        let mut sum = [0; 32];
        for (secret, number, expected) in [
            (small(1), small(2), small(3)),
            (small(7), small(0), small(7)),
            (below_order(1), small(9), small(8)),
            (small(9), below_order(2), small(7)),
            (below_order(1), below_order(1), below_order(2)),
        ] {
            assert_eq!(add(&secret, &number, &mut sum), Some(()));
            assert_eq!(sum, expected);
        }
    }

    #[test]
    fn neither_zero_nor_a_number_from_the_order_on_makes_a_key() {
        let mut sum = [0; 32];
        for (secret, number) in [
            (small(5), below_order(5)),
            (small(5), ORDER),
            (small(5), [0xff; 32]),
        ] {
            assert_eq!(add(&secret, &number, &mut sum), None);
            assert_eq!(sum, [0; 32]);
        }
    }
}
