//! ABIs as files and nodes have them.

use eos_abi::{Abi, Name, Schema, TableName};

use crate::support::{hex, response, unhex, vector_path, vector_text};

#[test]
fn real_abis_load_and_survive_both_forms() {
    let mut count = 0;
    for entry in std::fs::read_dir(vector_path("abis")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let abi = Abi::from_json(&text).unwrap();
        if path.ends_with("abieos-ship.json") {
            let error = abi.to_bytes().unwrap_err().to_string();
            assert!(
                error.contains("\"account_metadata\" has no binary form"),
                "{error}"
            );
        } else {
            let bytes = abi.to_bytes().unwrap();
            assert_eq!(Abi::from_bytes(&bytes).unwrap(), abi, "{path:?}");
            // The same, without a definition in between.
            assert_eq!(Abi::json_to_bin(&text).unwrap(), bytes, "{path:?}");
            let json = Abi::bin_to_json(&bytes).unwrap();
            assert_eq!(json, abi.to_json().unwrap(), "{path:?}");
            assert_eq!(json, eos_abi::json::to_string(&abi).unwrap(), "{path:?}");
            let schema = Schema::from_bytes(&bytes);
            assert_eq!(schema.is_ok(), Schema::compile(&abi).is_ok(), "{path:?}");
        }
        assert_eq!(
            Abi::from_json(&abi.to_json().unwrap()).unwrap(),
            abi,
            "{path:?}"
        );
        // Leap's own test of an ABI that must be refused: a table's type is not there.
        let is_bad = path.ends_with("spring-eosio.token.bad.json");
        assert_eq!(Schema::compile(&abi).is_err(), is_bad, "{path:?}");
        assert_eq!(Schema::from_json(&text).is_err(), is_bad, "{path:?}");
        count += 1;
    }
    assert_eq!(count, 44);
}

#[test]
fn abis_that_are_turned_into_something_say_what_is_wrong() {
    fn chain(error: &dyn std::error::Error) -> String {
        let cause = error.source().map(|cause| format!(": {}", chain(cause)));
        error.to_string() + &cause.unwrap_or_default()
    }
    for (text, error) in [
        (
            r#"{"version":"eosio::abi/1.1","structs":[{"base":""}]}"#,
            "the text is not an ABI: cannot read the JSON value: missing field `name` at line 1 column 50",
        ),
        (
            r#"{"version":"eosio::abi/7.0"}"#,
            "the text is not an ABI: cannot read the JSON value: unsupported ABI version \"eosio::abi/7.0\" at line 1 column 28",
        ),
        (
            r#"{"version":"eosio::abi/1.1","tables":[{"name":"a_long_name","type":"name"}]}"#,
            "the ABI has no binary form: table \"a_long_name\" has no binary form: it is not a name",
        ),
    ] {
        assert_eq!(chain(&Abi::json_to_bin(text).unwrap_err()), error);
    }
    let unknown = r#"{"version":"eosio::abi/1.1","types":[{"new_type_name":"a","type":"b"}]}"#;
    let bytes = Abi::json_to_bin(unknown).unwrap();
    let error = "the ABI cannot be used: type \"b\" of type \"a\" is unknown";
    assert_eq!(chain(&Schema::from_json(unknown).unwrap_err()), error);
    assert_eq!(chain(&Schema::from_bytes(&bytes).unwrap_err()), error);
    let cut = bytes.get(..20).unwrap();
    let error = "the bytes are not an ABI: input ends";
    for answer in [
        chain(&Abi::bin_to_json(cut).unwrap_err()),
        chain(&Schema::from_bytes(cut).unwrap_err()),
    ] {
        assert!(answer.starts_with(error), "{answer}");
    }
}

#[test]
fn hashes_are_those_on_the_chain() {
    // As a node recorded them after `setabi` of these files.
    for (file, hash) in [
        (
            "wheel_eosio.system.abi",
            "dd4d67bbe51911741aa95c3ede1744cb1f61af4537baf59a5268ccf7f7266821",
        ),
        (
            "wheel_eosio.msig.abi",
            "0b8d2861d657391cecc874640d84774dda3bb122a8175788e761794e2b1947f4",
        ),
        (
            "wheel_eosio.token.abi",
            "5363e6ddbed513e1f96a668c9040c836c09952068b8730180ab795e913514ff4",
        ),
    ] {
        let abi = Abi::from_json(&vector_text(&format!("abis/{file}"))).unwrap();
        assert_eq!(abi.hash().unwrap().to_string(), hash, "{file}");
    }
}

