//! Looking at eight bytes of JSON at once.

const ONES: u64 = u64::MAX / 0xff;
const HIGH: u64 = ONES << 7_u32;

/// Returns how many spaces the bytes start with.
#[inline]
pub(super) fn spaces(bytes: [u8; 8]) -> usize {
    first_byte(u64::from_le_bytes(bytes) ^ ONES.wrapping_mul(0x20))
}

/// Returns how many bytes come before the first quote, backslash or control character.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((chunk, behind)) = rest.split_first_chunk() {
        let plain = plain_of_eight(u64::from_le_bytes(*chunk));
        if plain < chunk.len() {
            return bytes.len().saturating_sub(rest.len()).saturating_add(plain);
        }
        rest = behind;
    }
    if tail(bytes, rest).is_some_and(|left| plain_of_eight(left) == 8) {
        return bytes.len();
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    let plain = rest.iter().position(special).unwrap_or(rest.len());
    let before = bytes.len().saturating_sub(rest.len());
    before.saturating_add(plain)
}

/// Returns how many bytes come before the first that nodeos escapes, or a byte that such a character may begin with.
#[inline]
pub(super) fn printable(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((chunk, behind)) = rest.split_first_chunk() {
        if !is_printable_ascii(u64::from_le_bytes(*chunk)) {
            return printable_by_bytes(bytes, rest);
        }
        rest = behind;
    }
    match tail(bytes, rest) {
        Some(left) if is_printable_ascii(left) => bytes.len(),
        _ => printable_by_bytes(bytes, rest),
    }
}

/// Returns how many bytes come before the first special one, when there is none before `rest`.
fn printable_by_bytes(bytes: &[u8], rest: &[u8]) -> usize {
    // Of two bytes, U+0080 to U+009F have the first in common with the 32 characters behind them.
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20 | 0x7f | 0xc2);
    let printable = rest.iter().position(special).unwrap_or(rest.len());
    let before = bytes.len().saturating_sub(rest.len());
    before.saturating_add(printable)
}

/// Returns whether all bytes are ASCII, and none a quote, a backslash or a control character.
#[inline]
fn is_printable_ascii(word: u64) -> bool {
    // A byte that must not be sets its highest bit: below 0x20 by a borrow, 0x7f by a carry, and those beyond by
    // themselves. What borrows and carries make wrong comes behind it.
    let is = |byte: u8| (word ^ ONES.wrapping_mul(byte.into())).wrapping_sub(ONES);
    let low = word.wrapping_sub(ONES.wrapping_mul(0x20));
    let high = word | word.wrapping_add(ONES);
    (low | high | is(b'"') | is(b'\\')) & HIGH == 0
}

/// Returns the fewer than eight bytes that are left of `bytes`, with some before them or the middle ones twice.
#[inline]
fn tail(bytes: &[u8], rest: &[u8]) -> Option<u64> {
    let half = |half: &[u8; 4]| u64::from(u32::from_le_bytes(*half));
    match (bytes.last_chunk(), rest.first_chunk(), rest.last_chunk()) {
        (Some(last), _, _) => Some(u64::from_le_bytes(*last)),
        (None, Some(first), Some(last)) => Some(half(first) | half(last) << 32_u32),
        _ => None,
    }
}

#[inline]
fn plain_of_eight(word: u64) -> usize {
    // A byte below n borrows from its highest bit when n is taken from it. What a borrow makes wrong comes behind it.
    let below = |word: u64, n: u64| word.wrapping_sub(ONES.wrapping_mul(n)) & !word;
    let is = |byte: u8| below(word ^ ONES.wrapping_mul(byte.into()), 1);
    first_byte((below(word, 0x20) | is(b'"') | is(b'\\')) & HIGH)
}

/// Returns the place of the first byte that is not zero.
#[inline]
fn first_byte(word: u64) -> usize {
    usize::try_from(word.trailing_zeros() / 8).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_at_each_place() {
        for length in 0..20 {
            assert_eq!(plain(&vec![b'x'; length]), length);
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    // Those behind the place must not matter, whatever they are.
                    let mut text = vec![b'x'; place];
                    text.push(byte);
                    text.resize(length, b'"');
                    let special = byte < 0x20 || byte == b'"' || byte == b'\\';
                    let behind = if place + 1 < length {
                        place + 1
                    } else {
                        length
                    };
                    assert_eq!(
                        plain(&text),
                        if special { place } else { behind },
                        "{text:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_not_printed_as_it_is_is_told_at_each_place() {
        for length in 0..20 {
            for filler in ["x", "\u{e9}", "\u{20ac}", "\u{1f600}"] {
                let filled = filler.repeat(length);
                assert_eq!(printable(filled.as_bytes()), filled.len());
            }
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    // Before it is what takes the way byte by byte, and behind it what must not matter.
                    for before in [b'x', 0xc3, 0xff] {
                        let mut text = vec![before; place];
                        text.push(byte);
                        text.resize(length, b'"');
                        let special = byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7f | 0xc2);
                        let behind = if place + 1 < length {
                            place + 1
                        } else {
                            length
                        };
                        assert_eq!(
                            printable(&text),
                            if special { place } else { behind },
                            "{text:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn spaces_are_counted() {
        for count in 0..8 {
            for other in [b'x', b'!', 0] {
                let text = std::array::from_fn(|at| if at == count { other } else { b' ' });
                assert_eq!(spaces(text), count);
            }
        }
        assert_eq!(spaces([b' '; 8]), 8);
    }
}
