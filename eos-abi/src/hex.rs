//! Bytes as hexadecimal text, in lower case as nodeos prints them.

use std::fmt;

/// Appends the digits of `bytes`.
pub(crate) fn encode_into(bytes: &[u8], text: &mut String) {
    text.reserve(bytes.len().saturating_mul(2));
    for chunk in bytes.chunks(CHUNK) {
        text.push_str(Digits::of(chunk).as_str());
    }
}

/// Writes the digits of `bytes`.
pub(crate) fn format(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes
        .chunks(CHUNK)
        .try_for_each(|chunk| f.write_str(Digits::of(chunk).as_str()))
}

/// How many bytes are turned into digits at a time, without allocating.
const CHUNK: usize = 64;

/// The digits of up to [`CHUNK`] bytes.
struct Digits {
    text: [u8; CHUNK * 2],
    length: usize,
}

impl Digits {
    fn of(chunk: &[u8]) -> Self {
        let mut text = [0; CHUNK * 2];
        for ([high, low], byte) in text.as_chunks_mut().0.iter_mut().zip(chunk) {
            *high = digit(byte >> 4_u32);
            *low = digit(byte & 0x0f);
        }
        Self {
            text,
            length: chunk.len().saturating_mul(2),
        }
    }

    fn as_str(&self) -> &str {
        let text = self.text.get(..self.length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

/// Appends the bytes that `text` spells to `bytes`.
pub(crate) fn decode_into(text: &str, bytes: &mut Vec<u8>) -> Result<(), &'static str> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err("it has an odd number of hexadecimal digits");
    }
    bytes.reserve(pairs.len());
    for pair in pairs {
        bytes.push(byte(pair)?);
    }
    Ok(())
}

/// Returns the `N` bytes that `text` spells. `wrong_length` says what another number of digits should be.
pub(crate) fn decode_array<const N: usize>(
    text: &str,
    wrong_length: &'static str,
) -> Result<[u8; N], &'static str> {
    let mut bytes = [0; N];
    let pairs = text.as_bytes().chunks_exact(2);
    if pairs.len() != N || !pairs.remainder().is_empty() {
        return Err(wrong_length);
    }
    for (place, pair) in bytes.iter_mut().zip(pairs) {
        *place = byte(pair)?;
    }
    Ok(bytes)
}

fn byte(pair: &[u8]) -> Result<u8, &'static str> {
    let [high, low] = pair else {
        return Err(NOT_HEX);
    };
    Ok((value(*high)? << 4_u32) | value(*low)?)
}

const NOT_HEX: &str = "it has a character that is not a hexadecimal digit";

fn value(digit: u8) -> Result<u8, &'static str> {
    match digit {
        b'0'..=b'9' => Ok(digit & 0x0f),
        b'a'..=b'f' | b'A'..=b'F' => Ok((digit & 0x0f).wrapping_add(9)),
        _ => Err(NOT_HEX),
    }
}

fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' | value,
        _ => (b'a' - 10).wrapping_add(value),
    }
}
