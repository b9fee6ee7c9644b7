use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use eos_keys::{
    KeyType, PrivateKey, PublicKey,
    wallet::{
        KdfCost, KeosdWallet, Keystore, Password, WalletError, create_secret_file,
        write_secret_file,
    },
};

use crate::child;

fn cheap() -> KdfCost {
    KdfCost::new(8, 1).unwrap()
}

fn password() -> Password {
    Password::from("correct horse".to_owned())
}

fn key(byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(KeyType::K1, &[byte; 32]).unwrap()
}

/// Either format, for what is the same with both.
enum Wallet {
    Keystore(Keystore),
    Keosd(KeosdWallet),
}

impl Wallet {
    fn create(path: &Path) -> Self {
        if is_keosds(path) {
            Self::Keosd(KeosdWallet::create(path, &password()).unwrap())
        } else {
            Self::Keystore(Keystore::create_with_cost(path, &password(), cheap()).unwrap())
        }
    }

    fn open(path: &Path) -> Self {
        if is_keosds(path) {
            Self::Keosd(KeosdWallet::open(path, &password()).unwrap())
        } else {
            Self::Keystore(Keystore::open(path, &password()).unwrap())
        }
    }

    fn insert(&mut self, key: PrivateKey) {
        match self {
            Self::Keystore(keystore) => {
                keystore.insert(key.public_key().to_string(), key).unwrap();
            }
            Self::Keosd(wallet) => assert!(wallet.insert(key)),
        }
    }

    fn remove(&mut self, key: &PublicKey) {
        match self {
            Self::Keystore(keystore) => drop(keystore.remove(&key.to_string())),
            Self::Keosd(wallet) => drop(wallet.remove(key)),
        }
    }

    fn save(&mut self) -> Result<(), WalletError> {
        match self {
            Self::Keystore(keystore) => keystore.save(),
            Self::Keosd(wallet) => wallet.save(),
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Keystore(keystore) => keystore.entries().len(),
            Self::Keosd(wallet) => wallet.keys().len(),
        }
    }
}

fn is_keosds(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "wallet")
}

fn both(directory: &Path) -> [PathBuf; 2] {
    ["a.keystore", "a.wallet"].map(|name| directory.join(name))
}

fn temporary_files(directory: &Path) -> usize {
    fs::read_dir(directory)
        .unwrap()
        .filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|extension| extension == "tmp")
        })
        .count()
}

/// Who may (root in CI) gives the file away first; else it stays the writer's own, which is true of any save.
#[test]
fn saving_keeps_the_owner() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["a.keystore", "a.wallet"] {
        let path = directory.path().join(name);
        Wallet::create(&path);
        let _ = std::os::unix::fs::chown(&path, Some(12_345), Some(54_321));
        let owner = |path: &Path| {
            let metadata = fs::metadata(path).unwrap();
            (metadata.uid(), metadata.gid(), metadata.mode() & 0o777)
        };
        let before = owner(&path);
        let mut wallet = Wallet::open(&path);
        wallet.insert(key(1));
        wallet.save().unwrap();
        assert_eq!(owner(&path), before, "{name}");
        // A file whose content nobody has looked at may be a trap: what is written over it is the writer's.
        let other = directory.path().join(format!("{name}.other"));
        create_secret_file(&other, b"").unwrap();
        let own = owner(&other);
        write_secret_file(&path, b"").unwrap();
        assert_eq!(owner(&path), own, "{name}");
    }
}

#[test]
fn the_second_of_two_that_know_a_file_is_told_of_the_first() {
    let directory = tempfile::tempdir().unwrap();
    for path in both(directory.path()) {
        let mut first = Wallet::create(&path);
        let mut second = Wallet::open(&path);
        first.insert(key(1));
        first.save().unwrap();
        first.insert(key(2));
        first.save().unwrap();
        let saved = fs::read(&path).unwrap();
        second.insert(key(3));
        for _ in 0..2 {
            let error = second.save().unwrap_err();
            assert!(matches!(error, WalletError::ChangedOnDisk { path: at } if at == path));
        }
        assert_eq!(fs::read(&path).unwrap(), saved);
        let mut second = Wallet::open(&path);
        second.insert(key(3));
        second.save().unwrap();
        assert_eq!(Wallet::open(&path).count(), 3);
    }
}

