use eos_keys::{
    Digest, KeyType, LocalSigner, ParseError, PrivateKey, PublicKey, SignError, Signature, Signer,
    VerifyError,
};
use proptest::prelude::*;

use crate::support::{hex, key_type, lines, private_key, text};

const SIGNATURES: &str = include_str!("../vectors/sigs.jsonl");

/// Digests of zero, one, and around the order of the curve.
const EDGES: &str = include_str!("../vectors/sigs_edge.jsonl");

fn webauthn_packed() -> Vec<u8> {
    let mut packed = vec![2, 31];
    packed.extend([0x11; 64]);
    packed.push(37);
    packed.extend([0x22; 37]);
    packed.push(2);
    packed.extend(b"{}");
    packed
}

#[test]
fn keosds_signatures_come_out_byte_for_byte() {
    let mut compared = 0;
    for row in lines(SIGNATURES).into_iter().chain(lines(EDGES)) {
        if key_type(&row) != KeyType::K1 {
            continue;
        }
        let digest: Digest = text(&row, "digest").parse().unwrap();
        let signature = private_key(&row).sign_digest(&digest);
        assert_eq!(signature.to_string(), text(&row, "signature"));
        if let Some(raw) = row["raw_hex"].as_str() {
            assert_eq!(signature.compact(), &hex::<65>(raw));
        }
        compared += 1;
    }
    assert_eq!(compared, 12 + 40);
}

#[test]
fn keosds_signatures_are_recovered_and_verified() {
    for row in lines(SIGNATURES).into_iter().chain(lines(EDGES)) {
        let digest: Digest = text(&row, "digest").parse().unwrap();
        let public: PublicKey = text(&row, "public").parse().unwrap();
        let signature: Signature = text(&row, "signature").parse().unwrap();
        assert_eq!(signature.key_type(), key_type(&row));
        assert_eq!(signature.to_string(), text(&row, "signature"));
        assert!(signature.is_canonical());
        assert_eq!(signature.recover(&digest).unwrap(), public);
        signature.verify(&digest, &public).unwrap();

        let other = Digest::of(b"another");
        assert_eq!(
            signature.verify(&other, &public),
            Err(VerifyError::Mismatch)
        );
        assert_ne!(signature.recover(&other).as_ref(), Ok(&public));
    }
}

#[test]
fn many_signatures_are_canonical_and_recover() {
    for generate in [PrivateKey::generate, PrivateKey::generate_r1] {
        let key = generate().unwrap();
        let public = key.public_key();
        for number in 0..200u32 {
            let digest = Digest::of(number.to_le_bytes());
            let signature = key.sign_digest(&digest);
            assert!(signature.is_canonical());
            assert_eq!(signature.recover(&digest).unwrap(), public);
            signature.verify(&digest, &public).unwrap();
            assert_eq!(key.sign_digest(&digest), signature);
        }
    }
}

#[test]
fn canonical_is_what_nodes_say() {
    let with = |at: usize, bytes: &[u8]| {
        let mut compact = [0x11; 65];
        compact[at..at + bytes.len()].copy_from_slice(bytes);
        Signature::from_k1_bytes(compact).is_canonical()
    };
    assert!(with(1, &[0x7f]));
    for at in [1, 33] {
        assert!(!with(at, &[0x80]), "top bit");
        assert!(!with(at, &[0, 0x7f]), "a zero byte too many");
        assert!(with(at, &[0, 0x80]), "a zero byte that is needed");
    }

    let half_order = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";
    let mut compact = [0x11; 65];
    compact[33..].copy_from_slice(&hex::<32>(half_order));
    assert!(Signature::from_r1_bytes(compact).is_canonical());
    compact[64] += 1;
    assert!(!Signature::from_r1_bytes(compact).is_canonical());
}

