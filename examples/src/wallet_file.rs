//! A wallet file of either format, told apart by its content.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use eos_keys::wallet::{KeosdWallet, Keystore, Password, read_secret_file};
use eos_keys::{PrivateKey, PublicKey};

/// Neither format is read beyond this.
const MAX_FILE: u64 = 16 << 20;

const LONGEST_LABEL: usize = 128;

/// What a wallet file is written like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A keystore of eos-keys: Argon2id, XChaCha20-Poly1305, labels.
    Keystore,
    /// A wallet file of keosd, `NAME.wallet`.
    Keosd,
}

impl Format {
    /// Tells the format of a file from what stands in it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is open to others, or is neither.
    pub fn of(file: &Path) -> Result<Self> {
        let bytes = read_secret_file(file, MAX_FILE)?;
        let members: Option<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_slice(&bytes).ok();
        match members {
            Some(members) if members.contains_key("cipher_keys") => Ok(Self::Keosd),
            Some(members) if members.contains_key("format") => Ok(Self::Keystore),
            _ => bail!(
                "{} is neither a keystore nor a wallet of keosd",
                file.display()
            ),
        }
    }

    /// Returns the other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Keystore => Self::Keosd,
            Self::Keosd => Self::Keystore,
        }
    }
}

/// An unlocked wallet.
#[derive(Debug)]
pub enum WalletFile {
    /// A keystore of eos-keys.
    Keystore(Keystore),
    /// A wallet file of keosd.
    Keosd(KeosdWallet),
}

impl WalletFile {
    /// Makes an empty wallet.
    ///
    /// # Errors
    ///
    /// When there is such a file or it cannot be written.
    pub fn create(file: PathBuf, format: Format, password: &Password) -> Result<Self> {
        Ok(match format {
            Format::Keystore => Self::Keystore(Keystore::create(file, password)?),
            Format::Keosd => Self::Keosd(KeosdWallet::create(file, password)?),
        })
    }

    /// Unlocks a wallet.
    ///
    /// # Errors
    ///
    /// When the password is wrong or the file damaged.
    pub fn open(file: PathBuf, format: Format, password: &Password) -> Result<Self> {
        Ok(match format {
            Format::Keystore => Self::Keystore(Keystore::open(file, password)?),
            Format::Keosd => Self::Keosd(KeosdWallet::open(file, password)?),
        })
    }

    /// Makes a wallet of the other format with the same keys.
    ///
    /// # Errors
    ///
    /// When there is such a file or it cannot be written.
    pub fn convert(&self, file: PathBuf, password: &Password) -> Result<Self> {
        Ok(match self {
            Self::Keystore(keystore) => {
                Self::Keosd(KeosdWallet::create_from_keystore(file, password, keystore)?)
            }
            Self::Keosd(wallet) => {
                Self::Keystore(Keystore::create_from_keosd(file, password, wallet)?)
            }
        })
    }

    /// Returns all keys: what the wallet calls each, and the private key.
    pub fn keys(&self) -> Vec<(String, &PrivateKey)> {
        match self {
            Self::Keystore(keystore) => keystore
                .entries()
                .map(|(label, key)| (label.to_owned(), key))
                .collect(),
            Self::Keosd(wallet) => wallet
                .keys()
                .map(|(public, key)| (public.to_string(), key))
                .collect(),
        }
    }

    /// Returns the private key of a label, or of a public key in any of its texts. A label that is such a text never stands for another
    /// key.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find(&self, key: &str) -> Result<&PrivateKey> {
        let public: Option<PublicKey> = key.parse().ok();
        self.keys()
            .into_iter()
            .find(|(label, private)| match &public {
                Some(public) => private.public_key() == *public,
                None => label == key,
            })
            .map(|(_, private)| private)
            .with_context(|| format!("the wallet has no key {key:?}; `wallet list` shows them"))
    }

    /// Adds a key, under a label where the format has labels, and saves.
    ///
    /// # Errors
    ///
    /// When the key or the label is there already, the label could be mistaken, or the file cannot be written.
    pub fn add(&mut self, key: PrivateKey, label: Option<String>) -> Result<PublicKey> {
        let public = key.public_key();
        if self
            .keys()
            .iter()
            .any(|(_, known)| known.public_key() == public)
        {
            bail!("{public} is in the wallet already");
        }
        match self {
            Self::Keystore(keystore) => {
                if let Some(label) = &label {
                    check_label(label, &public)?;
                }
                keystore.insert(label.unwrap_or_else(|| public.to_string()), key)?;
                keystore.save()?;
            }
            Self::Keosd(_) if label.is_some() => {
                bail!("a wallet of keosd has no labels: leave --label out")
            }
            Self::Keosd(wallet) => {
                wallet.insert(key);
                wallet.save()?;
            }
        }
        Ok(public)
    }
}

/// Returns a label with all that would steer a terminal or begin a line made visible, as in Rust's literals.
pub fn printable(label: &str) -> String {
    let escaped = label.escape_debug().to_string();
    escaped.replace("\\'", "'").replace("\\\"", "\"")
}

fn check_label(label: &str, public: &PublicKey) -> Result<()> {
    if !(1..=LONGEST_LABEL).contains(&label.len()) {
        bail!("a label has 1 to {LONGEST_LABEL} bytes");
    }
    if printable(label).replace("\\\\", "\\") != label {
        bail!("a label has no control characters and none that cannot be seen");
    }
    if label.parse().is_ok_and(|other: PublicKey| other != *public) {
        bail!("this label is the text of another key: {label}");
    }
    Ok(())
}
