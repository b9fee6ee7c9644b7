//! `WWW-Authenticate`: how a registry wants to be told who asks.

/// A way in that we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A name and password with each request.
    Basic,
    /// A token that another address gives.
    Bearer {
        realm: String,
        service: Option<String>,
    },
}

/// Returns the way in that the headers name; the one with tokens if there are both.
pub(super) fn choose<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let all: Vec<_> = headers.flat_map(parse).collect();
    let bearer = all
        .iter()
        .find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
    bearer.or(all.first()).cloned()
}

/// Reads one header, which may hold several challenges: a scheme, then `key=value` or `key="value"` with commas between them, and
/// after a comma perhaps the next scheme.
fn parse(header: &str) -> Vec<Challenge> {
    let mut found = Vec::new();
    let mut scheme = String::new();
    let mut parameters: Vec<(String, String)> = Vec::new();
    let mut rest = header.trim_start();
    let mut end = |scheme: &str, parameters: &mut Vec<(String, String)>| {
        let parameters = std::mem::take(parameters);
        let get = |name: &str| {
            let known = parameters.iter().find(|(key, _)| key == name);
            known.map(|(_, value)| value.clone())
        };
        match scheme {
            "basic" => found.push(Challenge::Basic),
            "bearer" => found.extend(get("realm").map(|realm| Challenge::Bearer {
                realm,
                service: get("service"),
            })),
            _ => {}
        }
    };
    while !rest.is_empty() {
        let word_end = rest
            .find(|char: char| char.is_whitespace() || matches!(char, '=' | ','))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        let word = word.to_ascii_lowercase();
        let after = after.trim_start();
        if let Some(value) = after.strip_prefix('=').filter(|_| !word.is_empty()) {
            let (value, after) = read_value(value.trim_start());
            parameters.push((word, value));
            rest = after;
        } else {
            if !word.is_empty() {
                end(&scheme, &mut parameters);
                scheme = word;
            }
            rest = after;
        }
        // Also gets past what belongs nowhere, such as a lone `=`.
        rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == ',');
        if word_end == 0 && rest.starts_with('=') {
            rest = &rest[1..];
        }
    }
    end(&scheme, &mut parameters);
    found
}

/// Reads a value, in quotes or not; returns what is after it.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text
            .find(|char: char| char.is_whitespace() || char == ',')
            .unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => value.push(char),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bearer(realm: &str, service: Option<&str>) -> Challenge {
        Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
        }
    }

    #[test]
    fn real_challenges_are_read() {
        let one = |header| choose([header].into_iter());
        assert_eq!(
            one(
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push",error="x""#
            ),
            Some(bearer(
                "https://auth.docker.io/token",
                Some("registry.docker.io")
            ))
        );
        assert_eq!(
            one(r#"Basic realm="Registry Realm""#),
            Some(Challenge::Basic)
        );
        assert_eq!(one("basic"), Some(Challenge::Basic));
        assert_eq!(
            one("BEARER realm=https://a/b"),
            Some(bearer("https://a/b", None))
        );
        assert_eq!(
            one(r#"Negotiate, Basic realm="a, \"b\"", Bearer service="s" , realm = "https://c""#),
            Some(bearer("https://c", Some("s")))
        );
        assert_eq!(
            choose(["Basic realm=x", "Bearer realm=\"https://d\""].into_iter()),
            Some(bearer("https://d", None))
        );
        for header in [
            "",
            "Digest realm=x",
            "Bearer",
            "Bearer service=x",
            "=",
            ",=,\"",
            "Bearer realm",
        ] {
            assert_eq!(one(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_to_its_end(header in r#"[ a-zA-Z=,"\\é]{0,40}"#) {
            parse(&header);
        }
    }
}
