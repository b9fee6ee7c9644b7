//! Wycheproof: signatures that are right or wrong in ways that implementations have misjudged.
//!
//! Ours are compact: 65 bytes, no DER. A vector in DER is therefore read strictly first, and what is not the DER of two positive numbers
//! of at most 32 bytes never becomes a signature; all such vectors must be invalid ones. So the flags mean for us:
//!
//! - `BerEncodedSignature`, `InvalidEncoding`, `MissingZero`, `InvalidTypesInSignature`, `SignatureSize`: about the encoding, most stop
//!   there. `ModifiedSignature`, `ModifiedInteger`, `IntegerOverflow`, `RangeCheck`: some stop there, the others must not verify.
//! - `ArithmeticError`, `EdgeCasePublicKey`, `EdgeCaseShamirMultiplication`, `GroupIsomorphism`, `InvalidSignature`, `ModularInverse`,
//!   `PointDuplication`, `SmallRandS`, `SpecialCaseHash`, `Untruncatedhash`, `ValidSignature`: `verify` must say what Wycheproof says.
//! - `SignatureMalleabilityBitcoin`, and one vector of `ArithmeticError` in Bitcoin's set: s is high. Such a signature is right for
//!   `verify`, as for ECDSA and for the sets that are not Bitcoin's. Of a canonical signature the chain asks that the top bit of s is
//!   clear, which is the same but for numbers between half the order and 2^255: the one vector of `ArithmeticError` has the first.
//!
//! Whoever is right for `verify` must also be found by `recover`, with one of the four recovery ids.

use eos_keys::{Digest, PublicKey, Signature};
use wycheproof::{
    TestResult,
    ecdsa::{TestName, TestSet},
};

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Verified.
    right: usize,
    /// Not verified.
    wrong: usize,
    /// Verified, but of no use to Bitcoin nor, since it is not canonical, to nodes.
    high_s: usize,
    /// Verified, and of use to nodes only.
    barely_high_s: usize,
    /// No compact signature can be made of it.
    unreadable: usize,
}

/// Half the order of secp256k1, rounded down.
const K1_HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// How the r and s of a vector are written.
#[derive(Clone, Copy)]
enum Form {
    Der,
    P1363,
}

type MakeKey = fn([u8; 33]) -> PublicKey;
type MakeSignature = fn([u8; 65]) -> Signature;

fn run(name: TestName, form: Form, key: MakeKey, signature: MakeSignature) -> Counts {
    let mut counts = Counts::default();
    for group in TestSet::load(name).unwrap().test_groups {
        let key = key(compressed(&group.key.key));
        key.validate().unwrap();
        for test in group.tests {
            let what = format!(
                "{name:?} {}: {}, {:?}",
                test.tc_id, test.comment, test.flags
            );
            assert_ne!(test.result, TestResult::Acceptable, "{what}");
            let is_valid = test.result == TestResult::Valid;
            let numbers = match form {
                Form::Der => r_and_s(&test.sig),
                Form::P1363 => test.sig.as_slice().try_into().ok(),
            };
            let Some(numbers) = numbers else {
                assert!(!is_valid, "{what}");
                counts.unreadable += 1;
                continue;
            };
            let with_header = |header: u8| {
                let compact = [&[header], &numbers[..]].concat();
                signature(compact.try_into().unwrap())
            };
            let digest = Digest::of(&test.msg);
            let is_right = with_header(31).verify(&digest, &key).is_ok();
            let is_recovered =
                (31..35).any(|header| with_header(header).recover(&digest).as_ref() == Ok(&key));
            assert_eq!(is_right, is_recovered, "{what}");
            let is_high = numbers[32..] > K1_HALF_ORDER[..];
            if name == TestName::EcdsaSecp256k1Sha256Bitcoin && is_right && is_high {
                assert!(!is_valid, "{what}");
                let is_canonical = with_header(31).is_canonical();
                assert_eq!(is_canonical, numbers[32] < 0x80, "{what}");
                counts.high_s += usize::from(!is_canonical);
                counts.barely_high_s += usize::from(is_canonical);
                continue;
            }
            assert_eq!(is_right, is_valid, "{what}");
            counts.right += usize::from(is_right);
            counts.wrong += usize::from(!is_right);
        }
    }
    counts
}

/// Returns the compressed form of an uncompressed point.
fn compressed(point: &[u8]) -> [u8; 33] {
    assert_eq!((point[0], point.len()), (4, 65));
    let parity = 2 + (point[64] & 1);
    [&[parity], &point[1..33]].concat().try_into().unwrap()
}

/// Reads DER strictly: `SEQUENCE { INTEGER r, INTEGER s }` with each length as short as can be, and nothing after it.
fn r_and_s(der: &[u8]) -> Option<[u8; 64]> {
    let (content, rest) = value(0x30, der)?;
    let (r, content) = value(0x02, content)?;
    let (s, content) = value(0x02, content)?;
    if !rest.is_empty() || !content.is_empty() {
        return None;
    }
    let mut numbers = [0; 64];
    for (number, digits) in numbers.chunks_mut(32).zip([r, s]) {
        let is_negative = *digits.first()? >= 0x80;
        let is_padded = digits.len() > 1 && digits[0] == 0 && digits[1] < 0x80;
        if is_negative || is_padded {
            return None;
        }
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        let start = 32usize.checked_sub(digits.len())?;
        number[start..].copy_from_slice(digits);
    }
    Some(numbers)
}

fn value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let is_short = found == tag && length < 0x80;
    is_short.then(|| rest.split_at_checked(usize::from(length)))?
}

#[test]
fn k1_agrees() {
    let run = |name, form| {
        let (key, signature) = (PublicKey::from_k1_bytes, Signature::from_k1_bytes);
        run(name, form, key, signature)
    };
    let mut expected = Counts {
        right: 168,
        wrong: 74,
        unreadable: 234,
        ..Counts::default()
    };
    assert_eq!(run(TestName::EcdsaSecp256k1Sha256, Form::Der), expected);
    expected = Counts {
        right: 162,
        wrong: 67,
        high_s: 1,
        barely_high_s: 1,
        unreadable: 232,
    };
    let name = TestName::EcdsaSecp256k1Sha256Bitcoin;
    assert_eq!(run(name, Form::Der), expected);
    expected = Counts {
        right: 167,
        wrong: 67,
        unreadable: 18,
        ..Counts::default()
    };
    let name = TestName::EcdsaSecp256k1Sha256P1363;
    assert_eq!(run(name, Form::P1363), expected);
}

#[test]
fn r1_agrees() {
    let run = |name, form| {
        let (key, signature) = (PublicKey::from_r1_bytes, Signature::from_r1_bytes);
        run(name, form, key, signature)
    };
    let mut expected = Counts {
        right: 174,
        wrong: 75,
        unreadable: 235,
        ..Counts::default()
    };
    assert_eq!(run(TestName::EcdsaSecp256r1Sha256, Form::Der), expected);
    expected = Counts {
        right: 173,
        wrong: 68,
        unreadable: 21,
        ..Counts::default()
    };
    let name = TestName::EcdsaSecp256r1Sha256P1363;
    assert_eq!(run(name, Form::P1363), expected);
}
