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
    stack,
    wallet::{KeosdWallet, Password, WalletError, known_file::KnownFile},
};

/// What stands first in each file, and says which rules the rest follows.
const FORMAT: &str = "eos-keys/keystore/1";

/// No file longer than this is read or written.
const MAX_FILE: u64 = 16 << 20;

type Entries = BTreeMap<String, PrivateKey>;

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
/// nonce. Two that have the same file open do not overwrite each other's work: see [`save`](Self::save).
pub struct Keystore {
    file: KnownFile,
    key: SealingKey,
    entries: Entries,
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
        Self::create_with_entries(path.into(), password, cost, BTreeMap::new())
    }

    /// Makes a keystore with the keys of a wallet of keosd, which stays as it is. As keosd has no labels, each key's is the text of its
    /// public key.
    ///
    /// The password may be the same or another one. The file is written once, with all keys in it.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_from_keosd(
        path: impl Into<PathBuf>,
        password: &Password,
        wallet: &KeosdWallet,
    ) -> Result<Self, WalletError> {
        let entries = wallet
            .keys()
            .map(|(public, private)| (public.to_string(), private.clone()))
            .collect();
        Self::create_with_entries(path.into(), password, KdfCost::default(), entries)
    }

    /// Opens a keystore.
    ///
    /// A damaged file takes as long as a wrong password does, unless the keystore was made at another cost than the default.
    ///
    /// # Errors
    ///
    /// [`WalletError::Unlock`] if the password is wrong or the file damaged, [`WalletError::OpenToOthers`] if it is not 0600; else
    /// [`WalletError`] says why it could not be read.
    pub fn open(path: impl Into<PathBuf>, password: &Password) -> Result<Self, WalletError> {
        Self::open_spending(path.into(), password, KdfCost::OF_DAMAGED)
    }

    /// Opens a keystore; spends `on_damaged` on a file whose own cost cannot be read.
    fn open_spending(
        path: PathBuf,
        password: &Password,
        on_damaged: KdfCost,
    ) -> Result<Self, WalletError> {
        let (file, bytes) = KnownFile::read(path, MAX_FILE)?;
        let unlock = || WalletError::Unlock {
            path: file.path().to_owned(),
        };
        let Some(sealed) = SealedFile::parse(&bytes) else {
            // Otherwise the time would tell a damaged file from a wrong password.
            let kdf = Kdf {
                cost: on_damaged,
                salt: [0; 16],
            };
            kdf.derive(password)?;
            return Err(unlock());
        };
        let (key, entries) = sealed.open(password)?.ok_or_else(unlock)?;
        Ok(Self { file, key, entries })
    }

    fn create_with_entries(
        path: PathBuf,
        password: &Password,
        cost: KdfCost,
        entries: Entries,
    ) -> Result<Self, WalletError> {
        let key = SealingKey::new(password, cost)?;
        let sealed = key.seal(&path, by_label(&entries))?;
        Ok(Self {
            file: KnownFile::create(path, &sealed)?,
            key,
            entries,
        })
    }

    /// Returns where the keystore is.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Returns the key under `label`.
    pub fn get(&self, label: &str) -> Option<&PrivateKey> {
        self.entries.get(label)
    }

    /// Returns all labels and keys, ordered by label.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &PrivateKey)> {
        by_label(&self.entries)
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
    /// [`WalletError::ChangedOnDisk`] if the file is not what was read or saved here last: another process, or another [`Keystore`] in
    /// this one, has saved or removed it. Nothing is lost then: open it again and repeat the change. Else [`WalletError`] says why it
    /// could not be written.
    pub fn save(&mut self) -> Result<(), WalletError> {
        let sealed = self.seal()?;
        self.file.replace(&sealed)
    }

    /// Returns a signer with all keys that are in the keystore now.
    pub fn to_signer(&self) -> LocalSigner {
        self.entries.values().cloned().collect()
    }

    pub(super) const fn file_mut(&mut self) -> &mut KnownFile {
        &mut self.file
    }

    /// Returns what [`save`](Self::save) would write.
    pub(super) fn seal(&self) -> Result<Vec<u8>, WalletError> {
        self.key.seal(self.path(), by_label(&self.entries))
    }

    /// Returns another holder of the same keys, who knows the same file.
    pub(super) fn copy(&self) -> Self {
        Self {
            file: self.file.clone(),
            key: self.key.clone(),
            entries: self.entries.clone(),
        }
    }
}

