#![expect(
    unsafe_code,
    reason = "the safe calls of secp256k1 blind their context anew after each use, which doubles the cost; the floor is without"
)]
//! libsecp256k1 itself, with a context of its own that is blinded once, as that of `eos-keys` is.

use eos_keys::{Digest, Signature};
use secp256k1::{
    All, Message, PublicKey, Secp256k1, ecdsa,
    ecdsa::{RecoverableSignature, RecoveryId},
    ffi::{self, recovery as ffi_recovery},
};

pub(crate) struct Raw(Secp256k1<All>);

impl Raw {
    pub(crate) fn new() -> Self {
        let mut context = Secp256k1::new();
        context.seeded_randomize(&[7; 32]);
        Self(context)
    }

    /// Signs once, canonical or not.
    pub(crate) fn sign(&self, secret: &[u8; 32], digest: &Digest) -> (RecoveryId, [u8; 64]) {
        let mut signature = ffi_recovery::RecoverableSignature::new();
        // SAFETY: the context is made for all operations; all buffers are as long as the call wants them.
        let done = unsafe {
            ffi_recovery::secp256k1_ecdsa_sign_recoverable(
                self.0.ctx().as_ptr(),
                &raw mut signature,
                digest.as_bytes().as_ptr(),
                secret.as_ptr(),
                ffi::secp256k1_nonce_function_rfc6979,
                std::ptr::null(),
            )
        };
        assert_eq!(done, 1);
        RecoverableSignature::from(signature).serialize_compact()
    }

    pub(crate) fn public_key(&self, secret: &[u8; 32]) -> [u8; 33] {
        // SAFETY: as above; the point is not looked at before the call has written it.
        let (done, point) = unsafe {
            let mut point = ffi::PublicKey::new();
            let context = self.0.ctx().as_ptr();
            let done = ffi::secp256k1_ec_pubkey_create(context, &raw mut point, secret.as_ptr());
            (done, point)
        };
        assert_eq!(done, 1);
        PublicKey::from(point).serialize()
    }
}

pub(crate) fn recover(signature: &Signature, digest: &Digest) -> [u8; 33] {
    let (header, compact) = signature.compact().split_first().unwrap();
    let recovery = RecoveryId::from_u8_masked(header - 31);
    RecoverableSignature::from_compact(compact, recovery)
        .and_then(|signature| signature.recover(message(digest)))
        .unwrap()
        .serialize()
}

pub(crate) fn parse(key: &eos_keys::PublicKey) -> PublicKey {
    PublicKey::from_byte_array_compressed(*key.point()).unwrap()
}

pub(crate) fn verify(signature: &Signature, digest: &Digest, key: &PublicKey) {
    ecdsa::Signature::from_compact(&signature.compact()[1..])
        .and_then(|signature| signature.verify(message(digest), key))
        .unwrap();
}

fn message(digest: &Digest) -> Message {
    Message::from_digest(*digest.as_bytes())
}
