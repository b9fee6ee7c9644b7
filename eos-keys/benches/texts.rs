#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]
//! Keys and signatures as text.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use eos_keys::{Digest, KeyType, PrivateKey, PublicKey, SecretText, Signature};

/// How many inputs an operation is given in turn.
const INPUTS: u32 = 1024;

fn keys() -> impl Iterator<Item = PrivateKey> {
    (0..INPUTS).map(|number| {
        let secret = Digest::of(number.to_le_bytes());
        PrivateKey::from_bytes(KeyType::K1, secret.as_bytes()).unwrap()
    })
}

/// Measures `operation` over all of `inputs` in turn.
fn bench<T, R>(
    criterion: &mut Criterion,
    name: &str,
    inputs: impl Iterator<Item = T>,
    operation: impl Fn(&T) -> R,
) {
    let inputs: Vec<T> = inputs.collect();
    criterion.bench_function(name, |bencher| {
        let mut inputs = inputs.iter().cycle();
        bencher.iter(|| operation(black_box(inputs.next().unwrap())));
    });
}

fn public_key(criterion: &mut Criterion) {
    let publics = || keys().map(|key| key.public_key());
    let texts = || publics().map(|key| key.to_string());
    bench(criterion, "public_key/parse", texts(), |text| {
        text.parse::<PublicKey>().unwrap()
    });
    bench(
        criterion,
        "public_key/print",
        publics(),
        ToString::to_string,
    );
}

fn signature(criterion: &mut Criterion) {
    let signatures = || keys().map(|key| key.sign_digest(&Digest::of(b"x")));
    let texts = || signatures().map(|signature| signature.to_string());
    bench(criterion, "signature/parse", texts(), |text| {
        text.parse::<Signature>().unwrap()
    });
    bench(
        criterion,
        "signature/print",
        signatures(),
        ToString::to_string,
    );
}

fn private_key(criterion: &mut Criterion) {
    let texts = || keys().map(|key| key.expose_text());
    bench(criterion, "wif/parse", texts(), |text: &SecretText| {
        text.expose().parse::<PrivateKey>().unwrap()
    });
    bench(criterion, "wif/print", keys(), PrivateKey::expose_text);
}

criterion_group!(benches, public_key, signature, private_key);
criterion_main!(benches);
