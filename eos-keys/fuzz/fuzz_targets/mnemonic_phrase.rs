//! A mnemonic phrase: what is read is printed in small letters with one space between the words. Seeds are not made: that is slow on purpose.
#![no_main]

use eos_keys::mnemonic::Mnemonic;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(mnemonic) = text.parse::<Mnemonic>()
    {
        check(&mnemonic);
        if text.is_ascii() {
            let words: Vec<_> = text.split_whitespace().collect();
            let expected = words.join(" ").to_ascii_lowercase();
            assert_eq!(mnemonic.expose_phrase().expose(), expected);
        }
    }
    // Checksums are hard to guess, so bytes are entropy, too.
    if let Ok(mnemonic) = Mnemonic::from_entropy(bytes) {
        assert_eq!(mnemonic.expose_entropy(), bytes);
        check(&mnemonic);
    }
});

fn check(mnemonic: &Mnemonic) {
    let phrase = mnemonic.expose_phrase();
    let again: Mnemonic = phrase.expose().parse().expect("what is printed is read");
    assert_eq!(again.expose_entropy(), mnemonic.expose_entropy());
    assert_eq!(again.expose_phrase().expose(), phrase.expose());
    assert_eq!(again.word_count(), mnemonic.word_count());
}
