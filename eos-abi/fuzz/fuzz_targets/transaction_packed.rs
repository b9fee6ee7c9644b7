//! A packed transaction, compressed and not.
#![no_main]

use eos_abi_fuzz::transactions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| transactions::check_transaction_packed(bytes));
