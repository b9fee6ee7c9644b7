use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use eos_keys::PrivateKey;
use eos_keys::wallet::{Keystore, Password, WalletError, create_secret_file, read_secret_file};

use crate::error::{Error, io_error};
use crate::local::files::{check_root, create_private_dir, remove_unfinished};
use crate::local::plan::has_chain;

const PASSWORD_LIMIT: u64 = 4096;

/// The private keys of a network, in a keystore in its directory, each under a label.
///
/// They are made once and found again by every later run, whenever an earlier one was killed: the password is on the
/// disk before the keystore, and a keystore that lacks labels is completed. All files are 0600 from the start.
#[derive(Debug)]
pub struct NetworkKeys {
    keystore: Keystore,
    password_file: Option<PathBuf>,
}

impl NetworkKeys {
    /// Opens the keystore of a directory, or makes one, and sees to it that each label has a key. Do so before the
    /// network is [opened](crate::local::LocalNetwork).
    ///
    /// Without a password, the one in the file `wallet.password` is used; it is generated the first time.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or written or is open to others, when the password does not open the
    /// keystore, and when there is a keystore but no password for it. When nodeos cannot work in the directory, or there
    /// is a chain in it but no keystore: then nothing is written.
    pub fn open<'a>(
        dir: &Path,
        password: Option<Password>,
        labels: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        check_root(dir)?;
        let path = dir.join("wallet.keystore");
        // The chain is looked at first: another run, just now, makes the keystore before its chain.
        if has_chain(dir) && !path.exists() {
            return Err(Error::WalletLost {
                dir: dir.to_owned(),
                keystore: path,
            });
        }
        create_private_dir(dir)?;
        let password_path = dir.join("wallet.password");
        // Two runs that begin at once must end up with the same keys.
        let lock_path = dir.join("wallet.lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .map_err(io_error("open", &lock_path))?;
        lock.lock().map_err(io_error("lock", &lock_path))?;
        remove_unfinished(dir, "wallet.keystore")?;
        remove_unfinished(dir, "wallet.password")?;

        let (password, password_file) = match password {
            Some(password) => (password, None),
            None => (find_password(&password_path, &path)?, Some(password_path)),
        };
        let wallet = |source| Error::Keys {
            path: path.clone(),
            source,
        };
        let mut keystore = match Keystore::open(&path, &password) {
            Err(WalletError::Io { .. }) if !path.exists() => {
                Keystore::create(&path, &password).map_err(wallet)?
            }
            opened => opened.map_err(wallet)?,
        };
        let mut is_complete = true;
        for label in labels {
            if keystore.get(label).is_none() {
                let key = PrivateKey::generate().map_err(|source| Error::Randomness { source })?;
                keystore.insert(label, key).map_err(wallet)?;
                is_complete = false;
            }
        }
        if !is_complete {
            keystore.save().map_err(wallet)?;
        }
        Ok(Self {
            keystore,
            password_file,
        })
    }

    /// Returns the key under a label.
    pub fn get(&self, label: &str) -> Option<&PrivateKey> {
        self.keystore.get(label)
    }

    /// Returns the keystore, which can make a signer.
    pub fn keystore(&self) -> &Keystore {
        &self.keystore
    }

    /// Returns the file that holds the password, unless the caller gave it.
    pub fn password_file(&self) -> Option<&Path> {
        self.password_file.as_deref()
    }
}