#[test]
fn absent_sections_stay_absent() {
    let old = unhex("0e656f73696f3a3a6162692f312e3000000000000000");
    let abi = Abi::from_bytes(&old).unwrap();
    assert!(abi.variants.is_none());
    assert_eq!(abi.to_bytes().unwrap(), old);
    assert!(abi.to_json().unwrap().contains(r#""variants":[]"#));
}

#[test]
fn an_abi_is_printed_as_nodeos_prints_it() {
    let abi = Abi::from_json(&vector_text("abis/wheel_eosio.token.abi")).unwrap();
    let answer = response("get_abi");
    let expected = format!(
        r#"{{"account_name":"eosio.token","abi":{}}}"#,
        abi.to_json().unwrap()
    );
    assert_eq!(expected, answer);
}

#[test]
fn tables_of_the_state_stream_have_names_that_are_none() {
    let abi = Abi::from_json(&vector_text("abis/abieos-ship.json")).unwrap();
    let names: Vec<String> = abi
        .tables
        .iter()
        .map(|table| table.name.to_string())
        .collect();
    assert!(names.contains(&"contract_index64".to_owned()), "{names:?}");
    assert_eq!(
        abi.tables[0].name.as_name(),
        Some(Name::from_static("account"))
    );
    assert_eq!(abi.tables[1].name.as_name(), None);
    let schema = Schema::compile(&abi).unwrap();
    let position = r#"{"block_num":1,"block_id":"0000000000000000000000000000000000000000000000000000000000000000"}"#;
    let bytes = schema.type_to_bin("block_position", position).unwrap();
    assert_eq!(
        schema.type_to_json("block_position", &bytes).unwrap(),
        position
    );
    // What could be meant as a name, and is none, is a mistake.
    assert!("Accounts".parse::<TableName>().is_err());
}

/// An ABI of EOSIO 2.1 with two key-value tables, and its binary form written down by its rules.
const KV_JSON: &str = r#"{"version":"eosio::abi/1.2","types":[],"structs":[{"name":"r","base":"","fields":[{"name":"a","type":"uint8"}]}],"actions":[],"tables":[],"ricardian_clauses":[],"error_messages":[],"abi_extensions":[],"variants":[],"action_results":[],"kv_tables":{"kva":{"type":"r","primary_index":{"name":"p","type":"name"},"secondary_indices":{}},"kvb":{"type":"r","primary_index":{"name":"p","type":"name"},"secondary_indices":{"s":{"type":"uint8"}}}}}"#;
const KV_HEX: &str = concat!(
    "0e656f73696f3a3a6162692f312e32",
    "00",
    "01017200010161",
    "0575696e7438",
    "00000000000000",
    "02",
    "000000000000cc860172",
    "00000000000000a8046e616d6500",
    "000000000000ce860172",
    "00000000000000a8046e616d65",
    "0100000000000000c00575696e7438",
);

#[test]
fn key_value_tables_are_read_and_written_in_both_forms() {
    let abi = Abi::from_json(KV_JSON).unwrap();
    assert_eq!(abi.to_bytes().unwrap(), unhex(KV_HEX));
    assert_eq!(Abi::from_bytes(&unhex(KV_HEX)).unwrap(), abi);
    assert_eq!(abi.to_json().unwrap(), KV_JSON);
    let tables = abi.kv_tables.0.as_ref().unwrap();
    assert_eq!(tables[1].1.secondary_indices[0].1.ty, "uint8");
    // Rows are found by the table's name.
    let schema = Schema::compile(&abi).unwrap();
    let row = schema
        .table_to_json(Name::from_static("kvb"), &[7])
        .unwrap();
    assert_eq!(row, r#"{"a":7}"#);
    // In JSON they may come in any order; nodes store them by name.
    let (head, tail) = KV_JSON.split_once(r#""kva":"#).unwrap();
    let (first, second) = tail.split_once(r#","kvb":"#).unwrap();
    let second = second.strip_suffix("}}").unwrap();
    let turned = format!(r#"{head}"kvb":{second},"kva":{first}}}}}"#);
    assert_eq!(Abi::from_json(&turned).unwrap(), abi);
}

#[test]
fn the_eleventh_section_is_told_by_the_version() {
    let sections = |version: &str, last: &str| {
        let version = hex(version.as_bytes());
        unhex(&format!("0e{version}{}{last}", "00".repeat(9)))
    };
    // An empty one is kept, so that the hash stays what it was.
    let empty = sections("eosio::abi/1.2", "00");
    let abi = Abi::from_bytes(&empty).unwrap();
    assert_eq!(
        (abi.kv_tables.0.as_ref().map(Vec::len), abi.calls.is_none()),
        (Some(0), true)
    );
    assert_eq!(abi.to_bytes().unwrap(), empty);
    let calls = sections(
        "eosio::abi/1.3",
        "010000000000285d04696e7438050000000000000004696e7438",
    );
    assert!(Abi::from_bytes(&calls).is_err(), "a name has eight bytes");
    let calls = sections(
        "eosio::abi/1.3",
        "01000000000000285d04696e7438050000000000000004696e7438",
    );
    let abi = Abi::from_bytes(&calls).unwrap();
    assert_eq!(
        (abi.calls.0.as_ref().map(Vec::len), abi.kv_tables.is_none()),
        (Some(1), true)
    );
    assert_eq!(abi.to_bytes().unwrap(), calls);
    // What the version has no place for is refused.
    let mut old = abi.clone();
    old.version = "eosio::abi/1.2".into();
    let error = old.to_bytes().unwrap_err().to_string();
    assert_eq!(error, "only version 1.3 has a place for calls");
    let mut new = Abi::from_json(KV_JSON).unwrap();
    new.version = "eosio::abi/1.3".into();
    let error = new.to_bytes().unwrap_err().to_string();
    assert_eq!(error, "version 1.3 has no place for kv_tables");
}

#[test]
fn numbered_extensions_are_kept() {
    let json = r#"{"version":"eosio::abi/1.1","abi_extensions":[[7,"00ff"],[65535,""]]}"#;
    let abi = Abi::from_json(json).unwrap();
    let again = Abi::from_bytes(&abi.to_bytes().unwrap()).unwrap();
    assert_eq!(again, abi);
    assert!(
        again
            .to_json()
            .unwrap()
            .contains(r#""abi_extensions":[[7,"00ff"],[65535,""]]"#)
    );
}
