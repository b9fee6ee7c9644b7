use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use eos_keys::{
    KeyType, PrivateKey, PublicKey,
    wallet::{KeosdWallet, Keystore, Password, WalletError},
};
use serde_json::Value;

use crate::support::text;

const EMPTY: &str = include_str!("../vectors/wallets/fx_empty.json");
const THREE_KEYS: &str = include_str!("../vectors/wallets/fx_three_k1.json");
const BOTH_CURVES: &str = include_str!("../vectors/wallets/fx_mixed.json");

fn fixture(json: &str) -> (Value, Password) {
    let fixture: Value = serde_json::from_str(json).unwrap();
    let password = Password::from(text(&fixture, "password").to_owned());
    (fixture, password)
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn secrets(wallet: &KeosdWallet) -> Vec<(PublicKey, [u8; 32])> {
    wallet
        .keys()
        .map(|(public, key)| (public.clone(), *key.expose_bytes()))
        .collect()
}

#[test]
fn keosds_files_are_read_and_written_byte_for_byte() {
    for json in [EMPTY, THREE_KEYS, BOTH_CURVES] {
        let (fixture, password) = fixture(json);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("default.wallet");
        write(&path, text(&fixture, "wallet_text"));

        let mut wallet = KeosdWallet::open(&path, &password).unwrap();
        let listed: Vec<(String, String)> = wallet
            .keys()
            .map(|(public, key)| (public.to_string(), key.expose_text().expose().to_owned()))
            .collect();
        let expected: Vec<(String, String)> =
            serde_json::from_value(fixture["list_keys_result"].clone()).unwrap();
        assert_eq!(listed, expected);

        let before = fs::metadata(&path).unwrap().ino();
        wallet.save().unwrap();
        assert_ne!(fs::metadata(&path).unwrap().ino(), before, "it is written");
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            text(&fixture, "wallet_text")
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn a_wallet_made_here_is_the_one_keosd_makes() {
    for json in [THREE_KEYS, BOTH_CURVES] {
        let (fixture, password) = fixture(json);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("default.wallet");
        let mut wallet = KeosdWallet::create(&path, &password).unwrap();
        for text in fixture["imported_in_order"].as_array().unwrap() {
            let key: PrivateKey = text.as_str().unwrap().parse().unwrap();
            assert!(wallet.insert(key.clone()));
            assert!(!wallet.insert(key));
        }
        wallet.save().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            text(&fixture, "wallet_text")
        );
    }
}

#[test]
fn keys_of_both_curves_are_kept_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("default.wallet");
    let password = Password::generate().unwrap();
    let mut wallet = KeosdWallet::create(&path, &password).unwrap();
    let k1 = PrivateKey::from_bytes(KeyType::K1, &[7; 32]).unwrap();
    let r1 = PrivateKey::from_bytes(KeyType::R1, &[7; 32]).unwrap();
    assert!(wallet.insert(r1.clone()) && wallet.insert(k1.clone()));
    wallet.save().unwrap();
    let mut wallet = KeosdWallet::open(&path, &password).unwrap();
    assert_eq!(
        secrets(&wallet),
        [(k1.public_key(), [7; 32]), (r1.public_key(), [7; 32])]
    );
    assert_eq!(
        wallet.remove(&k1.public_key()).unwrap().expose_bytes(),
        &[7; 32]
    );
    assert!(wallet.get(&k1.public_key()).is_none() && wallet.get(&r1.public_key()).is_some());
}

#[test]
fn create_refuses_to_overwrite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("default.wallet");
    let password = Password::generate().unwrap();
    KeosdWallet::create(&path, &password).unwrap();
    let error = KeosdWallet::create(&path, &password).unwrap_err();
    assert!(matches!(error, WalletError::Exists { .. }));
}

