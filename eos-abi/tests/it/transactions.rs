//! Transactions against what cleos made of them.

use std::io::Write;

use eos_abi::{
    Action, Bytes, ChainId, Checksum256, Compression, Name, PackedTransaction, PermissionLevel,
    SignaturesError, SignedTransaction, TimePointSec, Transaction, UnpackError, from_bytes,
    to_bytes,
};
use flate2::write::ZlibEncoder;

use crate::support::{hex, rows, text, unhex, vector_text};

#[test]
fn cleos_vectors_pack_and_unpack() {
    let rows = rows("transactions.jsonl");
    assert_eq!(rows.len(), 15);
    for row in rows {
        let label = text(&row, "label");
        let signed: SignedTransaction = serde_json::from_value(row["transaction"].clone()).unwrap();
        assert_eq!(
            serde_json::to_value(&signed).unwrap(),
            row["transaction"],
            "{label}"
        );

        let packed = signed.pack(Compression::None).unwrap();
        assert_eq!(
            serde_json::to_value(&packed).unwrap(),
            row["packed"],
            "{label}"
        );

        let read: PackedTransaction = serde_json::from_value(row["packed"].clone()).unwrap();
        assert_eq!(read.unpack().unwrap(), signed, "{label}");
        assert_eq!(
            read.id().unwrap(),
            signed.transaction.id().unwrap(),
            "{label}"
        );

        let bytes = to_bytes(&signed).unwrap();
        assert_eq!(
            from_bytes::<SignedTransaction>(&bytes).unwrap(),
            signed,
            "{label}"
        );
        for end in 0..bytes.len() {
            assert!(
                from_bytes::<SignedTransaction>(&bytes[..end]).is_err(),
                "{label} cut at {end}"
            );
        }
    }
}

#[test]
fn a_transaction_that_cleos_compressed_is_read() {
    let none: PackedTransaction = serde_json::from_str(&vector_text("packed_none.json")).unwrap();
    let zlib: PackedTransaction = serde_json::from_str(&vector_text("packed_zlib.json")).unwrap();
    assert_eq!(zlib.compression, Compression::Zlib);
    let transaction = none.unpack().unwrap();
    assert_eq!(
        zlib.unpack().unwrap(),
        SignedTransaction {
            signatures: vec![],
            ..transaction.clone()
        }
    );
    assert_eq!(zlib.id().unwrap(), none.id().unwrap());

    let again = transaction.pack(Compression::Zlib).unwrap();
    assert!(again.packed_trx.len() < none.packed_trx.len());
    assert_eq!(again.unpack().unwrap(), transaction);
}

#[test]
fn bytes_behind_a_transaction_are_no_part_of_it() {
    let usual: PackedTransaction = serde_json::from_str(&vector_text("packed_none.json")).unwrap();
    let behind = |bytes: &Bytes| Bytes::from([bytes.as_slice(), &[0xde, 0xad]].concat());
    let mut odd = usual.clone();
    odd.packed_trx = behind(&usual.packed_trx);
    assert_eq!(odd.unpack().unwrap(), usual.unpack().unwrap());
    assert_eq!(odd.id().unwrap(), usual.id().unwrap());
    assert!(from_bytes::<Transaction>(odd.packed_trx.as_slice()).is_err());

    let usual: PackedTransaction = serde_json::from_str(&vector_text("packed_zlib.json")).unwrap();
    let mut odd = usual.clone();
    odd.packed_trx = behind(&usual.packed_trx);
    assert_eq!(odd.unpack().unwrap(), usual.unpack().unwrap());

    let mut signed = usual.unpack().unwrap();
    signed.context_free_data = vec![vec![1, 2].into()];
    let mut odd = signed.pack(Compression::None).unwrap();
    odd.packed_context_free_data = behind(&odd.packed_context_free_data);
    assert_eq!(odd.unpack().unwrap(), signed);
}

