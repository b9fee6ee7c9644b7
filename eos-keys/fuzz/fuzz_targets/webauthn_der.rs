//! The DER of r and s that a browser gives.
#![no_main]

use eos_keys_fuzz::webauthn::{ASSERTION, check_der, der};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: assert!(check_der(&der(&ASSERTION.1))),
    |bytes: &[u8]| {
        check_der(bytes);
    }
);
