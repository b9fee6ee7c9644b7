//! Reading a YAML document into a type, with **all** that is wrong with it told at once.
//!
//! [`from_yaml`] works for any deserializable type that can [`Check`] itself: for a
//! [`NetworkSpec`](crate::spec::NetworkSpec) alone as for a program's own document that has one as a section.

mod deserialize;
mod tree;

use std::fmt;

use serde::de::DeserializeOwned;

pub(crate) use deserialize::suggestion;
use deserialize::{Failure, Reason, Session};
use tree::{Path, Step};

/// What a value knows about its own rules beyond the types of its fields.
pub trait Check {
    /// Reports everything that is wrong.
    fn check(&self, problems: &mut Problems<'_>);
}

/// Where [`Check::check`] reports to: one place in the document.
#[derive(Debug)]
pub struct Problems<'a> {
    found: &'a mut Vec<(Path, String)>,
    at: Path,
    is_partial: bool,
}

/// Something wrong at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The place, as in `network.nodes[2].role`; empty for the document as a whole.
    pub path: String,
    /// The line of the text, from 1, where there is a text.
    pub line: Option<u64>,
    /// What is wrong.
    pub message: String,
}

/// Everything that is wrong with a document. `Display` prints one problem a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SpecErrors {
    problems: Vec<Problem>,
}

/// Reads a YAML document.
///
/// Unknown fields, unknown words, wrong types, missing fields and what [`Check`] finds are all reported
/// together. What cannot be judged because something else is broken is not reported.
///
/// # Errors
///
/// When anything is wrong with it.
///
/// ```
/// use baas_deploy::reader::{Check, Problems, from_yaml};
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Shop {
///     name: String,
///     shelves: u8,
/// }
///
/// impl Check for Shop {
///     fn check(&self, problems: &mut Problems<'_>) {
///         if self.name.is_empty() {
///             problems.field("name").report("a shop needs a name");
///         }
///     }
/// }
///
/// let errors = from_yaml::<Shop>("name: ''\nshelvs: 3\nshelves: many").unwrap_err();
/// assert_eq!(
///     errors.to_string(),
///     "name: a shop needs a name (line 1)\n\
///      shelvs: unknown field, did you mean `shelves`? (line 2)\n\
///      shelves: expected a whole number from 0 to 255, found the text `many` (line 3)"
/// );
/// ```
pub fn from_yaml<T: DeserializeOwned + Check>(yaml: &str) -> Result<T, SpecErrors> {
    let mut root = match tree::parse(yaml) {
        Ok(root) => root,
        Err(problem) => {
            return Err(SpecErrors {
                problems: vec![problem],
            });
        }
    };
    let text = root.clone();
    let session = Session::default();
    let mut found = Vec::new();
    for (path, message) in tree::duplicate_keys(&root) {
        found.push((path, message));
    }
    // A wrong value is reported and taken out, and the rest is read again, until nothing is wrong
    // with the types. Each round takes something out or fills something in, so this ends.
    let mut taken_out: Vec<Path> = Vec::new();
    let mut placeholders = 0;
    let value: Option<T> = loop {
        match session.read(&root) {
            Ok(value) => break Some(value),
            Err(Failure {
                at,
                reason: Reason::Missing(field),
            }) => {
                let path = at.child(Step::Field(field.to_owned()));
                if !taken_out.contains(&path) {
                    found.push((path, "missing".to_owned()));
                }
                placeholders += 1;
                if !root.fill_in(&at, field, placeholders) {
                    break None;
                }
            }
            Err(Failure {
                at,
                reason: Reason::Placeholder,
            }) => {
                // No value would do there, so nothing more can be said about what holds it.
                let Some(parent) = at.parent() else {
                    break None;
                };
                if !root.take_out(&parent) {
                    break None;
                }
                taken_out.push(parent);
            }
            Err(Failure {
                at,
                reason: Reason::Wrong(message),
            }) => {
                found.push((at.clone(), message));
                if !root.take_out(&at) {
                    break None;
                }
                taken_out.push(at);
            }
        }
    };
    // First, because an unknown field is often the misspelt name of one that is missing.
    found.splice(0..0, session.into_unknown_fields());
    if let Some(value) = &value {
        let mut of_check = Vec::new();
        let is_partial = placeholders > 0 || !taken_out.is_empty();
        value.check(&mut Problems {
            found: &mut of_check,
            at: Path::default(),
            is_partial,
        });
        // Elements may have been taken out before this one: say its place in the text.
        let of_check = of_check
            .into_iter()
            .map(|(path, message)| (root.original(&path), message));
        found.extend(of_check.filter(|(path, message)| !root.is_of_placeholder(path, message)));
    }
    match value {
        Some(value) if found.is_empty() => Ok(value),
        _ => Err(SpecErrors::new(found, |path| text.line(path))),
    }
}

/// Reads a JSON document, as [`from_yaml`] does.
///
/// # Errors
///
/// When anything is wrong with it.
pub fn from_json<T: DeserializeOwned + Check>(json: &str) -> Result<T, SpecErrors> {
    // JSON is YAML, which tells the lines; what is not JSON is told in its own words.
    match serde_json::from_str::<serde::de::IgnoredAny>(json) {
        Ok(_) => from_yaml(json),
        Err(error) => Err(SpecErrors {
            problems: vec![Problem {
                path: String::new(),
                line: Some(error.line() as u64),
                message: format!("not JSON: {error}"),
            }],
        }),
    }
}

/// Checks a value that was made in code.
///
/// # Errors
///
/// When [`Check::check`] reports anything.
pub fn check<T: Check>(value: &T) -> Result<(), SpecErrors> {
    let mut found = Vec::new();
    value.check(&mut Problems {
        found: &mut found,
        at: Path::default(),
        is_partial: false,
    });
    if found.is_empty() {
        Ok(())
    } else {
        Err(SpecErrors::new(found, |_| None))
    }
}

impl Problems<'_> {
    /// Returns the place of a field of this one.
    pub fn field(&mut self, name: &str) -> Problems<'_> {
        self.child(Step::Field(name.to_owned()))
    }

    /// Returns the place of an element of this one.
    pub fn index(&mut self, index: usize) -> Problems<'_> {
        self.child(Step::Index(index))
    }

    fn child(&mut self, step: Step) -> Problems<'_> {
        let at = self.at.child(step);
        Problems {
            found: self.found,
            at,
            is_partial: self.is_partial,
        }
    }

    /// Reports something wrong here: lower case, no full stop, the value in question.
    pub fn report(&mut self, message: impl Into<String>) {
        self.found.push((self.at.clone(), message.into()));
    }

    /// Says whether parts of the document could not be read and were left out of the value: then what
    /// is absent from the value may be present in the document, and must not be reported as missing.
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }
}

