use super::finding::{Finding, Severity};
use super::lines::{Line, lines, lint_copy};
use super::shell::here_documents;

/// Returns what is wrong with a Dockerfile or Containerfile.
pub fn lint_containerfile(text: &str) -> Vec<Finding> {
    let mut findings = lint_copy(text);
    let instructions = instructions(text);
    let mut user: Option<&Line> = None;
    let mut stage: Option<&str> = None;
    let mut stages: Vec<(&str, Option<&Line>)> = Vec::new();
    let mut copied: Vec<String> = Vec::new();
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
            "USER" => user = Some(line),
            _ => {}
        }
        if let Some(stage) = stage {
            stages.retain(|(name, _)| *name != stage);
            stages.push((stage, user));
        }
        if matches!(word.as_str(), "ADD" | "COPY") {
            let (sources, target) = sources_of(rest);
            if let Some(source) = sources.iter().find(|source| !is_for_add(source))
                && word == "ADD"
            {
                findings.push(found(
                    Severity::Hint,
                    "add-for-copy",
                    format!("ADD also unpacks and downloads; for `{source}` it need not"),
                    "write COPY",
                ));
            }
            for file in ["genesis.json", "config.ini"] {
                let is_it = |path: &String| path.ends_with(file);
                // What stands in the file itself is called as its target is.
                let is_written_here = sources.iter().any(|source| source.starts_with("<<"));
                if sources.iter().any(is_it) || is_written_here && target.iter().any(is_it) {
                    findings.push(found(
                        Severity::Warning,
                        "baked-config",
                        format!("{file} is built into the image: each chain would need an image of its own"),
                        "mount it from a ConfigMap",
                    ));
                }
            }
            copied.extend(sources);
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

/// Says whether ADD does with a source what COPY does not.
fn is_for_add(source: &str) -> bool {
    source.contains("://") || source.contains(".tar")
}

/// Returns what an `ADD` or `COPY` takes, and where it puts it: words, or a JSON list of them, after options.
fn sources_of(rest: &str) -> (Vec<String>, Option<String>) {
    let mut rest = rest.trim_start();
    while rest.starts_with("--") {
        let (_, after) = rest.split_once(char::is_whitespace).unwrap_or_default();
        rest = after.trim_start();
    }
    let mut words = serde_json::from_str::<Vec<String>>(rest)
        .unwrap_or_else(|_| rest.split_whitespace().map(ToOwned::to_owned).collect());
    let target = words.pop();
    (words, target)
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

/// Returns the instructions: the line, the word in capitals, the rest. Lines that go on are put together, and here-documents are left
/// out.
fn instructions(text: &str) -> Vec<(Line, String, String)> {
    let mut instructions: Vec<(Line, String, String)> = Vec::new();
    let mut goes_on = false;
    let mut documents: Vec<String> = Vec::new();
    for line in lines(text) {
        if let Some(end) = documents.first() {
            if line.text == *end {
                documents.remove(0);
            }
            continue;
        }
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
        let last = instructions.last().filter(|_| !goes_on);
        if let Some((_, word, rest)) = last
            && matches!(word.as_str(), "RUN" | "COPY" | "ADD")
        {
            documents.extend(here_documents(rest).map(ToOwned::to_owned));
        }
    }
    instructions
}

/// Returns whether an image has a file of that name.
pub(super) fn copies(text: &str, name: &str) -> bool {
    instructions(text).iter().any(|(_, word, rest)| {
        matches!(word.as_str(), "ADD" | "COPY") && {
            let (sources, target) = sources_of(rest);
            sources.iter().chain(&target).any(|part| {
                part == "." || part.trim_end_matches('/').rsplit('/').next() == Some(name)
            })
        }
    })
}
