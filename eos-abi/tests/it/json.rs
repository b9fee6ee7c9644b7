//! JSON with nodeos' habits on plain serde types.

use std::collections::BTreeMap;

use eos_abi::{Asset, BinaryExtension, Bytes, Name, VarUint32, json};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::support::{rows, text, unhex};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Nothing,
    Number(u64),
    Pair(u64, bool),
    Named { big: u64 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    flag: bool,
    small: i8,
    large: u64,
    negative: i64,
    huge: u128,
    deep: i128,
    single: f32,
    double: f64,
    name: Name,
    quantity: Asset,
    maybe: Option<u64>,
    list: Vec<u64>,
    tuple: (u64, bool),
    map: BTreeMap<u64, u64>,
    bytes: Bytes,
    count: VarUint32,
    shapes: Vec<Shape>,
    later: BinaryExtension<u64>,
}

fn everything() -> Everything {
    Everything {
        flag: true,
        small: -5,
        large: u64::MAX,
        negative: i64::MIN,
        huge: u128::MAX,
        deep: 5,
        single: 1.5,
        double: -2.25,
        name: Name::from_static("eosio"),
        quantity: "1.0000 SYS".parse().unwrap(),
        maybe: Some(0xffff_ffff),
        list: vec![0x1_0000_0000],
        tuple: (0x1_0000_0000, false),
        map: BTreeMap::from([(1 << 40, 1 << 40)]),
        bytes: vec![0xab].into(),
        count: VarUint32(7),
        shapes: vec![
            Shape::Nothing,
            Shape::Number(1 << 40),
            Shape::Pair(1, true),
            Shape::Named { big: 1 << 40 },
        ],
        later: Some(1 << 40).into(),
    }
}

const TEXT: &str = concat!(
    r#"{"flag":1,"small":-5,"large":"18446744073709551615","negative":"-9223372036854775808","#,
    r#""huge":"340282366920938463463374607431768211455","deep":"5","single":"1.50000000000000000","#,
    r#""double":"-2.25000000000000000","name":"eosio","quantity":"1.0000 SYS","maybe":4294967295,"#,
    r#""list":["4294967296"],"tuple":["4294967296",0],"map":{"1099511627776":"1099511627776"},"bytes":"ab","count":7,"#,
    r#""shapes":["nothing",["number","1099511627776"],["pair",[1,1]],["named",{"big":"1099511627776"}]],"#,
    r#""later":"1099511627776"}"#,
);

#[test]
fn the_habits_reach_every_corner() {
    assert_eq!(json::to_string(&everything()).unwrap(), TEXT);
    assert_eq!(json::from_str::<Everything>(TEXT).unwrap(), everything());
    assert_eq!(
        json::from_slice::<Everything>(TEXT.as_bytes()).unwrap(),
        everything()
    );
}

