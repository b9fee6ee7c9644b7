use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use eos_keys::{
    Digest, KeyType, PrivateKey, PublicKey, SignError, Signer,
    wallet::{KdfCost, KeosdWallet, Keystore, Password, WalletError, WalletFormat, WalletManager},
};
use tempfile::TempDir;

const FORMATS: [WalletFormat; 2] = [WalletFormat::Keystore, WalletFormat::Keosd];

fn cheap() -> KdfCost {
    KdfCost::new(8, 1).unwrap()
}

fn open(directory: &Path) -> WalletManager {
    WalletManager::open(directory).unwrap().with_cost(cheap())
}

fn manager() -> (TempDir, WalletManager) {
    let directory = tempfile::tempdir().unwrap();
    let wallets = open(directory.path());
    (directory, wallets)
}

fn password() -> Password {
    Password::from("correct horse".to_owned())
}

fn key(byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(KeyType::K1, &[byte; 32]).unwrap()
}

fn digest() -> Digest {
    Digest::of(b"some bytes")
}

/// Lists wallets as keosd does: a star after those that are unlocked.
fn listed(wallets: &WalletManager) -> Vec<String> {
    let wallets = wallets.list().unwrap();
    wallets
        .into_iter()
        .map(|wallet| {
            format!(
                "{}{}",
                wallet.name,
                if wallet.is_locked { "" } else { " *" }
            )
        })
        .collect()
}

/// Whether a wallet is unlocked, without a call that would lock it if its time has come.
fn is_in_memory(wallets: &WalletManager, name: &str) -> bool {
    format!("{wallets:?}").contains(&format!("{name:?}"))
}

/// Returns a future's value that is ready at once.
fn ready<T>(mut future: std::pin::Pin<Box<dyn Future<Output = T> + Send + '_>>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("signing here does not wait"),
    }
}

#[test]
fn a_wallet_is_made_used_and_found_again() {
    for format in FORMATS {
        let (directory, wallets) = manager();
        wallets.create_with("default", format, &password()).unwrap();
        let public = wallets.import("default", &key(1)).unwrap();
        assert_eq!(public, key(1).public_key());
        let r1 = PrivateKey::from_bytes(KeyType::R1, &[2; 32]).unwrap();
        wallets.import("default", &r1).unwrap();
        let expected = [public.clone(), r1.public_key()];
        assert_eq!(wallets.keys("default").unwrap(), expected);
        let signature = wallets.sign(&public, &digest()).unwrap();
        assert_eq!(signature.recover(&digest()).unwrap(), public);
        drop(wallets);

        let wallets = open(directory.path());
        assert_eq!(listed(&wallets), ["default"]);
        wallets.unlock("default", &password()).unwrap();
        assert_eq!(listed(&wallets), ["default *"]);
        assert_eq!(wallets.list().unwrap()[0].format, format);
        assert_eq!(wallets.keys("default").unwrap(), expected);
        wallets.remove("default", &public).unwrap();
        assert_eq!(wallets.keys("default").unwrap(), expected[1..]);
        wallets.lock("default").unwrap();
        wallets.lock("default").unwrap();
        wallets.unlock("default", &password()).unwrap();
        assert_eq!(wallets.keys("default").unwrap(), expected[1..]);
    }
}

#[test]
fn a_generated_password_is_as_keosds_and_opens_the_file() {
    let (directory, wallets) = manager();
    let password = wallets.create("default").unwrap();
    assert!(password.expose().starts_with("PW5"));
    let public = wallets.import("default", &key(1)).unwrap();
    let path = directory.path().join("default.keystore");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let keystore = Keystore::open(&path, &password).unwrap();
    assert!(keystore.get(&public.to_string()).is_some());
}

