//! Every call and every refusal of a real keosd.

use std::{
    collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration,
};

use baas_deploy::testing::{Keosd, Node};
use eos_abi::{Action, Bytes, ChainId, Name, PermissionLevel, SignedTransaction, Transaction};
use eos_keys::{
    Digest, KeyType, PrivateKey, PublicKey, SignError, Signature, Signer,
    wallet::{KeosdClient, KeosdError, KeosdRefusal, Password},
};

use crate::support::report;

/// A keosd with an unlocked wallet `w`.
async fn with_wallet() -> (Keosd, Password) {
    let keosd = Keosd::start().await.unwrap();
    let password = keosd.client().create("w").await.unwrap();
    (keosd, password)
}

fn refusal<T: std::fmt::Debug>(result: Result<T, KeosdError>) -> KeosdRefusal {
    let error = result.unwrap_err();
    error
        .refusal()
        .unwrap_or_else(|| panic!("{error:?}"))
        .clone()
}

/// Each wallet as `name` or `name unlocked`.
async fn wallets(client: &KeosdClient) -> Vec<String> {
    let listed = client.list_wallets().await.unwrap();
    let text = |name, is_unlocked| {
        if is_unlocked {
            format!("{name} unlocked")
        } else {
            name
        }
    };
    listed
        .into_iter()
        .map(|wallet| text(wallet.name, wallet.is_unlocked))
        .collect()
}

fn digests(count: u32) -> impl Iterator<Item = Digest> {
    (0..count).map(|number| Digest::of(number.to_le_bytes()))
}

/// Makes every call once, and checks what each did.
async fn make_every_call(client: &KeosdClient) {
    let password = client.create("a").await.unwrap();
    assert!(password.expose().starts_with("PW5"), "a password");
    assert_eq!(wallets(client).await, ["a unlocked"]);

    let imported = [
        PrivateKey::generate().unwrap(),
        PrivateKey::generate_r1().unwrap(),
    ];
    for key in &imported {
        client.import_key("a", key).await.unwrap();
    }
    let k1 = client.create_key("a", KeyType::K1).await.unwrap();
    let r1 = client.create_key("a", KeyType::R1).await.unwrap();
    assert_eq!((k1.key_type(), r1.key_type()), (KeyType::K1, KeyType::R1));
    let all: BTreeSet<PublicKey> = imported
        .iter()
        .map(PrivateKey::public_key)
        .chain([k1.clone(), r1.clone()])
        .collect();
    let in_order = Vec::from_iter(all);
    assert_eq!(client.get_public_keys().await.unwrap(), in_order);

    let listed = client.list_keys("a", &password).await.unwrap();
    let public = |keys: &[PrivateKey]| keys.iter().map(PrivateKey::public_key).collect::<Vec<_>>();
    assert_eq!(public(&listed), in_order);
    let found = listed
        .iter()
        .find(|key| key.public_key() == imported[0].public_key())
        .unwrap();
    assert_eq!(found.expose_bytes(), imported[0].expose_bytes());

    let digest = Digest::of(b"some bytes");
    for key in [&k1, &r1] {
        let signature = client.sign_digest(key, &digest).await.unwrap();
        assert_eq!(signature.recover(&digest).unwrap(), *key);
    }
    let answer = client
        .sign_transaction(&transaction(), &[k1], chain_id().as_bytes())
        .await
        .unwrap();
    assert_eq!(answer.signatures.len(), 1);

    client.remove_key("a", &password, &r1).await.unwrap();
    assert!(!client.get_public_keys().await.unwrap().contains(&r1));

    client.lock("a").await.unwrap();
    assert_eq!(wallets(client).await, ["a"]);
    client.unlock("a", &password).await.unwrap();
    assert_eq!(wallets(client).await, ["a unlocked"]);
    client.open("a").await.unwrap();
    assert_eq!(wallets(client).await, ["a"], "opening locks");
    client.unlock("a", &password).await.unwrap();
    client.lock_all().await.unwrap();
    assert_eq!(wallets(client).await, ["a"]);
    client.unlock("a", &password).await.unwrap();
    client.set_timeout(Duration::from_secs(1)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(wallets(client).await, ["a"]);
}

#[tokio::test]
async fn every_call_works_over_the_socket() {
    let keosd = Keosd::start().await.unwrap();
    make_every_call(keosd.client()).await;
}

#[tokio::test]
async fn every_call_works_over_http() {
    let keosd = Keosd::start().await.unwrap();
    make_every_call(&KeosdClient::over_http(keosd.url()).unwrap()).await;
}

#[tokio::test]
async fn keosd_has_no_wallet_call_that_the_client_lacks() {
    let keosd = Keosd::start().await.unwrap();
    let mut apis = supported_apis(&keosd);
    apis.retain(|api| api.starts_with("/v1/wallet/"));
    let expected = "create create_key get_public_keys import_key list_keys list_wallets lock lock_all open remove_key \
        set_timeout sign_digest sign_transaction unlock";
    let expected: Vec<String> = expected
        .split_whitespace()
        .map(|call| format!("/v1/wallet/{call}"))
        .collect();
    assert_eq!(apis, expected);
}

/// Asks keosd which calls it serves.
fn supported_apis(keosd: &Keosd) -> Vec<String> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::os::unix::net::UnixStream::connect(keosd.socket()).unwrap();
    let request = "POST /v1/node/get_supported_apis HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    serde_json::from_value(body["apis"].clone()).unwrap()
}

