use std::collections::HashSet;
use std::fmt;

use super::finding::{Finding, Severity};

/// What is wrong with some files that belong together, in the order of files and lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<FileFinding>,
}

/// A [`Finding`] in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FileFinding {
    /// The name of the file, as it was given.
    pub file: String,
    /// What is wrong.
    pub finding: Finding,
}

impl Report {
    /// Returns the findings.
    pub fn findings(&self) -> &[FileFinding] {
        &self.findings
    }

    /// Returns the worst severity; `None` when nothing is wrong.
    pub fn worst(&self) -> Option<Severity> {
        self.findings
            .iter()
            .map(|found| found.finding.severity)
            .max()
    }

    pub(super) fn add(&mut self, file: &str, finding: Finding) {
        self.findings.push(FileFinding {
            file: file.to_owned(),
            finding,
        });
    }

    pub(super) fn retain(&mut self, is_kept: impl FnMut(&FileFinding) -> bool) {
        self.findings.retain(is_kept);
    }

    /// Puts the findings in the order of the files and their lines, each once.
    pub(super) fn sort(&mut self, files: &[(&str, &str)]) {
        let mut seen: HashSet<FileFinding> = HashSet::new();
        self.findings.retain(|found| seen.insert(found.clone()));
        let place = |file: &str| files.iter().position(|(name, _)| *name == file);
        self.findings
            .sort_by_key(|found| (place(&found.file), found.finding.line));
    }
}

impl fmt::Display for FileFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.finding)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for found in &self.findings {
            writeln!(f, "{found}")?;
        }
        Ok(())
    }
}