impl fmt::Debug for Keystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keystore")
            .field("path", &self.path())
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

    const DEFAULT: Self = Self {
        memory_kib: 64 << 10,
        passes: 3,
        lanes: 1,
    };

    /// What is spent on a file whose own cost cannot be read. Nearly all files are such when fuzzing, which would try little else.
    const OF_DAMAGED: Self = if cfg!(fuzzing) {
        Self {
            memory_kib: Params::MIN_M_COST,
            passes: 1,
            lanes: 1,
        }
    } else {
        Self::DEFAULT
    };

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
        Self::DEFAULT
    }
}

/// What a password becomes, with what must be known to make it again.
pub(super) struct SealingKey {
    kdf: Kdf,
    key: Box<Zeroizing<[u8; 32]>>,
}

// Not derived: that copies the key by way of the stack.
impl Clone for SealingKey {
    fn clone(&self) -> Self {
        let mut key = Box::new(Zeroizing::new([0; 32]));
        key.copy_from_slice(self.key.as_slice());
        let kdf = self.kdf.clone();
        Self { kdf, key }
    }
}

impl SealingKey {
    /// Makes a new one, which is slow.
    pub(super) fn new(password: &Password, cost: KdfCost) -> Result<Self, WalletError> {
        let kdf = Kdf {
            cost,
            salt: random()?,
        };
        let key = kdf.derive(password)?;
        Ok(Self { kdf, key })
    }

    /// Returns the bytes of a keystore of these keys. Its `path` is for errors.
    pub(super) fn seal<'a>(
        &self,
        path: &Path,
        entries: impl Iterator<Item = (&'a str, &'a PrivateKey)> + Clone,
    ) -> Result<Vec<u8>, WalletError> {
        let too_large = || WalletError::TooLarge {
            path: path.to_owned(),
            limit: MAX_FILE,
        };
        let nonce = random()?;
        let header = self.kdf.associated_data();
        let encrypted = stack::erased_after(|| {
            let mut buffer = pack(entries);
            XChaCha20Poly1305::new((&**self.key).into())
                .encrypt_in_place(&nonce.into(), &header, &mut *buffer)
                .map(|()| buffer)
        });
        let buffer = encrypted.map_err(|_| too_large())?;
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
            return Err(too_large());
        }
        Ok(bytes)
    }
}

#[derive(Clone)]
struct Kdf {
    cost: KdfCost,
    salt: [u8; 16],
}

impl Kdf {
    fn derive(&self, password: &Password) -> Result<Box<Zeroizing<[u8; 32]>>, WalletError> {
        stack::erased_after(|| self.derive_key(password))
    }

