use std::{io, path::PathBuf};

use crate::error::RandomnessError;

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
    /// There was no randomness for a salt, a nonce or a file name.
    #[error("could not write a secret file")]
    Randomness(#[from] RandomnessError),
}
