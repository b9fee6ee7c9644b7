//! Errors say where in a value they lie, whatever way leads there.

use eos_abi::{Abi, Schema};

use crate::support::unhex;

fn schema() -> Schema {
    let abi = Abi::from_json(
        r#"{"version":"eosio::abi/1.1","structs":[
        {"name":"key","fields":[{"name":"key","type":"public_key"},{"name":"weight","type":"uint8"}]},
        {"name":"auth","fields":[{"name":"threshold","type":"uint8"},{"name":"keys","type":"key[]"}]},
        {"name":"base","fields":[{"name":"auth","type":"auth"}]},
        {"name":"heir","base":"base","fields":[{"name":"more","type":"many?"}]},
        {"name":"many","fields":[{"name":"either","type":"either[]"},{"name":"two","type":"uint8[2]"},{"name":"last","type":"name$"}]}],
        "variants":[{"name":"either","types":["uint8","auth","either"]}]}"#,
    )
    .unwrap();
    Schema::compile(&abi).unwrap()
}

#[track_caller]
fn at(json: &str, place: &str) {
    for schema in [schema(), schema().danger_lenient()] {
        let error = schema.type_to_bin("heir", json).unwrap_err();
        assert_eq!(error.path(), place, "{error}");
        let shown = error.to_string();
        assert!(
            place.is_empty() || shown.starts_with(&format!("{place}: ")),
            "{shown}"
        );
    }
}

const KEY: &str = r#"{"key":"EOS5xJUEKS5JaR7i9tEfX6q3bahfYdXccLSiLJVuBe1B3khLt1XMh","weight":1}"#;

#[test]
fn in_json() {
    let keys = |last: &str| format!(r#"{{"threshold":1,"keys":[{KEY},{KEY},{KEY},{last}]}}"#);
    // A field in order, out of order, of a base, and of a struct given as a list.
    at(
        &format!(r#"{{"auth":{}}}"#, keys(r#"{"key":"EOS1","weight":1}"#)),
        "auth.keys[3].key",
    );
    at(
        &format!(r#"{{"auth":{}}}"#, keys(r#"{"weight":1,"key":"EOS1"}"#)),
        "auth.keys[3].key",
    );
    at(
        &format!(r#"{{"more":null,"auth":{}}}"#, keys(r#"{"weight":256}"#)),
        "auth.keys[3].weight",
    );
    at(
        &format!(r#"{{"auth":[1,[{KEY},["EOS1",1]]]}}"#),
        "auth.keys[1].key",
    );
    at(r#"{"auth":[1,[["EOS1"]]]}"#, "auth.keys[0].key");
    // What is missing, unknown or double is told at the struct.
    at(
        &format!(r#"{{"auth":{}}}"#, keys(r#"{"weight":1}"#)),
        "auth.keys[3]",
    );
    at(r#"{"auth":{"threshold":1,"threshold":1}}"#, "auth");
    at("{}", "");
    // Through an optional, a variant, and a variant in a variant.
    let many = |either: &str| {
        format!(r#"{{"auth":[1,[]],"more":{{"either":[["uint8",1],{either}],"two":[1,2]}}}}"#)
    };
    at(&many(r#"["uint8",256]"#), "more.either[1]");
    at(
        &many(r#"["auth",{"threshold":1,"keys":[{"key":"EOS1"}]}]"#),
        "more.either[1].keys[0].key",
    );
    at(
        &many(r#"["either",["auth",{"keys":[],"threshold":[]}]]"#),
        "more.either[1].threshold",
    );
    at(&many(r#"["nope",1]"#), "more.either[1]");
    at(&many(r#"["uint8"]"#), "more.either[1]");
    at(&many("7"), "more.either[1]");
    // Fixed arrays and extensions.
    at(
        r#"{"auth":[1,[]],"more":{"either":[],"two":[1]}}"#,
        "more.two",
    );
    at(
        r#"{"auth":[1,[]],"more":{"either":[],"two":[1,256]}}"#,
        "more.two[1]",
    );
    at(
        r#"{"auth":[1,[]],"more":{"either":[],"two":[1,2],"last":"A"}}"#,
        "more.last",
    );
    // Text that is no JSON.
    at(
        r#"{"auth":{"threshold":1,"keys":[{"key":"#,
        "auth.keys[0].key",
    );
}

#[test]
fn members_that_are_unknown_are_told_at_the_struct() {
    let error = schema()
        .type_to_bin("heir", r#"{"auth":{"threshold":1,"treshold":2}}"#)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "auth: the type has no field \"treshold\""
    );
}

#[test]
fn in_binary() {
    let head = "0100"; // threshold 1, no keys
    for (hex, place) in [
        ("0102".to_owned() + "00", "auth.keys[0].key"),
        (head.to_owned() + "02", "more"),
        (head.to_owned() + "0101" + "03", "more.either[0]"),
        (
            head.to_owned() + "0101" + "0101" + "01",
            "more.either[0].keys[0].key",
        ),
        (head.to_owned() + "0100" + "01", "more.two[1]"),
        (head.to_owned() + "0100" + "0101" + "ff", "more.last"),
        (head.to_owned() + "00" + "ff", ""),
    ] {
        let error = schema().type_to_json("heir", &unhex(&hex)).unwrap_err();
        assert_eq!(error.path(), place, "{hex}: {error}");
    }
}

#[test]
fn names_of_fields_do_not_reach_the_terminal_as_they_are() {
    let abi = r#"{"version":"eosio::abi/1.1","structs":[
        {"name":"t","fields":[{"name":"a\n\u001b[31m<é'\"\u0085","type":"uint8"}]}]}"#;
    let schema = Schema::compile(&Abi::from_json(abi).unwrap()).unwrap();
    let error = schema.type_to_json("t", &[]).unwrap_err();
    assert_eq!(error.path(), "a\\n\\u{1b}[31m<é'\"\\u{85}");
}
