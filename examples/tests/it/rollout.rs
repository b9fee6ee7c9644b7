//! The main job from beginning to end, killed on the way, run twice, and refused.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use eos_abi::Name;
use eos_client::{Client, TableQuery};
use eos_keys::wallet::{Keystore, Password};
use serde_json::Value;

use crate::support::{
    NetworkDir, Running, assert_nothing_runs_in, is, nodes_of, output, processes_of, rollout,
    signal,
};

const DEFAULT_SPEC: &str = include_str!("../../rollout.yaml");

/// The private keys of a network, in both of their texts.
fn secrets_of(dir: &Path) -> Vec<String> {
    let password = std::fs::read_to_string(dir.join("wallet.password")).unwrap();
    let keystore = Keystore::open(
        dir.join("wallet.keystore"),
        &Password::from(password.trim().to_owned()),
    )
    .unwrap();
    let mut secrets = vec![password.trim().to_owned()];
    for (_, key) in keystore.entries() {
        secrets.push(key.expose_text().expose().to_owned());
        secrets.push(key.expose_modern_text().expose().to_owned());
    }
    assert_eq!(secrets.len(), 1 + 2 * 7);
    secrets
}

fn assert_free_of(secrets: &[String], where_: &str, bytes: &[u8]) {
    for secret in secrets {
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "{where_} holds a private key or the password");
    }
}