#[test]
fn what_is_no_file_is_no_wallet() {
    let (directory, wallets) = manager();
    for name in ["backup.wallet", "old.keystore"] {
        fs::create_dir(directory.path().join(name)).unwrap();
    }
    std::os::unix::fs::symlink("nowhere", directory.path().join("c.wallet")).unwrap();
    assert_eq!(listed(&wallets), [""; 0]);
    let public = key(1).public_key();
    let error = wallets.sign(&public, &digest()).unwrap_err();
    assert!(matches!(error, SignError::UnknownKey { .. }), "{error:?}");
    for error in [
        wallets.keys("backup").map(drop).unwrap_err(),
        wallets.unlock("old", &password()).unwrap_err(),
        wallets.lock("c").unwrap_err(),
    ] {
        assert!(
            matches!(error, WalletError::UnknownWallet { .. }),
            "{error:?}"
        );
    }
    // What is in the way of a wallet is not overwritten, and in nobody else's way.
    for (name, file_format) in [("backup", WalletFormat::Keosd), ("c", WalletFormat::Keosd)] {
        let error = wallets.create_with(name, file_format, &password());
        assert!(matches!(error.unwrap_err(), WalletError::Exists { .. }));
        wallets
            .create_with(name, WalletFormat::Keystore, &password())
            .unwrap();
    }
    // A link to a wallet is one.
    let (from, to) = ("backup.keystore", "linked.keystore");
    std::os::unix::fs::symlink(from, directory.path().join(to)).unwrap();
    assert_eq!(listed(&wallets), ["backup *", "c *", "linked"]);
}

#[test]
fn the_directory_is_made_for_its_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wallets");
    drop(open(&path));
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o700
    );
    drop(open(&path));
    fs::write(directory.path().join("file"), "").unwrap();
    for wrong in ["file", "absent/wallets"] {
        let error = WalletManager::open(directory.path().join(wrong)).unwrap_err();
        assert!(matches!(error, WalletError::Io { .. }), "{error:?}");
        assert!(error.to_string().contains(wrong), "{error}");
    }
}

#[test]
fn each_refusal_says_what_it_is() {
    let (directory, wallets) = manager();
    wallets
        .create_with("a", WalletFormat::Keystore, &password())
        .unwrap();
    let public = wallets.import("a", &key(1)).unwrap();
    assert!(matches!(
        wallets.import("a", &key(1)).unwrap_err(),
        WalletError::KeyExists { name, key } if name == "a" && key == public
    ));
    assert!(matches!(
        wallets.remove("a", &key(2).public_key()).unwrap_err(),
        WalletError::UnknownKey { name, key: found } if name == "a" && found == key(2).public_key()
    ));
    assert!(matches!(
        wallets.unlock("a", &password()).unwrap_err(),
        WalletError::AlreadyUnlocked { name } if name == "a"
    ));
    wallets.lock("a").unwrap();
    assert!(matches!(
        wallets.unlock("a", &Password::from("wrong".to_owned())).unwrap_err(),
        WalletError::Unlock { path } if path.ends_with("a.keystore")
    ));
    for error in [
        wallets.keys("a").map(drop).unwrap_err(),
        wallets.import("a", &key(2)).map(drop).unwrap_err(),
        wallets.remove("a", &public).unwrap_err(),
        wallets
            .convert("a", "b", WalletFormat::Keosd, &password())
            .unwrap_err(),
    ] {
        assert!(matches!(error, WalletError::Locked { name } if name == "a"));
    }
    for format in FORMATS {
        assert!(matches!(
            wallets.create_with("a", format, &password()).unwrap_err(),
            WalletError::Exists { path } if path.ends_with("a.keystore")
        ));
    }
    for error in [
        wallets.keys("b").map(drop).unwrap_err(),
        wallets.import("b", &key(2)).map(drop).unwrap_err(),
        wallets.remove("b", &public).unwrap_err(),
        wallets.unlock("b", &password()).unwrap_err(),
        wallets.lock("b").unwrap_err(),
    ] {
        assert!(
            matches!(error, WalletError::UnknownWallet { name, directory: at }
            if name == "b" && at == directory.path())
        );
    }
    for error in [
        wallets.create("../b").map(drop).unwrap_err(),
        wallets
            .create_with("", WalletFormat::Keosd, &password())
            .unwrap_err(),
        wallets.unlock("../a", &password()).unwrap_err(),
        wallets.lock("a/a").unwrap_err(),
        wallets.keys("..").map(drop).unwrap_err(),
        wallets.import("/etc/a", &key(2)).map(drop).unwrap_err(),
        wallets.remove(".a", &public).unwrap_err(),
        wallets
            .convert("a", "a\0", WalletFormat::Keosd, &password())
            .unwrap_err(),
    ] {
        assert!(
            matches!(error, WalletError::NameRefused { .. }),
            "{error:?}"
        );
    }
    let path = directory.path().join("a.keystore");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let error = wallets.unlock("a", &password()).unwrap_err();
    assert!(matches!(
        error,
        WalletError::OpenToOthers { mode: 0o644, .. }
    ));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn two_files_of_one_name_are_not_chosen_from() {
    let (directory, wallets) = manager();
    Keystore::create_with_cost(directory.path().join("a.keystore"), &password(), cheap()).unwrap();
    KeosdWallet::create(directory.path().join("a.wallet"), &password()).unwrap();
    assert_eq!(listed(&wallets), ["a", "a"]);
    for error in [
        wallets.unlock("a", &password()).unwrap_err(),
        wallets.create("a").map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, WalletError::AmbiguousName { name, .. } if name == "a"));
    }
    fs::rename(
        directory.path().join("a.wallet"),
        directory.path().join("b.wallet"),
    )
    .unwrap();
    wallets.unlock("a", &password()).unwrap();
    wallets.unlock("b", &password()).unwrap();
    assert_eq!(listed(&wallets), ["a *", "b *"]);
    wallets.lock_all();
    assert_eq!(listed(&wallets), ["a", "b"]);
}

