//! What the fuzz targets of eos-keys share.

pub mod packed;
pub mod wallets;
pub mod webauthn;
