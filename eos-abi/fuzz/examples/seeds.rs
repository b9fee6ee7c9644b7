//! Writes the committed corpus anew, from the test vectors and by hand: `cargo run --example seeds`.

use std::{collections::HashSet, fs, path::Path};

use eos_abi::{
    Abi, Bytes, Compression, Name, PackedTransaction, Schema, SignedBlock, SignedTransaction, json,
    to_bytes,
};
use eos_abi_fuzz::{input, typed::TYPES};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// The longest ABI that is a seed: what is in the longer ones is in these.
const LONGEST_ABI: usize = 4500;

/// The longest input of a type, definitions and a value that is a seed.
const LONGEST_INPUT: usize = 1500;

/// Types that no ABI among the vectors has, with values.
const BY_HAND: [(&str, &str, &str); 17] = [
    ("e[]", "", "[]"),
    ("n[3][]", "alias n name", r#"[["a","b","c"]]"#),
    ("o[]", "alias o uint8?", "[null,1]"),
    (
        "b",
        "struct a - x uint8\nstruct b a y uint8",
        r#"{"y":2,"x":1}"#,
    ),
    (
        "b",
        "struct a - x uint8\nalias c a\nstruct b c y uint8$",
        r#"{"x":1}"#,
    ),
    (
        "x",
        "struct x - a bool b uint8?$ c string$",
        r#"{"a":1,"b":null,"c":"é"}"#,
    ),
    (
        "x",
        "struct x - a bool b uint8?$ c string$",
        r#"{"a":true}"#,
    ),
    (
        "x[2]",
        "struct x - a bool b x?$",
        r#"[{"a":0,"b":{"a":0,"b":null}},{"a":1}]"#,
    ),
    (
        "list",
        "struct list - n list[]",
        r#"{"n":[{"n":[]},{"n":[{"n":[]}]}]}"#,
    ),
    (
        "v",
        "variant v uint8 v string[]",
        r#"["v",["string[]",["a","\n"]]]"#,
    ),
    (
        "v?[]",
        "variant v uint8 asset?",
        r#"[["uint8",1],null,["asset?","1.0 A"]]"#,
    ),
    (
        "s",
        "struct s - f float32 d float64",
        r#"{"d":"-nan","f":1.5e-3}"#,
    ),
    (
        "s",
        "struct s - i int128 u uint128",
        r#"[-1,"340282366920938463463374607431768211455"]"#,
    ),
    ("float128?", "", r#""0x0000000000000000000000000000ff3f""#),
    ("bitset[]", "", r#"["","1","0100000001"]"#),
    ("extended_asset", "", r#"{"contract":"a","quantity":"0 "}"#),
    (
        "t",
        "struct t - p time_point s time_point_sec b block_timestamp_type",
        r#"["2018-06-15T19:17:47.123456","2106-02-07T06:28:15","2018-06-15T19:17:47.500"]"#,
    ),
];

/// What nodeos takes although it is no strict form.
const LENIENT: [(&str, &str); 8] = [
    ("uint8", "\"007\""),
    ("int64", "-0"),
    ("int8", "7.0"),
    ("bool", "200"),
    ("string", "true"),
    ("asset", "\" 1.0  SYS \""),
    ("symbol", "\" 4,A\""),
    (
        "extended_asset",
        r#"{"quantity":"1 A","contract":"","more":[{}]}"#,
    ),
];

fn main() {
    abis();
    schemas();
    values();
    transactions();
    blocks();
}

fn abis() {
    let mut texts: Vec<String> = files("abis")
        .into_iter()
        .filter(|text| text.len() <= LONGEST_ABI)
        .collect();
    let mut packed: Vec<Vec<u8>> = texts
        .iter()
        .filter_map(|text| Abi::from_json(text).ok()?.to_bytes().ok())
        .collect();
    for row in rows("edge_abis.jsonl") {
        if let Some(json) = row["json"].as_str() {
            texts.push(json.to_owned());
        }
        if let Some(hex) = row["hex"].as_str() {
            packed.push(unhex(hex));
        }
    }
    texts.extend(["{}", "", "null", "[]"].map(str::to_owned));
    let (last, head) = packed[0].split_last().expect("it has a version");
    packed.extend([head.to_vec(), [head, &[*last, 0]].concat(), vec![]]);
    write("abi_text", &bytes(&texts));
    write("abi_packed", &packed);
}

fn schemas() {
    let mut texts = Vec::new();
    let mut packed = Vec::new();
    let mut add = |ty: &str, abi: &Abi, json: &str, hex: Option<&str>| {
        texts.push(input::write(ty, abi, json.as_bytes()));
        let bytes = match hex {
            Some(hex) => Some(unhex(hex)),
            None => Schema::compile(abi)
                .ok()
                .and_then(|schema| schema.type_to_bin(ty, json).ok()),
        };
        packed.extend(bytes.map(|bytes| input::write(ty, abi, &bytes)));
    };
    let mut known = HashSet::new();
    for row in rows("actions.jsonl") {
        let action: Name = text(&row, "action").parse().expect("a name");
        let file = text(&row, "abi");
        if known.insert((file.to_owned(), action)) {
            let abi = Abi::from_json(&read(&format!("abis/{file}"))).expect("an ABI");
            let definition = abi.actions.iter().find(|it| it.name == action);
            let ty = definition.expect("the ABI has the action").ty.clone();
            add(&ty, &abi, &row["args"].to_string(), Some(text(&row, "hex")));
        }
    }
    for row in rows("edge_values.jsonl") {
        let file = format!("abis/abieos-{}.json", text(&row, "abi"));
        let abi = Abi::from_json(&read(&file)).expect("an ABI");
        match row["hex"].as_str() {
            Some(hex) => add(text(&row, "type"), &abi, "", Some(hex)),
            None => add(text(&row, "type"), &abi, text(&row, "json"), None),
        }
    }
    for (ty, definitions, json) in BY_HAND {
        let input = [ty, "\n", definitions, "\n\n", json].concat();
        let parsed = input::Input::parse(input.as_bytes()).expect("its parts");
        let bytes = parsed
            .schema()
            .and_then(|schema| schema.type_to_bin(ty, json).ok());
        packed.extend(bytes.map(|bytes| {
            [
                ty.as_bytes(),
                b"\n",
                definitions.as_bytes(),
                b"\n\n",
                &bytes,
            ]
            .concat()
        }));
        texts.push(input.into_bytes());
    }
    for (ty, json) in LENIENT {
        texts.push(input::write(ty, &Abi::default(), json.as_bytes()));
    }
    for (ty, hex) in [
        ("bool", "02"),
        ("string?", "ff0161"),
        ("uint8[]", "8180800001"),
        ("int8", "0102"),
    ] {
        packed.push(input::write(ty, &Abi::default(), &unhex(hex)));
    }
    for inputs in [&mut texts, &mut packed] {
        inputs.retain(|input| input.len() <= LONGEST_INPUT);
    }
    write("schema_text", &texts);
    write("schema_packed", &packed);
}

fn values() {
    let schema = Schema::compile(&Abi::default()).expect("it defines nothing");
    let mut texts = Vec::new();
    let mut packed = Vec::new();
    let mut add = |ty: &str, json: Option<&str>, hex: Option<&str>| {
        let Some(selector) = (0_u8..).zip(TYPES).find(|(_, it)| *it == ty) else {
            return;
        };
        let selector = [selector.0];
        texts.extend(json.map(|json| [&selector, json.as_bytes()].concat()));
        let from_json = || schema.type_to_bin(ty, json?).ok();
        let bytes = hex.map(unhex).or_else(from_json);
        packed.extend(bytes.map(|bytes| [&selector[..], &bytes].concat()));
    };
    for row in rows("edge_values.jsonl") {
        add(
            text(&row, "type"),
            row["json"].as_str(),
            row["hex"].as_str(),
        );
    }
    for (ty, _, json) in BY_HAND {
        add(ty, Some(json), None);
    }
    for (ty, json) in [
        ("bool", "false"),
        ("int16", "-32768"),
        ("uint16", "\"65535\""),
        ("int32", "-1"),
        ("uint32", "4294967295"),
        ("varint32", "-2147483648"),
        (
            "checksum160",
            "\"00112233445566778899aabbccddeeff00112233\"",
        ),
        ("name[]", "[\"a\",\"\"]"),
        ("asset?", "\"-1.00 USD\""),
        ("int64[]?", "[1,\"-9223372036854775808\"]"),
        ("uint16[3][]", "[[1,2,3]]"),
        ("string[2]", "[\"\",\"a\"]"),
        ("bool?[]", "[null,1]"),
        ("float128", "\"0x0000000000000000000000000000ff3f\""),
        ("bitset", "\"0100000001\""),
    ] {
        add(ty, Some(json), None);
    }
    let keys = include_str!("../../../eos-keys/tests/vectors/keys.jsonl");
    for row in lines(keys).iter().take(6) {
        for member in ["pub_new", "pub_legacy"] {
            add("public_key", Some(&row[member].to_string()), None);
        }
    }
    let signatures = include_str!("../../../eos-keys/tests/vectors/sigs.jsonl");
    for row in lines(signatures).iter().take(6) {
        add("signature", Some(&row["signature"].to_string()), None);
    }
    // Of a browser: the key of a site `a`, and a signature with data and JSON.
    let (point, compact) = ("03".repeat(33), "1f".repeat(65));
    add("public_key", None, Some(&format!("02{point}010161")));
    add(
        "signature",
        None,
        Some(&format!("02{compact}0301020302{}", "7b7d")),
    );
    write("value_text", &texts);
    write("value_packed", &packed);
}

fn transactions() {
    /// The answers of cleos to one transaction.
    #[derive(Deserialize)]
    struct Row {
        packed: Box<RawValue>,
        unpacked: Box<RawValue>,
    }
    let mut texts = vec![read("packed_none.json"), read("packed_zlib.json")];
    for line in read("transactions.jsonl").lines() {
        let row: Row = serde_json::from_str(line).expect("a row");
        texts.extend([row.packed, row.unpacked].map(|json| json.get().to_owned()));
    }
    let mut packed = Vec::new();
    for text in &texts {
        if let Ok(transaction) = json::from_str::<PackedTransaction>(text) {
            packed.push(to_bytes(&transaction).expect("it is packed"));
            let mut signed = transaction.unpack().expect("a transaction");
            signed.context_free_data = vec![vec![1, 2].into(), Bytes::default()];
            let with_data = signed.pack(Compression::None).expect("it is packed");
            packed.push(to_bytes(&with_data).expect("it is packed"));
        }
        if let Ok(signed) = json::from_str::<SignedTransaction>(text) {
            packed.push(to_bytes(&signed).expect("it is packed"));
        }
    }
    packed.retain(|input| input.len() <= LONGEST_INPUT);
    packed.sort();
    packed.dedup();
    texts.retain(|text| text.len() <= 2 * LONGEST_INPUT);
    write("transaction_text", &bytes(&texts));
    write("transaction_packed", &packed);
}

fn blocks() {
    /// A recorded exchange with a node.
    #[derive(Deserialize)]
    struct Exchange {
        response: Box<RawValue>,
    }
    let texts: Vec<String> = ["get_raw_block", "get_block", "get_block_1"]
        .map(|name| {
            let text = read(&format!("nodeos/{name}.json"));
            let exchange: Exchange = serde_json::from_str(&text).expect("an exchange");
            exchange.response.get().to_owned()
        })
        .into();
    let mut packed = Vec::new();
    for text in &texts {
        let block: SignedBlock = json::from_str(text).expect("a block");
        packed.push(to_bytes(&block).expect("it is packed"));
        packed.push(to_bytes(&block.signed_header).expect("it is packed"));
        packed.push(to_bytes(block.header()).expect("it is packed"));
    }
    write("block_text", &bytes(&texts));
    write("block_packed", &packed);
}

fn write(target: &str, inputs: &[Vec<u8>]) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    drop(fs::remove_dir_all(&directory));
    fs::create_dir_all(&directory).expect("the corpus can be written");
    for (at, input) in inputs.iter().enumerate() {
        fs::write(directory.join(format!("{at:03}")), input).expect("the corpus can be written");
    }
}

fn vectors(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(vectors(name)).expect("a vector")
}

/// Returns the texts of a directory's files, in the order of their names.
fn files(directory: &str) -> Vec<String> {
    let entries = fs::read_dir(vectors(directory)).expect("a directory of vectors");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read_to_string(path).expect("a vector"))
        .collect()
}

fn rows(name: &str) -> Vec<Value> {
    lines(&read(name))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}

fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().expect("a text")
}

fn unhex(digits: &str) -> Vec<u8> {
    digits.parse::<Bytes>().expect("hex").into_vec()
}

fn bytes(texts: &[String]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