#[tokio::test]
async fn refusals_of_names_have_their_types() {
    let (keosd, password) = with_wallet().await;
    let client = keosd.client();
    let key = PrivateKey::generate().unwrap();
    let public = key.public_key();
    assert_eq!(
        refusal(client.create("w").await),
        KeosdRefusal::WalletExists
    );
    for name in ["", "a b", "a/b", "../w", "a*", "a\nb", "@"] {
        assert_eq!(
            refusal(client.create(name).await),
            KeosdRefusal::WalletName,
            "{name:?}"
        );
        assert_eq!(
            refusal(client.open(name).await),
            KeosdRefusal::WalletName,
            "{name:?}"
        );
        assert_eq!(
            refusal(client.unlock(name, &password).await),
            KeosdRefusal::WalletName
        );
    }
    assert_eq!(
        refusal(client.open("none").await),
        KeosdRefusal::UnknownWallet
    );
    assert_eq!(
        refusal(client.lock("none").await),
        KeosdRefusal::UnknownWallet
    );
    assert_eq!(
        refusal(client.unlock("none", &password).await),
        KeosdRefusal::UnknownWallet
    );
    assert_eq!(
        refusal(client.import_key("none", &key).await),
        KeosdRefusal::UnknownWallet
    );
    assert_eq!(
        refusal(client.create_key("none", KeyType::K1).await),
        KeosdRefusal::UnknownWallet
    );
    assert_eq!(
        refusal(client.list_keys("none", &password).await),
        KeosdRefusal::UnknownWallet
    );
    assert_eq!(
        refusal(client.remove_key("none", &password, &public).await),
        KeosdRefusal::UnknownWallet
    );
}

