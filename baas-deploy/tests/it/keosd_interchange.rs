//! Wallet files that keosd and [`KeosdWallet`] give each other.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use baas_deploy::testing::Keosd;
use eos_keys::{
    Digest, KeyType, PrivateKey, PublicKey,
    wallet::{KeosdRefusal, KeosdWallet, Password},
};

fn keys(count: usize) -> Vec<PrivateKey> {
    let generate = |number: usize| match number % 2 {
        0 => PrivateKey::generate(),
        _ => PrivateKey::generate_r1(),
    };
    (0..count).map(|number| generate(number).unwrap()).collect()
}

fn secrets<'a>(keys: impl IntoIterator<Item = &'a PrivateKey>) -> Vec<(PublicKey, [u8; 32])> {
    let pair = |key: &PrivateKey| (key.public_key(), *key.expose_bytes());
    keys.into_iter().map(pair).collect()
}

fn in_file(wallet: &KeosdWallet) -> Vec<(PublicKey, [u8; 32])> {
    secrets(wallet.keys().map(|(_, key)| key))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn keosd_uses_the_wallets_that_we_write() {
    let keosd = Keosd::start().await.unwrap();
    let client = keosd.client();
    for count in [0, 1, 20] {
        let name = format!("ours{count}");
        let password = Password::generate().unwrap();
        let mut wallet = KeosdWallet::create(keosd.wallet_file(&name), &password).unwrap();
        for key in keys(count) {
            assert!(wallet.insert(key));
        }
        wallet.save().unwrap();
        let written = fs::read(wallet.path()).unwrap();

        client.open(&name).await.unwrap();
        let wrong = client
            .unlock(&name, &Password::generate().unwrap())
            .await
            .unwrap_err();
        assert_eq!(wrong.refusal(), Some(&KeosdRefusal::WrongPassword));
        client.unlock(&name, &password).await.unwrap();
        let listed = client.list_keys(&name, &password).await.unwrap();
        assert_eq!(secrets(&listed), in_file(&wallet));
        let digest = Digest::of(&name);
        for (key, _) in wallet.keys() {
            let signature = client.sign_digest(key, &digest).await.unwrap();
            signature.verify(&digest, key).unwrap();
        }
        assert_eq!(
            fs::read(wallet.path()).unwrap(),
            written,
            "keosd only read it"
        );
        client.lock(&name).await.unwrap();
    }
}

#[tokio::test]
async fn we_use_the_wallets_that_keosd_writes() {
    let keosd = Keosd::start().await.unwrap();
    let client = keosd.client();
    for (count, created) in [(0, 0), (1, 0), (18, 2)] {
        let name = format!("theirs{count}");
        let password = client.create(&name).await.unwrap();
        let imported = keys(count);
        for key in &imported {
            client.import_key(&name, key).await.unwrap();
        }
        for key_type in [KeyType::K1, KeyType::R1].into_iter().take(created) {
            client.create_key(&name, key_type).await.unwrap();
        }
        let path = keosd.wallet_file(&name);
        let theirs = fs::read(&path).unwrap();
        assert_eq!(mode(&path), 0o600);

        let mut wallet = KeosdWallet::open(&path, &password).unwrap();
        assert_eq!(wallet.keys().len(), count + created);
        let listed = client.list_keys(&name, &password).await.unwrap();
        assert_eq!(in_file(&wallet), secrets(&listed));
        for key in &imported {
            let found = wallet.get(&key.public_key()).unwrap();
            assert_eq!(found.expose_bytes(), key.expose_bytes());
        }
        // Saved again, and made anew from its keys and password, it has the very same bytes.
        wallet.save().unwrap();
        assert_eq!(fs::read(&path).unwrap(), theirs);
        let mut anew = KeosdWallet::create(path.with_extension("anew"), &password).unwrap();
        for (_, key) in wallet.keys() {
            anew.insert(key.clone());
        }
        anew.save().unwrap();
        assert_eq!(fs::read(anew.path()).unwrap(), theirs);
    }
}

#[tokio::test]
async fn a_wallet_changes_hands_again_and_again() {
    let keosd = Keosd::start().await.unwrap();
    let client = keosd.client();
    let password = client.create("w").await.unwrap();
    let theirs = client.create_key("w", KeyType::R1).await.unwrap();
    client.lock("w").await.unwrap();

    let mut wallet = KeosdWallet::open(keosd.wallet_file("w"), &password).unwrap();
    let ours = PrivateKey::generate().unwrap();
    wallet.insert(ours.clone());
    wallet.save().unwrap();

    // Only when it is opened again does keosd look at the file.
    client.unlock("w", &password).await.unwrap();
    assert_eq!(
        &client.get_public_keys().await.unwrap()[..],
        std::slice::from_ref(&theirs)
    );
    client.open("w").await.unwrap();
    client.unlock("w", &password).await.unwrap();
    assert_eq!(
        client.get_public_keys().await.unwrap(),
        [ours.public_key(), theirs.clone()]
    );
    client.remove_key("w", &password, &theirs).await.unwrap();
    let wallet = KeosdWallet::open(keosd.wallet_file("w"), &password).unwrap();
    assert_eq!(in_file(&wallet), secrets([&ours]));
}

#[tokio::test]
async fn a_password_of_the_users_own_is_read_alike() {
    let keosd = Keosd::start().await.unwrap();
    for (number, text) in ["pässwörd", "with \"quotes\" and \\", "two\nlines\tand tabs"]
        .into_iter()
        .enumerate()
    {
        let (name, password) = (format!("w{number}"), Password::from(text.to_owned()));
        let mut wallet = KeosdWallet::create(keosd.wallet_file(&name), &password).unwrap();
        let key = PrivateKey::generate().unwrap();
        wallet.insert(key.clone());
        wallet.save().unwrap();
        keosd.client().unlock(&name, &password).await.unwrap();
        let listed = keosd.client().list_keys(&name, &password).await.unwrap();
        assert_eq!(secrets(&listed), secrets([&key]), "{number}");
    }

    // This one keosd takes for wrong, whatever the file.
    let empty = Password::from(String::new());
    KeosdWallet::create(keosd.wallet_file("empty"), &empty).unwrap();
    let error = keosd.client().unlock("empty", &empty).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&KeosdRefusal::WrongPassword));
}
