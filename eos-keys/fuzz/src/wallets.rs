//! The formats of wallet files, written by hand from their description: what eos-keys reads here, it did not write.

use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt as _, path::PathBuf, sync::LazyLock};

use aes::{
    Aes256,
    cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7},
};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, aead::AeadInOut as _};
use eos_keys::{
    KeyType, PrivateKey, PublicKey,
    wallet::{KeosdWallet, Keystore, Password},
};
use sha2::{Digest as _, Sha512};
use tempfile::TempDir;

/// The password of every wallet here.
pub const PASSWORD: &str = "fuzz";

/// The cheapest key derivation: fuzzing is to try the format, not Argon2.
pub const MEMORY_KIB: u32 = 8;

const SALT: [u8; 16] = [0x5a; 16];
const NONCE: [u8; 24] = [0xa5; 24];

/// A file in a directory of its own; both are gone on drop. `TMPDIR=/dev/shm` makes it fast.
pub struct WalletFile {
    directory: TempDir,
}

impl WalletFile {
    pub fn new(bytes: &[u8]) -> Self {
        let file = Self {
            directory: TempDir::new().expect("a temporary directory"),
        };
        fs::write(file.path(), bytes).expect("a temporary file");
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).expect("its owner");
        file
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("wallet")
    }

    pub fn read(&self) -> Vec<u8> {
        fs::read(self.path()).expect("the file is there")
    }
}

pub fn password() -> Password {
    Password::from(PASSWORD.to_owned())
}

/// Checks that what is written here is opened at all. Without this, a target could try refused files only, and pass.
pub fn check_seals() {
    let key = PrivateKey::from_bytes(KeyType::K1, &[7; 32]).expect("a key");
    let public = key.public_key();
    let file = WalletFile::new(&seal_keosd(&pack_keosd(&[(&public, &key)])));
    let wallet = KeosdWallet::open(file.path(), &password()).expect("a wallet");
    assert!(wallet.get(&public).is_some());

    let content = pack_keystore(&[("bp1", &key)]);
    let file = WalletFile::new(&seal_keystore(&content));
    let mut keystore = Keystore::open(file.path(), &password()).expect("a keystore");
    assert!(keystore.get("bp1").is_some());
    keystore.save().expect("it can be written");
    assert_eq!(unseal_keystore(&file.read()), Some(content));
}

/// Opens a keosd wallet. If there is one in the file, it must be written as keosd would write it, and be the same when it is opened
/// again.
pub fn check_keosd(file: &[u8]) {
    let file = WalletFile::new(file);
    let Ok(mut wallet) = KeosdWallet::open(file.path(), &password()) else {
        return;
    };
    wallet.save().expect("it can be written");
    let entries: Vec<_> = wallet.keys().collect();
    assert_eq!(file.read(), seal_keosd(&pack_keosd(&entries)));
    let again = KeosdWallet::open(file.path(), &password()).expect("what was written is read");
    assert!(again.keys().map(secret).eq(wallet.keys().map(secret)));
}

/// Opens a keystore. If there is one in the file, it must be written in the order of its labels, and be the same when it is opened again.
pub fn check_keystore(file: &[u8]) {
    let file = WalletFile::new(file);
    let Ok(mut keystore) = Keystore::open(file.path(), &password()) else {
        return;
    };
    keystore.save().expect("it can be written");
    let again = Keystore::open(file.path(), &password()).expect("what was written is read");
    assert!(
        again
            .entries()
            .map(secret)
            .eq(keystore.entries().map(secret))
    );
    let entries: Vec<_> = keystore.entries().collect();
    if let Some(content) = unseal_keystore(&file.read()) {
        assert_eq!(content, pack_keystore(&entries));
    }
}

