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
use sha2::{Digest as _, Sha512};
use zeroize::Zeroizing;

use crate::{
    hex,
    key_type::KeyType,
    packed::{Reader, push_length},
    private_key::PrivateKey,
    public_key::PublicKey,
    signer::LocalSigner,
    wallet::{Password, WalletError, create_secret_file, read_secret_file, write_secret_file},
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
/// See `soft_wallet` of keosd's `wallet_plugin` for the format.
pub struct KeosdWallet {
    path: PathBuf,
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
        let wallet = Self {
            path: path.into(),
            hash: PasswordHash::of(password),
            keys: BTreeMap::new(),
        };
        create_secret_file(&wallet.path, &wallet.seal()?)?;
        Ok(wallet)
    }

    /// Opens a wallet.
    ///
    /// # Errors
    ///
    /// [`WalletError::Unlock`] if the password is wrong or the file damaged, [`WalletError::OpenToOthers`] if it is not 0600; else
    /// [`WalletError`] says why it could not be read.
    pub fn open(path: impl Into<PathBuf>, password: &Password) -> Result<Self, WalletError> {
        let path = path.into();
        let hash = PasswordHash::of(password);
        let file = read_secret_file(&path, MAX_FILE)?;
        let keys =
            unseal(&file, &hash).ok_or_else(|| WalletError::Unlock { path: path.clone() })?;
        Ok(Self { path, hash, keys })
    }

    /// Returns where the wallet is.
    pub fn path(&self) -> &Path {
        &self.path
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
    /// [`WalletError`] says why it could not be written; the old file is then still there.
    pub fn save(&self) -> Result<(), WalletError> {
        write_secret_file(&self.path, &self.seal()?)
    }

    /// Returns a signer with all keys that are in the wallet now.
    pub fn to_signer(&self) -> LocalSigner {
        self.keys.values().cloned().collect()
    }

    fn seal(&self) -> Result<Vec<u8>, WalletError> {
        let too_large = || WalletError::TooLarge {
            path: self.path.clone(),
            limit: MAX_FILE,
        };
        let mut plain = pack(&self.hash, &self.keys);
        let length = plain.len();
        // Padding fills the last block, or adds one.
        plain.resize(length.saturating_add(BLOCK), 0);
        let (key, iv) = self.hash.key_and_iv();
        let cipher = cbc::Encryptor::<Aes256>::new(key.into(), iv.into())
            .encrypt_padded::<Pkcs7>(&mut plain, length)
            .expect("there is room for the padding");
        let mut text = String::from("{\n  \"cipher_keys\": \"");
        text.extend(hex::digits(cipher));
        text.push_str("\"\n}");
        if text.len() as u64 > MAX_FILE {
            return Err(too_large());
        }
        Ok(text.into_bytes())
    }
}

impl fmt::Debug for KeosdWallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeosdWallet")
            .field("path", &self.path)
            .field("public_keys", &self.keys.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

const BLOCK: usize = 16;

/// SHA-512 of the password: it stands before the keys in the file, and encrypts them.
struct PasswordHash(Box<Zeroizing<[u8; 64]>>);

impl PasswordHash {
    fn of(password: &Password) -> Self {
        let mut hash = Box::new(Zeroizing::new([0; 64]));
        Sha512::new_with_prefix(password.expose()).finalize_into((&mut **hash).into());
        Self(hash)
    }

    /// Returns the cipher's key and first vector, which are parts of the hash.
    fn key_and_iv(&self) -> (&[u8; 32], &[u8; BLOCK]) {
        let (key, rest) = self.0.split_first_chunk().expect("64 is more than 32");
        (key, rest.first_chunk().expect("32 is more than 16"))
    }
}

fn pack(hash: &PasswordHash, keys: &BTreeMap<PublicKey, PrivateKey>) -> Zeroizing<Vec<u8>> {
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
    let (key, iv) = hash.key_and_iv();
    let plain = cbc::Decryptor::<Aes256>::new(key.into(), iv.into())
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .ok()?;
    unpack(plain, hash)
}

fn unpack(plain: &[u8], hash: &PasswordHash) -> Option<BTreeMap<PublicKey, PrivateKey>> {
    let mut reader = Reader::new(plain);
    if reader.array::<64>().ok()? != &**hash.0 {
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
