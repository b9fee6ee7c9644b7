//! What an unknown word was meant to be.

/// Returns the known word that is nearest to another, if only some of its letters differ.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let near = known.into_iter().filter_map(|known| {
        let known_length = known.chars().count();
        let most = 1 + length.min(known_length) / 3;
        // Letters that only one of them has are a distance already. The rest takes time and room in proportion to both lengths.
        if length.abs_diff(known_length) > most {
            return None;
        }
        let distance = strsim::damerau_levenshtein(word, known);
        (distance <= most).then_some((distance, known))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_that_is_near_is_returned() {
        let known = ["a", "http-server-address", "p2p-server-address"];
        for (word, expected) in [
            ("p2p-sever-adress", Some("p2p-server-address")),
            ("htttp-server-address", Some("http-server-address")),
            ("server", None),
            ("", Some("a")),
            ("äöü-server-address", Some("p2p-server-address")),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(100_000_000), known), None);
        assert_eq!(nearest("a", []), None);
    }
}