#[test]
fn the_other_s_verifies_and_recovers_but_is_not_canonical() {
    // s and order - s are both right for ECDSA; the recovery id then names the other point.
    for key_type in [KeyType::K1, KeyType::R1] {
        let order: [u8; 32] = hex(if key_type == KeyType::K1 {
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
        } else {
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
        });
        let key = PrivateKey::from_bytes(key_type, &[7; 32]).unwrap();
        let digest = Digest::of(b"high s");
        let mut compact = *key.sign_digest(&digest).compact();
        let mut borrow = 0;
        for (byte, order) in compact[33..].iter_mut().zip(order).rev() {
            let difference = i16::from(order) - i16::from(*byte) - borrow;
            borrow = i16::from(difference < 0);
            *byte = u8::try_from(difference.rem_euclid(256)).unwrap();
        }
        compact[0] = 31 + ((compact[0] - 31) ^ 1);
        let high = match key_type {
            KeyType::K1 => Signature::from_k1_bytes(compact),
            _ => Signature::from_r1_bytes(compact),
        };
        assert!(!high.is_canonical());
        high.verify(&digest, &key.public_key()).unwrap();
        assert_eq!(high.recover(&digest).unwrap(), key.public_key());
    }
}

#[test]
fn what_cannot_be_a_signature_is_malformed() {
    let digest = Digest::of(b"x");
    let key = PrivateKey::generate().unwrap().public_key();
    let null = Signature::from_k1_bytes([0; 65]);
    assert_eq!(null.to_string().parse::<Signature>().unwrap(), null);
    assert_eq!(null.recover(&digest), Err(VerifyError::Malformed));
    assert!(null.verify(&digest, &key).is_err());
    for header in [0, 26, 35, 255] {
        let mut compact = [0x11; 65];
        compact[0] = header;
        assert_eq!(
            Signature::from_k1_bytes(compact).recover(&digest),
            Err(VerifyError::Malformed)
        );
        assert_eq!(
            Signature::from_r1_bytes(compact).recover(&digest),
            Err(VerifyError::Malformed)
        );
    }
    let high = Signature::from_k1_bytes([0xff; 65]);
    assert_eq!(high.verify(&digest, &key), Err(VerifyError::Malformed));
}

#[test]
fn keys_off_the_curve_and_of_another_type_verify_nothing() {
    let digest = Digest::of(b"x");
    let k1 = PrivateKey::generate().unwrap();
    let r1 = PrivateKey::generate_r1().unwrap();
    let signature = k1.sign_digest(&digest);
    let null = PublicKey::from_k1_bytes([0; 33]);
    assert_eq!(
        signature.verify(&digest, &null),
        Err(VerifyError::NotOnCurve)
    );
    let mismatch = VerifyError::KeyTypeMismatch {
        signature: KeyType::K1,
        key: KeyType::R1,
    };
    assert_eq!(signature.verify(&digest, &r1.public_key()), Err(mismatch));
    let null = PublicKey::from_r1_bytes([0; 33]);
    assert_eq!(
        r1.sign_digest(&digest).verify(&digest, &null),
        Err(VerifyError::NotOnCurve)
    );
}

#[test]
fn keys_in_turn_are_not_taken_for_each_other() {
    // More than the points that a thread remembers.
    let digest = Digest::of(b"x");
    let keys: Vec<PrivateKey> = (1..=40)
        .map(|number| PrivateKey::from_bytes(KeyType::K1, &[number; 32]).unwrap())
        .collect();
    let signatures: Vec<Signature> = keys.iter().map(|key| key.sign_digest(&digest)).collect();
    for (signer, signature) in signatures.iter().enumerate() {
        for (at, key) in keys.iter().enumerate() {
            let expected = if at == signer {
                Ok(())
            } else {
                Err(VerifyError::Mismatch)
            };
            assert_eq!(signature.verify(&digest, &key.public_key()), expected);
            // The same slot, and no point: half of all numbers are the x of none.
            let mut point = *key.public_key().point();
            point[1] ^= 0xff;
            let other = PublicKey::from_k1_bytes(point);
            let expected = other.validate().err().unwrap_or(VerifyError::Mismatch);
            assert_eq!(signature.verify(&digest, &other), Err(expected));
        }
    }
}

#[test]
fn extra_bytes_in_a_text_are_refused() {
    // The same signature with a byte more under a checksum that fits.
    let mut bytes = [0x1f; 66].to_vec();
    let checksum = <ripemd::Ripemd160 as ripemd::Digest>::digest([&bytes[..], b"K1"].concat());
    bytes.extend(&checksum[..4]);
    let text = format!("SIG_K1_{}", bs58::encode(bytes).into_string());
    assert_eq!(
        text.parse::<Signature>(),
        Err(ParseError::WrongLength { expected: 65 })
    );
}