#[test]
fn a_bomb_is_not_inflated() {
    let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = PackedTransaction {
        signatures: vec![],
        compression: Compression::Zlib,
        packed_context_free_data: Bytes::new(),
        packed_trx: encoder.finish().unwrap().into(),
    };
    assert!(matches!(
        bomb.unpack(),
        Err(UnpackError::TooLarge {
            limit: PackedTransaction::MAX_INFLATED
        })
    ));
    assert!(matches!(bomb.id(), Err(UnpackError::TooLarge { .. })));
}

#[test]
fn lengths_count_as_nodes_count_them() {
    // What cleos' `convert unpack_transaction` makes of `max_net_usage_words`.
    for (length, expected) in [
        ("00", 0),
        ("8000", 0),
        ("8080808000", 0),
        ("8080808010", 0),
        ("808080807f", 0xf000_0000),
        ("8080808080", 0),
        ("80808080ff", 0xf000_0000),
        ("ffffffffff", u32::MAX),
    ] {
        let bytes = unhex(&format!("00000000000000000000{length}000000000000"));
        let packed = PackedTransaction {
            signatures: Vec::new(),
            compression: Compression::None,
            packed_context_free_data: Bytes::default(),
            packed_trx: bytes.into(),
        };
        let unpacked = packed.unpack().unwrap().transaction;
        assert_eq!(unpacked.max_net_usage_words, expected.into(), "{length}");
        assert_eq!(packed.id().unwrap(), unpacked.id().unwrap());
    }
}

#[test]
fn damaged_compression_is_refused() {
    let mut zlib: PackedTransaction =
        serde_json::from_str(&vector_text("packed_zlib.json")).unwrap();
    let whole = zlib.packed_trx.clone().into_vec();
    zlib.packed_trx = whole[..whole.len() - 3].into();
    assert!(matches!(zlib.unpack(), Err(UnpackError::Inflate(_))));
}

/// A transaction of a node's recorded `get_block` answer.
fn recorded() -> Transaction {
    let data = "1042082104855c341042082184100e3d102700000000000004535953000000000e6d31373935333637333336323237";
    let active = PermissionLevel::active(Name::from_static("alice1111111"));
    Transaction {
        expiration: "2026-11-22T17:09:56".parse().unwrap(),
        ref_block_num: 1162,
        ref_block_prefix: 1_597_936_442,
        actions: vec![Action {
            account: Name::from_static("eosio.token"),
            name: Name::from_static("transfer"),
            authorization: vec![active],
            data: data.parse().unwrap(),
        }],
        ..Transaction::default()
    }
}

#[test]
fn the_id_is_the_one_that_the_node_gave() {
    let id = "35fc99f16ad77ecb6a9177a768ef3bfb1e54d8fcd99071e7511d3efd2921cf5a";
    assert_eq!(recorded().id().unwrap().to_string(), id);
}

#[test]
fn the_digest_recovers_the_key_that_signed() {
    // Chain, signature and key of the same recorded network.
    let chain: ChainId = "f6b364995c55f17b9a4275cfd9adb5142ce334da524a18962a1324efbe57f48a"
        .parse()
        .unwrap();
    let signature: eos_keys::Signature =
        "SIG_K1_K6VvWXR61t1j61cvb75FaYHJ2dNKz35i2G96WwKGZXe4WbJHNR4kqSqqYFcxpF9AfT5Bs2xVdzeJJ5KTNJWVNpBWfK9WCj"
            .parse()
            .unwrap();
    let digest = recorded().signing_digest(&chain, &[]).unwrap();
    assert_eq!(
        signature.recover(&digest).unwrap(),
        "EOS8k7RMxmsC4E9i1uyjSUomFeBZwNn4QKA914DwABKsAxQZ1oaBB"
            .parse()
            .unwrap()
    );
}

#[test]
fn the_digest_covers_chain_transaction_and_context_free_data() {
    let transaction = recorded();
    let chain = ChainId::new([7; 32]);
    let data = [Bytes::from(vec![1, 2]), Bytes::new()];
    let packed = to_bytes(&transaction).unwrap();

    let plain = [&[7; 32][..], &packed, &[0; 32]].concat();
    let with_data = [
        &[7; 32][..],
        &packed,
        Checksum256::hash(&[2, 2, 1, 2, 0]).as_ref(),
    ]
    .concat();
    let digest = |data| hex(transaction.signing_digest(&chain, data).unwrap().as_bytes());
    assert_eq!(digest(&[]), Checksum256::hash(&plain).to_string());
    assert_eq!(digest(&data), Checksum256::hash(&with_data).to_string());
}