/// Reads the password of a keystore, or writes a new one if there is no keystore either.
fn find_password(path: &Path, keystore: &Path) -> Result<Password, Error> {
    let wallet = |source| Error::Keys {
        path: path.to_owned(),
        source,
    };
    if !path.exists() {
        if keystore.exists() {
            return Err(Error::NoPassword {
                keystore: keystore.to_owned(),
            });
        }
        let password = Password::generate().map_err(|source| Error::Randomness { source })?;
        create_secret_file(path, password.expose().as_bytes()).map_err(wallet)?;
        return Ok(password);
    }
    let bytes = read_secret_file(path, PASSWORD_LIMIT).map_err(wallet)?;
    let text = str::from_utf8(&bytes).map_err(|_| Error::PasswordNotText {
        path: path.to_owned(),
    })?;
    Ok(Password::from(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_found_again_and_new_labels_added() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("new");
        let keys = NetworkKeys::open(&dir, None, ["eosio", "bp1"]).unwrap();
        let again = NetworkKeys::open(&dir, None, ["bp1", "bp2"]).unwrap();
        let public = |keys: &NetworkKeys, label: &str| keys.get(label).map(PrivateKey::public_key);
        assert_eq!(public(&keys, "bp1"), public(&again, "bp1"));
        assert_eq!(public(&keys, "eosio"), public(&again, "eosio"));
        assert_ne!(public(&again, "bp2"), public(&again, "bp1"));
        for file in ["wallet.keystore", "wallet.lock", "wallet.password"] {
            let mode = fs::metadata(dir.join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        assert_eq!(
            fs::metadata(&dir).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }

    #[test]
    fn what_a_killed_run_left_half_written_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            ".wallet.keystore.0123.tmp",
            ".wallet.password.4567.tmp",
            "notes.tmp",
        ] {
            fs::write(dir.path().join(name), "half").unwrap();
        }
        NetworkKeys::open(dir.path(), None, ["a"]).unwrap();
        let mut names: Vec<String> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "notes.tmp",
                "wallet.keystore",
                "wallet.lock",
                "wallet.password"
            ]
        );
    }

    #[test]
    fn a_run_that_was_killed_after_the_password_is_completed() {
        let dir = tempfile::tempdir().unwrap();
        let password_file = dir.path().join("wallet.password");
        create_secret_file(&password_file, b"PWsecret\n").unwrap();
        let keys = NetworkKeys::open(dir.path(), None, ["a"]).unwrap();
        assert_eq!(keys.password_file(), Some(password_file.as_path()));
        let opened = NetworkKeys::open(
            dir.path(),
            Some(Password::from("PWsecret".to_owned())),
            ["a"],
        )
        .unwrap();
        assert_eq!(opened.password_file(), None);
        assert_eq!(
            keys.get("a").unwrap().public_key(),
            opened.get("a").unwrap().public_key()
        );
    }

    #[test]
    fn a_wrong_or_lost_password_is_an_error_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        NetworkKeys::open(dir.path(), None, ["a"]).unwrap();
        let keystore = fs::read(dir.path().join("wallet.keystore")).unwrap();
        let wrong = NetworkKeys::open(dir.path(), Some(Password::from("x".to_owned())), ["a", "b"]);
        assert!(matches!(wrong.unwrap_err(), Error::Keys { .. }));
        fs::remove_file(dir.path().join("wallet.password")).unwrap();
        let lost = NetworkKeys::open(dir.path(), None, ["a", "b"]).unwrap_err();
        assert!(matches!(lost, Error::NoPassword { .. }), "{lost:?}");
        assert_eq!(
            fs::read(dir.path().join("wallet.keystore")).unwrap(),
            keystore
        );
    }

    #[test]
    fn a_chain_whose_wallet_is_gone_gets_no_new_one() {
        for file in ["genesis.json", "nodes/boot/data/blocks/blocks.log"] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "{}").unwrap();
            let before = fs::read_dir(dir.path()).unwrap().count();
            let error = NetworkKeys::open(dir.path(), None, ["a"]).unwrap_err();
            assert!(matches!(error, Error::WalletLost { .. }), "{error:?}");
            let text = error.to_string();
            assert!(
                text.starts_with("the wallet of this chain is gone"),
                "{text}"
            );
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), before);
        }
    }

    #[test]
    fn a_path_that_nodeos_cannot_take_is_refused_before_anything_is_made() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("with space")).unwrap();
        std::os::unix::fs::symlink("with space", dir.path().join("link")).unwrap();
        for name in [
            "my network",
            "tab\t",
            "r\u{e9}seau",
            "with space/a/b",
            "link/a",
        ] {
            let path = dir.path().join(name);
            let error = NetworkKeys::open(&path, None, ["a"]).unwrap_err();
            assert!(matches!(error, Error::UnusablePath { .. }), "{error:?}");
            assert!(!path.exists(), "{name}");
        }
        // What counts is where it really is.
        let real = dir.path().join("real");
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, dir.path().join("with space/link")).unwrap();
        NetworkKeys::open(&dir.path().join("with space/link"), None, ["a"]).unwrap();
        assert!(real.join("wallet.keystore").exists());
    }

    #[test]
    fn two_who_begin_at_once_get_the_same_keys() {
        let dir = tempfile::tempdir().unwrap();
        let open = || {
            NetworkKeys::open(dir.path(), None, ["a", "b"])
                .unwrap()
                .get("b")
                .unwrap()
                .public_key()
        };
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }
}
