//! What is measured. Each operation is done once by all before it is measured, and their answers are compared.

use std::hint::black_box;
use std::str::FromStr;

use ::antelope::chain as antelope;
use ::antelope::chain::{Encoder, Packer};
use eos_abi::contracts::token::Transfer;
use eos_abi::{Abi, Asset, Name, Schema, from_bytes, to_bytes, to_writer};
use eos_keys::{PublicKey, Signature};
use rs_abieos::AbiHandle;
use serde_json::Value;

use crate::Library::{AntelopeClient, EosAbi, RsAbieos};
use crate::inputs::{
    ASSET, MSIG_ABI, NAME, SYSTEM_ABI, TOKEN_ABI, TRANSFER, key, new_account, proposal, signature,
};
use crate::{Contestant, Operation};

/// Returns all operations.
///
/// # Panics
///
/// When the libraries do not agree on an answer.
pub fn operations() -> Vec<Operation> {
    let transfer = schema(TOKEN_ABI).action_to_bin(Name::from_static("transfer"), TRANSFER);
    let mut all = Vec::new();
    all.extend(codec(TOKEN_ABI, "transfer", TRANSFER));
    all.extend(codec(SYSTEM_ABI, "newaccount", &new_account()));
    all.extend(codec(
        MSIG_ABI,
        "propose",
        &proposal(&transfer.expect("a transfer")),
    ));
    all.extend(abi_definition());
    all.extend(compile("eosio.token", TOKEN_ABI));
    all.extend(compile("eosio.system", SYSTEM_ABI));
    all.extend(typed());
    all.extend([name_parse(), name_format(), name_display()]);
    all.extend([asset_parse(), asset_format()]);
    all.extend([
        key_parse(),
        key_format(),
        signature_parse(),
        signature_format(),
    ]);
    all
}

fn operation(name: impl Into<String>, contestants: impl Into<Vec<Contestant>>) -> Operation {
    Operation {
        name: name.into(),
        contestants: contestants.into(),
    }
}

fn schema(abi: &str) -> Schema {
    Schema::from_json(abi).expect("a sound ABI")
}

fn handle(abi: &str) -> AbiHandle {
    AbiHandle::from_json(abi).expect("rs_abieos reads the ABI")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// An action's arguments both ways. Its type has its name.
fn codec(abi: &str, action: &'static str, arguments: &str) -> [Operation; 2] {
    let name = Name::from_static(action);
    let (ours, mut theirs) = (schema(abi), handle(abi));
    let bytes = ours.action_to_bin(name, arguments).expect("arguments");
    assert_eq!(
        theirs.json_to_bin(action, arguments).expect("arguments"),
        bytes
    );
    let text = ours.action_to_json(name, &bytes).expect("arguments");
    let their_text = theirs.bin_to_json(action, &bytes).expect("arguments");
    assert_eq!(one_form(json(&text)), one_form(json(&their_text)));

    let (our_reader, mut their_reader) = (ours.clone(), handle(abi));
    let (text, their_text) = (arguments.to_owned(), arguments.to_owned());
    let their_bytes = bytes.clone();
    [
        operation(
            format!("{action}/json_to_bin"),
            [
                Contestant::new(EosAbi, move || {
                    ours.action_to_bin(name, black_box(&text)).unwrap()
                }),
                Contestant::new(RsAbieos, move || {
                    theirs.json_to_bin(action, black_box(&their_text)).unwrap()
                }),
            ],
        ),
        operation(
            format!("{action}/bin_to_json"),
            [
                Contestant::new(EosAbi, move || {
                    our_reader.action_to_json(name, black_box(&bytes)).unwrap()
                }),
                Contestant::new(RsAbieos, move || {
                    their_reader
                        .bin_to_json(action, black_box(&their_bytes))
                        .unwrap()
                }),
            ],
        ),
    ]
}

/// Returns the value with texts that have several forms in one: keys in the newer one, whole seconds without a fraction, and
/// hexadecimal digits in lower case.
fn one_form(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(if let Ok(key) = text.parse::<PublicKey>() {
            key.to_modern_string()
        } else if let Some(seconds) = text.strip_suffix(".000") {
            seconds.to_owned()
        } else if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            text.to_lowercase()
        } else {
            text
        }),
        Value::Array(values) => values.into_iter().map(one_form).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            members
                .map(|(name, value)| (name, one_form(value)))
                .collect()
        }
        other => other,
    }
}

