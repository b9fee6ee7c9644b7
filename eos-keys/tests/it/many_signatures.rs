//! Signing in bulk. `cargo bench -p eos-keys --bench million` does the same with a million.

use std::thread;

use eos_keys::{Digest, PrivateKey};

/// Signs so many digests, on two threads, and asserts that every signature is canonical and gives the key back.
pub(crate) fn sign_and_recover(count: u64) {
    let key = PrivateKey::generate().unwrap();
    let public = key.public_key();
    let work = |numbers: std::ops::Range<u64>| {
        for number in numbers {
            let digest = Digest::of(number.to_le_bytes());
            let signature = key.sign_digest(&digest);
            assert!(signature.is_canonical(), "{signature} over {digest}");
            let recovered = signature.recover(&digest);
            assert_eq!(recovered.as_ref(), Ok(&public), "{signature} over {digest}");
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| work(0..count / 2));
        work(count / 2..count);
    });
}

#[test]
fn a_hundred_thousand_signatures_are_canonical_and_recover() {
    sign_and_recover(100_000);
}
