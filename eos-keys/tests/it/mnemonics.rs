use eos_keys::{
    KeyType,
    mnemonic::{DerivationPath, DeriveError, Mnemonic, MnemonicError, PathError, Seed, WordCount},
};
use proptest::prelude::*;

use crate::support::{hex_vec, lines, text};

const BIP39: &str = include_str!("../vectors/mnemonics/bip39.jsonl");
const BIP32: &str = include_str!("../vectors/mnemonics/bip32.jsonl");
const EOS: &str = include_str!("../vectors/mnemonics/eos.jsonl");

const PHRASE: &str = "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic";

/// Returns the private key in the text of an extended one: version, depth, parent, index, chain code, zero, key, checksum.
fn key_of_extended(text: &str) -> Vec<u8> {
    let bytes = bs58::decode(text).into_vec().unwrap();
    assert_eq!((bytes.len(), bytes[45]), (82, 0));
    bytes[46..78].to_vec()
}

fn parse(text: &str) -> Mnemonic {
    text.parse().unwrap()
}

fn error(text: &str) -> MnemonicError {
    text.parse::<Mnemonic>().unwrap_err()
}

#[test]
fn phrases_seeds_and_master_keys_are_those_of_bip_39() {
    let rows = lines(BIP39);
    assert_eq!(rows.len(), 24);
    for row in rows {
        let entropy = hex_vec(text(&row, "entropy"));
        let phrase = text(&row, "phrase");
        let mnemonic = Mnemonic::from_entropy(&entropy).unwrap();
        assert_eq!(mnemonic.expose_phrase().expose(), phrase);
        assert_eq!(
            mnemonic.word_count().words(),
            phrase.split_whitespace().count()
        );
        let mnemonic = parse(phrase);
        assert_eq!(mnemonic.expose_entropy(), entropy);
        let seed = mnemonic.to_seed(text(&row, "passphrase"));
        assert_eq!(seed.expose_bytes(), hex_vec(text(&row, "seed")));
        let master = seed.derive(&"m".parse().unwrap()).unwrap();
        assert_eq!(
            master.expose_bytes().as_slice(),
            key_of_extended(text(&row, "master"))
        );
    }
}

#[test]
fn derived_keys_are_those_of_bip_32() {
    let rows = lines(BIP32);
    assert_eq!(rows.len(), 17);
    for row in rows {
        let seed = Seed::from_bytes(&hex_vec(text(&row, "seed"))).unwrap();
        let path: DerivationPath = text(&row, "path").parse().unwrap();
        let key = seed.derive(&path).unwrap();
        assert_eq!(key.key_type(), KeyType::K1);
        assert_eq!(
            key.expose_bytes().as_slice(),
            key_of_extended(text(&row, "extended")),
            "{row}"
        );
    }
}

#[test]
fn eos_keys_are_those_of_other_wallets() {
    let rows = lines(EOS);
    assert_eq!(rows.len(), 12);
    for row in rows {
        let seed = parse(text(&row, "phrase")).to_seed(text(&row, "passphrase"));
        let key = seed.derive(&text(&row, "path").parse().unwrap()).unwrap();
        assert_eq!(key.public_key().to_string(), text(&row, "public"), "{row}");
        assert_eq!(key.expose_text().expose(), text(&row, "private"), "{row}");
    }
}

#[test]
fn a_phrase_is_read_as_people_type_it() {
    let expected = parse(PHRASE);
    for typed in [
        PHRASE.to_uppercase(),
        format!("  {PHRASE}\n"),
        PHRASE.replace(' ', "\r\n"),
        PHRASE.replace(' ', " \t \u{a0}\u{3000}"),
        PHRASE.replace("ozone", "Ozone"),
        PHRASE.replace("ozone", "ｏｚｏｎｅ"),
        PHRASE.replace("fiber", "ﬁber"),
    ] {
        let mnemonic = parse(&typed);
        assert_eq!(mnemonic.expose_entropy(), expected.expose_entropy());
        assert_eq!(mnemonic.expose_phrase().expose(), PHRASE);
    }
}

