//! The chain that other people's tests start from.

use baas_bootstrap::testing::Chain;
use baas_deploy::testing::Node;
use eos_abi::Name;

use crate::support::contracts_dir;
use crate::tutorial::build;

async fn use_a_chain() {
    let node = Node::start_cached(Chain::RECIPE, build).await.unwrap();
    let contracts = contracts_dir().await;
    let chain = Chain::open(node.url(), node.key(), &contracts)
        .await
        .unwrap();

    let alice = chain.create_account("alice", "100.0000 SYS").await.unwrap();
    let bob = chain.create_account("bob", "0.0001 SYS").await.unwrap();
    let paid = chain
        .transfer(alice, bob, "1.5000 SYS", "hello")
        .await
        .unwrap();
    assert!(paid.block_num > 1);
    assert_eq!(
        chain.balance(alice).await.unwrap().unwrap().to_string(),
        "98.5000 SYS"
    );
    assert_eq!(
        chain.balance(bob).await.unwrap().unwrap().to_string(),
        "1.5001 SYS"
    );

    let token = chain.create_account("mytoken", "0.0001 SYS").await.unwrap();
    let wasm = std::fs::read(contracts.join("eosio.token/eosio.token.wasm")).unwrap();
    let abi = std::fs::read(contracts.join("eosio.token/eosio.token.abi")).unwrap();
    let contract = chain.deploy_contract(token, wasm, &abi).await.unwrap();
    let data = serde_json::json!({ "issuer": "alice", "maximum_supply": "5.00 CAT" });
    let authorization = vec![eos_abi::PermissionLevel::active(token)];
    let create = contract
        .action(token, "create", authorization, &data)
        .unwrap();
    chain.push(vec![create]).await.unwrap();
    let stats = chain
        .client()
        .get_currency_stats(token, "CAT".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stats.issuer, alice);

    let before = chain.client().get_info().await.unwrap().head_block_num;
    chain.wait_blocks(3).await.unwrap();
    assert!(chain.client().get_info().await.unwrap().head_block_num >= before + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_chains_are_used_at_once() {
    let chains: Vec<_> = (0..8).map(|_| tokio::spawn(use_a_chain())).collect();
    for chain in chains {
        chain.await.unwrap();
    }
}

#[test]
fn keys_are_the_same_in_every_run() {
    let key = Chain::key(Name::from_static("alice")).public_key();
    assert_eq!(key, Chain::key(Name::from_static("alice")).public_key());
    assert_ne!(key, Chain::key(Name::from_static("bob")).public_key());
}
