//! What steers a node, on an address of its own: the file for it, a real nodeos, and the launcher that asks both addresses.

use baas_deploy::node::{NodeConfig, NodeVersion};
use baas_deploy::spec::{BOOT_ACCOUNT, Role};

use crate::pod::{BOOT, Pod};
use crate::support::free_ports;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_steers_a_node_is_answered_inside_of_its_pod_only() {
    let pod = Pod::new().await;
    let [control] = free_ports();
    let loopback = |port| ([127, 0, 0, 1], port).into();
    let plugins = ["eosio::producer_api_plugin", "eosio::db_size_api_plugin"];
    let plugins = plugins.map(ToOwned::to_owned);
    let name = "bp1".parse().unwrap();
    // The nodeos at hand has the option already, and takes what is written for the versions that surely have it.
    let mut config = NodeConfig::new(
        NodeVersion::Leap5,
        &name,
        Role::Producer,
        (loopback(pod.http), loopback(pod.p2p)),
    );
    config.account = Some(BOOT_ACCOUNT);
    config.control = Some(loopback(control));
    config.plugins = &plugins;
    pod.write("config/config.ini", &config.public_ini());
    // It is ready only when it said that it is not paused, which it does on the other address.
    let launched = pod.start_ready(&format!("{BOOT} --producer"));
    let status = async |port: u16, path: &str| {
        let url = format!("http://127.0.0.1:{port}{path}");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.post(url).send().await.unwrap().status().as_u16()
    };
    for path in ["/v1/chain/get_info", "/v1/db_size/get"] {
        assert_eq!(status(pod.http, path).await, 200, "{path}");
    }
    for path in [
        "/v1/net/connections",
        "/v1/net/connect",
        "/v1/net/disconnect",
        "/v1/producer/paused",
        "/v1/producer/pause",
        "/v1/producer/create_snapshot",
    ] {
        assert_eq!(status(pod.http, path).await, 404, "{path}");
    }
    for path in ["/v1/net/connections", "/v1/producer/paused"] {
        assert_eq!(status(control, path).await / 100, 2, "{path}");
    }
    launched.stop();
}
