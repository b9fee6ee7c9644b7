use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Condvar, Mutex, MutexGuard},
    time::Duration,
};

use super::{WalletFormat, store::Store};
use crate::{
    digest::Digest,
    public_key::PublicKey,
    signature::Signature,
    stack,
    wallet::{WalletError, uptime::uptime},
};

/// The longest sleep of the thread that locks, because sleeps stand still while the machine is suspended, unlike [`uptime`].
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// What callers and the thread that locks have in common.
pub(super) struct Shared {
    pub(super) directory: PathBuf,
    /// Held for short work only, such as a signature or the encryption of a wallet: never for a file or a key derivation.
    pub(super) state: Mutex<State>,
    /// Something may have to be locked sooner than the thread that locks knows.
    pub(super) changed: Condvar,
}

pub(super) struct State {
    pub(super) unlocked: BTreeMap<String, Unlocked>,
    /// The wallets whose keys are just being read, by the number of the attempt. Locking or changing a wallet calls its attempts off by
    /// removing them.
    pub(super) unlocking: BTreeMap<u64, String>,
    pub(super) auto_lock: Option<Duration>,
    /// How many attempts to unlock a wallet there have been so far.
    pub(super) count: u64,
    pub(super) is_closing: bool,
}

pub(super) struct Unlocked {
    /// Tells this wallet from the one of the same name that is unlocked after it: the number of the attempt.
    pub(super) id: u64,
    pub(super) store: Store,
    /// When it is locked, as [`uptime`] tells.
    pub(super) locks_at: Option<Duration>,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            // What a thread left half done when it panicked cannot be known; to lock everything is always right.
            let mut state = poisoned.into_inner();
            state.lock_all();
            self.state.clear_poison();
            state
        })
    }

    /// Unlocks a wallet whose keys were read, unless it was locked or changed meanwhile.
    pub(super) fn finish_unlocking(
        &self,
        attempt: u64,
        name: &str,
        store: Result<Store, WalletError>,
    ) -> Result<(), WalletError> {
        let mut state = self.state();
        let is_called_off = state.unlocking.remove(&attempt).is_none();
        let store = store?;
        // Another thread may have been faster.
        state.refuse_unlocked(name)?;
        if is_called_off {
            return Err(WalletError::Locked {
                name: name.to_owned(),
            });
        }
        let wallet = Unlocked {
            id: attempt,
            store,
            locks_at: state.locks_at(),
        };
        state.unlocked.insert(name.to_owned(), wallet);
        self.changed.notify_all();
        Ok(())
    }

    /// Locks each wallet when its time has come, until the manager is dropped.
    pub(super) fn lock_in_time(&self) {
        let mut state = self.state();
        while !state.is_closing {
            let now = uptime();
            state.lock_overdue(now);
            let next = state
                .unlocked
                .values()
                .filter_map(|wallet| wallet.locks_at)
                .min();
            let waited = match next {
                None => self.changed.wait(state).ok(),
                Some(next) => {
                    let sleep = next.saturating_sub(now).min(LONGEST_SLEEP);
                    let waited = self.changed.wait_timeout(state, sleep);
                    waited.ok().map(|(state, _)| state)
                }
            };
            state = waited.unwrap_or_else(|| self.state());
        }
    }
}

impl State {
    /// Returns the number of an attempt to unlock a wallet, which is to be finished in any case.
    pub(super) fn start_unlocking(&mut self, name: &str) -> Result<u64, WalletError> {
        self.refuse_unlocked(name)?;
        self.count = self.count.saturating_add(1);
        self.unlocking.insert(self.count, name.to_owned());
        Ok(self.count)
    }

    /// Locks a wallet and tells whether it was unlocked.
    pub(super) fn lock(&mut self, name: &str) -> bool {
        self.call_off_unlocking(name);
        self.unlocked.remove(name).is_some()
    }

    pub(super) fn call_off_unlocking(&mut self, name: &str) {
        self.unlocking.retain(|_, other| other != name);
    }

    pub(super) fn lock_all(&mut self) {
        self.unlocking.clear();
        self.unlocked.clear();
    }

    pub(super) fn lock_overdue(&mut self, now: Duration) {
        self.unlocked
            .retain(|_, wallet| wallet.locks_at.is_none_or(|locks_at| now < locks_at));
    }

    pub(super) fn is_locked(&self, name: &str, format: WalletFormat) -> bool {
        let unlocked = self.unlocked.get(name);
        unlocked.is_none_or(|wallet| wallet.store.format() != format)
    }

    pub(super) fn has_locked(&self, files: &BTreeSet<(String, WalletFormat)>) -> bool {
        files
            .iter()
            .any(|(name, format)| self.is_locked(name, *format))
    }

    /// Signs, if an unlocked wallet has the key, whose time then starts anew.
    pub(super) fn sign(&mut self, key: &PublicKey, digest: &Digest) -> Option<Signature> {
        self.lock_overdue(uptime());
        let locks_at = self.locks_at();
        let mut wallets = self.unlocked.values_mut();
        wallets.find_map(|wallet| {
            let private = wallet.store.get(key)?;
            wallet.locks_at = locks_at;
            Some(stack::erased_after(|| private.sign_digest(digest)))
        })
    }

    pub(super) fn public_keys(&mut self) -> Vec<PublicKey> {
        self.lock_overdue(uptime());
        let wallets = self.unlocked.values();
        let keys: BTreeSet<_> = wallets
            .flat_map(|wallet| wallet.store.public_keys())
            .collect();
        keys.into_iter().collect()
    }

    pub(super) fn refuse_unlocked(&mut self, name: &str) -> Result<(), WalletError> {
        self.lock_overdue(uptime());
        if self.unlocked.contains_key(name) {
            return Err(WalletError::AlreadyUnlocked {
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    /// Returns when a wallet is locked that is used now.
    pub(super) fn locks_at(&self) -> Option<Duration> {
        Some(uptime().saturating_add(self.auto_lock?))
    }
}
