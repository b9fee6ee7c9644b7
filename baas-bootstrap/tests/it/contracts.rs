//! Contract files are checked before a node hears of them.

use std::path::Path;

use baas_bootstrap::{Contracts, Error};
use eos_abi::Checksum256;

const WASM: &[u8] = b"\0asm\x01\0\0\0";
const ABI: &str = r#"{"version": "eosio::abi/1.1", "structs": [], "actions": [], "tables": []}"#;

fn contract(dir: &Path, name: &str, wasm: &[u8], abi: &str) {
    let dir = dir.join(name);
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join(format!("{name}.wasm")), wasm).unwrap();
    std::fs::write(dir.join(format!("{name}.abi")), abi).unwrap();
}

fn problems(dir: &Path, pins: &[(String, Checksum256)]) -> Vec<String> {
    match Contracts::load(dir, pins).unwrap_err() {
        Error::Contracts { source } => source
            .0
            .iter()
            .map(|problem| problem.message.clone())
            .collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    contract(dir.path(), "eosio.bios", b"<!DOCTYPE html>", ABI);
    contract(dir.path(), "eosio.system", WASM, "{");
    contract(dir.path(), "eosio.token", WASM, ABI);
    let pins = [("eosio.token".to_owned(), Checksum256::new([7; 32]))];
    let problems = problems(dir.path(), &pins);
    assert_eq!(problems.len(), 5, "{problems:#?}");
    assert!(
        problems[0].starts_with("is not WebAssembly: starts with `3c21444f43545950`"),
        "{}",
        problems[0]
    );
    assert!(
        problems[0].ends_with("it looks like a web page"),
        "{}",
        problems[0]
    );
    assert!(problems[1].starts_with("is not an ABI"), "{}", problems[1]);
    assert!(
        problems[2].contains(&format!("expected {}", Checksum256::new([7; 32]))),
        "{}",
        problems[2]
    );
    assert!(problems[3].starts_with("cannot be read"), "{}", problems[3]);
    assert!(problems[4].starts_with("cannot be read"), "{}", problems[4]);
}

#[test]
fn an_empty_file_is_not_webassembly() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["eosio.bios", "eosio.system", "eosio.token", "eosio.msig"] {
        contract(
            dir.path(),
            name,
            if name == "eosio.msig" { b"" } else { WASM },
            ABI,
        );
    }
    let problems = problems(dir.path(), &[]);
    assert_eq!(
        problems,
        ["is not WebAssembly: starts with ``, expected `0061736d01000000`"]
    );
}

#[test]
fn a_matching_hash_is_accepted() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["eosio.bios", "eosio.system", "eosio.token", "eosio.msig"] {
        contract(dir.path(), name, WASM, ABI);
    }
    let pins = [("eosio.system".to_owned(), Checksum256::hash(WASM))];
    let contracts = Contracts::load(dir.path(), &pins).unwrap();
    assert_eq!(contracts.system.name, "eosio.system");
}

#[test]
fn a_hash_for_a_contract_that_is_not_set_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["eosio.bios", "eosio.system", "eosio.token", "eosio.msig"] {
        contract(dir.path(), name, WASM, ABI);
    }
    let pins = [("eosio.tokn".to_owned(), Checksum256::hash(WASM))];
    let problems = problems(dir.path(), &pins);
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("has a hash but is not set; the contracts are eosio.bios,"),
        "{}",
        problems[0]
    );
}
