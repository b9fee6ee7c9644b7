//! Keys that nodeos repeats in its messages, as it does with a signature provider that it cannot read.

const MASK: &str = "<redacted>";
/// The lengths of private keys in the older form, 51 and 52, and of those with a slip of the pen.
const LENGTHS: std::ops::RangeInclusive<usize> = 46..=58;

/// Returns a line without what looks like a private key: what follows `KEY:` or `PVT_`, and words of the length and the
/// letters of a key in the older form.
pub(super) fn without_keys(line: &str) -> String {
    let mut masked = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(is_of_word) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if let Some(at) = word.find("PVT_") {
            masked.push_str(&word[..at]);
            masked.push_str(MASK);
            rest = after.trim_start_matches(is_of_key);
        } else if word.split('_').any(looks_like_a_key) {
            masked.push_str(MASK);
        } else {
            masked.push_str(word);
            if word.ends_with("KEY")
                && let Some(key) = after.strip_prefix(':')
            {
                masked.push(':');
                masked.push_str(MASK);
                // It may have been masked already.
                let key = key.strip_prefix(MASK).unwrap_or(key);
                rest = key.trim_start_matches(is_of_key);
            }
        }
    }
    masked.push_str(rest);
    masked
}

/// Says whether the end of a text that goes on later may be the beginning of a key.
pub(super) fn is_of_key(c: char) -> bool {
    is_of_word(c) || "-+/=:".contains(c)
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn looks_like_a_key(word: &str) -> bool {
    LENGTHS.contains(&word.len())
        && word.starts_with(['5', 'K', 'L'])
        // Ids in hex have small letters only.
        && word.contains(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Of 32 bytes 1, written in the older and in the newer form.
    const OLDER: &str = "5HpjE2Hs7vjU4SN3YyPQCdhzCu92WoEeuE6PWNuiPyTu3ESGnzn";

    #[test]
    fn keys_are_masked_and_nothing_else() {
        for (line, masked) in [
            (
                format!("Malformed signature provider: \"EOS1=KEY:{OLDER}x\", ignoring!"),
                "Malformed signature provider: \"EOS1=KEY:<redacted>\", ignoring!",
            ),
            ("x=KEY:short y".to_owned(), "x=KEY:<redacted> y"),
            (
                "PVT_K1_2bfGi9rYsXQSXXTvJbDAPhHLQUojjaNLomdm3cEJ1XTzMqUt3V, a".to_owned(),
                "<redacted>, a",
            ),
            (
                "PUB_BLS_aa=KEY:PVT_BLS_aa-bb/cc+d== next".to_owned(),
                "PUB_BLS_aa=KEY:<redacted> next",
            ),
            ("aPVT_BLS_a-b+c== next".to_owned(), "a<redacted> next"),
            (
                format!("[\"EOS1\",\"{OLDER}\"]"),
                "[\"EOS1\",\"<redacted>\"]",
            ),
            (format!("_{OLDER}"), "<redacted>"),
            (format!("ü{OLDER}ü"), "ü<redacted>ü"),
            (
                "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV=KEOSD:http://127.0.0.1:6666"
                    .to_owned(),
                "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV=KEOSD:http://127.0.0.1:6666",
            ),
            (
                "id 5dc61f0a3378fdfbf546ab3a08bc3107108d6c3b17844ca730 of 7".to_owned(),
                "id 5dc61f0a3378fdfbf546ab3a08bc3107108d6c3b17844ca730 of 7",
            ),
        ] {
            assert_eq!(without_keys(&line), masked);
        }
    }

    proptest! {
        #[test]
        fn no_line_brings_a_key_through(before in "[^a-zA-Z0-9_]*", after in "[^a-zA-Z0-9_]*") {
            let masked = without_keys(&format!("{before}{OLDER}{after}"));
            prop_assert!(!masked.contains(&OLDER[..8]), "{masked}");
        }

        #[test]
        fn masking_again_changes_nothing(line in "(.|KEY|:|PVT_|5)*") {
            let masked = without_keys(&line);
            prop_assert_eq!(without_keys(&masked), masked);
        }
    }
}
