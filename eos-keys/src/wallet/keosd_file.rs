use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
    path::{Path, PathBuf},
};

use aes::{
    Aes256,
    cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha512, digest::FixedOutputReset};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    hex,
    key_type::KeyType,
    packed::{Reader, push_length},
    private_key::PrivateKey,
    public_key::PublicKey,
    signer::LocalSigner,
    stack,
    wallet::{Keystore, Password, WalletError, known_file::KnownFile},
};

/// No file longer than this is read or written.
const MAX_FILE: u64 = 16 << 20;

/// Bytes of one entry: key type and public key, key type and private key.
const ENTRY: usize = 1 + 33 + 1 + 32;

/// A wallet file of keosd (`name.wallet`), written byte for byte as keosd does, so that either reads what the other wrote.
///
/// The format is weak: it has neither salt nor authentication, and its hash is fast to guess against. The password must be a random
/// one, as [`Password::generate`] and keosd make them; for anything that keosd need not read, [`Keystore`](super::Keystore) is better.
/// What authentication there can be is done: each public key is checked to be that of its private key.
///
/// A keosd that runs keeps in memory what it has opened and writes it over the file, without a look at it: change only files that no
/// running keosd has open.
///
/// See `soft_wallet` of keosd's `wallet_plugin` for the format.
pub struct KeosdWallet {
    file: KnownFile,
    hash: PasswordHash,
    keys: BTreeMap<PublicKey, PrivateKey>,
}

impl KeosdWallet {
    /// Makes an empty wallet and its file.
    ///
    /// # Errors
    ///
    /// [`WalletError::Exists`] if there is a file of that name; else [`WalletError`] says why it could not be written.
    pub fn create(path: impl Into<PathBuf>, password: &Password) -> Result<Self, WalletError> {
        Self::create_with_keys(path.into(), password, BTreeMap::new())
    }

