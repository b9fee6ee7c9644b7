//! The tutorial on a real node that produces for all four producers, interrupted after every step.

use std::sync::Arc;
use std::time::Duration;

use baas_bootstrap::testing::Chain;
use baas_bootstrap::{
    AccountKeys, ChainSpec, Contracts, Error, LiveChain, Outcome, Plan, converge, prove,
};
use baas_deploy::testing::Node;
use eos_abi::{Asset, Name};
use eos_keys::{LocalSigner, PrivateKey};

use crate::support::contracts_dir;

/// The node signs blocks with one key, which is then the one of each producer; the others have their own.
fn key(account: Name, node: &Node) -> PrivateKey {
    let signs_blocks =
        account.to_string().starts_with("bp") || account == Name::from_static("eosio");
    if signs_blocks {
        node.key().clone()
    } else {
        Chain::key(account)
    }
}

async fn balance(live: &LiveChain, account: &str) -> Option<Asset> {
    let (token, code) = (Name::from_static("eosio.token"), "SYS".parse().unwrap());
    live.client()
        .get_currency_balance(token, account.parse().unwrap(), code)
        .await
        .unwrap()
}

#[tokio::test]
async fn every_step_is_done_once_and_four_producers_sign() {
    let spec = ChainSpec::tutorial();
    let mut builder = Node::builder();
    for producer in &spec.producers {
        builder = builder.producer(producer.name);
    }
    let node = builder.start().await.unwrap();
    let contracts = Contracts::load(&contracts_dir().await, &[]).unwrap();
    let holders = spec.key_holders();
    let keys = AccountKeys::new(
        holders
            .iter()
            .map(|&account| (account, key(account, &node).public_key())),
    )
    .unwrap();
    let signer: LocalSigner = holders.iter().map(|&account| key(account, &node)).collect();
    let live = LiveChain::new(node.client().clone(), Arc::new(signer))
        .with_producer_nodes(vec![node.client().clone()]);
    let plan = || Plan::new(&spec, &contracts, &keys).unwrap();
    let steps: usize = plan()
        .stages()
        .iter()
        .map(|stage| stage.operations.len())
        .sum();
    assert!(steps > 20, "{steps}");

    // Each run is stopped after one step more than the one before, as if it had been killed there.
    for stop in 1..=steps {
        let report = converge(&plan().truncated(stop), &live, &|_| ())
            .await
            .unwrap();
        let applied: Vec<usize> = (0..stop)
            .filter(|&at| report.operations[at].1 == Outcome::Applied)
            .collect();
        let (last, _) = &report.operations[stop - 1];
        // Waiting needs no transaction; on a chain that is in step already, it finds everything in place.
        if last.starts_with("wait until the producers' nodes") {
            assert!(applied.is_empty(), "{report:?}");
        } else {
            assert_eq!(applied, [stop - 1], "{report:?}");
        }
    }

    let again = converge(&plan(), &live, &|_| ()).await.unwrap();
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(again.transactions, []);
    assert_eq!(
        balance(&live, "alex").await.unwrap().to_string(),
        "10000.0000 SYS"
    );

    let proof = prove(
        live.client(),
        plan().elected(),
        Duration::from_mins(5),
        &|_| (),
    )
    .await
    .unwrap();
    let mut signers: Vec<String> = proof
        .first_blocks
        .iter()
        .map(|block| block.producer.to_string())
        .collect();
    signers.sort();
    assert_eq!(signers, ["bp1", "bp2", "bp3", "bp4"]);
    assert!(proof.observed.1 - proof.observed.0 >= 36, "{proof:?}");
    assert!(
        proof
            .first_blocks
            .iter()
            .all(|block| block.block_num <= proof.last_irreversible_block_num)
    );
}

#[tokio::test]
async fn a_chain_that_differs_from_the_spec_is_left_alone() {
    let node = Node::start_cached(Chain::RECIPE, build).await.unwrap();
    let chain = Chain::open(node.url(), node.key(), &contracts_dir().await)
        .await
        .unwrap();
    // The chain of the tests has a maximum of 10,000,000,000 SYS, the tutorial's one of 1,000,000,000.
    let spec = ChainSpec::tutorial();
    let holders = spec.key_holders();
    let keys = AccountKeys::new(
        holders
            .iter()
            .map(|&account| (account, key(account, &node).public_key())),
    )
    .unwrap();
    let live = LiveChain::new(
        node.client().clone(),
        Arc::new(LocalSigner::from_iter([node.key().clone()])),
    );
    let plan = Plan::new(&spec, chain.contracts(), &keys).unwrap();
    let error = converge(&plan, &live, &|_| ()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Conflict { found, .. } if found.contains("10000000000.0000 SYS")),
        "{error}"
    );
    assert_eq!(live.sent(), []);
}

pub(crate) async fn build(url: String, key: PrivateKey) -> Result<(), Error> {
    Chain::open(&url, &key, &contracts_dir().await)
        .await
        .map(|_| ())
}
