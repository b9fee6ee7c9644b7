//! JSON to binary and back against what cleos made of it.

use eos_abi::{Abi, BinaryExtension, Name, Schema, SchemaError, to_bytes};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{compact, hex, rows, text, unhex, vector_text};

/// Returns the compiled ABI of a file among the vectors.
fn schema(file: &str) -> Schema {
    let abi = Abi::from_json(&vector_text(&format!("abis/{file}"))).unwrap();
    Schema::compile(&abi).unwrap()
}

fn action_of(row: &Value) -> (Schema, Name, String) {
    (
        schema(text(row, "abi")),
        text(row, "action").parse().unwrap(),
        row["args"].to_string(),
    )
}

#[test]
fn cleos_actions_come_out_byte_for_byte() {
    let rows = rows("actions.jsonl");
    assert_eq!(rows.len(), 78);
    for row in rows {
        let (schema, action, args) = action_of(&row);
        let answer = schema.action_to_bin(action, &args);
        if let Some(quirk) = row.get("quirk") {
            // What fc takes by accident is refused here.
            assert!(answer.is_err(), "{action} {quirk} {args}");
            continue;
        }
        assert_eq!(hex(&answer.unwrap()), text(&row, "hex"), "{action} {args}");
    }
}

#[test]
fn actions_print_as_nodeos_prints_them() {
    for row in rows("actions.jsonl") {
        let (schema, action, _) = action_of(&row);
        let bytes = unhex(text(&row, "hex"));
        let json = schema.action_to_json(action, &bytes).unwrap();
        // cleos wraps lines in a way of its own; without white space the texts are the same, byte for byte.
        let expected: Box<serde_json::value::RawValue> =
            serde_json::from_str(text(&row, "decoded_text")).unwrap();
        assert_eq!(json, compact(expected.get()), "{action}");
        assert_eq!(
            hex(&schema.action_to_bin(action, &json).unwrap()),
            text(&row, "hex"),
            "{action}"
        );
    }
}

#[test]
fn values_print_as_nodeos_prints_them_or_as_their_rows_say() {
    let abi = Abi::from_json(&vector_text("extensions.abi")).unwrap();
    let schema = Schema::compile(&abi).unwrap();
    let rows = rows("prints.jsonl");
    assert_eq!(rows.len(), 116);
    for row in rows {
        let (ty, bytes) = (text(&row, "type"), unhex(text(&row, "hex")));
        let json = schema.type_to_json(ty, &bytes).unwrap();
        // Where ours differs from nodeos, the row says how, and why.
        let expected = text(row.get("ours").unwrap_or(&row), "printed");
        assert_eq!(json, expected, "{row}");
    }
}

#[test]
fn what_cleos_refuses_is_refused() {
    let rows = rows("actions_rejected.jsonl");
    assert_eq!(rows.len(), 14);
    for row in rows {
        let (schema, action, args) = action_of(&row);
        let answer = schema.action_to_bin(action, &args).map(|bytes| hex(&bytes));
        if text(&row, "rejected").contains("Expected '\"' but read '+'") {
            // `1e+300` is JSON, only fc's parser does not know it; the ABI has no part in that.
            assert_eq!(answer.unwrap(), "000000009c7500883ce4377e");
            continue;
        }
        assert!(answer.is_err(), "{action} {args}: {answer:?}");
    }
}

