mod values;
mod whole;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use eos_keys::PrivateKey;

use crate::lint::{Finding, Severity};
use crate::node::config_ini::parse::{ConfigEntry, ConfigFile, InvalidLine, parse_config_ini};
use crate::node::{NodeVersion, NotInVersion, OptionArity, OptionPlace};

/// Characters that look like a space and are none to nodeos.
const NO_SPACES: [char; 3] = ['\u{a0}', '\u{202f}', '\u{3000}'];

/// Words of the tutorial's files that its start script replaces.
const PLACEHOLDERS: [&str; 7] = [
    "EOSIO",
    "AGENT-NAME",
    "P2P_PEER_ADDRESS",
    "P2P_SERVER_ADDRESS",
    "PUBLIC-KEY",
    "PRIVATE-KEY",
    "BP_LIST",
];

/// Options of which nodeos takes an empty value: it then does without.
const MAY_BE_EMPTY: [&str; 9] = [
    "http-server-address",
    "https-server-address",
    "unix-socket-path",
    "p2p-listen-endpoint",
    "state-history-endpoint",
    "state-history-unix-socket-path",
    "blocks-archive-dir",
    "blocks-retained-dir",
    "access-control-allow-origin",
];

/// Options that are paths, from which nodeos removes quotation marks.
const PATHS: [&str; 12] = [
    "blocks-dir",
    "block-log-dir",
    "state-dir",
    "finalizers-dir",
    "protocol-features-dir",
    "snapshots-dir",
    "wallet-dir",
    "genesis-json",
    "trace-dir",
    "state-history-dir",
    "https-certificate-chain-file",
    "https-private-key-file",
];

/// Returns what is wrong with a `config.ini` that somebody wrote for a nodeos, in the order of its lines.
///
/// It may be the text as the tutorial prints it, in which comments have lost their `#`. No message holds a private key.
///
/// ```
/// use baas_deploy::node::{NodeVersion, lint_config_ini};
///
/// let findings = lint_config_ini("block-log-dir = blocks\nmax-clients = 25\n", NodeVersion::Leap4);
/// assert_eq!(
///     findings[0].to_string(),
///     "line 1: error: leap-4 has no `block-log-dir` any more, dawn-4.1 was the last that had it: write `blocks-dir` [gone-option]"
/// );
/// ```
pub fn lint_config_ini(text: &str, version: NodeVersion) -> Vec<Finding> {
    // What a web page has between words is told once, and then taken for what was meant.
    let spaced = text.replace(NO_SPACES, " ");
    let file = parse_config_ini(&spaced);
    let mut lint = Lint {
        file: &file,
        version,
        found: Vec::new(),
    };
    let mut odd = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.contains(NO_SPACES));
    if let Some((_, first)) = odd.next() {
        let more = odd.count();
        let message = if more == 0 {
            "a character that looks like a space is none to nodeos".to_owned()
        } else {
            format!(
                "a character that looks like a space is none to nodeos; so in {more} lines more"
            )
        };
        lint.add(
            Some(first),
            (Severity::Error, "no-break-space"),
            message,
            "write spaces",
        );
    }
    if text.starts_with('\u{feff}') {
        lint.add(
            Some(1),
            (Severity::Error, "byte-order-mark"),
            "nodeos takes the byte order mark before the first line for a part of it, and refuses the line",
            "save the file as UTF-8 without a byte order mark",
        );
    }
    for line in &file.invalid {
        lint.invalid_line(line);
    }
    let mut names: HashSet<&str> = HashSet::new();
    for entry in &file.entries {
        let is_first = names.insert(&entry.name);
        lint.entry(entry, is_first);
    }
    lint.plugins();
    lint.whole();
    let mut found = lint.found;
    // In the order of the lines; what is about the whole file comes last.
    found.sort_by_key(|finding| finding.line.unwrap_or(u64::MAX));
    found
}

struct Lint<'a> {
    file: &'a ConfigFile,
    version: NodeVersion,
    found: Vec<Finding>,
}

