//! What is encrypted in a keystore, encrypted here.
#![no_main]

use eos_keys_fuzz::wallets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: wallets::check_seals(),
    |content: &[u8]| wallets::check_keystore(&wallets::seal_keystore(content))
);
