//! Blocks that a node recorded.

use std::collections::BTreeMap;

use eos_abi::{
    BlockError, BlockHeader, BlockId, Bytes, Checksum256, ReceiptTransaction, SignedBlock,
    SignedBlockHeader, TransactionReceipt, TransactionStatus, from_bytes, json, to_bytes,
};
use eos_keys::{Digest, PublicKey, Signature, WebAuthnSignature};
use serde_json::value::RawValue;

use crate::support::response;

fn members(json: &str) -> BTreeMap<String, Box<RawValue>> {
    serde_json::from_str(json).unwrap()
}

fn member<T: serde::de::DeserializeOwned>(of: &str, name: &str) -> T {
    json::from_str(members(of)[name].get()).unwrap()
}

fn raw_block() -> SignedBlock {
    json::from_str(&response("get_raw_block")).unwrap()
}

#[test]
fn a_block_has_the_id_and_the_transactions_that_the_node_says() {
    let block = raw_block();
    let id: BlockId = member(&response("get_block_info"), "id");
    assert_eq!(block.header().block_num(), 1164);
    block.verify(&id).unwrap();
    let statuses: Vec<_> = block
        .transactions
        .iter()
        .map(|receipt| receipt.status)
        .collect();
    assert_eq!(statuses, [TransactionStatus::Executed; 2]);
    let ReceiptTransaction::Packed(packed) = &block.transactions[0].trx else {
        panic!("sent, not scheduled");
    };
    assert_eq!(
        packed.id().unwrap().to_string(),
        "35fc99f16ad77ecb6a9177a768ef3bfb1e54d8fcd99071e7511d3efd2921cf5a"
    );
}

