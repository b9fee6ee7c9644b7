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
    // What is left is looked at with some bytes before it, or its middle twice, as long as there is nothing special.
    let half = |half: &[u8; 4]| u64::from(u32::from_le_bytes(*half));
    let left = match (bytes.last_chunk(), rest.first_chunk(), rest.last_chunk()) {
        (Some(last), _, _) => Some(u64::from_le_bytes(*last)),
        (None, Some(first), Some(last)) => Some(half(first) | half(last) << 32_u32),
        _ => None,
    };
    if left.is_some_and(|left| plain_of_eight(left) == 8) {
        return bytes.len();
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    let plain = rest.iter().position(special).unwrap_or(rest.len());
    let before = bytes.len().saturating_sub(rest.len());
    before.saturating_add(plain)
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