#[test]
fn a_file_that_was_removed_or_cannot_be_read_is_not_written_anew() {
    let directory = tempfile::tempdir().unwrap();
    for path in both(directory.path()) {
        let mut wallet = Wallet::create(&path);
        fs::write(&path, "something else").unwrap();
        let error = wallet.save().unwrap_err();
        assert!(matches!(error, WalletError::ChangedOnDisk { .. }));
        fs::remove_file(&path).unwrap();
        let error = wallet.save().unwrap_err();
        assert!(matches!(error, WalletError::ChangedOnDisk { .. }));
        assert!(!path.exists());
        fs::create_dir(&path).unwrap();
        wallet.save().unwrap_err();
        assert!(path.is_dir());
    }
}

#[test]
fn a_file_that_may_only_be_read_is_still_replaced() {
    let directory = tempfile::tempdir().unwrap();
    for path in both(directory.path()) {
        let mut wallet = Wallet::create(&path);
        let read_only = std::os::unix::fs::PermissionsExt::from_mode(0o400);
        fs::set_permissions(&path, read_only).unwrap();
        wallet.insert(key(1));
        wallet.save().unwrap();
        assert_eq!(Wallet::open(&path).count(), 1);
    }
}

/// Several processes add keys to one file, each until all of its own are in.
#[test]
fn processes_that_save_one_file_lose_nothing() {
    const NAME: &str = "wallet_saves::processes_that_save_one_file_lose_nothing";
    const PROCESSES: u8 = 3;
    const KEYS: u8 = 15;
    if let Some(task) = child::task() {
        let (first, path) = task.split_once(' ').unwrap();
        return add_keys(first.parse().unwrap(), KEYS, Path::new(path));
    }
    let directory = tempfile::tempdir().unwrap();
    for path in both(directory.path()) {
        drop(Wallet::create(&path));
        let children: Vec<Child> = (0..PROCESSES)
            .map(|process| {
                let first = 1 + process * KEYS;
                child::command(NAME, &format!("{first} {}", path.display()))
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let mut refusals = 0;
        let mut running = Vec::new();
        for mut child in children {
            let mut output = child.stdout.take().unwrap();
            wait_for(&mut output, "ready\n");
            running.push((child, output));
        }
        // All have the file open now; they begin when their input ends.
        for (child, _) in &mut running {
            drop(child.stdin.take());
        }
        for (mut child, mut output) in running {
            let mut said = String::new();
            output.read_to_string(&mut said).unwrap();
            assert!(child.wait().unwrap().success(), "{said}");
            let count = said.split_once("refused ").unwrap().1;
            refusals += count
                .split_whitespace()
                .next()
                .unwrap()
                .parse::<usize>()
                .unwrap();
        }
        assert_eq!(Wallet::open(&path).count(), usize::from(PROCESSES * KEYS));
        assert!(refusals >= usize::from(PROCESSES) - 1, "they did not meet");
        assert_eq!(temporary_files(directory.path()), 0);
    }
}

fn add_keys(first: u8, count: u8, path: &Path) {
    let mut refusals = 0;
    let mut wallet = Wallet::open(path);
    say("ready\n");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    for byte in first..first + count {
        loop {
            wallet.insert(key(byte));
            match wallet.save() {
                Ok(()) => break,
                Err(WalletError::ChangedOnDisk { .. }) => {
                    refusals += 1;
                    wallet = Wallet::open(path);
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    say(&format!("refused {refusals} "));
}

/// A process that saves is killed at any moment: the file is the old one or the new one.
#[test]
fn a_process_killed_while_it_saves_leaves_the_old_file_or_the_new_one() {
    const NAME: &str =
        "wallet_saves::a_process_killed_while_it_saves_leaves_the_old_file_or_the_new_one";
    if let Some(task) = child::task() {
        return save_for_ever(Path::new(&task));
    }
    let directory = tempfile::tempdir().unwrap();
    let paths = both(directory.path());
    for path in &paths {
        let mut wallet = Wallet::create(path);
        wallet.insert(key(1));
        wallet.save().unwrap();
    }
    let start = Instant::now();
    let (mut kills, mut in_a_save, mut seen) = (0, 0, [0, 0]);
    while kills < 300 && start.elapsed() < Duration::from_secs(12) {
        let path = &paths[kills % 2];
        let mut saving = child::command(NAME, path.to_str().unwrap())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for(saving.stdout.as_mut().unwrap(), "saving\n");
        let mut random = [0; 2];
        getrandom::fill(&mut random).unwrap();
        // Up to 8 ms: some saves, whatever the disk is.
        thread::sleep(Duration::from_micros(
            u64::from(u16::from_le_bytes(random)) / 8,
        ));
        saving.kill().unwrap();
        saving.wait().unwrap();
        kills += 1;
        match Wallet::open(path).count() {
            count @ (1 | 2) => seen[count - 1] += 1,
            other => panic!("{other} keys after kill {kills}"),
        }
        in_a_save += temporary_files(directory.path());
        // It takes away what the killed one left.
        Wallet::open(path).save().unwrap();
        assert_eq!(temporary_files(directory.path()), 0);
    }
    let figures = format!("{kills} kills, {in_a_save} in a save, {seen:?} of each content");
    say(&format!("{figures}\n"));
    assert!(
        kills >= 20 && in_a_save >= 5 && seen.iter().all(|count| *count > 0),
        "{figures}"
    );
}

fn save_for_ever(path: &Path) {
    let mut wallet = Wallet::open(path);
    say("saving\n");
    // Ended from outside; by itself only if that fails.
    for _ in 0..100_000 {
        if wallet.count() == 1 {
            wallet.insert(key(2));
        } else {
            wallet.remove(&key(2).public_key());
        }
        wallet.save().unwrap();
    }
}

fn say(what: &str) {
    let mut output = std::io::stdout();
    output.write_all(what.as_bytes()).unwrap();
    output.flush().unwrap();
}

/// Reads until `expected` was said.
fn wait_for(output: &mut impl std::io::Read, expected: &str) {
    let mut said = Vec::new();
    while !said.ends_with(expected.as_bytes()) {
        let mut byte = [0];
        output
            .read_exact(&mut byte)
            .unwrap_or_else(|_| panic!("ended early: {}", String::from_utf8_lossy(&said)));
        said.extend(byte);
    }
}

#[test]
fn what_a_killed_process_left_is_removed_and_nothing_else_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a");
    let file = |name: &str| directory.path().join(name);
    fs::write(file(".a.0123456789abcdef.tmp"), "left over").unwrap();
    let others = [
        ".b.0123456789abcdef.tmp",
        ".a.tmp",
        "a.0123456789abcdef.tmp",
    ];
    for other in others {
        fs::write(file(other), "kept").unwrap();
    }
    std::os::unix::fs::symlink(file("elsewhere"), file(".a.00000000000000ff.tmp")).unwrap();
    fs::create_dir(file(".a.00000000000000fe.tmp")).unwrap();
    // A writer that lives has its file locked.
    let living = file(".a.00000000000000aa.tmp");
    let lock = fs::File::create(&living).unwrap();
    lock.lock().unwrap();

    create_secret_file(&path, b"one").unwrap();
    assert!(!file(".a.0123456789abcdef.tmp").exists());
    fs::write(file(".a.0123456789abcdef.tmp"), "left over").unwrap();
    write_secret_file(&path, b"two").unwrap();
    assert!(!file(".a.0123456789abcdef.tmp").exists());
    for other in others {
        assert!(file(other).exists(), "{other}");
    }
    assert!(fs::symlink_metadata(file(".a.00000000000000ff.tmp")).is_ok());
    assert!(file(".a.00000000000000fe.tmp").is_dir());
    assert!(living.exists());
    drop(lock);
    write_secret_file(&path, b"three").unwrap();
    assert!(!living.exists());
}

#[test]
fn writers_at_once_do_not_take_each_others_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a");
    thread::scope(|scope| {
        for byte in 0..4 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..25 {
                    write_secret_file(path, &[byte; 100]).unwrap();
                }
            });
        }
    });
    let last = fs::read(&path).unwrap();
    assert!(last.len() == 100 && last.iter().all(|byte| *byte == last[0]));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);

    let path = directory.path().join("b");
    let created: usize = thread::scope(|scope| {
        let create = |byte: u8| {
            let path = &path;
            scope.spawn(move || create_secret_file(path, &[byte]))
        };
        let results: Vec<_> = (0..8).map(create).collect();
        results
            .into_iter()
            .map(|thread| match thread.join().unwrap() {
                Ok(()) => 1,
                Err(WalletError::Exists { .. }) => 0,
                Err(other) => panic!("{other:?}"),
            })
            .sum()
    });
    assert_eq!(created, 1);
    assert_eq!(fs::metadata(&path).unwrap().nlink(), 1);
}
