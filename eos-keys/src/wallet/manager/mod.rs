mod state;
mod store;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use async_trait::async_trait;

use self::{
    state::{Shared, State, Unlocked},
    store::Store,
};
use crate::{
    digest::Digest,
    error::SignError,
    private_key::PrivateKey,
    public_key::PublicKey,
    signature::Signature,
    signer::Signer,
    wallet::{
        KdfCost, KeosdWallet, Keystore, Password, WalletError, create_secret_file,
        keosd_file::PasswordHash, keystore::SealingKey, secret_file::io_error, uptime::uptime,
    },
};

/// After how long keosd locks what is not used.
const DEFAULT_AUTO_LOCK: Duration = Duration::from_mins(15);

const MAX_NAME: usize = 128;

/// The wallets of a directory: makes, unlocks, changes and locks them, and signs with the keys of those that are unlocked.
///
/// ```
/// use std::time::Duration;
/// use eos_keys::{Digest, PrivateKey, SignError, wallet::WalletManager};
///
/// # let home = tempfile::tempdir()?;
/// # let directory = home.path().join("wallets");
/// let wallets = WalletManager::open(&directory)?;
/// let password = wallets.create("default")?; // PW5…: keep it, it is nowhere else
/// let key = wallets.import("default", &PrivateKey::generate()?)?;
/// let digest = Digest::of(b"some bytes");
/// assert_eq!(wallets.sign(&key, &digest)?.recover(&digest)?, key);
///
/// wallets.set_auto_lock(Some(Duration::from_millis(1)));
/// std::thread::sleep(Duration::from_millis(100));
/// assert!(matches!(wallets.sign(&key, &digest), Err(SignError::Locked)));
/// wallets.unlock("default", &password)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Files
///
/// A wallet `NAME` is the file `NAME.keystore` (a [`Keystore`]) or `NAME.wallet` (a [`KeosdWallet`], as keosd names it). What is in the
/// directory is what there is: a wallet needs no opening before it is unlocked, and one that another process makes or removes is there or
/// gone. A change is in the file before it is in memory. If another process has changed the file in the meantime, the change is refused
/// with [`WalletError::ChangedOnDisk`], and nothing is lost: lock the wallet, unlock it, and repeat the change. An unlocked wallet signs
/// with the keys that it had when it was unlocked, whatever becomes of its file. A wallet that is locked and unlocked again while this
/// manager writes a change of it is locked when that is written: its keys could be those of the old file. A change of a wallet that is a
/// symbolic link replaces the link by a file: what it led to stays as it was.
///
/// # Locking
///
/// An unlocked wallet is locked, its keys erased, when it has not been used for fifteen minutes, or the time that
/// [`set_auto_lock`](Self::set_auto_lock) sets. A thread does so at that time, with no call needed. A signature with a key of the
/// wallet is a use of it, and so is a call of [`keys`](Self::keys), [`import`](Self::import), [`remove`](Self::remove) or
/// [`convert`](Self::convert) that names it; [`unlock`](Self::unlock) and [`create_with`](Self::create_with), when they are refused
/// because it is there, are none. (keosd has one such time for all of its wallets, restarts it at every call, and locks at the first
/// call after it.) The clock is not the time of day, so nobody puts the moment off by setting that. On Linux the clock goes on while the
/// machine is suspended, and the thread locks within five seconds after it resumes; a call in between finds the wallet locked as well.
/// Elsewhere the clock may stand still while the machine is suspended.
///
/// Dropping the manager locks everything.
///
/// # Threads
///
/// All calls take `&self`; share a manager in an [`Arc`]. [`create`](Self::create), [`unlock`](Self::unlock) and
/// [`convert`](Self::convert) take a good part of a second for a keystore, and what changes a wallet waits for the disk: async programs
/// call these where they may block. Wallets are made one after the other; no other call waits for that, and signing never does. A panic
/// while the keys are held, which would be a defect here, locks everything.
pub struct WalletManager {
    shared: Arc<Shared>,
    /// Held while a wallet is changed, so that changes of one file come one after the other.
    changing: Mutex<()>,
    /// Held while a wallet is made, so that two of one name, one in each format, are not made at once.
    making: Mutex<()>,
    cost: KdfCost,
    locker: Option<JoinHandle<()>>,
}

