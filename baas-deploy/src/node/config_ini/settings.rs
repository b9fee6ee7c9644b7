use std::fmt::Write as _;

use zeroize::Zeroizing;

use crate::node::{NodeVersion, OptionPlace};

/// The lines of a file, in their order. None is of an option that the version does not know.
#[derive(Debug)]
pub(super) struct Settings {
    version: NodeVersion,
    lines: Vec<Line>,
}

#[derive(Debug)]
enum Line {
    Option {
        name: String,
        values: Vec<String>,
    },
    /// Where the private key stands.
    Secret,
}

impl Settings {
    pub(super) fn new(version: NodeVersion) -> Self {
        Self {
            version,
            lines: Vec::new(),
        }
    }

    fn knows(&self, name: &str) -> bool {
        self.version
            .option(name)
            .is_ok_and(|option| option.place == OptionPlace::File)
    }

    /// Adds an option, if the version knows it.
    pub(super) fn add<T: ToString>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        if self.knows(name) {
            self.lines.push(Line::Option {
                name: name.to_owned(),
                values: values.into_iter().map(|value| value.to_string()).collect(),
            });
        }
    }

    /// Adds an option without a value: a comment that says where it would stand.
    pub(super) fn add_unset(&mut self, name: &str) {
        self.add(name, [""; 0]);
    }

    pub(super) fn add_secret(&mut self) {
        self.lines.push(Line::Secret);
    }

    /// Sets an option in the place that it has, or before the private key or at the end: most options may be there only once.
    pub(super) fn replace(&mut self, name: &str, new: &[String]) {
        if !self.knows(name) {
            return;
        }
        let is_same =
            |line: &&mut Line| matches!(line, Line::Option { name: known, .. } if known == name);
        if let Some(Line::Option { values, .. }) = self.lines.iter_mut().find(is_same) {
            *values = new.to_vec();
            return;
        }
        let is_secret = |line: &Line| matches!(line, Line::Secret);
        let last = self.lines.len().saturating_sub(1);
        let at = match self.lines.last() {
            Some(line) if is_secret(line) => last,
            _ => self.lines.len(),
        };
        let line = Line::Option {
            name: name.to_owned(),
            values: new.to_vec(),
        };
        self.lines.insert(at, line);
    }

    /// Returns the text, with the secret line where it belongs.
    pub(super) fn to_ini(&self, secret: &str) -> Zeroizing<String> {
        // Growing would leave a copy of the key behind: the room is taken before the key is written.
        let length: usize = self.lines.iter().map(Line::len).sum();
        let mut ini = Zeroizing::new(String::with_capacity(length + secret.len()));
        for line in &self.lines {
            match line {
                Line::Option { name, values } if values.is_empty() => {
                    // Several values may be none, as the peers of a node that is alone.
                    if self.version == NodeVersion::Dawn4_1 {
                        writeln!(ini, "# {name} =").expect("writing to a String cannot fail");
                    }
                }
                Line::Option { name, values } => {
                    for value in values {
                        writeln!(ini, "{name} = {value}").expect("writing to a String cannot fail");
                    }
                }
                Line::Secret => ini.push_str(secret),
            }
        }
        ini
    }
}

impl Line {
    fn len(&self) -> usize {
        match self {
            Self::Option { name, values } if values.is_empty() => name.len() + 5,
            Self::Option { name, values } => values
                .iter()
                .map(|value| name.len() + value.len() + 4)
                .sum(),
            Self::Secret => 0,
        }
    }
}
