use std::{io, path::PathBuf};

use crate::{error::RandomnessError, public_key::PublicKey};

/// Says what could not be done with a wallet or another secret file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalletError {
    /// A file of that name exists and is not overwritten.
    #[error("{} exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is not the one that was read, so that saving would undo what another has saved. Open it again and repeat the change.
    #[error("{} was changed or removed by another since it was read: open it again and repeat the change", path.display())]
    ChangedOnDisk {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("could not {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file it was tried on.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Others than the owner may read or write the file, so its content is no secret. `chmod 600` mends it, if nobody has looked yet.
    #[error("{} is open to others (mode {mode:03o}), expected 600", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file is longer than any we write.
    #[error("{} is longer than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read and written.
        limit: u64,
    },
    /// The password is wrong, or the file is damaged or not a wallet: these are not told apart.
    #[error("could not unlock {}: wrong password, or not an intact wallet", path.display())]
    Unlock {
        /// The file.
        path: PathBuf,
    },
    /// There is an entry of that label, which is not overwritten.
    #[error("there is a key labelled {label:?} already")]
    LabelExists {
        /// The label.
        label: String,
    },
    /// There is no wallet of that name.
    #[error("there is no wallet {name:?} in {}", directory.display())]
    UnknownWallet {
        /// The name.
        name: String,
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// There are two wallets of that name, one in each format. Rename one of the files.
    #[error("there are two wallets {name:?} in {}: a keystore and one of keosd", directory.display())]
    AmbiguousName {
        /// The name.
        name: String,
        /// Where they are.
        directory: PathBuf,
    },
    /// Wallets are not named so.
    #[error(
        "wallet name {name:?} is refused: a name is 1 to 128 of the characters a-z A-Z 0-9 . _ - and does not begin with a dot"
    )]
    NameRefused {
        /// The name.
        name: String,
    },
    /// The wallet is locked.
    #[error("wallet {name:?} is locked")]
    Locked {
        /// The wallet.
        name: String,
    },
    /// The wallet is unlocked already.
    #[error("wallet {name:?} is unlocked already")]
    AlreadyUnlocked {
        /// The wallet.
        name: String,
    },
    /// The wallet has that key already.
    #[error("wallet {name:?} has the key {key} already")]
    KeyExists {
        /// The wallet.
        name: String,
        /// The public key.
        key: PublicKey,
    },
    /// The wallet does not have that key.
    #[error("wallet {name:?} does not have the key {key}")]
    UnknownKey {
        /// The wallet.
        name: String,
        /// The public key.
        key: PublicKey,
    },
    /// The cost of the key derivation is outside of what is read back.
    #[error("key derivation cost is out of bounds: {memory_kib} KiB, {passes} passes")]
    CostOutOfBounds {
        /// The memory asked for.
        memory_kib: u32,
        /// The passes asked for.
        passes: u32,
    },
    /// There was no memory for the key derivation.
    #[error("no memory for the key derivation ({memory_kib} KiB)")]
    OutOfMemory {
        /// The memory it takes.
        memory_kib: u32,
    },
    /// The thread that locks wallets could not be started.
    #[error("could not start the thread that locks wallets")]
    Thread {
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// There was no randomness for a salt, a nonce or a file name.
    #[error("could not write a secret file")]
    Randomness(#[from] RandomnessError),
}
