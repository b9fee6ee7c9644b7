//! The probes of `baas-launch`, over the life of two nodes.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;

use crate::pod::{LAUNCHER, Pod};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_probes_follow_the_chain() {
    let boot = Pod::new().await;
    let api = Pod::with_key(boot.key.clone()).await;
    fs::remove_file(api.path("secret/key.ini")).unwrap();
    api.configure(&format!("p2p-peer-address = 127.0.0.1:{}\n", boot.p2p));
    let config = api.read("config/config.ini");
    api.write(
        "config/config.ini",
        &config.replace("producer-name = eosio\n", ""),
    );

    // Alone it answers, and is not ready.
    let criteria = "--genesis GENESIS --min-peers 1 --max-head-age 5 --producer";
    let follower = api.start(criteria);
    follower.until("startup", 200, "nodeos answers");
    follower.until("liveness", 200, "nodeos listens");
    follower.until("readiness", 503, "0 peers are connected, 1 are needed");
    let producer = boot.start("--genesis GENESIS --boot --producer");
    follower.until("readiness", 200, "ready at block");
    producer.until("readiness", 200, "ready at block");
    let probe = |name: &str| {
        let listen = format!("--probe-listen=127.0.0.1:{}", api.probe);
        let output = Command::new(LAUNCHER)
            .args(["probe", name, &listen])
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, text) = probe("readiness");
    assert!(
        code == Some(0) && text.contains("ready at block"),
        "{code:?} {text}"
    );

    // Whoever pauses production takes it out of service.
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, boot.http)).unwrap();
    let path = "/v1/producer/pause";
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\n\r\n",
        boot.http
    );
    stream.write_all(request.as_bytes()).unwrap();
    producer.until("readiness", 503, "production is paused");
    producer.until("liveness", 200, "nodeos listens");
    follower.until("readiness", 503, "it is syncing, or nobody produces");
    producer.stop();
    follower.until("readiness", 503, "0 peers are connected");
    follower.until("liveness", 200, "nodeos listens");
    assert_eq!(probe("readiness").0, Some(1));
    follower.stop();
}
