//! The JSON of an ABI.
#![no_main]

use eos_abi_fuzz::abis;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| abis::check_text(text));