#[test]
fn other_files_are_no_wallets() {
    let (directory, wallets) = manager();
    for name in [
        "wallet.lock",
        "a",
        ".a.keystore",
        ".keystore",
        "a b.wallet",
        "config.ini",
    ] {
        fs::write(directory.path().join(name), "").unwrap();
    }
    assert_eq!(listed(&wallets), [""; 0]);
}

#[test]
fn a_locked_key_and_an_unknown_one_are_told_apart() {
    let (_directory, wallets) = manager();
    let unknown = |error| matches!(error, SignError::UnknownKey { key: found } if found == key(1).public_key());
    assert!(unknown(
        wallets.sign(&key(1).public_key(), &digest()).unwrap_err()
    ));
    for (name, format) in ["a", "b"].into_iter().zip(FORMATS) {
        wallets.create_with(name, format, &password()).unwrap();
    }
    let public = wallets.import("b", &key(1)).unwrap();
    wallets.lock("a").unwrap();
    wallets.sign(&public, &digest()).unwrap();
    wallets.unlock("a", &password()).unwrap();
    wallets.lock("b").unwrap();
    let error = wallets.sign(&public, &digest()).unwrap_err();
    assert!(matches!(error, SignError::Locked));
    wallets.unlock("b", &password()).unwrap();
    wallets.remove("b", &public).unwrap();
    assert!(unknown(wallets.sign(&public, &digest()).unwrap_err()));
}

#[test]
fn it_is_a_signer() {
    let (_directory, wallets) = manager();
    let public = key(1).public_key();
    assert!(
        ready((&wallets as &dyn Signer).public_keys())
            .unwrap()
            .is_empty()
    );
    for (name, format) in ["a", "b"].into_iter().zip(FORMATS) {
        wallets.create_with(name, format, &password()).unwrap();
        wallets.import(name, &key(1)).unwrap();
    }
    wallets.import("b", &key(2)).unwrap();
    let signer: &dyn Signer = &wallets;
    let mut both = vec![public.clone(), key(2).public_key()];
    both.sort();
    assert_eq!(ready(signer.public_keys()).unwrap(), both);
    wallets.lock("b").unwrap();
    assert_eq!(
        ready(signer.public_keys()).unwrap(),
        std::slice::from_ref(&public)
    );
    let signature = ready(signer.sign_digest(&public, &digest())).unwrap();
    signature.verify(&digest(), &public).unwrap();
    wallets.lock_all();
    assert!(matches!(
        ready(signer.public_keys()),
        Err(SignError::Locked)
    ));
    let refused = ready(signer.sign_digest(&public, &digest()));
    assert!(matches!(refused, Err(SignError::Locked)));
}

