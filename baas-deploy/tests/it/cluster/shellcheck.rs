//! The start script, read by shellcheck.

use std::process::Command;

use baas_deploy::container::START_SCRIPT;

#[test]
fn shellcheck_has_nothing_to_say_of_the_start_script() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("nodeosd.sh");
    std::fs::write(&script, START_SCRIPT).unwrap();
    for shell in ["sh", "dash"] {
        let output = Command::new("shellcheck")
            .args(["--shell", shell])
            .arg(&script)
            .output()
            .expect("shellcheck is missing: run baas-deploy/tests/cluster/setup.sh");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.is_empty(), "{text}");
    }
}
