use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, aead::AeadInOut as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    error::RandomnessError,
    hex,
    key_type::KeyType,
    packed::{Reader, push_bytes},
    private_key::PrivateKey,
    signer::LocalSigner,
    wallet::{Password, WalletError, create_secret_file, read_secret_file, write_secret_file},
};

/// What stands first in each file, and says which rules the rest follows.
const FORMAT: &str = "eos-keys/keystore/1";

/// No file longer than this is read or written.
const MAX_FILE: u64 = 16 << 20;

/// A wallet file of our own format: private keys, each under a label.
///
/// ```
/// use eos_keys::{PrivateKey, wallet::{Keystore, Password}};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("network.keys");
/// let password = Password::generate()?;
/// let mut keystore = Keystore::create(&path, &password)?;
/// keystore.insert("bp1", PrivateKey::generate()?)?;
/// keystore.save()?;
///
/// let keystore = Keystore::open(&path, &password)?;
/// assert!(keystore.get("bp1").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The file is JSON. Its header names the parameters of Argon2id, which makes a key of the password, and the nonce of
/// XChaCha20-Poly1305, which encrypts labels and keys with it and authenticates them together with the header. Each save takes a new
/// nonce. Two processes that save the same file do not see each other: the last one wins.
pub struct Keystore {
    path: PathBuf,
    kdf: Kdf,
    key: Box<Zeroizing<[u8; 32]>>,
    entries: BTreeMap<String, PrivateKey>,
}

impl Keystore {
    /// Makes an empty keystore and its file.
    ///
    /// # Errors
    ///
    /// [`WalletError::Exists`] if there is a file of that name; else [`WalletError`] says why it could not be written.
    pub fn create(path: impl Into<PathBuf>, password: &Password) -> Result<Self, WalletError> {
        Self::create_with_cost(path, password, KdfCost::default())
    }

    /// Makes an empty keystore as [`create`](Self::create) does, at another cost of guessing its password.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_with_cost(
        path: impl Into<PathBuf>,
        password: &Password,
        cost: KdfCost,
    ) -> Result<Self, WalletError> {
        let kdf = Kdf {
            cost,
            salt: random()?,
        };
        let key = kdf.derive(password)?;
        let keystore = Self {
            path: path.into(),
            kdf,
            key,
            entries: BTreeMap::new(),
        };
        create_secret_file(&keystore.path, &keystore.seal()?)?;
        Ok(keystore)
    }

    /// Opens a keystore.
    ///
    /// # Errors
    ///
    /// [`WalletError::Unlock`] if the password is wrong or the file damaged, [`WalletError::OpenToOthers`] if it is not 0600; else
    /// [`WalletError`] says why it could not be read.
    pub fn open(path: impl Into<PathBuf>, password: &Password) -> Result<Self, WalletError> {
        let path = path.into();
        let file = read_secret_file(&path, MAX_FILE)?;
        let unlock = || WalletError::Unlock { path: path.clone() };
        let file = SealedFile::parse(&file).ok_or_else(unlock)?;
        let key = file.kdf.derive(password)?;
        let entries = file.open(&key).ok_or_else(unlock)?;
        Ok(Self {
            path,
            kdf: file.kdf,
            key,
            entries,
        })
    }

    /// Returns where the keystore is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the key under `label`.
    pub fn get(&self, label: &str) -> Option<&PrivateKey> {
        self.entries.get(label)
    }

    /// Returns all labels and keys, ordered by label.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &PrivateKey)> {
        self.entries
            .iter()
            .map(|(label, key)| (label.as_str(), key))
    }

    /// Adds a key. It is in the file after [`save`](Self::save).
    ///
    /// # Errors
    ///
    /// [`WalletError::LabelExists`] if there is a key of this label: one must be [removed](Self::remove) to be replaced.
    pub fn insert(&mut self, label: impl Into<String>, key: PrivateKey) -> Result<(), WalletError> {
        match self.entries.entry(label.into()) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(key);
                Ok(())
            }
            std::collections::btree_map::Entry::Occupied(entry) => Err(WalletError::LabelExists {
                label: entry.key().clone(),
            }),
        }
    }

    /// Removes the key under `label` and returns it. It is gone from the file after [`save`](Self::save).
    pub fn remove(&mut self, label: &str) -> Option<PrivateKey> {
        self.entries.remove(label)
    }

    /// Writes the file anew, atomically.
    ///
    /// # Errors
    ///
    /// [`WalletError`] says why it could not be written; the old file is then still there.
    pub fn save(&self) -> Result<(), WalletError> {
        write_secret_file(&self.path, &self.seal()?)
    }

    /// Returns a signer with all keys that are in the keystore now.
    pub fn to_signer(&self) -> LocalSigner {
        self.entries.values().cloned().collect()
    }

    fn seal(&self) -> Result<Vec<u8>, WalletError> {
        let nonce = random()?;
        let mut buffer = pack(&self.entries);
        XChaCha20Poly1305::new((&**self.key).into())
            .encrypt_in_place(&nonce.into(), &self.kdf.associated_data(), &mut *buffer)
            .map_err(|_| self.too_large())?;
        let file = FileJson {
            format: FORMAT.into(),
            kdf: KdfJson {
                name: KdfName::Argon2id,
                memory_kib: self.kdf.cost.memory_kib,
                passes: self.kdf.cost.passes,
                lanes: self.kdf.cost.lanes,
                salt: hex::digits(&self.kdf.salt).collect(),
            },
            cipher: CipherJson {
                name: CipherName::XChaCha20Poly1305,
                nonce: hex::digits(&nonce).collect(),
                text: hex::digits(&buffer).collect(),
            },
        };
        let bytes = serde_json::to_vec_pretty(&file).expect("strings and numbers have a JSON form");
        if bytes.len() as u64 > MAX_FILE {
            return Err(self.too_large());
        }
        Ok(bytes)
    }

    fn too_large(&self) -> WalletError {
        WalletError::TooLarge {
            path: self.path.clone(),
            limit: MAX_FILE,
        }
    }
}

