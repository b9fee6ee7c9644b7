//! The binary format on types of serde.

use std::collections::BTreeMap;

use eos_abi::{
    BinaryExtension, Bytes, Checksum512, DecodeError, EncodeError, FixedArray, Limits, Name,
    VarInt32, VarUint32, from_bytes, from_bytes_prefix, from_bytes_with, to_bytes, to_writer,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::support::hex;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Number(u16),
    Pair(u8, String),
    Named {
        name: Name,
        inner: Option<Box<Self>>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Everything {
    flag: bool,
    small: i8,
    big: i128,
    huge: u128,
    single: f32,
    double: f64,
    text: String,
    bytes: Bytes,
    list: Vec<u16>,
    maybe: Option<Name>,
    fixed: [u16; 3],
    shape: Shape,
    counts: (VarUint32, VarInt32),
    hash: Checksum512,
    later: BinaryExtension<u8>,
    even_later: BinaryExtension<String>,
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Nothing),
        any::<u16>().prop_map(Shape::Number),
        (any::<u8>(), ".{0,5}").prop_map(|(number, text)| Shape::Pair(number, text)),
    ];
    leaf.prop_recursive(4, 8, 1, |inner| {
        (any::<u64>(), proptest::option::of(inner)).prop_map(|(name, inner)| Shape::Named {
            name: Name::from_u64(name),
            inner: inner.map(Box::new),
        })
    })
}

