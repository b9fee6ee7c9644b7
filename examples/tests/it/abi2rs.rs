//! `abi2rs`, as people run it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use eos_abi::Abi;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn token_abi() -> PathBuf {
    Path::new(WORKSPACE).join("eos-abi/tests/vectors/abis/wheel_eosio.token.abi")
}

fn abi2rs(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_abi2rs"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Where no input is read, the program may have ended.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn printed(arguments: &[&str], input: &[u8]) -> String {
    let output = abi2rs(arguments, input);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(arguments: &[&str], input: &[u8]) -> String {
    let output = abi2rs(arguments, input);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_committed_contracts_come_out_of_files_and_of_standard_input() {
    let committed = Path::new(WORKSPACE).join("eos-abi/src/contracts/token.rs");
    let committed = std::fs::read_to_string(committed).unwrap();
    let file = token_abi();
    let options = [
        "--crate-path",
        "crate",
        "--module-doc",
        "Types of `eosio.token`.",
    ];
    let from = |file: &str, input: &[u8]| {
        let arguments: Vec<&str> = options.into_iter().chain([file]).collect();
        printed(&arguments, input)
    };
    assert_eq!(from(file.to_str().unwrap(), b""), committed);
    let json = std::fs::read(&file).unwrap();
    assert_eq!(from("-", &json), committed);
    let abi = Abi::from_json(std::str::from_utf8(&json).unwrap()).unwrap();
    assert_eq!(from("-", &abi.to_bytes().unwrap()), committed);

    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("token.rs");
    let file = file.to_str().unwrap();
    let to_file = [file, "--out", out.to_str().unwrap()];
    let to_file: Vec<&str> = options.into_iter().chain(to_file).collect();
    assert_eq!(printed(&to_file, b""), "");
    assert_eq!(std::fs::read_to_string(out).unwrap(), committed);
}

#[test]
fn options_select_and_rename() {
    let file = token_abi();
    let arguments = [
        "--action",
        "transfer",
        "--rename",
        "transfer=Pay",
        "--rename-field",
        "transfer.memo=note",
    ];
    let arguments: Vec<&str> = arguments.into_iter().chain(file.to_str()).collect();
    let source = printed(&arguments, b"");
    assert!(source.contains("pub struct Pay {"), "{source}");
    assert!(
        source.contains("    #[serde(rename = \"memo\")]\n    pub note: String,"),
        "{source}"
    );
    assert_eq!(source.matches("pub struct").count(), 1, "{source}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let told = refused(&["no/such.abi"], b"");
    assert!(
        told.starts_with("error: cannot read no/such.abi\n  because: "),
        "{told}"
    );
    assert_eq!(
        refused(&["-"], b""),
        "error: standard input is empty, not an ABI\n"
    );
    let told = refused(&["-"], b"{}");
    assert!(
        told.starts_with("error: standard input is not an ABI, in JSON or in binary\n  because: "),
        "{told}"
    );
    let told = refused(&["-"], b"<html>");
    assert!(
        told.starts_with("error: standard input is not an ABI"),
        "{told}"
    );
    let abi = br#"{"version":"eosio::abi/1.1","structs":[{"name":"s","fields":[{"name":"f","type":"x"}]}]}"#;
    assert_eq!(
        refused(&["-"], abi),
        "error: cannot write types of standard input\n  because: the ABI cannot be used\n  \
         because: type \"x\" of field \"f\" of struct \"s\" is unknown\n"
    );
}
