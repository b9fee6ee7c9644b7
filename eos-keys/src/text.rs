//! Base58 and the checksums of key texts.
//!
//! The chain's texts have few lengths: 36 bytes (`PVT_…`), 37 (WIF and public keys) and 69 (signatures). For those, the number is
//! handled in words of 32 and 64 bits instead of byte by byte, which is what makes it several times as fast as a general codec. WebAuthn
//! values have a length of their own; they are handled in the same words, in memory that is allocated.

use ripemd::Ripemd160;
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::ParseError;

/// The longest WebAuthn text that is read. A real one is 400 to 600 characters long, but nodes take signatures of about 16,460 bytes
/// (`maximum_variable_signature_length` of `controller.hpp` is 16,384), which are 22,500 characters. Base58 is quadratic, so there must be
/// a limit; reading as much takes 2.5 ms.
const MAX_TEXT: usize = 24 << 10;

/// The longest value of a fixed length, in bytes.
const MAX_BYTES: usize = 72;

/// Room for [`MAX_BYTES`] in base58: twenty groups of five digits.
const MAX_DIGITS: usize = 100;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

const INVALID: u8 = 0xff;

/// The value of each character, or [`INVALID`].
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "evaluated by the compiler, which would refuse a wrong index; 58 fits a byte"
)]
const DIGITS: [u8; 256] = {
    let mut digits = [INVALID; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        digits[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

/// 58^5, the largest power of 58 below 2^32.
const GROUP_OF_5: u32 = 58u32.pow(5);

/// 58^10, the largest power of 58 below 2^64.
const GROUP_OF_10: u64 = 58u64.pow(10);

/// Returns the first four bytes of RIPEMD-160 over `data` and `suffix`, as keys and signatures carry them.
pub(crate) fn ripemd_checksum(data: &[u8], suffix: &str) -> [u8; 4] {
    // A hasher holds what it was given. It erases itself, but not the places it was moved from, so it stays where it is.
    let mut hasher = Ripemd160::new();
    hasher.update(data);
    hasher.update(suffix);
    first_four(&hasher.finalize_reset())
}

/// Returns the WIF checksums of `data`: after SHA-256 once, and after SHA-256 twice.
pub(crate) fn wif_checksums(data: &[u8]) -> ([u8; 4], [u8; 4]) {
    let mut hasher = Sha256::new();
    hasher.update(data);
    let once = hasher.finalize_reset();
    hasher.update(once);
    (first_four(&once), first_four(&hasher.finalize_reset()))
}

fn first_four(hash: &[u8]) -> [u8; 4] {
    *hash
        .first_chunk()
        .expect("a hash is longer than four bytes")
}

/// Appends `data` and its RIPEMD-160 checksum to `out`, in base58. `N` is the length of `data` plus four.
pub(crate) fn push_checked<const N: usize>(out: &mut String, data: &[u8], suffix: &str) {
    let mut bytes = Zeroizing::new([0; N]);
    let (head, tail) = bytes
        .split_last_chunk_mut::<4>()
        .expect("N counts the checksum");
    head.copy_from_slice(data);
    *tail = ripemd_checksum(data, suffix);
    push_base58(out, bytes.as_slice());
}

/// Fills `data` from the base58 `text` of its bytes and their RIPEMD-160 checksum; `N` is `D` plus four. `offset` is where `text`
/// begins in what the caller was given.
///
/// It fills and does not return, here and in [`decode`], because what is returned may be copied on the way, and could be a secret.
pub(crate) fn parse_checked<const N: usize, const D: usize>(
    text: &str,
    offset: usize,
    suffix: &str,
    data: &mut [u8; D],
) -> Result<(), ParseError> {
    let mut bytes = Zeroizing::new([0; N]);
    decode(text, offset, &mut bytes).map_err(|error| with_expected_length(error, D))?;
    let (head, tail) = bytes
        .split_last_chunk::<4>()
        .expect("N counts the checksum");
    if *tail != ripemd_checksum(head, suffix) {
        return Err(ParseError::WrongChecksum);
    }
    data.copy_from_slice(head);
    Ok(())
}

/// Reads base58 text of any length with its RIPEMD-160 checksum: WebAuthn keys and signatures.
pub(crate) fn parse_checked_any(
    text: &str,
    offset: usize,
    suffix: &str,
) -> Result<Vec<u8>, ParseError> {
    if text.len() > MAX_TEXT {
        return Err(ParseError::TooLong {
            actual: text.len(),
            limit: MAX_TEXT,
        });
    }
    let mut words = vec![0; text.len().div_ceil(10)];
    fill_words(text, offset, &mut words)?;
    let significant = words.iter().rev().flat_map(|word| word.to_be_bytes());
    let mut bytes = vec![0; leading_ones(text)];
    bytes.extend(significant.skip_while(|byte| *byte == 0));
    let (head, tail) = bytes.split_last_chunk::<4>().ok_or(ParseError::Truncated)?;
    if *tail != ripemd_checksum(head, suffix) {
        return Err(ParseError::WrongChecksum);
    }
    bytes.truncate(head.len());
    Ok(bytes)
}

/// Appends bytes of any length with their RIPEMD-160 checksum to `out`.
pub(crate) fn push_checked_any(out: &mut String, data: &[u8], suffix: &str) {
    let mut bytes = data.to_vec();
    bytes.extend(ripemd_checksum(data, suffix));
    // A digit is worth more than five bits.
    let count = bytes.len().saturating_mul(8).div_ceil(25);
    let mut groups = vec![0; count];
    fill_groups(&bytes, &mut groups);
    push_digits(out, &bytes, &groups, &mut vec![0; count.saturating_mul(5)]);
}

/// Appends `bytes`, at most [`MAX_BYTES`], to `out`.
pub(crate) fn push_base58(out: &mut String, bytes: &[u8]) {
    debug_assert!(bytes.len() <= MAX_BYTES, "there is no room for more");
    let mut groups = Zeroizing::new([0; MAX_DIGITS / 5]);
    fill_groups(bytes, groups.as_mut_slice());
    let mut digits = Zeroizing::new([0; MAX_DIGITS]);
    push_digits(out, bytes, groups.as_slice(), digits.as_mut_slice());
}

/// Fills `groups` with the number that `bytes` are, five digits in each, least significant first.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a group is below 58^5 < 2^30, so a word shifted in stays below 2^63; both divisors are constants"
)]
#[inline]
fn fill_groups(bytes: &[u8], groups: &mut [u32]) {
    let mut used = 0;
    let (head, words) = bytes.as_rchunks::<4>();
    let head = head
        .iter()
        .fold(0, |word, &byte| word << 8 | u32::from(byte));
    for word in std::iter::once(head).chain(words.iter().map(|word| u32::from_be_bytes(*word))) {
        let mut carry = u64::from(word);
        let mut groups = groups.iter_mut();
        for group in groups.by_ref().take(used) {
            carry += u64::from(*group) << 32;
            *group = low_word(carry % u64::from(GROUP_OF_5));
            carry /= u64::from(GROUP_OF_5);
        }
        for group in groups {
            if carry == 0 {
                break;
            }
            *group = low_word(carry % u64::from(GROUP_OF_5));
            carry /= u64::from(GROUP_OF_5);
            used += 1;
        }
    }
}

/// Appends the digits of `groups`, with a `1` for each zero byte that `bytes` begin with. `digits` has room for five of each group.
#[inline]
fn push_digits(out: &mut String, bytes: &[u8], groups: &[u32], digits: &mut [u8]) {
    for (digits, &group) in digits
        .as_chunks_mut::<5>()
        .0
        .iter_mut()
        .rev()
        .zip(groups.iter())
    {
        let mut rest = group;
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET
                .get((rest % 58) as usize)
                .copied()
                .unwrap_or_default();
            rest /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    out.extend(std::iter::repeat_n('1', zeros));
    let start = digits.iter().take_while(|digit| **digit == b'1').count();
    let significant = digits.get(start..).unwrap_or_default();
    out.push_str(str::from_utf8(significant).expect("the alphabet is ASCII"));
}

/// Fills `decoded` from `text`, which must be exactly `N` bytes, at most [`MAX_BYTES`]. As in every base58, each leading `1` is a zero byte, so that a value has
/// one text only.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "N is small; a chunk is not longer than a word"
)]
pub(crate) fn decode<const N: usize>(
    text: &str,
    offset: usize,
    decoded: &mut [u8; N],
) -> Result<(), ParseError> {
    const { assert!(N <= MAX_BYTES, "there is no room for more") };
    let wrong_length = ParseError::WrongLength { expected: N };
    if text.len() > N * 138 / 100 + 1 {
        return Err(wrong_length);
    }
    let mut words = Zeroizing::new([0u64; MAX_BYTES / 8]);
    if !fill_words(text, offset, words.as_mut_slice())? {
        return Err(wrong_length);
    }

    let mut rest = decoded.as_mut_slice();
    for word in words.iter() {
        let mut word = word.to_be_bytes();
        let (kept, chunk) = rest.split_at_mut(rest.len().saturating_sub(word.len()));
        let (overflow, low) = word.split_at(word.len() - chunk.len());
        let fits = overflow.iter().all(|byte| *byte == 0);
        chunk.copy_from_slice(low);
        word.zeroize();
        if !fits {
            return Err(wrong_length);
        }
        rest = kept;
    }
    let zeros = decoded.iter().take_while(|byte| **byte == 0).count();
    if leading_ones(text) != zeros {
        return Err(wrong_length);
    }
    Ok(())
}

