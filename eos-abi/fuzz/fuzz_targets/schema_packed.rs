//! Packed bytes under an ABI.
#![no_main]

use eos_abi_fuzz::schemas;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| schemas::check_packed(input));
