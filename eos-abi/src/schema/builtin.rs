//! The types that every ABI has.

use super::types::{Catalog, Member, Struct, Type, TypeId, number};

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
const EXTENDED_ASSET: &str = "extended_asset";

/// All of them, in the order of their ids.
const ALL: [Builtin; 32] = [
    Builtin::Bool,
    Builtin::Int8,
    Builtin::Uint8,
    Builtin::Int16,
    Builtin::Uint16,
    Builtin::Int32,
    Builtin::Uint32,
    Builtin::Int64,
    Builtin::Uint64,
    Builtin::Int128,
    Builtin::Uint128,
    Builtin::Varint32,
    Builtin::Varuint32,
    Builtin::Float32,
    Builtin::Float64,
    Builtin::Float128,
    Builtin::TimePoint,
    Builtin::TimePointSec,
    Builtin::BlockTimestamp,
    Builtin::Name,
    Builtin::Bytes,
    Builtin::String,
    Builtin::Checksum160,
    Builtin::Checksum256,
    Builtin::Checksum512,
    Builtin::PublicKey,
    Builtin::PrivateKey,
    Builtin::Signature,
    Builtin::Symbol,
    Builtin::SymbolCode,
    Builtin::Asset,
    Builtin::Bitset,
];

/// How many types every ABI has: those above and the struct.
pub(super) const COUNT: usize = ALL.len() + 1;

/// Returns the id that a built-in type has in every catalog.
pub(super) fn id(name: &str) -> Option<TypeId> {
    match Builtin::from_name(name) {
        Some(builtin) => Some(builtin.id()),
        None if name == EXTENDED_ASSET => Some(TypeId(number(ALL.len()))),
        None => None,
    }
}

/// Puts the built-in types into an empty catalog.
pub(super) fn define(catalog: &mut Catalog) {
    catalog.types.extend(ALL.map(Type::Builtin));
    let start = catalog.next_member();
    for (name, builtin) in [("quantity", Builtin::Asset), ("contract", Builtin::Name)] {
        let name = catalog.add_text(name);
        catalog.add_member(Member {
            name,
            ty: builtin.id(),
            is_extension: false,
        });
    }
    let (fields, _) = catalog.end_members(start);
    let has_base = false;
    catalog
        .types
        .push(Type::Struct(Struct { fields, has_base }));
}

impl Builtin {
    /// Returns the id that the type has in every catalog.
    fn id(self) -> TypeId {
        // Fieldless variants count from zero.
        TypeId(self as u32)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_where_its_id_says() {
        for (place, builtin) in (0..).zip(ALL) {
            assert_eq!(builtin.id(), TypeId(place));
        }
    }
}
