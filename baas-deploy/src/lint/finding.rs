use std::fmt;

/// What is wrong with one place of a file, and what to do about it.
///
/// ```
/// use baas_deploy::lint::{Finding, Severity};
///
/// let finding = Finding::new(Severity::Error, "gone-option", "`block-log-dir` is gone")
///     .at_line(7)
///     .with_remedy("write `blocks-dir`");
/// assert_eq!(
///     finding.to_string(),
///     "line 7: error: `block-log-dir` is gone: write `blocks-dir` [gone-option]"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Finding {
    /// The line, counted from 1; `None` when it is about the file as a whole.
    pub line: Option<u64>,
    /// How bad it is.
    pub severity: Severity,
    /// A word for this kind of defect, in kebab case, that stays the same between releases.
    pub code: &'static str,
    /// What is wrong. Never holds a secret.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// How bad a [`Finding`] is. The worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "complete: callers match on all three"
)]
pub enum Severity {
    /// It works, and could be better.
    Hint,
    /// It is read, and does not do what was meant, or is dangerous.
    Warning,
    /// It is refused by what reads the file, or stops it.
    Error,
}

impl Finding {
    /// Returns a finding about the file as a whole.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            line: None,
            severity,
            code,
            message: message.into(),
            remedy: None,
        }
    }

    /// Returns it with its line, counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Returns it with what to do about it.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.severity, self.message)?;
        if let Some(remedy) = &self.remedy {
            write!(f, ": {remedy}")?;
        }
        write!(f, " [{}]", self.code)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}
