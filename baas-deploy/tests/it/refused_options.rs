//! What a spec refuses of the options of a node, beside what a real nodeos does with them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use baas_deploy::local::{Environment, Nodeos};
use baas_deploy::node::{
    ChainParameters, Genesis, NodeConfig, NodeVersion, OptionKind, OptionPlace, OptionValues,
};
use baas_deploy::spec::{BOOT_ACCOUNT, NetworkSpec, NodeSpec, Role};
use eos_keys::PrivateKey;

use crate::pod::PATIENCE;
use crate::support::free_ports;

const PLUGINS: [&str; 2] = ["eosio::state_history_plugin", "eosio::trace_api_plugin"];

/// A nodeos that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Says whether a nodeos starts with these options on a node of a role that has both plugins.
fn starts(nodeos: &Nodeos, role: Role, options: &BTreeMap<String, OptionValues>) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let [http, p2p, history] = free_ports();
    let loopback = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut options = options.clone();
    let endpoint = OptionValues::one(loopback(history).to_string());
    options.insert("state-history-endpoint".to_owned(), endpoint);
    // No more of the disk than the test needs.
    for (size, least) in [
        ("chain-state-db-size-mb", "64"),
        ("chain-state-db-guard-size-mb", "1"),
        ("eos-vm-oc-cache-size-mb", "64"),
    ] {
        options
            .entry(size.to_owned())
            .or_insert_with(|| OptionValues::one(least));
    }
    let plugins = PLUGINS.map(ToOwned::to_owned);
    let name = "node".parse().unwrap();
    let mut config = NodeConfig::new(
        NodeVersion::Leap4,
        &name,
        role,
        (loopback(http), loopback(p2p)),
    );
    let key = PrivateKey::generate().unwrap();
    config.account = role.produces().then_some(BOOT_ACCOUNT);
    config.key = role.produces().then_some(&key);
    config.plugins = &plugins;
    config.options = &options;
    fs::write(dir.path().join("config.ini"), config.to_ini().expose_text()).unwrap();
    let time = "2026-11-23T00:00:00".parse().unwrap();
    let genesis = Genesis::new(time, key.public_key(), ChainParameters::default());
    let genesis_json = dir.path().join("genesis.json");
    fs::write(&genesis_json, genesis.to_json()).unwrap();
    let mut command = nodeos.command("nodeos");
    command
        .arg("--config-dir")
        .arg(dir.path())
        .arg("--data-dir")
        .arg(dir.path().join("data"))
        .arg("--genesis-json")
        .arg(genesis_json)
        .args(config.start_arguments())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(dir.path().join("log")).unwrap());
    let mut running = Running(command.spawn().unwrap());
    let deadline = Instant::now() + PATIENCE;
    loop {
        if running.0.try_wait().unwrap().is_some() {
            return false;
        }
        // It listens when all of its plugins have started.
        if TcpStream::connect(loopback(http)).is_ok() {
            return running.0.try_wait().unwrap().is_none();
        }
        let log = || fs::read_to_string(dir.path().join("log")).unwrap_or_default();
        assert!(Instant::now() < deadline, "{options:?}\n{}", log());
        std::thread::sleep(Duration::from_millis(10));
    }
}

async fn nodeos() -> Nodeos {
    Nodeos::find(None, &Environment::from_process(), &|_| {})
        .await
        .unwrap()
}

fn options(text: &str) -> BTreeMap<String, OptionValues> {
    let pairs = text.split(", ").filter_map(|pair| pair.split_once(' '));
    pairs
        .map(|(name, value)| (name.to_owned(), OptionValues::one(value)))
        .collect()
}

