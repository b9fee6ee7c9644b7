#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(
    unsafe_code,
    reason = "the safe calls of secp256k1 blind their context anew after each use, which doubles the cost; the floor is without"
)]
//! Signing, verifying, recovering and deriving, each beside libsecp256k1 itself in the same run.

use std::{hint::black_box, iter::Cycle, slice::Iter};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use eos_keys::{Digest, KeyType, PrivateKey, PublicKey, Signature};
use secp256k1::{
    All, Message, Secp256k1,
    ecdsa::{RecoverableSignature, RecoveryId},
    ffi::{self, recovery as ffi_recovery},
};

/// How many inputs an operation is given in turn: how long signing takes depends on the digest.
const INPUTS: u32 = 4096;

/// Gives one input after the other, for ever.
fn in_turn<T>(inputs: &[T]) -> Cycle<Iter<'_, T>> {
    inputs.iter().cycle()
}

fn digests() -> Vec<Digest> {
    (0..INPUTS)
        .map(|number| Digest::of(number.to_le_bytes()))
        .collect()
}

fn key() -> PrivateKey {
    PrivateKey::from_bytes(KeyType::K1, &[0x5a; 32]).unwrap()
}

fn keys() -> Vec<PrivateKey> {
    digests()
        .iter()
        .map(|digest| PrivateKey::from_bytes(KeyType::K1, digest.as_bytes()).unwrap())
        .collect()
}

/// A context as `eos-keys` has one: blinded once.
fn context() -> Secp256k1<All> {
    let mut context = Secp256k1::new();
    context.seeded_randomize(&[7; 32]);
    context
}

fn sign(criterion: &mut Criterion) {
    let digests = digests();
    let mut group = criterion.benchmark_group("sign");
    let (context, secret) = (context(), [0x5a; 32]);
    group.bench_function("raw", |bencher| {
        let mut digests = in_turn(&digests);
        bencher.iter(|| {
            let digest = digests.next().unwrap().as_bytes();
            let mut signature = ffi_recovery::RecoverableSignature::new();
            // SAFETY: the context is made for all operations; all buffers are as long as the call wants them.
            let done = unsafe {
                ffi_recovery::secp256k1_ecdsa_sign_recoverable(
                    context.ctx().as_ptr(),
                    &raw mut signature,
                    black_box(digest).as_ptr(),
                    secret.as_ptr(),
                    ffi::secp256k1_nonce_function_rfc6979,
                    std::ptr::null(),
                )
            };
            assert_eq!(done, 1);
            RecoverableSignature::from(signature).serialize_compact()
        });
    });
    group.bench_function("canonical", |bencher| {
        let key = key();
        let mut digests = in_turn(&digests);
        bencher.iter(|| key.sign_digest(black_box(digests.next().unwrap())));
    });
    group.finish();
}

fn recover(criterion: &mut Criterion) {
    let digests = digests();
    let key = key();
    let signed: Vec<(Digest, Signature)> = digests
        .iter()
        .map(|digest| (*digest, key.sign_digest(digest)))
        .collect();
    let mut group = criterion.benchmark_group("recover");
    group.bench_function("raw", |bencher| {
        let mut signed = in_turn(&signed);
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            let (header, compact) = signature.compact().split_first().unwrap();
            let recovery = RecoveryId::from_u8_masked(header - 31);
            RecoverableSignature::from_compact(compact, recovery)
                .and_then(|signature| signature.recover(Message::from_digest(*digest.as_bytes())))
                .unwrap()
                .serialize()
        });
    });
    group.bench_function("ours", |bencher| {
        let mut signed = in_turn(&signed);
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            signature.recover(digest).unwrap()
        });
    });
    group.finish();
}

fn verify(criterion: &mut Criterion) {
    let digests = digests();
    let key = key();
    let public = key.public_key();
    let of_one: Vec<(Digest, Signature)> = digests
        .iter()
        .map(|digest| (*digest, key.sign_digest(digest)))
        .collect();
    let of_many: Vec<(Digest, Signature, PublicKey)> = keys()
        .iter()
        .zip(&digests)
        .map(|(key, digest)| (*digest, key.sign_digest(digest), key.public_key()))
        .collect();
    let raw = |digest: &Digest, signature: &Signature, key: &secp256k1::PublicKey| {
        secp256k1::ecdsa::Signature::from_compact(&signature.compact()[1..])
            .and_then(|signature| signature.verify(Message::from_digest(*digest.as_bytes()), key))
            .unwrap();
    };
    let parse =
        |key: &PublicKey| secp256k1::PublicKey::from_byte_array_compressed(*key.point()).unwrap();

    let mut group = criterion.benchmark_group("verify");
    group.bench_function("raw, parsed key", |bencher| {
        let parsed = parse(&public);
        let mut signed = in_turn(&of_one);
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            raw(digest, signature, &parsed);
        });
    });
    group.bench_function("ours, one key", |bencher| {
        let mut signed = in_turn(&of_one);
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            signature.verify(digest, &public).unwrap();
        });
    });
    group.bench_function("raw, parse and verify", |bencher| {
        let mut signed = in_turn(&of_many);
        bencher.iter(|| {
            let (digest, signature, key) = black_box(signed.next().unwrap());
            raw(digest, signature, &parse(key));
        });
    });
    group.bench_function("ours, many keys", |bencher| {
        let mut signed = in_turn(&of_many);
        bencher.iter(|| {
            let (digest, signature, key) = black_box(signed.next().unwrap());
            signature.verify(digest, key).unwrap();
        });
    });
    group.finish();
}

fn public_key(criterion: &mut Criterion) {
    let keys = keys();
    let mut group = criterion.benchmark_group("public_key");
    let context = context();
    group.bench_function("raw", |bencher| {
        let mut keys = in_turn(&keys);
        bencher.iter(|| {
            let secret = black_box(keys.next().unwrap()).expose_bytes();
            // SAFETY: as above; the point is not looked at before the call has written it.
            let (done, point) = unsafe {
                let mut point = ffi::PublicKey::new();
                let context = context.ctx().as_ptr();
                let done =
                    ffi::secp256k1_ec_pubkey_create(context, &raw mut point, secret.as_ptr());
                (done, point)
            };
            assert_eq!(done, 1);
            secp256k1::PublicKey::from(point).serialize()
        });
    });
    group.bench_function("ours", |bencher| {
        let mut keys = in_turn(&keys);
        // A copy that was never asked for its public key, which it would remember.
        bencher.iter_batched_ref(
            || keys.next().unwrap().clone(),
            |key| key.public_key(),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, sign, recover, verify, public_key);
criterion_main!(benches);