/// The format of a wallet's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WalletFormat {
    /// Our own: `NAME.keystore`.
    Keystore,
    /// keosd's: `NAME.wallet`.
    Keosd,
}

/// A wallet in the directory of a [`WalletManager`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WalletInfo {
    /// Its name.
    pub name: String,
    /// The format of its file.
    pub format: WalletFormat,
    /// Whether it must be unlocked before it signs.
    pub is_locked: bool,
}

impl WalletManager {
    /// Opens a directory of wallets; makes it, for its owner only, if it is not there.
    ///
    /// # Errors
    ///
    /// [`WalletError`] says why the directory cannot be made, or the thread that locks wallets not be started.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, WalletError> {
        let directory = directory.as_ref();
        let open = |source| io_error("open", directory, source);
        match make_private(directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => {}
            made => made.map_err(open)?,
        }
        // So that the wallets are the same ones after a change of the working directory.
        let directory = std::path::absolute(directory).map_err(open)?;
        let shared = Arc::new(Shared {
            directory,
            state: Mutex::new(State {
                unlocked: BTreeMap::new(),
                unlocking: BTreeMap::new(),
                auto_lock: Some(DEFAULT_AUTO_LOCK),
                count: 0,
                is_closing: false,
            }),
            changed: Condvar::new(),
        });
        let locker = thread::Builder::new()
            .name("wallet locker".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || shared.lock_in_time()
            })
            .map_err(|source| WalletError::Thread { source })?;
        Ok(Self {
            shared,
            changing: Mutex::new(()),
            making: Mutex::new(()),
            cost: KdfCost::default(),
            locker: Some(locker),
        })
    }

    /// Returns this manager with another cost of guessing the passwords of the keystores that it makes.
    #[must_use]
    pub fn with_cost(mut self, cost: KdfCost) -> Self {
        self.cost = cost;
        self
    }

    /// Sets after how long an unused wallet is locked; `None` is never. The time starts anew for all wallets.
    pub fn set_auto_lock(&self, after: Option<Duration>) {
        let mut state = self.shared.state();
        state.lock_overdue(uptime());
        state.auto_lock = after;
        let locks_at = state.locks_at();
        for wallet in state.unlocked.values_mut() {
            wallet.locks_at = locks_at;
        }
        self.shared.changed.notify_all();
    }

    /// Makes a wallet, in our own format, and leaves it unlocked, as [`create_with`](Self::create_with) does. Returns its password, made
    /// as keosd makes them: it is kept nowhere.
    ///
    /// # Errors
    ///
    /// As [`create_with`](Self::create_with).
    pub fn create(&self, name: &str) -> Result<Password, WalletError> {
        let password = Password::generate()?;
        self.create_with(name, WalletFormat::Keystore, &password)?;
        Ok(password)
    }

    /// Makes a wallet of a password of the caller's, and leaves it unlocked, unless another thread locks it before it is made.
    ///
    /// # Errors
    ///
    /// [`WalletError::NameRefused`]; [`WalletError::Exists`] if there is a wallet of that name, in either format; else [`WalletError`]
    /// says why it could not be written.
    pub fn create_with(
        &self,
        name: &str,
        format: WalletFormat,
        password: &Password,
    ) -> Result<(), WalletError> {
        let _one_at_a_time = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.free_path(name, format)?;
        let attempt = self.shared.state().start_unlocking(name)?;
        let store = match format {
            WalletFormat::Keystore => {
                Keystore::create_with_cost(path, password, self.cost).map(Store::keystore)
            }
            WalletFormat::Keosd => KeosdWallet::create(path, password).map(Store::Keosd),
        };
        match self.shared.finish_unlocking(attempt, name, store) {
            // Another thread locked or unlocked it. It is made all the same, and its password must reach the caller.
            Err(WalletError::Locked { .. } | WalletError::AlreadyUnlocked { .. }) => Ok(()),
            done => done,
        }
    }

    /// Makes a wallet `new_name` with the keys of `name`, which must be unlocked and stays as it is; the new one is left locked.
    ///
    /// keosd has no labels: they are left out on the way to its format, where a key of several labels is there once, and on the way back
    /// each key's label is the text of its public key.
    ///
    /// # Errors
    ///
    /// As [`create_with`](Self::create_with), and as [`keys`](Self::keys).
    pub fn convert(
        &self,
        name: &str,
        new_name: &str,
        format: WalletFormat,
        password: &Password,
    ) -> Result<(), WalletError> {
        let _one_at_a_time = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.free_path(new_name, format)?;
        // What is slow is done before and after, not while the state is held.
        let sealed = match format {
            WalletFormat::Keystore => {
                let key = SealingKey::new(password, self.cost)?;
                self.with_unlocked(name, |wallet| {
                    let keys = wallet.store.by_label();
                    key.seal(
                        &path,
                        keys.iter().map(|(label, key)| (label.as_ref(), *key)),
                    )
                })??
            }
            WalletFormat::Keosd => {
                let hash = PasswordHash::of(password);
                self.with_unlocked(name, |wallet| {
                    hash.seal(&path, wallet.store.by_public_key().into_iter())
                })??
            }
        };
        create_secret_file(path, &sealed)
    }

    /// Unlocks a wallet.
    ///
    /// # Errors
    ///
    /// [`WalletError::Unlock`] if the password is wrong or the file damaged; [`WalletError::AlreadyUnlocked`]; [`WalletError::Locked`] if
    /// another thread has locked or changed the wallet before it was unlocked; [`WalletError::UnknownWallet`],
    /// [`WalletError::AmbiguousName`] and [`WalletError::NameRefused`]; else [`WalletError`] says why the file could not be read.
    pub fn unlock(&self, name: &str, password: &Password) -> Result<(), WalletError> {
        check_name(name)?;
        let attempt = self.shared.state().start_unlocking(name)?;
        // Slow, so not while the state is held.
        let store = self.find(name).and_then(|(path, format)| match format {
            WalletFormat::Keystore => Keystore::open(path, password).map(Store::keystore),
            WalletFormat::Keosd => KeosdWallet::open(path, password).map(Store::Keosd),
        });
        self.shared.finish_unlocking(attempt, name, store)
    }

    /// Locks a wallet and erases its keys; does nothing if it is locked. A call that is just unlocking it fails.
    ///
    /// # Errors
    ///
    /// [`WalletError::UnknownWallet`], [`WalletError::AmbiguousName`] and [`WalletError::NameRefused`].
    pub fn lock(&self, name: &str) -> Result<(), WalletError> {
        check_name(name)?;
        if !self.shared.state().lock(name) {
            self.find(name)?;
        }
        Ok(())
    }

    /// Locks all wallets and erases their keys. Calls that are just unlocking one fail.
    pub fn lock_all(&self) {
        self.shared.state().lock_all();
    }

    /// Returns the wallets, ordered by name. Files whose names no wallet can have are left out, and what is no file.
    ///
    /// # Errors
    ///
    /// [`WalletError::Io`] if the directory cannot be read.
    pub fn list(&self) -> Result<Vec<WalletInfo>, WalletError> {
        let mut found = self.files()?;
        let mut state = self.shared.state();
        state.lock_overdue(uptime());
        // Also those whose file was removed: they still sign.
        for (name, wallet) in &state.unlocked {
            found.insert((name.clone(), wallet.store.format()));
        }
        let infos = found.into_iter().map(|(name, format)| WalletInfo {
            is_locked: state.is_locked(&name, format),
            name,
            format,
        });
        Ok(infos.collect())
    }

    /// Returns the public keys of an unlocked wallet, in order.
    ///
    /// # Errors
    ///
    /// [`WalletError::Locked`]; [`WalletError::UnknownWallet`], [`WalletError::AmbiguousName`] and [`WalletError::NameRefused`].
    pub fn keys(&self, name: &str) -> Result<Vec<PublicKey>, WalletError> {
        self.with_unlocked(name, |wallet| wallet.store.public_keys())
    }

    /// Adds a copy of a key to an unlocked wallet and its file, and returns its public key, whose text is its label in a keystore.
    ///
    /// # Errors
    ///
    /// [`WalletError::KeyExists`]; [`WalletError::ChangedOnDisk`] if the file is not the one that was unlocked; as
    /// [`keys`](Self::keys); else [`WalletError`] says why the file could not be written. The wallet is as before then.
    pub fn import(&self, name: &str, key: &PrivateKey) -> Result<PublicKey, WalletError> {
        let public = key.public_key();
        self.change(name, |store| {
            if store.get(&public).is_some() {
                return Err(WalletError::KeyExists {
                    name: name.to_owned(),
                    key: public.clone(),
                });
            }
            store.insert(&public, key)
        })?;
        Ok(public)
    }

    /// Removes a key from an unlocked wallet and its file, for good. In a keystore it goes from under all of its labels.
    ///
    /// # Errors
    ///
    /// [`WalletError::UnknownKey`]; [`WalletError::ChangedOnDisk`] if the file is not the one that was unlocked; as
    /// [`keys`](Self::keys); else [`WalletError`] says why the file could not be written. The wallet is as before then.
    pub fn remove(&self, name: &str, key: &PublicKey) -> Result<(), WalletError> {
        self.change(name, |store| {
            if store.remove(key) {
                return Ok(());
            }
            Err(WalletError::UnknownKey {
                name: name.to_owned(),
                key: key.clone(),
            })
        })
    }

    /// Signs with a key of any unlocked wallet. [`Signer`] does the same for async callers.
    ///
    /// # Errors
    ///
    /// [`SignError::Locked`] if no unlocked wallet has the key but one is locked, [`SignError::UnknownKey`] if none is;
    /// [`SignError::Unavailable`] if the directory cannot be read.
    pub fn sign(&self, key: &PublicKey, digest: &Digest) -> Result<Signature, SignError> {
        if let Some(signature) = self.shared.state().sign(key, digest) {
            return Ok(signature);
        }
        let files = self.files().map_err(unavailable)?;
        // Looked at together, because another thread may unlock a wallet between two looks.
        let mut state = self.shared.state();
        if let Some(signature) = state.sign(key, digest) {
            return Ok(signature);
        }
        if state.has_locked(&files) {
            return Err(SignError::Locked);
        }
        Err(SignError::UnknownKey { key: key.clone() })
    }

    /// Returns the wallets that are files.
    fn files(&self) -> Result<BTreeSet<(String, WalletFormat)>, WalletError> {
        let directory = &self.shared.directory;
        let read = |source| io_error("read", directory, source);
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(directory).map_err(read)? {
            let entry = entry.map_err(read)?;
            let file_name = entry.file_name();
            let wallet = file_name.to_str().and_then(WalletFormat::of_file);
            found.extend(wallet.filter(|_| is_file(&entry.path()).unwrap_or(false)));
        }
        Ok(found)
    }

    /// Calls `use_it` with an unlocked wallet, whose time starts anew.
    fn with_unlocked<T>(
        &self,
        name: &str,
        use_it: impl FnOnce(&mut Unlocked) -> T,
    ) -> Result<T, WalletError> {
        check_name(name)?;
        let mut state = self.shared.state();
        state.lock_overdue(uptime());
        let locks_at = state.locks_at();
        if let Some(wallet) = state.unlocked.get_mut(name) {
            wallet.locks_at = locks_at;
            return Ok(use_it(wallet));
        }
        drop(state);
        self.find(name)?;
        Err(WalletError::Locked {
            name: name.to_owned(),
        })
    }

    /// Changes an unlocked wallet: first its file, then what is in memory. No keys are held while the file is written, so that locking
    /// and signing need not wait for the disk.
    fn change(
        &self,
        name: &str,
        edit: impl Fn(&mut Store) -> Result<(), WalletError>,
    ) -> Result<(), WalletError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (id, mut file, sealed) = self.with_unlocked(name, |wallet| {
            let mut draft = wallet.store.copy();
            edit(&mut draft)?;
            Ok::<_, WalletError>((wallet.id, draft.file_mut().clone(), draft.seal()?))
        })??;
        file.replace(&sealed)?;
        let mut state = self.shared.state();
        // It may have been locked meanwhile, and be unlocked again, or just be read, from the old file: a key that is removed must not
        // sign on. Whether it was the old file or the new one is not known, so it is locked in either case.
        state.call_off_unlocking(name);
        match state.unlocked.get_mut(name) {
            Some(wallet) if wallet.id == id => {
                edit(&mut wallet.store)?;
                *wallet.store.file_mut() = file;
            }
            _ => {
                state.unlocked.remove(name);
            }
        }
        Ok(())
    }

    /// Returns where a wallet is, and what it is.
    fn find(&self, name: &str) -> Result<(PathBuf, WalletFormat), WalletError> {
        let mut found = None;
        for format in WalletFormat::ALL {
            let path = self.path(name, format);
            if !is_file(&path).map_err(|source| io_error("examine", &path, source))? {
                continue;
            }
            if found.replace((path, format)).is_some() {
                return Err(WalletError::AmbiguousName {
                    name: name.to_owned(),
                    directory: self.shared.directory.clone(),
                });
            }
        }
        found.ok_or_else(|| WalletError::UnknownWallet {
            name: name.to_owned(),
            directory: self.shared.directory.clone(),
        })
    }

    /// Returns where a new wallet will be. Whether the name is free is looked at before the slow work; that nothing of another process
    /// is overwritten is seen to when the file is written.
    fn free_path(&self, name: &str, format: WalletFormat) -> Result<PathBuf, WalletError> {
        check_name(name)?;
        match self.find(name) {
            Ok((path, _)) => return Err(WalletError::Exists { path }),
            Err(WalletError::UnknownWallet { .. }) => {}
            Err(other) => return Err(other),
        }
        // Its file was removed: its keys are the last ones, so nothing takes its place.
        self.shared.state().refuse_unlocked(name)?;
        Ok(self.path(name, format))
    }

    fn path(&self, name: &str, format: WalletFormat) -> PathBuf {
        let file_name = format!("{name}.{}", format.extension());
        self.shared.directory.join(file_name)
    }
}

