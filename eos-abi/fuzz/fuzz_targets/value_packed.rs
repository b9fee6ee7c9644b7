//! Packed values of the types that every ABI has.
#![no_main]

use eos_abi_fuzz::typed::{self, Form};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| typed::check(Form::Packed, input));
