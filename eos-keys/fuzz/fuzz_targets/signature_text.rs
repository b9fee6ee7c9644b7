//! The text of a signature: what is read is printed as it was read.
#![no_main]

use eos_keys::{Digest, KeyType, Signature};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(signature) = text.parse::<Signature>() else {
        return;
    };
    let printed = signature.to_string();
    assert_eq!(printed.parse(), Ok(signature.clone()));
    // A WebAuthn signature has length prefixes in it, which may be longer than they need be.
    assert!(signature.key_type() == KeyType::WebAuthn || printed == text);
    // Whatever key it leads to must have made it.
    let digest = Digest::of(b"fuzz");
    if let Ok(key) = signature.recover(&digest) {
        assert_eq!(signature.verify(&digest, &key), Ok(()));
    }
});