prop_compose! {
    fn everything()(
        (flag, small, big, huge, single, double) in any::<(bool, i8, i128, u128, f32, f64)>(),
        text in ".{0,20}",
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        list in proptest::collection::vec(any::<u16>(), 0..20),
        (maybe, fixed, counts) in any::<(Option<u64>, [u16; 3], (u32, i32))>(),
        shape in shape(),
        hash: [u8; 32],
        extensions in any::<Option<(u8, Option<u8>)>>(),
    ) -> Everything {
        let mut both = [0; 64];
        both[..32].copy_from_slice(&hash);
        Everything {
            flag, small, big, huge, single, double, text,
            bytes: bytes.into(),
            list,
            maybe: maybe.map(Name::from_u64),
            fixed,
            shape,
            counts: (VarUint32(counts.0), VarInt32(counts.1)),
            hash: Checksum512::new(both),
            later: extensions.map(|(later, _)| later).into(),
            even_later: extensions.and_then(|(_, text)| text.map(|text| text.to_string())).into(),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(value in everything()) {
        let bytes = to_bytes(&value).unwrap();
        let read: Everything = from_bytes(&bytes).unwrap();
        prop_assert_eq!(to_bytes(&read).unwrap(), bytes);
    }

    #[test]
    fn a_truncated_input_is_an_error(value in everything(), cut: prop::sample::Index) {
        let bytes = to_bytes(&value).unwrap();
        // Extensions may end the input early: only what lies before them must be there.
        let value = Everything { later: None.into(), even_later: None.into(), ..value };
        let needed = to_bytes(&value).unwrap().len();
        let cut = cut.index(needed);
        let answer = from_bytes::<Everything>(&bytes[..cut]);
        prop_assert!(answer.is_err());
    }

    #[test]
    fn a_byte_too_many_is_an_error(value in any::<(u16, Option<u8>)>(), extra: u8) {
        let mut bytes = to_bytes(&value).unwrap();
        bytes.push(extra);
        let offset = bytes.len() - 1;
        let answer = from_bytes::<(u16, Option<u8>)>(&bytes);
        prop_assert_eq!(answer, Err(DecodeError::Trailing { offset, count: 1 }));
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(value) = from_bytes::<Everything>(&bytes) {
            prop_assert_eq!(to_bytes(&value).unwrap(), bytes);
        }
    }
}

#[test]
fn each_kind_has_the_chains_form() {
    let bytes = to_bytes(&(
        true,
        0x1234_u16,
        "hi",
        Some(1_u8),
        None::<u8>,
        vec![7_u8, 8],
        Shape::Pair(9, "x".into()),
    ))
    .unwrap();
    assert_eq!(
        hex(&bytes),
        "013412026869010100020708020901\
        78"
    );
    assert_eq!(
        hex(&to_bytes(&Bytes::from(vec![0xab; 130])).unwrap())[..6],
        *"8201ab"
    );
    assert_eq!(
        hex(&to_bytes(&(-2_i128, 1.5_f32, -2.25_f64)).unwrap()),
        "feffffffffffffffffffffffffffffff0000c03f00000000000002c0"
    );
    assert_eq!(hex(&to_bytes(&VarInt32(i32::MAX)).unwrap()), "feffffff0f");
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u8),
}

#[test]
fn kinds_without_a_form_are_refused_by_name() {
    let map = BTreeMap::from([("a", 1)]);
    assert_eq!(
        to_bytes(&map).unwrap_err().to_string(),
        "maps (and flattened structs) have no binary form"
    );
    assert_eq!(
        from_bytes::<BTreeMap<String, u8>>(&[0])
            .unwrap_err()
            .to_string(),
        "maps (and flattened structs) have no binary form"
    );
    assert!(matches!(
        to_bytes(&'x'),
        Err(EncodeError::Unsupported { .. })
    ));
    assert_eq!(
        from_bytes::<Untagged>(&[0]).unwrap_err().to_string(),
        "untagged and flattened types have no binary form"
    );
}

#[test]
fn a_skipped_field_is_refused() {
    #[derive(Serialize)]
    struct Skips {
        #[serde(skip_serializing_if = "Option::is_none")]
        maybe: Option<u8>,
    }
    assert!(matches!(
        to_bytes(&Skips { maybe: None }),
        Err(EncodeError::Skipped { field: "maybe" })
    ));
    assert_eq!(to_bytes(&Skips { maybe: Some(1) }).unwrap(), [1, 1]);
}

#[test]
fn nothing_may_follow_an_absent_extension() {
    let absent = BinaryExtension::<u8>(None);
    assert_eq!(to_bytes(&(1_u8, absent, absent)).unwrap(), [1]);
    assert!(matches!(
        to_bytes(&(absent, 1_u8)),
        Err(EncodeError::AfterExtension)
    ));
    assert_eq!(
        from_bytes::<(u8, BinaryExtension<u8>)>(&[1]).unwrap(),
        (1, None.into())
    );
    assert_eq!(
        from_bytes::<(u8, BinaryExtension<u8>)>(&[1, 2]).unwrap(),
        (1, Some(2).into())
    );
}

#[test]
fn an_extension_without_bytes_may_not_follow_an_absent_one_either() {
    #[derive(Serialize)]
    struct Empty {}
    #[derive(Serialize)]
    struct Row {
        a: BinaryExtension<u8>,
        b: BinaryExtension<Empty>,
        c: BinaryExtension<[u8; 0]>,
    }
    let pack = |a: Option<u8>, b: bool, c: bool| {
        to_bytes(&Row {
            a: a.into(),
            b: b.then_some(Empty {}).into(),
            c: c.then_some([]).into(),
        })
    };
    assert_eq!(pack(Some(1), true, true).unwrap(), [1]);
    assert_eq!(pack(Some(1), true, false).unwrap(), [1]);
    assert!(pack(None, false, false).unwrap().is_empty());
    for (a, b, c) in [
        (None, true, true),
        (None, false, true),
        (None, true, false),
        (Some(1), false, true),
    ] {
        let answer = pack(a, b, c);
        assert!(
            matches!(answer, Err(EncodeError::AfterExtension)),
            "{answer:?}"
        );
    }
}

#[test]
fn an_extension_without_bytes_may_not_follow_one_that_is_absent_further_inside() {
    #[derive(Serialize)]
    struct Inner {
        a: BinaryExtension<u8>,
    }
    #[derive(Serialize)]
    struct Outer {
        inner: Inner,
        nothing: [u8; 0],
        b: BinaryExtension<[u8; 0]>,
    }
    let pack = |a: Option<u8>, b: bool| {
        to_bytes(&Outer {
            inner: Inner { a: a.into() },
            nothing: [],
            b: b.then_some([]).into(),
        })
    };
    assert_eq!(pack(Some(1), true).unwrap(), [1]);
    assert!(pack(None, false).unwrap().is_empty());
    let answer = pack(None, true);
    assert!(
        matches!(answer, Err(EncodeError::AfterExtension)),
        "{answer:?}"
    );
}

#[test]
fn flags_are_zero_or_one() {
    assert_eq!(
        from_bytes::<bool>(&[2]).unwrap_err().to_string(),
        "byte 0 is 2, expected 0 or 1 for a bool"
    );
    assert!(matches!(
        from_bytes::<(u8, Option<u8>)>(&[1, 3, 1]),
        Err(DecodeError::InvalidFlag { offset: 1, .. })
    ));
}

#[test]
fn a_lie_about_the_length_costs_nothing() {
    let lie = [0xff, 0xff, 0xff, 0xff, 0x0f];
    assert!(matches!(
        from_bytes::<Vec<u64>>(&lie),
        Err(DecodeError::UnexpectedEnd { .. })
    ));
    assert!(matches!(
        from_bytes::<Bytes>(&lie),
        Err(DecodeError::UnexpectedEnd {
            offset: 5,
            missing: 0xffff_ffff
        })
    ));
    assert!(matches!(
        from_bytes::<Vec<()>>(&lie),
        Err(DecodeError::TooManyEmpty { .. })
    ));
    assert!(from_bytes::<Vec<()>>(&[3]).is_ok());
}

#[test]
fn nesting_has_a_limit() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Chain(Option<Box<Self>>);

    let deep = [1; 1000];
    assert!(matches!(
        from_bytes::<Chain>(&deep),
        Err(DecodeError::TooDeep { limit: 32, .. })
    ));
    let deepest = Limits::default().with_depth(u32::MAX);
    assert!(matches!(
        from_bytes_with::<Chain>(&deep, deepest),
        Err(DecodeError::TooDeep { limit: 96, .. })
    ));
    let mut fits = [1; 32];
    fits[31] = 0;
    assert!(from_bytes::<Chain>(&fits).is_ok());

    let mut chain = Chain(None);
    for _ in 0..200 {
        chain = Chain(Some(Box::new(chain)));
    }
    assert!(matches!(to_bytes(&chain), Err(EncodeError::TooDeep { .. })));
}

