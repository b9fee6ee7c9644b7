//! What the fuzz targets of eos-abi share.

pub mod abis;
pub mod input;
pub mod schemas;
pub mod transactions;
pub mod typed;
