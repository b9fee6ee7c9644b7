use std::fmt;

use super::go_text::quote;
use super::random::RandomnessError;
use crate::secrets;

/// Why a text is not a template.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTemplateError {
    /// It is neither YAML nor JSON.
    #[error("not YAML{}: {message}", line.map_or(String::new(), |line| format!(", line {line}")))]
    #[non_exhaustive]
    NotYaml {
        /// The line.
        line: Option<u64>,
        /// What is wrong.
        message: String,
    },
    /// It is YAML, but not a template.
    #[error("not a template: {}", list(problems))]
    #[non_exhaustive]
    NotTemplate {
        /// All that is wrong with it.
        problems: Vec<TemplateProblem>,
    },
}

/// What is wrong with one place of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateProblem {
    /// The place, as `parameters[0].name`.
    pub path: String,
    /// The line, where the text is YAML.
    pub line: Option<u64>,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(line) = self.line {
            write!(f, " (line {line})")?;
        }
        write!(f, ": {}", self.message)
    }
}

fn list(problems: &[TemplateProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

/// All that keeps a template from being processed, told together.
///
/// `Display` is the message that the server would answer with.
#[derive(Debug)]
pub struct TemplateErrors {
    template: String,
    causes: Vec<Cause>,
    unused: Vec<String>,
    randomness: Option<RandomnessError>,
}

/// One of the [`TemplateErrors`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause {
    /// What kind of cause it is.
    pub reason: Reason,
    /// The place, as the server names it: `template.parameters[0]`, `parameters[0].name`, `item[0].labels`.
    pub field: String,
    /// What is wrong, as the server says it. Never holds a private key.
    pub message: String,
}

/// What kind a [`Cause`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A value is missing. The server's `FieldValueRequired`.
    Required,
    /// Something is not as it must be. The server's `FieldValueInvalid`.
    Invalid,
    /// A value was given for a parameter that is not declared. `oc` says so; the server never gets it.
    Unknown,
    /// [`Mode::Strict`](super::Mode::Strict) does not let it pass.
    Strict,
    /// The server fails with an internal error.
    Internal,
    /// The result would be larger than it may be.
    TooLarge,
}

impl Reason {
    /// Returns the word that the server has for it in `details.causes[].reason`, if it has one.
    pub fn server_word(self) -> Option<&'static str> {
        match self {
            Self::Required => Some("FieldValueRequired"),
            Self::Invalid => Some("FieldValueInvalid"),
            Self::Internal => Some("InternalError"),
            Self::TooLarge => Some("FieldValueTooLong"),
            Self::Unknown | Self::Strict => None,
        }
    }
}

impl Cause {
    fn new(reason: Reason, field: impl Into<String>, message: &str) -> Self {
        Self {
            reason,
            field: field.into(),
            message: secrets::redact(message),
        }
    }

    /// A value is missing.
    pub(super) fn required(field: impl Into<String>, detail: &str) -> Self {
        let message = match detail {
            "" => "Required value".to_owned(),
            detail => format!("Required value: {detail}"),
        };
        Self::new(Reason::Required, field, &message)
    }

    /// A value, already in Go's syntax, is not as it must be.
    pub(super) fn invalid(field: impl Into<String>, value: &str, detail: &str) -> Self {
        let message = format!("Invalid value: {value}: {detail}");
        Self::new(Reason::Invalid, field, &message)
    }

    pub(super) fn unknown(message: &str) -> Self {
        Self::new(Reason::Unknown, "parameters", message)
    }

    pub(super) fn strict(field: impl Into<String>, message: &str) -> Self {
        Self::new(Reason::Strict, field, message)
    }

    pub(super) fn internal(field: impl Into<String>, message: &str) -> Self {
        Self::new(Reason::Internal, field, message)
    }

    pub(super) fn too_large(field: impl Into<String>, message: &str) -> Self {
        Self::new(Reason::TooLarge, field, message)
    }
}

impl TemplateErrors {
    pub(super) fn new(
        template: &str,
        causes: Vec<Cause>,
        unused: Vec<String>,
        randomness: Option<RandomnessError>,
    ) -> Self {
        Self {
            template: template.to_owned(),
            causes,
            unused,
            randomness,
        }
    }

    /// Returns the causes, in the order in which the server tells them.
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// Returns the parameters that are declared and that nothing in the template uses.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }
}

impl fmt::Display for TemplateErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<String> = Vec::new();
        for cause in &self.causes {
            let text = format!("{}: {}", cause.field, cause.message);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        write!(
            f,
            "Template.template.openshift.io {} is invalid: ",
            quote(&self.template)
        )?;
        match texts.as_slice() {
            [text] => f.write_str(text),
            texts => write!(f, "[{}]", texts.join(", ")),
        }
    }
}

impl std::error::Error for TemplateErrors {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.randomness
            .as_ref()
            .map(|error| error as &(dyn std::error::Error + 'static))
    }
}
