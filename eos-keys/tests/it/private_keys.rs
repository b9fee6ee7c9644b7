use eos_keys::{KeyType, ParseError, PrivateKey};
use proptest::prelude::*;

use crate::support::{hex, key_type, lines, private_key, text};

const KEYS: &str = include_str!("../vectors/keys.jsonl");

const K1_ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const R1_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

#[test]
fn all_forms_agree_with_keosd() {
    for row in lines(KEYS) {
        let key = private_key(&row);
        assert_eq!(key.key_type(), key_type(&row));
        assert_eq!(key.public_key().to_modern_string(), text(&row, "pub_new"));
        assert_eq!(key.expose_modern_text().expose(), text(&row, "pvt_new"));
        let listed = text(&row["checked_with_real_tool"], "keosd_lists_private_as");
        assert_eq!(key.expose_text().expose(), listed);
        for form in [text(&row, "pvt_new"), listed] {
            assert_eq!(
                form.parse::<PrivateKey>().unwrap().expose_bytes(),
                key.expose_bytes()
            );
        }
    }
}

#[test]
fn the_tutorials_keys_derive() {
    for (private, public) in [
        (
            "5Je4PsFWinBPXgWQasz7usbv8MLu5AbkcjU41JQr4Suhh34yKPu",
            "EOS7FNpU6P3yhT7bkf3fs7aNUxb3yNbMXPbn4nsYgh3ZkEhtchEAH",
        ),
        (
            "5Kgh744izqDCNyuRZcBu4nMjgJbBwWBdqQZuQi53qPB9L69Cj9X",
            "EOS6CYWY1q4AAsVV3rzcT1GGQmZcg7yDnA6jZx2KUjHvmZWPv8DQg",
        ),
        (
            "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3",
            "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV",
        ),
    ] {
        let key: PrivateKey = private.parse().unwrap();
        assert_eq!(key.public_key().to_string(), public);
        assert!(key.is_published());
    }
}

#[test]
fn a_wif_with_one_round_of_sha_256_is_read() {
    // The secret is 1; the checksum is the first four bytes of SHA-256(80 00…01).
    let data: Vec<u8> = [&[0x80][..], &[0; 31], &[1]].concat();
    let checksum = eos_keys::Digest::of(&data);
    let text = bs58::encode([data.as_slice(), &checksum.as_bytes()[..4]].concat()).into_string();
    let key: PrivateKey = text.parse().unwrap();
    let usual = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf";
    assert_ne!(text, usual);
    assert_eq!(key.expose_text().expose(), usual);
}

#[test]
fn a_wif_of_another_version_is_refused() {
    let data: Vec<u8> = [&[0x81][..], &[0; 31], &[1]].concat();
    let checksum = eos_keys::Digest::of(eos_keys::Digest::of(&data));
    let text = bs58::encode([data.as_slice(), &checksum.as_bytes()[..4]].concat()).into_string();
    assert_eq!(
        text.parse::<PrivateKey>().unwrap_err(),
        ParseError::WrongVersion
    );
}

#[test]
fn only_scalars_from_one_to_below_the_order_are_keys() {
    for (key_type, order) in [(KeyType::K1, K1_ORDER), (KeyType::R1, R1_ORDER)] {
        let order: [u8; 32] = hex(order);
        let mut below = order;
        below[31] -= 1;
        let mut above = order;
        above[31] += 1;
        let mut one = [0; 32];
        one[31] = 1;
        for good in [one, below] {
            let key = PrivateKey::from_bytes(key_type, &good).unwrap();
            key.public_key().validate().unwrap();
        }
        for bad in [[0; 32], order, above, [0xff; 32]] {
            let error = PrivateKey::from_bytes(key_type, &bad).unwrap_err();
            assert_eq!(error, ParseError::SecretOutOfRange);
        }
    }
    let error = PrivateKey::from_bytes(KeyType::WebAuthn, &[1; 32]).unwrap_err();
    assert_eq!(
        error,
        ParseError::NoPrivateKeys {
            key_type: KeyType::WebAuthn
        }
    );
}

#[test]
fn a_text_of_zero_is_refused() {
    let data: Vec<u8> = [&[0x80][..], &[0; 32]].concat();
    let checksum = eos_keys::Digest::of(eos_keys::Digest::of(&data));
    let text = bs58::encode([data.as_slice(), &checksum.as_bytes()[..4]].concat()).into_string();
    assert_eq!(
        text.parse::<PrivateKey>().unwrap_err(),
        ParseError::SecretOutOfRange
    );
}

#[test]
fn texts_that_are_no_key_say_why() {
    let wif = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let parse = |text: &str| text.parse::<PrivateKey>().unwrap_err();
    assert_eq!(parse(""), ParseError::WrongLength { expected: 33 });
    assert_eq!(parse(&wif[..40]), ParseError::WrongLength { expected: 33 });
    assert_eq!(parse(&wif.replace("D3", "D4")), ParseError::WrongChecksum);
    assert_eq!(
        parse(&wif.replace('K', "0")),
        ParseError::InvalidCharacter { offset: 1 }
    );
    assert_eq!(parse("PVT_WA_11"), ParseError::UnknownPrefix);
    assert_eq!(parse("PVT_K1_11"), ParseError::WrongLength { expected: 32 });
    // The same base58 under the other curve's prefix.
    let k1 = "PVT_K1_1111111111111111111111111111111D8bqLH";
    k1.parse::<PrivateKey>().unwrap();
    assert_eq!(parse(&k1.replace("K1", "R1")), ParseError::WrongChecksum);
}

#[test]
fn generated_keys_are_distinct_and_valid() {
    let keys: Vec<PrivateKey> = (0..32)
        .map(|at| {
            if at % 2 == 0 {
                PrivateKey::generate()
            } else {
                PrivateKey::generate_r1()
            }
        })
        .collect::<Result<_, _>>()
        .unwrap();
    let mut secrets: Vec<_> = keys.iter().map(|key| *key.expose_bytes()).collect();
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!(secrets.len(), keys.len());
    for key in &keys {
        key.public_key().validate().unwrap();
        assert!(!key.is_published());
    }
}

proptest! {
    #[test]
    fn texts_round_trip(secret in any::<[u8; 32]>()) {
        for key_type in [KeyType::K1, KeyType::R1] {
            let Ok(key) = PrivateKey::from_bytes(key_type, &secret) else { continue };
            for text in [key.expose_text(), key.expose_modern_text()] {
                let again: PrivateKey = text.expose().parse().unwrap();
                prop_assert_eq!(again.key_type(), key_type);
                prop_assert_eq!(again.expose_bytes(), &secret);
            }
        }
    }

    #[test]
    fn garbage_is_an_error(prefix in "(PVT_K1_|PVT_R1_|5|)", text in ".{0,60}") {
        prop_assert!([prefix, text].concat().parse::<PrivateKey>().is_err());
    }
}
