//! The typed actions of the system's contracts against what cleos made of them.

use std::fmt::Debug;

use eos_abi::contracts::{bios, msig, system, token, wrap};
use eos_abi::{
    Action, ActionData, ActionError, Bytes, Checksum256, DecodeError, Name, PermissionLevel,
    Schema, TableRow, from_bytes, json, to_bytes,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::{hex, rows, text, unhex, vector_text};

fn schema(file: &str) -> Schema {
    let abi = eos_abi::Abi::from_json(&vector_text(&format!("abis/{file}"))).unwrap();
    Schema::compile(&abi).unwrap()
}

/// The row's action through its type: the same bytes, the same JSON, both ways.
fn check<T: ActionData + Serialize + DeserializeOwned + PartialEq + Debug>(row: &Value) {
    assert_eq!(T::NAME.to_string(), text(row, "action"));
    let bytes = unhex(text(row, "hex"));
    let account = Name::from_static("somebody");
    let action = Action {
        account,
        name: T::NAME,
        authorization: vec![PermissionLevel::active(account)],
        data: bytes.clone().into(),
    };
    let typed = action.decode::<T>().unwrap();
    assert_eq!(to_bytes(&typed).unwrap(), bytes, "{row}");
    let again = Action::new(account, [PermissionLevel::active(account)], &typed).unwrap();
    assert_eq!(again, action, "{row}");
    let schema = schema(text(row, "abi"));
    let dynamic = schema.action_to_json(T::NAME, &bytes).unwrap();
    assert_eq!(json::to_string(&typed).unwrap(), dynamic, "{row}");
    assert_eq!(json::from_str::<T>(&dynamic).unwrap(), typed, "{row}");
}

#[test]
fn cleos_actions_go_through_their_types() {
    let mut count = 0;
    for row in rows("actions.jsonl") {
        match (text(&row, "contract"), text(&row, "action")) {
            ("alltypes", _) => continue,
            ("eosio.token", "create") => check::<token::Create>(&row),
            ("eosio.token", "issue") => check::<token::Issue>(&row),
            ("eosio.token", "open") => check::<token::Open>(&row),
            ("eosio.token", "transfer") => check::<token::Transfer>(&row),
            ("eosio", "activate") => check::<system::Activate>(&row),
            ("eosio", "bidrefund") => check::<system::Bidrefund>(&row),
            ("eosio", "buyrambytes") => check::<system::Buyrambytes>(&row),
            ("eosio", "claimrewards") => check::<system::Claimrewards>(&row),
            ("eosio", "delegatebw") => check::<system::Delegatebw>(&row),
            ("eosio", "deposit") => check::<system::Deposit>(&row),
            ("eosio", "init") => check::<system::Init>(&row),
            ("eosio", "linkauth") => check::<system::Linkauth>(&row),
            ("eosio", "newaccount") => check::<system::Newaccount>(&row),
            ("eosio", "onblock") => check::<system::Onblock>(&row),
            ("eosio", "powerup") => check::<system::Powerup>(&row),
            ("eosio", "regproducer") => check::<system::Regproducer>(&row),
            ("eosio", "regproducer2") => check::<system::Regproducer2>(&row),
            ("eosio", "regproxy") => check::<system::Regproxy>(&row),
            ("eosio", "sellram") => check::<system::Sellram>(&row),
            ("eosio", "setabi") => check::<system::Setabi>(&row),
            ("eosio", "setacctcpu") => check::<system::Setacctcpu>(&row),
            ("eosio", "setacctram") => check::<system::Setacctram>(&row),
            ("eosio", "setcode") => check::<system::Setcode>(&row),
            ("eosio", "setparams") => check::<system::Setparams>(&row),
            ("eosio", "setpriv") => check::<system::Setpriv>(&row),
            ("eosio", "setprods") => check::<bios::Setprods>(&row),
            ("eosio", "setram") => check::<system::Setram>(&row),
            ("eosio", "undelegatebw") => check::<system::Undelegatebw>(&row),
            ("eosio", "unlinkauth") => check::<system::Unlinkauth>(&row),
            ("eosio", "unregprod") => check::<system::Unregprod>(&row),
            ("eosio", "updateauth") => check::<system::Updateauth>(&row),
            ("eosio", "updtrevision") => check::<system::Updtrevision>(&row),
            ("eosio", "voteproducer") => check::<system::Voteproducer>(&row),
            ("eosio.msig", "approve") => check::<msig::Approve>(&row),
            ("eosio.msig", "exec") => check::<msig::Exec>(&row),
            ("eosio.msig", "propose") => check::<msig::Propose>(&row),
            ("eosio.msig", "unapprove") => check::<msig::Unapprove>(&row),
            ("eosio.wrap", "exec") => check::<wrap::Exec>(&row),
            other => panic!("{other:?} has no type here"),
        }
        count += 1;
    }
    assert_eq!(count, 46);
}

#[test]
fn an_action_is_decoded_as_what_it_is_only() {
    let alice = Name::from_static("alice");
    let token = Name::from_static("eosio.token");
    let transfer = token::Transfer {
        from: alice,
        to: Name::from_static("bob"),
        quantity: "1.0000 SYS".parse().unwrap(),
        memo: "hi".into(),
    };
    let mut action = Action::new(token, vec![PermissionLevel::active(alice)], &transfer).unwrap();
    assert_eq!(action.name, token::Transfer::NAME);
    assert_eq!(action.decode::<token::Transfer>().unwrap(), transfer);
    let error = action.decode::<token::Issue>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the action is \"transfer\", not \"issue\""
    );
    action.data = Bytes::from(vec![1, 2]);
    let error = action.decode::<token::Transfer>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the arguments of eosio.token::transfer"
    );
    assert!(matches!(
        error,
        ActionError::Data {
            source: DecodeError::UnexpectedEnd { offset: 2, .. },
            ..
        }
    ));
}

