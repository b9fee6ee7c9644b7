//! This test program, started again: for what needs a process of its own, to be killed or to have its memory searched.

use std::{env, process::Command};

const VARIABLE: &str = "EOS_KEYS_TEST_TASK";

/// Returns what [`command`] was told, in the process that it started; nothing in the one that the test runner did.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner leaves a test no arguments of its own"
)]
pub(crate) fn task() -> Option<String> {
    env::var(VARIABLE).ok()
}

/// Returns the command that runs only the test `name`, which finds `task` there.
pub(crate) fn command(name: &str, task: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(VARIABLE, task);
    command
}

/// Runs the test `name` in a process of its own and passes on what it says if it fails.
pub(crate) fn run(name: &str, task: &str) {
    check(command(name, task));
}

/// Runs a command of [`command`] and passes on what it says if it fails.
pub(crate) fn check(mut command: Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("1 passed"),
        "no such test: {command:?}: {said}"
    );
}
