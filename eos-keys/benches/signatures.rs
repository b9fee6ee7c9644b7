#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]
//! Signing, verifying, recovering and deriving, each beside libsecp256k1 itself.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use eos_keys::{Digest, KeyType, PrivateKey, PublicKey, Signature};

mod raw;

/// How many inputs an operation is given in turn: how long signing takes depends on the digest.
const INPUTS: u32 = 4096;

const SECRET: [u8; 32] = [0x5a; 32];

fn key(secret: &[u8; 32]) -> PrivateKey {
    PrivateKey::from_bytes(KeyType::K1, secret).unwrap()
}

fn digests() -> Vec<Digest> {
    (0..INPUTS)
        .map(|number| Digest::of(number.to_le_bytes()))
        .collect()
}

/// Signatures of one key.
fn signed() -> Vec<(Digest, Signature)> {
    let key = key(&SECRET);
    let sign = |digest| (digest, key.sign_digest(&digest));
    digests().into_iter().map(sign).collect()
}

/// Signatures, each of a key of its own.
fn signed_by_many() -> Vec<(Digest, Signature, PublicKey)> {
    let sign = |digest: Digest| {
        let key = key(digest.as_bytes());
        (digest, key.sign_digest(&digest), key.public_key())
    };
    digests().into_iter().map(sign).collect()
}

fn sign(criterion: &mut Criterion) {
    let digests = digests();
    let mut group = criterion.benchmark_group("sign");
    group.bench_function("raw", |bencher| {
        let raw = raw::Raw::new();
        let mut digests = digests.iter().cycle();
        bencher.iter(|| raw.sign(&SECRET, black_box(digests.next().unwrap())));
    });
    group.bench_function("canonical", |bencher| {
        let key = key(&SECRET);
        let mut digests = digests.iter().cycle();
        bencher.iter(|| key.sign_digest(black_box(digests.next().unwrap())));
    });
    group.finish();
}

fn recover(criterion: &mut Criterion) {
    let signed = signed();
    let mut group = criterion.benchmark_group("recover");
    group.bench_function("raw", |bencher| {
        let mut signed = signed.iter().cycle();
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            raw::recover(signature, digest)
        });
    });
    group.bench_function("ours", |bencher| {
        let mut signed = signed.iter().cycle();
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            signature.recover(digest).unwrap()
        });
    });
    group.finish();
}

fn verify(criterion: &mut Criterion) {
    let public = key(&SECRET).public_key();
    let (signed, signed_by_many) = (signed(), signed_by_many());
    let mut group = criterion.benchmark_group("verify");
    group.bench_function("raw, parsed key", |bencher| {
        let parsed = raw::parse(&public);
        let mut signed = signed.iter().cycle();
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            raw::verify(signature, digest, &parsed);
        });
    });
    group.bench_function("ours, one key", |bencher| {
        let mut signed = signed.iter().cycle();
        bencher.iter(|| {
            let (digest, signature) = black_box(signed.next().unwrap());
            signature.verify(digest, &public).unwrap();
        });
    });
    group.bench_function("raw, parse and verify", |bencher| {
        let mut signed = signed_by_many.iter().cycle();
        bencher.iter(|| {
            let (digest, signature, key) = black_box(signed.next().unwrap());
            raw::verify(signature, digest, &raw::parse(key));
        });
    });
    group.bench_function("ours, many keys", |bencher| {
        let mut signed = signed_by_many.iter().cycle();
        bencher.iter(|| {
            let (digest, signature, key) = black_box(signed.next().unwrap());
            signature.verify(digest, key).unwrap();
        });
    });
    group.finish();
}

fn public_key(criterion: &mut Criterion) {
    let keys: Vec<PrivateKey> = digests()
        .iter()
        .map(|digest| key(digest.as_bytes()))
        .collect();
    let mut group = criterion.benchmark_group("public_key");
    group.bench_function("raw", |bencher| {
        let raw = raw::Raw::new();
        let mut keys = keys.iter().cycle();
        bencher.iter(|| raw.public_key(black_box(keys.next().unwrap()).expose_bytes()));
    });
    group.bench_function("ours", |bencher| {
        let mut keys = keys.iter().cycle();
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