/// Returns the file of a keosd wallet with what comes after the hash of the password.
pub fn seal_keosd(content: &[u8]) -> Vec<u8> {
    let hash = Sha512::digest(PASSWORD);
    let mut plain = [&hash[..], content].concat();
    let length = plain.len();
    plain.resize(length + 16, 0);
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&hash[..32], &hash[32..48])
        .expect("lengths of AES-256")
        .encrypt_padded::<Pkcs7>(&mut plain, length)
        .expect("room for the padding");
    format!("{{\n  \"cipher_keys\": \"{}\"\n}}", hex(cipher)).into_bytes()
}

/// Returns the number of entries, then each as public key and private key, in their order.
pub fn pack_keosd(entries: &[(&PublicKey, &PrivateKey)]) -> Vec<u8> {
    let mut content = length(entries.len());
    for (public, private) in entries {
        content.extend(public.to_packed());
        content.push(private.key_type().index());
        content.extend(private.expose_bytes());
    }
    content
}

/// Returns the file of a keystore with this content.
pub fn seal_keystore(content: &[u8]) -> Vec<u8> {
    let mut text = content.to_vec();
    XChaCha20Poly1305::new((&*KEYSTORE_KEY).into())
        .encrypt_in_place(&NONCE.into(), &header(), &mut text)
        .expect("it is short enough");
    let (salt, nonce, text) = (hex(&SALT), hex(&NONCE), hex(&text));
    format!(
        r#"{{"format":"eos-keys/keystore/1",
"kdf":{{"name":"argon2id","memory_kib":{MEMORY_KIB},"passes":1,"lanes":1,"salt":"{salt}"}},
"cipher":{{"name":"xchacha20-poly1305","nonce":"{nonce}","text":"{text}"}}}}"#
    )
    .into_bytes()
}

/// Returns each entry as the key's type, the key, and the label with its length before it.
pub fn pack_keystore(entries: &[(&str, &PrivateKey)]) -> Vec<u8> {
    let mut content = Vec::new();
    for (label, key) in entries {
        content.push(key.key_type().index());
        content.extend(key.expose_bytes());
        content.extend(length(label.len()));
        content.extend(label.as_bytes());
    }
    content
}

/// Returns the content of a keystore's file, or `None` if it has another salt or cost than those made here.
fn unseal_keystore(file: &[u8]) -> Option<Vec<u8>> {
    let file: serde_json::Value = serde_json::from_slice(file).expect("a keystore is JSON");
    let ours = serde_json::json!({
        "name": "argon2id", "memory_kib": MEMORY_KIB, "passes": 1, "lanes": 1, "salt": hex(&SALT),
    });
    if file["kdf"] != ours {
        return None;
    }
    let field = |name: &str| unhex(file["cipher"][name].as_str().expect("a text"));
    let nonce = <[u8; 24]>::try_from(field("nonce")).expect("a nonce");
    let mut text = field("text");
    XChaCha20Poly1305::new((&*KEYSTORE_KEY).into())
        .decrypt_in_place(&nonce.into(), &header(), &mut text)
        .expect("it was opened before");
    Some(text)
}

/// What Argon2id makes of password and salt.
static KEYSTORE_KEY: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let params = argon2::Params::new(MEMORY_KIB, 1, 1, Some(32)).expect("parameters of Argon2");
    let mut key = [0; 32];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(PASSWORD.as_bytes(), &SALT, &mut key)
        .expect("lengths of Argon2");
    key
});

/// The header as it is authenticated.
fn header() -> Vec<u8> {
    let salt = hex(&SALT);
    format!("eos-keys/keystore/1 argon2id m={MEMORY_KIB} t=1 p=1 {salt} xchacha20-poly1305")
        .into_bytes()
}

fn secret<K>((name, key): (K, &PrivateKey)) -> (K, KeyType, [u8; 32]) {
    (name, key.key_type(), *key.expose_bytes())
}

/// Returns a length prefix: seven bits a byte, the lowest first.
fn length(mut length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while length > 0x7f {
        bytes.push(0x80 | length.to_le_bytes()[0]);
        length >>= 7;
    }
    bytes.push(length.to_le_bytes()[0]);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all");
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
        .collect()
}
