use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Instant};

use eos_keys::{
    KeyType, PrivateKey, Signer as _,
    wallet::{KdfCost, Keystore, Password, WalletError},
};

fn cheap() -> KdfCost {
    KdfCost::new(8, 1).unwrap()
}

fn password() -> Password {
    Password::from("correct horse".to_owned())
}

fn key(byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(KeyType::K1, &[byte; 32]).unwrap()
}

/// Writes a keystore of two keys and returns its bytes.
fn two_keys(path: &Path) -> Vec<u8> {
    let mut keystore = Keystore::create_with_cost(path, &password(), cheap()).unwrap();
    keystore.insert("bp1", key(1)).unwrap();
    let r1 = PrivateKey::from_bytes(KeyType::R1, &[2; 32]).unwrap();
    keystore.insert("prüfer", r1).unwrap();
    keystore.save().unwrap();
    fs::read(path).unwrap()
}

fn secrets(keystore: &Keystore) -> Vec<(String, KeyType, [u8; 32])> {
    keystore
        .entries()
        .map(|(label, key)| (label.to_owned(), key.key_type(), *key.expose_bytes()))
        .collect()
}

#[test]
fn what_is_saved_is_found_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    two_keys(&path);
    let keystore = Keystore::open(&path, &password()).unwrap();
    let expected = [
        ("bp1".to_owned(), KeyType::K1, [1; 32]),
        ("prüfer".to_owned(), KeyType::R1, [2; 32]),
    ];
    assert_eq!(secrets(&keystore), expected);
    assert_eq!(keystore.get("bp1").unwrap().expose_bytes(), &[1; 32]);
    assert!(keystore.get("bp2").is_none());
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn the_default_cost_is_written_and_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    let password = Password::generate().unwrap();
    let mut keystore = Keystore::create(&path, &password).unwrap();
    keystore.insert("a", key(1)).unwrap();
    keystore.save().unwrap();
    let file: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(file["kdf"]["name"], "argon2id");
    assert_eq!(file["kdf"]["memory_kib"], 65536);
    assert_eq!(file["kdf"]["passes"], 3);
    assert_eq!(file["kdf"]["lanes"], 1);
    assert_eq!(file["cipher"]["name"], "xchacha20-poly1305");
    assert!(Keystore::open(&path, &password).unwrap().get("a").is_some());
}

#[test]
fn create_refuses_to_overwrite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    let before = two_keys(&path);
    let error = Keystore::create_with_cost(&path, &password(), cheap()).unwrap_err();
    assert!(matches!(error, WalletError::Exists { .. }));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_label_is_not_overwritten_but_can_be_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    two_keys(&path);
    let mut keystore = Keystore::open(&path, &password()).unwrap();
    let error = keystore.insert("bp1", key(3)).unwrap_err();
    assert!(matches!(error, WalletError::LabelExists { label } if label == "bp1"));
    assert_eq!(keystore.remove("bp1").unwrap().expose_bytes(), &[1; 32]);
    assert!(keystore.remove("bp1").is_none());
    keystore.insert("bp1", key(3)).unwrap();
    keystore.save().unwrap();
    let keystore = Keystore::open(&path, &password()).unwrap();
    assert_eq!(keystore.get("bp1").unwrap().expose_bytes(), &[3; 32]);
}

#[test]
fn each_save_takes_a_new_nonce() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    let before = two_keys(&path);
    Keystore::open(&path, &password()).unwrap().save().unwrap();
    assert_ne!(fs::read(&path).unwrap(), before);
}

#[test]
fn labels_and_keys_are_not_in_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let text = String::from_utf8(two_keys(&directory.path().join("keys"))).unwrap();
    for hidden in ["bp1", "fer", &"01".repeat(8), &"02".repeat(8)] {
        assert!(!text.contains(hidden), "{text}");
    }
}

#[test]
fn a_wrong_password_and_a_damaged_file_look_alike() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    let file = two_keys(&path);
    let wrong = Keystore::open(&path, &Password::from("wrong".to_owned())).unwrap_err();
    fs::write(&path, &file[..file.len() / 2]).unwrap();
    let damaged = Keystore::open(&path, &password()).unwrap_err();
    assert!(matches!(wrong, WalletError::Unlock { .. }));
    assert_eq!(
        format!("{wrong:?} {wrong}"),
        format!("{damaged:?} {damaged}")
    );
}