#[tokio::test]
async fn refusals_of_an_unlocked_wallet_have_their_types() {
    let (keosd, password) = with_wallet().await;
    let client = keosd.client();
    let wrong = Password::generate().unwrap();
    let key = PrivateKey::generate().unwrap();
    let public = key.public_key();
    let digest = Digest::of(b"");
    assert_eq!(
        refusal(client.unlock("w", &password).await),
        KeosdRefusal::AlreadyUnlocked
    );
    assert_eq!(
        refusal(client.unlock("w", &wrong).await),
        KeosdRefusal::AlreadyUnlocked
    );
    assert_eq!(
        refusal(client.list_keys("w", &wrong).await),
        KeosdRefusal::WrongPassword
    );
    assert_eq!(
        refusal(client.remove_key("w", &wrong, &public).await),
        KeosdRefusal::WrongPassword
    );
    assert_eq!(
        refusal(client.remove_key("w", &password, &public).await),
        KeosdRefusal::KeyNotInWallet
    );
    assert_eq!(
        refusal(client.create_key("w", KeyType::WebAuthn).await),
        KeosdRefusal::KeyType
    );
    assert_eq!(
        refusal(client.sign_digest(&public, &digest).await),
        KeosdRefusal::KeyNotFound
    );
    let signed = client
        .sign_transaction(&transaction(), std::slice::from_ref(&public), &[0; 32])
        .await;
    assert_eq!(refusal(signed), KeosdRefusal::KeyNotFound);
    client.import_key("w", &key).await.unwrap();
    assert_eq!(
        refusal(client.import_key("w", &key).await),
        KeosdRefusal::KeyExists
    );
}

#[tokio::test]
async fn refusals_of_a_locked_wallet_have_their_types() {
    let (keosd, password) = with_wallet().await;
    let client = keosd.client();
    let wrong = Password::generate().unwrap();
    let key = PrivateKey::generate().unwrap();
    let public = key.public_key();
    let digest = Digest::of(b"");
    client.import_key("w", &key).await.unwrap();
    client.lock("w").await.unwrap();
    assert_eq!(
        refusal(client.unlock("w", &wrong).await),
        KeosdRefusal::WrongPassword
    );
    assert_eq!(
        refusal(client.import_key("w", &key).await),
        KeosdRefusal::Locked
    );
    assert_eq!(
        refusal(client.create_key("w", KeyType::K1).await),
        KeosdRefusal::Locked
    );
    assert_eq!(
        refusal(client.list_keys("w", &password).await),
        KeosdRefusal::Locked
    );
    assert_eq!(
        refusal(client.remove_key("w", &password, &public).await),
        KeosdRefusal::Locked
    );
    assert_eq!(
        refusal(client.get_public_keys().await),
        KeosdRefusal::Locked
    );
    assert_eq!(
        refusal(client.sign_digest(&public, &digest).await),
        KeosdRefusal::KeyNotFound
    );
}

#[tokio::test]
async fn a_keosd_that_just_started_has_no_wallet_open() {
    let keosd = Keosd::start().await.unwrap();
    assert_eq!(
        refusal(keosd.client().get_public_keys().await),
        KeosdRefusal::NoOpenWallet
    );
    assert_eq!(wallets(keosd.client()).await, Vec::<String>::new());
    keosd.client().lock_all().await.unwrap();
}

#[tokio::test]
async fn errors_name_the_call_and_the_wallet_and_then_the_reason() {
    let (keosd, _) = with_wallet().await;
    let error = keosd.client().create("w").await.unwrap_err();
    assert_eq!(
        report(&error),
        r#"keosd refused create for wallet "w": wallet exists already"#
    );
    assert!(!error.is_retryable());
    let error = keosd.client().lock("a\u{1b}[31m").await.unwrap_err();
    assert!(!report(&error).contains('\u{1b}'), "{error}");
}

#[tokio::test]
async fn no_error_shows_a_password_or_a_key() {
    let (keosd, password) = with_wallet().await;
    let client = keosd.client();
    let wrong = Password::generate().unwrap();
    let key = PrivateKey::generate_r1().unwrap();
    client.import_key("w", &key).await.unwrap();
    let errors = [
        client.import_key("w", &key).await.unwrap_err(),
        client.list_keys("w", &wrong).await.unwrap_err(),
        client.unlock("none", &password).await.unwrap_err(),
        client
            .remove_key("w", &wrong, &key.public_key())
            .await
            .unwrap_err(),
    ];
    for error in &errors {
        let shown = format!("{error:?} {error:#?} {}", report(error));
        for secret in [
            password.expose(),
            wrong.expose(),
            key.expose_text().expose(),
        ] {
            assert!(!shown.contains(secret), "{}", error);
        }
    }
    let log = fs::read_to_string(keosd.log_file()).unwrap();
    assert!(!log.contains(key.expose_text().expose()) && !log.contains(password.expose()));
    assert!(!format!("{client:?}").contains("PW5"));
}

