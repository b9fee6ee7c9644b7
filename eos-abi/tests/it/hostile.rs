//! Inputs that ask for much more than they are.

use std::fmt::Write;

use eos_abi::{Abi, CodecError, Limits, Schema, SchemaError};
use serde_json::{Value, json};

fn compile(members: &Value) -> Result<Schema, SchemaError> {
    let mut abi = json!({"version": "eosio::abi/1.1"});
    abi.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    // Not by `from_json`, which has limits of its own.
    Schema::compile(&eos_abi::json::from_str::<Abi>(&abi.to_string()).unwrap())
}

/// Types that can go on for ever: `list` holds itself in a list, `maybe` in an optional, `either` in a variant.
fn endless() -> Schema {
    compile(&json!({
        "structs": [
            {"name": "empty", "fields": []},
            {"name": "list", "fields": [{"name": "n", "type": "list[]"}]},
            {"name": "maybe", "fields": [{"name": "n", "type": "maybe?"}]},
        ],
        "variants": [{"name": "either", "types": ["uint8", "either"]}],
    }))
    .unwrap()
}

fn message<T: std::fmt::Debug>(answer: Result<T, CodecError>) -> String {
    answer.unwrap_err().to_string()
}

#[test]
fn values_without_content_are_counted() {
    let schema = endless();
    let lie = [0xff, 0xff, 0xff, 0xff, 0x0f];
    for ty in [
        "empty[]",
        "int8[0][]",
        "empty[4000000000]",
        "int8[0][4000000000]",
        "empty[60000][60000]",
    ] {
        let input = if ty.ends_with("[]") { &lie[..] } else { &[] };
        let error = message(schema.type_to_json(ty, input));
        assert!(
            error.contains("more than 65536 values without content"),
            "{ty}: {error}"
        );
    }
    assert_eq!(schema.type_to_json("empty[]", &[3]).unwrap(), "[{},{},{}]");
    let none = schema.with_limits(Limits::default().with_empty_values(2));
    assert!(none.type_to_json("empty[]", &[3]).is_err());
}

#[test]
fn a_tree_of_structs_is_counted() {
    // 2^30 leaves in no bytes.
    let structs: Vec<Value> = (0..30)
        .map(|level| {
            let ty = format!("t{}", level + 1);
            json!({"name": format!("t{level}"), "fields": [{"name": "a", "type": ty}, {"name": "b", "type": ty}]})
        })
        .chain([json!({"name": "t30", "fields": []})])
        .collect();
    let schema = compile(&json!({"structs": structs})).unwrap();
    assert!(message(schema.type_to_json("t0", &[])).contains("values without content"));
}

