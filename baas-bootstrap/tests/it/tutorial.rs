//! The tutorial on a real node that produces for all four producers, interrupted after every step.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use baas_bootstrap::progress::Event;
use baas_bootstrap::testing::Chain;
use baas_bootstrap::{
    AccountKeys, ChainSpec, Contracts, Error, LiveChain, Outcome, Plan, converge, prove,
};
use baas_deploy::testing::Node;
use eos_abi::{Asset, Name};
use eos_client::TableQuery;
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

/// What one account has staked for another, for NET and for CPU.
async fn delegated(live: &LiveChain, from: &str, to: &str) -> [String; 2] {
    #[derive(serde::Deserialize)]
    struct Delegated {
        net_weight: String,
        cpu_weight: String,
    }
    let from: Name = from.parse().unwrap();
    let query = TableQuery::new("eosio".parse().unwrap(), from, "delband".parse().unwrap());
    let query = query.key(to.parse::<Name>().unwrap());
    let rows: Vec<Delegated> = live.client().get_table_rows(&query).await.unwrap();
    let [row] = rows
        .try_into()
        .unwrap_or_else(|rows: Vec<_>| panic!("{} rows", rows.len()));
    [row.net_weight, row.cpu_weight]
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
        let waited = AtomicBool::new(false);
        let observer = |event: Event| {
            waited.fetch_or(matches!(event, Event::Waiting { .. }), Ordering::Relaxed);
        };
        let report = converge(&plan().truncated(stop), &live, &observer)
            .await
            .unwrap();
        let applied: Vec<usize> = (0..stop)
            .filter(|&at| report.operations[at].1 == Outcome::Applied)
            .collect();
        let (last, _) = &report.operations[stop - 1];
        let only_waits = last.starts_with("wait until");
        assert_eq!(
            applied,
            if only_waits { vec![] } else { vec![stop - 1] },
            "{report:?}"
        );
        // The producing node itself activates the first feature; everything else is one transaction each.
        let transactions = usize::from(!only_waits && !last.contains("PREACTIVATE"));
        assert_eq!(report.transactions.len(), transactions, "{report:?}");
        // Whatever a run before this one may have had on its way is over before stake is delegated.
        assert_eq!(waited.into_inner(), last.starts_with("delegate"), "{last}");
    }

    let again = converge(&plan(), &live, &|_| ()).await.unwrap();
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(again.transactions, []);
    assert_eq!(
        balance(&live, "alex").await.unwrap().to_string(),
        "10000.0000 SYS"
    );

    // Exactly what the spec says, after all these runs.
    assert_eq!(
        delegated(&live, "bp1", "bp1").await,
        ["100000000.0000 SYS", "50000000.0000 SYS"]
    );
    for producer in ["bp1", "bp2", "bp3", "bp4"] {
        assert_eq!(
            delegated(&live, "eosio", producer).await,
            ["500.0000 SYS", "500.0000 SYS"]
        );
    }

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

#[tokio::test]
async fn a_conflict_further_on_is_told_before_anything_is_changed() {
    let node = Node::start_cached(Chain::RECIPE, build).await.unwrap();
    let chain = Chain::open(node.url(), node.key(), &contracts_dir().await)
        .await
        .unwrap();
    chain.create_account("alice", "1.0000 SYS").await.unwrap();
    let mut spec = ChainSpec::tutorial();
    spec.token.maximum_supply = "10000000000.0000 SYS".parse().unwrap();
    let mut alice = spec.accounts[0].clone();
    alice.name = "alice".parse().unwrap();
    spec.accounts.push(alice);
    // `alex` could be created; `alice` is there, under another key.
    let key = |account: Name| match account.to_string().as_str() {
        "eosio" => node.key().clone(),
        "alice" => Chain::key("mallory".parse().unwrap()),
        _ => Chain::key(account),
    };
    let keys = spec
        .key_holders()
        .into_iter()
        .map(|account| (account, key(account).public_key()));
    let keys = AccountKeys::new(keys).unwrap();
    let signer: LocalSigner = spec.key_holders().into_iter().map(key).collect();
    let live = LiveChain::new(node.client().clone(), Arc::new(signer));
    let plan = Plan::new(&spec, chain.contracts(), &keys).unwrap();
    let error = converge(&plan, &live, &|_| ()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Conflict { found, .. } if found.contains("account alice")),
        "{error}"
    );
    assert_eq!(live.sent(), []);
    assert_eq!(
        node.client()
            .get_account("alex".parse().unwrap())
            .await
            .unwrap(),
        None
    );
}

pub(crate) async fn build(url: String, key: PrivateKey) -> Result<(), Error> {
    Chain::open(&url, &key, &contracts_dir().await)
        .await
        .map(|_| ())
}