/// Fills `words` with the number that `text` is, least significant first, and tells whether there is room for it.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "digits are below 58, ten of them below 2^59; a 64-bit word times 58^10 plus a carry fits 128 bits"
)]
#[inline]
fn fill_words(text: &str, offset: usize, words: &mut [u64]) -> Result<bool, ParseError> {
    let mut used = 0;
    let bytes = text.as_bytes();
    let (head, groups) = bytes.as_rchunks::<10>();
    let groups = std::iter::once(head).chain(groups.iter().map(<[u8; 10]>::as_slice));
    for group in groups {
        let mut value = 0u64;
        let mut seen = 0;
        for &character in group {
            let digit = DIGITS
                .get(usize::from(character))
                .copied()
                .unwrap_or(INVALID);
            seen |= digit;
            value = value.wrapping_mul(58).wrapping_add(u64::from(digit));
        }
        if seen & 0x80 != 0 {
            return Err(invalid_character(bytes, offset));
        }
        let mut carry = value;
        let mut words = words.iter_mut();
        for word in words.by_ref().take(used) {
            let product = u128::from(*word) * u128::from(GROUP_OF_10) + u128::from(carry);
            *word = low_half(product);
            carry = low_half(product >> 64);
        }
        if carry != 0 {
            let Some(word) = words.next() else {
                return Ok(false);
            };
            *word = carry;
            used += 1;
        }
    }
    Ok(true)
}