/// The definition of an ABI itself, both ways.
fn abi_definition() -> [Operation; 2] {
    let peer = rs_abieos::Abieos::new();
    let ours = |text: &str| Abi::json_to_bin(text).unwrap();
    let our_text = |bytes: &[u8]| Abi::bin_to_json(bytes).unwrap();
    let bytes = ours(SYSTEM_ABI);
    assert_eq!(peer.abi_json_to_bin(SYSTEM_ABI).unwrap(), bytes);
    let their_text = peer.abi_bin_to_json(&bytes).unwrap();
    // rs_abieos leaves sections out that are empty.
    let definition = |text: &str| Abi::from_json(text).unwrap();
    assert_eq!(definition(&our_text(&bytes)), definition(&their_text));
    let (their_bytes, their_reader) = (bytes.clone(), rs_abieos::Abieos::new());
    [
        operation(
            "system_abi/json_to_bin",
            [
                Contestant::new(EosAbi, move || ours(black_box(SYSTEM_ABI))),
                Contestant::new(RsAbieos, move || {
                    peer.abi_json_to_bin(black_box(SYSTEM_ABI)).unwrap()
                }),
            ],
        ),
        operation(
            "system_abi/bin_to_json",
            [
                Contestant::new(EosAbi, move || our_text(black_box(&bytes))),
                Contestant::new(RsAbieos, move || {
                    their_reader
                        .abi_bin_to_json(black_box(&their_bytes))
                        .unwrap()
                }),
            ],
        ),
    ]
}

/// From an ABI's text or bytes to what can encode.
fn compile(contract: &str, abi: &'static str) -> [Operation; 2] {
    let bytes = Abi::json_to_bin(abi).unwrap();
    let their_bytes = bytes.clone();
    [
        operation(
            format!("compile_{contract}/json"),
            [
                Contestant::new(EosAbi, move || schema(black_box(abi))),
                Contestant::new(RsAbieos, move || handle(black_box(abi))),
            ],
        ),
        operation(
            format!("compile_{contract}/bin"),
            [
                Contestant::new(EosAbi, move || {
                    Schema::from_bytes(black_box(&bytes)).unwrap()
                }),
                Contestant::new(RsAbieos, move || {
                    AbiHandle::from_bin(black_box(&their_bytes)).unwrap()
                }),
            ],
        ),
    ]
}

/// The peer's transfer.
type TheirTransfer = ::antelope::api::system::structs::TransferAction;

fn typed() -> [Operation; 3] {
    let ours: Transfer = eos_abi::json::from_str(TRANSFER).expect("a transfer");
    let theirs = TheirTransfer {
        from: antelope::name::Name::new_from_str("alice1111111"),
        to: antelope::name::Name::new_from_str("bob111111111"),
        quantity: antelope::asset::Asset::from_string("1.0000 SYS"),
        memo: "hello".into(),
    };
    let bytes = to_bytes(&ours).expect("a transfer");
    assert_eq!(Encoder::pack(&theirs), bytes);
    let read: Transfer = from_bytes(&bytes).expect("a transfer");
    assert_eq!(read, ours);
    let their_read = unpack(&bytes);
    assert_eq!(Encoder::pack(&their_read), bytes);

    let (reused, their_reused) = (ours.clone(), theirs.clone());
    let their_bytes = bytes.clone();
    let mut buffer = Vec::with_capacity(64);
    [
        operation(
            "typed_transfer/to_bytes",
            [
                Contestant::new(EosAbi, move || to_bytes(black_box(&ours)).unwrap()),
                Contestant::new(AntelopeClient, move || Encoder::pack(black_box(&theirs))),
            ],
        ),
        // The peer has no way to write into a buffer that is there.
        operation(
            "typed_transfer/to_writer",
            [
                Contestant::new(EosAbi, move || {
                    buffer.clear();
                    to_writer(&mut buffer, black_box(&reused)).unwrap();
                    black_box(buffer.as_slice()).len()
                }),
                Contestant::new(AntelopeClient, move || {
                    Encoder::pack(black_box(&their_reused))
                }),
            ],
        ),
        operation(
            "typed_transfer/from_bytes",
            [
                Contestant::new(EosAbi, move || {
                    from_bytes::<Transfer>(black_box(&bytes)).unwrap()
                }),
                Contestant::new(AntelopeClient, move || unpack(black_box(&their_bytes))),
            ],
        ),
    ]
}

fn unpack(bytes: &[u8]) -> TheirTransfer {
    let mut value = TheirTransfer {
        from: antelope::name::Name::default(),
        to: antelope::name::Name::default(),
        quantity: antelope::asset::Asset::default(),
        memo: String::new(),
    };
    value.unpack(bytes);
    value
}

fn name_parse() -> Operation {
    let peer = rs_abieos::Abieos::new();
    let value = Name::from_static(NAME).to_u64();
    assert_eq!(peer.string_to_name(NAME).unwrap(), value);
    assert_eq!(antelope::name::Name::new_from_str(NAME).value(), value);
    operation(
        "name/parse",
        [
            Contestant::new(EosAbi, || black_box(NAME).parse::<Name>().unwrap().to_u64()),
            Contestant::new(RsAbieos, move || {
                peer.string_to_name(black_box(NAME)).unwrap()
            }),
            Contestant::new(AntelopeClient, || {
                antelope::name::Name::new_from_str(black_box(NAME)).value()
            }),
        ],
    )
}