impl SpecErrors {
    fn new(found: Vec<(Path, String)>, line: impl Fn(&Path) -> Option<u64>) -> Self {
        let mut problems: Vec<Problem> = found
            .into_iter()
            .map(|(path, message)| Problem {
                line: line(&path),
                path: path.to_string(),
                message,
            })
            .collect();
        // In the order of the text; what has no line keeps the order in which it was found.
        problems.sort_by_key(|problem| problem.line.unwrap_or(u64::MAX));
        Self { problems }
    }

    /// Returns the problems, in the order of the text.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for SpecErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match self.line {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Town {
        name: String,
        #[serde(default)]
        houses: Vec<House>,
        #[serde(default)]
        roads: BTreeMap<String, u8>,
        mayor: Option<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct House {
        number: u16,
        kind: Kind,
        owner: Owner,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        Brick,
        Wood,
        Other { material: String },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(try_from = "String")]
    struct Owner(String);

    impl TryFrom<String> for Owner {
        type Error = String;
        fn try_from(text: String) -> Result<Self, String> {
            if text.is_empty() {
                Err("nobody owns it".to_owned())
            } else {
                Ok(Self(text))
            }
        }
    }

    impl Check for Town {
        fn check(&self, problems: &mut Problems<'_>) {
            if self.houses.is_empty() && !problems.is_partial() {
                problems.field("houses").report("a town has a house");
            }
            for (index, house) in self.houses.iter().enumerate() {
                if house.number == 13 {
                    problems
                        .field("houses")
                        .index(index)
                        .field("number")
                        .report("13 is unlucky");
                }
            }
        }
    }