#[test]
fn integers_come_as_numbers_and_as_texts() {
    assert_eq!(
        json::from_str::<(u8, i8)>(r#"["255", "-128"]"#).unwrap(),
        (255, -128)
    );
    assert_eq!(
        json::from_str::<(u64, u64)>("[18446744073709551615, 0]").unwrap(),
        (u64::MAX, 0)
    );
    assert_eq!(
        json::from_str::<(u128, i128)>("[340282366920938463463374607431768211455, -5]").unwrap(),
        (u128::MAX, -5)
    );
    for text in [
        "256", r#""256""#, "-1", r#""-1""#, "1.0", r#"" 1""#, r#""""#, r#""+1""#, r#""01""#,
        "true", "null", r#""0x1""#,
    ] {
        assert!(json::from_str::<u8>(text).is_err(), "{text}");
        assert!(
            json::from_str::<u128>(text).is_err() || text.contains("256"),
            "{text}"
        );
    }
}

#[test]
fn flags_come_as_numbers_and_as_booleans() {
    assert_eq!(
        json::from_str::<[bool; 4]>("[0, 1, false, true]").unwrap(),
        [false, true, false, true]
    );
    for text in ["2", "-1", r#""true""#, "null"] {
        assert!(json::from_str::<bool>(text).is_err(), "{text}");
    }
}

#[test]
fn floats_come_as_texts_and_as_numbers() {
    let read =
        json::from_str::<[f64; 5]>(r#"["0.50000000000000000", 0.1, 5e-324, "inf", "-Infinity"]"#)
            .unwrap();
    let expected = [0.5, 0.1, 5e-324, f64::INFINITY, f64::NEG_INFINITY];
    assert_eq!(read.map(f64::to_bits), expected.map(f64::to_bits));
    assert!(json::from_str::<f64>(r#""nan""#).unwrap().is_nan());
    assert!(json::from_str::<f64>("-0").unwrap().is_sign_negative());
    assert_eq!(
        json::to_string(&[f64::NAN, -f64::NAN, f64::NEG_INFINITY]).unwrap(),
        r#"["nan","-nan","-inf"]"#
    );
    for text in [
        "1e400",
        r#""1e400""#,
        r#""1.5abc""#,
        r#"".5""#,
        r#""""#,
        "null",
        "[]",
        r#""+1""#,
        r#""infin""#,
    ] {
        assert!(json::from_str::<f64>(text).is_err(), "{text}");
    }
    assert!(json::from_str::<f32>("3.5e38").is_err());
}

#[test]
fn unknown_fields_are_ignored_and_missing_options_are_none() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        staked: u64,
        maybe: Option<u64>,
        later: BinaryExtension<u64>,
        #[serde(default)]
        listed: Vec<u64>,
    }
    let row: Row = json::from_str(r#"{"extra": {"a": [1.5, null]}, "staked": "5"}"#).unwrap();
    assert_eq!(
        row,
        Row {
            staked: 5,
            maybe: None,
            later: None.into(),
            listed: vec![]
        }
    );
    assert!(json::from_str::<Row>(r#"{"maybe": 1}"#).is_err());
}

#[test]
fn absent_extensions_are_left_out() {
    #[derive(Serialize)]
    struct Row {
        first: u8,
        maybe: Option<u8>,
        later: BinaryExtension<Option<u8>>,
        last: BinaryExtension<u8>,
    }
    let mut row = Row {
        first: 1,
        maybe: None,
        later: None.into(),
        last: None.into(),
    };
    assert_eq!(
        json::to_string(&row).unwrap(),
        r#"{"first":1,"maybe":null}"#
    );
    row.later = Some(None).into();
    assert_eq!(
        json::to_string(&row).unwrap(),
        r#"{"first":1,"maybe":null,"later":null}"#
    );
}

#[test]
fn a_present_null_is_told_from_an_absent_extension() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        first: u8,
        maybe: Option<u8>,
        later: BinaryExtension<Option<u8>>,
        last: BinaryExtension<u8>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Around {
        #[serde(flatten)]
        row: Row,
    }
    let row = |later: Option<Option<u8>>, last: Option<u8>| Row {
        first: 1,
        maybe: None,
        later: later.into(),
        last: last.into(),
    };
    for (text, expected) in [
        (r#"{"first":1,"maybe":null}"#, row(None, None)),
        (
            r#"{"first":1,"maybe":null,"later":null}"#,
            row(Some(None), None),
        ),
        (
            r#"{"first":1,"maybe":null,"later":5}"#,
            row(Some(Some(5)), None),
        ),
        (
            r#"{"first":1,"maybe":null,"later":null,"last":6}"#,
            row(Some(None), Some(6)),
        ),
    ] {
        assert_eq!(json::from_str::<Row>(text).unwrap(), expected, "{text}");
        assert_eq!(json::to_string(&expected).unwrap(), text);
        let row = json::from_str::<Around>(text).unwrap().row;
        assert_eq!(row, expected, "{text}");
    }
    // Where `null` is no value, it is what plain `serde_json` writes for an absent one.
    let text = r#"{"first":1,"last":null}"#;
    assert_eq!(json::from_str::<Row>(text).unwrap(), row(None, None));
}

#[test]
fn a_list_for_a_struct_may_lack_its_last_extensions_and_nothing_else() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        first: u8,
        maybe: Option<u8>,
        later: BinaryExtension<Option<u8>>,
        last: BinaryExtension<u8>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer(Vec<Row>, u8);
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Either {
        Row(Row),
        Named {
            first: u8,
            last: BinaryExtension<u8>,
        },
    }
    let row = |later: Option<Option<u8>>, last: Option<u8>| Row {
        first: 1,
        maybe: None,
        later: later.into(),
        last: last.into(),
    };
    for (text, expected) in [
        ("[1,null]", row(None, None)),
        ("[1,null,null]", row(Some(None), None)),
        ("[1,null,5]", row(Some(Some(5)), None)),
        ("[1,null,5,6]", row(Some(Some(5)), Some(6))),
    ] {
        assert_eq!(json::from_str::<Row>(text).unwrap(), expected, "{text}");
        let outer: Outer = json::from_str(&format!("[[{text}],7]")).unwrap();
        assert_eq!(outer.0, [expected], "{text}");
    }
    for text in ["[]", "[1]", "[1,null,5,6,7]", "[1,null,[]]"] {
        assert!(json::from_str::<Row>(text).is_err(), "{text}");
    }
    let either: Either = json::from_str(r#"["row",[1,null]]"#).unwrap();
    assert_eq!(either, Either::Row(row(None, None)));
    let either: Either = json::from_str(r#"["named",[1]]"#).unwrap();
    let last = None.into();
    assert_eq!(either, Either::Named { first: 1, last });
    assert!(json::from_str::<(u8, BinaryExtension<u8>)>("[1]").is_err());
}

#[test]
fn texts_print_as_nodeos_prints_them() {
    let mut count = 0;
    for row in rows("prints.jsonl") {
        // What is no UTF-8 is no `String`.
        let text = match eos_abi::from_bytes::<String>(&unhex(text(&row, "hex"))) {
            Ok(text) if row["type"] == "string" => text,
            _ => continue,
        };
        let printed = row["printed"].as_str().unwrap();
        assert_eq!(json::to_string(&text).unwrap(), printed, "{row}");
        let shown = json::to_string(&format_args!("{text}")).unwrap();
        assert_eq!(shown, printed, "{row}");
        let key = json::to_string(&BTreeMap::from([(text.as_str(), 1)])).unwrap();
        assert_eq!(key, format!("{{{printed}:1}}"), "{row}");
        assert_eq!(json::from_str::<String>(printed).unwrap(), text, "{row}");
        count += 1;
    }
    assert_eq!(count, 67);
}

#[test]
fn a_plain_value_is_read_as_it_stands() {
    let value: serde_json::Value = json::from_str(r#"{"a": ["5", 5, 0.5, true]}"#).unwrap();
    assert_eq!(value, serde_json::json!({"a": ["5", 5, 0.5, true]}));
}

#[test]
fn enums_want_a_name_or_a_pair() {
    for text in [
        r#"["number"]"#,
        r#"["number", 1, 2]"#,
        "[]",
        r#"["other", 1]"#,
        "7",
        r#"{"number": 1}"#,
    ] {
        assert!(json::from_str::<Shape>(text).is_err(), "{text}");
    }
}

#[test]
fn errors_say_where() {
    let error = json::from_str::<Everything>("{\n\"flag\": 2}").unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(error.to_string(), "cannot read the JSON value");
    assert!(cause.contains("line 2"), "{cause}");
    assert!(json::from_str::<u8>("1 2").is_err());
}

#[test]
fn errors_repeat_the_number_that_is_wrong() {
    fn cause<T: serde::de::DeserializeOwned>(text: &str) -> String {
        let error = json::from_str::<T>(text).err().unwrap();
        std::error::Error::source(&error).unwrap().to_string()
    }
    assert_eq!(
        cause::<f64>("1e400"),
        "\"1e400\" is not a float: it is out of the type's range"
    );
    assert_eq!(
        cause::<f32>("\"1,5\""),
        "\"1,5\" is not a float: it must be a decimal number, nan or inf"
    );
    let plain = "it must be digits alone, without a plus sign, a fraction or a needless zero";
    assert_eq!(
        cause::<u128>("1.5"),
        format!("\"1.5\" is not an integer: {plain}")
    );
    assert_eq!(
        cause::<u64>("\"007\""),
        format!("\"007\" is not an integer: {plain} at line 1 column 5")
    );
}

proptest! {
    #[test]
    fn numbers_read_back(unsigned: u64, signed: i64, huge: u128, deep: i128, double: f64, single: f32) {
        let text = json::to_string(&(unsigned, signed, huge, deep)).unwrap();
        prop_assert_eq!(json::from_str::<(u64, i64, u128, i128)>(&text).unwrap(), (unsigned, signed, huge, deep));
        let read: f64 = json::from_str(&json::to_string(&double).unwrap()).unwrap();
        prop_assert_eq!(read.to_bits(), double.to_bits());
        let read: f32 = json::from_str(&json::to_string(&single).unwrap()).unwrap();
        prop_assert_eq!(read.to_bits(), single.to_bits());
        prop_assert_eq!(json::from_str::<f64>(&format!("{double:e}")).unwrap().to_bits(), double.to_bits());
    }

    #[test]
    fn strange_texts_never_panic(text in ".{0,60}") {
        let _ = json::from_str::<Everything>(&text);
    }
}
