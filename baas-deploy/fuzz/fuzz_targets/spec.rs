//! A network spec, as YAML and as JSON.
#![no_main]

use baas_deploy_fuzz::specs;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| specs::check(text));
