//! How much stack nesting takes.

use eos_abi::{Abi, DecodeError, Limits, MAX_DEPTH, Schema, from_bytes_with, to_bytes};

/// The stack that the default depth fits, and the one that the deepest configurable depth needs.
const DEFAULT_STACK: usize = if cfg!(debug_assertions) { 128 } else { 64 } * 1024;
const DEEPEST_STACK: usize = if cfg!(debug_assertions) { 384 } else { 96 } * 1024;

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum Either {
    Leaf(u8),
    Inner(Box<Self>),
}

#[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Maybe {
    next: Option<Box<Self>>,
}

fn endless() -> Schema {
    let abi = r#"{"version":"eosio::abi/1.1","structs":[
        {"name":"list","fields":[{"name":"n","type":"list[]"}]},
        {"name":"late","fields":[{"name":"a","type":"uint8?"},{"name":"n","type":"late[]"}]},
        {"name":"maybe","fields":[{"name":"n","type":"maybe?"}]}],
        "variants":[{"name":"either","types":["uint8","either"]}]}"#;
    Schema::compile(&Abi::from_json(abi).unwrap()).unwrap()
}

fn on_a_stack_of(size: usize, work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(size)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

/// Goes as deep as the limits let it, by every way in, and beyond.
fn nest(depth: u32) {
    let limits = Limits::default().with_depth(depth);
    let schema = endless().with_limits(limits);
    let lenient = schema.clone().danger_lenient();
    let levels = usize::try_from(depth).unwrap();
    let deep = |open: &str, close: &str, count: usize| open.repeat(count) + &close.repeat(count);
    for (ty, open, close, steps) in [
        ("list", r#"{"n":["#, "]}", 2),
        ("late", r#"{"n":["#, "]}", 2),
        ("late", r#"{"n":["#, r#"],"a":null}"#, 2),
    ] {
        let json = deep(open, close, levels / steps);
        for schema in [&schema, &lenient] {
            let bytes = schema.type_to_bin(ty, &json).unwrap();
            schema.type_to_json(ty, &bytes).unwrap();
            let error = schema
                .type_to_bin(ty, &deep(open, close, levels))
                .unwrap_err();
            assert!(error.to_string().contains("deep"), "{error}");
        }
    }
    for ty in ["list", "maybe", "either"] {
        let error = schema.type_to_json(ty, &[1; 1000]).unwrap_err();
        assert!(error.to_string().contains("deep"), "{error}");
    }
    let mut bytes = vec![1; levels - 1];
    bytes.extend([0, 7]);
    let json = schema.type_to_json("either", &bytes).unwrap();
    assert_eq!(schema.type_to_bin("either", &json).unwrap(), bytes);
    let value: Either = from_bytes_with(&bytes, limits).unwrap();
    assert_eq!(to_bytes(&value).unwrap(), bytes);
    let too_deep = from_bytes_with::<Either>(&[1; 1000], limits);
    assert!(matches!(too_deep, Err(DecodeError::TooDeep { .. })));
    let too_deep = from_bytes_with::<Maybe>(&[1; 1000], limits);
    assert!(matches!(too_deep, Err(DecodeError::TooDeep { .. })));
}

#[test]
fn the_default_depth_fits_a_small_stack() {
    on_a_stack_of(DEFAULT_STACK, || nest(Limits::DEFAULT.depth()));
}

#[test]
fn the_deepest_configurable_depth_fits_a_known_stack() {
    on_a_stack_of(DEEPEST_STACK, || nest(MAX_DEPTH));
}

#[test]
fn no_configuration_goes_deeper() {
    assert_eq!(Limits::DEFAULT.with_depth(u32::MAX).depth(), MAX_DEPTH);
}

#[test]
fn compiling_fits_a_small_stack() {
    on_a_stack_of(DEFAULT_STACK, || {
        // Structs inside each other, aliases of aliases and bases of bases, as long as they may be.
        let structs = (0..95).map(|at| {
            let (ty, base) = match at {
                94 => ("uint8".to_owned(), String::new()),
                _ => (format!("s{}", at + 1), if at < 30 { String::new() } else { format!("b{}", at + 1) }),
            };
            format!(
                r#"{{"name":"s{at}","fields":[{{"name":"f","type":"{ty}"}}]}},{{"name":"b{at}","base":"{base}"}}"#
            )
        });
        let aliases = (0..31).map(|at| match at {
            30 => r#"{"new_type_name":"a30","type":"uint8"}"#.to_owned(),
            _ => format!(r#"{{"new_type_name":"a{at}","type":"a{}[]"}}"#, at + 1),
        });
        let abi = format!(
            r#"{{"version":"","types":[{}],"structs":[{}]}}"#,
            aliases.collect::<Vec<_>>().join(","),
            structs.collect::<Vec<_>>().join(",")
        );
        Schema::compile(&Abi::from_json(&abi).unwrap()).unwrap();
    });
}
