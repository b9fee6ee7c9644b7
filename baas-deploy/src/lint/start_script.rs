use super::finding::{Finding, Severity};
use super::lines::{Line, lines, lint_copy};

/// The words with which a command of a start script begins.
const COMMANDS: [&str; 24] = [
    "mkdir", "cp", "sed", "exec", "export", "set", "umask", "cat", "if", "then", "else", "fi",
    "for", "do", "done", "case", "esac", "while", "echo", "test", "chmod", "chown", "trap", "cd",
];

/// Returns what is wrong with a start script such as `nodeosd.sh`.
pub fn lint_start_script(text: &str) -> Vec<Finding> {
    let mut findings = lint_copy(text);
    let lines = lines(text);
    let mut seen_seds: Vec<&str> = Vec::new();
    let mut has_seds = false;
    for line in &lines {
        if line.number == 1 && line.text.starts_with("#!") || line.text.starts_with('#') {
            continue;
        }
        if is_prose(&line.text) {
            findings.push(
                at(
                    line,
                    Severity::Error,
                    "prose",
                    format!(
                        "`{}` is a comment without its `#`: the shell runs it",
                        line.text
                    ),
                )
                .with_remedy("write `#` before it"),
            );
            continue;
        }
        if line.text.starts_with("sed ") && line.text.contains("s/") {
            has_seds = true;
            lint_sed(line, &mut seen_seds, &mut findings);
        }
        lint_copies(line, &mut findings);
        if starts_nodeos(&line.text) {
            lint_start(line, &mut findings);
        }
    }
    let sets_e = |line: &Line| {
        line.text.strip_prefix("set -").is_some_and(|flags| {
            flags
                .split_whitespace()
                .next()
                .is_some_and(|flags| flags.contains('e'))
        })
    };
    if !lines.iter().any(sets_e) {
        findings.push(
            Finding::new(
                Severity::Warning,
                "goes-on-after-errors",
                "it goes on after a command that failed",
            )
            .with_remedy("write `set -eu` at its beginning"),
        );
    }
    if has_seds && lines.iter().any(|line| line.text.contains("PRIVATE")) {
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

fn at(line: &Line, severity: Severity, code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(severity, code, message).at_line(line.number)
}

/// Says whether a line is words rather than a command.
fn is_prose(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    text.split_whitespace().count() > 1
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && !COMMANDS.contains(&first)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b',' | b'_'))
        && text
            .split_whitespace()
            .skip(1)
            .all(|word| !word.starts_with('-'))
}

fn lint_sed<'a>(line: &'a Line, seen: &mut Vec<&'a str>, findings: &mut Vec<Finding>) {
    let token = line
        .text
        .split_once("s/")
        .and_then(|(_, rest)| rest.split('/').next())
        .unwrap_or_default();
    if seen.contains(&token) {
        findings.push(
            at(line, Severity::Warning, "replaced-again", format!("`{token}` is replaced before: this finds nothing"))
                .with_remedy(
                    "leave it out; the peer's address and the node's own are replaced by lines of their own",
                ),
        );
        return;
    }
    seen.push(token);
    if line.text.ends_with("config.ini") && line.text.contains("/g'") {
        findings.push(
            at(
                line,
                Severity::Warning,
                "token-replaced-everywhere",
                format!("each `{token}` in the file is replaced, wherever it stands"),
            )
            .with_remedy("give the value as an option of nodeos, or write a file that is included"),
        );
    }
    if line.text.contains("'$") {
        findings.push(
            at(
                line,
                Severity::Warning,
                "unquoted-value",
                "a value with a blank, `/`, `&` or a line's end breaks the command or gives it another meaning",
            )
            .with_remedy("give the value as an option of nodeos: `--producer-name=\"$BP\"`"),
        );
    }
    if token.contains("SERVER_ADDRESS") && line.text.contains("HOSTNAME") {
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

fn starts_nodeos(text: &str) -> bool {
    let command = text.strip_prefix("exec ").unwrap_or(text);
    let program = command.split_whitespace().next().unwrap_or_default();
    program.trim_matches('"').rsplit('/').next() == Some("nodeos")
}

fn lint_start(line: &Line, findings: &mut Vec<Finding>) {
    let words: Vec<&str> = line.text.split_whitespace().collect();
    if words.contains(&"-e") || words.contains(&"--enable-stale-production") {
        findings.push(
            at(
                line,
                Severity::Error,
                "always-stale",
                "`-e` lets each node produce on a stale chain: with an empty disk it begins a chain of its own",
            )
            .with_remedy("give `-e` to the boot node alone, on its first start alone"),
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
    if words.first() != Some(&"exec") {
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
