//! A derivation path: what is read is printed with `'` and without leading zeros, and leads to a key.
#![no_main]

use eos_keys::mnemonic::{DerivationPath, Seed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(path) = text.parse::<DerivationPath>() else {
        return;
    };
    let printed = path.to_string();
    assert_eq!(printed.parse(), Ok(path.clone()));
    assert!(!printed.contains('h'));
    assert!(printed.len() <= text.len());
    for step in printed.split('/').skip(1) {
        assert!(step.trim_end_matches('\'') == "0" || !step.starts_with('0'));
    }
    // Each step costs a multiplication on the curve.
    if printed.matches('/').count() <= 4 {
        let seed = Seed::from_bytes(&[7; 16]).expect("16 bytes are a seed");
        seed.derive(&path).expect("one path in 2^127 has no key");
    }
});
