//! Commands that somebody noted down, as far as they name files, images, or producers.

use super::finding::{Finding, Severity};
use super::lines::{Line, lines, lint_copy};

/// What noted commands say.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    /// Images that are built or pushed.
    pub(crate) images: Vec<(u64, String)>,
    /// Files that are given to `oc` or `kubectl`.
    pub(crate) files: Vec<(u64, String)>,
    /// Accounts that are registered as producers, or given to the template as `BP`.
    pub(crate) producers: Vec<(u64, String)>,
}

impl Commands {
    pub(crate) fn read(text: &str) -> Self {
        let mut commands = Self::default();
        for line in lines(text) {
            commands.add(&line);
        }
        commands
    }

    fn add(&mut self, line: &Line) {
        let words: Vec<&str> = line
            .text
            .trim_start_matches(['#', '$', ' '])
            .split_whitespace()
            .collect();
        let after = |word: &str| {
            let place = words.iter().position(|other| *other == word)?;
            words.get(place + 1).copied()
        };
        let note = |list: &mut Vec<(u64, String)>, found: &str| {
            let found = found.to_owned();
            if list.iter().all(|(_, known)| *known != found) {
                list.push((line.number, found));
            }
        };
        match words.as_slice() {
            ["docker" | "podman" | "buildah", "build" | "bud", ..] => {
                if let Some(image) = after("-t").or_else(|| after("--tag")) {
                    note(&mut self.images, image);
                }
            }
            ["docker" | "podman" | "buildah", "push", .., image] => note(&mut self.images, image),
            ["oc" | "kubectl", ..] => {
                if let Some(file) = after("-f").or_else(|| after("--filename")) {
                    note(&mut self.files, file);
                }
                for word in &words {
                    if let Some(account) = word
                        .trim_start_matches("-p")
                        .trim_start_matches('=')
                        .strip_prefix("BP=")
                    {
                        note(&mut self.producers, account);
                    }
                }
            }
            ["cleos", ..] => {
                if let Some(account) = after("regproducer") {
                    note(&mut self.producers, account);
                }
            }
            _ => {}
        }
    }
}

/// Returns what is wrong with noted commands.
pub(super) fn lint_commands(text: &str) -> Vec<Finding> {
    let mut findings = lint_copy(text);
    for line in lines(text) {
        let at = |severity, code, message: &str| {
            Finding::new(severity, code, message).at_line(line.number)
        };
        if line.text.contains("github.com/EOSIO/eos") || line.text.contains("eosio_build.sh") {
            findings.push(
                at(
                    Severity::Warning,
                    "archived-source",
                    "EOSIO/eos is archived, and there never was an official image of it",
                )
                .with_remedy(
                    "take a package of a release of Leap or Spring, or an image that you have",
                ),
            );
        }
    }
    for (line, image) in Commands::read(text).images {
        let name = image.rsplit('/').next().unwrap_or_default();
        if !image.contains('@') && name.split_once(':').is_none_or(|(_, tag)| tag == "latest") {
            findings.push(
                Finding::new(
                    Severity::Warning,
                    "floating-image",
                    format!("`{image}` has no tag: whoever pulls it gets another one each time"),
                )
                .at_line(line)
                .with_remedy("give it a tag, never used before"),
            );
        }
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}
