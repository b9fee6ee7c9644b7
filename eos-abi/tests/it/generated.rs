//! ABIs and values that nobody thought of.

pub(crate) mod shapes;

use eos_abi::{Abi, Schema};
use proptest::prelude::*;

use shapes::{Definitions, Dice, LEAVES, Shape, shape};

fn schema(definitions: &Definitions) -> Schema {
    Schema::compile(&Abi::from_json(&definitions.abi()).unwrap()).unwrap()
}

/// Checks a value in all its forms, and what is left when bytes are missing or too many.
fn check(shape: &Shape, seed: u64, cut: prop::sample::Index) {
    let mut definitions = Definitions::default();
    let ty = definitions.define(shape);
    let schema = schema(&definitions);
    let value = Dice(seed).value(&mut Definitions::default(), shape, true);

    assert_eq!(schema.type_to_bin(&ty, &value.json).unwrap(), value.bytes);
    assert_eq!(
        schema.type_to_bin(&ty, &value.shuffled).unwrap(),
        value.bytes
    );
    assert_eq!(schema.type_to_json(&ty, &value.bytes).unwrap(), value.json);
    let mut others = vec![[&*value.bytes, &[0]].concat()];
    if !value.bytes.is_empty() {
        others.push(value.bytes[..cut.index(value.bytes.len())].to_vec());
    }
    for other in others {
        // With other extensions missing it may be another value, which has this binary form.
        if let Ok(json) = schema.type_to_json(&ty, &other) {
            assert!(shape.has_extensions(), "{json}");
            assert_eq!(schema.type_to_bin(&ty, &json).unwrap(), other);
        }
    }
}

proptest! {
    #[test]
    fn values_of_any_type_go_both_ways(shape in shape(), seed: u64, cut: prop::sample::Index) {
        check(&shape, seed, cut);
    }

    #[test]
    fn values_of_each_builtin_type_go_both_ways(leaf in 0..LEAVES.len(), seed: u64, cut: prop::sample::Index) {
        check(&Shape::Leaf(leaf), seed, cut);
    }

    #[test]
    fn bytes_of_any_type_never_panic(shape in shape(), bytes in proptest::collection::vec(any::<u8>(), 0..100), json in "[\\[\\]{}\",:0-9a-f]{0,40}") {
        let mut definitions = Definitions::default();
        let ty = definitions.define(&shape);
        let schema = schema(&definitions);
        if let Ok(json) = schema.type_to_json(&ty, &bytes) {
            // Decimals of small floats and bytes that are not UTF-8 are lost, nothing else: what is printed can be read.
            prop_assert!(schema.type_to_bin(&ty, &json).is_ok(), "{}", json);
        }
        let _ = schema.type_to_bin(&ty, &json);
    }
}
