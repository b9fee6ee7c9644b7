//! What calls to keosd leave in memory.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

use eos_keys::{
    KeyType, PrivateKey,
    wallet::{KeosdClient, Password},
};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    child,
    memory_scan::{Masked, find},
};

/// Answers every request with `{}`, and keeps nothing of it.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream
                .set_read_timeout(Some(Duration::from_millis(200)))
                .unwrap();
            let mut buffer = [0; 4096];
            // Until nothing more comes.
            while stream.read(&mut buffer).is_ok_and(|length| length > 0) {}
            buffer.zeroize();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                .unwrap();
        }
    });
    url
}

#[test]
fn passwords_and_keys_that_were_sent_are_erased() {
    if child::task().is_none() {
        return child::run(
            "keosd_memory::passwords_and_keys_that_were_sent_are_erased",
            "search",
        );
    }
    let key = Masked::random(32);
    let private = || {
        let mut bytes = Zeroizing::new([0; 32]);
        key.reveal(bytes.as_mut_slice());
        PrivateKey::from_bytes(KeyType::K1, &bytes).unwrap()
    };
    let text = Masked::of(private().expose_text().expose().as_bytes());
    let password = Masked::of(Password::generate().unwrap().expose().as_bytes());
    let password_text = || {
        let mut bytes = vec![0; 53];
        password.reveal(&mut bytes);
        Password::from(String::from_utf8(bytes).unwrap())
    };
    let secrets = [key.clone(), text, password.clone()];
    assert_eq!(find(&secrets), "", "before anything has been sent");

    let url = server();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = KeosdClient::over_http(&url).unwrap();
        client.unlock("w", &password_text()).await.unwrap();
        client.import_key("w", &private()).await.unwrap();
        let public = private().public_key();
        client
            .remove_key("w", &password_text(), &public)
            .await
            .unwrap();
        client.list_keys("w", &password_text()).await.unwrap_err();
    });
    drop(runtime);
    assert_eq!(find(&secrets), "", "after all has been sent");
}