#[test]
fn an_unknown_word_is_named_by_its_position() {
    let unknown = |position, count| MnemonicError::UnknownWord { position, count };
    assert_eq!(error(&PHRASE.replace("ozone", "ozon")), unknown(1, 12));
    assert_eq!(error(&PHRASE.replace("picnic", "picnics")), unknown(12, 12));
    assert_eq!(error(&PHRASE.replace("grab", "gräb")), unknown(3, 12));
    assert_eq!(error(&PHRASE.replace("grab", "grab\0")), unknown(3, 12));
    assert_eq!(error(&PHRASE.replace("grab ", "grab")), unknown(3, 11));
    // The first of several; words that begin like known ones; long ones.
    assert_eq!(error(&PHRASE.replace("cr", "kr")), unknown(9, 12));
    assert_eq!(error(&"zzzzzzzzz ".repeat(30)), unknown(1, 30));
    assert_eq!(error(&"z".repeat(100_000)), unknown(1, 1));
}

#[test]
fn other_numbers_of_words_are_refused() {
    for count in (0..=40).filter(|count| ![12, 15, 18, 21, 24].contains(count)) {
        let words = "zoo ".repeat(count);
        assert_eq!(error(&words), MnemonicError::WrongCount { count });
    }
}

#[test]
fn each_bit_of_the_checksum_is_looked_at() {
    for (row, words) in lines(BIP39).iter().zip([12, 12, 12, 12, 18, 18]) {
        let phrase = text(row, "phrase");
        let (head, _) = phrase.rsplit_once(' ').unwrap();
        // Of the 2048 last words, one in 2^(words / 3) fits.
        let fitting = include_str!("../../src/mnemonic/english.txt")
            .lines()
            .filter(|last| match format!("{head} {last}").parse::<Mnemonic>() {
                Ok(_) => true,
                Err(error) => {
                    assert_eq!(error, MnemonicError::WrongChecksum);
                    false
                }
            })
            .count();
        assert_eq!(fitting, 2048 >> (words / 3));
    }
}

#[test]
fn two_words_that_changed_places_are_noticed() {
    let changed = PHRASE.replace("drill grab", "grab drill");
    assert_eq!(error(&changed), MnemonicError::WrongChecksum);
}

#[test]
fn entropy_of_another_length_is_refused() {
    for length in (0..=64).filter(|length| ![16, 20, 24, 28, 32].contains(length)) {
        let error = Mnemonic::from_entropy(&vec![7; length]).unwrap_err();
        assert_eq!(error, MnemonicError::EntropyLength { actual: length });
    }
}

#[test]
fn generated_phrases_are_distinct_and_read_back() {
    for count in [
        WordCount::Twelve,
        WordCount::Fifteen,
        WordCount::Eighteen,
        WordCount::TwentyOne,
        WordCount::TwentyFour,
    ] {
        let [one, other] = [(); 2].map(|()| Mnemonic::generate(count).unwrap());
        assert_ne!(one.expose_entropy(), other.expose_entropy());
        let phrase = one.expose_phrase();
        assert_eq!(phrase.expose().split(' ').count(), count.words());
        let again = parse(phrase.expose());
        assert_eq!(again.word_count(), count);
        assert_eq!(again.expose_entropy(), one.expose_entropy());
    }
}

#[test]
fn paths_are_read_and_printed() {
    for (text, printed) in [
        ("m", "m"),
        ("m/0", "m/0"),
        ("m/0'", "m/0'"),
        ("m/44h/194h/0h/0/0", "m/44'/194'/0'/0/0"),
        ("m/44'/194h/007'/1/2147483647", "m/44'/194'/7'/1/2147483647"),
    ] {
        let path: DerivationPath = text.parse().unwrap();
        assert_eq!(path.to_string(), printed);
        assert_eq!(format!("{path:?}"), format!("DerivationPath({printed})"));
        assert_eq!(printed.parse::<DerivationPath>().unwrap(), path);
    }
    assert_eq!(DerivationPath::default().to_string(), "m/44'/194'/0'/0/0");
    let path = DerivationPath::new(1, 2, 3).unwrap();
    assert_eq!(path.to_string(), "m/44'/194'/1'/2/3");
    let deepest = format!("m{}", "/1".repeat(255));
    assert_eq!(
        deepest.parse::<DerivationPath>().unwrap().to_string(),
        deepest
    );
}

