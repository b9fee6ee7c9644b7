//! A keystore file, from its first byte on.
#![no_main]

use eos_keys_fuzz::wallets;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|file: &[u8]| {
    // A file names the cost of its password. That it is bounded is tested elsewhere; here it must be small.
    if let Ok(json) = serde_json::from_slice::<Value>(file) {
        let field = |name: &str| json["kdf"][name].as_u64().unwrap_or_default();
        if field("memory_kib") > 64 || field("passes") > 2 {
            return;
        }
    }
    wallets::check_keystore(file);
});
