//! What nodeos takes and the strict forms do not: taken on request, where it means one thing only.

use eos_abi::{Abi, Name, Schema};

use crate::support::{hex, rows, text, unhex, vector_text};

fn schema() -> Schema {
    let abi = Abi::from_json(
        r#"{"version":"eosio::abi/1.1","structs":[
        {"name":"t","fields":[{"name":"a","type":"uint8"},{"name":"b","type":"asset?"},{"name":"c","type":"name$"}]},
        {"name":"h","base":"t","fields":[]}],
        "variants":[{"name":"v","types":["uint8","t"]}]}"#,
    )
    .unwrap();
    Schema::compile(&abi).unwrap()
}

/// Asserts that the strict schema refuses the JSON and the lenient one takes it for what `meant` is.
#[track_caller]
fn takes(ty: &str, json: &str, meant: &str) {
    let schema = schema();
    assert!(
        schema.type_to_bin(ty, json).is_err(),
        "strict takes {json} for {ty}"
    );
    let bytes = schema.type_to_bin(ty, meant).unwrap();
    let lenient = schema.danger_lenient();
    assert_eq!(
        hex(&lenient.type_to_bin(ty, json).unwrap()),
        hex(&bytes),
        "{ty} {json}"
    );
}

#[track_caller]
fn refuses(ty: &str, json: &str) {
    let answer = schema().danger_lenient().type_to_bin(ty, json);
    assert!(answer.is_err(), "{ty} {json}: {answer:?}");
}