#[test]
fn an_unused_wallet_is_locked_without_a_call() {
    let (_directory, wallets) = manager();
    wallets.create("a").unwrap();
    assert!(is_in_memory(&wallets, "a"));
    wallets.set_auto_lock(Some(Duration::from_millis(50)));
    let start = Instant::now();
    while is_in_memory(&wallets, "a") {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it stays unlocked"
        );
        thread::sleep(Duration::from_millis(5));
    }
    assert!(start.elapsed() >= Duration::from_millis(45), "too early");
    assert!(matches!(wallets.keys("a"), Err(WalletError::Locked { .. })));
}

#[test]
fn a_use_puts_off_the_lock_of_that_wallet_only() {
    let (_directory, wallets) = manager();
    wallets.create("used").unwrap();
    wallets.create("unused").unwrap();
    let public = wallets.import("used", &key(1)).unwrap();
    wallets.set_auto_lock(Some(Duration::from_secs(3)));
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(4) {
        wallets.sign(&public, &digest()).unwrap();
        // These name no wallet, so they are no use of one.
        wallets.list().unwrap();
        ready(wallets.public_keys()).unwrap();
        thread::sleep(Duration::from_millis(100));
    }
    assert!(is_in_memory(&wallets, "used") && !is_in_memory(&wallets, "unused"));
}

#[test]
fn locking_by_itself_can_be_turned_off_and_on() {
    let (_directory, wallets) = manager();
    wallets.set_auto_lock(Some(Duration::from_mins(1)));
    wallets.create("a").unwrap();
    wallets.set_auto_lock(None);
    thread::sleep(Duration::from_millis(100));
    assert!(is_in_memory(&wallets, "a"));
    wallets.set_auto_lock(Some(Duration::MAX));
    wallets.keys("a").unwrap();
    wallets.set_auto_lock(Some(Duration::ZERO));
    assert!(matches!(wallets.keys("a"), Err(WalletError::Locked { .. })));
}