/// Says whether a spec may ask for these options.
fn is_taken(role: Role, options: &BTreeMap<String, OptionValues>) -> bool {
    let node = |name: &str, role| NodeSpec::new(name.parse().unwrap(), role);
    let mut asking = node("bp2", role);
    asking.plugins = PLUGINS.map(ToOwned::to_owned).to_vec();
    asking.options.clone_from(options);
    NetworkSpec::new("a".parse().unwrap())
        .with_node(node("boot", Role::Boot))
        .with_node(node("bp1", Role::Producer))
        .with_node(asking)
        .checked()
        .is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spec_takes_the_options_together_that_nodeos_takes() {
    let nodeos = nodeos().await;
    let mut refused = 0;
    for (role, text) in [
        (Role::Producer, "read-mode irreversible"),
        (Role::Producer, "read-mode speculative"),
        (Role::Producer, "validation-mode light"),
        (
            Role::Producer,
            "api-accept-transactions false, p2p-accept-transactions no",
        ),
        (Role::Producer, "api-accept-transactions off"),
        (Role::Producer, "p2p-accept-transactions 0"),
        (Role::Producer, "read-only-threads 1"),
        (Role::Producer, "read-only-threads 0"),
        (Role::Producer, "read-only-read-window-time-us 1"),
        (Role::Producer, "transaction-retry-max-storage-size-gb 0"),
        (Role::Producer, "deep-mind true"),
        (Role::Api, "read-mode irreversible, validation-mode light"),
        (
            Role::Api,
            "api-accept-transactions false, p2p-accept-transactions false",
        ),
        (Role::Api, "read-only-threads 1"),
        (Role::Api, "read-only-read-window-time-us 210000"),
        (Role::Api, "read-only-read-window-time-us 210001"),
        (
            Role::Api,
            "read-only-read-window-time-us 10000, max-transaction-time -1",
        ),
        (
            Role::Api,
            "read-only-read-window-time-us 10001, max-transaction-time -1",
        ),
        (
            Role::Api,
            "read-only-read-window-time-us 5, read-only-threads 0",
        ),
        (
            Role::Api,
            "transaction-retry-max-storage-size-gb 1, transaction-retry-interval-sec 120",
        ),
        (
            Role::Api,
            "transaction-retry-max-storage-size-gb 1, transaction-retry-interval-sec 119",
        ),
        (Role::Api, "transaction-retry-interval-sec 120"),
        (
            Role::Api,
            "transaction-retry-max-storage-size-gb 0, transaction-retry-interval-sec 120",
        ),
        (Role::Api, "deep-mind true, api-accept-transactions false"),
        (Role::Api, "deep-mind true, p2p-accept-transactions false"),
        (
            Role::Api,
            "deep-mind true, api-accept-transactions false, p2p-accept-transactions false",
        ),
        (Role::Api, "allowed-connection specified"),
        (Role::Api, "allowed-connection producers"),
        (
            Role::Api,
            "state-history-log-retain-blocks 1000, state-history-stride 1000",
        ),
        (
            Role::Api,
            "state-history-log-retain-blocks 1000, max-retained-history-files 3",
        ),
        (
            Role::Api,
            "state-history-log-retain-blocks 1000, state-history-retained-dir a",
        ),
        (
            Role::Api,
            "state-history-log-retain-blocks 1000, state-history-archive-dir a",
        ),
        (Role::Api, "state-history-log-retain-blocks 1000"),
        (
            Role::Api,
            "trace-no-abis true, trace-rpc-abi eosio=eosio.abi",
        ),
        (Role::Api, "trace-no-abis true"),
        (Role::Api, "key-blacklist EOS"),
        (Role::Api, "action-blacklist eosio"),
        (Role::Api, "action-blacklist eosio::setcode"),
        (Role::Api, "peer-key EOS"),
        (Role::Api, "checkpoint 5"),
        (Role::Api, "p2p-auto-bp-peer bp1"),
        (Role::Api, "trace-rpc-abi eosio"),
        (Role::Api, &format!("agent-name {}", "a".repeat(384))),
        (Role::Api, &format!("agent-name {}", "a".repeat(385))),
    ] {
        let options = options(text);
        let does = starts(&nodeos, role, &options);
        refused += usize::from(!does);
        assert_eq!(is_taken(role, &options), does, "{role:?}: {text}");
    }
    assert!(refused > 10, "{refused}");
}

/// Options whose bounds a node reaches only with memory, disks or threads that no machine has, or with others of its options.
const BEYOND_A_MACHINE: [&str; 5] = [
    "block-log-retain-blocks",
    "chain-state-db-size-mb",
    "eos-vm-oc-cache-size-mb",
    "read-only-read-window-time-us",
    "state-history-log-retain-blocks",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_taken_up_to_the_bounds_of_nodeos() {
    let nodeos = nodeos().await;
    let mut all_least = BTreeMap::new();
    let mut all_most = BTreeMap::new();
    for (_, option) in NodeVersion::Leap4.options() {
        let OptionKind::Number { least, most, .. } = option.kind else {
            continue;
        };
        if option.place != OptionPlace::File {
            continue;
        }
        let name = option.name;
        // Less than nothing is taken for a number near the greatest.
        let below = (least != 0).then(|| least - 1);
        for beyond in below.into_iter().chain([most + 1]) {
            let options = options(&format!("{name} {beyond}"));
            let role = Role::Producer;
            // A time in milliseconds is multiplied without a look at its size, and may be any after that.
            let is_known = name == "max-transaction-time" && beyond == most + 1;
            assert!(
                !starts(&nodeos, role, &options) || is_known,
                "{name} = {beyond}"
            );
        }
        if !BEYOND_A_MACHINE.contains(&name) {
            all_least.insert(name.to_owned(), OptionValues::one(least.to_string()));
            // More threads than the machine has room for, and none that only read on a producer.
            if !name.ends_with("-threads") {
                all_most.insert(name.to_owned(), OptionValues::one(most.to_string()));
            }
        }
    }
    assert!(all_least.len() > 50, "{}", all_least.len());
    // On a node that produces there are no retries.
    for all in [&mut all_least, &mut all_most] {
        all.remove("transaction-retry-max-storage-size-gb");
        assert!(starts(&nodeos, Role::Producer, all), "{all:?}");
    }
}