#[test]
fn texts_that_are_no_path_say_where() {
    let parse = |text: &str| text.parse::<DerivationPath>().unwrap_err();
    for text in ["", "/", "0/1", "M/0", "44'/194'/0'/0/0", " m", "mm/0", "m0"] {
        assert_eq!(parse(text), PathError::NotFromMaster, "{text}");
    }
    for step in [
        "",
        "'",
        "h",
        "+1",
        "-1",
        " 1",
        "1 ",
        "0x1",
        "1''",
        "1'h",
        "1H",
        "１",
        "2147483648",
        "2147483648'",
        "4294967296",
        "99999999999999999999",
    ] {
        let invalid = |position| PathError::InvalidStep { position };
        assert_eq!(parse(&format!("m/{step}")), invalid(1), "{step}");
        assert_eq!(parse(&format!("m/0/{step}/0")), invalid(2), "{step}");
    }
    let too_deep = format!("m{}", "/1".repeat(256));
    assert_eq!(parse(&too_deep), PathError::TooDeep { count: 256 });
}

#[test]
fn accounts_changes_and_indices_end_below_2_to_the_31() {
    let most = (1 << 31) - 1;
    let path = DerivationPath::new(most, most, most).unwrap();
    assert_eq!(
        path.to_string(),
        "m/44'/194'/2147483647'/2147483647/2147483647"
    );
    for (position, [account, change, index]) in
        (3..).zip([[most + 1, 0, 0], [0, most + 1, 0], [0, 0, most + 1]])
    {
        let error = DerivationPath::new(account, change, index).unwrap_err();
        assert_eq!(error, PathError::InvalidStep { position });
    }
}

#[test]
fn seeds_have_16_to_64_bytes() {
    for length in 0..80 {
        match Seed::from_bytes(&vec![1; length]) {
            Ok(seed) => {
                assert!((16..=64).contains(&length));
                assert_eq!(seed.expose_bytes(), vec![1; length]);
            }
            Err(error) => {
                assert!(!(16..=64).contains(&length));
                assert_eq!(error, DeriveError::SeedLength { actual: length });
            }
        }
    }
}

#[test]
fn neither_debug_nor_errors_show_a_secret() {
    let mnemonic = parse(PHRASE);
    let seed = mnemonic.to_seed("hunter2");
    let unknown = PHRASE.replace("grab", "grabb");
    let shown = [
        format!("{mnemonic:?} {:?} {seed:?}", mnemonic.expose_phrase()),
        format!("{:?} {}", error(&unknown), error(&unknown)),
        format!("{:?}", error(&PHRASE.replace("grab", "zoo"))),
    ]
    .concat();
    for word in PHRASE.split(' ').chain(["hunter2", "zoo"]) {
        assert!(!shown.contains(word), "{shown}");
    }
    for secret in [mnemonic.expose_entropy(), seed.expose_bytes()] {
        let decimal = format!("{secret:?}");
        assert!(!shown.contains(&decimal[1..8]), "{shown}");
    }
}

proptest! {
    #[test]
    fn phrases_round_trip(entropy: [u8; 32], length in (4..=8usize).prop_map(|words| words * 4)) {
        let mnemonic = Mnemonic::from_entropy(&entropy[..length]).unwrap();
        let again = parse(mnemonic.expose_phrase().expose());
        prop_assert_eq!(again.expose_entropy(), &entropy[..length]);
    }

    #[test]
    fn garbage_is_no_phrase(text in "(\\PC{0,12} ?){0,30}") {
        prop_assert!(text.parse::<Mnemonic>().is_err());
    }

    #[test]
    fn what_is_read_as_a_path_is_printed_and_read_again(text in "m(/[0-9]{1,10}['h]?){0,6}") {
        if let Ok(path) = text.parse::<DerivationPath>() {
            let printed = path.to_string();
            prop_assert_eq!(printed.parse::<DerivationPath>().unwrap(), path);
        }
    }
}
