//! OpenShift templates and their parameters.
#![no_main]

use baas_deploy_fuzz::templates;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| templates::check(text));
