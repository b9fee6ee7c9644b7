//! What `baas-launch` refuses, and what it says of a program that ends.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use eos_keys::PrivateKey;

use crate::pod::{BOOT, GO_ON, LAUNCHER, Pod};

/// Sees that it ends so, and says so.
fn refuses(pod: &Pod, options: &str, code: i32, part: &str) {
    let (found, meaning) = pod.refused(options);
    assert!(
        found == code && meaning.contains(part),
        "{options}: {found} {meaning}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_mounted_as_it_must_be_is_refused() {
    let pod = Pod::new().await;
    let aside = |name: &str, code: i32, part: &str| {
        fs::rename(pod.path(name), pod.path("aside")).unwrap();
        refuses(&pod, BOOT, code, part);
        fs::rename(pod.path("aside"), pod.path(name)).unwrap();
    };
    aside("config/config.ini", 66, "config.ini: No such file");
    aside("config/genesis.json", 66, "genesis.json: No such file");
    refuses(&pod, "", 78, "neither --genesis nor --snapshot");
    refuses(
        &pod,
        "--genesis GENESIS --resume-only",
        78,
        "--resume-only says that there must be",
    );
    refuses(
        &pod,
        "--snapshot /nowhere/snapshot.bin",
        66,
        "/nowhere/snapshot.bin: No such file",
    );
    refuses(&pod, "--run /proc/self", 73, "cannot write in /proc/self");
    refuses(
        &pod,
        "--data /dev/null/data",
        73,
        "cannot write in /dev/null/data",
    );
    refuses(
        &pod,
        "--run=/var/tmp --genesis GENESIS",
        78,
        "not memory-backed",
    );
    refuses(
        &pod,
        "--genesis GENESIS --probe-listen 192.0.2.1:1",
        70,
        "cannot listen on 192.0.2.1:1",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_do_not_fit_are_refused_before_nodeos_sees_them() {
    let pod = Pod::new().await;
    // A key that is not the one of its account, and one that is not a key.
    let (mounted, other) = (pod.read("secret/key.ini"), PrivateKey::generate().unwrap());
    let text = pod.key.expose_text();
    pod.write(
        "secret/key.ini",
        &format!(
            "signature-provider = {}=KEY:{}",
            other.public_key(),
            text.expose()
        ),
    );
    refuses(&pod, BOOT, 78, "line 1 of");
    refuses(
        &pod,
        BOOT,
        78,
        "key.ini: the private key is not the one of the public key",
    );
    pod.write("secret/key.ini", text.expose());
    refuses(&pod, BOOT, 78, "key.ini: only `signature-provider`");
    pod.shows_no_key();
    pod.write("secret/key.ini", &mounted);
    assert_eq!(
        fs::read_dir(pod.path("data")).unwrap().count(),
        0,
        "nothing was begun"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nodeos_refuses_is_explained() {
    let pod = Pod::new().await;
    // What nodeos itself refuses.
    pod.configure("no-such-option = 1\n");
    refuses(
        &pod,
        BOOT,
        254,
        "an option that this version of nodeos does not know",
    );
    assert!(
        pod.message("log").contains("no-such-option"),
        "{}",
        pod.read("termination")
    );
    pod.configure("plugin = eosio::no_such_plugin\n");
    refuses(
        &pod,
        BOOT,
        254,
        "a plugin that this version of nodeos does not have",
    );
    pod.configure("");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_is_for_one_node_of_one_chain() {
    let pod = Pod::new().await;
    // Another chain than the one on the disk, and two on one disk.
    let launched = pod.start_ready(BOOT);
    let mut second = pod.arguments(GO_ON);
    second.insert(0, "--probe-listen=127.0.0.1:0".to_owned());
    second.retain(|argument| !argument.ends_with(&pod.probe.to_string()));
    second.retain(|argument| !argument.contains("termination"));
    second.insert(
        0,
        format!("--termination-log={}", pod.path("second").display()),
    );
    let output = Command::new(LAUNCHER).args(second).output().unwrap();
    assert_eq!(output.status.code(), Some(75), "{output:?}");
    assert!(
        pod.read("second")
            .contains(&format!("in use by process {}", launched.child.id()))
    );
    assert!(pod.path("run/config.ini").exists());
    launched.stop();
    let genesis = pod
        .read("config/genesis.json")
        .replace("2026-11-23", "2026-11-22");
    pod.write("config/genesis.json", &genesis);
    refuses(&pod, GO_ON, 78, "the genesis that was given makes");

    for (arguments, code, part) in [
        (
            vec!["--no-such"],
            64,
            "baas-launch: `--no-such` is not known; see --help\n",
        ),
        (
            vec!["probe", "startup", "--probe-listen", "127.0.0.1:1"],
            1,
            "no answer from 127.0.0.1:1",
        ),
    ] {
        let output = Command::new(LAUNCHER).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert!(
            String::from_utf8_lossy(&output.stderr).contains(part),
            "{output:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_cannot_be_run_is_said() {
    let mut pod = Pod::new().await;
    for (program, part) in [
        (
            "/nowhere/nodeos",
            "cannot run /nowhere/nodeos: No such file",
        ),
        ("/etc/passwd", "cannot run /etc/passwd: Permission denied"),
        ("/tmp", "cannot run /tmp: permission denied"),
    ] {
        pod.command = vec![program.to_owned()];
        let (code, meaning) = pod.refused(BOOT);
        assert!(code == 70 && meaning.contains(part), "{code} {meaning}");
    }
    // It looks like a program, but is none.
    pod.write("program", "#!/nowhere/interpreter\n");
    fs::set_permissions(pod.path("program"), fs::Permissions::from_mode(0o755)).unwrap();
    pod.command = vec![pod.path("program").to_str().unwrap().to_owned()];
    assert_eq!(pod.refused(BOOT).0, 126);
    assert!(
        pod.message("log").contains("cannot run"),
        "{}",
        pod.read("termination")
    );
    // Signals and exit codes are those of the program.
    let script = |lines: &str| {
        let path = pod.path("program");
        // Another file each time, for one that runs cannot be written to.
        fs::remove_file(&path).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        pod.refused(BOOT)
    };
    let full = (1, "the state database is full".to_owned());
    assert_eq!(script("echo error x=KEY:5Kabc >&2; exit 1"), full);
    assert_eq!(pod.message("log"), r#"["error x=KEY:<redacted>"]"#);
    assert!(pod.message("remedy").contains("chain-state-db-size-mb"));
    assert_eq!(script("kill -BUS $$").0, 128 + 7);
    let lock = pod.path("data/.baas-launch/lock");
    let holds = format!(
        "test $(readlink /proc/$$/fd/0) = {} && exit 42",
        lock.display()
    );
    assert_eq!(script(&holds).0, 42, "nodeos holds the lock as well");
}
