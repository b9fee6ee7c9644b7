//! A file of keosd, from its first byte on.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| eos_keys_fuzz::wallets::check_keosd(file));
