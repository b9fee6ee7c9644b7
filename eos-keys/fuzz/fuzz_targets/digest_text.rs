//! The text of a digest: what is read is printed as it was read, in small letters.
#![no_main]

use eos_keys::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.to_string(), text.to_ascii_lowercase());
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }
});
