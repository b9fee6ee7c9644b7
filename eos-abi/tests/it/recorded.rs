//! JSON that a node printed, made of bytes by this crate.

use std::collections::BTreeMap;

use eos_abi::{Abi, Bytes, Name, Schema};
use serde_json::value::RawValue;

use crate::support::{response, vector_path, vector_text};

fn schema(contract: &str) -> Schema {
    let abi = Abi::from_json(&vector_text(&format!("abis/wheel_{contract}.abi"))).unwrap();
    Schema::compile(&abi).unwrap()
}

fn members(json: &str) -> BTreeMap<String, Box<RawValue>> {
    serde_json::from_str(json).unwrap()
}

fn elements(json: &str) -> Vec<Box<RawValue>> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn rows_of_the_system_contract_come_out_as_they_were_printed() {
    let system = schema("eosio.system");
    let mut count = 0;
    for entry in std::fs::read_dir(vector_path("nodeos")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(table) = file
            .strip_prefix("get_table_rows_eosio_")
            .and_then(|rest| rest.strip_suffix(".json"))
        else {
            continue;
        };
        let Ok(table) = table.parse::<Name>() else {
            panic!("{table}")
        };
        for row in elements(members(&response(file.strip_suffix(".json").unwrap()))["rows"].get()) {
            let bytes = system.table_to_bin(table, row.get()).unwrap();
            let json = system.table_to_json(table, &bytes).unwrap();
            assert_eq!(json, row.get(), "{table}");
            count += 1;
        }
    }
    assert!(count >= 20, "{count}");
}

#[test]
fn a_packed_row_comes_out_as_the_node_printed_it() {
    let raw = elements(members(&response("get_table_rows_raw"))["rows"].get());
    let bytes: Bytes = eos_abi::json::from_str(raw[0].get()).unwrap();
    let json = schema("eosio.token")
        .table_to_json(Name::from_static("accounts"), bytes.as_slice())
        .unwrap();
    let printed = elements(members(&response("get_table_rows_json"))["rows"].get());
    assert_eq!(json, printed[0].get());
}

#[test]
fn action_data_of_a_block_comes_out_as_the_node_printed_it() {
    let token = schema("eosio.token");
    let mut count = 0;
    for receipt in elements(members(&response("get_block"))["transactions"].get()) {
        let trx = members(members(receipt.get())["trx"].get());
        let transaction = members(trx["transaction"].get());
        for action in elements(transaction["actions"].get()) {
            let action = members(action.get());
            let name: Name = eos_abi::json::from_str(action["name"].get()).unwrap();
            let data: Bytes = eos_abi::json::from_str(action["hex_data"].get()).unwrap();
            let json = token.action_to_json(name, data.as_slice()).unwrap();
            assert_eq!(json, action["data"].get());
            assert_eq!(token.action_to_bin(name, &json).unwrap(), data.as_slice());
            count += 1;
        }
    }
    assert_eq!(count, 2);
}
