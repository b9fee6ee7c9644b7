use super::finding::{Finding, Severity};
use super::lines::{Line, lint_copy};
use super::shell::{commands, ends_on_errors, is_prose, is_stale, nodeos_arguments, substitutions};
use crate::secrets;

/// Returns what is wrong with a start script such as `nodeosd.sh`.
pub fn lint_start_script(text: &str) -> Vec<Finding> {
    let mut findings = lint_copy(text);
    lint_characters(text, &mut findings);
    let commands = commands(text);
    let mut seen: Vec<&str> = Vec::new();
    let mut gives_key = false;
    for line in &commands {
        if is_prose(&line.text) {
            findings.push(
                at(
                    line,
                    Severity::Error,
                    "prose",
                    format!(
                        "`{}` is a comment without its `#`: the shell runs it",
                        secrets::redact(&line.text)
                    ),
                )
                .with_remedy("write `#` before it"),
            );
            continue;
        }
        lint_sed(line, &mut seen, &mut findings);
        lint_copies(line, &mut findings);
        lint_start(line, &mut findings);
        let has_variable = line.text.contains('$') && line.text.contains("PRIVATE");
        let uses = line.text.starts_with("sed ") || nodeos_arguments(&line.text).is_some();
        gives_key |= has_variable && uses;
        if !secrets::private_keys(&line.text).is_empty() {
            findings.push(
                at(
                    line,
                    Severity::Error,
                    "key-in-script",
                    "a private key is in the script, and everybody who may read the image has it",
                )
                .with_remedy("take it out, make a new key, and mount that as a file from a Secret"),
            );
        }
    }
    if !ends_on_errors(text) {
        findings.push(
            Finding::new(
                Severity::Warning,
                "goes-on-after-errors",
                "it goes on after a command that failed",
            )
            .with_remedy("write `set -eu` at its beginning"),
        );
    }
    if gives_key {
        findings.push(
            Finding::new(
                Severity::Warning,
                "key-in-env",
                "the private key comes from the environment, which everybody sees who may describe the pod",
            )
            .with_remedy("mount it as a file from a Secret, and put it behind the rest of config.ini"),
        );
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

/// What an editor puts into a script that no shell reads over.
fn lint_characters(text: &str, findings: &mut Vec<Finding>) {
    if let Some(number) = (1..)
        .zip(text.split('\n'))
        .find_map(|(number, line)| line.ends_with('\r').then_some(number))
    {
        findings.push(
            Finding::new(
                Severity::Error,
                "carriage-return",
                "lines end as on Windows: the kernel looks for a shell whose name has the carriage return, and so do the commands",
            )
            .at_line(number)
            .with_remedy("end the lines with a line feed alone, as `dos2unix` does"),
        );
    }
    if text.starts_with('\u{feff}') {
        findings.push(
            Finding::new(
                Severity::Error,
                "byte-order-mark",
                "an invisible mark is before `#!`, which the kernel then does not find",
            )
            .at_line(1)
            .with_remedy("save it as UTF-8 without a byte order mark"),
        );
    }
}

fn at(line: &Line, severity: Severity, code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(severity, code, message).at_line(line.number)
}

fn lint_sed<'a>(line: &'a Line, seen: &mut Vec<&'a str>, findings: &mut Vec<Finding>) {
    for found in substitutions(&line.text) {
        let token = found.token;
        if seen.contains(&token) {
            findings.push(
                at(line, Severity::Warning, "replaced-again", format!("`{token}` is replaced before: this finds nothing"))
                    .with_remedy(
                        "leave it out; the peer's address and the node's own are replaced by lines of their own",
                    ),
            );
            continue;
        }
        seen.push(token);
        // Everybody on the machine can read a program's arguments.
        let remedy = |option| {
            if token.to_ascii_uppercase().contains("PRIVATE") {
                "mount the key as a file from a Secret, and put it behind the rest of config.ini"
            } else {
                option
            }
        };
        if line.text.contains("config.ini") && found.is_global {
            findings.push(
                at(
                    line,
                    Severity::Warning,
                    "token-replaced-everywhere",
                    format!("each `{token}` in the file is replaced, wherever it stands"),
                )
                .with_remedy(remedy(
                    "give the value as an option of nodeos, or write a config.ini for each node",
                )),
            );
        }
        if found.replacement.contains('$') {
            findings.push(
                at(
                    line,
                    Severity::Warning,
                    "unquoted-value",
                    "a value with a blank, `/`, `&` or a line's end breaks the command or gives it another meaning",
                )
                .with_remedy(remedy(
                    "give the value as an option of nodeos: `--producer-name=\"$BP\"`",
                )),
            );
        }
        if token.contains("SERVER_ADDRESS") && found.replacement.contains("HOSTNAME") {
            findings.push(
                at(
                    line,
                    Severity::Error,
                    "pod-hostname",
                    "no other pod can resolve the hostname of a pod, and it changes with each rollout",
                )
                .with_remedy("give the node a headless Service, and write that name and the port"),
            );
        }
    }
}

fn lint_copies(line: &Line, findings: &mut Vec<Finding>) {
    if line.text.starts_with("cp ") && line.text.contains("config.ini") {
        findings.push(
            at(
                line,
                Severity::Warning,
                "config-overwritten",
                "config.ini is written anew on each start",
            )
            .with_remedy("mount it read-only, and put it together with the secret part in memory"),
        );
    }
}

fn lint_start(line: &Line, findings: &mut Vec<Finding>) {
    let Some((words, is_exec)) = nodeos_arguments(&line.text) else {
        return;
    };
    if is_stale(&words) {
        findings.push(
            at(
                line,
                Severity::Error,
                "always-stale",
                "`-e` lets each node produce on a stale chain: with an empty disk it begins a chain of its own",
            )
            .with_remedy("give `-e` to the boot node alone, as long as eosio is the only producer"),
        );
    }
    if words.iter().any(|word| word.starts_with('$')) {
        findings.push(
            at(
                line,
                Severity::Warning,
                "unquoted-value",
                "variables without quotes are split at blanks",
            )
            .with_remedy("write `\"$CONFIG_DIR\" \"$DATA_DIR\" \"$@\"`"),
        );
    }
    if !is_exec {
        findings.push(
            at(
                line,
                Severity::Error,
                "no-exec",
                "the shell stays in front of nodeos, which never hears that it shall stop",
            )
            .with_remedy("write `exec` before it"),
        );
    }
}
