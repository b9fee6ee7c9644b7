//! The text of a private key: what is read can be printed in two forms, and is the same key when they are read.
#![no_main]

use eos_keys::PrivateKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(key) = text.parse::<PrivateKey>() else {
        return;
    };
    let forms = [key.expose_text(), key.expose_modern_text()];
    for form in &forms {
        let again: PrivateKey = form.expose().parse().expect("what is printed is read");
        assert_eq!(again.key_type(), key.key_type());
        assert_eq!(again.expose_bytes(), key.expose_bytes());
        assert_eq!(again.expose_text().expose(), forms[0].expose());
    }
    // WIF has two checksums, so there is a text of the same length that is not printed.
    assert!(text.starts_with('5') || forms.iter().any(|form| form.expose() == text));
    key.public_key().validate().expect("a point of the curve");
});
