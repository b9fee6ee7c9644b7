//! A packed public key, by `from_packed` and by serde.
#![no_main]

use eos_keys::PublicKey;
use eos_keys_fuzz::packed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| packed::check(bytes, PublicKey::from_packed, PublicKey::to_packed));
