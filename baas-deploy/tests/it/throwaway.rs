//! Feature `testing`: throwaway nodes and wallet daemons.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use baas_deploy::local::{Environment, Nodeos, Wheel};
use baas_deploy::testing::{Keosd, Node, NodeError, StartKeosdError};
use eos_keys::wallet::KeosdClient;

fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn a_node_produces_and_is_gone_when_dropped() {
    let node = Node::start().await.unwrap();
    let info = node.client().get_info().await.unwrap();
    assert!(info.head_block_num >= 2);
    assert_eq!(info.head_block_producer.to_string(), "eosio");
    assert!(!node.key().is_published());
    let (dir, pid) = (node.dir().to_owned(), node.pid());
    assert!(dir.is_dir() && is_alive(pid));
    drop(node);
    assert!(!dir.exists() && !is_alive(pid));
}

#[tokio::test]
async fn the_key_is_in_one_file_only_and_nobody_else_may_read_it() {
    let node = Node::start().await.unwrap();
    let secret = node.key().expose_text();
    let proc = |file: &str| fs::read(format!("/proc/{}/{file}", node.pid())).unwrap();
    let contains = |bytes: &[u8]| {
        bytes
            .windows(secret.expose().len())
            .any(|part| part == secret.expose().as_bytes())
    };
    assert!(!contains(&proc("cmdline")) && !contains(&proc("environ")));
    assert!(!contains(&fs::read(node.log_file()).unwrap()));
    assert!(!format!("{node:?}").contains(secret.expose()));
    let config = node.dir().join("nodes/node/config.ini");
    assert!(contains(&fs::read(&config).unwrap()));
    assert_eq!(
        config.metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_at_once_get_in_nobodys_way() {
    let begin = Instant::now();
    let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(Node::start())).collect();
    let mut nodes = Vec::new();
    for task in tasks {
        nodes.push(task.await.unwrap().unwrap());
    }
    let took = begin.elapsed();
    for node in &nodes {
        let before = node.client().get_info().await.unwrap().head_block_num;
        while node.client().get_info().await.unwrap().head_block_num == before {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let mut urls: Vec<_> = nodes.iter().map(Node::url).collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), 8);
    // Generous: the machine may be busy with other things.
    assert!(took < Duration::from_mins(1), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_is_built_once_and_restored_for_all() {
    // A key of its own, so that this run builds it whatever is in the cache.
    let cache_key = format!("test-{}-{:?}", std::process::id(), Instant::now());
    let cache_key: String = cache_key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let built = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (cache_key, built) = (cache_key.clone(), Arc::clone(&built));
            tokio::spawn(async move {
                Node::start_cached(&cache_key, async |url: String, _key| {
                    built.fetch_add(1, Ordering::SeqCst);
                    let client = eos_client::Client::new(&url)?;
                    // Stands for transactions: the chain has a past when it is restored.
                    while client.get_info().await?.head_block_num < 6 {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    Ok::<_, eos_client::Error>(())
                })
                .await
            })
        })
        .collect();
    for task in tasks {
        let node = task.await.unwrap().unwrap();
        let info = node.client().get_info().await.unwrap();
        assert!(info.head_block_num > 6, "{info:?}");
        assert_eq!(info.head_block_producer.to_string(), "eosio");
    }
    assert_eq!(built.load(Ordering::SeqCst), 1);
    remove_from_cache(&cache_key);
}

#[tokio::test]
async fn a_chain_that_cannot_be_built_is_not_kept() {
    let build = async |_, _| Err::<(), _>("no such contract");
    let error = Node::start_cached("never-built", build).await.unwrap_err();
    assert!(
        matches!(&error, NodeError::Build { source, .. } if source.to_string() == "no such contract"),
        "{error:?}"
    );
    let error = Node::start_cached("../up", build).await.unwrap_err();
    assert!(matches!(error, NodeError::CacheKey { .. }), "{error:?}");
    remove_from_cache("never-built");
}

#[tokio::test]
async fn an_option_that_nodeos_does_not_know_is_told_before_it_is_started() {
    let error = Node::builder()
        .option("no-such-option", "1")
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, NodeError::Setting { .. }), "{error:?}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "no nodeos has `no-such-option`");
    let error = Node::builder().plugin("eosio::no_plugin").start().await;
    assert!(matches!(error, Err(NodeError::Setting { .. })), "{error:?}");
}

#[tokio::test]
async fn a_value_that_nodeos_refuses_is_told_from_its_log() {
    let error = Node::builder()
        .option("wasm-runtime", "no-such-runtime")
        .start()
        .await
        .unwrap_err();
    let NodeError::Start { dir, source, .. } = error else {
        panic!("{error:?}")
    };
    let text = source.to_string();
    assert!(
        text.contains("exit code 254") && text.contains("no-such-runtime"),
        "{text}"
    );
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn a_plain_nodeos_of_the_callers_is_run_as_it_is() {
    let wheel = Wheel::provide(&Environment::from_process(), &|_| {})
        .await
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("nodeos");
    let program = wheel.nodeos().program().to_owned();
    fs::write(
        &plain,
        format!("#!/bin/sh\nexec '{}' nodeos \"$@\"\n", program.display()),
    )
    .unwrap();
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o755)).unwrap();
    let nodeos = Nodeos::at(&plain).unwrap();
    assert!(
        nodeos.identity().starts_with("nodeos-"),
        "{}",
        nodeos.identity()
    );
    let node = Node::builder().nodeos(nodeos).start().await.unwrap();
    assert!(node.client().get_info().await.unwrap().head_block_num >= 2);
}