#[test]
fn the_tutorials_transcript_comes_out_byte_for_byte() {
    let schema = schema("wheel_eosio.system.abi");
    for (action, args, binargs) in [
        (
            "buyrambytes",
            r#"{"payer":"eosio","receiver":"bp1","bytes":8192}"#,
            "0000000000ea3055000000000000423d00200000",
        ),
        (
            "delegatebw",
            r#"{"from":"eosio","receiver":"bp1","stake_net_quantity":"500.0000 SYS","stake_cpu_quantity":"500.0000 SYS","transfer":false}"#,
            "0000000000ea3055000000000000423d404b4c00000000000453595300000000404b4c0000000000045359530000000000",
        ),
        (
            "regproducer",
            r#"{"producer":"bp1","producer_key":"EOS7FNpU6P3yhT7bkf3fs7aNUxb3yNbMXPbn4nsYgh3ZkEhtchEAH","url":"http://bp1:8888","location":0}"#,
            "000000000000423d000336d1c7309f8c40f9a2d7bf11b6ba3f6b1c699a67d2ad26c003e5313ff1ce1c940f687474703a2f2f6270313a383838380000",
        ),
        (
            "delegatebw",
            r#"{"from":"eosio","receiver":"bp1","stake_net_quantity":"100000000.0000 SYS","stake_cpu_quantity":"50000000.0000 SYS","transfer":true}"#,
            "0000000000ea3055000000000000423d0010a5d4e800000004535953000000000088526a74000000045359530000000001",
        ),
        (
            "voteproducer",
            r#"{"voter":"bp1","proxy":"","producers":["bp1"]}"#,
            "000000000000423d000000000000000001000000000000423d",
        ),
    ] {
        let action: Name = action.parse().unwrap();
        assert_eq!(
            hex(&schema.action_to_bin(action, args).unwrap()),
            binargs,
            "{action}"
        );
        let value: Value = serde_json::from_str(args).unwrap();
        assert_eq!(
            hex(&schema.encode_action(action, &value).unwrap()),
            binargs,
            "{action}"
        );
    }
}

/// Whether a row's recommendation is to take the value; where it leaves the choice, ours is named.
fn is_to_be_taken(row: &Value) -> bool {
    let recommended = text(row, "recommended");
    match text(row, "id") {
        // 057: the empty symbol code is the one of the null asset: it has the value 0 and prints as nothing.
        // 117: fractions that a type cannot hold are cut off, as cleos does (see "rounding" among the actions).
        // abix-31: nodeos loads a variant without types; no value of it can be made.
        "extra-057" | "extra-117" | "abix-31" => true,
        _ => recommended.starts_with("accept") || recommended.starts_with("decode lossily"),
    }
}

#[test]
fn edge_values_get_the_recommended_answer() {
    let rows = rows("edge_values.jsonl");
    assert_eq!(rows.len(), 94);
    for row in rows {
        let id = text(&row, "id");
        let mut schema = schema(&format!("abieos-{}.json", text(&row, "abi")));
        let ty = text(&row, "type");
        if id == "extra-131" {
            let json = text(&row, "json");
            assert!(
                schema.type_to_bin(ty, json).is_err(),
                "not unless asked for"
            );
            schema = schema.danger_private_keys();
        }
        let answer = match row.get("json") {
            Some(json) => schema
                .type_to_bin(ty, json.as_str().unwrap())
                .map(|bytes| hex(&bytes).to_uppercase()),
            None => schema.type_to_json(ty, &unhex(text(&row, "hex"))),
        };
        assert_eq!(answer.is_ok(), is_to_be_taken(&row), "{id} {answer:?}");
        let Ok(answer) = answer else { continue };
        match (id, &row["cpp_f7d5b45"]) {
            ("extra-033" | "extra-099", _) => {
                assert_eq!(answer, "00000000000000000000000000000000");
            }
            ("extra-079", _) => assert_eq!(answer, "01"),
            ("extra-095", _) => assert_eq!(answer, "0100000000000000"),
            // nodeos leaves bad bytes out, where C++ abieos has a question mark.
            ("extra-145", _) => assert_eq!(answer, "\"\""),
            ("extra-161", _) => assert_eq!(answer, "\"1969-12-31T23:59:59.999999\""),
            ("extra-115", _) => assert_eq!(answer, "C0BDF0FFFFFFFFFF"),
            ("extra-147", _) => assert_eq!(answer, "\"nan\""),
            ("extra-057", _) => assert_eq!(answer, "0000000000000000"),
            ("extra-187", _) => assert_eq!(answer, "05"),
            // Everywhere else C++ abieos is right.
            (_, cpp) if row.get("json").is_some() => assert_eq!(answer, text(cpp, "hex"), "{id}"),
            (_, cpp) => assert_eq!(answer, text(cpp, "json_out"), "{id}"),
        }
    }
}