    /// Makes a wallet with the keys of a keystore, which stays as it is. keosd has no labels, so they are left out, and a key that stands
    /// under several labels is there once.
    ///
    /// The password may be the same or another one; mind that the file is only as good as its password. The file is written once, with
    /// all keys in it.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_from_keystore(
        path: impl Into<PathBuf>,
        password: &Password,
        keystore: &Keystore,
    ) -> Result<Self, WalletError> {
        let keys = keystore
            .entries()
            .map(|(_, key)| (key.public_key(), key.clone()))
            .collect();
        Self::create_with_keys(path.into(), password, keys)
    }

    /// Opens a wallet.
    ///
    /// # Errors
    ///
    /// [`WalletError::Unlock`] if the password is wrong or the file damaged, [`WalletError::OpenToOthers`] if it is not 0600; else
    /// [`WalletError`] says why it could not be read.
    pub fn open(path: impl Into<PathBuf>, password: &Password) -> Result<Self, WalletError> {
        let (file, bytes) = KnownFile::read(path.into(), MAX_FILE)?;
        let hash = PasswordHash::of(password);
        let keys = unseal(&bytes, &hash).ok_or_else(|| WalletError::Unlock {
            path: file.path().to_owned(),
        })?;
        Ok(Self { file, hash, keys })
    }

    /// Returns where the wallet is.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Returns the private key of `key`.
    pub fn get(&self, key: &PublicKey) -> Option<&PrivateKey> {
        self.keys.get(key)
    }

    /// Returns all keys in the order of the file.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (&PublicKey, &PrivateKey)> {
        self.keys.iter()
    }

    /// Adds a key and tells whether it was not there before. It is in the file after [`save`](Self::save).
    pub fn insert(&mut self, key: PrivateKey) -> bool {
        match self.keys.entry(key.public_key()) {
            Entry::Vacant(entry) => {
                entry.insert(key);
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// Removes a key and returns it. It is gone from the file after [`save`](Self::save).
    pub fn remove(&mut self, key: &PublicKey) -> Option<PrivateKey> {
        self.keys.remove(key)
    }

    /// Writes the file anew, atomically.
    ///
    /// # Errors
    ///
    /// [`WalletError::ChangedOnDisk`] if the file is not what was read or saved here last: another process, or another [`KeosdWallet`]
    /// in this one, has saved or removed it. Nothing is lost then: open it again and repeat the change. Else [`WalletError`] says why it
    /// could not be written.
    pub fn save(&mut self) -> Result<(), WalletError> {
        let sealed = self.seal()?;
        self.file.replace(&sealed)
    }

    /// Returns a signer with all keys that are in the wallet now.
    pub fn to_signer(&self) -> LocalSigner {
        self.keys.values().cloned().collect()
    }

    pub(super) const fn file_mut(&mut self) -> &mut KnownFile {
        &mut self.file
    }

    /// Returns what [`save`](Self::save) would write.
    pub(super) fn seal(&self) -> Result<Vec<u8>, WalletError> {
        self.hash.seal(self.path(), self.keys())
    }

    /// Returns another holder of the same keys, who knows the same file.
    pub(super) fn copy(&self) -> Self {
        Self {
            file: self.file.clone(),
            hash: self.hash.clone(),
            keys: self.keys.clone(),
        }
    }

    fn create_with_keys(
        path: PathBuf,
        password: &Password,
        keys: BTreeMap<PublicKey, PrivateKey>,
    ) -> Result<Self, WalletError> {
        let hash = PasswordHash::of(password);
        let sealed = hash.seal(&path, keys.iter())?;
        Ok(Self {
            file: KnownFile::create(path, &sealed)?,
            hash,
            keys,
        })
    }
}

impl fmt::Debug for KeosdWallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeosdWallet")
            .field("path", &self.path())
            .field("public_keys", &self.keys.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

const BLOCK: usize = 16;

/// SHA-512 of the password: it stands before the keys in the file, and encrypts them.
pub(super) struct PasswordHash(Box<Zeroizing<[u8; 64]>>);

// Not derived: that copies the hash by way of the stack.
impl Clone for PasswordHash {
    fn clone(&self) -> Self {
        let mut hash = Box::new(Zeroizing::new([0; 64]));
        hash.copy_from_slice(self.0.as_slice());
        Self(hash)
    }
}

impl PasswordHash {
    pub(super) fn of(password: &Password) -> Self {
        let mut hash = Box::new(Zeroizing::new([0; 64]));
        // A hasher holds what it was given. It erases itself, but not the places it was moved from, so it stays where it is.
        stack::erased_after(|| {
            let mut hasher = Sha512::new();
            hasher.update(password.expose());
            FixedOutputReset::finalize_into_reset(&mut hasher, (&mut **hash).into());
        });
        Self(hash)
    }

    /// Returns the cipher's key and first vector, which are parts of the hash.
    fn key_and_iv(&self) -> (&[u8; 32], &[u8; BLOCK]) {
        let (key, rest) = self.0.split_first_chunk().expect("64 is more than 32");
        (key, rest.first_chunk().expect("32 is more than 16"))
    }

    /// Returns the bytes of a wallet of these keys, which are in order. Its `path` is for errors.
    pub(super) fn seal<'a>(
        &self,
        path: &Path,
        keys: impl ExactSizeIterator<Item = (&'a PublicKey, &'a PrivateKey)>,
    ) -> Result<Vec<u8>, WalletError> {
        let cipher = stack::erased_after(|| {
            let mut bytes = pack(self, keys);
            let length = bytes.len();
            // Padding fills the last block, or adds one.
            bytes.resize(length.saturating_add(BLOCK), 0);
            let (key, iv) = self.key_and_iv();
            let length = cbc::Encryptor::<Aes256>::new(key.into(), iv.into())
                .encrypt_padded::<Pkcs7>(&mut bytes, length)
                .expect("there is room for the padding")
                .len();
            bytes.truncate(length);
            bytes
        });
        let mut text = String::from("{\n  \"cipher_keys\": \"");
        text.extend(hex::digits(&cipher));
        text.push_str("\"\n}");
        if text.len() as u64 > MAX_FILE {
            return Err(WalletError::TooLarge {
                path: path.to_owned(),
                limit: MAX_FILE,
            });
        }
        Ok(text.into_bytes())
    }
}

fn pack<'a>(
    hash: &PasswordHash,
    keys: impl ExactSizeIterator<Item = (&'a PublicKey, &'a PrivateKey)>,
) -> Zeroizing<Vec<u8>> {
    // With room for all that is appended, so that the buffer does not grow and leave a copy behind.
    let room = keys
        .len()
        .saturating_mul(ENTRY)
        .saturating_add(64 + 5 + BLOCK);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    bytes.extend_from_slice(hash.0.as_slice());
    push_length(&mut bytes, keys.len());
    for (public, private) in keys {
        bytes.push(public.key_type().index());
        bytes.extend_from_slice(public.point());
        bytes.push(private.key_type().index());
        bytes.extend_from_slice(private.expose_bytes());
    }
    bytes
}

fn unseal(file: &[u8], hash: &PasswordHash) -> Option<BTreeMap<PublicKey, PrivateKey>> {
    let file: FileJson = serde_json::from_slice(file).ok()?;
    let mut buffer = Zeroizing::new(vec![0; file.cipher_keys.len() / 2]);
    hex::decode(&file.cipher_keys, &mut buffer).ok()?;
    stack::erased_after(|| {
        let (key, iv) = hash.key_and_iv();
        let plain = cbc::Decryptor::<Aes256>::new(key.into(), iv.into())
            .decrypt_padded::<Pkcs7>(&mut buffer)
            .ok()?;
        unpack(plain, hash)
    })
}

fn unpack(plain: &[u8], hash: &PasswordHash) -> Option<BTreeMap<PublicKey, PrivateKey>> {
    let mut reader = Reader::new(plain);
    let found = reader.array::<64>().ok()?;
    if !bool::from(found.ct_eq(hash.0.as_slice())) {
        return None;
    }
    let count = reader.length().ok()?;
    let mut keys = BTreeMap::new();
    for _ in 0..count {
        let public = match KeyType::from_index(reader.byte().ok()?)? {
            KeyType::K1 => PublicKey::from_k1_bytes(*reader.array().ok()?),
            KeyType::R1 => PublicKey::from_r1_bytes(*reader.array().ok()?),
            KeyType::WebAuthn => return None,
        };
        let key_type = KeyType::from_index(reader.byte().ok()?)?;
        let private = PrivateKey::from_bytes(key_type, reader.array().ok()?).ok()?;
        if private.public_key() != public || keys.insert(public, private).is_some() {
            return None;
        }
    }
    reader.finish().ok()?;
    Some(keys)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson {
    cipher_keys: String,
}
