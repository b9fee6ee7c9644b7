//! Made ABIs, values and damaged values through both codecs. What differs must be exactly what the README lists.

#[path = "../../tests/it/generated/shapes.rs"]
mod shapes;

use std::collections::{BTreeMap, BTreeSet};

use eos_abi::{Abi, Schema};
use proptest::{strategy::Strategy, strategy::ValueTree, test_runner::TestRunner};
use rs_abieos::AbiHandle;
use serde_json::Value;
use shapes::{Definitions, Dice, Forms, LEAVES, Shape, shape};

/// The list of differences.
const LISTED: &str = include_str!("../README.md");

/// Texts that are no value, or one that is seldom.
const EDGES: &str = include_str!("../../tests/vectors/edge_values.jsonl");

/// Further ones.
const ODD: [&str; 14] = [
    "null", "false", "[]", "{}", "\"\"", "\"0\"", "\"-0\"", "\"+1\"", "\"01\"", "1.5", "-1",
    "\"1e3\"", "\"00\"", "\"zz\"",
];

/// Where and how the codecs differ: the first two cells of a row, and an example.
#[derive(Default)]
struct Differences(BTreeMap<(String, &'static str), String>);

impl Differences {
    fn note(&mut self, place: String, how: &'static str, example: impl FnOnce() -> String) {
        self.0.entry((place, how)).or_insert_with(example);
    }
}

const ONLY_WE: &str = "only eos-abi takes it";
const ONLY_THEY: &str = "only rs_abieos takes it";
const OTHER: &str = "they differ";

/// Where bytes are left over.
const TOO_MANY: &str = "bytes behind a value";

/// A type of a schema, for both codecs.
struct Codecs {
    ty: String,
    ours: Schema,
    theirs: AbiHandle,
}

impl Codecs {
    /// Returns the codecs of a shape's type, or why there are none of `rs_abieos`.
    fn new(shape: &Shape) -> Result<Self, String> {
        let mut definitions = Definitions::default();
        let ty = definitions.define(shape);
        let abi = definitions.abi();
        let parsed = Abi::from_json(&abi).expect("an ABI");
        let ours = Schema::compile(&parsed).expect("a schema");
        let theirs = AbiHandle::from_json(&abi).map_err(|error| error.to_string())?;
        Ok(Self { ty, ours, theirs })
    }

    /// Has `rs_abieos` print a value, and both pack what it printed.
    fn check_value(&mut self, value: &Forms) -> Result<(), String> {
        let printed = self.theirs.bin_to_json(&self.ty, &value.bytes);
        let printed = printed.map_err(|error| error.to_string())?;
        let ours = self.ours.type_to_bin(&self.ty, &printed);
        let ours = ours.unwrap_or_else(|error| panic!("{}: {printed}: {error}", self.ty));
        assert_eq!(ours, value.bytes, "{}: {printed}", self.ty);
        let theirs = self.theirs.json_to_bin(&self.ty, &printed);
        let theirs = theirs.unwrap_or_else(|error| panic!("{}: {printed}: {error}", self.ty));
        assert_eq!(theirs, value.bytes, "{}: {printed}", self.ty);
        Ok(())
    }

    /// Has both pack JSON.
    fn check_text(&mut self, json: &str, differences: &mut Differences) {
        let ours = self.ours.type_to_bin(&self.ty, json).ok();
        let theirs = self.theirs.json_to_bin(&self.ty, json).ok();
        let how = match (&ours, &theirs) {
            (Some(_), None) => ONLY_WE,
            (None, Some(_)) => ONLY_THEY,
            _ if ours != theirs => OTHER,
            _ => return,
        };
        let example = || format!("{json}: {ours:02x?} and {theirs:02x?}");
        let is_integer = ["int", "uint", "varint", "varuint"]
            .iter()
            .any(|name| self.ty.trim_end_matches(|it: char| it.is_ascii_digit()) == *name);
        let what = if is_integer {
            "integers".to_owned()
        } else {
            format!("`{}`", self.ty)
        };
        differences.note(format!("JSON of {what}"), how, example);
    }

    /// Has both print a packed value with a byte too many.
    fn check_longer(&mut self, bytes: &[u8], differences: &mut Differences) {
        let longer = [bytes, &[0]].concat();
        let ours = self.ours.type_to_json(&self.ty, &longer);
        assert!(ours.is_err(), "{}: {longer:02x?}", self.ty);
        if self.theirs.bin_to_json(&self.ty, &longer).is_ok() {
            let example = || format!("{}: {longer:02x?}", self.ty);
            differences.note(TOO_MANY.to_owned(), ONLY_THEY, example);
        }
    }

    /// Has both print bytes. Each prints in its own way, so that we pack what they printed.
    fn check_bytes(&mut self, bytes: &[u8], differences: &mut Differences) {
        let ours = self.ours.type_to_json(&self.ty, bytes).ok();
        let theirs = self.theirs.bin_to_json(&self.ty, bytes).ok();
        let pack = |json: &str| self.ours.type_to_bin(&self.ty, json).ok();
        let how = match (&ours, &theirs) {
            (Some(_), None) => ONLY_WE,
            // It may have taken the front of them.
            (None, Some(theirs)) => match pack(theirs) {
                Some(front) if front.len() < bytes.len() && bytes.starts_with(&front) => {
                    return differences.note(TOO_MANY.to_owned(), ONLY_THEY, || self.ty.clone());
                }
                _ => ONLY_THEY,
            },
            (Some(ours), Some(theirs)) if pack(ours) != pack(theirs) => OTHER,
            _ => return,
        };
        let example = || format!("{bytes:02x?}: {ours:?} and {theirs:?}");
        differences.note(format!("bytes of `{}`", self.ty), how, example);
    }
}

#[test]
fn the_codecs_differ_where_the_list_says_and_nowhere_else() {
    let mut differences = Differences::default();
    made_values(&mut differences);
    for leaf in 0..LEAVES.len() {
        let shape = Shape::Leaf(leaf);
        let mut codecs = Codecs::new(&shape).expect("an ABI without definitions");
        own_texts(&mut codecs, &shape, &mut differences);
        odd_texts(&mut codecs, &mut differences);
        odd_bytes(&mut codecs, &shape, &mut differences);
    }
    let listed: BTreeSet<(&str, &str)> = LISTED.lines().filter_map(row).collect();
    let found: BTreeSet<(&str, &str)> = differences
        .0
        .keys()
        .map(|(place, how)| (place.as_str(), *how))
        .collect();
    let mut report = Vec::new();
    for (place, how) in found.difference(&listed) {
        let example = &differences.0[&((*place).to_owned(), *how)];
        report.push(format!("not listed: | {place} | {how} | {example}"));
    }
    for (place, how) in listed.difference(&found) {
        report.push(format!("no longer so: | {place} | {how} |"));
    }
    assert!(report.is_empty(), "\n{}", report.join("\n"));
}

/// Returns the first two cells of a row of the list.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let place = cells.next()?;
    let how = cells.next()?.trim_end_matches(" |");
    [ONLY_WE, ONLY_THEY, OTHER]
        .contains(&how)
        .then_some((place, how))
}

/// Tries values of types of all kinds, within each other.
fn made_values(differences: &mut Differences) {
    let mut runner = TestRunner::deterministic();
    let shapes = shape();
    for seed in 0..3000 {
        let shape = shapes.new_tree(&mut runner).expect("a shape").current();
        let value = Dice(seed).value(&mut Definitions::default(), &shape, true);
        let answer = Codecs::new(&shape).and_then(|mut codecs| codecs.check_value(&value));
        if let Err(error) = answer {
            let place = unsupported(&error, &shape)
                .unwrap_or_else(|| panic!("{error}: {shape:?}: {}", value.json));
            differences.note(place.to_owned(), ONLY_WE, || format!("{shape:?}"));
        }
    }
}

/// Returns what `rs_abieos` does not take by what it says.
fn unsupported(error: &str, shape: &Shape) -> Option<&'static str> {
    [
        (
            "Invalid array nesting",
            "arrays of optionals, and arrays of them",
        ),
        (
            "Invalid optional nesting",
            "optionals of optionals, by way of a name",
        ),
        ("Zero size fixed arrays", "arrays of no elements"),
    ]
    .into_iter()
    .find_map(|(words, what)| error.contains(words).then_some(what))
    .or_else(|| {
        let ends_early = error.contains("read datastream of length over by");
        (ends_early && shape.has_extensions())
            .then_some("values within lists and variants that lack extensions")
    })
}

