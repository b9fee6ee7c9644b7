//! What a real node takes of a packed transaction in other than its usual bytes, next to what `eos-abi` reads of it.

use std::io::Write as _;

use baas_bootstrap::testing::Chain;
use baas_deploy::testing::Node;
use eos_abi::{Compression, Name, PermissionLevel, TransactionId};
use eos_client::Draft;
use eos_keys::LocalSigner;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

use crate::support::contracts_dir;
use crate::tutorial::build;

const ALICE: Name = Name::from_static("alice");

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Returns the bytes with other ones for `max_net_usage_words`, which is a zero.
fn with_zero(transaction: &[u8], zero: &[u8]) -> Vec<u8> {
    let (head, tail) = transaction.split_at(10);
    assert_eq!(tail[0], 0);
    [head, zero, &tail[1..]].concat()
}

/// Sends a payment of `alice` in the bytes that `change` makes of the usual ones, and asserts that the node and `eos-abi` take them for
/// the same transaction, or both for none.
async fn assert_agreed(
    chain: &Chain,
    is_good: bool,
    what: &str,
    change: impl Fn(&[u8]) -> (Compression, Vec<u8>),
) {
    let token = Name::from_static("eosio.token");
    let data = json!({ "from": "alice", "to": "eosio", "quantity": "0.0001 SYS", "memo": what });
    let authorization = vec![PermissionLevel::active(ALICE)];
    let transfer = chain
        .contracts()
        .token
        .action(token, "transfer", authorization, &data)
        .unwrap();
    let mut submission = Draft::new(vec![transfer])
        .sign(chain.client(), &LocalSigner::from_iter([Chain::key(ALICE)]))
        .await
        .unwrap();
    let usual = submission.packed.unpack().unwrap();
    let (compression, bytes) = change(submission.packed.packed_trx.as_slice());
    submission.packed.compression = compression;
    submission.packed.packed_trx = bytes.into();
    let request = json!({
        "return_failure_trace": false,
        "retry_trx": false,
        "transaction": submission.packed,
    });
    let sent: Result<Value, _> = chain
        .client()
        .call("/v1/chain/send_transaction2", &request)
        .await;
    match sent {
        Ok(answer) => {
            assert!(is_good, "the node takes {what}");
            let id: TransactionId = answer["transaction_id"].as_str().unwrap().parse().unwrap();
            assert_eq!(id, submission.id, "{what}");
            assert_eq!(submission.packed.id().unwrap(), id, "{what}");
            assert_eq!(submission.packed.unpack().unwrap(), usual, "{what}");
        }
        Err(error) => {
            assert!(error.node().is_some(), "{what}: {error:?}");
            assert!(!is_good, "the node refuses {what}: {error:?}");
            assert!(submission.packed.id().is_err(), "{what}");
            assert!(submission.packed.unpack().is_err(), "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_bytes_are_the_transaction_that_the_node_finds_in_them() {
    let node = Node::start_cached(Chain::RECIPE, build).await.unwrap();
    let contracts = contracts_dir().await;
    let chain = Chain::open(node.url(), node.key(), &contracts)
        .await
        .unwrap();
    chain.create_account("alice", "100.0000 SYS").await.unwrap();
    let plain = |bytes| (Compression::None, bytes);
    let compressed = |bytes| (Compression::Zlib, bytes);
    let junk = |bytes: &[u8]| [bytes, &[1, 2, 3]].concat();

    assert_agreed(&chain, true, "usual", |usual| plain(usual.into())).await;
    assert_agreed(&chain, true, "junk", |usual| plain(junk(usual))).await;
    for (what, zero) in [
        ("length", &[0x80, 0][..]),
        ("longest length", &[0x80, 0x80, 0x80, 0x80, 0]),
        ("bits beyond 32", &[0x80, 0x80, 0x80, 0x80, 0x70]),
        ("no end of a length", &[0x80, 0x80, 0x80, 0x80, 0x80]),
    ] {
        assert_agreed(&chain, true, what, |usual| plain(with_zero(usual, zero))).await;
    }
    assert_agreed(&chain, false, "cut", |usual| {
        plain(usual[..usual.len() - 1].into())
    })
    .await;

    assert_agreed(&chain, true, "zlib", |usual| compressed(zlib(usual))).await;
    assert_agreed(&chain, true, "junk inside", |usual| {
        compressed(zlib(&junk(usual)))
    })
    .await;
    assert_agreed(&chain, true, "junk outside", |usual| {
        compressed(junk(&zlib(usual)))
    })
    .await;
    assert_agreed(&chain, true, "twice", |usual| {
        compressed([zlib(usual), zlib(usual)].concat())
    })
    .await;
    assert_agreed(&chain, false, "zlib cut", |usual| {
        let zlib = zlib(usual);
        compressed(zlib[..zlib.len() - 1].into())
    })
    .await;
    assert_agreed(&chain, false, "zlib with another checksum", |usual| {
        let mut zlib = zlib(usual);
        *zlib.last_mut().unwrap() ^= 1;
        compressed(zlib)
    })
    .await;
    assert_agreed(&chain, false, "not zlib", |usual| compressed(usual.into())).await;
}
