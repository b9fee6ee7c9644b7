//! Texts of the chain's values.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use eos_abi::{
    Asset, AssetError, BlockId, BlockTimestamp, Checksum160, Checksum256, Float128, Name, Symbol,
    SymbolCode, TimePoint, TimePointSec, VarUint32, from_bytes, to_bytes,
};
use proptest::prelude::*;

/// Checks that texts are read and printed back unchanged, in JSON too.
fn same<T: FromStr<Err: Debug> + Display + serde::Serialize>(texts: &[&str]) {
    for text in texts {
        let value = text.parse::<T>().unwrap();
        assert_eq!(value.to_string(), *text);
        assert_eq!(serde_json::to_value(&value).unwrap(), *text);
    }
}

/// Checks that texts are refused.
fn refused<T: FromStr + Display>(texts: &[&str]) {
    for text in texts {
        assert!(
            text.parse::<T>().is_err(),
            "{text:?} was read as {}",
            text.parse::<T>().ok().unwrap()
        );
    }
}

#[test]
fn names_print_as_they_were_read() {
    same::<Name>(&[
        "",
        "a",
        "eosio",
        "eosio.token",
        "spin..dice",
        ".a.b",
        "1",
        "12345",
        "zzzzzzzzzzzz",
        "zzzzzzzzzzzzj",
        "a.b.c.d.e.f.g",
    ]);
}

#[test]
fn names_that_would_print_otherwise_are_refused() {
    refused::<Name>(&[
        "ABC",
        "a b",
        "zzzzzzzzzzzzz",
        "a.",
        "6",
        "Alice",
        "a_b",
        "aaaaaaaaaaaaaa",
        "ä",
        " a",
    ]);
    let error = "Alice".parse::<Name>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"Alice\" is not a name: only a-z, 1-5 and dots are allowed"
    );
}

#[test]
fn names_have_the_chains_values_and_order() {
    const EOSIO: Name = Name::from_static("eosio");
    assert_eq!(EOSIO.to_u64(), 0x5530_ea00_0000_0000);
    assert_eq!(Name::from_u64(u64::MAX).to_string(), "zzzzzzzzzzzzj");
    assert!(Name::from_static("a") < Name::from_static("a.b"));
    assert!(Name::from_static("bp1") < Name::from_static("bp2"));
}

#[test]
fn a_long_text_is_cut_in_the_error() {
    let error = "x".repeat(1 << 20).parse::<Name>().unwrap_err();
    assert!(error.to_string().len() < 200);
}

#[test]
fn symbols_are_read_strictly() {
    same::<Symbol>(&["4,SYS", "0,A", "18,ABCDEFG", "0,"]);
    refused::<Symbol>(&[
        "19,A",
        "256,A",
        "4,a",
        " 4,A",
        "4A",
        "4, A",
        ",A",
        "",
        "004,A",
        "4,ABCDEFGH",
        "4,A,B",
        "-1,A",
    ]);
    same::<SymbolCode>(&["A", "ABCDEFG", ""]);
    refused::<SymbolCode>(&["ABCDEFGH", "a", "A1", "A B"]);
    assert!(SymbolCode::from_u64(0x0041_0041).is_err());
    assert!(SymbolCode::from_u64(0x4141_4141_4141_4141).is_err());
    assert!(Symbol::from_u64(19).is_err());
    assert_eq!(
        Symbol::from_static("4,SYS").code(),
        SymbolCode::from_static("SYS")
    );
}

#[test]
fn assets_keep_their_sign_and_their_precision() {
    same::<Asset>(&[
        "1.0000 SYS",
        "-0.01 SYS",
        "-0.5 SYS",
        "0.0000 SYS",
        "0 ",
        "4611686018427387903 SYS",
        "-4611686018427387903 SYS",
        "461168601842738.7903 SYS",
        "1.234567890123456789 LONG",
        "68719259727 RAM",
    ]);
    assert_eq!("-0.01 SYS".parse::<Asset>().unwrap().amount(), -1);
}

#[test]
fn assets_that_the_chain_cannot_hold_are_refused() {
    refused::<Asset>(&[
        "1.0000000000000000000 SYS",
        "4611686018427387904 SYS",
        "-4611686018427387904 SYS",
        "9223372036854775808 SYS",
        ".5 SYS",
        "1.0  SYS",
        "1",
        "1 ABCDEFGH",
        "1.0.0 SYS",
        "0x1 SYS",
        "--1 SYS",
        "1. SYS",
        "1.0000SYS",
        " 1 SYS",
        "+1 SYS",
        "1 sys",
        "1 SYS ",
        "- SYS",
        "",
        "1e3 SYS",
        "0.0000000000000000000 SYS",
        "99999999999999999999999999 SYS",
    ]);
}

