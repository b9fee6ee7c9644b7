//! What the client of keosd does when something that is not a well-behaved keosd answers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use eos_keys::{
    Digest, KeyType, PrivateKey, SignError, Signer,
    wallet::{KeosdClient, KeosdError, KeosdRefusal, Password},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_string, header, method, path},
};

use crate::{child, support::report};

const KEY: &str = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
const PASSWORD: &str = "PW5Jhx7F7E4topJto3vSKKDBQipcppjhoH2nKBSjDRgLUEBZtBe8F";

fn password() -> Password {
    Password::from(PASSWORD.to_owned())
}

async fn answering(answer: ResponseTemplate) -> (MockServer, KeosdClient) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = KeosdClient::over_http(&server.uri()).unwrap();
    (server, client)
}

/// Answers each connection with these bytes once a request has come, and hangs up, or holds the line for ever.
async fn raw(answer: Vec<u8>, hang_up: bool) -> (KeosdClient, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            // Whoever asked may have left.
            let _ = stream.write_all(&answer).await;
            if !hang_up {
                held.push(stream);
            }
        }
    });
    (KeosdClient::over_http(&url).unwrap(), connections)
}

#[tokio::test]
async fn requests_are_what_keosd_expects() {
    let server = MockServer::start().await;
    let client = KeosdClient::over_http(&server.uri()).unwrap();
    let key: PrivateKey = KEY.parse().unwrap();
    let public = key.public_key();
    for (call, body, answer) in [
        ("create", r#""w""#, json!("PW5")),
        ("open", r#""w""#, json!({})),
        ("lock", r#""w""#, json!({})),
        ("lock_all", "", json!({})),
        ("unlock", &format!(r#"["w","{PASSWORD}"]"#), json!({})),
        ("import_key", &format!(r#"["w","{KEY}"]"#), json!({})),
        (
            "remove_key",
            &format!(r#"["w","{PASSWORD}","{public}"]"#),
            json!({}),
        ),
        ("create_key", r#"["w","R1"]"#, json!(public)),
        ("list_wallets", "", json!(["a", "b *"])),
        (
            "list_keys",
            &format!(r#"["w","{PASSWORD}"]"#),
            json!([[public, KEY]]),
        ),
        ("get_public_keys", "", json!([public])),
        ("set_timeout", "2", json!({})),
        (
            "sign_transaction",
            &format!(r#"[{{"actions":[]}},["{public}"],"{}"]"#, "07".repeat(32)),
            json!({"actions": []}),
        ),
    ] {
        Mock::given(method("POST"))
            .and(path(format!("/v1/wallet/{call}")))
            .and(header("content-type", "application/json"))
            .and(body_string(body))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .expect(1)
            .mount(&server)
            .await;
    }
    assert_eq!(client.create("w").await.unwrap().expose(), "PW5");
    client.open("w").await.unwrap();
    client.lock("w").await.unwrap();
    client.lock_all().await.unwrap();
    client.unlock("w", &password()).await.unwrap();
    client.import_key("w", &key).await.unwrap();
    client.remove_key("w", &password(), &public).await.unwrap();
    assert_eq!(client.create_key("w", KeyType::R1).await.unwrap(), public);
    let wallets = client.list_wallets().await.unwrap();
    let wallets: Vec<_> = wallets
        .iter()
        .map(|wallet| (&*wallet.name, wallet.is_unlocked))
        .collect();
    assert_eq!(wallets, [("a", false), ("b", true)]);
    let keys = client.list_keys("w", &password()).await.unwrap();
    assert_eq!(keys[0].expose_bytes(), key.expose_bytes());
    assert_eq!(
        &client.get_public_keys().await.unwrap()[..],
        std::slice::from_ref(&public)
    );
    client
        .set_timeout(Duration::from_millis(1_001))
        .await
        .unwrap();
    let transaction = json!({"actions": []});
    client
        .sign_transaction(&transaction, &[public], &[7; 32])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_silent_server_ends_at_the_deadline() {
    let (client, _) = raw(Vec::new(), false).await;
    let client = client.with_timeout(Duration::from_millis(200));
    let begin = Instant::now();
    let error = client.list_wallets().await.unwrap_err();
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(
        error.to_string(),
        "no answer of keosd to list_wallets within 200ms"
    );
    assert!(error.is_retryable());
    // It may have made the wallet: asked again, it would say that there is one, and the password is lost.
    assert!(!client.create("w").await.unwrap_err().is_retryable());
    assert!(
        !client
            .create_key("w", KeyType::K1)
            .await
            .unwrap_err()
            .is_retryable()
    );
    let key = PrivateKey::generate().unwrap().public_key();
    let signer: &dyn Signer = &client;
    let error = signer
        .sign_digest(&key, &Digest::of(b""))
        .await
        .unwrap_err();
    assert!(matches!(error, SignError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_ends_at_the_deadline() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[\"a";
    let (client, _) = raw(head.to_vec(), false).await;
    let client = client.with_timeout(Duration::from_millis(200));
    let error = client.list_wallets().await.unwrap_err();
    assert!(matches!(error, KeosdError::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_is_cut_is_told_and_nothing_is_sent_twice() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[\"a",
    ] {
        let (client, connections) = raw(answer.to_vec(), true).await;
        let error = client.unlock("w", &password()).await.unwrap_err();
        assert!(
            matches!(error, KeosdError::Broken { call: "unlock", .. }),
            "{error:?}"
        );
        assert!(error.is_retryable());
        assert_eq!(connections.load(Ordering::SeqCst), 1);
        assert!(!client.create("w").await.unwrap_err().is_retryable());
        assert!(!format!("{error:?} {}", report(&error)).contains(PASSWORD));
    }
}

#[tokio::test]
async fn what_is_not_http_is_not_understood() {
    let (client, _) = raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), true).await;
    let error = client.list_wallets().await.unwrap_err();
    assert!(matches!(error, KeosdError::Broken { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_read() {
    // Announced.
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    let (client, _) = raw(head.to_vec(), false).await;
    let error = client.list_wallets().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "answer to list_wallets is longer than 16777216 bytes"
    );
    assert!(!error.is_retryable());
    // Not announced.
    let mut endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..17 {
        endless.extend_from_slice(b"100000\r\n");
        endless.resize(endless.len() + (1 << 20), b' ');
        endless.extend_from_slice(b"\r\n");
    }
    let (client, _) = raw(endless, false).await;
    let error = client.list_wallets().await.unwrap_err();
    assert!(
        matches!(
            error,
            KeosdError::TooLong {
                limit: 16_777_216,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_keosd_would_take_for_something_else_is_not_sent() {
    let (server, client) = answering(ResponseTemplate::new(200).set_body_string("{}")).await;
    for bad in ["a\u{7}b", "\0", "\\\u{8}", "\u{c}", "\u{1f}"] {
        for error in [
            client.create(bad).await.map(drop).unwrap_err(),
            client
                .unlock("w", &Password::from(bad.to_owned()))
                .await
                .unwrap_err(),
        ] {
            assert!(
                matches!(error, KeosdError::ControlCharacter { .. }),
                "{error:?}"
            );
            assert!(!error.is_retryable());
        }
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    for good in ["a\t\r\nb", "\\u0007", "\\b\\\\f", "\"u", "\u{7f}\u{e4}"] {
        let password = Password::from(good.to_owned());
        client.unlock("w", &password).await.unwrap();
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_a_password() {
    let elsewhere = MockServer::start().await;
    for status in [301, 307, 308] {
        let redirect = ResponseTemplate::new(status).insert_header("location", elsewhere.uri());
        let (_server, client) = answering(redirect).await;
        let error = client.unlock("w", &password()).await.unwrap_err();
        assert!(matches!(error, KeosdError::Answer { .. }), "{error:?}");
    }
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_page_of_a_gateway_is_not_understood_and_not_shown() {
    for (status, is_retryable) in [
        (200, false),
        (404, false),
        (429, true),
        (502, true),
        (503, true),
    ] {
        let page = format!("<html>{PASSWORD}</html>");
        let (_server, client) =
            answering(ResponseTemplate::new(status).set_body_string(page)).await;
        let error = client.unlock("w", &password()).await.unwrap_err();
        let shown = format!("{error:?} {}", report(&error));
        assert!(
            shown.contains(&format!("HTTP {status}")) && !shown.contains(PASSWORD),
            "{shown}"
        );
        assert_eq!(error.is_retryable(), is_retryable, "{shown}");
    }
}

#[tokio::test]
async fn an_answer_that_holds_a_secret_is_not_quoted() {
    let public = KEY.parse::<PrivateKey>().unwrap().public_key();
    let other = PrivateKey::generate().unwrap().public_key();
    let damaged = KEY.replace("zkv", "zkw");
    for answer in [
        json!(KEY),
        json!({ KEY: KEY }),
        json!([KEY]),
        json!([[KEY, KEY]]),
        json!([[public, damaged]]),
        json!([[other, KEY]]),
    ] {
        let (_server, client) = answering(ResponseTemplate::new(200).set_body_json(answer)).await;
        let error = client.list_keys("w", &password()).await.unwrap_err();
        assert!(
            matches!(error, KeosdError::Answer { source: None, .. }),
            "{error:?}"
        );
        let shown = format!("{error:?} {}", report(&error));
        assert!(!shown.contains("5KQwr"), "{shown}");
    }
    let (_server, client) = answering(ResponseTemplate::new(200).set_body_json([PASSWORD])).await;
    let error = client.create("w").await.unwrap_err();
    assert!(!format!("{error:?} {}", report(&error)).contains(PASSWORD));
}

/// keosd quotes a private key that it cannot read: `Private Key has invalid prefix: …`.
#[tokio::test]
async fn an_explanation_is_shown_only_where_the_request_held_no_secret() {
    let body = json!({"code": 500, "message": "Internal Service Error", "error": {
        "code": 10, "name": "assert_exception", "what": "Assert Exception",
        "details": [{"message": format!("what is this: {PASSWORD}\u{1b}[31m"), "file": "", "line_number": 1, "method": ""}]}});
    let (_server, client) = answering(ResponseTemplate::new(500).set_body_json(body)).await;
    let key: PrivateKey = KEY.parse().unwrap();
    for error in [
        client.import_key("w", &key).await.unwrap_err(),
        client.unlock("w", &password()).await.unwrap_err(),
        client.list_keys("w", &password()).await.unwrap_err(),
        client
            .remove_key("w", &password(), &key.public_key())
            .await
            .unwrap_err(),
    ] {
        let shown = format!("{error:?} {}", report(&error));
        assert!(!shown.contains(PASSWORD), "{shown}");
        assert!(
            report(&error).ends_with(": Assert Exception (HTTP 500, 10 assert_exception)"),
            "{shown}"
        );
    }
    let error = client.open("w").await.unwrap_err();
    assert_eq!(
        report(&error),
        format!(
            r#"keosd refused open for wallet "w": what is this: {PASSWORD} [31m (HTTP 500, 10 assert_exception)"#
        )
    );
}

#[tokio::test]
async fn a_refusal_is_not_made_twice() {
    let body = json!({"code": 500, "message": "", "error": {"code": 3_120_003, "name": "wallet_locked_exception"}});
    let (server, client) = answering(ResponseTemplate::new(500).set_body_json(body)).await;
    let error = client.create_key("w", KeyType::K1).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&KeosdRefusal::Locked));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

/// The environment belongs to the process, so this runs another test in one of its own.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let mut command = child::command("keosd_faults::a_refusal_is_not_made_twice", "proxy");
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(variable, "http://127.0.0.1:1");
    }
    child::check(command);
}

#[test]
fn only_addresses_on_this_machine_are_taken() {
    for url in [
        "http://127.0.0.1:8900",
        "http://127.0.0.1:8900/",
        "http://127.7.7.7",
        "http://[::1]:8900",
        "http://localhost:8900",
    ] {
        KeosdClient::over_http(url).unwrap();
    }
    for url in [
        "http://10.0.0.1:8900",
        "http://keosd:8900",
        "http://localhost.example:8900",
        "http://127.0.0.1.example:8900",
        "http://[::2]:8900",
        "http://[::ffff:10.0.0.1]:8900",
        "http://0.0.0.0:8900",
        "https://127.0.0.1:8900",
        "unix:///run/keosd.sock",
        "http://127.0.0.1:8900/v1",
        "http://127.0.0.1:8900/?x",
        "127.0.0.1:8900",
        "",
    ] {
        let error = KeosdClient::over_http(url).unwrap_err();
        assert!(
            matches!(&error, KeosdError::Address { address, .. } if address == url),
            "{url}: {error:?}"
        );
        assert!(!error.is_retryable());
    }
    let error = KeosdClient::over_http("http://10.0.0.1:8900").unwrap_err();
    assert!(error.to_string().contains("tunnel"), "{error}");
    let error = KeosdClient::over_http("http://user:secret@127.0.0.1:8900").unwrap_err();
    assert!(!format!("{error:?} {error}").contains("secret"), "{error}");
}

#[tokio::test]
async fn a_socket_that_is_not_there_or_cannot_be_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("keosd.sock");
    let client = KeosdClient::over_socket(&socket).unwrap();
    let error = client.list_wallets().await.unwrap_err();
    assert!(matches!(error, KeosdError::Connect { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!("could not connect to keosd at {}", socket.display())
    );
    assert!(
        report(&error).contains("No such file"),
        "{}",
        report(&error)
    );
    // Left by a keosd that was killed.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let error = client.create("w").await.unwrap_err();
    assert!(
        report(&error).contains("refused") && error.is_retryable(),
        "{}",
        report(&error)
    );

    let long = dir.path().join("x".repeat(200));
    let error = KeosdClient::over_socket(&long).unwrap_err();
    assert!(matches!(error, KeosdError::Address { .. }), "{error:?}");
}
