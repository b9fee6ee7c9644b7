//! The text of a public key: what is read is printed as it was read, in the legacy or the modern form.
#![no_main]

use eos_keys::{KeyType, PublicKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = text.parse::<PublicKey>() {
        let forms = [key.to_string(), key.to_modern_string()];
        for form in &forms {
            assert_eq!(form.parse(), Ok(key.clone()));
        }
        // A WebAuthn key has a length prefix in it, which may be longer than it need be.
        assert!(key.key_type() == KeyType::WebAuthn || forms.contains(&text.to_owned()));
        let _ = key.validate();
    }
    // The prefix of another chain.
    if let Some(prefix) = text.get(..3)
        && let Ok(key) = PublicKey::from_legacy_str(text, prefix)
    {
        assert_eq!(key.to_legacy_string(prefix), text);
    }
});
