//! What a real node prints of action data, next to what `eos-abi` prints of the same bytes.

use std::collections::BTreeMap;

use baas_bootstrap::testing::Chain;
use baas_deploy::testing::Node;
use eos_abi::contracts::token::Transfer;
use eos_abi::{Abi, Action, Bytes, Name, PermissionLevel, Schema, to_bytes};
use eos_client::Inclusion;
use serde_json::json;
use serde_json::value::RawValue;

use crate::support::contracts_dir;
use crate::tutorial::build;

const TOKEN: Name = Name::from_static("eosio.token");

fn members(json: &str) -> BTreeMap<String, Box<RawValue>> {
    serde_json::from_str(json).unwrap()
}

fn elements(json: &str) -> Vec<Box<RawValue>> {
    serde_json::from_str(json).unwrap()
}

/// Returns the memos: characters of all kinds, and bytes that are none.
fn memos() -> Vec<Vec<u8>> {
    let controls: String = (0..0x20)
        .chain(0x7f..0xa0)
        .filter_map(char::from_u32)
        .collect();
    [
        controls.as_bytes(),
        "quotes \" ' and \\ and / and <&>".as_bytes(),
        "\u{a0}\u{ad}é€\u{2028}\u{2029}\u{feff}\u{fffd}\u{ffff}😀".as_bytes(),
        b"\x80\xff",
        b"a\xc2",
        b"a\xe2\x82b\xed\xa0\x80c\xf4\x90\x80\x80d\xc0\x80e\xf0\x9f\x98",
        b"\xc2\xc2\x85\xff\x7f",
    ]
    .map(<[u8]>::to_vec)
    .into()
}

#[tokio::test]
async fn texts_of_any_bytes_are_printed_as_a_node_prints_them() {
    let node = Node::start_cached(Chain::RECIPE, build).await.unwrap();
    let contracts = contracts_dir().await;
    let chain = Chain::open(node.url(), node.key(), &contracts)
        .await
        .unwrap();
    let from = chain.create_account("alice", "100.0000 SYS").await.unwrap();
    // The block of the transfers is to have nothing else.
    chain.wait_blocks(1).await.unwrap();
    let abi = std::fs::read_to_string(contracts.join("eosio.token/eosio.token.abi")).unwrap();
    let schema = Schema::compile(&Abi::from_json(&abi).unwrap()).unwrap();
    let actions = memos().into_iter().map(|memo| {
        let transfer = Transfer {
            from,
            to: TOKEN,
            quantity: "0.0001 SYS".parse().unwrap(),
            memo: String::new(),
        };
        let mut data = to_bytes(&transfer).unwrap();
        data.pop();
        data.extend(to_bytes(&Bytes::from(memo)).unwrap());
        Action {
            account: TOKEN,
            name: Name::from_static("transfer"),
            authorization: vec![PermissionLevel::active(from)],
            data: data.into(),
        }
    });
    let sent: Inclusion = chain.push(actions.collect()).await.unwrap();

    let request = json!({ "block_num_or_id": sent.block_num });
    let block: Box<RawValue> = chain
        .client()
        .call("/v1/chain/get_block", &request)
        .await
        .unwrap();
    let mut count = 0;
    for receipt in elements(members(block.get())["transactions"].get()) {
        let trx = members(members(receipt.get())["trx"].get());
        let transaction = members(trx["transaction"].get());
        for action in elements(transaction["actions"].get()) {
            let action = members(action.get());
            let name: Name = eos_abi::json::from_str(action["name"].get()).unwrap();
            let data: Bytes = eos_abi::json::from_str(action["hex_data"].get()).unwrap();
            let printed = schema.action_to_json(name, data.as_slice()).unwrap();
            assert_eq!(printed, action["data"].get());
            if let Ok(typed) = eos_abi::from_bytes::<Transfer>(data.as_slice()) {
                let printed = eos_abi::json::to_string(&typed).unwrap();
                assert_eq!(printed, action["data"].get());
            }
            count += 1;
        }
    }
    assert_eq!(count, memos().len());
}
