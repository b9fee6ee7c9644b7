//! What the types that every ABI has are in Rust.

/// Where a built-in type comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Language,
    Std(&'static str),
    Abi,
    Keys,
}

/// A built-in type: its name in ABIs, in Rust, and how many bytes it takes at most.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Builtin {
    pub(super) name: &'static str,
    pub(super) identifier: &'static str,
    pub(super) home: Home,
    pub(super) size: usize,
}

const fn builtin(name: &'static str, identifier: &'static str, home: Home, size: usize) -> Builtin {
    Builtin {
        name,
        identifier,
        home,
        size,
    }
}

pub(super) const BUILTINS: [Builtin; 32] = [
    builtin("bool", "bool", Home::Language, 1),
    builtin("int8", "i8", Home::Language, 1),
    builtin("uint8", "u8", Home::Language, 1),
    builtin("int16", "i16", Home::Language, 2),
    builtin("uint16", "u16", Home::Language, 2),
    builtin("int32", "i32", Home::Language, 4),
    builtin("uint32", "u32", Home::Language, 4),
    builtin("int64", "i64", Home::Language, 8),
    builtin("uint64", "u64", Home::Language, 8),
    builtin("int128", "i128", Home::Language, 16),
    builtin("uint128", "u128", Home::Language, 16),
    builtin("varint32", "VarInt32", Home::Abi, 4),
    builtin("varuint32", "VarUint32", Home::Abi, 4),
    builtin("float32", "f32", Home::Language, 4),
    builtin("float64", "f64", Home::Language, 8),
    builtin("float128", "Float128", Home::Abi, 16),
    builtin("time_point", "TimePoint", Home::Abi, 8),
    builtin("time_point_sec", "TimePointSec", Home::Abi, 4),
    builtin("block_timestamp_type", "BlockTimestamp", Home::Abi, 4),
    builtin("name", "Name", Home::Abi, 8),
    builtin("bytes", "Bytes", Home::Abi, 24),
    builtin("string", "String", Home::Std("std::string"), 24),
    builtin("checksum160", "Checksum160", Home::Abi, 20),
    builtin("checksum256", "Checksum256", Home::Abi, 32),
    builtin("checksum512", "Checksum512", Home::Abi, 64),
    builtin("public_key", "PublicKey", Home::Keys, 96),
    builtin("signature", "Signature", Home::Keys, 128),
    builtin("symbol", "Symbol", Home::Abi, 8),
    builtin("symbol_code", "SymbolCode", Home::Abi, 8),
    builtin("asset", "Asset", Home::Abi, 16),
    builtin("extended_asset", "ExtendedAsset", Home::Abi, 24),
    builtin("bitset", "Bitset", Home::Abi, 32),
];

impl Builtin {
    pub(super) fn is_float(&self) -> bool {
        matches!(self.identifier, "f32" | "f64")
    }

    pub(super) fn has_default(&self) -> bool {
        self.home != Home::Keys
    }
}