#[test]
fn a_wrong_password_and_a_damaged_file_look_alike() {
    let (fixture, password) = fixture(THREE_KEYS);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("default.wallet");
    write(&path, text(&fixture, "wallet_text"));
    let wrong = KeosdWallet::open(&path, &Password::from("PW5wrong".to_owned())).unwrap_err();
    write(&path, &text(&fixture, "wallet_text")[..100]);
    let damaged = KeosdWallet::open(&path, &password).unwrap_err();
    assert!(matches!(wrong, WalletError::Unlock { .. }));
    assert_eq!(
        format!("{wrong:?} {wrong}"),
        format!("{damaged:?} {damaged}")
    );
}

#[test]
fn every_truncation_and_every_bit_flip_is_an_error_or_the_same_keys() {
    for json in [EMPTY, THREE_KEYS] {
        let (fixture, password) = fixture(json);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("default.wallet");
        let mut file = text(&fixture, "wallet_text").as_bytes().to_vec();
        write(&path, &file);
        let expected = secrets(&KeosdWallet::open(&path, &password).unwrap());
        for length in 0..file.len() {
            fs::write(&path, &file[..length]).unwrap();
            let error = KeosdWallet::open(&path, &password).unwrap_err();
            assert!(matches!(error, WalletError::Unlock { .. }), "{length}");
        }
        let mut same = 0;
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &file).unwrap();
            match KeosdWallet::open(&path, &password) {
                Ok(wallet) => {
                    assert_eq!(secrets(&wallet), expected);
                    same += 1;
                }
                Err(WalletError::Unlock { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
            file[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(same < file.len(), "{same}");
    }
}

#[test]
fn keys_go_to_a_keystore_and_back() {
    let (fixture, password) = fixture(BOTH_CURVES);
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    write(&at("a.wallet"), text(&fixture, "wallet_text"));
    let wallet = KeosdWallet::open(at("a.wallet"), &password).unwrap();

    let other = Password::generate().unwrap();
    Keystore::create_from_keosd(at("a.keystore"), &other, &wallet).unwrap();
    let mut keystore = Keystore::open(at("a.keystore"), &other).unwrap();
    assert_eq!(keystore.entries().len(), wallet.keys().len());
    for (public, private) in wallet.keys() {
        let found = keystore.get(&public.to_string()).unwrap();
        assert_eq!(found.expose_bytes(), private.expose_bytes());
        assert_eq!(found.key_type(), private.key_type());
    }

    // A key under a second label is in keosd's file once, which is therefore the one that keosd made.
    let again = keystore.entries().next().unwrap().1.clone();
    keystore.insert("again", again).unwrap();
    KeosdWallet::create_from_keystore(at("b.wallet"), &password, &keystore).unwrap();
    assert_eq!(
        fs::read_to_string(at("b.wallet")).unwrap(),
        text(&fixture, "wallet_text")
    );
    let mode = |name| fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("a.keystore"), mode("b.wallet")), (0o600, 0o600));

    for error in [
        Keystore::create_from_keosd(at("a.keystore"), &other, &wallet)
            .map(drop)
            .unwrap_err(),
        KeosdWallet::create_from_keystore(at("a.wallet"), &password, &keystore)
            .map(drop)
            .unwrap_err(),
    ] {
        assert!(matches!(error, WalletError::Exists { .. }));
    }
    assert_eq!(
        fs::read_to_string(at("a.wallet")).unwrap(),
        text(&fixture, "wallet_text")
    );
    Keystore::open(at("a.keystore"), &other).unwrap();
}

#[test]
fn debug_shows_no_secret() {
    let (fixture, password) = fixture(THREE_KEYS);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("default.wallet");
    write(&path, text(&fixture, "wallet_text"));
    let shown = format!("{:?}", KeosdWallet::open(&path, &password).unwrap());
    assert!(shown.contains("EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV"));
    assert!(
        !shown.contains("5KQwrPbwdL6") && !shown.contains("PW5"),
        "{shown}"
    );
}
