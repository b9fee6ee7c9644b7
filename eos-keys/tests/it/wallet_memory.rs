use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use eos_keys::{
    Digest, KeyType, PrivateKey, PublicKey,
    wallet::{KdfCost, KeosdWallet, Keystore, Password, WalletFormat, WalletManager},
};
use sha2::{Digest as _, Sha512, digest::FixedOutputReset};
use zeroize::Zeroizing;

use crate::{
    child,
    memory_scan::{Masked, find},
};

/// A key and a password that lie nowhere in memory yet, and what to look for.
struct Secrets {
    key: Masked,
    password: Masked,
    all: Vec<Masked>,
}

impl Secrets {
    fn new() -> Self {
        let key = Masked::random(32);
        let text = Masked::of(key_of(&key).expose_text().expose().as_bytes());
        // Not random bytes: a password is text.
        let password = Password::generate().unwrap();
        let password = Masked::of(password.expose().as_bytes());
        let mut hash = Zeroizing::new([0; 64]);
        let mut hasher = Sha512::new();
        let mut bytes = Zeroizing::new([0; 53]);
        password.reveal(bytes.as_mut_slice());
        hasher.update(bytes.as_slice());
        FixedOutputReset::finalize_into_reset(&mut hasher, (&mut *hash).into());
        // With it, a wallet of keosd opens without its password.
        let hash = Masked::of(hash.as_slice());
        let all = vec![key.clone(), password.clone(), text, hash];
        Self { key, password, all }
    }

    fn key(&self) -> PrivateKey {
        key_of(&self.key)
    }

    fn password(&self) -> Password {
        let mut bytes = vec![0; 53];
        self.password.reveal(&mut bytes);
        Password::from(String::from_utf8(bytes).unwrap())
    }

    fn find(&self) -> String {
        find(&self.all)
    }
}

fn key_of(masked: &Masked) -> PrivateKey {
    let mut bytes = Zeroizing::new([0; 32]);
    masked.reveal(bytes.as_mut_slice());
    PrivateKey::from_bytes(KeyType::K1, &bytes).unwrap()
}

/// Runs `test` with secrets and a directory, in a process of its own.
fn alone(name: &str, test: impl FnOnce(&Secrets, &Path)) {
    let name = format!("wallet_memory::{name}");
    if child::task().is_none() {
        return child::run(&name, "search");
    }
    let directory = tempfile::tempdir().unwrap();
    let secrets = Secrets::new();
    assert_eq!(secrets.find(), "", "before anything has been done");
    test(&secrets, directory.path());
    assert_eq!(secrets.find(), "", "after everything");
}

fn cheap() -> KdfCost {
    KdfCost::new(8, 1).unwrap()
}

#[test]
fn the_search_finds_what_is_there() {
    alone("the_search_finds_what_is_there", |secrets, _| {
        let key = secrets.key();
        assert!(secrets.find().contains("secret 0 at"));
        drop(key);
        assert_eq!(secrets.find(), "");
        let password = secrets.password();
        assert!(secrets.find().contains("secret 1 at"));
        drop(password);
        assert_eq!(secrets.find(), "");
        let text = secrets.key().expose_text();
        assert!(secrets.find().contains("secret 2 at"));
        drop(text);
    });
}

#[test]
fn a_dropped_keystore_leaves_nothing() {
    alone("a_dropped_keystore_leaves_nothing", |secrets, directory| {
        let path = directory.join("a.keystore");
        let password = secrets.password();
        let mut keystore = Keystore::create_with_cost(&path, &password, cheap()).unwrap();
        for label in [
            "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
        ] {
            keystore.insert(label, secrets.key()).unwrap();
            keystore.save().unwrap();
        }
        keystore.remove("e");
        keystore.save().unwrap();
        drop(keystore);
        drop(password);
        assert_eq!(secrets.find(), "", "after saving");

        let keystore = Keystore::open(&path, &secrets.password()).unwrap();
        assert!(secrets.find().contains("secret 0 at"));
        assert!(!secrets.find().contains("secret 1 at"));
        drop(keystore);
        assert_eq!(secrets.find(), "", "after reading");

        Keystore::open(&path, &Password::from("wrong".to_owned())).unwrap_err();
        let wallet = directory.join("a.wallet");
        let keystore = Keystore::open(&path, &secrets.password()).unwrap();
        KeosdWallet::create_from_keystore(wallet, &secrets.password(), &keystore).unwrap();
    });
}

