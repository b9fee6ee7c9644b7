use eos_keys::{KeyType, ParseError, PublicKey, VerifyError};
use proptest::prelude::*;

use crate::support::{hex, hex_vec, lines, text};

const KEYS: &str = include_str!("../vectors/keys.jsonl");
const BAD: &str = include_str!("../vectors/keys_bad.jsonl");

/// Packed: the key type, a point, "verified", and a host name.
fn webauthn_packed() -> Vec<u8> {
    let mut packed = vec![2, 3];
    packed.extend([0x5a; 32]);
    packed.push(2);
    packed.push(9);
    packed.extend(b"localhost");
    packed
}

fn webauthn() -> PublicKey {
    PublicKey::from_packed(&webauthn_packed()).unwrap().0
}

#[test]
fn all_forms_agree_with_nodeos_and_keosd() {
    for row in lines(KEYS) {
        let printed = text(&row["checked_with_real_tool"], "nodeos_prints_public_as");
        let key: PublicKey = text(&row, "pub_new").parse().unwrap();
        assert_eq!(key.to_string(), printed);
        assert_eq!(printed.parse::<PublicKey>().unwrap(), key);
        assert_eq!(key.to_modern_string(), text(&row, "pub_new"));
        assert_eq!(key.point(), &hex::<33>(text(&row, "public_hex")));
        key.validate().unwrap();

        let packed = hex_vec(text(&row, "packed_public_key"));
        assert_eq!(key.to_packed(), packed);
        assert_eq!(
            PublicKey::from_packed(&packed).unwrap(),
            (key.clone(), &[][..])
        );

        if key.key_type() == KeyType::K1 {
            assert_eq!(key.to_legacy_string("EOS"), text(&row, "pub_legacy"));
            let legacy = key.to_legacy_string("FOO");
            assert!(legacy.starts_with("FOO"));
            assert_eq!(PublicKey::from_legacy_str(&legacy, "FOO").unwrap(), key);
            assert_eq!(legacy.parse::<PublicKey>(), Err(ParseError::UnknownPrefix));
        }
    }
}

#[test]
fn what_cleos_refuses_is_refused() {
    for row in lines(BAD) {
        let parsed = text(&row, "text").parse::<PublicKey>();
        if text(&row, "cleos") == "rejected" {
            assert!(parsed.is_err(), "{row}");
        } else {
            let key = parsed.unwrap();
            assert_eq!(key.to_packed(), hex_vec(text(&row, "cleos")));
            assert_eq!(key.validate(), Err(VerifyError::NotOnCurve));
        }
    }
}

#[test]
fn errors_say_where_and_what() {
    let good = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";
    let parse = |text: &str| text.parse::<PublicKey>().unwrap_err();
    assert_eq!(
        parse(&good.replace("uGY", "lGY")),
        ParseError::InvalidCharacter {
            offset: good.find("uGY").unwrap()
        }
    );
    assert_eq!(parse(&good[..52]), ParseError::WrongLength { expected: 33 });
    assert_eq!(
        parse(&format!("{good}11")),
        ParseError::WrongLength { expected: 33 }
    );
    assert_eq!(
        parse(&format!("EOS1{}", &good[3..])),
        ParseError::WrongLength { expected: 33 }
    );
    assert_eq!(parse(&good.replace("CV", "CW")), ParseError::WrongChecksum);
    assert_eq!(
        parse(&format!("PUB_K1_{}", &good[3..])),
        ParseError::WrongChecksum
    );
    assert_eq!(parse(&format!(" {good}")), ParseError::UnknownPrefix);
    assert_eq!(parse("PUB_K2_"), ParseError::UnknownPrefix);
    assert_eq!(parse("EOS"), ParseError::WrongLength { expected: 33 });
    assert_eq!(parse("PUB_WA_"), ParseError::Truncated);
    let long = format!("PUB_WA_{}", "2".repeat(1 << 20));
    assert_eq!(
        parse(&long),
        ParseError::TooLong {
            actual: 1 << 20,
            limit: 24 << 10
        }
    );
    assert_eq!(
        parse("PUB_K1_é"),
        ParseError::InvalidCharacter { offset: 7 }
    );
}

#[test]
fn the_null_key_is_read_and_printed() {
    let text = "EOS1111111111111111111111111111111114T1Anm";
    let key: PublicKey = text.parse().unwrap();
    assert_eq!(key, PublicKey::from_k1_bytes([0; 33]));
    assert_eq!(key.to_string(), text);
    assert_eq!(key.validate(), Err(VerifyError::NotOnCurve));
}