#[test]
fn a_file_removed_under_it_keeps_signing_and_refuses_changes() {
    for format in FORMATS {
        let (directory, wallets) = manager();
        wallets.create_with("a", format, &password()).unwrap();
        let public = wallets.import("a", &key(1)).unwrap();
        for entry in fs::read_dir(directory.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        wallets.sign(&public, &digest()).unwrap();
        assert_eq!(listed(&wallets), ["a *"]);
        let error = wallets.import("a", &key(2)).unwrap_err();
        assert!(matches!(error, WalletError::ChangedOnDisk { .. }));
        let error = wallets.create("a").unwrap_err();
        assert!(
            matches!(error, WalletError::AlreadyUnlocked { .. }),
            "its keys are the last ones"
        );
        wallets
            .convert("a", "rescued", format, &password())
            .unwrap();
        wallets.lock("a").unwrap();
        assert!(matches!(
            wallets.lock("a"),
            Err(WalletError::UnknownWallet { .. })
        ));
        wallets.unlock("rescued", &password()).unwrap();
        assert_eq!(wallets.keys("rescued").unwrap(), [public]);
    }
}

#[test]
fn what_another_has_saved_is_not_undone() {
    for format in FORMATS {
        let (directory, wallets) = manager();
        wallets.create_with("a", format, &password()).unwrap();
        let other = open(directory.path());
        other.unlock("a", &password()).unwrap();
        other.import("a", &key(1)).unwrap();

        for error in [
            wallets.import("a", &key(2)).map(drop).unwrap_err(),
            wallets.import("a", &key(1)).map(drop).unwrap_err(),
        ] {
            assert!(
                matches!(error, WalletError::ChangedOnDisk { .. }),
                "{error:?}"
            );
        }
        assert!(wallets.keys("a").unwrap().is_empty(), "memory is as it was");
        wallets.lock("a").unwrap();
        wallets.unlock("a", &password()).unwrap();
        wallets.import("a", &key(2)).unwrap();
        let mut both = [key(1).public_key(), key(2).public_key()];
        both.sort();
        assert_eq!(wallets.keys("a").unwrap(), both);
    }
}

#[test]
fn wallets_are_converted_both_ways_and_nothing_is_overwritten() {
    let (directory, wallets) = manager();
    let path = directory.path().join("a.keystore");
    let mut keystore = Keystore::create_with_cost(&path, &password(), cheap()).unwrap();
    keystore.insert("owner", key(1)).unwrap();
    keystore.insert("active", key(1)).unwrap();
    keystore.insert("other", key(2)).unwrap();
    keystore.save().unwrap();
    let before = fs::read(&path).unwrap();
    wallets.unlock("a", &password()).unwrap();
    let mut both = [key(1).public_key(), key(2).public_key()];
    both.sort();
    assert_eq!(wallets.keys("a").unwrap(), both);

    let other = Password::generate().unwrap();
    wallets
        .convert("a", "b", WalletFormat::Keosd, &other)
        .unwrap();
    wallets.unlock("b", &other).unwrap();
    assert_eq!(wallets.keys("b").unwrap(), both);
    wallets
        .convert("b", "c", WalletFormat::Keystore, &password())
        .unwrap();
    wallets
        .convert("a", "d", WalletFormat::Keystore, &password())
        .unwrap();
    wallets.unlock("c", &password()).unwrap();
    assert_eq!(wallets.keys("c").unwrap(), both);

    let labels = |name: &str| -> Vec<String> {
        let keystore = Keystore::open(directory.path().join(name), &password()).unwrap();
        keystore
            .entries()
            .map(|(label, _)| label.to_owned())
            .collect()
    };
    assert_eq!(
        labels("c.keystore"),
        both.each_ref().map(PublicKey::to_string)
    );
    assert_eq!(labels("d.keystore"), ["active", "other", "owner"]);
    for (format, name) in [(WalletFormat::Keosd, "c"), (WalletFormat::Keystore, "b")] {
        let error = wallets.convert("a", name, format, &password()).unwrap_err();
        assert!(matches!(error, WalletError::Exists { .. }));
    }
    assert_eq!(fs::read(&path).unwrap(), before);

    wallets.remove("a", &key(1).public_key()).unwrap();
    assert_eq!(
        labels("a.keystore"),
        ["other"],
        "removed from under both labels"
    );
}

#[test]
fn a_label_of_another_key_is_not_taken() {
    let (directory, wallets) = manager();
    let path = directory.path().join("a.keystore");
    let mut keystore = Keystore::create_with_cost(&path, &password(), cheap()).unwrap();
    keystore
        .insert(key(2).public_key().to_string(), key(1))
        .unwrap();
    keystore.save().unwrap();
    wallets.unlock("a", &password()).unwrap();
    let error = wallets.import("a", &key(2)).unwrap_err();
    assert!(matches!(error, WalletError::LabelExists { .. }));
    assert_eq!(wallets.keys("a").unwrap(), [key(1).public_key()]);
}

#[test]
fn signing_does_not_wait_for_unlocking() {
    let (directory, wallets) = manager();
    wallets.create("a").unwrap();
    let public = wallets.import("a", &key(1)).unwrap();
    let cost = KdfCost::new(64 << 10, 3).unwrap();
    Keystore::create_with_cost(directory.path().join("slow.keystore"), &password(), cost).unwrap();
    let is_done = AtomicBool::new(false);
    let mut signatures = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            wallets.unlock("slow", &password()).unwrap();
            is_done.store(true, Ordering::Relaxed);
        });
        while !is_done.load(Ordering::Relaxed) {
            wallets.sign(&public, &digest()).unwrap();
            signatures += 1;
        }
    });
    assert!(signatures > 5, "only {signatures} in the time");
}

