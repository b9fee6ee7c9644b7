//! What is worked on.

use std::fmt::Write;

use eos_keys::{Digest, KeyType, PrivateKey};

pub(crate) const TOKEN_ABI: &str =
    include_str!("../../../tests/vectors/abis/wheel_eosio.token.abi");
pub(crate) const MSIG_ABI: &str = include_str!("../../../tests/vectors/abis/wheel_eosio.msig.abi");
pub(crate) const SYSTEM_ABI: &str =
    include_str!("../../../tests/vectors/abis/wheel_eosio.system.abi");

pub(crate) const NAME: &str = "alice1111111";
pub(crate) const ASSET: &str = "1234.5678 SYS";

/// A transfer with a short memo.
pub(crate) const TRANSFER: &str =
    r#"{"from":"alice1111111","to":"bob111111111","quantity":"1.0000 SYS","memo":"hello"}"#;

/// One of a few fixed keys.
pub(crate) fn key(number: u8) -> PrivateKey {
    PrivateKey::from_bytes(KeyType::K1, &[number; 32]).expect("small numbers are secrets of K1")
}

/// A signature of a fixed digest.
pub(crate) fn signature() -> String {
    key(1).sign_digest(&Digest::of(b"peers")).to_string()
}

/// A new account whose permissions have ten keys each.
pub(crate) fn new_account() -> String {
    let authority = |first: u8| {
        let mut keys: Vec<_> = (first..first + 10)
            .map(|number| key(number).public_key())
            .collect();
        keys.sort_unstable();
        let keys: Vec<String> = keys
            .iter()
            .map(|key| format!(r#"{{"key":"{}","weight":1}}"#, key.to_modern_string()))
            .collect();
        format!(
            r#"{{"threshold":6,"keys":[{}],"accounts":[],"waits":[]}}"#,
            keys.join(",")
        )
    };
    format!(
        r#"{{"creator":"eosio","name":"alice1111111","owner":{},"active":{}}}"#,
        authority(1),
        authority(11)
    )
}

/// A proposal of ten transfers; `data` is the arguments of each.
pub(crate) fn proposal(data: &[u8]) -> String {
    let data = data.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let action = format!(
        r#"{{"account":"eosio.token","name":"transfer","authorization":[{{"actor":"alice1111111","permission":"active"}}],"data":"{data}"}}"#
    );
    let actions = vec![action; 10].join(",");
    format!(
        r#"{{"proposer":"alice1111111","proposal_name":"pay","requested":[{{"actor":"alice1111111","permission":"active"}},{{"actor":"bob111111111","permission":"active"}}],"trx":{{"expiration":"2026-12-24T18:30:00","ref_block_num":4660,"ref_block_prefix":305419896,"max_net_usage_words":0,"max_cpu_usage_ms":0,"delay_sec":0,"context_free_actions":[],"actions":[{actions}],"transaction_extensions":[]}}}}"#
    )
}
