//! What stands in a file of keosd after the hash of the password, encrypted here.
#![no_main]

use eos_keys_fuzz::wallets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: wallets::check_seals(),
    |content: &[u8]| wallets::check_keosd(&wallets::seal_keosd(content))
);
