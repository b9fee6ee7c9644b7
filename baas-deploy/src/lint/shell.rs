//! A shell script as the commands that it runs, as far as a lint needs them.

use super::lines::{Line, lines};

/// What the shell and each image with one bring, and what people call in start scripts.
const KNOWN: &[&str] = &[
    "alias", "apt", "awk", "base64", "basename", "bash", "break", "builtin", "case", "cat", "cd",
    "chgrp", "chmod", "chown", "cleos", "command", "continue", "cp", "curl", "cut", "date", "dd",
    "declare", "df", "dirname", "do", "docker", "done", "du", "echo", "elif", "else", "env",
    "envsubst", "esac", "eval", "exec", "exit", "export", "false", "fi", "find", "flock", "for",
    "function", "getopts", "gosu", "grep", "gzip", "hash", "head", "hostname", "id", "if",
    "install", "ionice", "jobs", "jq", "keosd", "kill", "kubectl", "let", "ln", "local", "ls",
    "mkdir", "mkfifo", "mktemp", "mount", "mv", "nc", "nice", "nodeos", "nohup", "nproc", "oc",
    "od", "openssl", "popd", "printf", "ps", "pushd", "pwd", "python", "python3", "read",
    "readlink", "readonly", "realpath", "return", "rm", "rmdir", "sed", "select", "seq", "set",
    "sh", "shift", "shopt", "sleep", "sort", "source", "stat", "stdbuf", "su", "sudo", "sync",
    "tail", "tar", "tee", "test", "then", "time", "timeout", "times", "tini", "touch", "tr",
    "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "uname", "uniq", "unset",
    "until", "wait", "wc", "wget", "which", "while", "xargs",
];

/// Returns the lines that the shell runs: no comments and no here-documents, and those that end with `\` with what follows.
pub(super) fn commands(text: &str) -> Vec<Line> {
    let mut commands: Vec<Line> = Vec::new();
    let mut document: Option<String> = None;
    let mut goes_on = false;
    for line in lines(text) {
        if let Some(end) = &document {
            if line.text == *end {
                document = None;
            }
            continue;
        }
        if line.text.starts_with('#') && !goes_on {
            continue;
        }
        let continues = line.text.ends_with('\\');
        let content = line.text.trim_end_matches('\\').trim_end().to_owned();
        document = here_document(&content);
        match commands.last_mut() {
            Some(command) if goes_on => {
                command.text.push(' ');
                command.text.push_str(&content);
            }
            _ => commands.push(Line {
                number: line.number,
                text: content,
            }),
        }
        goes_on = continues;
    }
    commands
}

/// Returns the word that ends the here-document which begins after a line.
fn here_document(line: &str) -> Option<String> {
    here_documents(line).next().map(ToOwned::to_owned)
}

/// Returns the words that end the here-documents which begin after a line, in their order.
pub(super) fn here_documents(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("<<").filter_map(move |(place, _)| {
        // `<<<` gives a text of the line itself; in arithmetic `<<` is another thing, and a number comes after it.
        if line[..place].ends_with('<') {
            return None;
        }
        let after = line[place + 2..]
            .trim_start_matches('-')
            .trim_start()
            .trim_start_matches(['\'', '"', '\\']);
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
        let word = &after[..end];
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            .then_some(word)
    })
}

/// Says whether a line is words of a language rather than a command.
pub(super) fn is_prose(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    if !line.split_whitespace().all(is_word) {
        return false;
    }
    if !first.is_ascii() {
        return true;
    }
    // Names of functions have underscores or digits, words have none.
    line.split_whitespace().nth(1).is_some()
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !KNOWN.contains(&first)
}

/// Says whether it may be a word of a sentence, with the sign after it: no option, path, variable or operator.
fn is_word(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ':', ';', '!', '?', ')']);
    let word = word.strip_prefix('(').unwrap_or(word);
    let is_sign = |c: char| matches!(c, '-' | '_' | '\'' | ',') || !c.is_ascii();
    !word.starts_with(['-', '\''])
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || is_sign(c))
}

/// A command `s` of sed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Substitution<'a> {
    pub(super) token: &'a str,
    pub(super) replacement: &'a str,
    pub(super) is_global: bool,
}

/// Returns what a line has sed replace, with whichever delimiter.
pub(super) fn substitutions(line: &str) -> Vec<Substitution<'_>> {
    let mut found = Vec::new();
    if line.split_whitespace().next() != Some("sed") {
        return found;
    }
    let mut end = 0;
    for (place, _) in line.match_indices('s') {
        let before = line[..place].chars().next_back();
        let begins = before.is_none_or(|c| c.is_whitespace() || matches!(c, '\'' | '"' | ';'));
        let after = &line[place + 1..];
        let delimiter = after
            .chars()
            .next()
            .filter(|c| c.is_ascii_punctuation() && !matches!(c, '\\' | '\'' | '"' | '.' | '-'));
        let (true, true, Some(delimiter)) = (place >= end, begins, delimiter) else {
            continue;
        };
        let mut parts = after[1..].splitn(3, delimiter);
        if let (Some(token), Some(replacement), Some(rest)) =
            (parts.next(), parts.next(), parts.next())
        {
            let flags = rest.split(|c: char| !c.is_ascii_alphanumeric()).next();
            found.push(Substitution {
                token,
                replacement,
                is_global: flags.is_some_and(|flags| flags.contains('g')),
            });
            end = line.len() - rest.len();
        }
    }
    found
}