impl fmt::Debug for Keystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keystore")
            .field("path", &self.path)
            .field("labels", &self.entries.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// What it costs to try a password: the memory and passes of Argon2id.
///
/// The default, 64 MiB and three passes, takes a good part of a second. A file that asks for more than 256 MiB or 16 passes is not
/// opened, so that a forged one cannot stop its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfCost {
    const MAX_MEMORY_KIB: u32 = 256 << 10;
    const MAX_PASSES: u32 = 16;
    const MAX_LANES: u32 = 4;

    /// Returns a cost of `memory_kib` KiB, gone over `passes` times.
    ///
    /// # Errors
    ///
    /// [`WalletError::CostOutOfBounds`] below 8 KiB or one pass, and above 256 MiB or 16 passes.
    pub const fn new(memory_kib: u32, passes: u32) -> Result<Self, WalletError> {
        let cost = Self {
            memory_kib,
            passes,
            lanes: 1,
        };
        if cost.is_in_bounds() {
            Ok(cost)
        } else {
            Err(WalletError::CostOutOfBounds { memory_kib, passes })
        }
    }

    const fn is_in_bounds(&self) -> bool {
        let least = self.lanes.saturating_mul(Params::MIN_M_COST);
        self.memory_kib >= least
            && self.memory_kib <= Self::MAX_MEMORY_KIB
            && self.passes >= 1
            && self.passes <= Self::MAX_PASSES
            && self.lanes >= 1
            && self.lanes <= Self::MAX_LANES
    }
}

impl Default for KdfCost {
    fn default() -> Self {
        Self {
            memory_kib: 64 << 10,
            passes: 3,
            lanes: 1,
        }
    }
}

struct Kdf {
    cost: KdfCost,
    salt: [u8; 16],
}