#[test]
fn the_answers_of_all_calls_are_read_alike() {
    let block = raw_block();
    let printed: SignedBlock = json::from_str(&response("get_block")).unwrap();
    assert_eq!(printed, block);
    let header: SignedBlockHeader = member(&response("get_block_header"), "signed_block_header");
    assert_eq!(header, block.signed_header);
    let written = json::to_string(&block).unwrap();
    assert_eq!(json::from_str::<SignedBlock>(&written).unwrap(), block);
    assert!(written.contains(r#""trx":[1,{"signatures":["#), "{written}");
}

#[test]
fn the_first_block_is_that_of_the_genesis() {
    let block: SignedBlock = json::from_str(&response("get_block_1")).unwrap();
    block
        .verify(&member(&response("get_block_1"), "id"))
        .unwrap();
    assert_eq!(block.header().block_num(), 1);
    assert!(block.transactions.is_empty());
}

#[test]
fn a_block_is_read_whatever_a_browsers_signature_in_it_holds() {
    let mut block = raw_block();
    let ReceiptTransaction::Packed(packed) = &mut block.transactions[0].trx else {
        panic!("sent, not scheduled");
    };
    // nodeos took both: bytes that are not UTF-8, and all the length that it allows.
    packed.signatures = [&b"{\"a\":\"caf\xe9\"}"[..], &[b' '; 16_000]]
        .map(|json| WebAuthnSignature::new([31; 65], vec![0; 37], json).unwrap())
        .map(Signature::from)
        .to_vec();
    let written = json::to_string(&block).unwrap();
    assert_eq!(json::from_str::<SignedBlock>(&written).unwrap(), block);
    let bytes = to_bytes(&block).unwrap();
    assert_eq!(from_bytes::<SignedBlock>(&bytes).unwrap(), block);
}

#[test]
fn blocks_survive_the_binary_form_and_nothing_less_does() {
    let mut block = raw_block();
    block.block_extensions = vec![(2, vec![0].into())];
    block.transactions.push(TransactionReceipt {
        status: TransactionStatus::HardFail,
        cpu_usage_us: 1,
        net_usage_words: 200.into(),
        trx: ReceiptTransaction::Id([7; 32].into()),
    });
    let bytes = to_bytes(&block).unwrap();
    assert_eq!(from_bytes::<SignedBlock>(&bytes).unwrap(), block);
    for end in 0..bytes.len() {
        assert!(
            from_bytes::<SignedBlock>(&bytes[..end]).is_err(),
            "cut at {end}"
        );
    }
    let written = json::to_string(&block).unwrap();
    assert!(
        written.contains(r#""status":"hard_fail""#) && written.contains(r#""trx":[0,"0707"#),
        "{written}"
    );
    assert_eq!(json::from_str::<SignedBlock>(&written).unwrap(), block);
    // The header comes first, then its signature, then the transactions.
    let header = to_bytes(block.header()).unwrap();
    assert_eq!(bytes[..header.len()], header);
    assert_eq!(
        bytes[header.len()..][..66],
        block.signed_header.producer_signature.to_packed()
    );
}

#[test]
fn whatever_is_changed_is_noticed() {
    let block = raw_block();
    let id = block.header().id().unwrap();
    let mut other = block.clone();
    other.signed_header.header.confirmed = 1;
    assert!(matches!(other.verify(&id), Err(BlockError::OtherId { .. })));
    let changes: [fn(&mut SignedBlock); 6] = [
        |block| drop(block.transactions.pop()),
        |block| block.transactions.swap(0, 1),
        |block| block.transactions[0].cpu_usage_us += 1,
        |block| block.transactions[1].status = TransactionStatus::SoftFail,
        |block| {
            let ReceiptTransaction::Packed(packed) = &mut block.transactions[0].trx else {
                panic!()
            };
            packed.signatures.clear();
        },
        |block| {
            let ReceiptTransaction::Packed(packed) = &mut block.transactions[0].trx else {
                panic!()
            };
            packed.packed_context_free_data = Bytes::from(vec![0]);
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut other = block.clone();
        change(&mut other);
        let error = other.verify(&id).unwrap_err();
        assert!(
            matches!(error, BlockError::OtherTransactions { .. }),
            "{number}: {error}"
        );
    }
}

#[test]
fn the_producers_key_is_found_with_what_the_node_tells() {
    let state = response("get_block_header_state");
    let header: SignedBlockHeader = member(&state, "header");
    assert_eq!(header.header.id().unwrap(), member::<BlockId>(&state, "id"));
    let roots: Vec<Checksum256> =
        member(members(&state)["blockroot_merkle"].get(), "_active_nodes");
    let schedule: Checksum256 = member(members(&state)["pending_schedule"].get(), "schedule_hash");
    let key = header
        .signing_key(roots.last().unwrap(), &schedule)
        .unwrap();
    // As `valid_block_signing_authority` of the same answer has it.
    let expected: PublicKey = "EOS8f96HNVUiuKQBtptL7uPqDCukqX2bG3fentxfMm3QjEH7mrLSU"
        .parse()
        .unwrap();
    assert_eq!(key, expected);
    assert_ne!(header.signing_key(&schedule, &schedule).unwrap(), expected);
}

#[test]
fn under_savannas_rules_the_block_alone_is_enough() {
    let private = eos_keys::PrivateKey::generate().unwrap();
    let header = BlockHeader {
        schedule_version: 1 << 31,
        ..BlockHeader::default()
    };
    let digest = Digest::from(header.id().unwrap().to_bytes());
    let signed = SignedBlockHeader {
        header,
        producer_signature: private.sign_digest(&digest),
    };
    for unused in [[0; 32], [1; 32]] {
        let key = signed.signing_key(&unused.into(), &unused.into()).unwrap();
        assert_eq!(key, private.public_key());
    }
}

#[test]
fn the_two_trees_differ_where_they_should() {
    let block = raw_block();
    let with = |count: usize, schedule_version: u32| {
        let mut block = block.clone();
        block.signed_header.header.schedule_version = schedule_version;
        block.transactions = block
            .transactions
            .iter()
            .cycle()
            .take(count)
            .cloned()
            .collect();
        block.transaction_root().unwrap()
    };
    for version in [1, 1 << 31] {
        assert!(with(0, version).is_zero());
    }
    // One receipt is the root itself, in both.
    assert_eq!(with(1, 1), with(1, 1 << 31));
    let leaves = [with(1, 1), {
        let mut second = block.clone();
        second.transactions.remove(0);
        second.transaction_root().unwrap()
    }];
    let pair = |left: &Checksum256, right: &Checksum256| {
        Checksum256::hash(&[left.as_bytes().as_slice(), right.as_bytes()].concat())
    };
    let canonical = |left: &Checksum256, right: &Checksum256| {
        let (mut left, mut right) = (left.to_bytes(), right.to_bytes());
        left[0] &= 0x7f;
        right[0] |= 0x80;
        Checksum256::hash(&[left, right].concat())
    };
    let [a, b] = &leaves;
    assert_eq!(with(2, 1), canonical(a, b));
    assert_eq!(with(3, 1), canonical(&canonical(a, b), &canonical(a, a)));
    let (abab, ab) = (
        canonical(&canonical(a, b), &canonical(a, b)),
        canonical(a, b),
    );
    assert_eq!(with(6, 1), canonical(&abab, &canonical(&ab, &ab)));
    assert_eq!(with(2, 1 << 31), pair(a, b));
    assert_eq!(with(3, 1 << 31), pair(&pair(a, b), a));
    let ab = pair(a, b);
    assert_eq!(with(4, 1 << 31), pair(&ab, &ab));
    assert_eq!(with(7, 1 << 31), pair(&pair(&ab, &ab), &pair(&ab, a)));
}

#[test]
fn what_is_no_transaction_of_a_block_is_refused() {
    for trx in [
        "7",
        "[]",
        "[1]",
        r#"[2,"00"]"#,
        r#"[0,"00"]"#,
        r#""00""#,
        "null",
        "[0]",
    ] {
        let receipt =
            format!(r#"{{"status":"executed","cpu_usage_us":1,"net_usage_words":1,"trx":{trx}}}"#);
        assert!(
            json::from_str::<TransactionReceipt>(&receipt).is_err(),
            "{trx}"
        );
    }
    let id = "07".repeat(32);
    for trx in [format!("{id:?}"), format!("[0,{id:?}]")] {
        let receipt =
            format!(r#"{{"status":"executed","cpu_usage_us":1,"net_usage_words":1,"trx":{trx}}}"#);
        let receipt: TransactionReceipt = json::from_str(&receipt).unwrap();
        assert_eq!(receipt.trx, ReceiptTransaction::Id([7; 32].into()));
    }
    let three = format!(
        r#"{{"status":"executed","cpu_usage_us":1,"net_usage_words":1,"trx":[0,{id:?},0]}}"#
    );
    assert!(json::from_str::<TransactionReceipt>(&three).is_err());
}