    fn errors(text: &str) -> String {
        from_yaml::<Town>(text).unwrap_err().to_string()
    }

    #[test]
    fn a_good_document_is_read() {
        let town = from_yaml::<Town>(
            "name: A\nhouses:\n- {number: 1, kind: brick, owner: a}\n\
             - {number: 2, kind: {other: {material: hay}}, owner: b}\nroads: {x: 2}\nmayor: null\n",
        )
        .unwrap();
        assert_eq!(
            town.houses[1].kind,
            Kind::Other {
                material: "hay".to_owned()
            }
        );
        assert_eq!(town.roads["x"], 2);
        assert_eq!(town.mayor, None);
    }

    #[test]
    fn everything_wrong_is_told_at_once_with_its_place() {
        let text = "\
nam: A
houses:
- {number: 1, kind: brik, owner: a}
- {number: 70000, kind: wood, owner: ''}
- {number: 13, kind: wood, ownr: c, owner: c}
- {kind: wood}
roads: {x: 300, y: 2}
mayor: [1]
";
        assert_eq!(
            errors(text),
            "\
nam: unknown field, did you mean `name`? (line 1)
name: missing (line 1)
houses[0].kind: unknown word `brik`, did you mean `brick`? (line 3)
houses[1].number: expected a whole number from 0 to 65535, found the number 70000 (line 4)
houses[1].owner: nobody owns it (line 4)
houses[2].ownr: unknown field, did you mean `owner`? (line 5)
houses[2].number: 13 is unlucky (line 5)
houses[3].number: missing (line 6)
houses[3].owner: missing (line 6)
roads.x: expected a whole number from 0 to 255, found the number 300 (line 7)
mayor: expected a string, found a list (line 8)"
        );
    }

    #[test]
    fn several_words_and_several_documents_are_told_without_jargon() {
        use crate::spec::NetworkSpec;

        let told = |topology: &str| {
            let text =
                format!("name: a\nnodes:\n- {{name: b, role: boot}}\ntopology: {topology}\n");
            from_yaml::<NetworkSpec>(&text).unwrap_err().to_string()
        };
        assert_eq!(
            told("{kind: star, of: b}"),
            "topology: expected one word of mesh, ring, line, star, custom (line 4)"
        );
        let told = told("mesh\n---\nname: c");
        assert!(
            told.contains("more than one document") && !told.contains("from_str"),
            "{told}"
        );
    }

    #[test]
    fn rules_are_checked_on_what_could_be_read_and_tell_the_place_in_the_text() {
        let text = "name: A\nhouses:\n- 5\n- {number: 13, kind: wood, owner: c}\n";
        assert_eq!(
            errors(text),
            "houses[0]: expected a map of fields, found the number 5 (line 3)\n\
             houses[1].number: 13 is unlucky (line 4)"
        );
        // All houses were unreadable: none is missing.
        assert_eq!(
            errors("name: A\nhouses: [5]"),
            "houses[0]: expected a map of fields, found the number 5 (line 2)"
        );
        assert_eq!(errors("name: A"), "houses: a town has a house (line 1)");
    }

    #[test]
    fn a_number_where_text_belongs_wants_quotes() {
        assert_eq!(
            errors("name: 12345"),
            "name: expected a string, found the number 12345: write it in quotes (line 1)\n\
             houses: a town has a house (line 1)"
                .split('\n')
                .next()
                .unwrap()
        );
    }

    #[test]
    fn what_is_not_yaml_is_one_problem() {
        let errors = from_yaml::<Town>("name: [").unwrap_err();
        assert_eq!(errors.problems().len(), 1, "{errors}");
        assert!(errors.problems()[0].line.is_some(), "{errors}");
        let empty = from_yaml::<Town>("").unwrap_err();
        assert_eq!(
            empty.to_string(),
            "expected a map of fields, found nothing (line 1)"
        );
    }

    #[test]
    fn a_field_written_twice_is_told() {
        let text = "name: A\nname: B\nhouses:\n- {number: 1, kind: wood, owner: c}\n";
        assert_eq!(errors(text), "name: written twice (line 2)");
    }
}
