use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    process::Command,
};

use eos_keys::wallet::{WalletError, create_secret_file, read_secret_file, write_secret_file};

#[test]
fn files_are_only_their_owners() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    create_secret_file(&path, b"one").unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    write_secret_file(&path, b"two").unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(*read_secret_file(&path, 3).unwrap(), b"two");
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn writing_replaces_a_file_that_was_open_to_others() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    fs::write(&path, b"one").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    write_secret_file(&path, b"two").unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn creating_refuses_an_existing_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    create_secret_file(&path, b"one").unwrap();
    let error = create_secret_file(&path, b"two").unwrap_err();
    assert!(matches!(error, WalletError::Exists { path: at } if at == path));
    assert_eq!(fs::read(&path).unwrap(), b"one");
    assert_eq!(
        fs::read_dir(directory.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn a_symbolic_link_is_replaced_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (
        directory.path().join("secret"),
        directory.path().join("target"),
    );
    fs::write(&target, b"kept").unwrap();
    symlink(&target, &path).unwrap();
    assert!(matches!(
        create_secret_file(&path, b"new"),
        Err(WalletError::Exists { .. })
    ));
    write_secret_file(&path, b"new").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"kept");
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
}

#[test]
fn reading_refuses_what_others_can_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    create_secret_file(&path, b"one").unwrap();
    for mode in [0o640, 0o604, 0o620, 0o601, 0o777] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = read_secret_file(&path, 10).unwrap_err();
        assert!(matches!(error, WalletError::OpenToOthers { mode: found, .. } if found == mode));
        assert!(
            error.to_string().contains(&format!("{mode:03o}")),
            "{error}"
        );
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    read_secret_file(&path, 10).unwrap();
}

#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    for path in [directory.path(), &pipe] {
        let error = read_secret_file(path, 10).unwrap_err();
        let WalletError::Io { source, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(source.to_string(), "not a regular file");
    }
}

#[test]
fn reading_refuses_a_longer_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    create_secret_file(&path, b"four").unwrap();
    assert!(matches!(
        read_secret_file(&path, 3),
        Err(WalletError::TooLarge { limit: 3, .. })
    ));
    assert!(read_secret_file(&path, 4).is_ok());
}

#[test]
fn errors_name_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("absent").join("secret");
    for error in [
        read_secret_file(&path, 3).map(drop).unwrap_err(),
        write_secret_file(&path, b"x").unwrap_err(),
        create_secret_file(&path, b"x").unwrap_err(),
    ] {
        assert!(matches!(error, WalletError::Io { .. }));
        assert!(error.to_string().contains("absent"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }
    write_secret_file("/", b"x").unwrap_err();
}