fn name_format() -> Operation {
    let peer = rs_abieos::Abieos::new();
    let name = Name::from_static(NAME);
    let (value, theirs) = (name.to_u64(), antelope::name::Name::new_from_str(NAME));
    assert_eq!(peer.name_to_string(value).unwrap(), name.to_string());
    assert_eq!(theirs.as_string(), name.to_string());
    operation(
        "name/format",
        [
            Contestant::new(EosAbi, move || String::from(black_box(name))),
            Contestant::new(RsAbieos, move || {
                peer.name_to_string(black_box(value)).unwrap()
            }),
            Contestant::new(AntelopeClient, move || black_box(theirs).as_string()),
        ],
    )
}

/// As [`name_format`], by the way that every type has.
fn name_display() -> Operation {
    let (name, theirs) = (
        Name::from_static(NAME),
        antelope::name::Name::new_from_str(NAME),
    );
    operation(
        "name/display",
        [
            Contestant::new(EosAbi, move || black_box(name).to_string()),
            Contestant::new(AntelopeClient, move || black_box(theirs).to_string()),
        ],
    )
}

/// A text as JSON, for peers that know texts by their ABI's types only.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Reading a text: ours by `FromStr`, the one of `rs_abieos` from JSON to bytes.
fn parse<T, P>(
    ty: &'static str,
    text: &str,
    to_bytes: impl Fn(&T) -> Vec<u8>,
    peer: impl Fn(&str) -> P + 'static,
    peer_to_bytes: impl Fn(&P) -> Vec<u8>,
) -> Operation
where
    T: FromStr<Err: std::fmt::Debug> + 'static,
    P: 'static,
{
    let mut abieos = handle(TOKEN_ABI);
    let json = quoted(text);
    let bytes = to_bytes(&text.parse().unwrap());
    assert_eq!(abieos.json_to_bin(ty, &json).unwrap(), bytes);
    assert_eq!(peer_to_bytes(&peer(text)), bytes);
    let (ours, theirs) = (text.to_owned(), text.to_owned());
    operation(
        format!("{ty}/parse"),
        [
            Contestant::new(EosAbi, move || black_box(&ours).parse::<T>().unwrap()),
            Contestant::new(RsAbieos, move || {
                abieos.json_to_bin(ty, black_box(&json)).unwrap()
            }),
            Contestant::new(AntelopeClient, move || peer(black_box(&theirs))),
        ],
    )
}

/// Printing a value: ours by `Display`, the one of `rs_abieos` from bytes to JSON.
fn format_as<T: 'static, P: 'static>(
    ty: &'static str,
    (ours, print): (T, impl Fn(&T) -> String + 'static),
    bytes: Vec<u8>,
    (theirs, their_print): (P, impl Fn(&P) -> String + 'static),
) -> Operation {
    let mut abieos = handle(TOKEN_ABI);
    assert_eq!(
        abieos.bin_to_json(ty, &bytes).unwrap(),
        quoted(&print(&ours))
    );
    assert_eq!(their_print(&theirs), print(&ours));
    operation(
        format!("{ty}/format"),
        [
            Contestant::new(EosAbi, move || print(black_box(&ours))),
            Contestant::new(RsAbieos, move || {
                abieos.bin_to_json(ty, black_box(&bytes)).unwrap()
            }),
            Contestant::new(AntelopeClient, move || their_print(black_box(&theirs))),
        ],
    )
}

fn asset_parse() -> Operation {
    parse::<Asset, _>(
        "asset",
        ASSET,
        |asset| to_bytes(asset).unwrap(),
        antelope::asset::Asset::from_string,
        Encoder::pack,
    )
}

fn asset_format() -> Operation {
    let asset: Asset = ASSET.parse().unwrap();
    let theirs = antelope::asset::Asset::from_string(ASSET);
    format_as(
        "asset",
        (asset, ToString::to_string),
        to_bytes(&asset).unwrap(),
        (theirs, |asset| asset.as_string()),
    )
}

fn key_parse() -> Operation {
    parse::<PublicKey, _>(
        "public_key",
        &key(1).public_key().to_modern_string(),
        PublicKey::to_packed,
        |text| antelope::public_key::PublicKey::new_from_str(text).unwrap(),
        Encoder::pack,
    )
}

fn key_format() -> Operation {
    let key = key(1).public_key();
    let theirs = antelope::public_key::PublicKey::new_from_str(&key.to_modern_string()).unwrap();
    let bytes = key.to_packed();
    format_as(
        "public_key",
        (key, PublicKey::to_modern_string),
        bytes,
        (theirs, antelope::public_key::PublicKey::as_string),
    )
}

fn signature_parse() -> Operation {
    parse::<Signature, _>(
        "signature",
        &signature(),
        Signature::to_packed,
        |text| antelope::signature::Signature::from_string(text).unwrap(),
        Encoder::pack,
    )
}

fn signature_format() -> Operation {
    let ours: Signature = signature().parse().unwrap();
    let theirs = antelope::signature::Signature::from_string(&signature()).unwrap();
    let bytes = ours.to_packed();
    format_as(
        "signature",
        (ours, ToString::to_string),
        bytes,
        (theirs, antelope::signature::Signature::as_string),
    )
}
