//! Hex, in lower case when written and in either when read.

use crate::error::ParseError;

/// Fills `bytes` from `text`, which must be exactly as long as they are.
pub(crate) fn decode(text: &str, bytes: &mut [u8]) -> Result<(), ParseError> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return Err(ParseError::WrongLength {
            expected: bytes.len(),
        });
    }
    for (index, (byte, &[high, low])) in bytes.iter_mut().zip(pairs).enumerate() {
        let offset = index.saturating_mul(2);
        let high = nibble(high).ok_or(ParseError::InvalidCharacter { offset })?;
        let offset = offset.saturating_add(1);
        let low = nibble(low).ok_or(ParseError::InvalidCharacter { offset })?;
        *byte = high << 4 | low;
    }
    Ok(())
}

/// Returns the digits of `bytes`.
pub(crate) fn digits(bytes: &[u8]) -> impl Iterator<Item = char> {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(|nibble| char::from_digit(u32::from(nibble), 16).expect("four bits are one hex digit"))
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
