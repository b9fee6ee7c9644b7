//! The types that every ABI has.

/// A type that every ABI has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    Bool,
    Int8,
    Uint8,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Int64,
    Uint64,
    Int128,
    Uint128,
    Varint32,
    Varuint32,
    Float32,
    Float64,
    Float128,
    TimePoint,
    TimePointSec,
    BlockTimestamp,
    Name,
    Bytes,
    String,
    Checksum160,
    Checksum256,
    Checksum512,
    PublicKey,
    PrivateKey,
    Signature,
    Symbol,
    SymbolCode,
    Asset,
    Bitset,
}

/// The struct that every ABI has.
pub(super) const EXTENDED_ASSET: &str = "extended_asset";

impl Builtin {
    /// Returns the type of a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "int8" => Self::Int8,
            "uint8" => Self::Uint8,
            "int16" => Self::Int16,
            "uint16" => Self::Uint16,
            "int32" => Self::Int32,
            "uint32" => Self::Uint32,
            "int64" => Self::Int64,
            "uint64" => Self::Uint64,
            "int128" => Self::Int128,
            "uint128" => Self::Uint128,
            "varint32" => Self::Varint32,
            "varuint32" => Self::Varuint32,
            "float32" => Self::Float32,
            "float64" => Self::Float64,
            "float128" => Self::Float128,
            "time_point" => Self::TimePoint,
            "time_point_sec" => Self::TimePointSec,
            "block_timestamp_type" => Self::BlockTimestamp,
            "name" => Self::Name,
            "bytes" => Self::Bytes,
            "string" => Self::String,
            "checksum160" => Self::Checksum160,
            "checksum256" => Self::Checksum256,
            "checksum512" => Self::Checksum512,
            "public_key" => Self::PublicKey,
            "private_key" => Self::PrivateKey,
            "signature" => Self::Signature,
            "symbol" => Self::Symbol,
            "symbol_code" => Self::SymbolCode,
            "asset" => Self::Asset,
            "bitset" => Self::Bitset,
            _ => return None,
        })
    }
}
