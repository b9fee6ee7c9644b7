use super::*;

fn unlocked(directory: &Path) -> (WalletManager, Password) {
    let cheap = KdfCost::new(8, 1).unwrap();
    let wallets = WalletManager::open(directory).unwrap().with_cost(cheap);
    let password = wallets.create("a").unwrap();
    (wallets, password)
}

#[test]
fn the_thread_ends_with_the_manager() {
    let directory = tempfile::tempdir().unwrap();
    let (wallets, _) = unlocked(directory.path());
    let shared = Arc::downgrade(&wallets.shared);
    assert_eq!(shared.strong_count(), 2);
    drop(wallets);
    assert_eq!(shared.strong_count(), 0);
}

#[test]
fn a_panic_with_the_keys_in_hand_locks_everything_and_breaks_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (wallets, password) = unlocked(directory.path());
    let key = PrivateKey::generate().unwrap();
    let public = wallets.import("a", &key).unwrap();
    for _ in 0..2 {
        let shared = Arc::clone(&wallets.shared);
        let panicked = thread::spawn(move || {
            let _state = shared.state.lock().unwrap();
            panic!("as a test");
        });
        panicked.join().unwrap_err();
        let digest = Digest::of(b"a");
        let error = wallets.sign(&public, &digest).unwrap_err();
        assert!(matches!(error, SignError::Locked));
        wallets.unlock("a", &password).unwrap();
        wallets.sign(&public, &digest).unwrap();
    }
    // The thread that locks has lived through it.
    wallets.set_auto_lock(Some(Duration::ZERO));
    while !wallets.shared.state().unlocked.is_empty() {
        thread::yield_now();
    }
}

#[test]
fn a_panic_while_a_wallet_is_changed_breaks_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (wallets, _) = unlocked(directory.path());
    thread::scope(|scope| {
        let panicked = scope.spawn(|| {
            let _changing = wallets.changing.lock().unwrap();
            panic!("as a test");
        });
        panicked.join().unwrap_err();
    });
    let key = PrivateKey::generate().unwrap();
    wallets.import("a", &key).unwrap();
}

#[test]
fn what_is_locked_while_it_is_being_unlocked_stays_locked() {
    let directory = tempfile::tempdir().unwrap();
    let wallets = WalletManager::open(directory.path()).unwrap();
    let password = wallets.create("a").unwrap();
    for lock in [WalletManager::lock_all, |wallets: &WalletManager| {
        wallets.lock("a").unwrap();
    }] {
        wallets.lock_all();
        let error = while_unlocking(&wallets, |wallets| wallets.unlock("a", &password), lock);
        assert!(matches!(error.unwrap_err(), WalletError::Locked { name } if name == "a"));
        assert!(
            wallets
                .list()
                .unwrap()
                .iter()
                .all(|wallet| wallet.is_locked)
        );
        // The lock of another wallet is no reason to fail.
        let other = while_unlocking(
            &wallets,
            |wallets| wallets.unlock("a", &password),
            |wallets| drop(wallets.lock("b")),
        );
        other.unwrap();
    }
    // A new wallet is not lost, nor its password.
    let password = while_unlocking(
        &wallets,
        |wallets| wallets.create("b"),
        WalletManager::lock_all,
    );
    let password = password.unwrap();
    assert!(
        wallets
            .list()
            .unwrap()
            .iter()
            .all(|wallet| wallet.is_locked)
    );
    wallets.unlock("b", &password).unwrap();
    assert!(wallets.unlock("c", &password).is_err());
    assert!(wallets.shared.state().unlocking.is_empty());
}

#[test]
fn what_was_unlocked_from_the_old_file_while_a_change_was_written_is_locked() {
    for format in WalletFormat::ALL {
        for is_import in [true, false] {
            for is_finished in [true, false] {
                change_during_a_change(format, is_import, is_finished);
            }
        }
    }
}

