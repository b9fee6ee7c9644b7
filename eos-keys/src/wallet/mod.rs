//! Wallet files (feature `wallet`), and a running keosd (feature `keosd`).
//!
#![cfg_attr(
    feature = "wallet",
    doc = "[`Keystore`] is our own format and the one for new wallets: keys under labels, encrypted with a key that Argon2id makes of the",
    doc = "password, and authenticated. [`KeosdWallet`] reads and writes the files of keosd, byte for byte, for exchange with it.",
    doc = "",
    doc = "[`WalletManager`] keeps a directory of either, unlocks them, signs, and locks them by itself after a while.",
    doc = "",
    doc = "All files are written 0600 from the start and replaced atomically; see [`write_secret_file`].",
    doc = ""
)]
#![cfg_attr(
    feature = "keosd",
    doc = "[`KeosdClient`] makes the calls of a keosd that runs on this machine, and signs with its keys."
)]

#[cfg(feature = "wallet")]
mod error;
#[cfg(feature = "keosd")]
mod keosd;
#[cfg(feature = "keosd")]
mod keosd_error;
#[cfg(feature = "wallet")]
mod keosd_file;
#[cfg(feature = "wallet")]
mod keystore;
#[cfg(feature = "wallet")]
mod known_file;
#[cfg(feature = "wallet")]
mod manager;
mod password;
#[cfg(feature = "keosd")]
mod secret_buffer;
#[cfg(feature = "wallet")]
mod secret_file;
#[cfg(feature = "wallet")]
mod uptime;

#[cfg(feature = "wallet")]
pub use error::WalletError;
#[cfg(feature = "keosd")]
pub use keosd::{KeosdClient, ListedWallet};
#[cfg(feature = "keosd")]
pub use keosd_error::{KeosdError, KeosdRefusal};
#[cfg(feature = "wallet")]
pub use keosd_file::KeosdWallet;
#[cfg(feature = "wallet")]
pub use keystore::{KdfCost, Keystore};
#[cfg(feature = "wallet")]
pub use manager::{WalletFormat, WalletInfo, WalletManager};
pub use password::Password;
#[cfg(feature = "wallet")]
pub use secret_file::{create_secret_file, read_secret_file, write_secret_file};
