use super::commands::lint_commands;
use super::containerfile::lint_containerfile;
use super::cross::lint_together;
use super::finding::{Finding, Severity};
use super::genesis_json::lint_genesis_json_for;
use super::lines::lint_copy;
use super::report::Report;
use super::start_script::lint_start_script;
use super::template::lint_template;
use crate::node::{NodeVersion, lint_config_ini, parse_config_ini};
use crate::template::Parameters;

/// What a file of a deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    ConfigIni,
    Genesis,
    StartScript,
    Containerfile,
    Template,
    /// An object of a cluster that is no template.
    Object,
    /// Values for a template.
    Parameters,
    /// Commands that somebody noted down.
    Commands,
    Unknown,
}

impl FileKind {
    /// Tells it from the name, and where many things have such a name from the text.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        let file = name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or(name)
            .to_ascii_lowercase();
        // What editors and people put behind a name.
        let file = [".txt", ".bak", ".orig", ".old", "~"]
            .into_iter()
            .find_map(|suffix| file.strip_suffix(suffix))
            .unwrap_or(&file);
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let first = text.trim_start_matches('\u{feff}').lines().next();
        let is_script = first.is_some_and(|line| line.starts_with("#!") && line.contains("sh"));
        let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        match (file, extension) {
            (_, "ini") => Self::ConfigIni,
            // Before a genesis, which may be in one of their objects.
            (_, "yaml" | "yml" | "json") if text.lines().any(is_kind_template) => Self::Template,
            (_, "yaml" | "yml" | "json") if has(&["apiVersion"]) && has(&["kind"]) => Self::Object,
            (_, "json") if has(&["initial_key", "initial_timestamp", "initial_configuration"]) => {
                Self::Genesis
            }
            (name, _) if name.starts_with("genesis") => Self::Genesis,
            (name, extension)
                if name.starts_with("dockerfile")
                    || name.starts_with("containerfile")
                    || matches!(extension, "dockerfile" | "containerfile") =>
            {
                Self::Containerfile
            }
            (_, "env" | "params" | "parameters") => Self::Parameters,
            (_, extension)
                if (extension == "sh" || is_script)
                    && has(&["docker ", "podman ", "oc "])
                    && !has(&["nodeos -", "nodeos \"", "config-dir"]) =>
            {
                Self::Commands
            }
            (_, "sh") => Self::StartScript,
            _ if is_script => Self::StartScript,
            _ if has(&[
                "docker build",
                "docker push",
                "oc create",
                "oc process",
                "cleos ",
            ]) =>
            {
                Self::Commands
            }
            _ if text.lines().any(is_kind_template) => Self::Template,
            _ if text.lines().any(is_plugin) => Self::ConfigIni,
            _ => Self::Unknown,
        }
    }
}

/// Says whether a line is `plugin = eosio::…`, which only a config.ini has.
fn is_plugin(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, value)| {
        name.trim() == "plugin" && value.trim_start().starts_with("eosio::")
    })
}

