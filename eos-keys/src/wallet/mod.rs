//! Wallet files (feature `wallet`).
//!
//! [`Keystore`] is our own format and the one for new wallets: keys under labels, encrypted with a key that Argon2id makes of the
//! password, and authenticated. [`KeosdWallet`] reads and writes the files of keosd, byte for byte, for exchange with it.
//!
//! [`WalletManager`] keeps a directory of either, unlocks them, signs, and locks them by itself after a while.
//!
//! All files are written 0600 from the start and replaced atomically; see [`write_secret_file`].

mod error;
mod keosd_file;
mod keystore;
mod known_file;
mod manager;
mod password;
mod secret_file;
mod uptime;

pub use error::WalletError;
pub use keosd_file::KeosdWallet;
pub use keystore::{KdfCost, Keystore};
pub use manager::{WalletFormat, WalletInfo, WalletManager};
pub use password::Password;
pub use secret_file::{create_secret_file, read_secret_file, write_secret_file};
