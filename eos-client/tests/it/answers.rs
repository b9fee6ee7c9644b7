//! Every typed call reads what a real node answered.

use eos_client::{Client, ErrorKind, TableQuery};
use serde::Deserialize;

use crate::support::{client, server_with};

async fn node_that_answered(name: &str) -> (wiremock::MockServer, Client) {
    let server = server_with(name).await;
    let client = client(&server);
    (server, client)
}

#[tokio::test]
async fn info() {
    let (_server, client) = node_that_answered("get_info").await;
    let info = client.get_info().await.unwrap();
    assert_eq!(
        info.chain_id.to_string(),
        "f6b364995c55f17b9a4275cfd9adb5142ce334da524a18962a1324efbe57f48a"
    );
    assert_eq!(
        (info.head_block_num, info.last_irreversible_block_num),
        (1166, 1120)
    );
    assert_eq!(info.head_block_producer.to_string(), "bp2222222222");
    assert_eq!(info.last_irreversible_block_id.block_num(), 1120);
}

#[tokio::test]
async fn account() {
    let (_server, client) = node_that_answered("get_account_voter1111111").await;
    let account = client
        .get_account("voter1111111".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(account.net_weight, 750_000_010_000);
    assert_eq!(
        account.total_resources.unwrap().net_weight.to_string(),
        "75000001.0000 SYS"
    );
    assert_eq!(account.voter_info.unwrap().producers.len(), 4);
    assert_eq!(account.permissions[0].required_auth.threshold, 1);
}

#[tokio::test]
async fn account_on_a_chain_without_limits() {
    let (_server, client) = node_that_answered("get_account_eosio").await;
    let account = client
        .get_account("eosio".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(account.privileged);
}

#[tokio::test]
async fn account_that_is_not_there() {
    let (_server, client) = node_that_answered("err_get_account_unknown").await;
    assert_eq!(
        client
            .get_account("nosuchacct11".parse().unwrap())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn schedule() {
    let (_server, client) = node_that_answered("get_producer_schedule").await;
    let schedules = client.get_producer_schedule().await.unwrap();
    assert_eq!(
        (schedules.active.version, schedules.active.producers.len()),
        (1, 4)
    );
    assert_eq!(schedules.pending, None);
    let authority = schedules.active.producers[0].authority.clone().unwrap();
    assert_eq!(authority.threshold(), 1);
    assert_eq!(
        authority.keys()[0].key.to_string(),
        "EOS7xo5iWTvUU17saKsDuK5eyEfLnHoNxEQaVSnNjPPpKDevrXoXz"
    );
}

#[tokio::test]
async fn block_with_transactions() {
    let (_server, client) = node_that_answered("get_block").await;
    let block = client.get_block(1164).await.unwrap();
    assert_eq!(block.block_num, 1164);
    assert_eq!(
        block.transactions[0].id.to_string(),
        "35fc99f16ad77ecb6a9177a768ef3bfb1e54d8fcd99071e7511d3efd2921cf5a"
    );
    assert_eq!(block.transactions[0].status, "executed");
}

#[tokio::test]
async fn first_block() {
    let (_server, client) = node_that_answered("get_block_1").await;
    let block = client.get_block(1).await.unwrap();
    assert_eq!((block.block_num, block.transactions.len()), (1, 0));
}

#[tokio::test]
async fn block_header() {
    let (_server, client) = node_that_answered("get_block_info").await;
    let block = client.get_block_info(1164).await.unwrap();
    assert_eq!((block.id.block_num(), block.schedule_version), (1164, 1));
}

#[tokio::test]
async fn currency() {
    let (_server, client) = node_that_answered("get_currency_stats").await;
    let (token, code) = ("eosio.token".parse().unwrap(), "SYS".parse().unwrap());
    let stats = client
        .get_currency_stats(token, code)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stats.max_supply.to_string(), "10000000000.0000 SYS");
    let (_server, client) = node_that_answered("get_currency_balance").await;
    let balance = client
        .get_currency_balance(token, "alice1111111".parse().unwrap(), code)
        .await
        .unwrap();
    assert_eq!(balance.unwrap().to_string(), "9993.0000 SYS");
    let (_server, client) = node_that_answered("get_currency_balance_none").await;
    assert_eq!(
        client
            .get_currency_balance(token, "nobody".parse().unwrap(), code)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn abi_hashes() {
    let (_server, client) = node_that_answered("get_raw_abi").await;
    let abi = client
        .get_raw_abi("eosio.token".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        abi.code_hash.to_string(),
        "f6a2939074d69fc194d4b7b5a4d2c24e2766046ddeaa58b63ddfd579a0193623"
    );
    assert_eq!(
        abi.abi_hash.to_string(),
        "5363e6ddbed513e1f96a668c9040c836c09952068b8730180ab795e913514ff4"
    );
}

#[tokio::test]
async fn protocol_features() {
    let (_server, client) = node_that_answered("get_activated_protocol_features").await;
    let active = client.get_activated_protocol_features().await.unwrap();
    assert_eq!(active[0].codename(), Some("PREACTIVATE_FEATURE"));
    let (_server, client) = node_that_answered("producer_get_supported_protocol_features").await;
    let supported = client.get_supported_protocol_features().await.unwrap();
    let find = |name: &str| {
        supported
            .iter()
            .find(|feature| feature.codename() == Some(name))
            .unwrap()
    };
    assert_eq!(
        find("NO_DUPLICATE_DEFERRED_ID").dependencies,
        [find("REPLACE_DEFERRED").feature_digest]
    );
}

#[tokio::test]
async fn peers_and_endpoints() {
    let (_server, client) = node_that_answered("net_connections").await;
    assert!(
        client
            .net_connections()
            .await
            .unwrap()
            .iter()
            .any(|peer| peer.peer == "127.0.0.1:10100")
    );
    let (_server, client) = node_that_answered("node_get_supported_apis").await;
    assert!(
        client
            .get_supported_apis()
            .await
            .unwrap()
            .iter()
            .any(|api| api == "/v1/chain/get_info")
    );
}

#[tokio::test]
async fn table_pages_are_followed_once_each() {
    #[derive(Deserialize)]
    struct Producer {
        owner: eos_abi::Name,
        is_active: bool,
    }
    // The recorded page says there is more from its last key on; asked from there, this server says the same again.
    let (server, client) = node_that_answered("get_table_rows_limit2_more").await;
    let system: eos_abi::Name = "eosio".parse().unwrap();
    let query = TableQuery::new(system, system, "producers".parse().unwrap());
    let rows: Vec<Producer> = client.get_table_rows(&query).await.unwrap();
    assert_eq!(rows.len(), 4);
    assert!(
        rows.iter()
            .all(|row| row.is_active && !row.owner.to_string().is_empty())
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn refusals_have_their_kind() {
    let kinds = [
        ("err_expired_tx", ErrorKind::Expired),
        ("err_missing_auth_of_from", ErrorKind::MissingAuthority),
        ("err_insufficient_ram", ErrorKind::Ram),
        ("err_unknown_endpoint", ErrorKind::UnknownEndpoint),
        ("err_trace_get_block_future", ErrorKind::Other),
        ("err_bad_json", ErrorKind::Other),
    ];
    for (name, kind) in kinds {
        let recorded = crate::support::Recorded::load(name);
        let path: &'static str = recorded.path().to_owned().leak();
        let (_server, client) = node_that_answered(name).await;
        let error = client
            .call::<serde_json::Value>(path, &serde_json::json!({}))
            .await
            .unwrap_err();
        let node = error.node().unwrap_or_else(|| panic!("{name}: {error:?}"));
        assert_eq!(node.kind(), kind, "{name}");
        assert!(!node.to_string().is_empty());
    }
}
