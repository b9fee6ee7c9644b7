//! Inputs that ask for much more than they are, by each way in.

use std::fmt::Write;

use eos_abi::{Abi, Schema, from_bytes};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Answer, refused, taken};

/// A varuint32 of 2^32−1.
const HUGE: [u8; 5] = [0xff, 0xff, 0xff, 0xff, 0x0f];

/// As many definitions as an ABI may have.
const MOST: usize = 1 << 13;

fn text<T, E: std::error::Error>(answer: Result<T, E>) -> Answer {
    answer.map(drop).map_err(|error| {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            write!(text, ": {cause}").unwrap();
            source = cause.source();
        }
        text
    })
}

fn abi(members: &Value) -> Abi {
    let mut abi = json!({"version": "eosio::abi/1.1"});
    abi.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    // Not by `from_json`, which has limits of its own.
    eos_abi::json::from_str(&abi.to_string()).unwrap()
}

fn compiled(members: &Value) -> Schema {
    Schema::compile(&abi(members)).unwrap()
}

fn field(name: impl std::fmt::Display, ty: &str) -> Value {
    json!({"name": name.to_string(), "type": ty})
}

/// Types that go on for ever, are wide, and have long names.
fn endless() -> Schema {
    let wide = |ty: &str| -> Vec<Value> { (0..1000).map(|at| field(at, ty)).collect() };
    let types: Vec<String> = (0..1000).map(|at| format!("t{at}")).collect();
    let aliases: Vec<Value> = types
        .iter()
        .map(|name| json!({"new_type_name": name, "type": "uint8"}))
        .collect();
    let tree = (0..30).map(|level| {
        let ty = format!("n{}", level + 1);
        json!({"name": format!("n{level}"), "fields": [field("a", &ty), field("b", &ty)]})
    });
    let structs: Vec<Value> = [
        json!({"name": "empty", "fields": []}),
        json!({"name": "list", "fields": [field("n", "list[]")]}),
        json!({"name": "maybe", "fields": [field("n", "maybe?")]}),
        json!({"name": "optionals", "fields": wide("uint8?")}),
        json!({"name": "extensions", "fields": wide("uint8$")}),
        json!({"name": "hollow", "fields": wide("empty$")}),
        json!({"name": "long", "fields": [field("x".repeat(250), "bool")]}),
        json!({"name": "n30", "fields": []}),
    ]
    .into_iter()
    .chain(tree)
    .collect();
    compiled(&json!({
        "types": aliases,
        "structs": structs,
        "variants": [{"name": "either", "types": ["uint8", "either"]}, {"name": "many", "types": types}],
    }))
}

/// Asserts that packing is refused at little cost.
#[track_caller]
fn pack_refused(schema: &Schema, name: &str, ty: &str, reason: &str, json: &str) {
    refused(&format!("json → bin: {name} ({ty})"), reason, || {
        text(schema.type_to_bin(ty, json))
    });
}

fn many(value: &str, count: usize) -> String {
    format!("[{}{value}]", format!("{value},").repeat(count))
}