/// Every file of the network: what holds a secret is closed to others, and logs hold none.
fn assert_secrets_are_kept(dir: &Path, secrets: &[String]) {
    let mut pending = vec![dir.to_owned()];
    let mut holding = BTreeSet::new();
    while let Some(path) = pending.pop() {
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            pending.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        // The databases are sparse files of hundreds of megabytes that nodeos maps; they hold what is on the chain.
        if path.components().any(|part| part.as_os_str() == "state") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if secrets.iter().any(|secret| {
            bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        }) {
            assert_eq!(
                metadata.permissions().mode() & 0o077,
                0,
                "{} is open to others",
                path.display()
            );
            holding.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert_eq!(
        holding,
        BTreeSet::from(["config.ini".to_owned(), "wallet.password".to_owned()])
    );
    assert_eq!(dir.metadata().unwrap().permissions().mode() & 0o077, 0);
}

/// What `owner` has staked for `bp1`, for NET and for CPU, as the boot node has it.
fn staked_for_bp1(summary: &Value, owner: &str) -> String {
    let nodes = summary["nodes"].as_array().unwrap();
    let boot = nodes.iter().find(|node| node["name"] == "boot").unwrap();
    let client = Client::new(boot["rpc"].as_str().unwrap()).unwrap();
    let (owner, bp1): (Name, Name) = (owner.parse().unwrap(), "bp1".parse().unwrap());
    let query =
        TableQuery::new("eosio".parse().unwrap(), owner, "delband".parse().unwrap()).key(bp1);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let rows: Vec<Value> = runtime.block_on(client.get_table_rows(&query)).unwrap();
    format!(
        "{} {}",
        rows[0]["net_weight"].as_str().unwrap(),
        rows[0]["cpu_weight"].as_str().unwrap()
    )
}

fn assert_proven(summary: &Value) {
    let producers = summary["producers"].as_array().unwrap();
    let names: BTreeSet<&str> = producers
        .iter()
        .map(|producer| producer["producer"].as_str().unwrap())
        .collect();
    assert_eq!(names, BTreeSet::from(["bp1", "bp2", "bp3", "bp4"]));
    let irreversible = summary["last_irreversible_block_num"].as_u64().unwrap();
    assert!(
        producers
            .iter()
            .all(|producer| producer["first_signed_block"].as_u64().unwrap() <= irreversible)
    );
    let balances = summary["balances"].to_string();
    assert!(
        balances.contains(r#"{"account":"alex","balance":"10000.0000 SYS"}"#),
        "{balances}"
    );
}

/// A moment of a run, and the event that tells of it.
type Moment = (&'static str, fn(&Value) -> bool);

/// One network's life: killed at several moments, finished, its secrets looked for, interrupted, and run again.
#[test]
fn killed_at_any_moment_it_ends_in_the_same_proven_state() {
    let dir = NetworkDir::new();

    // Each run is killed as soon as it tells of the moment; the next one begins where that left the world.
    let moments: [Moment; 6] = [
        ("preparation", |event| {
            event["event"] == "stage_started" && event["stage"] == "preparation"
        }),
        ("first node started", |event| {
            event["event"] == "working" && event["what"].to_string().contains("boot started")
        }),
        ("features activated", |event| {
            event["event"] == "done" && event["what"].to_string().contains("PREACTIVATE")
        }),
        ("alex is being paid", |event| {
            event["event"] == "working" && event["what"].to_string().contains("account alex")
        }),
        ("stake is being delegated", |event| {
            event["event"] == "working" && event["what"].to_string().contains("delegate ")
        }),
        ("first producer signed", |event| {
            event["event"] == "done" && event["outcome"] == "signed"
        }),
    ];
    for (moment, fits) in moments {
        let mut run = Running::start(rollout(&dir));
        run.wait_for(moment, fits);
        run.kill();
    }

    let mut last = Running::start(rollout(&dir));
    let summary = last.wait_for("summary", is("summary"));
    assert_proven(&summary);
    // Nothing was paid twice in all these runs.
    assert_eq!(
        staked_for_bp1(&summary, "bp1"),
        "100000000.0000 SYS 50000000.0000 SYS"
    );
    assert_eq!(
        staked_for_bp1(&summary, "eosio"),
        "500.0000 SYS 500.0000 SYS"
    );

    // While it stays up: a second run is refused, and no secret is where it should not be.
    let second = output(rollout(&dir));
    assert_eq!(second.status.code(), Some(1));
    let refused = String::from_utf8(second.stderr).unwrap();
    assert!(
        refused.contains(&format!("process {}", last.pid())),
        "{refused}"
    );
    let secrets = secrets_of(&dir);
    assert_eq!(nodes_of(&dir).len(), 5);
    let processes = processes_of(&dir);
    for (pid, command_line) in &processes {
        assert_free_of(&secrets, "a command line", command_line.as_bytes());
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
        assert_free_of(&secrets, "an environment", &environment);
    }
    assert_secrets_are_kept(&dir, &secrets);

    // Ctrl-C stops everything in order.
    signal(last.pid(), "INT");
    let (code, errors, events) = last.finish();
    assert_eq!(code, Some(0), "{errors}");
    assert_free_of(&secrets, "standard error", errors.as_bytes());
    for event in &events {
        assert_free_of(&secrets, "standard output", event.to_string().as_bytes());
    }
    assert_nothing_runs_in(&dir);

    // All nodes were stopped; the same command resumes the chain, has nothing to send, and proves it again.
    let mut again = rollout(&dir);
    again.arg("--once");
    let (code, errors, events) = Running::start(again).finish();
    assert_eq!(code, Some(0), "{errors}");
    let bootstrapped = events
        .iter()
        .find(|event| is("bootstrapped")(event))
        .unwrap();
    assert_eq!(bootstrapped["unchanged"], true, "{bootstrapped}");
    assert_eq!(bootstrapped["transactions"], 0, "{bootstrapped}");
    let resumed = events.iter().find(|event| is("summary")(event)).unwrap();
    assert_proven(resumed);
    assert_eq!(resumed["chain_id"], summary["chain_id"]);
    assert_nothing_runs_in(&dir);
}

/// What is wrong is one clear error before anything is started.
fn refused(spec: &str) -> String {
    let dir = NetworkDir::new();
    let file = dir.with_file_name("spec.yaml");
    std::fs::write(&file, spec).unwrap();
    let mut command = rollout(&dir);
    command.arg("--once").arg("--spec").arg(&file);
    let start = Instant::now();
    let refused = output(command);
    assert_eq!(refused.status.code(), Some(1));
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_nothing_runs_in(&dir);
    let logs = dir.join("logs");
    assert!(
        !logs.exists() || std::fs::read_dir(logs).unwrap().next().is_none(),
        "a node was started"
    );
    let events = String::from_utf8(refused.stdout).unwrap();
    assert!(
        events
            .lines()
            .last()
            .unwrap()
            .contains(r#""event":"error""#),
        "{events}"
    );
    String::from_utf8(refused.stderr).unwrap()
}

#[test]
fn all_that_is_wrong_with_a_spec_is_told_at_once() {
    let spec = DEFAULT_SPEC
        .replace(
            "{ name: bp4, role: producer }",
            "{ name: bp3, role: producer, rloe: x }",
        )
        .replace("net: 100000000.0000 SYS", "net: 1000000000.0000 SYS");
    let error = refused(&spec);
    assert!(
        error.contains("network.nodes[4].name: two nodes are named `bp3`"),
        "{error}"
    );
    assert!(
        error.contains("network.nodes[4].rloe: unknown field, did you mean `role`?"),
        "{error}"
    );
    assert!(
        error.contains("is more than the 1000000000.0000 SYS that are issued"),
        "{error}"
    );
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let spec = DEFAULT_SPEC.replace(
        "{ name: bp2, role: producer }",
        &format!("{{ name: bp2, role: producer, http_port: {port} }}"),
    );
    let error = refused(&spec);
    assert!(
        error.contains(&format!("port {port} of node bp2 is in use")),
        "{error}"
    );
}

#[test]
fn contract_files_that_cannot_be_set_are_named() {
    let contracts = tempfile::tempdir().unwrap();
    let bios = contracts.path().join("eosio.bios");
    std::fs::create_dir(&bios).unwrap();
    std::fs::write(
        bios.join("eosio.bios.wasm"),
        "<!DOCTYPE html><title>Not found</title>",
    )
    .unwrap();
    let spec = format!(
        "{DEFAULT_SPEC}\ncontracts: {{ dir: {} }}\n",
        contracts.path().display()
    );
    let error = refused(&spec);
    assert!(
        error.contains("eosio.bios.wasm: is not WebAssembly"),
        "{error}"
    );
    assert!(
        error.contains("eosio.system.wasm: cannot be read"),
        "{error}"
    );
}

#[test]
fn a_contract_with_another_hash_is_refused() {
    let hash = "00".repeat(32);
    let spec = format!("{DEFAULT_SPEC}\ncontracts: {{ sha256: {{ eosio.token: \"{hash}\" }} }}\n");
    let error = refused(&spec);
    assert!(error.contains(&format!("expected {hash}")), "{error}");
}

#[test]
fn a_wrong_password_is_refused_and_the_right_one_taken_from_a_descriptor() {
    let dir = NetworkDir::new();
    let with_password = |password: &str| {
        let file = dir.with_file_name("password");
        std::fs::write(&file, password).unwrap();
        let mut command = Command::new("sh");
        // The shell opens the descriptor; the program's own arguments name only its number.
        command.args([
            "-c",
            r#"exec "$0" --json --password-fd 3 --dir "$1" 3<"$2""#,
            env!("CARGO_BIN_EXE_rollout"),
        ]);
        command.arg(&*dir).arg(&file).stdin(Stdio::null());
        command
    };
    let mut first = Running::start(with_password("correct horse\n"));
    first.wait_for("nodes", |event| {
        event["event"] == "stage_started" && event["stage"] == "nodes"
    });
    signal(first.pid(), "TERM");
    let (code, errors, _) = first.finish();
    assert_eq!(code, Some(130), "{errors}");
    assert_nothing_runs_in(&dir);
    assert!(dir.join("wallet.keystore").exists() && !dir.join("wallet.password").exists());

    let wrong = output(with_password("battery staple"));
    assert_eq!(wrong.status.code(), Some(1));
    let error = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        error.contains("wallet.keystore") && !error.contains("staple"),
        "{error}"
    );
    let empty = output(with_password("\n"));
    assert!(
        String::from_utf8(empty.stderr)
            .unwrap()
            .contains("the wallet's password is empty")
    );

    let mut right = Running::start(with_password("correct horse"));
    right.wait_for("nodes", |event| {
        event["event"] == "stage_started" && event["stage"] == "nodes"
    });
    signal(right.pid(), "TERM");
    assert_eq!(right.finish().0, Some(130));
    assert_nothing_runs_in(&dir);
}

#[test]
fn the_plan_starts_nothing() {
    let dir = NetworkDir::new();
    let mut command = rollout(&dir);
    command.arg("plan");
    let planned = output(command);
    assert_eq!(planned.status.code(), Some(0));
    let plan: Value = String::from_utf8(planned.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(is("plan"))
        .unwrap();
    let stages = plan["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 9, "{plan}");
    assert!(
        plan.to_string()
            .contains("bp1 votes for bp1, bp2, bp3, bp4")
    );
    assert!(!dir.exists());
}

#[test]
fn nodes_left_running_are_shown_and_stopped() {
    let dir = NetworkDir::new();
    let mut run = Running::start(rollout(&dir));
    run.wait_for("nodes", |event| {
        event["event"] == "stage_done" && event["stage"] == "nodes"
    });
    run.kill();
    assert_eq!(nodes_of(&dir).len(), 5);
    let told = |command: &str, kind: &str| -> Value {
        let mut program = rollout(&dir);
        program.arg(command);
        let output = output(program);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let lines = String::from_utf8(output.stdout).unwrap();
        lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(is(kind))
            .unwrap()
    };
    let status = told("status", "status");
    assert!(status["owner"].is_null(), "{status}");
    assert!(
        status["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|node| node["pid"].is_u64()),
        "{status}"
    );
    assert_eq!(told("down", "down")["stopped"], 5);
    assert_nothing_runs_in(&dir);
}
