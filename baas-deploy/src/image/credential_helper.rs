//! Programs that keep credentials, `docker-credential-NAME`: `get` with the registry on standard input gives JSON.

use std::io::{self, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::credentials::Credential;
use super::error::ImageError;
use crate::local::Environment;

/// How long a helper may take: it may ask its user for a password.
const PATIENCE: Duration = Duration::from_mins(1);
const LONGEST_ANSWER: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: Zeroizing<String>,
}

/// Asks a helper, which is found on `PATH`, for the credential of a registry.
pub(super) fn get(
    environment: &Environment,
    name: &str,
    key: &str,
    registry: &str,
) -> Result<Option<Credential>, ImageError> {
    let helper = format!("docker-credential-{name}");
    let failed = |reason: String| ImageError::CredentialHelper {
        helper: helper.chars().take(100).collect(),
        registry: registry.to_owned(),
        reason,
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(failed("that is no name of a program".to_owned()));
    }
    let program = environment
        .find_program(&helper)
        .ok_or_else(|| failed("it is not on PATH".to_owned()))?;
    let (success, output) =
        run(Command::new(program), key).map_err(|error| failed(error.to_string()))?;
    if !success {
        // The protocol's way to say that there are none. What else it prints is not shown: it may hold anything.
        let text = String::from_utf8_lossy(&output);
        return if text.contains("credentials not found") {
            Ok(None)
        } else {
            Err(failed("it ended with an error".to_owned()))
        };
    }
    let answer: Answer = serde_json::from_slice(&output)
        .map_err(|_| failed("its answer is not JSON with Username and Secret".to_owned()))?;
    Ok(Some(if answer.username == "<token>" {
        Credential::IdentityToken {
            token: answer.secret,
        }
    } else {
        Credential::Password {
            user: answer.username,
            password: answer.secret,
        }
    }))
}

fn run(mut command: Command, input: &str) -> io::Result<(bool, Zeroizing<Vec<u8>>)> {
    let mut child = command
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    // A helper that does not read its input has ended, and its answer tells why.
    let _ = child
        .stdin
        .take()
        .expect("it is piped")
        .write_all(input.as_bytes());
    let stdout = child.stdout.take().expect("it is piped");
    let reader = std::thread::spawn(move || {
        let mut output = Zeroizing::new(Vec::new());
        let read = stdout.take(LONGEST_ANSWER).read_to_end(&mut output);
        read.map(|_| output)
    });
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other("it does not answer"));
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let output = reader.join().expect("reading does not panic")?;
    Ok((status.success(), output))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(script: &str) -> Result<Option<Credential>, ImageError> {
        let dir = tempfile::tempdir().unwrap();
        // A shell writes the file: were it open in this process, another test's child could hold it, and it could not be run.
        let mut shell = Command::new("sh")
            .args([
                "-c",
                "cat >docker-credential-test; chmod 755 docker-credential-test",
            ])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let text = format!("#!/bin/sh\n{script}\n");
        shell
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(shell.wait().unwrap().success());
        let environment = Environment {
            path: Some(dir.path().into()),
            ..Environment::default()
        };
        get(&environment, "test", "https://r/", "r")
    }

    #[test]
    fn a_helper_gives_what_it_keeps_for_the_registry() {
        let found = ask(
            r#"[ "$1" = get ] && [ "$(cat)" = "https://r/" ] && echo '{"ServerURL":"r","Username":"u","Secret":"s"}'"#,
        );
        assert_eq!(found.unwrap().unwrap().expose_secret(), "s");
        let found = ask(r#"cat >/dev/null; echo '{"Username":"<token>","Secret":"t"}'"#).unwrap();
        assert!(matches!(found, Some(Credential::IdentityToken { .. })));
        let found = ask("echo 'credentials not found in native keychain'; exit 1").unwrap();
        assert!(found.is_none());
    }

    #[test]
    fn what_a_helper_does_wrong_is_told_without_what_it_printed() {
        for (script, reason) in [
            ("echo secret; exit 1", "it ended with an error"),
            (
                "echo secret",
                "its answer is not JSON with Username and Secret",
            ),
        ] {
            let error = ask(script).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("docker-credential-test gave no credentials for r: {reason}")
            );
        }
        let get = |name| {
            get(&Environment::default(), name, "r", "r")
                .unwrap_err()
                .to_string()
        };
        assert!(get("../x").ends_with("that is no name of a program"));
        assert!(get("x").ends_with("it is not on PATH"));
    }
}
