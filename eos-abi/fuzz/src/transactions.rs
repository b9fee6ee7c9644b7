//! What must hold of transactions and blocks.

use std::fmt::Debug;

use eos_abi::{
    BlockHeader, Bytes, ChainId, Checksum256, Compression, PackedTransaction, SignedBlock,
    SignedBlockHeader, SignedTransaction, Transaction, from_bytes, from_bytes_prefix, json,
    to_bytes,
};
use serde::{Serialize, de::DeserializeOwned};

/// Reads the JSON of a transaction in its three states.
pub fn check_transaction_text(text: &str) {
    check_text::<Transaction>(text);
    if let Some(signed) = check_text::<SignedTransaction>(text) {
        check_signed(&signed);
    }
    if let Some(packed) = check_text::<PackedTransaction>(text) {
        check_packed(&packed);
    }
}

/// Reads a packed transaction with its signatures and compression, and a signed one.
pub fn check_transaction_packed(bytes: &[u8]) {
    if let Some(packed) = check_bytes::<PackedTransaction>(bytes) {
        check_packed(&packed);
    }
    if let Some(signed) = check_bytes::<SignedTransaction>(bytes) {
        check_signed(&signed);
    }
}

/// Reads the JSON of a block and of headers.
pub fn check_block_text(text: &str) {
    if let Some(block) = check_text::<SignedBlock>(text) {
        check_block(&block);
    }
    check_text::<SignedBlockHeader>(text);
    check_text::<BlockHeader>(text);
}

/// Reads a packed block, and a header from the front of it.
pub fn check_block_packed(bytes: &[u8]) {
    if let Some(block) = check_bytes::<SignedBlock>(bytes) {
        check_block(&block);
    }
    if let Ok((header, rest)) = from_bytes_prefix::<SignedBlockHeader>(bytes) {
        let taken = &bytes[..bytes.len() - rest.len()];
        assert_eq!(to_bytes(&header).expect("what was read is packed"), taken);
        drop(header.signing_key(&Checksum256::default(), &Checksum256::default()));
    }
    check_bytes::<BlockHeader>(bytes);
}

fn check_packed(packed: &PackedTransaction) {
    let Ok(signed) = packed.unpack() else {
        return;
    };
    let id = packed.id().expect("it was inflated before");
    assert_eq!(signed.transaction.id().expect("it is packed"), id);
    assert_eq!(signed.signatures, packed.signatures);
    check_signed(&signed);
    let plain = signed.pack(Compression::None).expect("it is packed");
    // Odd bytes are read too, as nodes read them; those that are read strictly are the only ones.
    if packed.compression == Compression::None {
        let is_strict = from_bytes::<Transaction>(packed.packed_trx.as_slice()).is_ok();
        assert_eq!(plain.packed_trx == packed.packed_trx, is_strict);
        let data = from_bytes::<Vec<Bytes>>(packed.packed_context_free_data.as_slice());
        // An empty list may be written or left out.
        if data.is_ok_and(|data| !data.is_empty()) {
            assert_eq!(
                plain.packed_context_free_data,
                packed.packed_context_free_data
            );
        }
    }
}

fn check_signed(signed: &SignedTransaction) {
    for compression in [Compression::None, Compression::Zlib] {
        let packed = signed.pack(compression).expect("what was read is packed");
        let again = packed.unpack().expect("what was packed is unpacked");
        assert_eq!(again, *signed);
    }
    drop(signed.signing_keys(&ChainId::new([0; 32])));
    let transaction = to_bytes(&signed.transaction).expect("what was read is packed");
    check_bytes::<Transaction>(&transaction).expect("what was packed is read");
}

fn check_block(block: &SignedBlock) {
    let id = block.header().id().expect("what was read is packed");
    assert_eq!(id.block_num(), block.header().block_num());
    let root = block.transaction_root().expect("what was read is packed");
    let fits = root == block.header().transaction_mroot;
    assert_eq!(block.verify(&id).is_ok(), fits);
}

/// Reads JSON; if it is a value, both its forms must be stable.
fn check_text<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) -> Option<T> {
    let value: T = json::from_str(text).ok()?;
    check_json(&value);
    let bytes = to_bytes(&value).expect("what was read is packed");
    let again: T = from_bytes(&bytes).expect("what was packed is read");
    assert_eq!(again, value);
    Some(value)
}

/// Reads bytes; if they are a value, they must be its only form, and its JSON must be stable.
fn check_bytes<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) -> Option<T> {
    let value: T = from_bytes(bytes).ok()?;
    assert_eq!(to_bytes(&value).expect("what was read is packed"), bytes);
    check_json(&value);
    Some(value)
}

fn check_json<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = json::to_string(value).expect("what was read is printed");
    let again: T = json::from_str(&json).expect("what was printed is read");
    assert_eq!(again, *value);
    assert_eq!(
        json::to_string(&again).expect("it was printed before"),
        json
    );
}