#[tokio::test]
async fn plugins_options_and_producers_are_taken() {
    let node = Node::builder()
        // Both refuse to start without more than their name.
        .plugin("eosio::trace_api_plugin")
        .plugin("eosio::state_history_plugin")
        .option("state-history-endpoint", "127.0.0.1:0")
        .producer("bp1".parse().unwrap())
        .start()
        .await
        .unwrap();
    let apis = node.client().get_supported_apis().await.unwrap();
    assert!(
        apis.iter().any(|api| api == "/v1/trace_api/get_block"),
        "{apis:?}"
    );
    let config = fs::read_to_string(node.dir().join("nodes/node/config.ini")).unwrap();
    assert!(
        config.contains("producer-name = eosio\nproducer-name = bp1\n"),
        "{}",
        config.replace(node.key().expose_text().expose(), "…")
    );
}

#[tokio::test]
async fn a_keosd_answers_and_is_gone_when_dropped() {
    // The first may have to bring the program.
    drop(Keosd::start().await.unwrap());
    let begin = Instant::now();
    let keosd = Keosd::start().await.unwrap();
    let took = begin.elapsed();
    // A fraction of a second; generous, for machines with much else to do.
    assert!(took < Duration::from_secs(10), "{took:?}");
    keosd.client().create("w").await.unwrap();
    assert!(keosd.wallet_file("w").is_file() && keosd.log_file().is_file());
    let other = KeosdClient::over_http(keosd.url()).unwrap();
    assert_eq!(other.list_wallets().await.unwrap()[0].name, "w");
    // Its wallets are nobody else's: the directory around it cannot be entered.
    let around = keosd.dir().parent().unwrap();
    assert_eq!(
        around.metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
    let (dir, socket, pid) = (keosd.dir().to_owned(), keosd.socket(), keosd.pid());
    assert!(dir.is_dir() && socket.exists() && is_alive(pid));
    drop(keosd);
    assert!(!dir.exists() && !is_alive(pid));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_keosds_at_once_get_in_nobodys_way() {
    let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(Keosd::start())).collect();
    let mut keosds = Vec::new();
    for task in tasks {
        keosds.push(task.await.unwrap().unwrap());
    }
    for (number, keosd) in keosds.iter().enumerate() {
        keosd.client().create(&format!("w{number}")).await.unwrap();
    }
    for (number, keosd) in keosds.iter().enumerate() {
        let wallets = KeosdClient::over_http(keosd.url())
            .unwrap()
            .list_wallets()
            .await
            .unwrap();
        assert_eq!(wallets.len(), 1);
        assert_eq!(wallets[0].name, format!("w{number}"));
    }
}

#[tokio::test]
async fn an_option_that_keosd_does_not_know_is_told_from_what_it_printed() {
    let error = Keosd::builder()
        .option("--no-such-option=1")
        .start()
        .await
        .unwrap_err();
    let text = error.to_string();
    let StartKeosdError::Ended { dir, .. } = error else {
        panic!("{error:?}")
    };
    assert!(text.contains("no-such-option"), "{text}");
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn a_nodeos_without_a_keosd_beside_it_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("nodeos");
    fs::write(&plain, "").unwrap();
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o755)).unwrap();
    let nodeos = Nodeos::at(&plain).unwrap();
    let error = Keosd::builder().nodeos(nodeos).start().await.unwrap_err();
    assert!(
        matches!(error, StartKeosdError::Prepare { .. }),
        "{error:?}"
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains(dir.path().join("keosd").to_str().unwrap()),
        "{cause}"
    );
}

fn remove_from_cache(cache_key: &str) {
    let cache = Environment::from_process()
        .cache_dir()
        .unwrap()
        .join("snapshots");
    for entry in fs::read_dir(cache).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with(cache_key) {
            let path = entry.path();
            let removed = if path.is_dir() {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            };
            removed.unwrap();
        }
    }
}