/// Returns the arguments with which a line starts nodeos, and whether nodeos takes the place of the shell.
pub(super) fn nodeos_arguments(line: &str) -> Option<(Vec<&str>, bool)> {
    let is_assignment = |word: &&str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
    };
    let mut words = line.split_whitespace().skip_while(is_assignment).peekable();
    let is_exec = words.next_if_eq(&"exec").is_some();
    let program = words.next()?.trim_matches('"');
    (program.rsplit('/').next() == Some("nodeos")).then(|| (words.collect(), is_exec))
}

/// Says whether arguments let nodeos produce on a stale chain.
pub(super) fn is_stale(arguments: &[&str]) -> bool {
    arguments.iter().any(|word| {
        *word == "-e"
            || word
                .strip_prefix("--enable-stale-production")
                .is_some_and(|value| {
                    matches!(
                        value.to_ascii_lowercase().as_str(),
                        "" | "=true" | "=1" | "=yes" | "=on"
                    )
                })
    })
}

/// Says whether a script ends when a command fails.
pub(super) fn ends_on_errors(text: &str) -> bool {
    let has_e = |words: &str| {
        let mut words = words.split_whitespace();
        let is_e = |word: &str| {
            word.starts_with('-') && word[1..].contains('e') && !word.starts_with("--")
        };
        words.clone().any(is_e) || words.any(|word| word == "errexit")
    };
    let shebang = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    shebang.is_some_and(has_e)
        || commands(text)
            .iter()
            .any(|line| line.text.strip_prefix("set ").is_some_and(has_e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_commands() {
        for (line, expected) in [
            ("replace keys", true),
            ("replace\tagent\tname", true),
            ("Replace agent name", true),
            ("replace the producer's name:", true),
            ("替换 节点 名称", true),
            ("替换节点名称", true),
            ("shift 2", false),
            ("sleep 5", false),
            ("unset BP", false),
            ("printf hello", false),
            ("return 0", false),
            ("wait_for_peer 10", false),
            ("true", false),
            ("launcher --name x", false),
            ("launcher start &", false),
            ("launcher /data", false),
            ("a) fail 64 ;;", false),
            ("echo 世界", false),
            ("printf '%s\\n' \"世界\"", false),
        ] {
            assert_eq!(is_prose(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_that_go_on_are_one_command_and_documents_are_none() {
        let text = "exec nodeos \\\n  -e \\\n  --config-dir /c\n# no\ncat > a <<'EOF'\nsome words\nEOF\ntrue\n";
        let found: Vec<(u64, String)> = commands(text)
            .into_iter()
            .map(|line| (line.number, line.text))
            .collect();
        assert_eq!(
            found,
            [
                (1, "exec nodeos -e --config-dir /c".to_owned()),
                (5, "cat > a <<'EOF'".to_owned()),
                (8, "true".to_owned())
            ]
        );
    }

    #[test]
    fn here_documents_are_told_from_other_signs() {
        for (line, expected) in [
            ("cat <<EOF", vec!["EOF"]),
            ("cat <<-'END_1' > a", vec!["END_1"]),
            ("cat << \"EOF\" | sort", vec!["EOF"]),
            ("COPY <<A <<B /x/", vec!["A", "B"]),
            ("cat <<<EOF", vec![]),
            ("echo $((1<<2))", vec![]),
            ("a << b", vec!["b"]),
            ("cat <", vec![]),
            ("cat <<", vec![]),
        ] {
            let found: Vec<&str> = here_documents(line).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn substitutions_have_any_delimiter() {
        let of = |line| {
            substitutions(line)
                .into_iter()
                .map(|found| (found.token, found.replacement, found.is_global))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("sed -i 's/A/'$B'/g' f"), [("A", "'$B'", true)]);
        assert_eq!(of("sed -i \"s|A|$B|\" f"), [("A", "$B", false)]);
        assert_eq!(
            of("sed -e 's#A#b#g' -e 's,C,d,g' f"),
            [("A", "b", true), ("C", "d", true)]
        );
        assert_eq!(of("echo s/a/b/"), []);
    }

    #[test]
    fn nodeos_is_found_where_it_is_started() {
        for (line, expected) in [
            ("nodeos -e", Some(false)),
            ("exec \"/opt/bin/nodeos\" -e", Some(true)),
            ("A=b exec nodeos", Some(true)),
            ("A=b nodeos &", Some(false)),
            ("program=/usr/local/bin/nodeos", None),
            ("cp /nodeos /bin", None),
        ] {
            let found = nodeos_arguments(line).map(|(_, is_exec)| is_exec);
            assert_eq!(found, expected, "{line}");
        }
    }
}