#[test]
fn an_unknown_variant_is_refused() {
    assert!(from_bytes::<Shape>(&[4]).is_err());
    assert_eq!(from_bytes::<Shape>(&[0]).unwrap(), Shape::Nothing);
}

#[test]
fn a_text_that_is_not_utf8_is_refused() {
    assert_eq!(
        from_bytes::<String>(&[1, 0xff]),
        Err(DecodeError::InvalidUtf8 { offset: 1 })
    );
}

#[test]
fn a_prefix_leaves_the_rest() {
    assert_eq!(from_bytes_prefix::<u16>(&[1, 0, 9]).unwrap(), (1, &[9][..]));
}

#[test]
fn texts_and_bytes_can_be_borrowed() {
    let input = [2, b'h', b'i', 1, 9];
    let (text, bytes): (&str, &[u8]) = from_bytes(&input).unwrap();
    assert_eq!((text, bytes), ("hi", &[9][..]));
}

#[test]
fn a_sequence_must_know_its_length() {
    struct Odd;
    impl Serialize for Odd {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq((0..9).filter(|number| number % 2 == 1))
        }
    }
    assert!(matches!(to_bytes(&Odd), Err(EncodeError::UnknownLength)));
}

#[test]
fn a_buffer_with_room_is_not_replaced() {
    let mut buffer = Vec::with_capacity(100);
    let place = buffer.as_ptr();
    for _ in 0..3 {
        buffer.clear();
        to_writer(&mut buffer, &(Name::from_static("eosio"), "memo")).unwrap();
        assert_eq!((buffer.len(), buffer.as_ptr()), (13, place));
    }
}

#[test]
fn large_arrays_have_their_length_and_no_other() {
    type Array = FixedArray<u16, 40>;

    let array = Array::from([7; 40]);
    let bytes = to_bytes(&array).unwrap();
    assert_eq!(bytes, [7, 0].repeat(40));
    assert_eq!(from_bytes::<Array>(&bytes).unwrap(), array);
    assert_eq!(
        from_bytes::<Array>(&bytes[..78]).unwrap_err(),
        DecodeError::UnexpectedEnd {
            offset: 78,
            missing: 2
        }
    );
    assert!(matches!(
        from_bytes::<Array>(&[&bytes[..], &[0]].concat()),
        Err(DecodeError::Trailing {
            offset: 80,
            count: 1
        })
    ));
    let json = eos_abi::json::to_string(&array).unwrap();
    assert_eq!(eos_abi::json::from_str::<Array>(&json).unwrap(), array);
    for count in [39, 41] {
        let list = format!("[{}]", vec!["7"; count].join(","));
        assert!(eos_abi::json::from_str::<Array>(&list).is_err(), "{count}");
        assert_eq!(
            Array::try_from(vec![7; count]).unwrap_err().to_string(),
            format!(
                "\"{count} values for 40\" is not an array of fixed length: the numbers differ"
            )
        );
    }
    assert_eq!(Array::try_from(array.clone().into_vec()).unwrap(), array);
    // A claim of many costs no more than the input has.
    assert!(from_bytes::<FixedArray<u64, { usize::MAX >> 8 }>>(&[0; 16]).is_err());
}