#[test]
fn of_two_that_make_a_wallet_at_once_one_does() {
    let (directory, wallets) = manager();
    wallets
        .create_with("source", WalletFormat::Keystore, &password())
        .unwrap();
    for round in 0..20 {
        let name = format!("a{round}");
        let make: [&(dyn Fn() -> Result<(), WalletError> + Sync); 3] = [
            &|| wallets.create(&name).map(drop),
            &|| wallets.create_with(&name, WalletFormat::Keosd, &password()),
            &|| wallets.convert("source", &name, WalletFormat::Keosd, &password()),
        ];
        let results: Vec<_> = thread::scope(|scope| {
            make.map(|make| scope.spawn(make))
                .map(|thread| thread.join().unwrap())
                .into()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for error in results.into_iter().filter_map(Result::err) {
            assert!(matches!(error, WalletError::Exists { .. }), "{error:?}");
        }
        // No file that nobody was told the password of.
        let files = ["keystore", "wallet"].iter().filter(|extension| {
            directory
                .path()
                .join(format!("{name}.{extension}"))
                .exists()
        });
        assert_eq!(files.count(), 1);
    }
}

#[test]
fn of_two_that_unlock_at_once_one_does() {
    let (_directory, wallets) = manager();
    let password = wallets.create("a").unwrap();
    for _ in 0..20 {
        wallets.lock("a").unwrap();
        let results: Vec<_> = thread::scope(|scope| {
            let unlock = || scope.spawn(|| wallets.unlock("a", &password));
            [unlock(), unlock(), unlock()]
                .map(|thread| thread.join().unwrap())
                .into()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for error in results.into_iter().filter_map(Result::err) {
            assert!(matches!(error, WalletError::AlreadyUnlocked { .. }));
        }
    }
}

#[test]
fn many_threads_lose_nothing() {
    const KEYS: u8 = 12;
    for format in FORMATS {
        let (_directory, wallets) = manager();
        wallets.create_with("a", format, &password()).unwrap();
        let public = wallets.import("a", &key(200)).unwrap();
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            let importing: Vec<_> = (0..3u8)
                .map(|thread| {
                    let wallets = &wallets;
                    scope.spawn(move || {
                        for index in 0..KEYS {
                            let key = key(1 + thread * KEYS + index);
                            loop {
                                match wallets.import("a", &key) {
                                    Ok(_) => break,
                                    Err(WalletError::Locked { .. }) => thread::yield_now(),
                                    // It was unlocked again while the file was written, with what was there before.
                                    Err(WalletError::ChangedOnDisk { .. }) => {
                                        wallets.lock("a").unwrap();
                                    }
                                    Err(other) => panic!("{other:?}"),
                                }
                            }
                        }
                    })
                })
                .collect();
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    match wallets.sign(&public, &digest()) {
                        Ok(_) | Err(SignError::Locked) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                    wallets.list().unwrap();
                }
            });
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    match wallets.unlock("a", &password()) {
                        Ok(())
                        | Err(WalletError::AlreadyUnlocked { .. } | WalletError::Locked { .. }) => {
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                    thread::sleep(Duration::from_millis(7));
                }
            });
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    wallets.lock("a").unwrap();
                    thread::sleep(Duration::from_millis(50));
                }
            });
            for thread in importing {
                thread.join().unwrap();
            }
            is_done.store(true, Ordering::Relaxed);
        });
        wallets.lock_all();
        wallets.unlock("a", &password()).unwrap();
        assert_eq!(wallets.keys("a").unwrap().len(), 1 + 3 * usize::from(KEYS));
    }
}
