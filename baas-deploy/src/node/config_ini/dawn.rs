use super::node_config::{MAX_TRANSACTION_TIME_MS, NodeConfig};
use super::settings::Settings;
use crate::node::NodeVersion;

/// Something that is wrong with the tutorial's `config.ini`, and what we write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mend {
    /// A word for the defect, the `code` of its [finding](crate::lint::Finding).
    pub code: &'static str,
    /// The option in question; `None` for the file as a whole.
    pub option: Option<&'static str>,
    /// What is wrong, and what we write instead.
    pub what: &'static str,
}

/// What is mended in the tutorial's `config.ini` for Dawn 4.1, in the order of the file.
pub const MENDS: &[Mend] = &[
    Mend::new(
        "prose-line",
        None,
        "explanations stood there as lines of their own: they are left out",
    ),
    Mend::new("empty-value", None, "options without a value are comments"),
    Mend::new(
        "quoted-value",
        Some("agent-name"),
        "the quotation marks were part of the name",
    ),
    Mend::new(
        "placeholder",
        Some("agent-name"),
        "the node's name, not a word that a script replaces",
    ),
    Mend::new(
        "one-peer",
        Some("p2p-peer-address"),
        "one line for each peer, not one for a list",
    ),
    Mend::new(
        "peer-with-two-ports",
        Some("p2p-peer-address"),
        "the port is the peer's, and not added to it again",
    ),
    Mend::new(
        "addresses-shifted",
        Some("p2p-server-address"),
        "the node's own host and port; its explanation stood above the peers",
    ),
    Mend::new(
        "server-address-without-port",
        Some("p2p-server-address"),
        "it had no port",
    ),
    Mend::new(
        "pod-host-name",
        Some("p2p-server-address"),
        "a name that outlives the pod",
    ),
    Mend::new(
        "stale-production",
        Some("enable-stale-production"),
        "it stays false; only the boot node has it, on the command line, as long as nobody else produces",
    ),
    Mend::new(
        "max-transaction-time",
        Some("max-transaction-time"),
        "30 ms are too few to set the system contract",
    ),
    Mend::new(
        "placeholder",
        Some("producer-name"),
        "the account, not a word that a script replaces wherever it stands",
    ),
    Mend::new(
        "published-key",
        Some("private-key"),
        "the node's own key, in a part of the file that is secret; the tutorial's default is known to everybody",
    ),
    Mend::new(
        "wallet-in-node",
        Some("wallet-dir"),
        "a wallet is keosd's: the options are comments, and the plugins are left out",
    ),
    Mend::new(
        "plugin-order",
        Some("plugin"),
        "whoever needs another plugin comes after it",
    ),
    Mend::new(
        "wallet-in-node",
        Some("plugin"),
        "without `eosio::wallet_api_plugin`, with which whoever reaches the node could sign",
    ),
];

impl Mend {
    const fn new(code: &'static str, option: Option<&'static str>, what: &'static str) -> Self {
        Self { code, option, what }
    }
}

/// Returns the tutorial's options, in its order.
pub(super) fn settings(config: &NodeConfig<'_>) -> Settings {
    let mut settings = Settings::new(NodeVersion::Dawn4_1);
    // Taken from the directory of the configuration, as the tutorial has it.
    settings.add("genesis-json", ["genesis.json"]);
    settings.add_unset("genesis-timestamp");
    settings.add("block-log-dir", ["blocks"]);
    settings.add_unset("checkpoint");
    settings.add_unset("wasm-runtime");
    settings.add("shared-memory-size-mb", [1024]);
    settings.add_unset("filter_on_accounts");
    settings.add("http-server-address", [config.http]);
    settings.add_unset("https-server-address");
    settings.add_unset("https-certificate-chain-file");
    settings.add_unset("https-private-key-file");
    settings.add_unset("access-control-allow-origin");
    settings.add_unset("access-control-allow-headers");
    settings.add("access-control-allow-credentials", [false]);
    settings.add("p2p-listen-endpoint", [config.p2p]);
    settings.add("p2p-peer-address", config.peers);
    settings.add("p2p-server-address", [config.advertised()]);
    settings.add("agent-name", [config.name]);
    settings.add("allowed-connection", ["any"]);
    settings.add_unset("peer-key");
    settings.add_unset("peer-private-key");
    settings.add("max-clients", [config.connections()]);
    settings.add("connection-cleanup-period", [30]);
    settings.add("network-version-match", [0]);
    settings.add("sync-fetch-span", [100]);
    settings.add("max-implicit-request", [1500]);
    settings.add("enable-stale-production", [false]);
    settings.add("max-transaction-time", [MAX_TRANSACTION_TIME_MS]);
    settings.add("required-participation", [33]);
    settings.add("producer-name", config.account);
    settings.add_secret();
    settings.add("txn-reference-block-lag", [0]);
    settings.add_unset("wallet-dir");
    settings.add_unset("unlock-timeout");
    settings.add_unset("eosio-key");
    let mut ours = vec![
        "eosio::http_plugin",
        "eosio::chain_plugin",
        "eosio::chain_api_plugin",
        "eosio::net_plugin",
        "eosio::producer_plugin",
        "eosio::history_plugin",
        "eosio::history_api_plugin",
    ];
    if config.has_net_api() {
        ours.push("eosio::net_api_plugin");
    }
    settings.add("plugin", config.with_plugins(&ours));
    settings
}