fn leading_ones(text: &str) -> usize {
    text.bytes()
        .take_while(|character| *character == b'1')
        .count()
}

/// Lets a length error speak of the value without its checksum, as the caller knows it.
pub(crate) fn with_expected_length(error: ParseError, expected: usize) -> ParseError {
    match error {
        ParseError::WrongLength { .. } => ParseError::WrongLength { expected },
        other => other,
    }
}

#[cold]
fn invalid_character(bytes: &[u8], offset: usize) -> ParseError {
    let at = bytes
        .iter()
        .position(|character| DIGITS.get(usize::from(*character)) == Some(&INVALID))
        .unwrap_or_default();
    ParseError::InvalidCharacter {
        offset: offset.saturating_add(at),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "called with the low half in mind"
)]
const fn low_half(wide: u128) -> u64 {
    wide as u64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "called with a remainder below 58^5"
)]
const fn low_word(wide: u64) -> u32 {
    wide as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode<const N: usize>(text: &str, offset: usize) -> Result<[u8; N], ParseError> {
        let mut bytes = [0; N];
        super::decode(text, offset, &mut bytes).map(|()| bytes)
    }

    fn encode(bytes: &[u8]) -> String {
        let mut text = String::new();
        push_base58(&mut text, bytes);
        text
    }

    proptest! {
        #[test]
        fn encoding_agrees_with_bs58(bytes in prop::collection::vec(any::<u8>(), 0..=MAX_BYTES)) {
            prop_assert_eq!(encode(&bytes), bs58::encode(&bytes).into_string());
        }

        #[test]
        fn leading_zeros_agree_with_bs58(zeros in 0..37usize, low: u8) {
            let mut bytes = [low; 37];
            bytes.iter_mut().take(zeros).for_each(|byte| *byte = 0);
            let text = encode(&bytes);
            prop_assert_eq!(&text, &bs58::encode(&bytes).into_string());
            prop_assert_eq!(decode::<37>(&text, 0).unwrap(), bytes);
        }

        #[test]
        fn decoding_takes_what_bs58_takes(text in "[1-9A-Za-z]{0,52}") {
            let expected = bs58::decode(&text).into_vec().ok().filter(|bytes| bytes.len() == 37);
            let decoded = decode::<37>(&text, 0).ok().map(|bytes| bytes.to_vec());
            prop_assert_eq!(decoded, expected);
        }

        #[test]
        fn decoding_reverses_encoding(head: [u8; 32], tail: [u8; 32], last: [u8; 5]) {
            let bytes: [u8; 69] = [&head[..], &tail, &last].concat().try_into().unwrap();
            prop_assert_eq!(decode::<69>(&encode(&bytes), 0).unwrap(), bytes);
        }
    }

    #[test]
    fn long_values_agree_with_bs58() {
        for length in [0, 1, 5, 72, 73, 100, 1000, 3001] {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut data = vec![byte; length];
                if let Some(last) = data.last_mut() {
                    *last = 7;
                }
                let mut text = String::new();
                push_checked_any(&mut text, &data, "WA");
                let whole = [&data[..], &ripemd_checksum(&data, "WA")].concat();
                assert_eq!(text, bs58::encode(whole).into_string());
                assert_eq!(parse_checked_any(&text, 0, "WA"), Ok(data));
            }
        }
        for text in ["", "1", "111", "z"] {
            let error = parse_checked_any(text, 0, "WA").unwrap_err();
            assert_eq!(error, ParseError::Truncated);
        }
        let error = parse_checked_any("11\u{e4}1", 7, "WA").unwrap_err();
        assert_eq!(error, ParseError::InvalidCharacter { offset: 9 });
    }

    #[test]
    fn extremes_agree_with_bs58() {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            for length in 0..=MAX_BYTES {
                let bytes = vec![byte; length];
                assert_eq!(encode(&bytes), bs58::encode(&bytes).into_string());
            }
            assert_eq!(decode::<72>(&encode(&[byte; 72]), 0).unwrap(), [byte; 72]);
        }
    }

    #[test]
    fn one_byte_more_or_less_is_a_wrong_length() {
        for length in [0, 1, 35, 37, 38, 72] {
            for byte in [0, 1, 0xff] {
                let error = decode::<36>(&encode(&vec![byte; length]), 0).unwrap_err();
                assert_eq!(error, ParseError::WrongLength { expected: 36 });
            }
        }
    }

    #[test]
    fn each_character_outside_of_the_alphabet_is_found() {
        let text = encode(&[0x5a; 36]);
        for at in 0..text.len() {
            for bad in ["0", "O", "I", "l", " ", "\0", "_", "\u{7f}"] {
                let mut text = text.clone();
                text.replace_range(at..=at, bad);
                let error = decode::<36>(&text, 7).unwrap_err();
                assert_eq!(error, ParseError::InvalidCharacter { offset: 7 + at });
            }
        }
    }
}
