//! The JSON of a block.
#![no_main]

use eos_abi_fuzz::transactions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| transactions::check_block_text(text));
