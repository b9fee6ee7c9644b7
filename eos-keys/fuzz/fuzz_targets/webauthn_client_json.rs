//! What a browser says that it asked a token to sign.
#![no_main]

use eos_keys_fuzz::webauthn::{CLIENT_JSON, check_client_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: assert!(check_client_json(CLIENT_JSON)),
    |json: &str| {
        // A text of a WebAuthn signature is read up to a length.
        if json.len() < 2048 {
            check_client_json(json);
        }
    }
);