#[test]
fn json_to_bin_nested() {
    let schema = endless();
    let refused = |name: &str, ty: &str, reason: &str, json: &str| {
        pack_refused(&schema, name, ty, reason, json);
    };
    for (ty, open) in [
        ("list", r#"{"n":["#),
        ("maybe", r#"{"n":"#),
        ("either", r#"["either","#),
    ] {
        refused(
            "nested values",
            ty,
            "more than 32 deep",
            &open.repeat(100_000),
        );
    }
    for ty in [
        "uint8",
        "name",
        "float64",
        "uint128",
        "optionals",
        "uint8?",
        "int8[0]",
    ] {
        let reason = if ty == "int8[0]" {
            ""
        } else {
            "the JSON does not fit"
        };
        let deep = "[".repeat(300_000);
        match ty {
            "float64" | "uint128" => refused("nested lists for a value", ty, "", &deep),
            _ => refused("nested lists for a value", ty, reason, &deep),
        }
    }
}

#[test]
fn json_to_bin_long_texts() {
    let schema = endless();
    let refused = |name: &str, ty: &str, reason: &str, json: &str| {
        pack_refused(&schema, name, ty, reason, json);
    };
    let megabyte = format!("{:?}", "x".repeat(1 << 20));
    for ty in [
        "name",
        "asset",
        "symbol",
        "symbol_code",
        "checksum256",
        "public_key",
        "signature",
        "time_point",
        "block_timestamp_type",
        "float64",
        "float128",
        "uint8",
        "int128",
        "bytes",
        "bitset",
        "list",
        "uint8[]",
        "maybe?",
        "either",
        "many",
    ] {
        refused("a megabyte of text", ty, "", &megabyte);
    }
    for (ty, prefix) in [
        ("public_key", "PUB_WA_"),
        ("signature", "SIG_WA_"),
        ("public_key", "EOS"),
        ("public_key", "PUB_K1_"),
    ] {
        let key = format!("\"{prefix}{}\"", "z".repeat(1 << 20));
        refused("a megabyte of base58", ty, "not a", &key);
    }
    // As long as it is read at all.
    for (ty, prefix) in [("public_key", "PUB_WA_"), ("signature", "SIG_WA_")] {
        let key = format!("\"{prefix}{}\"", "z".repeat(24 << 10));
        refused("the longest base58", ty, "checksum", &key);
    }
    let digits = "9".repeat(1 << 20);
    for ty in ["uint8", "uint64", "int128", "uint128", "varuint32", "bool"] {
        refused("a megabyte of digits", ty, "", &digits);
        refused(
            "a megabyte of digits in quotes",
            ty,
            "",
            &format!("\"{digits}\""),
        );
    }
    refused(
        "a megabyte of digits",
        "float64",
        "out of the type's range",
        &digits,
    );
    let escapes = format!("\"{}\"", "\\u0061".repeat(1 << 17));
    for ty in ["name", "asset", "uint64", "public_key", "list"] {
        refused("escapes", ty, "", &escapes);
    }
    let long_name = format!("{{{megabyte}:1}}");
    refused(
        "a megabyte of a member's name",
        "list",
        "no field",
        &long_name,
    );
    let alternative = format!("[{megabyte},1]");
    refused(
        "a megabyte of a type's name",
        "either",
        "no type",
        &alternative,
    );
}

#[test]
fn json_to_bin_wide() {
    let schema = endless();
    let refused = |name: &str, ty: &str, reason: &str, json: &str| {
        pack_refused(&schema, name, ty, reason, json);
    };
    refused(
        "absent optionals",
        "optionals[]",
        "bytes of output",
        &many("{}", 2000),
    );
    refused(
        "lists for fixed arrays",
        "empty[4000000000]",
        "another length",
        &many("{}", 10_000),
    );
    refused(
        "an empty extension behind absent ones, at last",
        "hollow[]",
        "follows an absent",
        &format!(
            "{},{{\"999\":{{}}}}]",
            many("{}", 10_000).trim_end_matches(']')
        ),
    );
    refused(
        "an unknown member behind many",
        "extensions[]",
        "no field",
        &format!("{},{{\"x\":1}}]", many("{}", 10_000).trim_end_matches(']')),
    );
}

#[test]
fn json_to_bin_at_the_edge() {
    let schema = endless();
    let escapes = format!("\"{}\"", "\\u0061".repeat(1 << 17));
    let lenient = schema.clone().danger_lenient();
    let taken = |name: &str, ty: &str, json: &str| {
        taken(&format!("json → bin: {name} ({ty})"), || {
            text(schema.type_to_bin(ty, json))
        });
    };
    taken("empty structs", "empty[]", &many("{}", 30_000));
    taken("absent extensions", "extensions[]", &many("{}", 30_000));
    taken(
        "absent empty extensions, behind the first of many",
        "hollow[]",
        &format!(
            "[{{\"0\":{{}}}},{}",
            many("{}", 10_000).trim_start_matches('[')
        ),
    );
    taken(
        "the last of many types",
        "many[]",
        &many(r#"["t999",1]"#, 10_000),
    );
    taken("fields backwards", "optionals", &{
        let fields: Vec<String> = (0..1000).rev().map(|at| format!("\"{at}\":1")).collect();
        format!("{{{}}}", fields.join(","))
    });
    taken("escapes of a text", "string", &escapes);
    crate::taken("json → bin: a deep unknown member, leniently", || {
        let deep = format!(
            "{{\"x\":{}{},\"n\":[]}}",
            "[".repeat(300_000),
            "]".repeat(300_000)
        );
        text(lenient.type_to_bin("list", &deep))
    });
}

#[test]
fn bin_to_json() {
    let schema = endless();
    let refused = |name: &str, ty: &str, reason: &str, bytes: &[u8]| {
        refused(&format!("bin → json: {name} ({ty})"), reason, || {
            text(schema.type_to_json(ty, bytes))
        });
    };
    let empties = "values without content";
    refused("empty structs", "empty[]", empties, &HUGE);
    refused("empty arrays", "int8[0][]", empties, &HUGE);
    refused("empty structs", "empty[4000000000]", empties, &[]);
    refused("empty arrays", "int8[0][4000000000]", empties, &[]);
    refused("empty structs", "empty[60000][60000]", empties, &[]);
    refused("a tree of empty structs", "n0", empties, &[]);
    refused("a tree of empty structs", "n0[]", empties, &HUGE);
    for ty in ["list", "maybe", "either"] {
        refused(
            "nested values",
            ty,
            "more than 32 deep",
            &vec![1; 1_000_000],
        );
    }
    for ty in [
        "bytes",
        "string",
        "uint64[]",
        "bitset",
        "list",
        "checksum512[]",
        "either",
    ] {
        refused("a lie about a length", ty, "", &HUGE);
    }
    let mut flags = vec![0; 15_000];
    flags[..3].copy_from_slice(&[0x9d, 0x8d, 0x06]);
    refused("long names", "long[]", "bytes of output", &flags);
    // Base58 takes the square of a WebAuthn value's length in time. As long as nodes take it: 16,000 bytes.
    let length = [0x80, 0x7d];
    let site = vec![b'x'; 16_000];
    let key = [&[2][..], &[2; 33], &[1], &length, &site].concat();
    refused("a long WebAuthn key", "public_key", "are allowed", &key);
    let signature = [&[2][..], &[31; 65], &[0], &length, &site].concat();
    refused(
        "a long WebAuthn signature",
        "signature",
        "are allowed",
        &signature,
    );

    let taken = |name: &str, ty: &str, bytes: &[u8]| {
        taken(&format!("bin → json: {name} ({ty})"), || {
            text(schema.type_to_json(ty, bytes))
        });
    };
    taken("65,000 empty structs", "empty[]", &[0xe8, 0xfb, 0x03]);
    taken("absent extensions", "extensions", &[]);
    taken(
        "large floats",
        "float64[]",
        &[&[0xe8, 0x07][..], &f64::MAX.to_le_bytes().repeat(1000)].concat(),
    );
}

fn json_abi(members: &str) -> String {
    format!(r#"{{"version":"eosio::abi/1.1",{members}}}"#)
}

#[test]
fn abi_from_json() {
    let refused = |name: &str, reason: &str, json: &str| {
        refused(&format!("ABI from JSON: {name}"), reason, || {
            text(Abi::from_json(json))
        });
        refused(&format!("schema from JSON: {name}"), reason, || {
            text(Schema::from_json(json))
        });
    };
    let many = |value: &str| format!("[{}{value}]", format!("{value},").repeat(100_000));
    let values = "more than 65536 values";
    refused(
        "10^5 fields",
        values,
        &json_abi(&format!(
            r#""structs":[{{"name":"s","fields":{}}}]"#,
            many(r#"{"name":"f","type":"t"}"#)
        )),
    );
    refused(
        "10^5 structs",
        values,
        &json_abi(&format!(
            r#""structs":{}"#,
            many(r#"{"name":"","base":"","fields":[]}"#)
        )),
    );
    refused(
        "10^5 tables",
        values,
        &json_abi(&format!(r#""tables":{}"#, many(r#"{"name":"","type":""}"#))),
    );
    refused(
        "10^5 types of a variant",
        values,
        &json_abi(&format!(
            r#""variants":[{{"name":"v","types":{}}}]"#,
            many(r#""""#)
        )),
    );
    refused(
        "10^5 unknown values",
        values,
        &json_abi(&format!(r#""x":{}"#, many("{}"))),
    );
    refused(
        "nested lists",
        values,
        &json_abi(&format!(r#""x":{}"#, "[".repeat(1_000_000))),
    );
    refused(
        "nested lists for a list",
        "",
        &json_abi(&format!(r#""structs":{}"#, "[".repeat(60_000))),
    );
    refused(
        "nested values",
        "",
        &json_abi(&format!(r#""structs":{}"#, r#"[{"fields":"#.repeat(20_000))),
    );
    let megabyte = format!("{:?}", "x".repeat(1 << 20));
    refused(
        "a megabyte of a version",
        "unsupported ABI version",
        &format!(r#"{{"version":{megabyte}}}"#),
    );
    refused(
        "a megabyte for a list",
        "invalid type",
        &json_abi(&format!(r#""structs":{megabyte}"#)),
    );
    refused(
        "a megabyte of an action's name",
        "",
        &json_abi(&format!(r#""actions":[{{"name":{megabyte},"type":""}}]"#)),
    );
    let escapes = format!("\"{}\"", "\\u0061".repeat(1 << 17));
    refused(
        "escapes",
        "",
        &json_abi(&format!(r#""actions":[{{"name":{escapes},"type":""}}]"#)),
    );

    let most: Vec<String> = (0..21_000)
        .map(|at| format!(r#"{{"name":"{at}","type":"t"}}"#))
        .collect();
    let most = json_abi(&format!(
        r#""structs":[{{"name":"s","fields":[{}]}}]"#,
        most.join(",")
    ));
    // At the edge of what is read, which is beyond the edge of what is compiled.
    taken("ABI from JSON: 21,000 fields", || {
        text(Abi::from_json(&most))
    });
    let name = json_abi(&format!(r#""structs":[{{"name":{megabyte}}}]"#));
    taken("ABI from JSON: a megabyte of a struct's name", || {
        text(Abi::from_json(&name))
    });
}

fn binary_abi(sections: &[&[u8]]) -> Vec<u8> {
    [&[14][..], b"eosio::abi/1.1", &sections.concat()].concat()
}

#[test]
fn abi_from_bytes() {
    let refused = |name: &str, reason: &str, bytes: &[u8]| {
        refused(&format!("ABI from bytes: {name}"), reason, || {
            text(Abi::from_bytes(bytes))
        });
        refused(&format!("schema from bytes: {name}"), reason, || {
            text(Schema::from_bytes(bytes))
        });
    };
    let zeros = vec![0; 1 << 20];
    let elements = "more than 32768 elements";
    for section in 0..10 {
        let before = vec![0; section];
        refused(
            &format!("2^32 elements in section {section}"),
            "",
            &binary_abi(&[&before, &HUGE]),
        );
        let bytes = binary_abi(&[&before, &HUGE, &zeros]);
        refused(
            &format!("10^5 elements in section {section}"),
            elements,
            &bytes,
        );
    }
    refused(
        "10^5 fields",
        elements,
        &binary_abi(&[&[0, 1, 0, 0], &HUGE, &zeros]),
    );
    refused(
        "10^5 types of a variant",
        elements,
        &binary_abi(&[&[0; 7], &[1, 0], &HUGE, &zeros]),
    );
    refused(
        "10^5 keys of a table",
        elements,
        &binary_abi(&[&[0; 3], &[1], &[0; 9], &HUGE, &zeros]),
    );
    refused("a long version", "input ends", &HUGE);
    let long = [&[0x80, 0x80, 0x40][..], &vec![b'x'; 1 << 20], &[0; 10]].concat();
    refused("a megabyte of a version", "unsupported ABI version", &long);

    let tables = [
        vec![0; 3],
        vec![0xff, 0xff, 0x01],
        [1; 8].to_vec(),
        vec![0; 12 * 32_767 - 8],
    ]
    .concat();
    let bytes = binary_abi(&[&tables, &[0; 6]]);
    taken("ABI from bytes: 32,767 tables", || {
        text(Abi::from_bytes(&bytes))
    });
}

/// Asserts that compiling is refused at little cost.
#[track_caller]
fn compile_refused(name: &str, reason: &str, members: &Value) {
    let abi = abi(members);
    refused(&format!("compile: {name}"), reason, || {
        text(Schema::compile(&abi))
    });
}

fn numbered(count: usize, each: &dyn Fn(usize) -> Value) -> Vec<Value> {
    (0..count).map(each).collect()
}

/// A line of structs, each one the base of the one before it.
fn bases(count: usize, last: &str) -> Vec<Value> {
    numbered(count, &|at| {
        let base = if at + 1 == count {
            last.to_owned()
        } else {
            format!("s{}", at + 1)
        };
        json!({"name": format!("s{at}"), "base": base})
    })
}

#[test]
fn compile_large() {
    let refused = compile_refused;
    let large = "more than 8192 definitions";
    refused(
        "10^5 fields",
        large,
        &json!({"structs": [{"name": "s", "fields": numbered(100_000, &|at| field(at, "bool"))}]}),
    );
    refused(
        "10^5 structs",
        large,
        &json!({"structs": numbered(100_000, &|at| json!({"name": at.to_string()}))}),
    );
    refused(
        "10^5 types of a variant",
        large,
        &json!({"variants": [{"name": "v", "types": vec!["bool"; 100_000]}]}),
    );
    refused(
        "10^5 aliases",
        large,
        &json!({"types": numbered(100_000, &|at| json!({"new_type_name": at.to_string(), "type": "bool"}))}),
    );
    refused("fields of bases that add up", large, &{
        let wide = json!({"name": "wide", "fields": numbered(1000, &|at| field(format!("{at}{}", "x".repeat(250)), "bool"))});
        let heirs = (0..1000).map(|at| json!({"name": format!("h{at}"), "base": "wide"}));
        json!({"structs": std::iter::once(wide).chain(heirs).collect::<Vec<_>>()})
    });
    refused("fields of bases that double", large, &{
        let heirs = numbered(60, &|at| {
            let base = if at == 0 {
                String::new()
            } else {
                format!("h{}", at - 1)
            };
            json!({"name": format!("h{at}"), "base": base, "fields": numbered(90, &|f| field(format!("{at}.{f}"), "bool"))})
        });
        json!({"structs": heirs})
    });
    refused(
        "marks that add up",
        large,
        &json!({"types": numbered(2000, &|at| {
            json!({"new_type_name": format!("a{at}"), "type": format!("bool[{at}]{}", "[]".repeat(60))})
        })}),
    );
}

#[test]
fn compile_endless() {
    let refused = compile_refused;
    let ring = |count: usize| {
        numbered(
            count,
            &|at| json!({"new_type_name": format!("a{at}"), "type": format!("a{}", (at + 1) % count)}),
        )
    };
    refused(
        "a ring of two aliases",
        "contains itself",
        &json!({"types": ring(2)}),
    );
    refused(
        "a ring of 8,000 aliases",
        "contains itself",
        &json!({"types": ring(8_000)}),
    );
    let line = numbered(
        8_000,
        &|at| json!({"new_type_name": format!("a{at}"), "type": format!("a{}", at + 1)}),
    );
    refused("a line of aliases", "deep", &json!({"types": line}));
    refused(
        "a ring of two bases",
        "contains itself",
        &json!({"structs": bases(2, "s0")}),
    );
    refused(
        "a ring of 90 bases",
        "contains itself",
        &json!({"structs": bases(60, "s0")}),
    );
    refused(
        "a ring of 8,000 bases",
        "deep",
        &json!({"structs": bases(8_000, "s0")}),
    );
    refused(
        "a line of bases",
        "deep",
        &json!({"structs": bases(8_000, "")}),
    );
    refused(
        "a line of bases, the last first",
        "deep",
        &json!({"structs": bases(8_000, "").into_iter().rev().collect::<Vec<_>>()}),
    );
    let nested = numbered(
        4000,
        &|at| json!({"name": format!("s{at}"), "fields": [field("f", &format!("s{}", (at + 1) % 4000))]}),
    );
    refused("structs in structs", "deep", &json!({"structs": nested}));
    refused(
        "a struct in itself",
        "contains itself",
        &json!({"structs": [{"name": "s", "fields": [field("f", "s[3]")]}]}),
    );
}

#[test]
fn compile_long_names() {
    let refused = compile_refused;
    let name = "x".repeat(1 << 20);
    refused(
        "a megabyte of a struct's name",
        "bytes in a name",
        &json!({"structs": [{"name": name}]}),
    );
    refused(
        "a megabyte of a field's name",
        "bytes in a field's name",
        &json!({"structs": [{"name": "s", "fields": [field(&name, "bool")]}]}),
    );
    refused(
        "a megabyte of a type's name",
        "is unknown",
        &json!({"types": [{"new_type_name": "a", "type": name}]}),
    );
    refused(
        "a megabyte of marks",
        "deep",
        &json!({"types": [{"new_type_name": "a", "type": format!("bool{}", "[]".repeat(1 << 19))}]}),
    );
    refused(
        "a megabyte of a variant's type",
        "is unknown",
        &json!({"variants": [{"name": "v", "types": [name]}]}),
    );
    refused(
        "a megabyte of an action's type",
        "is unknown",
        &json!({"actions": [{"name": "a", "type": name}]}),
    );
}

#[test]
fn compile_at_the_edge() {
    let taken = |name: &str, members: &Value| {
        let abi = abi(members);
        taken(&format!("compile: {name}"), || text(Schema::compile(&abi)));
    };
    taken(
        "as many fields as there may be",
        &json!({"structs": [{"name": "s", "fields": numbered(MOST - 1, &|at| field(at, "bool"))}]}),
    );
    taken(
        "as many structs as there may be",
        &json!({"structs": numbered(MOST, &|at| json!({"name": at.to_string()}))}),
    );
    taken(
        "as many structs with fields as there may be",
        &json!({"structs": numbered(MOST / 2, &|at| json!({"name": at.to_string(), "fields": [field("f", "bool")]}))}),
    );
    taken(
        "as many types of a variant as there may be",
        &json!({"variants": [{"name": "v", "types": vec!["bool"; MOST - 1]}]}),
    );
    taken(
        "as many inherited fields with long names as there may be",
        &{
            let wide = json!({"name": "wide", "fields": numbered(1000, &|at| field(format!("{at:04}{}", "x".repeat(250)), "bool"))});
            let heirs = (0..7).map(|at| json!({"name": format!("h{at}"), "base": "wide"}));
            json!({"structs": std::iter::once(wide).chain(heirs).collect::<Vec<_>>()})
        },
    );
    taken("heirs of a long line of bases", &{
        let heirs = (0..8_000).map(|at| json!({"name": format!("h{at}"), "base": "s0"}));
        json!({"structs": heirs.chain(bases(63, "")).collect::<Vec<_>>()})
    });
    taken("bases by long lines of aliases", &{
        let aliases = numbered(
            31,
            &|at| json!({"new_type_name": format!("a{at}"), "type": if at == 30 { "s".to_owned() } else { format!("a{}", at + 1) }}),
        );
        let heirs = (0..8_000).map(|at| json!({"name": format!("h{at}"), "base": "a0"}));
        json!({"types": aliases, "structs": std::iter::once(json!({"name": "s"})).chain(heirs).collect::<Vec<_>>()})
    });
}

#[derive(Debug, Deserialize)]
struct Empty {}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct Maybe {
    next: Option<Box<Self>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
enum Either {
    Leaf(u8),
    Inner(Box<Self>),
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, not looked at")]
struct List(Vec<Self>);

#[test]
fn typed_from_bytes() {
    fn try_as<'a, T: Deserialize<'a>>(name: &str, reason: &str, bytes: &'a [u8]) {
        let name = format!(
            "typed: {name} ({})",
            std::any::type_name::<T>().replace("budget::bombs::", "")
        );
        refused(&name, reason, || text(from_bytes::<T>(bytes)));
    }
    let empties = "values without content";
    try_as::<Vec<()>>("empty values", empties, &HUGE);
    try_as::<Vec<Empty>>("empty values", empties, &HUGE);
    try_as::<Vec<[u64; 0]>>("empty values", empties, &HUGE);
    try_as::<Vec<Vec<()>>>(
        "empty values",
        empties,
        &[&[0xff, 0xff, 0x03][..], &HUGE.repeat(10)].concat(),
    );
    let ones = vec![1; 1_000_000];
    try_as::<Maybe>("nested values", "more than 32 deep", &ones);
    try_as::<Either>("nested values", "more than 32 deep", &ones);
    try_as::<List>("nested values", "more than 32 deep", &ones);
    // Each level claims as many elements as there are bytes.
    let claims = [0x80, 0x80, 0x04].repeat(20_000);
    try_as::<List>("nested claims", "more than 32 deep", &claims);
    try_as::<Vec<Vec<Vec<Vec<[u64; 32]>>>>>("nested claims", "input ends", &claims);
    try_as::<Vec<u64>>("a lie about a length", "input ends", &HUGE);
    try_as::<Vec<String>>("a lie about a length", "input ends", &HUGE);
    try_as::<Vec<[u8; 32]>>(
        "a lie about a length",
        "input ends",
        &[&HUGE[..], &vec![0; 100_000]].concat(),
    );
    try_as::<String>("a lie about a length", "input ends", &HUGE);
    try_as::<eos_abi::Bytes>("a lie about a length", "input ends", &HUGE);
    try_as::<eos_abi::Bitset>("a lie about a length", "", &HUGE);
    try_as::<eos_abi::Transaction>(
        "a lie about a length",
        "input ends",
        &[&[0; 13][..], &HUGE].concat(),
    );
    try_as::<Abi>("10^5 structs", "", &binary_abi(&[&[0], &HUGE]));
}