#[test]
fn edge_abis_get_the_recommended_answer() {
    let rows = rows("edge_abis.jsonl");
    assert_eq!(rows.len(), 25);
    for row in rows {
        let abi = match row.get("json") {
            Some(json) => Abi::from_json(json.as_str().unwrap()).map_err(|error| error.to_string()),
            None => Abi::from_bytes(&unhex(text(&row, "hex"))).map_err(|error| error.to_string()),
        };
        let answer = abi.and_then(|abi| {
            Schema::compile(&abi).map_err(|error| error.to_string())?;
            Ok(abi)
        });
        assert_eq!(
            answer.is_ok(),
            is_to_be_taken(&row),
            "{} {} {answer:?}",
            row["id"],
            row["name"]
        );
        if text(&row, "id") == "abix-45" {
            let calls = answer.unwrap().calls.0.unwrap();
            assert_eq!(
                (calls.len(), calls[0].id, &*calls[0].result_type),
                (1, 5, "int8")
            );
        }
    }
}

fn compile(json: &str) -> Result<Schema, SchemaError> {
    Schema::compile(&Abi::from_json(json).unwrap())
}

#[test]
fn what_has_a_mark_behind_it_is_no_name() {
    // nodeos takes `int8[]` for a list, whatever is defined.
    for name in ["int8[]", "name?", "uint8[4]", "other$"] {
        for section in [
            serde_json::json!({"structs": [{"name": name, "base": "", "fields": []}]}),
            serde_json::json!({"variants": [{"name": name, "types": ["uint8"]}]}),
            serde_json::json!({"types": [{"new_type_name": name, "type": "uint8"}]}),
        ] {
            let mut abi = serde_json::json!({"version": "eosio::abi/1.1"});
            let members = section.as_object().unwrap().clone();
            abi.as_object_mut().unwrap().extend(members);
            let error = compile(&abi.to_string()).unwrap_err().to_string();
            assert!(error.contains("mark"), "{section}: {error}");
        }
    }
}

/// An ABI with the struct `t` of these fields, given as `name:type` with commas between.
fn one_struct(fields: &str) -> Schema {
    let fields: Vec<Value> = fields
        .split(',')
        .filter_map(|field| field.split_once(':'))
        .map(|(name, ty)| serde_json::json!({"name": name, "type": ty}))
        .collect();
    let abi = serde_json::json!({"version": "eosio::abi/1.1", "structs": [{"name": "t", "fields": fields}]});
    compile(&abi.to_string()).unwrap()
}