#[test]
fn unknown_members_are_ignored() {
    takes("t", r#"{"x":[{"y":[1e9,"z"]}],"a":1}"#, r#"{"a":1}"#);
    takes("t", r#"{"a":1,"x":null,"b":"1 A"}"#, r#"{"a":1,"b":"1 A"}"#);
    takes(
        "t",
        r#"{"b":"1 A","x":1,"a":1,"y":2}"#,
        r#"{"a":1,"b":"1 A"}"#,
    );
    takes("h", r#"{"x":1,"a":1}"#, r#"{"a":1}"#);
    takes("v", r#"["t",{"a":1,"x":1}]"#, r#"["t",{"a":1}]"#);
    takes("t", r#"[1,null,"c",4,5]"#, r#"[1,null,"c"]"#);
    // What is ignored is not followed, however deep it is.
    let deep = format!(
        r#"{{"x":{}{},"a":1}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    takes("t", &deep, r#"{"a":1}"#);
}

#[test]
fn integers_may_be_written_in_other_ways() {
    for ty in [
        "int8",
        "uint8",
        "int64",
        "uint64",
        "int32",
        "varuint32",
        "varint32",
    ] {
        takes(ty, "true", "1");
        takes(ty, "false", "0");
        takes(ty, r#""007""#, "7");
        takes(ty, r#""+7""#, "7");
        takes(ty, r#""-0""#, "0");
        takes(ty, "-0", "0");
        takes(ty, "7.0", "7");
        takes(ty, "7.000", "7");
        for bad in [
            "7.5",
            r#"" 7""#,
            r#""7 ""#,
            r#""""#,
            r#""7.0""#,
            "null",
            "[]",
            "{}",
            r#""true""#,
            r#""+-7""#,
            r#""0x7""#,
            "7e0",
            "7.0e1",
        ] {
            refuses(ty, bad);
        }
    }
    takes("int8", r#""-007""#, "-7");
    takes("uint64", "18446744073709551615.0", "18446744073709551615");
    takes("uint8", r#""\u002b7""#, "7");
    // Nothing wraps around.
    for (ty, json) in [
        ("uint8", "256"),
        ("uint8", "-1"),
        ("uint32", "-1"),
        ("int8", "128"),
        ("varuint32", "4294967296"),
    ] {
        refuses(ty, json);
    }
}

#[test]
fn integers_of_128_bits_may_be_hexadecimal() {
    for ty in ["int128", "uint128"] {
        takes(ty, r#""0x10""#, "16");
        takes(ty, r#""0XfF""#, "255");
        takes(ty, r#""-0""#, "0");
        takes(ty, r#""-0x0""#, "0");
        // nodeos reads octal digits behind a zero, and no sign or flag.
        for bad in [
            r#""010""#,
            r#""00""#,
            r#""0x""#,
            r#""+7""#,
            "true",
            "7.0",
            r#""0x+7""#,
        ] {
            refuses(ty, bad);
        }
    }
    takes("int128", "-0", "0");
    takes("int128", r#""-0x10""#, "-16");
    refuses("uint128", "-0");
    refuses("uint128", r#""-0x10""#);
    refuses("int128", r#""0x80000000000000000000000000000000""#);
    refuses("uint128", r#""0x100000000000000000000000000000000""#);
}

#[test]
fn floats_may_be_written_in_other_ways() {
    for ty in ["float32", "float64"] {
        takes(ty, r#""+1.5""#, "1.5");
        takes(ty, r#"".5""#, "0.5");
        takes(ty, r#""-.5""#, "-0.5");
        takes(ty, r#""+.5""#, "0.5");
        takes(ty, r#""+inf""#, r#""inf""#);
        takes(ty, r#""+nan""#, r#""nan""#);
        takes(ty, "true", "1");
        takes(ty, "false", "0");
        for bad in [
            r#"".""#,
            r#""+.""#,
            r#""+-1""#,
            r#""++1""#,
            r#""nan(1)""#,
            "null",
        ] {
            refuses(ty, bad);
        }
    }
}

#[test]
fn a_bool_is_a_number_of_eight_bits() {
    let lenient = schema().danger_lenient();
    for (json, byte) in [("2", 2), ("255", 255), ("true", 1), ("0", 0), (r#""1""#, 1)] {
        assert_eq!(lenient.type_to_bin("bool", json).unwrap(), [byte], "{json}");
    }
    assert!(schema().type_to_bin("bool", "2").is_err());
    refuses("bool", "256");
    refuses("bool", "-1");
    refuses("bool", r#""true""#);
    assert_eq!(lenient.type_to_json("bool", &[2]).unwrap(), "2");
    assert!(schema().type_to_json("bool", &[2]).is_err());
}

#[test]
fn texts_may_be_bare_integers() {
    takes("string", "123", r#""123""#);
    takes(
        "string",
        "18446744073709551615",
        r#""18446744073709551615""#,
    );
    takes(
        "string",
        "-9223372036854775808",
        r#""-9223372036854775808""#,
    );
    takes("string", "true", r#""true""#);
    takes("string", "-0", r#""0""#);
    refuses("string", "18446744073709551616");
    refuses("string", "-9223372036854775809");
    refuses("string", "1.5");
    refuses("string", "null");
    refuses("string", "[]");
    refuses("name", "123");
}

#[test]
fn assets_and_symbols_may_have_white_space_signs_and_zeros() {
    takes("asset", r#""1.0000  SYS""#, r#""1.0000 SYS""#);
    takes("asset", r#"" 1.0000 SYS ""#, r#""1.0000 SYS""#);
    takes("asset", r#""\t1 A\n""#, r#""1 A""#);
    takes("symbol", r#"" 4,A""#, r#""4,A""#);
    takes("symbol", r#""4,A ""#, r#""4,A""#);
    let lenient = schema().danger_lenient();
    assert_eq!(lenient.type_to_bin("asset", r#""0 ""#).unwrap(), [0; 16]);
    takes("asset", r#""+1.0 A""#, r#""1.0 A""#);
    takes("symbol", r#""+4,A""#, r#""4,A""#);
    takes("symbol", r#""004,A""#, r#""4,A""#);
    takes("symbol", r#"" +004,A""#, r#""4,A""#);
    takes("symbol", r#""-0,A""#, r#""0,A""#);
    for (ty, json) in [
        ("asset", r#""1.+5 A""#),
        ("asset", r#""+-1 A""#),
        ("symbol", r#""-4,A""#),
        ("symbol", r#""++4,A""#),
        ("asset", r#""1.0000SYS""#),
        ("asset", r#""1. SYS""#),
        ("asset", r#"".5 SYS""#),
        ("asset", r#""- 1 SYS""#),
        ("asset", r#""1.0000 sys""#),
        ("asset", r#""1.0000000000000000000 SYS""#),
        ("asset", "1"),
        ("asset", r#""9223372036854775808 SYS""#),
        ("symbol", r#""256,A""#),
        ("symbol", r#""19,A""#),
        ("symbol", r#""4, A""#),
        ("symbol", r#""4,a""#),
    ] {
        refuses(ty, json);
    }
}

#[test]
fn what_cannot_be_told_from_a_mistake_stays_refused() {
    for (ty, json) in [
        ("t", r#"{"a":1,"a":1}"#),
        ("t", r#"{"b":"1 A","a":1,"b":"2 A"}"#),
        ("t", "{}"),
        ("t", r#"{"a":null}"#),
        ("h", "[1]"),
        ("v", r#"["uint8",1,2]"#),
        ("uint8[2]", "[1,2,3]"),
        ("name", r#""Alice""#),
        ("name", r#""a ""#),
        ("name", r#""a.""#),
        ("time_point_sec", r#""1969-12-31T23:59:59""#),
        ("time_point_sec", r#""2106-02-07T06:28:16""#),
        ("checksum256", r#""00""#),
        ("float32", "1e300"),
        ("bytes", r#""0""#),
    ] {
        refuses(ty, json);
    }
}

#[test]
fn binary_may_have_more_and_longer_than_needed() {
    for (ty, bytes, json) in [
        ("int8", "0102", "1"),
        ("varuint32", "8080808000", "0"),
        ("varuint32", "8100", "1"),
        ("uint8[]", "810009", "[9]"),
        ("string", "800000", r#""""#),
        ("v", "800005", r#"["uint8",5]"#),
        ("uint8?", "0205", "5"),
        ("bool", "ff", "255"),
    ] {
        assert!(
            schema().type_to_json(ty, &unhex(bytes)).is_err(),
            "strict: {ty} {bytes}"
        );
        let lenient = schema().danger_lenient();
        assert_eq!(
            lenient.type_to_json(ty, &unhex(bytes)).unwrap(),
            json,
            "{ty} {bytes}"
        );
    }
    for (ty, bytes) in [
        ("varuint32", "808080808000"),
        ("varuint32", "ffffffff1f"),
        ("varuint32", "80"),
        ("uint8[]", "02"),
        ("asset", "00000000000000400453595300000000"),
        ("symbol", "0461620000000000"),
    ] {
        let answer = schema().danger_lenient().type_to_json(ty, &unhex(bytes));
        assert!(answer.is_err(), "{ty} {bytes}: {answer:?}");
    }
}

#[test]
fn leniency_changes_no_strict_answer() {
    for row in rows("edge_values.jsonl") {
        let file = format!("abis/abieos-{}.json", text(&row, "abi"));
        let strict = Schema::compile(&Abi::from_json(&vector_text(&file)).unwrap()).unwrap();
        let lenient = strict.clone().danger_lenient();
        let ty = text(&row, "type");
        let code = |schema: &Schema| match row.get("json") {
            Some(json) => schema
                .type_to_bin(ty, json.as_str().unwrap())
                .map(|bytes| hex(&bytes)),
            None => schema.type_to_json(ty, &unhex(text(&row, "hex"))),
        };
        let Ok(answer) = code(&strict) else { continue };
        assert_eq!(code(&lenient).unwrap(), answer, "{}", row["id"]);
    }
}

#[test]
fn of_what_cleos_takes_only_what_changes_a_value_is_refused() {
    let mut taken = 0;
    for row in rows("actions.jsonl") {
        let abi = Abi::from_json(&vector_text(&format!("abis/{}", text(&row, "abi")))).unwrap();
        let lenient = Schema::compile(&abi).unwrap().danger_lenient();
        let action: Name = text(&row, "action").parse().unwrap();
        let answer = lenient.action_to_bin(action, &row["args"].to_string());
        match row.get("quirk").and_then(|quirk| quirk.as_str()) {
            Some("fc silently wraps") => assert!(answer.is_err(), "{row}"),
            quirk => {
                assert_eq!(hex(&answer.unwrap()), text(&row, "hex"), "{row}");
                taken += usize::from(quirk.is_some());
            }
        }
    }
    assert_eq!(taken, 2);
}

#[test]
fn what_cleos_refuses_leniency_refuses_too() {
    for row in rows("actions_rejected.jsonl") {
        if text(&row, "rejected").contains("Expected '\"' but read '+'") {
            continue; // JSON that fc's parser does not know.
        }
        let abi = Abi::from_json(&vector_text(&format!("abis/{}", text(&row, "abi")))).unwrap();
        let lenient = Schema::compile(&abi).unwrap().danger_lenient();
        let action: Name = text(&row, "action").parse().unwrap();
        assert!(
            lenient
                .action_to_bin(action, &row["args"].to_string())
                .is_err(),
            "{row}"
        );
    }
}

#[test]
fn each_form_is_read_as_nodeos_reads_it_or_as_its_row_says() {
    let abi = Abi::from_json(&vector_text("extensions.abi")).unwrap();
    let strict = Schema::compile(&abi).unwrap();
    let lenient = strict.clone().danger_lenient();
    let rows = rows("reads.jsonl");
    assert_eq!(rows.len(), 726);
    for row in rows {
        let (ty, json) = (text(&row, "type"), text(&row, "json"));
        let code = |schema: &Schema| schema.type_to_bin(ty, json).ok().map(|bytes| hex(&bytes));
        // Where ours differs from nodeos, the row says how, and why.
        let expected = row.get("ours").unwrap_or(&row);
        let expected = expected
            .get("hex")
            .map(|hex| hex.as_str().unwrap().to_owned());
        assert_eq!(code(&lenient), expected, "{row}");
        if let Some(bytes) = code(&strict) {
            assert_eq!(Some(bytes), expected, "strict: {row}");
        }
    }
}