fn proposed() -> (Value, msig::Propose) {
    let rows = rows("actions.jsonl");
    let mut proposals = rows
        .into_iter()
        .filter(|row| text(row, "action") == "propose");
    let row = proposals.next().unwrap();
    let propose = from_bytes(&unhex(text(&row, "hex"))).unwrap();
    (row, propose)
}

#[test]
fn a_proposals_hash_is_that_of_the_bytes_that_are_stored() {
    let (row, propose) = proposed();
    // The contract stores what follows the proposer, the name and the requested approvals.
    let bytes = unhex(text(&row, "hex"));
    let packed = &bytes[8 + 8 + 1 + 2 * 16..];
    assert_eq!(propose.requested.len(), 2);
    assert_eq!(propose.hash().unwrap(), Checksum256::hash(packed));
    let stored = [
        &to_bytes(&propose.proposal_name).unwrap(),
        &to_bytes(&Bytes::from(packed)).unwrap()[..],
    ]
    .concat();
    let proposal: msig::Proposal = from_bytes(&stored).unwrap();
    assert_eq!(msig::Proposal::TABLE.to_string(), "proposal");
    assert_eq!(proposal.hash(), propose.hash().unwrap());
    assert_eq!(proposal.transaction().unwrap(), propose.trx);
    let transfer = propose.trx.actions[0].decode::<token::Transfer>().unwrap();
    assert_eq!(transfer.quantity.to_string(), "1.0000 SYS");
    assert_eq!(
        propose.trx.actions[1]
            .decode::<system::Setpriv>()
            .unwrap()
            .is_priv,
        1
    );
    let broken = msig::Proposal {
        packed_transaction: Bytes::from(&packed[..packed.len() - 1]),
        ..proposal
    };
    assert!(broken.transaction().is_err());
}

#[test]
fn approvals_go_with_a_hash_and_without() {
    let (_, propose) = proposed();
    let mut approve = msig::Approve {
        proposer: propose.proposer,
        proposal_name: propose.proposal_name,
        level: propose.requested[1],
        proposal_hash: None.into(),
    };
    let schema = schema("wheel_eosio.msig.abi");
    let name = msig::Approve::NAME;
    let without = schema.encode_action(
        name,
        &json::from_str::<Value>(&json::to_string(&approve).unwrap()).unwrap(),
    );
    assert_eq!(hex(&without.unwrap()), hex(&to_bytes(&approve).unwrap()));
    approve.proposal_hash = Some(propose.hash().unwrap()).into();
    let bytes = to_bytes(&approve).unwrap();
    assert_eq!(bytes.len(), 4 * 8 + 32);
    let printed = schema.action_to_json(name, &bytes).unwrap();
    assert!(
        printed.contains(&propose.hash().unwrap().to_string()),
        "{printed}"
    );
}

#[test]
fn a_field_that_is_there_and_empty_is_not_one_that_is_missing() {
    let schema = schema("wheel_eosio.system.abi");
    let table = system::ProducerInfo::TABLE;
    let key = "EOS7FNpU6P3yhT7bkf3fs7aNUxb3yNbMXPbn4nsYgh3ZkEhtchEAH";
    let row = format!(
        r#"{{"owner":"bp1","total_votes":"0.00000000000000000","producer_key":"{key}","is_active":1,"url":"","#,
    ) + r#""unpaid_blocks":0,"last_claim_time":"1970-01-01T00:00:00.000","location":0"#;
    let authority =
        r#","producer_authority":["block_signing_authority_v0",{"threshold":1,"keys":[]}]"#;
    for (rest, has_votes) in [("", false), ("}", false), (r#","pool_votes":null}"#, true)] {
        let rest = if rest.is_empty() {
            "}".to_owned()
        } else {
            format!("{authority}{rest}")
        };
        let row = format!("{row}{rest}");
        let bytes = schema.table_to_bin(table, &row).unwrap();
        let typed: system::ProducerInfo = json::from_str(&row).unwrap();
        assert_eq!(typed.pool_votes, has_votes.then_some(None).into(), "{row}");
        assert_eq!(hex(&to_bytes(&typed).unwrap()), hex(&bytes), "{row}");
        assert_eq!(json::to_string(&typed).unwrap(), row);
        assert_eq!(schema.table_to_json(table, &bytes).unwrap(), row);
        assert_eq!(from_bytes::<system::ProducerInfo>(&bytes).unwrap(), typed);
    }
}

#[test]
fn a_list_of_arguments_may_lack_the_last_extension() {
    let schema = schema("wheel_eosio.msig.abi");
    let level = r#"{"actor":"bob","permission":"active"}"#;
    let list = format!(r#"["alice","first",{level}]"#);
    let typed: msig::Approve = json::from_str(&list).unwrap();
    assert!(typed.proposal_hash.is_none());
    let bytes = schema.action_to_bin(msig::Approve::NAME, &list).unwrap();
    assert_eq!(to_bytes(&typed).unwrap(), bytes);
    let short = r#"["alice","first"]"#;
    assert!(json::from_str::<msig::Approve>(short).is_err());
    assert!(schema.action_to_bin(msig::Approve::NAME, short).is_err());
}
