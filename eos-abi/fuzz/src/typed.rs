//! What must hold of the types that every ABI has, as Rust types and by name.

use std::{fmt::Debug, str, sync::LazyLock};

use eos_abi::{
    Abi, Asset, Bitset, BlockTimestamp, Bytes, Checksum160, Checksum256, Checksum512,
    ExtendedAsset, FixedArray, Float128, Name, Schema, Symbol, SymbolCode, TimePoint, TimePointSec,
    VarInt32, VarUint32, from_bytes, json, to_bytes,
};
use eos_keys::{PublicKey, Signature};
use serde::{Serialize, de::DeserializeOwned};

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::compile(&Abi::default()).expect("it defines nothing"));

/// The types: the first byte of an input is a number in this list.
pub const TYPES: [&str; 38] = [
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "int128",
    "uint128",
    "varint32",
    "varuint32",
    "float32",
    "float64",
    "float128",
    "time_point",
    "time_point_sec",
    "block_timestamp_type",
    "name",
    "bytes",
    "string",
    "checksum160",
    "checksum256",
    "checksum512",
    "public_key",
    "signature",
    "symbol",
    "symbol_code",
    "asset",
    "bitset",
    "extended_asset",
    "name[]",
    "asset?",
    "int64[]?",
    "uint16[3][]",
    "string[2]",
    "bool?[]",
];

/// A form in which values come.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    Text,
    Packed,
}

/// Reads a value in a form. The first byte says of which type.
pub fn check(form: Form, input: &[u8]) {
    let Some((selector, value)) = input.split_first() else {
        return;
    };
    let Some(ty) = TYPES.get(usize::from(*selector)) else {
        return;
    };
    match *ty {
        "bool" => check_type::<bool>(ty, form, value),
        "int8" => check_type::<i8>(ty, form, value),
        "uint8" => check_type::<u8>(ty, form, value),
        "int16" => check_type::<i16>(ty, form, value),
        "uint16" => check_type::<u16>(ty, form, value),
        "int32" => check_type::<i32>(ty, form, value),
        "uint32" => check_type::<u32>(ty, form, value),
        "int64" => check_type::<i64>(ty, form, value),
        "uint64" => check_type::<u64>(ty, form, value),
        "int128" => check_type::<i128>(ty, form, value),
        "uint128" => check_type::<u128>(ty, form, value),
        "varint32" => check_type::<VarInt32>(ty, form, value),
        "varuint32" => check_type::<VarUint32>(ty, form, value),
        "float32" => check_type::<f32>(ty, form, value),
        "float64" => check_type::<f64>(ty, form, value),
        "float128" => check_type::<Float128>(ty, form, value),
        "time_point" => check_type::<TimePoint>(ty, form, value),
        "time_point_sec" => check_type::<TimePointSec>(ty, form, value),
        "block_timestamp_type" => check_type::<BlockTimestamp>(ty, form, value),
        "name" => check_type::<Name>(ty, form, value),
        "bytes" => check_type::<Bytes>(ty, form, value),
        "string" => check_type::<String>(ty, form, value),
        "checksum160" => check_type::<Checksum160>(ty, form, value),
        "checksum256" => check_type::<Checksum256>(ty, form, value),
        "checksum512" => check_type::<Checksum512>(ty, form, value),
        "public_key" => check_type::<PublicKey>(ty, form, value),
        "signature" => check_type::<Signature>(ty, form, value),
        "symbol" => check_type::<Symbol>(ty, form, value),
        "symbol_code" => check_type::<SymbolCode>(ty, form, value),
        "asset" => check_type::<Asset>(ty, form, value),
        "bitset" => check_type::<Bitset>(ty, form, value),
        "extended_asset" => check_type::<ExtendedAsset>(ty, form, value),
        "name[]" => check_type::<Vec<Name>>(ty, form, value),
        "asset?" => check_type::<Option<Asset>>(ty, form, value),
        "int64[]?" => check_type::<Option<Vec<i64>>>(ty, form, value),
        "uint16[3][]" => check_type::<Vec<[u16; 3]>>(ty, form, value),
        "string[2]" => check_type::<FixedArray<String, 2>>(ty, form, value),
        "bool?[]" => check_type::<Vec<Option<bool>>>(ty, form, value),
        other => unreachable!("{other} is not tried"),
    }
}

fn check_type<T: Serialize + DeserializeOwned + Debug>(ty: &str, form: Form, input: &[u8]) {
    match form {
        Form::Packed => check_packed::<T>(ty, input),
        Form::Text => {
            if let Ok(text) = str::from_utf8(input) {
                check_text::<T>(ty, text);
            }
        }
    }
}

/// Reads packed bytes, by the type and by its name. Both must agree on what they are, and nothing may have two forms.
fn check_packed<T: Serialize + DeserializeOwned + Debug>(ty: &str, bytes: &[u8]) {
    let by_name = SCHEMA.type_to_json(ty, bytes);
    let Ok(value) = from_bytes::<T>(bytes) else {
        // By name, bad bytes of a text are replaced.
        assert!(by_name.is_err() || ty.contains("string"));
        return;
    };
    assert_eq!(to_bytes(&value).expect("what was read is packed"), bytes);
    let text = json::to_string(&value).expect("what was read is printed");
    match by_name {
        Ok(by_name) if ty.starts_with("float") && ty != "float128" => {
            // By name, decimals of small numbers are lost, as nodeos loses them.
            let packed = SCHEMA.type_to_bin(ty, &text).expect("it was printed");
            let same = SCHEMA.type_to_json(ty, &packed);
            assert_eq!(same.expect("it was packed"), by_name);
            if !by_name.contains("nan") {
                assert_eq!(packed, bytes);
            }
        }
        Ok(by_name) => {
            assert_eq!(by_name, text);
            let packed = SCHEMA.type_to_bin(ty, &text);
            assert_eq!(packed.expect("what was printed is packed"), bytes);
        }
        // Keys and signatures with long texts of a browser's.
        Err(error) => {
            assert!(ty == "public_key" || ty == "signature", "{error}");
            return;
        }
    }
    check_stable::<T>(&text, bytes);
}

/// Reads JSON, by the type and by its name. Both must agree on what it is.
fn check_text<T: Serialize + DeserializeOwned + Debug>(ty: &str, text: &str) {
    let by_name = SCHEMA.type_to_bin(ty, text);
    let by_type = json::from_str::<T>(text);
    match (by_name, by_type) {
        (Ok(packed), Ok(value)) => {
            assert_eq!(to_bytes(&value).expect("what was read is packed"), packed);
            let printed = json::to_string(&value).expect("what was read is printed");
            check_stable::<T>(&printed, &packed);
        }
        (Err(_), Err(_)) => {}
        // A Rust struct ignores members that it does not have, as serde's structs do.
        (Err(_), Ok(_)) if ty == "extended_asset" => {}
        (by_name, by_type) => panic!("{ty}: {by_name:?} by name, {by_type:?} by type"),
    }
}

/// Checks that what was printed is read, and is the same when it is printed again.
fn check_stable<T: Serialize + DeserializeOwned + Debug>(text: &str, bytes: &[u8]) {
    let again: T = json::from_str(text).expect("what was printed is read");
    let printed = json::to_string(&again);
    assert_eq!(printed.expect("it was printed before"), text);
    // No number says all of what is no number.
    if !text.contains("nan") {
        assert_eq!(to_bytes(&again).expect("it was packed before"), bytes);
    }
}