impl Lint<'_> {
    fn add(
        &mut self,
        line: Option<u64>,
        (severity, code): (Severity, &'static str),
        message: impl Into<String>,
        remedy: &str,
    ) {
        let mut finding = Finding::new(severity, code, shortened(&message.into()));
        finding.line = line;
        if !remedy.is_empty() {
            finding = finding.with_remedy(remedy);
        }
        self.found.push(finding);
    }

    fn at(
        &mut self,
        entry: &ConfigEntry,
        kind: (Severity, &'static str),
        message: impl Into<String>,
        remedy: &str,
    ) {
        self.add(Some(entry.line), kind, message, remedy);
    }

    fn invalid_line(&mut self, line: &InvalidLine) {
        let word = line.text.split_whitespace().next().unwrap_or_default();
        let message = if self.version.option(word).is_ok() {
            format!("`{word}` has no `=` after it, so that nodeos refuses the file")
        } else if line.text.starts_with('[') {
            "nodeos refuses a section that does not end with `]`".to_owned()
        } else {
            // Not quoted: it might be a key.
            "nodeos refuses a line that is neither an option nor a comment".to_owned()
        };
        self.add(
            Some(line.line),
            (Severity::Error, "prose-line"),
            message,
            "put `#` before an explanation",
        );
    }

    fn entry(&mut self, entry: &ConfigEntry, is_first: bool) {
        let name = entry.name.as_str();
        let option = match self.version.option(name) {
            Ok(option) => option,
            Err(why) => {
                let code = match why {
                    NotInVersion::Gone { .. } => "gone-option",
                    NotInVersion::NotYet { .. } => "later-option",
                    NotInVersion::Unknown { .. } => "unknown-option",
                };
                // A key that stands where a name belongs is not quoted.
                let message = if may_be_key(name) {
                    "no nodeos has an option of this name".to_owned()
                } else {
                    why.to_string()
                };
                self.at(entry, (Severity::Error, code), message, "");
                self.secrets(entry);
                return;
            }
        };
        if option.place == OptionPlace::CommandLine {
            self.at(
                entry,
                (Severity::Error, "command-line-option"),
                format!("{} takes `{name}` on the command line only", self.version),
                &format!("start nodeos with `--{name}`"),
            );
            return;
        }
        if option.arity != OptionArity::Several && !is_first {
            self.at(
                entry,
                (Severity::Error, "written-twice"),
                format!("`{name}` may be written only once"),
                "remove one of them",
            );
        }
        if entry.value.is_empty() {
            if !MAY_BE_EMPTY.contains(&name) {
                self.at(
                    entry,
                    (Severity::Error, "empty-value"),
                    format!("`{name}` has no value"),
                    "put `#` before it, or remove it",
                );
            }
            return;
        }
        let is_quoted =
            entry.value.len() > 1 && entry.value.starts_with('"') && entry.value.ends_with('"');
        if is_quoted && !PATHS.contains(&name) {
            self.at(
                entry,
                (Severity::Warning, "quoted-value"),
                format!("nodeos takes the quotation marks of `{name}` for a part of its value"),
                "remove them",
            );
        }
        if !self.placeholder(entry) {
            self.kind(entry, option);
        }
        self.secrets(entry);
        self.value(entry);
    }

    /// Says whether there is one.
    fn placeholder(&mut self, entry: &ConfigEntry) -> bool {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let words = || entry.value.split(|c| !is_word(c));
        let found = PLACEHOLDERS
            .iter()
            .find(|word| words().any(|other| other == **word));
        if let Some(word) = found {
            self.at(
                entry,
                (Severity::Error, "placeholder"),
                format!("`{word}` stands for a value, and a start script that puts it in replaces the word wherever it stands"),
                "write the value itself into a file for each node",
            );
        }
        found.is_some()
    }

    fn secrets(&mut self, entry: &ConfigEntry) {
        if !entry.is_secret() || entry.value.is_empty() {
            return;
        }
        let parts = entry
            .value
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let keys: Vec<PrivateKey> = parts.filter_map(|part| part.parse().ok()).collect();
        if keys.iter().any(PrivateKey::is_published) {
            self.at(
                entry,
                (Severity::Warning, "published-key"),
                "the private key is printed in well-known documents: whoever knows them can sign with it",
                "make a new key for each node",
            );
        }
        if !keys.is_empty() {
            self.at(
                entry,
                (Severity::Hint, "secret-in-config"),
                "whoever may read the configuration can sign with the private key in it",
                "keep this line in a file of its own that only the node can read",
            );
        }
    }
}

/// Says whether a text has as many letters and digits in a row as a key, and as no name.
fn may_be_key(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.len() > 40)
}

/// Returns a message that quotes what stands in the file, cut where a name cannot be as long.
fn shortened(message: &str) -> String {
    const LONGEST: usize = 300;
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// Says whether an option without a value or with this one is on; nodeos does not look at capitals.
fn is_true(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    matches!(value.as_str(), "" | "1" | "true" | "yes" | "on")
}
