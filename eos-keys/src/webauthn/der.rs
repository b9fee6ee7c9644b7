use crate::error::VerifyError;

/// Returns r and s of a signature in DER (X.690; RFC 3279, section 2.2.3), as browsers give it.
pub(super) fn r_and_s(der: &[u8]) -> Result<[[u8; 32]; 2], VerifyError> {
    let (r, s) = sequence(der).ok_or(VerifyError::Malformed)?;
    Ok([r, s])
}

fn sequence(der: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    const SEQUENCE: u8 = 0x30;
    let (content, rest) = value(SEQUENCE, der)?;
    let (r, content) = integer(content)?;
    let (s, content) = integer(content)?;
    (rest.is_empty() && content.is_empty()).then_some((r, s))
}

fn integer(der: &[u8]) -> Option<([u8; 32], &[u8])> {
    const INTEGER: u8 = 0x02;
    let (digits, rest) = value(INTEGER, der)?;
    // Positive, and with a zero byte in front exactly if the top bit would make it negative without.
    let digits = match digits {
        [0, rest @ ..] if rest.first()? & 0x80 != 0 => rest,
        [1..0x80, ..] => digits,
        _ => return None,
    };
    let mut number = [0; 32];
    let start = number.len().checked_sub(digits.len())?;
    number.get_mut(start..)?.copy_from_slice(digits);
    Some((number, rest))
}

/// Takes a value off the front. Two numbers of 32 bytes are short enough for lengths of one byte, so DER allows no others.
fn value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, length @ 0..0x80], rest) = der.split_first_chunk()? else {
        return None;
    };
    rest.split_at_checked(usize::from(length))
        .filter(|_| found == tag)
}
