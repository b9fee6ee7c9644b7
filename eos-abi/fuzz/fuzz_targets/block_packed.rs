//! A packed block.
#![no_main]

use eos_abi_fuzz::transactions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| transactions::check_block_packed(bytes));
