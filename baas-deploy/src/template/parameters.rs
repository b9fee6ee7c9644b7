use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use zeroize::Zeroizing;

use super::parameter_file::{self, ParameterFileError};

/// Values for the parameters of a template. They may be secrets: `Debug` shows the names only.
#[derive(Clone, Default)]
pub struct Parameters {
    values: BTreeMap<String, Zeroizing<String>>,
}

impl Parameters {
    /// Returns no values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a value, in place of an earlier one. An empty one counts as given: nothing is generated then.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values
            .insert(name.into(), Zeroizing::new(value.into()));
    }

    /// Adds the values of a file as `oc process --param-file` reads it. A value that is there already stays; the names
    /// of those are returned, and `oc` warns of them.
    ///
    /// A line is `NAME=VALUE` or `NAME: VALUE`, with `export` before it if one likes. Empty lines and those that begin
    /// with `#` are skipped, and so is what follows a `#` that is not in quotes. Blanks around name and value do not
    /// count; neither do quotes, `'…'` or `"…"`, around a value, in which `\n` and `\r` are a line's end and `\` before
    /// any other character that character. Of a name that is there twice the last value counts.
    ///
    /// # Errors
    ///
    /// [`ParameterFileError`], with all lines that cannot be read.
    pub fn add_file(&mut self, text: &str) -> Result<Vec<String>, ParameterFileError> {
        let mut kept = Vec::new();
        for (name, value) in parameter_file::read(text)? {
            match self.values.entry(name) {
                Entry::Occupied(entry) => kept.push(entry.key().clone()),
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
            }
        }
        Ok(kept)
    }

    /// Returns the names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Returns a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.as_str())
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}