#[test]
fn assets_calculate_within_bounds() {
    let one: Asset = "1.0000 SYS".parse().unwrap();
    let max = Asset::new(Asset::MAX_AMOUNT, one.symbol()).unwrap();
    let other: Asset = "1.0000 EOS".parse().unwrap();
    assert_eq!(
        one.checked_sub(one.checked_mul(2).unwrap())
            .unwrap()
            .to_string(),
        "-1.0000 SYS"
    );
    assert_eq!(max.checked_add(one), Err(AssetError::Range));
    assert_eq!(max.checked_mul(i64::MAX), Err(AssetError::Range));
    assert!(matches!(
        one.checked_add(other),
        Err(AssetError::Symbols { .. })
    ));
    assert_eq!(one.partial_cmp(&other), None);
    assert!(one < max);
    assert_eq!(Asset::new(i64::MIN, one.symbol()), Err(AssetError::Range));
    assert_eq!((-one).to_string(), "-1.0000 SYS");
    assert_eq!(-(-max), max);
    assert_eq!(max.checked_sub(-max), Err(AssetError::Range));
    // Towards zero, as contracts divide.
    assert_eq!((-one).checked_div(3).unwrap().to_string(), "-0.3333 SYS");
    assert_eq!(one.checked_div(0), Err(AssetError::DivisionByZero));
    assert_eq!((-max).checked_div(-1), Ok(max));
}

#[test]
fn assets_out_of_range_are_refused_in_binary() {
    let mut bytes = to_bytes(&"1.0000 SYS".parse::<Asset>().unwrap()).unwrap();
    bytes[7] = 0x40;
    assert!(from_bytes::<Asset>(&bytes).is_err());
    assert_eq!(from_bytes::<Asset>(&[0; 16]).unwrap().to_string(), "0 ");
}

#[test]
fn times_have_no_zone() {
    same::<TimePointSec>(&[
        "1970-01-01T00:00:00",
        "2018-06-15T19:17:47",
        "2106-02-07T06:28:15",
        "2024-02-29T23:59:59",
    ]);
    same::<TimePoint>(&[
        "1970-01-01T00:00:00.000",
        "2026-11-22T17:00:57.500",
        "1969-12-31T23:59:59.000",
        "1969-12-31T23:59:59.999999",
        "294247-01-10T04:00:54.775807",
        "-290308-12-21T19:59:05.224192",
        "0000-02-29T00:00:00.000",
    ]);
    same::<BlockTimestamp>(&[
        "2000-01-01T00:00:00.000",
        "2026-11-22T17:00:57.500",
        "2068-01-19T03:14:07.500",
    ]);
    refused::<TimePointSec>(&[
        "2018-06-15T19:17:47Z",
        "2018-06-15T19:17:47+02:00",
        "1969-12-31T23:59:59",
        "2106-02-07T06:28:16",
        "2018-13-01T00:00:00",
        "2018-06-15T19:60:00",
        "2018-06-15T24:00:00",
        "2018-02-29T00:00:00",
        "2018-06-15 19:17:47",
        "2018-6-15T19:17:47",
        "",
        "2018-06-15",
        "2018-06-15T19:17:47.",
        "02018-06-15T19:17:47",
    ]);
    refused::<TimePoint>(&[
        "2018-06-15T19:17:47.1234567",
        "294247-01-10T04:00:54.775808",
        "-0000-01-01T00:00:00",
        "-290308-12-21T19:59:05.224191",
    ]);
    refused::<BlockTimestamp>(&["1999-12-31T23:59:59.500", "2068-01-19T03:14:08.000"]);
}

#[test]
fn fractions_that_do_not_fit_are_cut_off() {
    assert_eq!(
        "2026-11-22T17:00:57.999"
            .parse::<TimePointSec>()
            .unwrap()
            .to_string(),
        "2026-11-22T17:00:57"
    );
    assert_eq!(
        "2026-11-22T17:00:57.750"
            .parse::<BlockTimestamp>()
            .unwrap()
            .to_string(),
        "2026-11-22T17:00:57.500"
    );
    assert_eq!(
        "2026-11-22T17:00:57"
            .parse::<TimePoint>()
            .unwrap()
            .to_string(),
        "2026-11-22T17:00:57.000"
    );
}

#[test]
fn extreme_times_print() {
    for microseconds in [i64::MIN, -1, i64::MAX] {
        let time = TimePoint::from_microseconds(microseconds);
        assert_eq!(time.to_string().parse::<TimePoint>().unwrap(), time);
    }
}