#[test]
fn nesting_ends_at_the_limit() {
    let schema = endless();
    for ty in ["list", "maybe", "either"] {
        let error = message(schema.type_to_json(ty, &vec![1; 100_000]));
        assert!(error.contains("nested more than 32 deep"), "{ty}: {error}");
    }
    for (ty, open) in [
        ("list", r#"{"n":["#),
        ("maybe", r#"{"n":"#),
        ("either", r#"["either","#),
    ] {
        let error = message(schema.type_to_bin(ty, &open.repeat(100_000)));
        assert!(error.contains("nested more than 32 deep"), "{ty}: {error}");
    }
    // Where no list is expected, none is followed, however deep it is.
    for ty in ["float64", "uint128", "uint8", "name", "int8[0]"] {
        assert!(
            schema.type_to_bin(ty, &"[".repeat(100_000)).is_err(),
            "{ty}"
        );
    }
}

#[test]
fn the_deepest_configurable_nesting_works() {
    let schema = endless().with_limits(Limits::default().with_depth(u32::MAX));
    let error = message(schema.type_to_json("maybe", &[1; 1000]));
    assert!(error.contains("nested more than 96 deep"), "{error}");
    let error = message(schema.type_to_bin("list", &r#"{"n":["#.repeat(1000)));
    assert!(error.contains("nested more than 96 deep"), "{error}");
}

#[test]
fn output_is_in_proportion_to_the_input() {
    let fields: Vec<Value> = (0..8_000)
        .map(|number| json!({"name": format!("f{number}"), "type": "uint8?"}))
        .collect();
    let long = "x".repeat(250);
    let schema = compile(&json!({"structs": [
        {"name": "wide", "fields": fields},
        {"name": "long", "fields": [{"name": long, "type": "bool"}]},
    ]}))
    .unwrap();
    assert_eq!(schema.type_to_bin("wide", "{}").unwrap().len(), 8_000);
    let many = format!("[{}{{}}]", "{},".repeat(1000));
    assert!(message(schema.type_to_bin("wide[]", &many)).contains("bytes of output"));

    let mut flags = vec![0; 100_000];
    flags[..3].copy_from_slice(&[0x9d, 0x8d, 0x06]);
    assert!(message(schema.type_to_json("long[]", &flags)).contains("bytes of output"));
    assert!(schema.type_to_json("long[]", &[2, 0, 1]).is_ok());
}

#[test]
fn lies_about_lengths_are_refused() {
    let schema = endless();
    let lie = [0xff, 0xff, 0xff, 0xff, 0x0f];
    for ty in [
        "bytes",
        "string",
        "uint64[]",
        "bitset",
        "list",
        "checksum512[]",
    ] {
        assert!(schema.type_to_json(ty, &lie).is_err(), "{ty}");
    }
}

#[test]
fn definitions_without_end_are_refused() {
    let chain: Vec<Value> = (0..200)
        .map(|at| json!({"name": format!("s{at}"), "base": if at == 0 { String::new() } else { format!("s{}", at - 1) }}))
        .collect();
    assert!(matches!(
        compile(&json!({"structs": chain})),
        Err(SchemaError::TooDeep { .. })
    ));

    let nested: Vec<Value> = (0..200)
        .map(|at| json!({"name": format!("s{at}"), "fields": [{"name": "f", "type": if at == 0 { "name".to_owned() } else { format!("s{}", at - 1) }}]}))
        .collect();
    assert!(matches!(
        compile(&json!({"structs": nested})),
        Err(SchemaError::TooDeep { .. })
    ));

    let aliases: Vec<Value> = (0..1000)
        .map(|at| json!({"new_type_name": format!("a{at}"), "type": format!("a{}[]", (at + 1) % 1000)}))
        .collect();
    assert!(matches!(
        compile(&json!({"types": aliases})),
        Err(SchemaError::Cycle { .. })
    ));
}

#[test]
fn definitions_of_great_size_are_refused() {
    let fields: Vec<Value> = (0..100_000)
        .map(|number| json!({"name": number.to_string(), "type": "bool"}))
        .collect();
    let wide = compile(&json!({"structs": [{"name": "wide", "fields": fields}]}));
    assert!(matches!(wide, Err(SchemaError::TooLarge { .. })));

    // Few definitions that would be many when each struct has its base's fields.
    let fields: Vec<Value> = (0..1000)
        .map(|number| json!({"name": number.to_string(), "type": "bool"}))
        .collect();
    let heirs = (0..1000).map(|number| json!({"name": format!("h{number}"), "base": "wide"}));
    let structs: Vec<Value> = [json!({"name": "wide", "fields": fields})]
        .into_iter()
        .chain(heirs)
        .collect();
    assert!(matches!(
        compile(&json!({"structs": structs})),
        Err(SchemaError::TooLarge { .. })
    ));

    let name = "x".repeat(1 << 20);
    for members in [
        json!({"structs": [{"name": name, "fields": []}]}),
        json!({"structs": [{"name": "s", "fields": [{"name": name, "type": "bool"}]}]}),
        json!({"types": [{"new_type_name": "a", "type": name}]}),
        json!({"types": [{"new_type_name": "a", "type": format!("bool{}", "[]".repeat(1 << 19))}]}),
    ] {
        let error = compile(&members).unwrap_err().to_string();
        assert!(error.len() < 300, "the error has {} bytes", error.len());
    }
}

#[test]
fn errors_about_great_texts_are_short() {
    let schema = endless();
    let mut json = String::new();
    write!(json, "{:?}", "x".repeat(1 << 20)).unwrap();
    for ty in [
        "name",
        "uint8",
        "asset",
        "public_key",
        "checksum256",
        "float64",
        "bytes",
    ] {
        let error = schema.type_to_bin(ty, &json).unwrap_err();
        let cause = std::error::Error::source(&error).map_or(String::new(), ToString::to_string);
        assert!(error.to_string().len() + cause.len() < 400, "{ty}: {error}");
    }
}
