//! The JSON of a transaction, packed and not.
#![no_main]

use eos_abi_fuzz::transactions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| transactions::check_transaction_text(text));
