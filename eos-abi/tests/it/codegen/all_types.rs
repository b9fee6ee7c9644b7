// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.

use eos_keys::{PublicKey, Signature};

use eos_abi::{
    ActionData, Asset, BinaryExtension, BlockTimestamp, Bytes, Checksum160, Checksum256,
    Checksum512, ExtendedAsset, Float128, Name, Symbol, SymbolCode, TimePoint, TimePointSec,
    VarInt32, VarUint32,
};

/// The type `alias_name`: `name`.
pub type AliasName = Name;

/// The type `names`: `name[]`.
pub type Names = Vec<Name>;

/// The struct `inner`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Inner {
    pub a: u16,
    pub b: String,
}

/// Arguments of the action `derived`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Derived {
    pub a: u16,
    pub b: String,
    pub c: Vec<Inner>,
    pub d: Option<Inner>,
}

impl ActionData for Derived {
    const NAME: Name = Name::from_static("derived");
}

/// Arguments of the action `tpubkey`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Tpubkey {
    pub v: PublicKey,
}

impl ActionData for Tpubkey {
    const NAME: Name = Name::from_static("tpubkey");
}

/// Arguments of the action `tbool`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tbool {
    pub v: bool,
}

impl ActionData for Tbool {
    const NAME: Name = Name::from_static("tbool");
}

/// Arguments of the action `tints`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tints {
    pub i8: i8,
    pub u8: u8,
    pub i16: i16,
    pub u16: u16,
    pub i32: i32,
    pub u32: u32,
    pub i64: i64,
    pub u64: u64,
}

impl ActionData for Tints {
    const NAME: Name = Name::from_static("tints");
}

/// Arguments of the action `tbig`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tbig {
    pub i: i128,
    pub u: u128,
}

impl ActionData for Tbig {
    const NAME: Name = Name::from_static("tbig");
}

/// Arguments of the action `tvar`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tvar {
    pub i: VarInt32,
    pub u: VarUint32,
}

impl ActionData for Tvar {
    const NAME: Name = Name::from_static("tvar");
}

/// Arguments of the action `tfloat`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Tfloat {
    pub f: f32,
    pub d: f64,
}

impl ActionData for Tfloat {
    const NAME: Name = Name::from_static("tfloat");
}

/// Arguments of the action `tquad`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tquad {
    pub q: Float128,
}

impl ActionData for Tquad {
    const NAME: Name = Name::from_static("tquad");
}

/// Arguments of the action `ttime`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Ttime {
    pub p: TimePoint,
    pub s: TimePointSec,
    pub b: BlockTimestamp,
}

impl ActionData for Ttime {
    const NAME: Name = Name::from_static("ttime");
}

/// Arguments of the action `tname`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tname {
    pub v: Name,
}

impl ActionData for Tname {
    const NAME: Name = Name::from_static("tname");
}

/// Arguments of the action `tstr`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tstr {
    pub v: String,
}

impl ActionData for Tstr {
    const NAME: Name = Name::from_static("tstr");
}

/// Arguments of the action `tbytes`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tbytes {
    pub v: Bytes,
}

impl ActionData for Tbytes {
    const NAME: Name = Name::from_static("tbytes");
}

/// Arguments of the action `thash`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Thash {
    pub a: Checksum160,
    pub b: Checksum256,
    pub c: Checksum512,
}

impl ActionData for Thash {
    const NAME: Name = Name::from_static("thash");
}

/// Arguments of the action `tsig`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Tsig {
    pub v: Signature,
}

impl ActionData for Tsig {
    const NAME: Name = Name::from_static("tsig");
}

/// Arguments of the action `tsym`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tsym {
    pub s: Symbol,
    pub c: SymbolCode,
}

impl ActionData for Tsym {
    const NAME: Name = Name::from_static("tsym");
}

/// Arguments of the action `tasset`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tasset {
    pub v: Asset,
}

impl ActionData for Tasset {
    const NAME: Name = Name::from_static("tasset");
}

/// Arguments of the action `text`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Text {
    pub v: ExtendedAsset,
}

impl ActionData for Text {
    const NAME: Name = Name::from_static("text");
}

/// Arguments of the action `topt`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Topt {
    pub a: Option<u32>,
    pub b: Option<String>,
    pub c: Option<Inner>,
}

impl ActionData for Topt {
    const NAME: Name = Name::from_static("topt");
}

/// Arguments of the action `tarr`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tarr {
    pub a: Vec<u8>,
    pub n: Names,
    pub s: Vec<String>,
    pub i: Vec<Inner>,
}

impl ActionData for Tarr {
    const NAME: Name = Name::from_static("tarr");
}

/// Arguments of the action `tvariant`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Tvariant {
    pub v: Myvariant,
    pub w: Vec<Myvariant>,
}

impl ActionData for Tvariant {
    const NAME: Name = Name::from_static("tvariant");
}

/// Arguments of the action `tbinext`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Tbinext {
    pub a: u8,
    pub b: BinaryExtension<String>,
    pub c: BinaryExtension<u32>,
}

impl ActionData for Tbinext {
    const NAME: Name = Name::from_static("tbinext");
}

/// Arguments of the action `talias`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Talias {
    pub v: AliasName,
}

impl ActionData for Talias {
    const NAME: Name = Name::from_static("talias");
}

/// The variant `myvariant`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Myvariant {
    #[serde(rename = "uint8")]
    Uint8(u8),
    #[serde(rename = "string")]
    String(String),
    #[serde(rename = "inner")]
    Inner(Inner),
    #[serde(rename = "name[]")]
    NameArray(Vec<Name>),
}
