//! The binary form of an ABI.
#![no_main]

use eos_abi_fuzz::abis;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| abis::check_packed(bytes));
