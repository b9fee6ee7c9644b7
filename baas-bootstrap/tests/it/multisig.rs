//! A transaction that two accounts approve and a third one carries out.

use std::time::Duration;

use baas_bootstrap::testing::Chain;
use baas_deploy::testing::Node;
use eos_abi::contracts::msig::{Approve, Cancel, Exec, Proposal, Propose, Unapprove};
use eos_abi::contracts::token::Transfer;
use eos_abi::{
    Action, ActionData, Bytes, Checksum256, Name, PermissionLevel, TableRow, Transaction,
    from_bytes,
};
use serde::{Deserialize, Serialize};

use crate::support::contracts_dir;
use crate::tutorial::build;

const MSIG: Name = Name::from_static("eosio.msig");
const PROPOSAL: Name = Name::from_static("payday");

fn by<T: ActionData + Serialize>(actor: Name, data: &T) -> Vec<Action> {
    vec![Action::new(MSIG, [PermissionLevel::active(actor)], data).unwrap()]
}

fn pay(from: Name, to: Name, quantity: &str) -> Action {
    let transfer = Transfer {
        from,
        to,
        quantity: quantity.parse().unwrap(),
        memo: "by proposal".to_owned(),
    };
    let token = Name::from_static("eosio.token");
    Action::new(token, [PermissionLevel::active(from)], &transfer).unwrap()
}

fn approve(proposer: Name, by: Name, hash: Option<Checksum256>) -> Approve {
    Approve {
        proposer,
        proposal_name: PROPOSAL,
        level: PermissionLevel::active(by),
        proposal_hash: hash.into(),
    }
}

/// What the node says against it.
async fn refused(chain: &Chain, actions: Vec<Action>) -> String {
    let error = chain.push(actions).await.unwrap_err();
    let mut told = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = cause {
        told = format!("{told}{error}; ");
        cause = error.source();
    }
    told
}

/// The stored proposals of an account, from their bytes.
async fn proposals(chain: &Chain, proposer: Name) -> Vec<Proposal> {
    #[derive(Deserialize)]
    struct Page {
        rows: Vec<Bytes>,
    }
    let query = serde_json::json!({
        "code": MSIG, "scope": proposer, "table": Proposal::TABLE, "json": false, "limit": 10,
    });
    let path = "/v1/chain/get_table_rows";
    let page: Page = chain.client().call(path, &query).await.unwrap();
    let rows = page.rows.iter();
    rows.map(|row| from_bytes(row.as_slice()).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_approve_is_carried_out() {
    let node = Node::start_cached(Chain::RECIPE, build).await.unwrap();
    let chain = Chain::open(node.url(), node.key(), &contracts_dir().await)
        .await
        .unwrap();
    let mut accounts = Vec::new();
    for name in ["alice", "bob", "carol"] {
        accounts.push(chain.create_account(name, "10.0000 SYS").await.unwrap());
    }
    let [alice, bob, carol] = accounts[..] else {
        unreachable!("three were made")
    };

    let info = chain.client().get_info().await.unwrap();
    let now = info.head_block_time.to_time_point_sec().unwrap();
    let expiration = now.checked_add_seconds(3600).unwrap();
    let payments = vec![
        pay(alice, carol, "1.0000 SYS"),
        pay(bob, carol, "2.0000 SYS"),
    ];
    let propose = Propose {
        proposer: carol,
        proposal_name: PROPOSAL,
        requested: vec![PermissionLevel::active(alice), PermissionLevel::active(bob)],
        trx: Transaction::new(expiration, &info.head_block_id, payments),
    };
    chain.push(by(carol, &propose)).await.unwrap();

    let [stored] = &proposals(&chain, carol).await[..] else {
        panic!("one proposal is stored")
    };
    assert_eq!(stored.proposal_name, PROPOSAL);
    assert_eq!(stored.transaction().unwrap(), propose.trx);
    assert_eq!(stored.hash(), propose.hash().unwrap());

    let exec = Exec {
        proposer: carol,
        proposal_name: PROPOSAL,
        executer: carol,
    };
    // A hash of something else approves nothing, and what is taken back does not count.
    let other = approve(carol, alice, Some(Checksum256::hash(b"something else")));
    let told = refused(&chain, by(alice, &other)).await;
    assert!(told.contains("hash mismatch"), "{told}");
    let hash = Some(stored.hash());
    chain
        .push(by(alice, &approve(carol, alice, hash)))
        .await
        .unwrap();
    chain
        .push(by(bob, &approve(carol, bob, None)))
        .await
        .unwrap();
    let unapprove = Unapprove {
        proposer: carol,
        proposal_name: PROPOSAL,
        level: PermissionLevel::active(bob),
    };
    chain.push(by(bob, &unapprove)).await.unwrap();
    let told = refused(&chain, by(carol, &exec)).await;
    assert!(told.contains("transaction authorization failed"), "{told}");
    chain
        .push(by(bob, &approve(carol, bob, hash)))
        .await
        .unwrap();
    chain.push(by(carol, &exec)).await.unwrap();

    // The contract may leave it to the next block.
    let paid = async {
        while chain.balance(carol).await.unwrap().unwrap().to_string() != "13.0000 SYS" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), paid)
        .await
        .unwrap();
    let balance = async |account| chain.balance(account).await.unwrap().unwrap().to_string();
    assert_eq!(balance(alice).await, "9.0000 SYS");
    assert_eq!(balance(bob).await, "8.0000 SYS");
    assert_eq!(proposals(&chain, carol).await, []);

    chain.push(by(carol, &propose)).await.unwrap();
    let cancel = Cancel {
        proposer: carol,
        proposal_name: PROPOSAL,
        canceler: carol,
    };
    chain.push(by(carol, &cancel)).await.unwrap();
    assert_eq!(proposals(&chain, carol).await, []);
}