#[tokio::test]
async fn a_lock_timeout_that_would_wrap_around_is_refused() {
    let (keosd, _) = with_wallet().await;
    let client = keosd.client();
    client
        .set_timeout(Duration::from_secs(u32::MAX.into()))
        .await
        .unwrap();
    assert_eq!(wallets(client).await, ["w unlocked"]);
    // keosd takes the second and third and locks at once: in nanoseconds they pass the end of 64 bits.
    for seconds in [u64::from(u32::MAX) + 1, 18_446_744_074, 1 << 63, u64::MAX] {
        let result = client.set_timeout(Duration::from_secs(seconds)).await;
        assert_eq!(refusal(result), KeosdRefusal::LockTimeout, "{seconds}");
    }
    assert_eq!(
        refusal(client.set_timeout(Duration::MAX).await),
        KeosdRefusal::LockTimeout
    );
    assert_eq!(wallets(client).await, ["w unlocked"]);
    client.set_timeout(Duration::ZERO).await.unwrap();
    assert_eq!(wallets(client).await, ["w"]);
}

#[tokio::test]
async fn k1_signatures_are_ours_byte_for_byte_and_r1_signatures_recover() {
    let (keosd, _) = with_wallet().await;
    let client = keosd.client();
    let k1 = PrivateKey::generate().unwrap();
    let r1 = PrivateKey::generate_r1().unwrap();
    client.import_key("w", &k1).await.unwrap();
    client.import_key("w", &r1).await.unwrap();
    for digest in digests(200) {
        let signature = client.sign_digest(&k1.public_key(), &digest).await.unwrap();
        assert_eq!(signature, k1.sign_digest(&digest), "{digest}");
    }
    for digest in digests(100) {
        let signature = client.sign_digest(&r1.public_key(), &digest).await.unwrap();
        signature.verify(&digest, &r1.public_key()).unwrap();
        assert_eq!(
            signature.recover(&digest).unwrap(),
            r1.public_key(),
            "{digest}"
        );
    }
}

