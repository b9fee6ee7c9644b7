//! Runs that are killed, without a chance to clean up. Each is a process of its own: this very test
//! program, told to run one test only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use baas_deploy::local::{LocalNetwork, LocalNode, status};
use baas_deploy::reader::from_yaml;
use baas_deploy::spec::NetworkSpec;
use baas_deploy::testing::{Keosd, Node};
use baas_deploy::{Error, NetworkKeys};

use crate::support::{SPEC, is_alive, reaches};

/// Where a test that runs in a process of its own finds what it is to work on; nothing when it runs as a test like any other.
const DIR: &str = "BAAS_DEPLOY_TEST_DIR";

#[expect(
    clippy::disallowed_methods,
    reason = "the one way into a test of another process"
)]
fn dir_from_parent() -> Option<PathBuf> {
    std::env::var_os(DIR).map(PathBuf::from)
}

fn run_in_a_process(test: &str, dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIR, dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn open(dir: &Path) -> Result<LocalNetwork, Error> {
    let wallet = NetworkKeys::open(dir, None, ["eosio", "bp1", "bp2"])?;
    let keys = wallet
        .keystore()
        .entries()
        .map(|(label, key)| (label.parse().unwrap(), key.clone()));
    let spec = from_yaml::<NetworkSpec>(SPEC).unwrap();
    LocalNetwork::builder(dir, spec, keys.collect())
        .open(&|_| {})
        .await
}

/// The run that is killed. As a test like any other it ends in good order.
#[tokio::test]
async fn a_run() {
    if let Some(dir) = dir_from_parent() {
        let _network = open(&dir).await.unwrap();
        return std::future::pending().await;
    }
    let dir = tempfile::tempdir().unwrap();
    let network = open(dir.path()).await.unwrap();
    let report = network.stop(&|_| {}).await;
    assert!(
        report.nodes.iter().all(|node| !node.was_killed),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_a_run_can_be_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    let network = dir.path().join("network");
    let mut chain_id = None;
    for after in [30, 120, 200, 260, 320, 400, 500, 700, 1000] {
        let mut run = run_in_a_process("killed::a_run", &network);
        tokio::time::sleep(Duration::from_millis(after)).await;
        run.kill().unwrap();
        run.wait().unwrap();
        // Once there is a genesis, it is the one.
        if let Some(found) = status(&network).ok().and_then(|status| status.chain_id) {
            assert_eq!(*chain_id.get_or_insert(found), found, "after {after} ms");
        }
    }
    // However slow the machine is: one that is killed with nodes running.
    let mut run = run_in_a_process("killed::a_run", &network);
    let runs =
        || status(&network).is_ok_and(|status| status.nodes.iter().any(|node| node.pid.is_some()));
    for _ in 0..600 {
        if runs() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let found = status(&network).unwrap().chain_id.unwrap();
    let chain_id = chain_id.unwrap_or(found);
    let opened = open(&network).await.unwrap();
    assert_eq!((opened.chain_id(), found), (chain_id, chain_id));
    for node in opened.nodes() {
        reaches(&node.url(), 5).await;
    }
    let running: Vec<_> = status(&network)
        .unwrap()
        .nodes
        .into_iter()
        .map(|node| node.pid.unwrap())
        .collect();
    assert_eq!(
        running,
        opened
            .nodes()
            .iter()
            .map(LocalNode::pid)
            .collect::<Vec<_>>()
    );
    opened.stop(&|_| {}).await;
    assert!(!running.iter().any(|pid| is_alive(*pid)));
}

/// The test that is killed. As a test like any other it just has a node and a keosd.
#[tokio::test]
async fn a_test_with_processes() {
    let (node, keosd) = (Node::start().await.unwrap(), Keosd::start().await.unwrap());
    let Some(dir) = dir_from_parent() else {
        return assert!(is_alive(node.pid()) && is_alive(keosd.pid()));
    };
    let dirs = [node.dir(), keosd.dir()].map(|dir| dir.to_str().unwrap());
    fs::write(dir.join("dirs"), dirs.join("\n")).unwrap();
    fs::write(
        dir.join("partial"),
        format!("{} {}", node.pid(), keosd.pid()),
    )
    .unwrap();
    fs::rename(dir.join("partial"), dir.join("pids")).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn the_processes_of_a_killed_test_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut test = run_in_a_process("killed::a_test_with_processes", dir.path());
    let pids = async {
        loop {
            if let Ok(pids) = fs::read_to_string(dir.path().join("pids")) {
                let pids = pids.split(' ').map(|pid| pid.parse().unwrap());
                break pids.collect::<Vec<u32>>();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let pids = tokio::time::timeout(Duration::from_mins(1), pids).await;
    test.kill().unwrap();
    test.wait().unwrap();
    let pids = pids.unwrap();
    assert_eq!(pids.len(), 2);
    let gone = async {
        while pids.iter().any(|pid| is_alive(*pid)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone)
        .await
        .unwrap();
    for dir in fs::read_to_string(dir.path().join("dirs")).unwrap().lines() {
        fs::remove_dir_all(dir).unwrap();
    }
}
