use std::fmt;

/// A `config.ini` as nodeos reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigFile {
    /// The options, in the order of the file.
    pub entries: Vec<ConfigEntry>,
    /// The lines that nodeos refuses.
    pub invalid: Vec<InvalidLine>,
}

/// An option in a `config.ini`. `Debug` does not show the value of one that holds a private key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigEntry {
    /// The line, counted from 1.
    pub line: u64,
    /// The column of the value, in characters counted from 1.
    pub column: usize,
    /// The name, with the section before it as nodeos does: `section.name`.
    pub name: String,
    /// The value. Quotation marks are part of it.
    pub value: String,
    /// What is written above it since the option before: comments, and lines that should have been.
    pub above: String,
}

/// A line that is neither an option nor a comment nor a section. `Debug` does not show it, for it may be a key that lost its option.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidLine {
    /// The line, counted from 1.
    pub line: u64,
    /// Its text.
    pub text: String,
}

/// What nodeos takes for space. A no-break space, as copying from a web page brings it, is none.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Reads the text of a `config.ini` line by line, by the rules of
/// [Boost's `parse_config_file`](https://github.com/boostorg/program_options/blob/boost-1.83.0/src/config_file.cpp): what follows a `#` is a
/// comment, also within quotation marks; `[section]` goes before the names that follow; everything else is `name = value`.
///
/// ```
/// use baas_deploy::node::parse_config_ini;
///
/// let file = parse_config_ini("# Peers\np2p-peer-address = a:9876 # the first\nNot a comment\n");
/// assert_eq!(file.entries[0].name, "p2p-peer-address");
/// assert_eq!((file.entries[0].value.as_str(), file.entries[0].line), ("a:9876", 2));
/// assert_eq!(file.invalid[0].line, 3);
/// ```
pub fn parse_config_ini(text: &str) -> ConfigFile {
    let mut file = ConfigFile {
        entries: Vec::new(),
        invalid: Vec::new(),
    };
    let mut section = String::new();
    let mut above = String::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let number = index as u64 + 1;
        let (content, comment) = line.split_once('#').unwrap_or((line, ""));
        let content = content.trim_matches(SPACE);
        if content.is_empty() {
            push_line(&mut above, comment.trim_matches(SPACE));
        } else if let Some(name) = content
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = if name.ends_with('.') {
                name.to_owned()
            } else {
                format!("{name}.")
            };
        } else if let Some((name, value)) = content.split_once('=') {
            let value = value.trim_matches(SPACE);
            // The value is a part of the line, unless it is empty.
            let before = line
                .find('=')
                .map(|equals| &line[..=equals])
                .unwrap_or_default();
            let gap =
                line[before.len()..].len() - line[before.len()..].trim_start_matches(SPACE).len();
            file.entries.push(ConfigEntry {
                line: number,
                column: before.chars().count() + if value.is_empty() { 0 } else { gap } + 1,
                name: format!("{section}{}", name.trim_matches(SPACE)),
                value: value.to_owned(),
                above: std::mem::take(&mut above),
            });
        } else {
            push_line(&mut above, content);
            file.invalid.push(InvalidLine {
                line: number,
                text: content.to_owned(),
            });
        }
    }
    file
}

fn push_line(text: &mut String, line: &str) {
    if !line.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
}

impl ConfigEntry {
    /// Says whether it is an option that holds a private key.
    pub fn is_secret(&self) -> bool {
        [
            "private-key",
            "peer-private-key",
            "signature-provider",
            "eosio-key",
        ]
        .contains(&self.name.as_str())
    }
}

impl ConfigFile {
    /// Returns the values of an option, in the order of the file.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.of(name).map(|entry| entry.value.as_str())
    }

    /// Returns the plugins with their lines. A line may list several, between which there are commas or spaces
    /// ([appbase](https://github.com/AntelopeIO/appbase/blob/main/application_base.cpp)).
    pub(crate) fn plugins(&self) -> impl Iterator<Item = (&ConfigEntry, &str)> {
        self.of("plugin").flat_map(|entry| {
            let names = entry.value.split([' ', '\t', ',']);
            names
                .filter(|name| !name.is_empty())
                .map(move |name| (entry, name))
        })
    }

    /// Returns the lines of an option.
    pub(super) fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ConfigEntry> {
        self.entries.iter().filter(move |entry| entry.name == name)
    }
}

impl fmt::Debug for ConfigEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.is_secret() {
            "<redacted>"
        } else {
            &self.value
        };
        f.debug_struct("ConfigEntry")
            .field("line", &self.line)
            .field("name", &self.name)
            .field("value", &value)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for InvalidLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidLine")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> (String, String) {
        let file = parse_config_ini(text);
        assert_eq!(file.invalid, [], "{text}");
        let entry = &file.entries[0];
        (entry.name.clone(), entry.value.clone())
    }

    #[test]
    fn comments_quotes_and_sections_are_taken_as_boost_takes_them() {
        for (text, name, value) in [
            ("a=b", "a", "b"),
            ("  a \t= b c  ", "a", "b c"),
            ("a = b = c", "a", "b = c"),
            ("a = \"b\"", "a", "\"b\""),
            ("a = \"b # c\"", "a", "\"b"),
            ("a =", "a", ""),
            ("a = # b", "a", ""),
            ("[s]\na = b", "s.a", "b"),
            ("[s.]\na = b", "s.a", "b"),
            ("[]\na = b", ".a", "b"),
            ("\u{feff}a = b\r\n", "a", "b"),
            ("= b", "", "b"),
            ("a\u{a0}=\u{a0}b", "a\u{a0}", "\u{a0}b"),
        ] {
            assert_eq!(entry(text), (name.to_owned(), value.to_owned()), "{text}");
        }
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let file = parse_config_ini("\n# one\n\nprose here\na =   b\nc=\n");
        let places: Vec<(u64, usize)> = file.entries.iter().map(|e| (e.line, e.column)).collect();
        assert_eq!(places, [(5, 7), (6, 3)]);
        assert_eq!(file.entries[0].above, "one\nprose here");
        assert_eq!(file.entries[1].above, "");
        assert_eq!(file.invalid[0].line, 4);
    }

    #[test]
    fn secrets_are_not_shown() {
        let file = parse_config_ini(
            "signature-provider = EOS1=KEY:5secret\nprivate-key = 5secret\n5secret\n",
        );
        assert!(!format!("{file:?}").contains("5secret"), "{file:?}");
        assert_eq!(file.values("private-key").collect::<Vec<_>>(), ["5secret"]);
    }
}