/// While a key is imported or removed, locks the wallet and unlocks it from its old file; `is_finished` is whether that is done before
/// the new file is.
fn change_during_a_change(format: WalletFormat, is_import: bool, is_finished: bool) {
    let directory = tempfile::tempdir().unwrap();
    let cheap = KdfCost::new(8, 1).unwrap();
    let wallets = WalletManager::open(directory.path())
        .unwrap()
        .with_cost(cheap);
    let password = Password::generate().unwrap();
    wallets.create_with("a", format, &password).unwrap();
    let key = PrivateKey::generate().unwrap();
    let public = key.public_key();
    if !is_import {
        wallets.import("a", &key).unwrap();
    }
    let path = wallets.path("a", format);
    let read = || match format {
        WalletFormat::Keystore => Keystore::open(&path, &password).map(Store::keystore),
        WalletFormat::Keosd => KeosdWallet::open(&path, &password).map(Store::Keosd),
    };
    // Whoever replaces the file waits for this.
    let file = fs::File::open(&path).unwrap();
    file.lock().unwrap();
    let used = || {
        let state = wallets.shared.state();
        state.unlocked.get("a").map(|wallet| wallet.locks_at)
    };
    let before = used();
    let unlocked = thread::scope(|scope| {
        let changing = scope.spawn(|| {
            if is_import {
                wallets.import("a", &key).map(drop)
            } else {
                wallets.remove("a", &public)
            }
        });
        // The change is made of what is in memory, which is a use of the wallet, and then written.
        while used() == before {
            thread::yield_now();
        }
        wallets.lock("a").unwrap();
        let attempt = wallets.shared.state().start_unlocking("a").unwrap();
        let store = read();
        if is_finished {
            wallets
                .shared
                .finish_unlocking(attempt, "a", store)
                .unwrap();
            file.unlock().unwrap();
            changing.join().unwrap().unwrap();
            return Err(WalletError::Locked {
                name: "a".to_owned(),
            });
        }
        file.unlock().unwrap();
        changing.join().unwrap().unwrap();
        wallets.shared.finish_unlocking(attempt, "a", store)
    });
    assert!(matches!(unlocked.unwrap_err(), WalletError::Locked { .. }));
    let error = wallets.sign(&public, &Digest::of(b"a")).unwrap_err();
    assert!(matches!(error, SignError::Locked), "{error:?}");
    wallets.unlock("a", &password).unwrap();
    let expected: &[PublicKey] = if is_import { &[public] } else { &[] };
    assert_eq!(wallets.keys("a").unwrap(), expected);
}

#[test]
fn an_attempt_that_was_slower_than_another_and_a_change_does_not_bring_the_old_keys_back() {
    let directory = tempfile::tempdir().unwrap();
    let (wallets, password) = unlocked(directory.path());
    let key = PrivateKey::generate().unwrap();
    let public = wallets.import("a", &key).unwrap();
    wallets.lock("a").unwrap();
    let attempt = wallets.shared.state().start_unlocking("a").unwrap();
    let path = wallets.path("a", WalletFormat::Keystore);
    let store = Keystore::open(path, &password).map(Store::keystore);
    wallets.unlock("a", &password).unwrap();
    wallets.remove("a", &public).unwrap();
    // Its time comes, which calls nothing off.
    wallets.set_auto_lock(Some(Duration::ZERO));
    wallets.shared.state().lock_overdue(uptime());
    wallets.set_auto_lock(None);
    let error = wallets.shared.finish_unlocking(attempt, "a", store);
    assert!(matches!(error.unwrap_err(), WalletError::Locked { .. }));
    assert!(wallets.sign(&public, &Digest::of(b"a")).is_err());
}

/// Calls `lock` when `unlock` has begun, which takes long enough.
fn while_unlocking<T: Send>(
    wallets: &WalletManager,
    unlock: impl FnOnce(&WalletManager) -> Result<T, WalletError> + Send,
    lock: fn(&WalletManager),
) -> Result<T, WalletError> {
    thread::scope(|scope| {
        let unlocking = scope.spawn(|| unlock(wallets));
        while wallets.shared.state().unlocking.is_empty() && !unlocking.is_finished() {
            thread::yield_now();
        }
        lock(wallets);
        unlocking.join().unwrap()
    })
}

#[test]
fn names_that_could_lead_elsewhere_are_refused() {
    for name in [
        "", ".", "..", "a/b", "/a", "../a", ".a", "a\\b", "a b", "a\0", "\u{e4}",
    ] {
        assert!(check_name(name).is_err(), "{name:?}");
    }
    assert!(check_name(&"a".repeat(MAX_NAME)).is_ok());
    assert!(check_name(&"a".repeat(MAX_NAME + 1)).is_err());
    assert!(check_name("bp1_active-2.old").is_ok());
}