/// Tries values as we print them.
fn own_texts(codecs: &mut Codecs, shape: &Shape, differences: &mut Differences) {
    for seed in 0..50 {
        let value = Dice(seed).value(&mut Definitions::default(), shape, true);
        codecs.check_text(&value.json, differences);
    }
}

fn odd_texts(codecs: &mut Codecs, differences: &mut Differences) {
    for line in EDGES.lines() {
        let row: Value = serde_json::from_str(line).expect("a line is JSON");
        if let Some(json) = row["json"].as_str() {
            codecs.check_text(json, differences);
        }
    }
    for json in ODD {
        codecs.check_text(json, differences);
    }
}

/// Tries packed values that are cut, continued, or changed in a byte.
fn odd_bytes(codecs: &mut Codecs, shape: &Shape, differences: &mut Differences) {
    for seed in 0..50 {
        let mut dice = Dice(seed);
        let bytes = dice.value(&mut Definitions::default(), shape, true).bytes;
        let mut damaged = bytes.clone();
        let at = dice.below(bytes.len());
        damaged[at] = dice.below(256).to_le_bytes()[0];
        codecs.check_bytes(&damaged, differences);
        codecs.check_bytes(&bytes[..at], differences);
        codecs.check_longer(&bytes, differences);
        codecs.check_bytes(&vec![0xff; bytes.len()], differences);
    }
}
