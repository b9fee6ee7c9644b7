//! How much JSON holds, seen before it is read.

/// Returns whether JSON has more than `limit` values, by what stands before each one.
pub(super) fn has_more_values(json: &str, limit: usize) -> bool {
    if json.len() <= limit.saturating_mul(4) && most_values(json) <= limit {
        return false;
    }
    let mut count = 0_usize;
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' | b',' => {
                count = count.saturating_add(1);
                if count > limit {
                    return true;
                }
            }
            b'"' => {
                // To the end of the text, over what is escaped.
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    false
}

/// Returns how many values JSON has at most: what stands in texts is counted too. It takes a small part of the time.
fn most_values(json: &str) -> usize {
    // A chunk's count fits a byte. Added up, not asked one after the other: that can be done for many bytes at once.
    json.as_bytes().chunks(255).fold(0, |count, chunk| {
        let here = chunk.iter().fold(0_u8, |count, byte| {
            let stands = [b'{', b'[', b','].map(|before| u8::from(*byte == before));
            count.wrapping_add(stands.into_iter().fold(0, u8::wrapping_add))
        });
        count.saturating_add(usize::from(here))
    })
}