/// Says whether a line is `kind: Template`, in YAML, JSON, or what a page made of it.
fn is_kind_template(line: &str) -> bool {
    let is_sign = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '{' | '-');
    line.split_once("kind").is_some_and(|(before, after)| {
        let after = after.trim_start_matches(is_sign);
        let value = after.strip_prefix([':', '：']).unwrap_or_default();
        let value = value.trim_start_matches(is_sign);
        before
            .chars()
            .all(|c| is_sign(c) || c == '\u{feff}' || line.contains('{'))
            && value
                .strip_prefix("Template")
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// Returns what is wrong with files of a deployment, each by itself and all together, for the nodeos of today's default.
///
/// Files are told by their names: `config.ini`, `genesis.json`, a start script, a Dockerfile or Containerfile, an
/// OpenShift template, `.env` files with its parameters, and texts with noted commands. They may be as their author
/// wrote them, or as a web page prints them.
///
/// ```
/// use baas_deploy::lint::{Severity, lint_files};
///
/// let report = lint_files(&[("Dockerfile", "FROM debian:12.8\nUSER 0\n")]);
/// assert_eq!(report.worst(), Some(Severity::Error));
/// assert_eq!(report.findings()[0].finding.line, Some(2));
/// ```
pub fn lint_files(files: &[(&str, &str)]) -> Report {
    lint_files_for(files, NodeVersion::default())
}

/// Returns what is wrong with files of a deployment, for a version of nodeos.
pub fn lint_files_for(files: &[(&str, &str)], version: NodeVersion) -> Report {
    let mut report = Report::default();
    for (name, text) in files {
        let without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
        if without_mark.trim().is_empty() {
            let found = Finding::new(Severity::Warning, "empty-file", "there is nothing in it");
            report.add(name, found.with_remedy("write it, or leave it out"));
        }
        let findings = match FileKind::of(name, text) {
            FileKind::ConfigIni => lint_config_ini(text, version),
            FileKind::Genesis => lint_genesis_json_for(text, version),
            FileKind::StartScript => lint_start_script(text),
            FileKind::Containerfile => lint_containerfile(text),
            FileKind::Template => lint_template(text),
            FileKind::Object => lint_copy(text),
            FileKind::Commands => lint_commands(text),
            FileKind::Parameters => lint_parameters(text),
            FileKind::Unknown => vec![
                Finding::new(
                    Severity::Hint,
                    "unknown-file",
                    "nobody knows what this file is for",
                )
                .with_remedy("give it its usual name, or leave it out"),
            ],
        };
        for finding in findings {
            report.add(name, finding);
        }
    }
    keys_beside(files, &mut report);
    lint_together(files, &mut report);
    report.sort(files);
    report
}

/// Takes back that a producer has no key where a file of the same node has it: `config/config.ini`, `secret/key.ini`.
fn keys_beside(files: &[(&str, &str)], report: &mut Report) {
    let node = |name: &str| {
        let mut parts = name.rsplitn(3, '/');
        parts.nth(2).map(ToOwned::to_owned)
    };
    let has_key = |file: &str| {
        node(file).is_some()
            && files.iter().any(|(name, text)| {
                let is_fragment = *name != file && node(name) == node(file);
                is_fragment
                    && FileKind::of(name, text) == FileKind::ConfigIni
                    && parse_config_ini(text).entries.iter().any(|entry| {
                        matches!(entry.name.as_str(), "signature-provider" | "private-key")
                    })
            })
    };
    report.retain(|found| found.finding.code != "no-key" || !has_key(&found.file));
}

fn lint_parameters(text: &str) -> Vec<Finding> {
    let mut parameters = Parameters::new();
    let mut findings: Vec<Finding> = match parameters.add_file(text) {
        Ok(_) => Vec::new(),
        Err(error) => error
            .lines
            .into_iter()
            .map(|(line, message)| {
                Finding::new(Severity::Error, "no-parameter", message).at_line(line)
            })
            .collect(),
    };
    for (number, line) in (1..).zip(text.lines()) {
        if !crate::secrets::private_keys(line).is_empty() {
            findings.push(
                Finding::new(
                    Severity::Error,
                    "key-in-parameter",
                    "a private key is in a file of parameters",
                )
                .at_line(number)
                .with_remedy("keep it in a Secret made from a file of its own"),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_text_where_their_name_says_nothing() {
        let script = "#!/bin/sh\ncp /cleos /opt/eosio/bin\nexec nodeos -e --config-dir=x\n";
        let ini = "plugin\u{a0}=\u{a0}eosio::producer_plugin\n";
        let template = "at nodeos.yaml\napiVersion: v1\nkind: Template\n";
        for (name, text, kind) in [
            ("start", script, FileKind::StartScript),
            ("nodeosd.sh.txt", script, FileKind::StartScript),
            ("-", ini, FileKind::ConfigIni),
            ("node.conf", ini, FileKind::ConfigIni),
            ("CONFIG.INI.txt", "", FileKind::ConfigIni),
            ("config.ini~", "", FileKind::ConfigIni),
            ("Dockerfile.bak", "", FileKind::Containerfile),
            ("eos", template, FileKind::Template),
            ("eos.yaml.txt", template, FileKind::Template),
            (
                "notes.txt",
                "docker build .\nkind: Template\n",
                FileKind::Commands,
            ),
            ("up.sh", "#!/bin/sh\ndocker build .\n", FileKind::Commands),
            (
                "notes.txt",
                "the plugin eosio::producer_plugin",
                FileKind::Unknown,
            ),
        ] {
            assert_eq!(FileKind::of(name, text), kind, "{name}");
        }
    }
}
