//! Source made of ABIs: that it is what was committed, and that what was committed does what the ABI says.

#[expect(unreachable_pub, reason = "the module is as the generator writes it")]
mod all_types;
#[expect(
    clippy::enum_variant_names,
    clippy::use_self,
    dead_code,
    unreachable_pub,
    reason = "the module is as the generator writes it"
)]
mod tricky;

use std::collections::BTreeMap;
use std::fmt::Debug;

use eos_abi::codegen::{Error, Generator};
use eos_abi::{Abi, ActionData, ActionReturn, Name, Schema, TableRow, from_bytes, json, to_bytes};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::support::{rows, text, unhex, vector_path, vector_text};

fn abi(file: &str) -> Abi {
    Abi::from_json(&vector_text(&format!("abis/{file}"))).unwrap()
}

/// An ABI that has everything that is difficult.
fn tricky() -> Abi {
    Abi::from_json(include_str!("codegen/tricky.abi")).unwrap()
}

/// An ABI of these sections.
fn small(sections: &str) -> Abi {
    Abi::from_json(&format!(r#"{{"version":"eosio::abi/1.2",{sections}}}"#)).unwrap()
}

fn error(sections: &str) -> Error {
    Generator::new().generate(&small(sections)).unwrap_err()
}

fn generated(sections: &str) -> String {
    Generator::new().generate(&small(sections)).unwrap()
}

/// The files that were committed are what comes out, whatever the order of hash tables. They are modules of these
/// tests, so that rustfmt sees them too. To make them anew, at the root:
///
/// ```sh
/// for abi in vectors/abis/all_types it/codegen/tricky; do
///     cargo run -p examples --bin abi2rs -- eos-abi/tests/$abi.abi --out eos-abi/tests/it/codegen/${abi##*/}.rs
/// done
/// ```
#[test]
fn committed_modules_are_what_comes_out() {
    for (abi, committed) in [
        (abi("all_types.abi"), include_str!("codegen/all_types.rs")),
        (tricky(), include_str!("codegen/tricky.rs")),
    ] {
        for _ in 0..3 {
            let source = Generator::new().generate(&abi).unwrap();
            assert!(source == committed, "{source}");
        }
    }
}

#[test]
fn contracts_are_what_comes_out() {
    for (name, committed) in [
        ("bios", include_str!("../../src/contracts/bios.rs")),
        ("msig", include_str!("../../src/contracts/msig.rs")),
        ("system", include_str!("../../src/contracts/system.rs")),
        ("token", include_str!("../../src/contracts/token.rs")),
        ("wrap", include_str!("../../src/contracts/wrap.rs")),
    ] {
        let generator = Generator::new()
            .crate_path("crate")
            .module_doc(format!("Types of `eosio.{name}`."));
        let source = generator
            .generate(&abi(&format!("wheel_eosio.{name}.abi")))
            .unwrap();
        assert!(
            source == committed,
            "{name} is to be made anew, see src/contracts.rs"
        );
    }
}

#[test]
fn every_real_abi_has_source_or_a_reason() {
    let mut failures = BTreeMap::new();
    let mut count = 0;
    for entry in std::fs::read_dir(vector_path("abis")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        count += 1;
        match Generator::new().generate(&abi(&file)) {
            Ok(source) => {
                let types = abi(&file).structs.len();
                assert!(source.len() > 50 * types.min(3), "{file}:\n{source}");
            }
            Err(Error::Abi(reason)) => {
                failures.insert(file, reason.to_string());
            }
            Err(error) => panic!("{file}: {error}"),
        }
    }
    assert_eq!(count, 44);
    let failures: Vec<_> = failures.into_iter().collect();
    assert_eq!(
        failures,
        [(
            "spring-eosio.token.bad.json".to_owned(),
            "type \"global\" of table \"global\" is unknown".to_owned()
        )]
    );
}

/// Compares a type with what the schema does: bytes and JSON, both ways.
fn same<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    schema: &Schema,
    ty: &str,
    input: &str,
) {
    let bytes = schema.type_to_bin(ty, input).unwrap();
    let typed: T = from_bytes(&bytes).unwrap();
    assert_eq!(to_bytes(&typed).unwrap(), bytes, "{ty} {input}");
    let output = schema.type_to_json(ty, &bytes).unwrap();
    assert_eq!(json::to_string(&typed).unwrap(), output, "{ty} {input}");
    assert_eq!(json::from_str::<T>(&output).unwrap(), typed, "{ty} {input}");
    assert_eq!(json::from_str::<T>(input).unwrap(), typed, "{ty} {input}");
}

#[test]
fn tricky_types_are_what_the_schema_says() {
    use tricky::{
        Action, Args, Arrays, BuyAction, Derived, Empty, Floats, Keywords, Link, ListOfNames,
        Longer, Node, Prelude, RowsV, SayAction, Shape, Templates, TreeRow,
    };

    let schema = Schema::compile(&tricky()).unwrap();
    let forty = format!("[{}]", ["7"; 40].join(","));
    let pairs = format!("[{}]", [r#"[null,"x"]"#; 33].join(","));
    let arrays = format!(
        r#"{{"small":[1,2,3],"large":{forty},"none":[],"nested":[[],["a","b"]],"fixed_of_lists":[[],[9]],
            "lists_of_fixed":[[1,2]],"fixed_of_fixed":{pairs},"optional_list":[{{}},{{}}]}}"#
    );
    same::<Arrays>(&schema, "arrays", &arrays);
    let derived = r#"{"id":"5000000000","type":"alice","selfName":"me","ownerID":3"#;
    for rest in [
        "",
        r#","extra":"e""#,
        r#","extra":"e","more":8"#,
        r#","extra":"e","more":8,"last":["uint8",1]"#,
    ] {
        same::<Derived>(&schema, "derived", &format!("{derived}{rest}}}"));
    }
    let keywords = r#"{"self":1,"crate":2,"super":3,"async":4,"gen":5,"match":6,"camelCase":7,"HTTPPort":8,
        "_hidden":9,"a__b":10,"with.dot":11}"#;
    same::<Keywords>(&schema, "keywords", keywords);
    let templates = r#"{"a":{"first":1,"second":"x"},"b":[{"key":"bob","value":"1.0 A"}],"c":{"v":[]},"d":{"k":""}}"#;
    same::<Templates>(&schema, "templates", templates);
    let prelude = r#"{"string":{"text":"t"},"option":{"some":null},"vec":[{"list":[1]}],
        "box":{"inner":{"inner":null}},"name":{"name":"n"},"key":null}"#;
    same::<Prelude>(&schema, "prelude", prelude);
    same::<Empty>(&schema, "empty", "{}");
    same::<Floats>(
        &schema,
        "floats",
        r#"{"single":"0.1","inside":[{"double":"1e300"},{"double":null}]}"#,
    );
    same::<Node>(
        &schema,
        "node",
        r#"{"value":1,"next":{"value":2,"next":null,"children":[]},"children":[{"value":3,"next":null,"children":[]}]}"#,
    );
    same::<TreeRow>(
        &schema,
        "tree_row",
        r#"{"id":1,"tree":["branch",{"left":["uint64",7],"right":["tree",["uint64","18446744073709551615"]]}]}"#,
    );
    for longer in [
        r#"{"head":1}"#,
        r#"{"head":1,"tail":{"head":2,"tail":{"head":3}}}"#,
    ] {
        same::<Longer>(&schema, "longer", longer);
    }
    same::<Link>(
        &schema,
        "link",
        r#"{"to":{"to":null,"label":"b"},"label":"a"}"#,
    );
    for shape in [
        r#"["uint8",200]"#,
        r#"["string","s"]"#,
        r#"["empty",{}]"#,
        r#"["names",["a"]]"#,
        r#"["uint8[]",[1,2]]"#,
        r#"["node?",null]"#,
        r#"["node?",{"value":0,"next":null,"children":[]}]"#,
        r#"["pair<name,asset>",{"key":"","value":"-1 A"}]"#,
        r#"["Name",{"name":"x"}]"#,
        r#"["u16_pair[2]",[[1,2],[3,4]]]"#,
    ] {
        same::<Shape>(&schema, "shape", shape);
        same::<Args>(
            &schema,
            "args",
            &format!(r#"{{"shape":{shape},"shapes":[{shape},{shape}],"maybe":{shape}}}"#),
        );
    }
    same::<Action>(
        &schema,
        "action",
        r#"{"what":"w","by":{"actor":"alice","permission":"active"}}"#,
    );
    same::<BuyAction>(&schema, "order", r#"{"from":"a","quantity":"1 A"}"#);
    same::<SayAction>(&schema, "string", r#""hi""#);
    same::<RowsV>(&schema, "rows_v", r#"["hello",{"to":"bob"}]"#);
    same::<ListOfNames>(&schema, "list_of_names", r#"[["a"],[]]"#);
}

#[test]
fn actions_and_tables_are_known_by_their_names() {
    use tricky::{
        BuyAction, Derived, GreetAction, Node, OldordersRow, Order, RowsV, SayAction, SellAction,
        Shape, ShoutAction,
    };

    fn action<T: ActionData>() -> String {
        T::NAME.to_string()
    }
    fn table<T: TableRow>() -> String {
        T::TABLE.to_string()
    }
    assert_eq!(action::<Derived>(), "derive"); // the only action of its struct
    assert_eq!(action::<Order>(), "order"); // the namesake among three
    assert_eq!(action::<BuyAction>(), "buy");
    assert_eq!(action::<SellAction>(), "sell");
    assert_eq!(action::<GreetAction>(), "greet"); // two, and neither is named like it
    assert_eq!(action::<ShoutAction>(), "shout");
    assert_eq!(action::<SayAction>(), "say"); // not a struct
    assert_eq!(action::<Shape>(), "choose"); // a variant
    assert_eq!(
        (action::<Node>(), table::<Node>()),
        ("grow".into(), "nodes".into())
    );
    assert_eq!(table::<OldordersRow>(), "oldorders");
    assert_eq!(table::<RowsV>(), "versions");
    assert_eq!(
        BuyAction::return_value(&[7, 0, 0, 0, 0, 0, 0, 0]).unwrap(),
        7
    );
    assert_eq!(Node::return_value(&[0]).unwrap(), []);
    assert!(BuyAction::return_value(&[7]).is_err());
}

/// Compares an action's type with the schema's and cleos' answer.
fn check<T: ActionData + Serialize + DeserializeOwned>(row: &serde_json::Value) {
    let schema = Schema::compile(&abi(text(row, "abi"))).unwrap();
    let bytes = unhex(text(row, "hex"));
    let typed: T = from_bytes(&bytes).unwrap();
    assert_eq!(to_bytes(&typed).unwrap(), bytes, "{row}");
    let dynamic = schema.action_to_json(T::NAME, &bytes).unwrap();
    assert_eq!(json::to_string(&typed).unwrap(), dynamic, "{row}");
    // Not the values: a NaN is not equal to itself.
    let read = json::from_str::<T>(&dynamic).unwrap();
    assert_eq!(to_bytes(&read).unwrap(), bytes, "{row}");
}

#[test]
fn cleos_values_of_all_types_go_through_the_generated_ones() {
    use all_types::{
        Derived, Talias, Tarr, Tasset, Tbig, Tbinext, Tbool, Tbytes, Text, Tfloat, Thash, Tints,
        Tname, Topt, Tpubkey, Tquad, Tsig, Tstr, Tsym, Ttime, Tvar, Tvariant,
    };

    let mut count = 0;
    for row in rows("actions.jsonl") {
        if text(&row, "abi") != "all_types.abi" {
            continue;
        }
        count += 1;
        match text(&row, "action") {
            "derived" => check::<Derived>(&row),
            "tarr" => check::<Tarr>(&row),
            "tasset" => check::<Tasset>(&row),
            "tbig" => check::<Tbig>(&row),
            "tbinext" => check::<Tbinext>(&row),
            "tbytes" => check::<Tbytes>(&row),
            "text" => check::<Text>(&row),
            "tfloat" => check::<Tfloat>(&row),
            "thash" => check::<Thash>(&row),
            "tints" => check::<Tints>(&row),
            "tname" => check::<Tname>(&row),
            "topt" => check::<Topt>(&row),
            "tpubkey" => check::<Tpubkey>(&row),
            "tsig" => check::<Tsig>(&row),
            "tstr" => check::<Tstr>(&row),
            "tsym" => check::<Tsym>(&row),
            "ttime" => check::<Ttime>(&row),
            "tvar" => check::<Tvar>(&row),
            "tvariant" => check::<Tvariant>(&row),
            other => panic!("{other} is not compared"),
        }
    }
    assert_eq!(count, 32);
    let schema = Schema::compile(&abi("all_types.abi")).unwrap();
    same::<Tbool>(&schema, "tbool", r#"{"v":1}"#);
    same::<Talias>(&schema, "talias", r#"{"v":"alice"}"#);
    same::<Tquad>(
        &schema,
        "tquad",
        r#"{"q":"0x000102030405060708090a0b0c0d0e0f"}"#,
    );
}

#[test]
fn traits_are_derived_where_they_hold() {
    fn full<T: Eq + std::hash::Hash + Default>() {}
    fn eq<T: Eq + std::hash::Hash>() {}
    fn default<T: Default>() {}
    full::<tricky::Arrays>();
    full::<tricky::Node>();
    full::<tricky::Longer>();
    full::<tricky::Derived>(); // its variant may be absent
    eq::<tricky::Shape>();
    eq::<tricky::PublicKey>();
    default::<tricky::Floats>();
    let source = generated(
        r#""structs":[{"name":"a","fields":[{"name":"f","type":"b[]"}]},{"name":"b","fields":[{"name":"f","type":"a?"},
            {"name":"v","type":"v$"}]},{"name":"c","fields":[{"name":"v","type":"v[3]"}]}],
            "variants":[{"name":"v","types":["float32","string"]}]"#,
    );
    let derives: Vec<_> = source
        .lines()
        .filter(|line| line.starts_with("#[derive"))
        .collect();
    let without_eq =
        "#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]";
    let bare = "#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]";
    assert_eq!(derives, [without_eq, without_eq, bare, bare]);
}

#[test]
fn a_selection_brings_what_it_is_made_of_and_nothing_else() {
    let source = |generator: Generator| generator.generate(&tricky()).unwrap();
    let types = |source: &str| -> Vec<String> {
        let lines = source.lines().filter_map(|line| line.strip_prefix("pub "));
        let names = lines.filter_map(|line| line.split([' ', '(']).nth(1));
        names.map(ToOwned::to_owned).collect()
    };
    let link = Generator::new().actions([Name::from_static("link")]);
    assert_eq!(types(&source(link.clone())), ["MaybeLink", "Link"]);
    let both = link.tables([Name::from_static("trees")]);
    assert_eq!(
        types(&source(both)),
        ["MaybeLink", "Branch", "TreeRow", "Link", "Tree"]
    );
    let rows = Generator::new().tables([Name::from_static("orders")]);
    let rows = source(rows);
    assert_eq!(types(&rows), ["Order", "OrdersRow"]);
    assert!(!rows.contains("ActionData"), "{rows}");
    let results = Generator::new().actions([Name::from_static("buy"), Name::from_static("grow")]);
    assert_eq!(types(&source(results)), ["Node", "Order", "BuyAction"]);
}

#[test]
fn the_chains_own_types_are_taken_only_where_they_are_the_same() {
    let level = r#"{"name":"permission_level","fields":[{"name":"actor","type":"name"},{"name":"permission","type":"name"}]}"#;
    let action = r#"{"name":"action","fields":[{"name":"account","type":"name"},{"name":"name","type":"name"},
        {"name":"authorization","type":"permission_level[]"},{"name":"data","type":"bytes"}]}"#;
    let user = r#"{"name":"user","fields":[{"name":"a","type":"action"}]}"#;
    let same = generated(&format!(r#""structs":[{level},{action},{user}]"#));
    assert!(same.contains("use eos_abi::Action;"), "{same}");
    assert!(
        !same.contains("pub struct Action") && !same.contains("PermissionLevel"),
        "{same}"
    );
    // What it is made of is another thing: so is the action.
    let level = level.replace(
        "permission\",\"type\":\"name",
        "permission\",\"type\":\"string",
    );
    let other = generated(&format!(r#""structs":[{level},{action},{user}]"#));
    assert!(other.contains("pub struct Action {"), "{other}");
    assert!(other.contains("pub struct PermissionLevel {"), "{other}");
}

#[test]
fn types_can_be_renamed_and_taken_from_elsewhere() {
    let abi = small(
        r#""structs":[{"name":"a","fields":[{"name":"x","type":"b"},{"name":"1st","type":"v"}]},
            {"name":"b","fields":[{"name":"y","type":"c"}]},{"name":"c","fields":[]}],
            "variants":[{"name":"v","types":["uint8","c"]}]"#,
    );
    let generator = Generator::new()
        .rename_type("a", "First")
        .rename_field("a", "1st", "first")
        .rename_field("v", "uint8", "Small")
        .extern_type("b", "super::other::B");
    let source = generator.generate(&abi).unwrap();
    assert!(
        source.contains(
            "pub struct First {\n    pub x: super::other::B,\n    #[serde(rename = \"1st\")]\n    pub first: V,\n}"
        ),
        "{source}"
    );
    assert!(
        source.contains("    #[serde(rename = \"uint8\")]\n    Small(u8),\n"),
        "{source}"
    );
    assert!(!source.contains("pub struct B"), "{source}");
    assert!(source.contains("pub struct C {}"), "{source}");
}

#[test]
fn hostile_names_stay_inside_their_quotes() {
    let source = generated(
        r#""structs":[{"name":"a`\" */ b","fields":[{"name":"x\")] y","type":"uint8"},{"name":"back\\slash","type":"uint8"}]}]"#,
    );
    assert!(source.contains("/// The struct `a'\" */ b`.\n"), "{source}");
    assert!(
        source.contains("    #[serde(rename = \"x\\\")] y\")]\n    pub x_y: u8,\n"),
        "{source}"
    );
    assert!(source.contains("rename = \"back\\\\slash\""), "{source}");
}

#[test]
fn actions_and_tables_may_begin_with_a_digit() {
    let source = generated(
        r#""actions":[{"name":"1a","type":"string"}],"tables":[{"name":"2b","type":"string"},{"name":"","type":"name"}]"#,
    );
    assert!(
        source.contains("pub struct Action1a(pub String);"),
        "{source}"
    );
    assert!(source.contains("pub struct Row2b(pub String);"), "{source}");
    assert!(source.contains("pub struct Row(pub Name);"), "{source}");
}

#[test]
fn module_docs_stand_on_top() {
    let generator = Generator::new().module_doc("One.\n\nTwo.  ");
    let source = generator.generate(&small(r#""structs":[]"#)).unwrap();
    assert_eq!(
        source,
        "//! One.\n//!\n//! Two.\n\n// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.\n"
    );
}

#[test]
fn errors_say_where() {
    let one = |name: &str| format!(r#"{{"name":"{name}","fields":[]}}"#);
    let holder = |ty: &str| format!(r#"{{"name":"s","fields":[{{"name":"f","type":"{ty}"}}]}}"#);
    let told = |sections: String| {
        let error = error(&sections);
        let source =
            std::error::Error::source(&error).map_or(String::new(), |source| format!(": {source}"));
        format!("{error}{source}")
    };
    let structs = |list: &[String]| format!(r#""structs":[{}]"#, list.join(","));
    assert_eq!(
        told(structs(&[holder("what")])),
        "the ABI cannot be used: type \"what\" of field \"f\" of struct \"s\" is unknown"
    );
    assert_eq!(
        told(structs(&[holder("s")])),
        "the ABI cannot be used: struct \"s\" contains itself"
    );
    assert_eq!(
        told(structs(&[holder("private_key")])),
        "type \"private_key\" of struct \"s\" has no Rust form"
    );
    assert_eq!(
        told(structs(&[one("größe")])),
        "struct \"größe\" has a name that makes no Rust identifier; rename it"
    );
    assert_eq!(
        told(structs(&[one("")])),
        "struct \"\" has a name that makes no Rust identifier; rename it"
    );
    assert_eq!(
        told(structs(&[holder("uint8").replace("\"f\"", "\"9\"")])),
        "field \"9\" of struct \"s\" has a name that makes no Rust identifier; rename it"
    );
    assert_eq!(
        told(structs(&[one("a_b"), one("aB")])),
        "struct \"a_b\" and struct \"aB\" would both be called AB; rename one"
    );
    assert_eq!(
        told(r#""variants":[{"name":"v","types":["name","name[]","name"]}]"#.into()),
        "variant \"v\" has the type \"name\" twice, which its JSON does not tell apart"
    );
    assert_eq!(
        told(structs(&[holder("uint64[32][32][32][32]")])),
        "values of struct \"s\" take more than 65536 bytes without what is on the heap"
    );
    // On the heap there is room.
    assert!(
        generated(&structs(&[holder("uint64[33][33][33][4294967295]")])).contains("FixedArray<")
    );
}

#[test]
fn options_must_name_what_is_there() {
    let abi = tricky();
    let told = |generator: Generator| generator.generate(&abi).unwrap_err().to_string();
    let nobody = Name::from_static("nobody");
    let suffix = ", which the generator's options name";
    for (generator, item) in [
        (Generator::new().actions([nobody]), "action \"nobody\""),
        (Generator::new().tables([nobody]), "table \"nobody\""),
        (Generator::new().extern_type("x", "a::B"), "type \"x\""),
        (Generator::new().rename_type("x", "Y"), "type \"x\""),
        (
            Generator::new().rename_field("node", "x", "y"),
            "field \"x\" of type \"node\"",
        ),
    ] {
        assert_eq!(told(generator), format!("the ABI has no {item}{suffix}"));
    }
    let bad_path = Generator::new().crate_path("a; fn main() {}");
    assert_eq!(told(bad_path), "\"a; fn main() {}\" is not a Rust path");
    let bad_name = Generator::new().rename_type("node", "type");
    assert_eq!(told(bad_name), "\"type\" is not a Rust identifier");
}

#[test]
fn long_chains_of_types_do_not_fill_the_stack() {
    let chain = |link: &str| {
        let structs: Vec<_> = (0..2_500)
            .map(|at| {
                let next = (at + 1) % 2_500;
                format!(r#"{{"name":"s{at}","fields":[{{"name":"f","type":"s{next}{link}"}}]}}"#)
            })
            .collect();
        format!(r#""structs":[{}]"#, structs.join(","))
    };
    assert!(generated(&chain("?")).contains("pub f: Option<Box<S0>>,"));
    assert!(generated(&chain("[]")).contains("pub f: Vec<S0>,"));
}

#[test]
fn types_that_hold_themselves_end_at_the_limit() {
    use tricky::{Link, Longer, Node, TreeRow};

    fn told<T: DeserializeOwned + Debug>(bytes: &[u8]) -> String {
        from_bytes::<T>(bytes).unwrap_err().to_string()
    }
    let deep = "is nested more than 32 deep";
    let many = 1 << 20;
    assert!(told::<Longer>(&vec![1; many]).contains(deep));
    assert!(told::<Node>(&vec![1; many]).contains(deep));
    assert!(told::<Link>(&vec![1; many]).contains(deep));
    assert!(told::<TreeRow>(&vec![2; many]).contains(deep));
}

/// Bytes are a value for the type and for the schema, or for neither; and it is the same value.
fn agree<T: Serialize + DeserializeOwned>(
    schema: &Schema,
    ty: &str,
    bytes: &[u8],
) -> Result<(), TestCaseError> {
    let dynamic = schema.type_to_json(ty, bytes);
    // A schema counts structs for the depth too.
    if matches!(&dynamic, Err(error) if error.to_string().contains("is nested more than")) {
        return Ok(());
    }
    match from_bytes::<T>(bytes) {
        Ok(typed) => {
            prop_assert_eq!(to_bytes(&typed).unwrap(), bytes);
            prop_assert_eq!(json::to_string(&typed).unwrap(), dynamic.unwrap());
        }
        // A schema replaces what is not UTF-8.
        Err(error) if error.to_string().contains("is not UTF-8") => {}
        Err(error) => prop_assert!(dynamic.is_err(), "{}: {} {:?}", ty, error, bytes),
    }
    Ok(())
}

proptest! {
    #[test]
    fn types_and_schema_take_the_same_bytes(
        bytes in proptest::collection::vec(prop_oneof![0_u8..4, any::<u8>()], 0..120),
    ) {
        let schema = Schema::compile(&tricky()).unwrap();
        agree::<tricky::Args>(&schema, "args", &bytes)?;
        agree::<tricky::Arrays>(&schema, "arrays", &bytes)?;
        agree::<tricky::Derived>(&schema, "derived", &bytes)?;
        agree::<tricky::Link>(&schema, "link", &bytes)?;
        agree::<tricky::Longer>(&schema, "longer", &bytes)?;
        agree::<tricky::Node>(&schema, "node", &bytes)?;
        agree::<tricky::Prelude>(&schema, "prelude", &bytes)?;
        agree::<tricky::Shape>(&schema, "shape", &bytes)?;
        agree::<tricky::Templates>(&schema, "templates", &bytes)?;
        agree::<tricky::TreeRow>(&schema, "tree_row", &bytes)?;
    }

    #[test]
    fn any_abi_gives_source_or_an_error(
        names in proptest::collection::vec("[a-zA-Z0-9_.<>:,\" \\\\äπ\n-]{0,6}", 1..6),
        types in proptest::collection::vec((0_usize..12, "(\\[\\]|\\?|\\$|\\[[0-9]{1,2}\\])?"), 6),
    ) {
        let builtin = ["uint8", "name", "string", "float64", "public_key", "asset"];
        let ty = |at: usize| {
            let (pick, mark) = &types[at % types.len()];
            let name = names.get(*pick).map_or(builtin[pick % builtin.len()], |name| name.as_str());
            format!("{name}{mark}")
        };
        let structs: Vec<_> = (0..).zip(&names).map(|(at, name)| serde_json::json!({
            "name": name,
            "fields": [{ "name": names[(at + 1) % names.len()], "type": ty(at) }, { "name": "f", "type": ty(at + 1) }],
        })).collect();
        let abi = serde_json::json!({
            "version": "eosio::abi/1.2",
            "structs": structs,
            "variants": [{ "name": "v", "types": [ty(3), ty(4)] }],
            "actions": [{ "name": "act", "type": ty(5) }],
        });
        let abi = Abi::from_json(&abi.to_string()).unwrap();
        if let Ok(source) = Generator::new().generate(&abi) {
            prop_assert!(source.contains("impl ActionData for "), "{}", source);
            prop_assert_eq!(Generator::new().generate(&abi).unwrap(), source);
        }
    }
}
