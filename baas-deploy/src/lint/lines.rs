//! A file as lines, without what a web page puts into it.

use super::finding::{Finding, Severity};

/// A line of a file, without no-break spaces and blanks at its ends.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) text: String,
}

/// Returns the lines of a file that have something on them.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1..)
        .zip(text.lines())
        .map(|(number, line)| Line {
            number,
            text: line.replace('\u{a0}', " ").trim().to_owned(),
        })
        .filter(|line| !line.text.is_empty())
        .collect()
}

/// Returns the text with plain spaces, and without the mark of its encoding.
pub(super) fn with_plain_spaces(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace('\u{a0}', " ")
}

/// Returns what is wrong with any file that was copied from a web page.
pub(super) fn lint_copy(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let with_spaces: Vec<u64> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.contains('\u{a0}'))
        .map(|(number, _)| number)
        .collect();
    if let Some(first) = with_spaces.first() {
        findings.push(
            Finding::new(
                Severity::Error,
                "no-break-space",
                format!(
                    "no-break spaces on {} lines: no program takes them for spaces",
                    with_spaces.len()
                ),
            )
            .at_line(*first)
            .with_remedy("replace them by spaces"),
        );
    }
    for line in lines(text).iter().filter(|line| is_transcript(&line.text)) {
        findings.push(
            Finding::new(
                Severity::Error,
                "transcript",
                format!(
                    "`{}` is the command that showed the file, not a line of it",
                    line.text
                ),
            )
            .at_line(line.number)
            .with_remedy("leave the line out"),
        );
    }
    findings
}

/// Says whether a line shows a file: `cat NAME`, also without its first letter or after a prompt.
pub(super) fn is_transcript(line: &str) -> bool {
    shown_file(line).is_some()
}

/// Returns the name of the file that a line shows.
pub(super) fn shown_file(line: &str) -> Option<&str> {
    let command = line.trim_start_matches(['#', '$', ' ']);
    let name = command
        .strip_prefix("cat ")
        .or_else(|| command.strip_prefix("at "))?;
    let name = name.trim();
    let is_name = name.contains('.') && !name.contains([' ', '=', ':', '/', '"', '$']);
    is_name.then_some(name)
}
