use super::finding::{Finding, Severity};
use super::lines::{Line, lines, lint_copy};

/// Returns what is wrong with a Dockerfile or Containerfile.
pub fn lint_containerfile(text: &str) -> Vec<Finding> {
    let mut findings = lint_copy(text);
    let instructions = instructions(text);
    let mut user: Option<&Line> = None;
    let mut stage: Option<&str> = None;
    let mut stages: Vec<(&str, Option<&Line>)> = Vec::new();
    let mut copied: Vec<&str> = Vec::new();
    for (line, word, rest) in &instructions {
        let found = |severity, code, message: String, remedy: &str| {
            Finding::new(severity, code, message)
                .at_line(line.number)
                .with_remedy(remedy)
        };
        match word.as_str() {
            "FROM" => {
                let (base, name) = stage_of(rest);
                // A stage begins with the user of the stage that it is built on, else as root.
                let earlier = stages.iter().rfind(|(name, _)| *name == base);
                if earlier.is_none() && !base.contains('$') {
                    findings.extend(lint_base(line, base));
                }
                user = earlier.and_then(|(_, user)| *user);
                stage = name;
            }
            "ADD" => {
                let source = rest.split_whitespace().next().unwrap_or_default();
                if !source.contains("://") && !source.contains(".tar") {
                    findings.push(found(
                        Severity::Hint,
                        "add-for-copy",
                        format!("ADD also unpacks and downloads; for `{source}` it need not"),
                        "write COPY",
                    ));
                }
            }
            "USER" => user = Some(line),
            _ => {}
        }
        if let Some(stage) = stage {
            stages.retain(|(name, _)| *name != stage);
            stages.push((stage, user));
        }
        if matches!(word.as_str(), "ADD" | "COPY") {
            let sources = rest
                .split_whitespace()
                .filter(|part| !part.starts_with("--"));
            copied.extend(sources);
            for file in ["genesis.json", "config.ini"] {
                if rest
                    .split_whitespace()
                    .next()
                    .is_some_and(|source| source.ends_with(file))
                {
                    findings.push(found(
                        Severity::Warning,
                        "baked-config",
                        format!("{file} is built into the image: each chain would need an image of its own"),
                        "mount it from a ConfigMap",
                    ));
                }
            }
        }
    }
    findings.extend(lint_user(user));
    let has = |name: &str| {
        copied
            .iter()
            .any(|source| source.rsplit('/').next() == Some(name))
    };
    if has("cleos") && !has("keosd") {
        findings.push(
            Finding::new(
                Severity::Warning,
                "cleos-without-keosd",
                "cleos is in the image without keosd: it can open no wallet there",
            )
            .with_remedy("leave cleos out, or add keosd"),
        );
    }
    if instructions.is_empty() || instructions.iter().all(|(_, word, _)| word != "FROM") {
        findings.push(
            Finding::new(Severity::Error, "no-base", "there is no FROM")
                .with_remedy("begin with the image to build on"),
        );
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

/// Returns what a `FROM` builds on, and the name of the stage: `FROM --platform=a debian:12 AS build`.
fn stage_of(rest: &str) -> (&str, Option<&str>) {
    let mut words = rest
        .split_whitespace()
        .filter(|word| !word.starts_with("--"));
    (words.next().unwrap_or_default(), words.nth(1))
}

/// Says whether the last stage runs as root.
fn lint_user(user: Option<&Line>) -> Option<Finding> {
    let is_root = |line: &Line| {
        let user = line.text.split_whitespace().nth(1).unwrap_or_default();
        matches!(user.split(':').next(), Some("0" | "root"))
    };
    if user.is_some_and(|line| !is_root(line)) {
        return None;
    }
    let found = Finding::new(
        Severity::Error,
        "root-user",
        "it runs as root, which OpenShift refuses unless an administrator lets it",
    )
    .with_remedy("write `USER 1000:0`, and make what is written to writable for group 0");
    Some(match user {
        Some(line) => found.at_line(line.number),
        None => found,
    })
}

fn lint_base(line: &Line, image: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = image.rsplit('/').next().unwrap_or_default();
    let is_fixed =
        image.contains('@') || name.split_once(':').is_some_and(|(_, tag)| tag != "latest");
    if !is_fixed && name != "scratch" {
        findings.push(
            Finding::new(
                Severity::Warning,
                "floating-base",
                format!("the base `{image}` has no tag: it is another one each time"),
            )
            .at_line(line.number)
            .with_remedy("name a tag, or better a digest"),
        );
    }
    if name.starts_with("centos") {
        findings.push(
            Finding::new(
                Severity::Warning,
                "ended-base",
                "CentOS has ended: its packages get no fixes, and its mirrors are gone",
            )
            .at_line(line.number)
            .with_remedy(
                "build on what the release of nodeos is built for, such as Debian or Ubuntu",
            ),
        );
    }
    findings
}

/// Returns the instructions: the line, the word in capitals, the rest. Lines that go on are put together.
fn instructions(text: &str) -> Vec<(Line, String, String)> {
    let mut instructions: Vec<(Line, String, String)> = Vec::new();
    let mut goes_on = false;
    for line in lines(text) {
        if line.text.starts_with('#') {
            continue;
        }
        let content = line.text.trim_end_matches('\\').trim().to_owned();
        let continues = line.text.ends_with('\\');
        if goes_on && let Some((_, _, rest)) = instructions.last_mut() {
            rest.push(' ');
            rest.push_str(&content);
        } else {
            let (word, rest) = content
                .split_once(char::is_whitespace)
                .unwrap_or((&content, ""));
            instructions.push((line, word.to_ascii_uppercase(), rest.trim().to_owned()));
        }
        goes_on = continues;
    }
    instructions
}

/// Returns whether an image has a file of that name.
pub(super) fn copies(text: &str, name: &str) -> bool {
    instructions(text).iter().any(|(_, word, rest)| {
        matches!(word.as_str(), "ADD" | "COPY")
            && rest.split_whitespace().any(|part| {
                part == "." || part.trim_end_matches('/').rsplit('/').next() == Some(name)
            })
    })
}
