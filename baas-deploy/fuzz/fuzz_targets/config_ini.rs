//! A `config.ini` that somebody wrote, for the version that the first byte says.
#![no_main]

use baas_deploy_fuzz::config_inis;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| config_inis::check(input));