#[test]
fn webauthn_signatures_are_read_printed_and_packed() {
    let packed = webauthn_packed();
    let (signature, rest) = Signature::from_packed(&packed).unwrap();
    assert!(rest.is_empty());
    assert_eq!(signature.to_packed(), packed);
    let text = signature.to_string();
    assert!(text.starts_with("SIG_WA_"), "{text}");
    assert_eq!(text.parse::<Signature>().unwrap(), signature);
    assert!(signature.is_canonical());
}

#[test]
fn every_truncation_of_packed_bytes_is_an_error() {
    for packed in [
        Signature::from_r1_bytes([1; 65]).to_packed(),
        webauthn_packed(),
    ] {
        for length in 0..packed.len() {
            assert_eq!(
                Signature::from_packed(&packed[..length]),
                Err(ParseError::Truncated)
            );
        }
        let longer = [packed.as_slice(), &[7, 8]].concat();
        assert_eq!(Signature::from_packed(&longer).unwrap().1, [7, 8]);
    }
}

#[test]
fn json_is_the_text() {
    let webauthn = Signature::from_packed(&webauthn_packed()).unwrap().0;
    for signature in [
        Signature::from_k1_bytes([2; 65]),
        Signature::from_r1_bytes([2; 65]),
        webauthn,
    ] {
        let json = serde_json::to_string(&signature).unwrap();
        assert_eq!(json, format!("\"{signature}\""));
        assert_eq!(serde_json::from_str::<Signature>(&json).unwrap(), signature);
    }
    let digest = Digest::of(b"x");
    let json = serde_json::to_string(&digest).unwrap();
    assert_eq!(json, format!("\"{digest}\""));
    assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
}

#[test]
fn digests_are_64_hex_digits() {
    let digest = Digest::of(b"x");
    let text = digest.to_string();
    assert_eq!(text.parse::<Digest>().unwrap(), digest);
    assert_eq!(text.to_uppercase().parse::<Digest>().unwrap(), digest);
    let wrong_length = Err(ParseError::WrongLength { expected: 32 });
    for text in [&text[1..], &text[2..], "", &format!("{text}0")] {
        assert_eq!(text.parse::<Digest>(), wrong_length);
    }
    let bad = format!("{}g{}", &text[..5], &text[6..]);
    assert_eq!(
        bad.parse::<Digest>(),
        Err(ParseError::InvalidCharacter { offset: 5 })
    );
    assert_eq!(Digest::try_from(digest.as_ref()).unwrap(), digest);
    assert!(Digest::try_from(&[0; 31][..]).is_err());
}

#[test]
fn a_local_signer_signs_with_its_keys_only() {
    let key = PrivateKey::generate().unwrap();
    let public = key.public_key();
    let other = PrivateKey::generate().unwrap().public_key();
    let digest = Digest::of(b"x");
    let signer: Box<dyn Signer> = Box::new(LocalSigner::from_iter([key.clone(), key.clone()]));
    assert_eq!(
        ready(signer.public_keys()).unwrap(),
        std::slice::from_ref(&public)
    );
    assert_eq!(
        ready(signer.sign_digest(&public, &digest)).unwrap(),
        key.sign_digest(&digest)
    );
    let error = ready(signer.sign_digest(&other, &digest)).unwrap_err();
    assert!(matches!(&error, SignError::UnknownKey { key } if *key == other));
    assert!(!error.is_retryable());
}

/// Runs a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a local signer does not wait"),
    }
}

proptest! {
    #[test]
    fn any_bytes_survive_all_forms(r in any::<[u8; 32]>(), s in any::<[u8; 32]>(), header: u8) {
        let compact: [u8; 65] = [&[header][..], &r, &s].concat().try_into().unwrap();
        for signature in [Signature::from_k1_bytes(compact), Signature::from_r1_bytes(compact)] {
            prop_assert_eq!(&signature.to_string().parse::<Signature>().unwrap(), &signature);
            prop_assert_eq!(&Signature::from_packed(&signature.to_packed()).unwrap().0, &signature);
            let _ = signature.recover(&Digest::of(r));
        }
    }

    #[test]
    fn garbage_is_an_error(prefix in "(SIG_K1_|SIG_R1_|SIG_WA_|)", text in ".{0,110}") {
        prop_assert!([prefix, text].concat().parse::<Signature>().is_err());
    }
}
