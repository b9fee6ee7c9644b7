//! The wallet program, with secrets from file descriptors and from a terminal.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use eos_keys::wallet::{KeosdWallet, Keystore, Password};
use eos_keys::{Digest, PrivateKey, PublicKey, Signature};

const WALLET: &str = env!("CARGO_BIN_EXE_wallet");

/// A directory for wallets, and the program run in it.
struct Wallets(tempfile::TempDir);

impl Wallets {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `wallet` with `line` as its arguments, by a shell that opens the descriptors named in it.
    fn run(&self, line: &str) -> Output {
        Command::new("sh")
            .args(["-c", &format!("exec \"$0\" {line}"), WALLET])
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed, and returns what it prints.
    fn succeed(&self, line: &str) -> String {
        let output = self.run(line);
        let (out, errors) = texts(&output);
        assert!(output.status.success(), "`wallet {line}`: {errors}");
        out.trim_end().to_owned()
    }

    /// Runs a command that must fail without printing anything, and returns its message.
    fn fail(&self, line: &str) -> String {
        let output = self.run(line);
        let (out, errors) = texts(&output);
        assert!(!output.status.success(), "`wallet {line}` succeeded");
        assert_eq!(out, "");
        errors
    }

    fn keystore(&self, name: &str, password: &str) -> Keystore {
        Keystore::open(self.path(name), &Password::from(password.to_owned())).unwrap()
    }

    fn keosd_wallet(&self, name: &str, password: &str) -> KeosdWallet {
        KeosdWallet::open(self.path(name), &Password::from(password.to_owned())).unwrap()
    }
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_wallet_is_made_used_and_converted_both_ways() {
    let wallets = Wallets::new();
    wallets.succeed("create my.keystore --generate-password my.password");
    let password = wallets.read("my.password");
    assert!(password.starts_with("PW5"));
    for file in ["my.keystore", "my.password"] {
        let mode = wallets.path(file).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }

    let generated =
        wallets.succeed("generate my.keystore --password-fd 3 --label bp1 3<my.password");
    let r1 = wallets.succeed("generate my.keystore --password-fd 3 --type r1 3<my.password");
    assert!(r1.starts_with("PUB_R1_"));
    let private = PrivateKey::generate().unwrap();
    wallets.write("key", private.expose_text().expose());
    let imported =
        wallets.succeed("import my.keystore --password-fd 3 --key-fd 4 3<my.password 4<key");
    assert_eq!(imported, private.public_key().to_string());
    let keystore = wallets.keystore("my.keystore", &password);
    assert_eq!(
        keystore.get("bp1").unwrap().public_key().to_string(),
        generated
    );
    assert_eq!(
        keystore.get(&imported).unwrap().public_key(),
        private.public_key()
    );

    // keosd's format, and back.
    wallets.succeed("convert my.keystore my.wallet --password-fd 3 --generate-password w.password 3<my.password");
    let theirs = wallets.keosd_wallet("my.wallet", &wallets.read("w.password"));
    let mut keys: Vec<String> = theirs
        .keys()
        .map(|(public, _)| public.to_string())
        .collect();
    let mut expected = vec![generated.clone(), imported.clone(), r1.clone()];
    keys.sort();
    expected.sort();
    assert_eq!(keys, expected);
    wallets.write("new", "a password for the way back\n");
    wallets.succeed(
        "convert my.wallet back.keystore --password-fd 3 --new-password-fd 4 3<w.password 4<new",
    );
    let back = wallets.keystore("back.keystore", "a password for the way back");
    assert_eq!(back.entries().len(), 3);
    assert_eq!(
        wallets.keystore("my.keystore", &password).entries().len(),
        3
    );

    // Labels in a keystore, public keys in a wallet of keosd.
    let list = wallets.succeed("list my.keystore --password-fd 3 3<my.password");
    assert!(
        list.lines().any(|line| line == format!("{generated}\tbp1")),
        "{list}"
    );
    let list = wallets.succeed("list my.wallet --password-fd 3 3<w.password");
    assert_eq!(list.lines().count(), 3);
}

#[test]
fn signatures_are_of_the_key_and_the_digest() {
    let wallets = Wallets::new();
    wallets.succeed("create my.wallet --format keosd --generate-password p");
    let key = wallets.succeed("generate my.wallet --password-fd 3 3<p");
    let digest = Digest::of(b"abc");
    wallets.write("data", "abc");
    let wanted: PublicKey = key.parse().unwrap();
    for what in [
        &format!("--digest {digest}"),
        "--sha256-of data",
        "--sha256-of - <data",
    ] {
        let signature =
            wallets.succeed(&format!("sign my.wallet {key} --password-fd 3 {what} 3<p"));
        let signature: Signature = signature.parse().unwrap();
        assert_eq!(signature.recover(&digest).unwrap(), wanted, "{what}");
    }
    let modern = wanted.to_modern_string();
    wallets.succeed(&format!(
        "sign my.wallet {modern} --password-fd 3 --digest {digest} 3<p"
    ));
    let message = wallets.fail(&format!(
        "sign my.wallet nobody --password-fd 3 --digest {digest} 3<p"
    ));
    assert!(
        message.contains("the wallet has no key \"nobody\""),
        "{message}"
    );
    let message = wallets.fail(&format!(
        "sign my.wallet {key} --password-fd 3 --digest abc 3<p"
    ));
    assert!(message.contains("--digest"), "{message}");
}

#[test]
fn keys_are_shown_in_all_their_forms() {
    let wallets = Wallets::new();
    let private = PrivateKey::generate().unwrap();
    let public = private.public_key();
    let modern = public.to_modern_string();
    let packed: String = public
        .to_packed()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for text in [&public.to_string(), &modern] {
        let shown = wallets.succeed(&format!("show {text}"));
        for form in ["K1", &public.to_string(), &modern, &packed] {
            assert!(shown.contains(form), "{shown}");
        }
    }
    wallets.write("k", private.expose_modern_text().expose());
    wallets.write("p", "correct horse battery staple");
    wallets.succeed("create my.keystore --new-password-fd 3 3<p");
    wallets.succeed("import my.keystore --label mine --password-fd 3 --key-fd 4 3<p 4<k");
    let revealed = wallets.succeed("reveal my.keystore mine --password-fd 3 3<p");
    for form in [
        private.expose_text().expose(),
        private.expose_modern_text().expose(),
        &modern,
    ] {
        assert!(revealed.contains(form));
    }
    // Everybody has the private key of this one.
    let output = wallets.run("show EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV");
    assert!(texts(&output).1.contains("everybody knows the private key"));
}

#[test]
fn a_mnemonic_is_imported_by_its_path() {
    let wallets = Wallets::new();
    wallets.write("p", "correct horse battery staple");
    wallets.write(
        "words",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about\n",
    );
    wallets.succeed("create m --new-password-fd 3 3<p");
    // From other wallets; see eos-keys/tests/vectors/README.md.
    let first = wallets.succeed("import m --mnemonic --password-fd 3 --key-fd 4 3<p 4<words");
    assert_eq!(
        first,
        "EOS6zpSNY1YoLxNt2VsvJjoDfBueU6xC1M1ERJw1UoekL1NHn8KNA"
    );
    let second = wallets.succeed(
        "import m --mnemonic --path \"m/44'/194'/0'/0/1\" --password-fd 3 --key-fd 4 3<p 4<words",
    );
    assert_eq!(
        second,
        "EOS62cPUiWnLqbUjiBMxbEU4pm4Hp5X3RGk4KMTadvZNygjX72yHW"
    );
    wallets.write("words", "abandon abandon abandon\n");
    let message = wallets.fail("import m --mnemonic --password-fd 3 --key-fd 4 3<p 4<words");
    assert!(message.contains("phrase has 3 words"), "{message}");
}

#[test]
fn what_cannot_be_done_is_told_and_loses_nothing() {
    let wallets = Wallets::new();
    wallets.write("p", "correct horse battery staple");
    wallets.write("wrong", "another password");
    wallets.write("empty", "\n");
    wallets.write("bad", "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD4");
    wallets.succeed("create my.keystore --new-password-fd 3 3<p");
    wallets.succeed("generate my.keystore --label mine --password-fd 3 3<p");
    let before = wallets.read("my.keystore");
    let secret = PrivateKey::generate().unwrap();
    wallets.write("k", secret.expose_text().expose());

    for (line, reason) in [
        (
            "create my.keystore --new-password-fd 3 3<p",
            "my.keystore exists already",
        ),
        (
            "convert my.keystore my.keystore --password-fd 3 --new-password-fd 4 3<p 4<p",
            "my.keystore exists already",
        ),
        (
            "create k.wallet --format keosd --new-password-fd 3 3<p",
            "needs a random password",
        ),
        ("create new --generate-password p", "p exists already"),
        (
            "create new --new-password-fd 3 3<empty",
            "new password is empty",
        ),
        ("create no/such/dir --new-password-fd 3 3<p", "no/such"),
        ("list my.keystore --password-fd 3 3<wrong", "wrong password"),
        ("list my.keystore --password-fd 7", "file descriptor 7"),
        ("list my.keystore", "--password-fd"), // no terminal to ask on
        ("list nothing --password-fd 3 3<p", "nothing"),
        ("list p --password-fd 3 3<p", "p is open to others"),
        (
            "import my.keystore --password-fd 3 --key-fd 4 3<p 4<bad",
            "checksum does not match",
        ),
        (
            "import my.keystore --label mine --password-fd 3 --key-fd 4 3<p 4<k",
            "labelled \"mine\"",
        ),
        ("sign my.keystore mine --password-fd 3 3<p", "--digest"),
        (
            "show EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CX",
            "checksum",
        ),
    ] {
        let message = wallets.fail(line);
        assert!(message.contains(reason), "`wallet {line}`: {message}");
        assert!(!message.contains(secret.expose_text().expose()));
    }
    assert_eq!(wallets.read("my.keystore"), before);
    let mut left: Vec<String> = std::fs::read_dir(wallets.0.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["bad", "empty", "k", "my.keystore", "p", "wrong"]);
}

#[test]
fn a_label_never_passes_for_another_key_or_steers_a_terminal() {
    let wallets = Wallets::new();
    wallets.write("p", "correct horse battery staple");
    wallets.succeed("create my.keystore --new-password-fd 3 3<p");
    let mine = wallets.succeed("generate my.keystore --label zzz --password-fd 3 3<p");
    let absent = PrivateKey::generate()
        .unwrap()
        .public_key()
        .to_modern_string();
    for (label, reason) in [
        (mine.as_str(), "text of another key"),
        (absent.as_str(), "text of another key"),
        ("", "1 to 128 bytes"),
        (&"a".repeat(129), "1 to 128 bytes"),
        ("two\nlines", "control characters"),
        ("\u{1b}[31mred", "control characters"),
        ("\u{202e}", "control characters"),
    ] {
        let message = wallets.fail(&format!(
            "generate my.keystore --label '{label}' --password-fd 3 3<p"
        ));
        assert!(message.contains(reason), "{label:?}: {message}");
    }

    // Others may have put such labels into a file.
    let mut keystore = wallets.keystore("my.keystore", "correct horse battery staple");
    let theirs = PrivateKey::generate().unwrap();
    keystore.insert(&mine, theirs.clone()).unwrap();
    keystore.insert(&absent, theirs.clone()).unwrap();
    keystore.insert("\u{1b}[31mit's\nEOS…", theirs).unwrap();
    keystore.save().unwrap();
    let digest = Digest::of(b"abc");
    let signature = wallets.succeed(&format!(
        "sign my.keystore {mine} --digest {digest} --password-fd 3 3<p"
    ));
    let signature: Signature = signature.parse().unwrap();
    assert_eq!(signature.recover(&digest).unwrap().to_string(), mine);
    let message = wallets.fail(&format!(
        "sign my.keystore {absent} --digest {digest} --password-fd 3 3<p"
    ));
    assert!(message.contains("has no key"), "{message}");
    let list = wallets.succeed("list my.keystore --password-fd 3 3<p");
    assert_eq!(list.lines().count(), 4);
    assert!(list.contains("\t\\u{1b}[31mit's\\nEOS…"), "{list:?}");
}

#[test]
fn a_password_is_read_from_where_a_descriptor_is_and_from_sockets() {
    let wallets = Wallets::new();
    wallets.write("p", "correct horse battery staple");
    wallets.write("two", "a line before\ncorrect horse battery staple\n");
    wallets.succeed("create my.keystore --new-password-fd 3 3<p");
    let list = |shell: &str, input: Stdio| {
        let output = Command::new("sh")
            .args(["-c", shell, WALLET])
            .current_dir(wallets.0.path())
            .stdin(input)
            .output()
            .unwrap();
        (output.status.success(), texts(&output).1)
    };
    for (descriptor, redirection) in [(0, ""), (3, "3<&0")] {
        let read = format!(
            "read line; exec \"$0\" list my.keystore --password-fd {descriptor} {redirection}"
        );
        let (is_read, message) = list(
            &read,
            std::fs::File::open(wallets.path("two")).unwrap().into(),
        );
        assert!(is_read, "{descriptor}: {message}");
        // As Node makes its pipes.
        let (mut ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        ours.write_all(b"correct horse battery staple\n").unwrap();
        drop(ours);
        let read = format!("exec \"$0\" list my.keystore --password-fd {descriptor} {redirection}");
        let (is_read, message) = list(&read, std::os::fd::OwnedFd::from(theirs).into());
        assert!(is_read, "{descriptor}: {message}");
    }
    // What can only be written to is not waited for.
    let (_, message) = list(
        "exec \"$0\" list my.keystore --password-fd 1 | cat",
        Stdio::null(),
    );
    assert!(message.contains("file descriptor 1"), "{message}");
}

#[test]
fn a_password_that_nobody_could_type_again_makes_no_wallet() {
    let wallets = Wallets::new();
    wallets.write("two", "one line\nanother\n");
    wallets.write("escape", "pass\u{1b}[Aword");
    for file in ["two", "escape"] {
        let message = wallets.fail(&format!("create new --new-password-fd 3 3<{file}"));
        assert!(message.contains("control character"), "{message}");
    }
    let (fits, long) = ("x".repeat(4094), "x".repeat(5000));
    let answers = [("new password: ", &long[..])];
    let shown = on_a_terminal(wallets.0.path(), &["create", "new"], &answers);
    assert!(
        shown.contains("longer than a line of a terminal"),
        "{shown}"
    );
    assert!(!wallets.path("new").exists());
    let answers = [("new password: ", &fits[..]), ("again: ", &fits[..])];
    let shown = on_a_terminal(wallets.0.path(), &["create", "new"], &answers);
    assert!(shown.contains("new was made"), "{shown}");
    wallets.keystore("new", &fits);
}

#[test]
fn a_wallet_and_its_password_are_not_one_file() {
    let wallets = Wallets::new();
    wallets.write("p", "correct horse battery staple");
    wallets.succeed("create my.keystore --new-password-fd 3 3<p");
    std::fs::create_dir(wallets.path("sub")).unwrap();
    for line in [
        "create new --generate-password new",
        "create new --generate-password ./new",
        "create sub/../new --generate-password \"$PWD/new\"",
        "convert my.keystore new --password-fd 3 --generate-password sub/../new 3<p",
    ] {
        let message = wallets.fail(line);
        assert!(message.contains("the wallet's own file"), "{message}");
        assert!(!wallets.path("new").exists());
    }
    wallets.succeed("create sub/new --generate-password new");
}

#[test]
fn a_wallet_without_a_directory_is_refused_before_a_password_is_asked_for() {
    let wallets = Wallets::new();
    let shown = on_a_terminal(wallets.0.path(), &["create", "no/such"], &[]);
    assert!(shown.contains("no/such cannot be made"), "{shown}");
    assert!(!shown.contains("new password"), "{shown}");
}

#[test]
fn a_wallet_that_cannot_be_made_leaves_no_password_behind() {
    let wallets = Wallets::new();
    for _ in 0..2 {
        let message = wallets.fail("create no/such --generate-password new");
        assert!(message.contains("no/"), "{message}");
        assert!(!wallets.path("new").exists());
    }
    wallets.write("p", "correct horse battery staple");
    wallets.succeed("create my.keystore --new-password-fd 3 3<p");
    let message =
        wallets.fail("convert my.keystore no/such --password-fd 3 --generate-password new 3<p");
    assert!(message.contains("no/"), "{message}");
    assert!(!wallets.path("new").exists());
}

#[test]
fn an_answer_that_cannot_be_written_is_told() {
    let wallets = Wallets::new();
    wallets.write("p", "correct horse battery staple");
    wallets.succeed("create my.keystore --new-password-fd 3 3<p");
    let message = wallets.fail("generate my.keystore --password-fd 3 3<p >/dev/full");
    assert!(message.contains("standard output"), "{message}");
    let list = wallets.succeed("list my.keystore --password-fd 3 3<p");
    assert_eq!(list.lines().count(), 1);
}

#[test]
fn whoever_stops_at_a_question_gets_the_terminal_back() {
    let wallets = Wallets::new();
    for (answer, reason) in [
        ("half a pass\u{3}", "interrupted"),
        ("\u{1c}", "interrupted"),
        ("pass\u{1a}word\n", "control character"),
    ] {
        let answers = [("new password: ", answer)];
        let shown = on_a_terminal_with(wallets.0.path(), &["create", "a"], &answers);
        assert!(shown.contains(reason), "{shown}");
        assert!(shown.ends_with("echo: True\n"), "{shown}");
        assert!(
            !shown.contains("pass\u{1a}") && !shown.contains("half a"),
            "{shown}"
        );
        assert!(!wallets.path("a").exists());
    }
}

#[test]
fn on_a_terminal_passwords_are_asked_for_and_not_shown() {
    let wallets = Wallets::new();
    let shown = on_a_terminal(
        wallets.0.path(),
        &["create", "my.keystore"],
        &[
            ("new password: ", "a long enough password"),
            ("again: ", "a long enough password"),
        ],
    );
    assert!(shown.contains("my.keystore was made"), "{shown}");
    assert!(!shown.contains("a long enough password"), "{shown}");
    let shown = on_a_terminal(
        wallets.0.path(),
        &["generate", "my.keystore", "--label", "mine"],
        &[("password of my.keystore: ", "a long enough password")],
    );
    assert!(shown.contains("EOS"), "{shown}");
    assert!(!shown.contains("a long enough password"), "{shown}");
    assert!(
        wallets
            .keystore("my.keystore", "a long enough password")
            .get("mine")
            .is_some()
    );

    // A slip of the finger makes no wallet.
    let shown = on_a_terminal(
        wallets.0.path(),
        &["create", "other.keystore"],
        &[
            ("new password: ", "a long enough password"),
            ("again: ", "a long enough passwort"),
        ],
    );
    assert!(shown.contains("the two are not the same"), "{shown}");
    assert!(!wallets.path("other.keystore").exists());
}

/// Runs the program on a terminal that Python makes, answers what it asks with lines, and returns what a person would see.
fn on_a_terminal(dir: &Path, arguments: &[&str], answers: &[(&str, &str)]) -> String {
    let lines: Vec<(&str, String)> = answers
        .iter()
        .map(|(question, answer)| (*question, format!("{answer}\n")))
        .collect();
    let answers: Vec<(&str, &str)> = lines
        .iter()
        .map(|(question, line)| (*question, line.as_str()))
        .collect();
    on_a_terminal_with(dir, arguments, &answers)
}

/// Answers with the very keys that are given, and tells in a last line whether the terminal echoes when the program has ended.
fn on_a_terminal_with(dir: &Path, arguments: &[&str], answers: &[(&str, &str)]) -> String {
    const SCRIPT: &str = r#"
import fcntl, json, os, pty, select, sys, termios, time
line, answers = json.load(sys.stdin)
terminal, theirs = pty.openpty()
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
    for descriptor in range(3):
        os.dup2(theirs, descriptor)
    os.execv(line[0], line)
shown, deadline = b"", time.monotonic() + 120
while time.monotonic() < deadline:
    has_ended = os.waitpid(pid, os.WNOHANG)[0] == pid
    while select.select([terminal], [], [], 0.05)[0]:
        shown += os.read(terminal, 4096)
    if has_ended:
        break
    if answers and shown.endswith(answers[0][0].encode()):
        os.write(terminal, answers.pop(0)[1].encode())
else:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    shown += b"\nthe program did not end"
echoes = bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
shown += f"\necho: {echoes}\n".encode()
sys.stdout.buffer.write(shown)
"#;
    let line: Vec<&str> = [WALLET].iter().chain(arguments).copied().collect();
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT])
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is on the PATH");
    let input = serde_json::to_vec(&(line, answers)).unwrap();
    python.stdin.take().unwrap().write_all(&input).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