#[test]
fn the_default_derivation_leaves_nothing() {
    alone(
        "the_default_derivation_leaves_nothing",
        |secrets, directory| {
            let path = directory.join("a.keystore");
            let mut keystore = Keystore::create(&path, &secrets.password()).unwrap();
            keystore.insert("a", secrets.key()).unwrap();
            keystore.save().unwrap();
            drop(keystore);
            assert_eq!(secrets.find(), "");
            drop(Keystore::open(&path, &secrets.password()).unwrap());
        },
    );
}

#[test]
fn a_dropped_wallet_of_keosd_leaves_nothing() {
    alone(
        "a_dropped_wallet_of_keosd_leaves_nothing",
        |secrets, directory| {
            let path = directory.join("a.wallet");
            let password = secrets.password();
            let mut wallet = KeosdWallet::create(&path, &password).unwrap();
            assert!(wallet.insert(secrets.key()));
            for _ in 0..10 {
                wallet.insert(PrivateKey::generate().unwrap());
                wallet.save().unwrap();
            }
            drop(wallet);
            drop(password);
            assert_eq!(secrets.find(), "", "after saving");

            let wallet = KeosdWallet::open(&path, &secrets.password()).unwrap();
            assert!(secrets.find().contains("secret 0 at"));
            assert!(secrets.find().contains("secret 3 at"));
            assert!(!secrets.find().contains("secret 1 at"));
            drop(wallet);
            assert_eq!(secrets.find(), "", "after reading");

            KeosdWallet::open(&path, &Password::from("wrong".to_owned())).unwrap_err();
            let wallet = KeosdWallet::open(&path, &secrets.password()).unwrap();
            drop(wallet.to_signer());
        },
    );
}

/// Makes a wallet with the key, and leaves it unlocked.
fn unlocked(
    secrets: &Secrets,
    directory: &Path,
    format: WalletFormat,
) -> (WalletManager, PublicKey) {
    let wallets = WalletManager::open(directory).unwrap().with_cost(cheap());
    wallets
        .create_with("a", format, &secrets.password())
        .unwrap();
    let public = wallets.import("a", &secrets.key()).unwrap();
    wallets
        .import("a", &PrivateKey::generate().unwrap())
        .unwrap();
    wallets.lock("a").unwrap();
    assert_eq!(secrets.find(), "", "after the import");
    wallets.unlock("a", &secrets.password()).unwrap();
    wallets.sign(&public, &Digest::of(b"a")).unwrap();
    let found = secrets.find();
    assert!(
        found.contains("secret 0 at") && !found.contains("secret 1 at"),
        "{found}"
    );
    (wallets, public)
}

const FORMATS: [WalletFormat; 2] = [WalletFormat::Keystore, WalletFormat::Keosd];

#[test]
fn a_locked_wallet_leaves_nothing() {
    alone("a_locked_wallet_leaves_nothing", |secrets, directory| {
        for (index, format) in FORMATS.into_iter().enumerate() {
            let directory = directory.join(index.to_string());
            let (wallets, public) = unlocked(secrets, &directory, format);
            let other = FORMATS[1 - index];
            wallets
                .convert("a", "b", other, &secrets.password())
                .unwrap();
            wallets.lock("a").unwrap();
            assert_eq!(secrets.find(), "", "after lock");
            wallets.unlock("b", &secrets.password()).unwrap();
            wallets.lock_all();
            assert_eq!(secrets.find(), "", "after lock_all");
            wallets.unlock("a", &secrets.password()).unwrap();
            wallets.remove("a", &public).unwrap();
            let found = secrets.find();
            assert!(!found.contains("secret 0 at"), "{found}");
            wallets.lock("a").unwrap();
            assert_eq!(
                secrets.find(),
                "",
                "after the key was removed and the wallet locked"
            );
        }
    });
}

#[test]
fn a_dropped_manager_leaves_nothing() {
    alone("a_dropped_manager_leaves_nothing", |secrets, directory| {
        for (index, format) in FORMATS.into_iter().enumerate() {
            let directory = directory.join(index.to_string());
            drop(unlocked(secrets, &directory, format));
            assert_eq!(secrets.find(), "");
        }
    });
}

#[test]
fn a_wallet_that_locks_by_itself_leaves_nothing() {
    alone(
        "a_wallet_that_locks_by_itself_leaves_nothing",
        |secrets, directory| {
            for (index, format) in FORMATS.into_iter().enumerate() {
                let directory = directory.join(index.to_string());
                let (wallets, _) = unlocked(secrets, &directory, format);
                wallets.set_auto_lock(Some(Duration::from_millis(1)));
                // No call that could do it, only time.
                let start = Instant::now();
                while !secrets.find().is_empty() {
                    assert!(
                        start.elapsed() < Duration::from_secs(10),
                        "{}",
                        secrets.find()
                    );
                    thread::sleep(Duration::from_millis(10));
                }
                drop(wallets);
            }
        },
    );
}
