//! From names of an ABI to identifiers.

use crate::schema::expression::Mark;

/// What cannot be an identifier as it is, in any edition. `_` makes no words and does not come here.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be raw identifiers either.
const NEVER_RAW: [&str; 4] = ["crate", "self", "super", "Self"];

/// Returns `CamelCase` of a type's name, unless it makes no identifier.
pub(super) fn type_identifier(name: &str) -> Option<String> {
    let mut identifier = String::new();
    for word in words(name)? {
        let mut characters = word.chars();
        identifier.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        identifier.push_str(characters.as_str());
    }
    if identifier.starts_with(|first: char| first.is_ascii_digit()) || identifier.is_empty() {
        return None;
    }
    Some(escape(identifier))
}

/// Returns `snake_case` of a field's name, unless it makes no identifier.
pub(super) fn field_identifier(name: &str) -> Option<String> {
    let identifier = words(name)?.join("_");
    if identifier.starts_with(|first: char| first.is_ascii_digit()) || identifier.is_empty() {
        return None;
    }
    Some(escape(identifier))
}

/// Returns what an alternative of a variant is called: its type's name and what its marks say.
pub(super) fn alternative_identifier(marks: &[Mark], name: &str) -> Option<String> {
    let mut identifier = type_identifier(name)?;
    for mark in marks.iter().rev() {
        identifier = match mark {
            Mark::Optional => format!("Optional{identifier}"),
            Mark::Array => format!("{identifier}Array"),
            Mark::FixedArray(size) => format!("{identifier}Array{size}"),
        };
    }
    Some(identifier)
}

/// Returns the lower-case words of a name: what is neither letter nor digit divides them, and so do capitals.
fn words(name: &str) -> Option<Vec<String>> {
    if !name.is_ascii() || name.contains(|character: char| character.is_ascii_control()) {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_ascii_alphanumeric() {
            let next_is_small = characters.peek().is_some_and(char::is_ascii_lowercase);
            let begins = !before.is_ascii_alphanumeric()
                || character.is_ascii_uppercase()
                    && (!before.is_ascii_uppercase() || next_is_small);
            let lower = character.to_ascii_lowercase();
            match words.last_mut().filter(|_| !begins) {
                Some(word) => word.push(lower),
                None => words.push(lower.into()),
            }
        }
        before = character;
    }
    Some(words)
}

fn escape(identifier: String) -> String {
    if NEVER_RAW.contains(&identifier.as_str()) {
        format!("{identifier}_")
    } else if KEYWORDS.contains(&identifier.as_str()) {
        format!("r#{identifier}")
    } else {
        identifier
    }
}

/// Returns whether a text can stand where an identifier is needed.
pub(super) fn is_identifier(text: &str) -> bool {
    let plain = text.strip_prefix("r#").unwrap_or(text);
    let is_word = plain.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && plain
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
        && plain != "_";
    is_word && !NEVER_RAW.contains(&plain) && (plain != text || !KEYWORDS.contains(&text))
}

/// Returns whether a text can stand where a path is needed.
pub(super) fn is_path(text: &str) -> bool {
    text.strip_prefix("::")
        .unwrap_or(text)
        .split("::")
        .all(|segment| is_identifier(segment) || matches!(segment, "crate" | "self" | "super"))
}

#[cfg(test)]
mod tests {
    use super::{field_identifier, is_identifier, is_path, type_identifier};

    #[test]
    fn types_are_in_camel_case() {
        for (name, identifier) in [
            ("transfer", "Transfer"),
            ("pair_uint64_string", "PairUint64String"),
            ("pair<uint64,string>", "PairUint64String"),
            ("B_vector_E", "BVectorE"),
            ("eosio::name.pair", "EosioNamePair"),
            ("HTTPServer", "HttpServer"),
            ("fooBar2Baz", "FooBar2Baz"),
            ("_x", "X"),
            ("self", "Self_"),
        ] {
            assert_eq!(type_identifier(name).as_deref(), Some(identifier), "{name}");
        }
    }

    #[test]
    fn fields_are_in_snake_case() {
        for (name, identifier) in [
            ("from", "from"),
            ("fooBar", "foo_bar"),
            ("FOO", "foo"),
            ("a__b", "a_b"),
            ("type", "r#type"),
            ("self", "self_"),
            ("crate", "crate_"),
            ("yield", "r#yield"),
            ("u128", "u128"),
        ] {
            assert_eq!(
                field_identifier(name).as_deref(),
                Some(identifier),
                "{name}"
            );
        }
    }

    #[test]
    fn some_names_make_no_identifier() {
        for name in ["", "_", "<>", "1a", "größe", "a\nb", "\u{202e}a"] {
            assert_eq!(type_identifier(name), None, "{name}");
            assert_eq!(field_identifier(name), None, "{name}");
        }
    }

    #[test]
    fn only_paths_are_paths() {
        for path in ["crate", "a::B", "::a::b", "super::super::x", "r#type::X"] {
            assert!(is_path(path), "{path}");
        }
        for text in [
            "", "a::", "a b", "type", "a<b>", "a;b", "_", "r#self", "r#crate",
        ] {
            assert!(!is_path(text), "{text}");
        }
        assert!(!is_identifier("crate"));
    }
}
