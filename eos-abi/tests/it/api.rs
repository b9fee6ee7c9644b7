//! The shape of the public types.

use std::error::Error;
use std::fmt::Debug;

use eos_abi::codegen::Generator;
use eos_abi::contracts::token::Transfer;
use eos_abi::{
    Abi, Action, ActionError, Asset, AssetError, Authority, BinaryExtension, Bitset, BlockError,
    BlockHeader, BlockId, BlockTimestamp, Bytes, ChainId, Checksum160, Checksum256, Checksum512,
    CodecError, Compression, DecodeError, EncodeError, ExtendedAsset, FixedArray, Float128,
    InvalidValue, Limits, Name, PackedTransaction, PermissionLevel, Schema, SchemaError,
    SignaturesError, SignedBlock, SignedBlockHeader, SignedTransaction, Symbol, SymbolCode,
    TimePoint, TimePointSec, Transaction, TransactionId, UnpackError, VarInt32, VarUint32,
};

fn is_value<T: Send + Sync + Debug + Clone + 'static>() {}

fn is_error<T: Error + Send + Sync + 'static>() {}

#[test]
fn values_can_be_shared_between_threads_and_shown() {
    is_value::<Name>();
    is_value::<Symbol>();
    is_value::<SymbolCode>();
    is_value::<Asset>();
    is_value::<ExtendedAsset>();
    is_value::<TimePoint>();
    is_value::<TimePointSec>();
    is_value::<BlockTimestamp>();
    is_value::<Checksum160>();
    is_value::<Checksum256>();
    is_value::<Checksum512>();
    is_value::<ChainId>();
    is_value::<BlockId>();
    is_value::<TransactionId>();
    is_value::<Bytes>();
    is_value::<VarUint32>();
    is_value::<VarInt32>();
    is_value::<Float128>();
    is_value::<BinaryExtension<Name>>();
    is_value::<Limits>();
    is_value::<PermissionLevel>();
    is_value::<Action>();
    is_value::<Abi>();
    is_value::<Schema>();
    is_value::<Bitset>();
    is_value::<FixedArray<Name, 40>>();
    is_value::<Authority>();
    is_value::<Generator>();
    is_value::<Transfer>();
    is_value::<Transaction>();
    is_value::<SignedTransaction>();
    is_value::<PackedTransaction>();
    is_value::<Compression>();
    is_value::<BlockHeader>();
    is_value::<SignedBlockHeader>();
    is_value::<SignedBlock>();
}

#[test]
fn errors_can_be_boxed() {
    is_error::<InvalidValue>();
    is_error::<ActionError>();
    is_error::<AssetError>();
    is_error::<EncodeError>();
    is_error::<DecodeError>();
    is_error::<UnpackError>();
    is_error::<SignaturesError>();
    is_error::<BlockError>();
    is_error::<CodecError>();
    is_error::<SchemaError>();
    is_error::<eos_abi::codegen::Error>();
    is_error::<eos_abi::json::Error>();
}
