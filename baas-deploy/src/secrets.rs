//! Private keys in texts of others: found, and replaced before a text is shown.

use std::ops::Range;

use eos_keys::PrivateKey;

/// What stands where a private key was.
const REDACTED: &str = "<private key>";

/// Returns where the text has private keys: those that are, and what is so much like one in the old form that it may be
/// one with a character wrong.
pub(crate) fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    while start < bytes.len() {
        let length = bytes[start..]
            .iter()
            .take_while(|byte| is_part(**byte))
            .count();
        if length == 0 {
            start += 1;
            continue;
        }
        let word = &text[start..start + length];
        if is_private_key(word) {
            found.push(start..start + length);
        }
        start += length;
    }
    found
}

/// Returns the text with private keys replaced.
pub(crate) fn redact(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut end = 0;
    for key in private_keys(text) {
        redacted.push_str(&text[end..key.start]);
        redacted.push_str(REDACTED);
        end = key.end;
    }
    redacted.push_str(&text[end..]);
    redacted
}

fn is_private_key(word: &str) -> bool {
    if word.starts_with("PVT_") {
        return true;
    }
    // 51 or 52 characters in the old form; with some missing, or glued to other characters, it still tells too much.
    (45..=60).contains(&word.len())
        && (word.starts_with(['5', 'K', 'L']) || word.parse::<PrivateKey>().is_ok())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";

    #[test]
    fn private_keys_are_replaced() {
        let modern: PrivateKey = KEY.parse().unwrap();
        let texts = [
            KEY.to_owned(),
            modern.expose_text().expose().to_owned(),
            KEY.replace("QwrP", "QwrX"),
            KEY[..50].to_owned(),
        ];
        for key in texts {
            let text = format!(
                "private-key = [\"EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV\",\"{key}\"]"
            );
            let redacted = redact(&text);
            assert_eq!(
                redacted,
                "private-key = [\"EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV\",\"<private key>\"]"
            );
        }
    }

    #[test]
    fn other_texts_stay() {
        for text in [
            "",
            "é世 5K",
            "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV",
            "cf057bbfb72640471fd910bcb67639c22df9f92470936cddc1ade0e2f2e7dc4f",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