#[test]
fn webauthn_keys_are_read_printed_and_packed() {
    let key = webauthn();
    assert_eq!(key.key_type(), KeyType::WebAuthn);
    assert_eq!(key.to_packed(), webauthn_packed());
    let text = key.to_string();
    assert!(text.starts_with("PUB_WA_"), "{text}");
    assert_eq!(text.parse::<PublicKey>().unwrap(), key);
    assert_eq!(key.to_modern_string(), text);
}

#[test]
fn webauthn_keys_that_nodes_refuse_are_refused() {
    let mut packed = webauthn_packed();
    packed.truncate(35);
    packed.push(0);
    assert_eq!(
        PublicKey::from_packed(&packed),
        Err(ParseError::EmptyRelyingParty)
    );
    let mut packed = webauthn_packed();
    packed.splice(35..36, [0xff; 5]);
    assert_eq!(
        PublicKey::from_packed(&packed),
        Err(ParseError::InvalidLengthPrefix)
    );
}

#[test]
fn every_truncation_of_packed_bytes_is_an_error() {
    let k1 = PublicKey::from_k1_bytes([2; 33]).to_packed();
    for packed in [k1, webauthn_packed()] {
        for length in 0..packed.len() {
            assert_eq!(
                PublicKey::from_packed(&packed[..length]),
                Err(ParseError::Truncated)
            );
        }
        let longer = [packed.as_slice(), &[7, 8]].concat();
        assert_eq!(PublicKey::from_packed(&longer).unwrap().1, [7, 8]);
    }
    assert_eq!(
        PublicKey::from_packed(&[3; 40]),
        Err(ParseError::UnknownKeyType { index: 3 })
    );
}

#[test]
fn order_is_by_type_then_by_bytes() {
    let low = PublicKey::from_k1_bytes([2; 33]);
    let high = PublicKey::from_k1_bytes([0xc0; 33]);
    let r1 = PublicKey::from_r1_bytes([2; 33]);
    assert!(low < high && high < r1 && r1 < webauthn());
}

#[test]
fn json_is_the_text() {
    for key in [
        PublicKey::from_k1_bytes([2; 33]),
        PublicKey::from_r1_bytes([2; 33]),
        webauthn(),
    ] {
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json, format!("\"{key}\""));
        assert_eq!(serde_json::from_str::<PublicKey>(&json).unwrap(), key);
    }
    assert!(serde_json::from_str::<PublicKey>("[0,1]").is_err());
}

#[test]
fn published_keys_are_known() {
    for text in [
        "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV",
        "EOS6CYWY1q4AAsVV3rzcT1GGQmZcg7yDnA6jZx2KUjHvmZWPv8DQg",
        "EOS7FNpU6P3yhT7bkf3fs7aNUxb3yNbMXPbn4nsYgh3ZkEhtchEAH",
    ] {
        let key: PublicKey = text.parse().unwrap();
        assert!(key.is_published());
        assert!(!PublicKey::from_r1_bytes(*key.point()).is_published());
    }
    assert!(!PublicKey::from_k1_bytes([2; 33]).is_published());
}

proptest! {
    #[test]
    fn any_bytes_survive_all_forms(head in any::<[u8; 16]>(), tail in any::<[u8; 17]>()) {
        let point: [u8; 33] = [head.as_slice(), &tail].concat().try_into().unwrap();
        for key in [PublicKey::from_k1_bytes(point), PublicKey::from_r1_bytes(point)] {
            prop_assert_eq!(&key.to_string().parse::<PublicKey>().unwrap(), &key);
            prop_assert_eq!(&key.to_modern_string().parse::<PublicKey>().unwrap(), &key);
            prop_assert_eq!(&PublicKey::from_packed(&key.to_packed()).unwrap().0, &key);
        }
    }

    #[test]
    fn no_other_text_of_the_same_length_is_a_key(at in 3..53usize, with in "[0-9A-Za-z]") {
        let good = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";
        let mut text = good.to_owned();
        text.replace_range(at..=at, &with);
        prop_assert_eq!(text.parse::<PublicKey>().is_ok(), text == good);
    }

    #[test]
    fn garbage_is_an_error(prefix in "(EOS|PUB_K1_|PUB_R1_|PUB_WA_|)", text in ".{0,80}") {
        prop_assert!([prefix, text].concat().parse::<PublicKey>().is_err());
    }

    #[test]
    fn packed_garbage_does_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok((key, rest)) = PublicKey::from_packed(&bytes) {
            prop_assert!(bytes.ends_with(rest));
            prop_assert_eq!(PublicKey::from_packed(&key.to_packed()).unwrap().0, key);
        }
    }
}