    fn derive_key(&self, password: &Password) -> Result<Box<Zeroizing<[u8; 32]>>, WalletError> {
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

    /// Returns nothing if the password is wrong or the file damaged.
    fn open(self, password: &Password) -> Result<Option<(SealingKey, Entries)>, WalletError> {
        let Self { kdf, nonce, text } = self;
        let key = kdf.derive(password)?;
        let header = kdf.associated_data();
        let entries = stack::erased_after(|| {
            let mut buffer = Zeroizing::new(text);
            XChaCha20Poly1305::new((&**key).into())
                .decrypt_in_place(&nonce.into(), &header, &mut *buffer)
                .ok()?;
            unpack(&buffer)
        });
        Ok(entries.map(|entries| (SealingKey { kdf, key }, entries)))
    }
}

fn by_label(entries: &Entries) -> impl ExactSizeIterator<Item = (&str, &PrivateKey)> + Clone {
    entries.iter().map(|(label, key)| (label.as_str(), key))
}

/// Writes each entry as the type of its key, the key, and the label with its length before it; with room for the tag that
/// encryption appends, so that the buffer does not grow and leave a copy behind.
fn pack<'a>(
    entries: impl Iterator<Item = (&'a str, &'a PrivateKey)> + Clone,
) -> Zeroizing<Vec<u8>> {
    const ENTRY: usize = 1 + 32 + 5;
    const TAG: usize = 16;
    let room = entries
        .clone()
        .map(|(label, _)| label.len().saturating_add(ENTRY))
        .sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room.saturating_add(TAG)));
    for (label, key) in entries {
        bytes.push(key.key_type().index());
        bytes.extend_from_slice(key.expose_bytes());
        push_bytes(&mut bytes, label.as_bytes());
    }
    bytes
}

fn unpack(bytes: &[u8]) -> Option<Entries> {
    let mut entries = BTreeMap::new();
    let mut reader = Reader::new(bytes);
    while !reader.rest().is_empty() {
        let key_type = KeyType::from_index(reader.byte().ok()?)?;
        let key = PrivateKey::from_bytes(key_type, reader.array().ok()?).ok()?;
        let label = str::from_utf8(reader.bytes().ok()?).ok()?.to_owned();
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn cheap() -> KdfCost {
        KdfCost::new(8, 1).unwrap()
    }

    fn password() -> Password {
        Password::from("correct horse".to_owned())
    }

    /// Opens a file of these bytes, without the time that a damaged one takes.
    fn open(path: &Path, bytes: &[u8]) -> Result<Keystore, WalletError> {
        fs::write(path, bytes).unwrap();
        Keystore::open_spending(path.to_owned(), &password(), cheap())
    }

    fn secrets(keystore: &Keystore) -> Vec<(String, KeyType, [u8; 32])> {
        keystore
            .entries()
            .map(|(label, key)| (label.to_owned(), key.key_type(), *key.expose_bytes()))
            .collect()
    }

    /// Writes a keystore of a key of each type, and returns its bytes.
    fn two_keys(path: &Path) -> Vec<u8> {
        let mut keystore = Keystore::create_with_cost(path, &password(), cheap()).unwrap();
        for (label, key_type) in [("bp1", KeyType::K1), ("pr\u{fc}fer", KeyType::R1)] {
            let key = PrivateKey::from_bytes(key_type, &[1; 32]).unwrap();
            keystore.insert(label, key).unwrap();
        }
        keystore.save().unwrap();
        fs::read(path).unwrap()
    }

    #[test]
    fn every_truncation_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        let file = two_keys(&path);
        for length in 0..file.len() {
            let error = open(&path, file.get(..length).unwrap()).unwrap_err();
            assert!(matches!(error, WalletError::Unlock { .. }), "{length}");
        }
    }

    #[test]
    fn every_bit_flip_is_an_error_or_the_same_keys() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        let mut file = two_keys(&path);
        let expected = secrets(&open(&path, &file).unwrap());
        let mut same = 0;
        for at in 0..file.len() {
            for bit in 0..8 {
                *file.get_mut(at).unwrap() ^= 1 << bit;
                match open(&path, &file) {
                    // The case of a hex digit, or one kind of white space for another.
                    Ok(keystore) => {
                        assert_eq!(secrets(&keystore), expected);
                        same += 1;
                    }
                    Err(WalletError::Unlock { .. }) => {}
                    Err(other) => panic!("byte {at}, bit {bit}: {other:?}"),
                }
                *file.get_mut(at).unwrap() ^= 1 << bit;
            }
        }
        assert!((1..file.len()).contains(&same), "{same}");
    }
}