#[test]
fn a_damaged_file_takes_as_long_as_a_wrong_password() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    drop(Keystore::create(&path, &password()).unwrap());
    let intact = fs::read(&path).unwrap();
    let least = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let times = (0..3).map(|_| {
            let start = Instant::now();
            let error = Keystore::open(&path, &Password::from("wrong".to_owned())).unwrap_err();
            assert!(matches!(error, WalletError::Unlock { .. }));
            start.elapsed()
        });
        times.min().unwrap()
    };
    let wrong = least(&intact);
    for damaged in [&b"{}"[..], &intact[..intact.len() / 2], b""] {
        let time = least(damaged);
        assert!(time > wrong / 3, "{time:?} instead of {wrong:?}");
    }
}

#[test]
fn a_header_that_asks_for_too_much_is_refused_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    let file = String::from_utf8(two_keys(&path)).unwrap();
    for (field, value) in [
        ("\"memory_kib\": 8", "\"memory_kib\": 4294967295"),
        ("\"memory_kib\": 8", "\"memory_kib\": 262145"),
        ("\"memory_kib\": 8", "\"memory_kib\": 7"),
        ("\"passes\": 1", "\"passes\": 17"),
        ("\"passes\": 1", "\"passes\": 0"),
        ("\"lanes\": 1", "\"lanes\": 0"),
        ("\"lanes\": 1", "\"lanes\": 5"),
        ("keystore/1", "keystore/2"),
        ("argon2id", "argon2i"),
    ] {
        assert!(file.contains(field), "{file}");
        fs::write(&path, file.replacen(field, value, 1)).unwrap();
        let error = Keystore::open(&path, &password()).unwrap_err();
        assert!(matches!(error, WalletError::Unlock { .. }));
    }
    for (memory, passes) in [(7, 1), (8, 0), (262_145, 1), (8, 17)] {
        let error = KdfCost::new(memory, passes).unwrap_err();
        assert!(matches!(error, WalletError::CostOutOfBounds { .. }));
    }
}

#[test]
fn a_changed_header_opens_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    let file = String::from_utf8(two_keys(&path)).unwrap();
    for (field, value) in [
        ("\"memory_kib\": 8", "\"memory_kib\": 9"),
        ("\"passes\": 1", "\"passes\": 2"),
        ("\"lanes\": 1", "\"lanes\": 1,\n    \"more\": 1"),
    ] {
        assert!(file.contains(field), "{file}");
        fs::write(&path, file.replacen(field, value, 1)).unwrap();
        assert!(matches!(
            Keystore::open(&path, &password()),
            Err(WalletError::Unlock { .. })
        ));
    }
}

#[test]
fn a_file_open_to_others_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    two_keys(&path);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = Keystore::open(&path, &password()).unwrap_err();
    assert!(matches!(
        error,
        WalletError::OpenToOthers { mode: 0o640, .. }
    ));
}

#[test]
fn an_absent_file_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let error = Keystore::open(directory.path().join("absent"), &password()).unwrap_err();
    let WalletError::Io { source, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn debug_shows_labels_and_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    two_keys(&path);
    let keystore = Keystore::open(&path, &password()).unwrap();
    let shown = format!("{keystore:?} {:?}", password());
    assert!(shown.contains("bp1"));
    assert!(
        !shown.contains("horse") && !shown.contains("1, 1, 1"),
        "{shown}"
    );
}

#[test]
fn its_signer_has_its_keys() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    two_keys(&path);
    let signer = Keystore::open(&path, &password()).unwrap().to_signer();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(keys) = signer.public_keys().as_mut().poll(&mut context) else {
        panic!("a local signer does not wait")
    };
    assert!(keys.unwrap().contains(&key(1).public_key()));
}

#[test]
fn generated_passwords_are_as_keosds() {
    let password = Password::generate().unwrap();
    let wif = password.expose().strip_prefix("PW").unwrap();
    wif.parse::<PrivateKey>().unwrap();
    assert_ne!(password.expose(), Password::generate().unwrap().expose());
}