#[test]
fn hashes_want_all_their_digits() {
    let digits = "0ec7e080177b2c02b278d5088611686b49d739925a92d9bfcacd7fc6b74053bd";
    same::<Checksum256>(&[digits]);
    assert_eq!(
        digits
            .to_uppercase()
            .parse::<Checksum256>()
            .unwrap()
            .to_string(),
        digits
    );
    refused::<Checksum256>(&[
        "",
        &digits[1..],
        &format!("{digits}0"),
        &format!("{digits}00"),
        &digits.replace('e', "g"),
    ]);
    refused::<Checksum160>(&[digits]);
    assert!(Checksum160::try_from([0_u8; 19].as_slice()).is_err());
    same::<Float128>(&[
        "0x00000000000000000000000000000000",
        "0x0102030405060708090a0b0c0d0e0f10",
    ]);
}

#[test]
fn a_block_id_tells_number_and_reference() {
    let id: BlockId = "0000048cafb85d8d150b7e0f46e41feb7e996458b2b507919cb0e828cef8d2d5"
        .parse()
        .unwrap();
    assert_eq!(id.block_num(), 1164);
    assert_eq!(id.ref_block_num(), 1164);
    assert_eq!(id.ref_block_prefix(), 259_918_613);
}

#[test]
fn varints_take_as_few_bytes_as_they_can() {
    for (value, bytes) in [
        (0, &[0][..]),
        (127, &[0x7f]),
        (128, &[0x80, 1]),
        (u32::MAX, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
    ] {
        assert_eq!(to_bytes(&VarUint32(value)).unwrap(), bytes);
        assert_eq!(from_bytes::<VarUint32>(bytes).unwrap(), VarUint32(value));
    }
    for bytes in [
        &[0x80, 0][..],
        &[0x80],
        &[0x80, 0x80, 0x80, 0x80, 0x10],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 1],
    ] {
        assert!(from_bytes::<VarUint32>(bytes).is_err(), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_value_is_a_name_that_reads_back(value: u64) {
        let name = Name::from_u64(value);
        prop_assert_eq!(name.to_string().parse::<Name>().unwrap(), name);
        prop_assert_eq!(from_bytes::<Name>(&to_bytes(&name).unwrap()).unwrap(), name);
    }

    #[test]
    fn text_that_is_a_name_prints_unchanged(text in "[.1-5a-z]{0,14}|.{0,14}") {
        if let Ok(name) = text.parse::<Name>() {
            prop_assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn any_asset_reads_back(amount in -Asset::MAX_AMOUNT..=Asset::MAX_AMOUNT, precision in 0_u8..=18, code in "[A-Z]{0,7}") {
        let asset = Asset::new(amount, Symbol::new(precision, code.parse().unwrap()).unwrap()).unwrap();
        prop_assert_eq!(asset.to_string().parse::<Asset>().unwrap(), asset);
        prop_assert_eq!(from_bytes::<Asset>(&to_bytes(&asset).unwrap()).unwrap(), asset);
    }

    #[test]
    fn text_that_is_an_asset_prints_unchanged(text in "-?[0-9]{1,20}(\\.[0-9]{0,19})? [A-Z]{0,8}|.{0,20}") {
        if let Ok(asset) = text.parse::<Asset>() {
            // A number may be given with zeros before it, or minus zero.
            let digits = asset.to_string();
            prop_assert!(text.trim_start_matches('-').ends_with(digits.trim_start_matches('-')));
        }
    }

    #[test]
    fn any_time_reads_back(microseconds: i64, value: u32) {
        let time = TimePoint::from_microseconds(microseconds);
        prop_assert_eq!(time.to_string().parse::<TimePoint>().unwrap(), time);
        let seconds = TimePointSec::from_seconds(value);
        prop_assert_eq!(seconds.to_string().parse::<TimePointSec>().unwrap(), seconds);
        let slot = BlockTimestamp::from_slot(value);
        prop_assert_eq!(slot.to_string().parse::<BlockTimestamp>().unwrap(), slot);
    }

    #[test]
    fn strange_texts_never_panic(text in ".{0,40}") {
        let _ = (text.parse::<Symbol>(), text.parse::<TimePoint>(), text.parse::<Checksum256>(), text.parse::<Float128>());
    }
}

#[test]
fn hashes_of_another_length_are_told_how_long_they_must_be() {
    // The text is cut to as many digits as it should have, so that it alone tells nothing.
    let error = "00".repeat(33).parse::<Checksum256>().unwrap_err();
    let expected = format!(
        "\"{}\" is not a checksum256: it must be 32 bytes, of two hexadecimal digits each",
        "00".repeat(32)
    );
    assert_eq!(error.to_string(), expected);
    let error = "0x00".parse::<Float128>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"0x00\" is not a float128: it must be 16 bytes, of two hexadecimal digits each"
    );
}