#[test]
fn context_free_data_survives_packing() {
    for compression in [Compression::None, Compression::Zlib] {
        let signed = SignedTransaction {
            transaction: Transaction {
                expiration: TimePointSec::from_seconds(1),
                transaction_extensions: vec![(1, vec![9].into())],
                ..Transaction::default()
            },
            signatures: vec![],
            context_free_data: vec![vec![1, 2, 3].into()],
        };
        assert_eq!(signed.pack(compression).unwrap().unpack().unwrap(), signed);
    }
}

/// The recorded transaction, signed by these keys.
fn signed_by(keys: &[&eos_keys::PrivateKey], chain: &ChainId) -> SignedTransaction {
    let transaction = recorded();
    let context_free_data = vec![Bytes::from(vec![1])];
    let digest = transaction
        .signing_digest(chain, &context_free_data)
        .unwrap();
    SignedTransaction {
        transaction,
        signatures: keys.iter().map(|key| key.sign_digest(&digest)).collect(),
        context_free_data,
    }
}

#[test]
fn signatures_of_several_signers_are_put_together() {
    let chain = ChainId::new([7; 32]);
    let [a, b, c] = [(); 3].map(|()| eos_keys::PrivateKey::generate().unwrap());
    let r1 = eos_keys::PrivateKey::generate_r1().unwrap();
    let mut merged = signed_by(&[&a, &r1], &chain);
    let before = merged.signatures.clone();
    merged
        .merge_signatures(&signed_by(&[&c, &a, &b], &chain), &chain)
        .unwrap();
    // Its own stay first, the others follow in their order; who has signed is not added again.
    assert_eq!(merged.signatures[..2], before);
    let keys = merged.signing_keys(&chain).unwrap();
    assert_eq!(
        keys,
        [&a, &r1, &c, &b].map(eos_keys::PrivateKey::public_key)
    );
    // Signatures by R1 are different each time, but the key is one.
    let again = signed_by(&[&r1], &chain);
    let once = merged.clone();
    merged.merge_signatures(&again, &chain).unwrap();
    assert_eq!(merged, once);
    merged.merge_signatures(&once, &chain).unwrap();
    assert_eq!(merged, once);
}

#[test]
fn signatures_that_do_not_belong_together_are_refused() {
    let chain = ChainId::new([7; 32]);
    let [a, b] = [(); 2].map(|()| eos_keys::PrivateKey::generate().unwrap());
    let mine = signed_by(&[&a], &chain);
    let theirs = signed_by(&[&b], &chain);
    let refuse = |other: &SignedTransaction| {
        let mut merged = mine.clone();
        let error = merged.merge_signatures(other, &chain).unwrap_err();
        assert_eq!(merged, mine, "nothing is added");
        error
    };
    let mut other = theirs.clone();
    other.transaction.max_cpu_usage_ms = 1;
    let error = refuse(&other);
    let [ours, others] = [&mine, &other].map(|signed| signed.transaction.id().unwrap());
    assert_eq!(
        error.to_string(),
        format!("the signatures are of transaction {others}, not of {ours}")
    );
    let mut other = theirs.clone();
    other.context_free_data.clear();
    assert!(matches!(
        refuse(&other),
        SignaturesError::OtherContextFreeData
    ));
    let mut other = theirs.clone();
    other.signatures.push(other.signatures[0].clone());
    let error = refuse(&other);
    assert_eq!(
        error.to_string(),
        format!("key {} signed twice", b.public_key())
    );
    let mut other = theirs;
    other
        .signatures
        .push(eos_keys::Signature::from_k1_bytes([0; 65]));
    let error = refuse(&other);
    assert!(
        matches!(error, SignaturesError::Malformed { index: 1, .. }),
        "{error}"
    );
}