#[tokio::test]
async fn it_is_a_signer_that_tells_locked_from_unknown_and_gone() {
    let (keosd, password) = with_wallet().await;
    let key = keosd.client().create_key("w", KeyType::K1).await.unwrap();
    let stranger = PrivateKey::generate().unwrap().public_key();
    let signer: &dyn Signer = &keosd.client().clone();
    let digest = Digest::of(b"some bytes");

    assert_eq!(
        &signer.public_keys().await.unwrap()[..],
        std::slice::from_ref(&key)
    );
    let signature: Signature = signer.sign_digest(&key, &digest).await.unwrap();
    assert_eq!(signature.recover(&digest).unwrap(), key);
    let error = signer.sign_digest(&stranger, &digest).await.unwrap_err();
    assert!(
        matches!(&error, SignError::UnknownKey { key } if *key == stranger),
        "{error:?}"
    );

    keosd.client().lock("w").await.unwrap();
    for error in [
        signer.sign_digest(&key, &digest).await.unwrap_err(),
        signer.public_keys().await.unwrap_err(),
    ] {
        assert!(matches!(error, SignError::Locked), "{error:?}");
    }
    // Another wallet is unlocked: nobody can tell whether the locked one has the key.
    keosd.client().create("v").await.unwrap();
    let error = signer.sign_digest(&key, &digest).await.unwrap_err();
    assert!(matches!(error, SignError::UnknownKey { .. }), "{error:?}");
    keosd.client().unlock("w", &password).await.unwrap();
    signer.sign_digest(&key, &digest).await.unwrap();

    let client = keosd.client().clone();
    let signer: &dyn Signer = &client;
    drop(keosd);
    let error = signer.sign_digest(&key, &digest).await.unwrap_err();
    assert!(
        matches!(error, SignError::Unavailable { .. }) && error.is_retryable(),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_signer_whose_keosd_has_no_wallet_open_is_locked() {
    let keosd = Keosd::start().await.unwrap();
    let key = PrivateKey::generate().unwrap().public_key();
    let signer: &dyn Signer = keosd.client();
    let error = signer
        .sign_digest(&key, &Digest::of(b""))
        .await
        .unwrap_err();
    assert!(matches!(error, SignError::Locked), "{error:?}");
}

#[tokio::test]
async fn transactions_come_back_as_they_went_and_signed() {
    let (keosd, _) = with_wallet().await;
    let client = keosd.client();
    let k1 = PrivateKey::generate().unwrap();
    client.import_key("w", &k1).await.unwrap();
    let r1 = client.create_key("w", KeyType::R1).await.unwrap();
    let sent = transaction();
    let keys = [k1.public_key(), r1.clone()];
    let signed = client
        .sign_transaction(&sent, &keys, chain_id().as_bytes())
        .await
        .unwrap();

    assert_eq!(signed.transaction, sent.transaction);
    assert_eq!(signed.context_free_data, sent.context_free_data);
    let digest = sent
        .transaction
        .signing_digest(&chain_id(), &sent.context_free_data)
        .unwrap();
    assert_eq!(signed.signatures[0], k1.sign_digest(&digest));
    assert_eq!(signed.signatures[1].recover(&digest).unwrap(), r1);

    // What it had stays, and the new one is added.
    let again = client
        .sign_transaction(&signed, &keys[..1], chain_id().as_bytes())
        .await
        .unwrap();
    assert_eq!(again.signatures[..2], signed.signatures);
    assert_eq!(again.signatures.len(), 3);
    let unsigned = client
        .sign_transaction(&sent, &[], chain_id().as_bytes())
        .await
        .unwrap();
    assert_eq!(unsigned, sent);
}

#[tokio::test]
async fn keosd_signs_something_else_when_it_is_sent_something_else() {
    // Why the documentation asks for a comparison.
    let (keosd, _) = with_wallet().await;
    let key = keosd.client().create_key("w", KeyType::K1).await.unwrap();
    let misspelt = serde_json::json!({"expiratoin": "2026-01-01T00:00:00", "actions": []});
    let answer = keosd
        .client()
        .sign_transaction(&misspelt, &[key], &[1; 32])
        .await
        .unwrap();
    assert_eq!(answer["expiration"], "1970-01-01T00:00:00");
    assert_eq!(answer["signatures"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_busy_keosd_says_so() {
    let option = "--http-max-bytes-in-flight-mb=0";
    let keosd = Keosd::builder().option(option).start().await.unwrap();
    let error = keosd.client().list_wallets().await.unwrap_err();
    assert_eq!(error.refusal(), Some(&KeosdRefusal::Busy));
    assert!(error.is_retryable());
    let signer: &dyn Signer = keosd.client();
    let error = signer.public_keys().await.unwrap_err();
    assert!(matches!(error, SignError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_busy_keosd_may_have_done_the_work_so_that_create_is_not_repeated() {
    // keosd looks at this limit when the connection is accepted and again when the answer is there, after the work. Which of the
    // two refusals reaches us, and whether in one piece, is chance: the client must take all of them for "perhaps done".
    let option = "--http-max-in-flight-requests=0";
    let keosd = Keosd::builder().option(option).start().await.unwrap();
    for attempt in 0..20 {
        let error = keosd
            .client()
            .create(&format!("w{attempt}"))
            .await
            .unwrap_err();
        assert!(!error.is_retryable(), "{error:?}");
        let is_busy = error.refusal() == Some(&KeosdRefusal::Busy);
        assert!(
            is_busy || matches!(error, KeosdError::Broken { .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_node_is_told_from_a_keosd() {
    let node = Node::start().await.unwrap();
    let error = KeosdClient::over_http(node.url())
        .unwrap()
        .list_wallets()
        .await
        .unwrap_err();
    assert_eq!(error.refusal(), Some(&KeosdRefusal::UnknownCall));
    assert!(
        report(&error).ends_with("is it keosd that listens there?"),
        "{error}"
    );
}

#[tokio::test]
async fn a_host_that_keosd_was_not_told_is_refused_with_its_words() {
    let keosd = Keosd::start().await.unwrap();
    let url = keosd.url().replace("127.0.0.1", "localhost");
    let error = KeosdClient::over_http(&url)
        .unwrap()
        .create("w")
        .await
        .unwrap_err();
    assert_eq!(
        report(&error),
        r#"keosd refused create for wallet "w": Disallowed HTTP HOST header in the request (HTTP 400)"#
    );
}

#[tokio::test]
async fn a_damaged_wallet_file_is_refused_with_keosds_words() {
    let keosd = Keosd::start().await.unwrap();
    fs::write(keosd.wallet_file("hex"), r#"{"cipher_keys":"zz"}"#).unwrap();
    fs::write(keosd.wallet_file("json"), "x").unwrap();
    fs::write(keosd.wallet_file("empty"), "").unwrap();
    for (wallet, expected, code) in [
        ("hex", "Invalid hex character", 0),
        ("json", "Unexpected char", 4),
        ("empty", "end of file", 11),
    ] {
        let error = keosd.client().open(wallet).await.unwrap_err();
        assert!(report(&error).contains(expected), "{error:?}");
        let is_code = matches!(error.refusal(), Some(KeosdRefusal::Other { code: found, .. }) if *found == code);
        assert!(is_code && !error.is_retryable(), "{error:?}");
    }
}

#[tokio::test]
async fn a_keosd_that_went_away_is_told_from_one_that_refuses() {
    let (keosd, _) = with_wallet().await;
    let client = keosd.client().clone();
    drop(keosd);
    for client in [
        client,
        KeosdClient::over_http("http://127.0.0.1:1").unwrap(),
    ] {
        let error = client.list_wallets().await.unwrap_err();
        assert!(matches!(error, KeosdError::Connect { .. }), "{error:?}");
        assert!(error.is_retryable());
        // Not even this: keosd has not seen it.
        assert!(client.create("w").await.unwrap_err().is_retryable());
    }
}

#[tokio::test]
async fn wallets_lock_themselves_after_a_while_without_calls() {
    let keosd = Keosd::builder()
        .option("--unlock-timeout=1")
        .start()
        .await
        .unwrap();
    keosd.client().create("w").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(wallets(keosd.client()).await, ["w"]);
}

#[tokio::test]
async fn wallets_files_are_of_their_owner_only() {
    let (keosd, _) = with_wallet().await;
    assert_eq!(mode(&keosd.wallet_file("w")), 0o600);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn chain_id() -> ChainId {
    "cf057bbfb72640471fd910bcb67639c22df9f92470936cddc1ade0e2f2e7dc4f"
        .parse()
        .unwrap()
}

/// A transaction that uses every field.
fn transaction() -> SignedTransaction {
    let name = |text: &str| text.parse::<Name>().unwrap();
    let authorization = vec![PermissionLevel::active(name("alice"))];
    let data = Bytes::from(vec![0, 1, 0xff]);
    let action = Action {
        account: name("eosio.token"),
        name: name("transfer"),
        authorization,
        data,
    };
    let transaction = Transaction {
        expiration: "2026-11-22T21:00:00".parse().unwrap(),
        ref_block_num: 65_535,
        ref_block_prefix: u32::MAX,
        max_net_usage_words: 4_000_000_000.into(),
        max_cpu_usage_ms: 255,
        delay_sec: 1.into(),
        context_free_actions: vec![Action {
            authorization: vec![],
            ..action.clone()
        }],
        actions: vec![action],
        transaction_extensions: vec![(1, Bytes::from(vec![7]))],
    };
    let context_free_data = vec![Bytes::from(vec![1, 2]), Bytes::default()];
    SignedTransaction {
        transaction,
        signatures: vec![],
        context_free_data,
    }
}