#[async_trait]
impl Signer for WalletManager {
    /// Returns the keys of all unlocked wallets; [`SignError::Locked`] if they have none but there are locked ones. This is no use of a
    /// wallet: it does not put off its locking.
    async fn public_keys(&self) -> Result<Vec<PublicKey>, SignError> {
        let keys = self.shared.state().public_keys();
        if !keys.is_empty() {
            return Ok(keys);
        }
        let files = self.files().map_err(unavailable)?;
        let mut state = self.shared.state();
        let keys = state.public_keys();
        if keys.is_empty() && state.has_locked(&files) {
            return Err(SignError::Locked);
        }
        Ok(keys)
    }

    async fn sign_digest(&self, key: &PublicKey, digest: &Digest) -> Result<Signature, SignError> {
        self.sign(key, digest)
    }
}

impl Drop for WalletManager {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.lock_all();
        state.is_closing = true;
        drop(state);
        self.shared.changed.notify_all();
        if let Some(locker) = self.locker.take() {
            // It has panicked if this fails; nothing is left to lock.
            drop(locker.join());
        }
    }
}

impl fmt::Debug for WalletManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalletManager")
            .field("directory", &self.shared.directory)
            .field(
                "unlocked",
                &self.shared.state().unlocked.keys().collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}

impl WalletFormat {
    const ALL: [Self; 2] = [Self::Keystore, Self::Keosd];

    const fn extension(self) -> &'static str {
        match self {
            Self::Keystore => "keystore",
            Self::Keosd => "wallet",
        }
    }

    /// Returns the wallet that a file is by its name.
    fn of_file(file_name: &str) -> Option<(String, Self)> {
        let (name, extension) = file_name.rsplit_once('.')?;
        let format = Self::ALL
            .into_iter()
            .find(|format| format.extension() == extension)?;
        check_name(name).ok()?;
        Some((name.to_owned(), format))
    }
}

fn unavailable(source: WalletError) -> SignError {
    SignError::Unavailable {
        source: Box::new(source),
    }
}

fn check_name(name: &str) -> Result<(), WalletError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if (1..=MAX_NAME).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(is_allowed)
    {
        return Ok(());
    }
    Err(WalletError::NameRefused {
        name: name.to_owned(),
    })
}

/// Tells whether there is a file of that name, or one that a symbolic link leads to.
fn is_file(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        metadata => Ok(metadata?.is_file()),
    }
}

fn make_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
