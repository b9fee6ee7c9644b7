#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod abi;
mod action;
mod asset;
mod authority;
mod binary_extension;
mod bitset;
mod block;
mod bytes;
mod checksum;
pub mod codegen;
#[cfg(feature = "contracts")]
pub mod contracts;
mod cursor;
mod de;
mod error;
mod fixed_array;
mod float128;
mod hex;
mod ids;
pub mod json;
mod limits;
mod name;
mod schema;
mod ser;
mod stack_text;
mod symbol;
mod table;
mod text_form;
mod time;
mod transaction;
mod varint;

pub use abi::{
    Abi, AbiError, ActionDef, ActionResultDef, CallDef, ClausePair, ErrorMessage, FieldDef,
    KvTableDef, PrimaryIndexDef, SecondaryIndexDef, StructDef, TableDef, TableName, TypeDef,
    VariantDef,
};
pub use action::{Action, ActionData, ActionError, ActionReturn, PermissionLevel};
pub use asset::{Asset, AssetError, ExtendedAsset};
pub use authority::{Authority, KeyWeight, PermissionLevelWeight, WaitWeight};
pub use binary_extension::BinaryExtension;
pub use bitset::Bitset;
pub use block::{
    BlockError, BlockHeader, ProducerKey, ProducerSchedule, ReceiptTransaction, SignedBlock,
    SignedBlockHeader, TransactionReceipt, TransactionStatus,
};
pub use bytes::Bytes;
pub use checksum::{Checksum160, Checksum256, Checksum512};
pub use de::{from_bytes, from_bytes_prefix, from_bytes_with};
pub use error::{DecodeError, EncodeError, InvalidValue};
pub use fixed_array::FixedArray;
pub use float128::Float128;
pub use ids::{BlockId, ChainId, TransactionId};
pub use limits::{Limits, MAX_DEPTH};
pub use name::Name;
pub use schema::{CodecError, Decoded, Schema, SchemaError};
pub use ser::{to_bytes, to_writer};
pub use symbol::{Symbol, SymbolCode};
pub use table::TableRow;
pub use time::{BlockTimestamp, TimePoint, TimePointSec};
pub use transaction::{
    Compression, PackedTransaction, SignaturesError, SignedTransaction, Transaction, UnpackError,
};
pub use varint::{VarInt32, VarUint32};