impl Kdf {
    fn derive(&self, password: &Password) -> Result<Box<Zeroizing<[u8; 32]>>, WalletError> {
        let KdfCost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        let params = Params::new(memory_kib, passes, lanes, Some(32))
            .map_err(|_| WalletError::CostOutOfBounds { memory_kib, passes })?;
        let mut memory = Zeroizing::new(Vec::new());
        memory
            .try_reserve_exact(params.block_count())
            .map_err(|_| WalletError::OutOfMemory { memory_kib })?;
        memory.resize(params.block_count(), Block::default());
        let mut key = Box::new(Zeroizing::new([0; 32]));
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                password.expose().as_bytes(),
                &self.salt,
                key.as_mut_slice(),
                memory.as_mut_slice(),
            )
            .expect("lengths and memory are as the parameters say; passwords are below 4 GiB");
        Ok(key)
    }

    /// Returns the header as it is authenticated: text of one form, whatever the spaces in the file.
    fn associated_data(&self) -> Vec<u8> {
        let KdfCost {
            memory_kib,
            passes,
            lanes,
        } = self.cost;
        let salt: String = hex::digits(&self.salt).collect();
        format!("{FORMAT} argon2id m={memory_kib} t={passes} p={lanes} {salt} xchacha20-poly1305")
            .into_bytes()
    }
}

/// A file that was read, before its password.
struct SealedFile {
    kdf: Kdf,
    nonce: [u8; 24],
    text: Vec<u8>,
}

impl SealedFile {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let file: FileJson<'_> = serde_json::from_slice(bytes).ok()?;
        let KdfJson {
            name: KdfName::Argon2id,
            memory_kib,
            passes,
            lanes,
            salt: salt_hex,
        } = file.kdf;
        let CipherJson {
            name: CipherName::XChaCha20Poly1305,
            nonce: nonce_hex,
            text: text_hex,
        } = file.cipher;
        let cost = KdfCost {
            memory_kib,
            passes,
            lanes,
        };
        if file.format != FORMAT || !cost.is_in_bounds() {
            return None;
        }
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        hex::decode(&salt_hex, &mut salt).ok()?;
        hex::decode(&nonce_hex, &mut nonce).ok()?;
        let mut text = vec![0; text_hex.len() / 2];
        hex::decode(&text_hex, &mut text).ok()?;
        Some(Self {
            kdf: Kdf { cost, salt },
            nonce,
            text,
        })
    }

    fn open(&self, key: &[u8; 32]) -> Option<BTreeMap<String, PrivateKey>> {
        let mut buffer = Zeroizing::new(self.text.clone());
        XChaCha20Poly1305::new(key.into())
            .decrypt_in_place(
                &self.nonce.into(),
                &self.kdf.associated_data(),
                &mut *buffer,
            )
            .ok()?;
        unpack(&buffer)
    }
}

/// Writes each entry as the type of its key, the key, and the label with its length before it; with room for the tag that
/// encryption appends, so that the buffer does not grow and leave a copy behind.
fn pack(entries: &BTreeMap<String, PrivateKey>) -> Zeroizing<Vec<u8>> {
    const ENTRY: usize = 1 + 32 + 5;
    const TAG: usize = 16;
    let room = entries
        .keys()
        .map(|label| label.len().saturating_add(ENTRY))
        .sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room.saturating_add(TAG)));
    for (label, key) in entries {
        bytes.push(key.key_type().index());
        bytes.extend_from_slice(key.expose_bytes());
        push_bytes(&mut bytes, label.as_bytes());
    }
    bytes
}

fn unpack(bytes: &[u8]) -> Option<BTreeMap<String, PrivateKey>> {
    let mut entries = BTreeMap::new();
    let mut reader = Reader::new(bytes);
    while !reader.rest().is_empty() {
        let key_type = KeyType::from_index(reader.byte().ok()?)?;
        let key = PrivateKey::from_bytes(key_type, reader.array().ok()?).ok()?;
        let label = reader.string().ok()?.to_owned();
        if entries.insert(label, key).is_some() {
            return None;
        }
    }
    Some(entries)
}

fn random<const N: usize>() -> Result<[u8; N], RandomnessError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(RandomnessError::new)?;
    Ok(bytes)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson<'a> {
    format: std::borrow::Cow<'a, str>,
    kdf: KdfJson,
    cipher: CipherJson,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KdfJson {
    name: KdfName,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

#[derive(Serialize, Deserialize)]
enum KdfName {
    #[serde(rename = "argon2id")]
    Argon2id,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CipherJson {
    name: CipherName,
    nonce: String,
    text: String,
}

#[derive(Serialize, Deserialize)]
enum CipherName {
    #[serde(rename = "xchacha20-poly1305")]
    XChaCha20Poly1305,
}
