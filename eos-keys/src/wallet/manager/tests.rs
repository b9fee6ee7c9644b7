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
