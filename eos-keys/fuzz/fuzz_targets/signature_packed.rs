//! A packed signature, by `from_packed` and by serde.
#![no_main]

use eos_keys::Signature;
use eos_keys_fuzz::packed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| packed::check(bytes, Signature::from_packed, Signature::to_packed));