#[test]
fn errors_say_where() {
    let schema = schema("wheel_eosio.system.abi");
    let newaccount = Name::from_static("newaccount");
    let key = |key: &str| {
        format!(
            r#"{{"creator":"eosio","name":"a","owner":{{"threshold":1,"keys":[],"accounts":[],"waits":[]}},
            "active":{{"threshold":1,"keys":[{{"key":"EOS5xJUEKS5JaR7i9tEfX6q3bahfYdXccLSiLJVuBe1B3khLt1XMh","weight":1}},
            {{"key":{key},"weight":1}}],"accounts":[],"waits":[]}}}}"#
        )
    };
    let error = schema
        .action_to_bin(newaccount, &key(r#""EOS1""#))
        .unwrap_err();
    assert_eq!(error.path(), "active.keys[1].key");
    assert_eq!(error.to_string(), "active.keys[1].key: not a public key");
    let error = schema.action_to_bin(newaccount, &key("7")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "active.keys[1].key: the JSON does not fit the type"
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("expected a text for PublicKey") && cause.contains("line 3"),
        "{cause}"
    );

    let transfer = schema.action_to_bin(Name::from_static("delegatebw"), r#"{"from":"eosio"}"#);
    assert_eq!(
        transfer.unwrap_err().to_string(),
        "field \"receiver\" is missing"
    );
    let unknown = schema
        .action_to_bin(Name::from_static("nothing"), "{}")
        .unwrap_err();
    assert_eq!(unknown.to_string(), "the ABI has no action \"nothing\"");

    let bytes = unhex(
        "0000000000ea3055000000000000423d404b4c00000000000453595300000000404b4c00000000000453595300",
    );
    let error = schema
        .action_to_json(Name::from_static("delegatebw"), &bytes)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "stake_cpu_quantity: input ends at byte 45, 3 more are needed"
    );
}

#[test]
fn private_keys_pass_on_request_only() {
    // The development key, which is published in nodeos' source.
    let wif = r#""5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3""#;
    let schema = one_struct("k:private_key,n:uint8");
    let json = format!(r#"{{"k":{wif},"n":1}}"#);
    let refusal = "k: private keys are coded only on request, by a schema with danger_private_keys";
    let error = schema.type_to_bin("t", &json).unwrap_err();
    assert_eq!(error.to_string(), refusal);
    assert_eq!(
        schema.type_to_json("t", &[0; 34]).unwrap_err().to_string(),
        refusal
    );

    let schema = schema.danger_private_keys();
    let bytes = schema.type_to_bin("t", &json).unwrap();
    let modern = schema.type_to_json("t", &bytes).unwrap();
    assert_eq!(
        modern,
        r#"{"k":"PVT_K1_2bfGi9rYsXQSXXTvJbDAPhHLQUojjaNLomdm3cEJ1XTzMqUt3V","n":1}"#
    );
    assert_eq!(schema.type_to_bin("t", &modern).unwrap(), bytes);
    let mut r1 = bytes.clone();
    r1[0] = 1;
    let json = schema.type_to_json("t", &r1).unwrap();
    assert!(json.contains("PVT_R1_"));
    assert_eq!(schema.type_to_bin("t", &json).unwrap(), r1);

    // Errors do not repeat the secret, nor do their causes.
    let damaged = modern.replace("2bfGi9", "2bfGi8");
    let error = schema.type_to_bin("t", &damaged).unwrap_err();
    let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    assert!(shown.starts_with("k: not a private key"), "{shown}");
    assert!(!shown.contains("rYsXQSXXTvJb"), "{shown}");
    for bad in [vec![2; 34], vec![0; 34], vec![0; 20]] {
        assert!(schema.type_to_json("t", &bad).is_err());
    }
}

#[test]
fn fields_may_come_in_any_order() {
    let schema = one_struct("a:uint8,b:string,c:uint8[],d:uint16?,e:uint8");
    let ordered = r#"{"a":1,"b":"xy","c":[7,8],"d":null,"e":5}"#;
    let bytes = schema.type_to_bin("t", ordered).unwrap();
    assert_eq!(hex(&bytes), "010278790207080005");
    for shuffled in [
        r#"{"e":5,"d":null,"c":[7,8],"b":"xy","a":1}"#,
        r#"{"a":1,"e":5,"c":[7,8],"b":"xy"}"#,
        r#"{"b":"xy","a":1,"c":[7,8],"e":5}"#,
        r#"[1,"xy",[7,8],null,5]"#,
    ] {
        assert_eq!(
            schema.type_to_bin("t", shuffled).unwrap(),
            bytes,
            "{shuffled}"
        );
    }
    for (wrong, message) in [
        (r#"{"e":5,"a":1,"e":6}"#, "field \"e\" is given twice"),
        (r#"{"a":1,"a":1}"#, "field \"a\" is given twice"),
        (r#"{"e":5,"a":1}"#, "field \"b\" is missing"),
        (r#"{"e":5,"x":1}"#, "the type has no field \"x\""),
        (r#"[1,"xy",[7,8],null]"#, "field \"e\" is missing"),
        (
            r#"[1,"xy",[7,8],null,5,6]"#,
            "the list has another length than 5",
        ),
        (
            r#"{"e":5,"c":[1,256]}"#,
            "c[1]: \"256\" is not an integer: it is out of the type's range",
        ),
    ] {
        assert_eq!(
            schema.type_to_bin("t", wrong).unwrap_err().to_string(),
            message,
            "{wrong}"
        );
    }
}

#[test]
fn shuffled_structs_nest() {
    let abi = r#"{"version":"eosio::abi/1.1","structs":[
        {"name":"in","fields":[{"name":"x","type":"uint8"},{"name":"y","type":"uint8"}]},
        {"name":"t","fields":[{"name":"a","type":"in"},{"name":"b","type":"in[]"}]}]}"#;
    let schema = compile(abi).unwrap();
    let json = r#"{"b":[{"y":4,"x":3},{"x":5,"y":6}],"a":{"y":2,"x":1}}"#;
    assert_eq!(
        hex(&schema.type_to_bin("t", json).unwrap()),
        "01020203040506"
    );
}

#[test]
fn binary_extensions_are_a_tail() {
    let schema = one_struct("a:uint8,b:string$,c:uint8$");
    for (json, hex_bytes) in [
        (r#"{"a":1}"#, "01"),
        (r#"{"a":1,"b":"x"}"#, "010178"),
        (r#"{"a":1,"b":"x","c":9}"#, "01017809"),
        (r#"{"c":9,"a":1,"b":"x"}"#, "01017809"),
        (r#"{"b":"x","a":1}"#, "010178"),
    ] {
        assert_eq!(
            hex(&schema.type_to_bin("t", json).unwrap()),
            hex_bytes,
            "{json}"
        );
    }
    let hole = schema.type_to_bin("t", r#"{"a":1,"c":9}"#).unwrap_err();
    assert_eq!(
        hole.to_string(),
        "c: a value follows an absent binary extension"
    );
    let empty = one_struct("a:int8$,b:uint8[0]$");
    let hole = empty.type_to_bin("t", r#"{"b":[]}"#).unwrap_err();
    assert_eq!(
        hole.to_string(),
        "b: a value follows an absent binary extension"
    );
    assert_eq!(empty.type_to_bin("t", r#"{"b":[],"a":1}"#).unwrap(), [1]);
    assert_eq!(schema.type_to_json("t", &[1]).unwrap(), r#"{"a":1}"#);
    let list = schema
        .type_to_bin("t[]", r#"[{"a":1},{"a":2}]"#)
        .unwrap_err();
    assert_eq!(
        list.to_string(),
        "[1].a: a value follows an absent binary extension"
    );
    assert_eq!(
        hex(&schema
            .type_to_bin("t[]", r#"[{"a":1,"b":"","c":0},{"a":2}]"#)
            .unwrap()),
        "0201000002"
    );
}

#[test]
fn an_extension_without_bytes_may_not_follow_one_that_is_absent_further_inside() {
    let abi = r#"{"version":"eosio::abi/1.1","structs":[
        {"name":"tail","fields":[{"name":"x","type":"uint8"},{"name":"y","type":"uint8$"}]},
        {"name":"only","fields":[{"name":"e","type":"uint8[0]$"}]},
        {"name":"outer","fields":[{"name":"p","type":"tail"},{"name":"n","type":"uint8[0]"},{"name":"q","type":"uint8[0]$"}]},
        {"name":"two","fields":[{"name":"p","type":"tail"},{"name":"o","type":"only"}]}
    ]}"#;
    let schema = Schema::compile(&Abi::from_json(abi).unwrap()).unwrap();
    for (ty, json, place) in [
        ("outer", r#"{"p":{"x":1},"n":[],"q":[]}"#, "q"),
        ("outer", r#"{"q":[],"n":[],"p":{"x":1}}"#, "q"),
        ("outer", "[[1],[],[]]", "q"),
        ("two", r#"{"p":{"x":1},"o":{"e":[]}}"#, "o.e"),
        ("two", r#"{"o":{"e":[]},"p":{"x":1}}"#, "o"),
        ("only[]", r#"[{},{"e":[]}]"#, "[1].e"),
    ] {
        let hole = schema.type_to_bin(ty, json).unwrap_err().to_string();
        let expected = format!("{place}: a value follows an absent binary extension");
        assert_eq!(hole, expected, "{json}");
    }
    for (ty, json, bytes) in [
        ("outer", r#"{"n":[],"p":{"x":1}}"#, "01"),
        ("outer", r#"{"q":[],"n":[],"p":{"y":2,"x":1}}"#, "0102"),
        ("two", r#"{"o":{},"p":{"x":1}}"#, "01"),
        ("two", r#"{"o":{"e":[]},"p":{"x":1,"y":2}}"#, "0102"),
        ("only[]", r#"[{"e":[]},{}]"#, "02"),
    ] {
        let answer = schema.type_to_bin(ty, json).unwrap();
        assert_eq!(hex(&answer), bytes, "{json}");
    }
}

#[test]
fn an_extension_inside_a_struct_ends_the_data_in_any_order() {
    let abi = r#"{"version":"eosio::abi/1.1","structs":[
        {"name":"in","fields":[{"name":"x","type":"uint8"},{"name":"y","type":"uint8$"}]},
        {"name":"t","fields":[{"name":"a","type":"in"},{"name":"b","type":"uint8"}]}]}"#;
    let schema = compile(abi).unwrap();
    for json in [r#"{"a":{"x":1},"b":2}"#, r#"{"b":2,"a":{"x":1}}"#] {
        let error = schema.type_to_bin("t", json).unwrap_err();
        assert_eq!(
            error.to_string(),
            "b: a value follows an absent binary extension",
            "{json}"
        );
    }
    let whole = schema
        .type_to_bin("t", r#"{"b":2,"a":{"y":9,"x":1}}"#)
        .unwrap();
    assert_eq!(whole, [1, 9, 2]);
}

#[test]
fn typed_values_are_packed_by_the_abi_too() {
    #[derive(serde::Serialize)]
    struct Row {
        a: bool,
        b: BinaryExtension<u64>,
    }
    let schema = one_struct("a:bool,b:uint64$");
    let json = eos_abi::json::to_string(&Row {
        a: true,
        b: None.into(),
    })
    .unwrap();
    assert_eq!(schema.type_to_bin("t", &json).unwrap(), [1]);
    let json = eos_abi::json::to_string(&Row {
        a: true,
        b: Some(u64::MAX).into(),
    })
    .unwrap();
    assert_eq!(
        schema.type_to_bin("t", &json).unwrap(),
        [1, 255, 255, 255, 255, 255, 255, 255, 255]
    );
}

#[test]
fn floats_print_as_nodeos_recorded_them() {
    // Of `last_vote_weight` in the voters' table, and of a bancor weight.
    let schema = schema("all_types.abi");
    for (value, text) in [
        (
            198_660_767_690_518_691_840_f64,
            "198660767690518691840.00000000000000000",
        ),
        (0.5, "0.50000000000000000"),
        (0.0, "0.00000000000000000"),
    ] {
        let json = schema
            .type_to_json("float64", &value.to_le_bytes())
            .unwrap();
        assert_eq!(json, format!("{text:?}"));
    }
}

#[test]
fn floats_in_a_value_keep_their_bits() {
    let schema = schema("all_types.abi");
    let floats = serde_json::json!({"f": 1e-30, "d": 5e-324});
    let bytes = schema
        .encode_action(Name::from_static("tfloat"), &floats)
        .unwrap();
    assert_eq!(bytes, to_bytes(&(1e-30_f32, 5e-324_f64)).unwrap());
}

#[test]
fn bases_come_first() {
    let abi = r#"{"version":"eosio::abi/1.1","types":[{"new_type_name":"alias","type":"base"}],"structs":[
        {"name":"derived","base":"alias","fields":[{"name":"c","type":"uint8"}]},
        {"name":"base","fields":[{"name":"a","type":"uint8"}]}]}"#;
    let schema = compile(abi).unwrap();
    assert_eq!(
        schema.type_to_bin("derived", r#"{"c":2,"a":1}"#).unwrap(),
        [1, 2]
    );
    assert_eq!(
        schema.type_to_json("derived", &[1, 2]).unwrap(),
        r#"{"a":1,"c":2}"#
    );
    assert!(schema.type_to_bin("derived", "[1,2]").is_err());
}

#[test]
fn types_that_make_no_sense_are_refused() {
    let field = |ty: &str| {
        compile(&format!(
            r#"{{"version":"","structs":[{{"name":"t","fields":[{{"name":"f","type":"{ty}"}}]}}]}}"#
        ))
    };
    for ty in [
        "int8[]?",
        "int8?[]",
        "int8[2]?$",
        "int8[][3][]",
        "t[]",
        "t?",
        "extended_asset",
    ] {
        assert!(field(ty).is_ok(), "{ty}");
    }
    for ty in [
        "int8??",
        "int8$?",
        "int8$[]",
        "int8[-1]",
        "int8[01]",
        "int8[4294967296]",
        "int8]",
        "int8[x]",
        "",
        "[]",
        "?",
        "t",
        "t[2]",
        "$",
    ] {
        assert!(field(ty).is_err(), "{ty}");
    }
    let error = field("nope?").unwrap_err();
    assert_eq!(
        error.to_string(),
        "type \"nope\" of field \"f\" of struct \"t\" is unknown"
    );
    for json in [
        r#"{"version":"","structs":[{"name":"name","fields":[]}]}"#,
        r#"{"version":"","structs":[{"name":"a","fields":[]},{"name":"a","fields":[]}]}"#,
        r#"{"version":"","types":[{"new_type_name":"a","type":"a[]"}]}"#,
        r#"{"version":"","types":[{"new_type_name":"a","type":"b"},{"new_type_name":"b","type":"c?"},{"new_type_name":"c","type":"a"}]}"#,
        r#"{"version":"","actions":[{"name":"a","type":"nope"}]}"#,
        r#"{"version":"","actions":[{"name":"a","type":"name"},{"name":"a","type":"name"}]}"#,
        r#"{"version":"","structs":[{"name":"a","base":"name","fields":[]}]}"#,
        r#"{"version":"","action_results":[{"name":"a","result_type":"nope"}]}"#,
        r#"{"version":"","variants":[{"name":"a","types":["nope"]}]}"#,
        r#"{"version":"","structs":[{"name":"a","fields":[{"name":"f","type":"b"}]},{"name":"b","fields":[{"name":"f","type":"a"}]}]}"#,
    ] {
        assert!(compile(json).is_err(), "{json}");
    }
}

proptest! {
    #[test]
    fn strange_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let schema = schema("all_types.abi");
        for action in ["derived", "tvariant", "tarr", "tbinext", "topt", "ttime", "tfloat"] {
            let action = action.parse().unwrap();
            if let Ok(json) = schema.action_to_json(action, &bytes) {
                // Fractions of floats beyond 17 decimals and bytes that are not UTF-8 are all that may get lost.
                prop_assert!(schema.action_to_bin(action, &json).is_ok(), "{}", json);
            }
        }
        let _ = Abi::from_bytes(&bytes);
    }
}

#[test]
fn names_that_are_taken_are_told_from_names_that_stand_twice() {
    for (sections, message) in [
        (
            r#""structs":[{"name":"asset","fields":[]}]"#,
            "struct \"asset\" has the name of a built-in type",
        ),
        (
            r#""types":[{"new_type_name":"bitset","type":"bytes"}]"#,
            "type \"bitset\" has the name of a built-in type",
        ),
        (
            r#""variants":[{"name":"extended_asset","types":["asset"]}]"#,
            "variant \"extended_asset\" has the name of a built-in type",
        ),
        (
            r#""structs":[{"name":"a","fields":[]}],"variants":[{"name":"a","types":[]}]"#,
            "variant \"a\" is defined twice",
        ),
    ] {
        let abi = format!(r#"{{"version":"eosio::abi/1.1",{sections}}}"#);
        assert_eq!(compile(&abi).unwrap_err().to_string(), message);
    }
}
