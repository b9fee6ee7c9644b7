//! The rows of the table: each option with the first and the last line of releases that have it.

use super::NodeVersion::{Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Leap5, Spring1};
use super::{NodeOption, NodeVersion, OptionArity, OptionPlace};

/// The options by the plugin that brings them; those of nodeos itself come last.
pub(super) const OPTIONS: &[(&str, &[Row])] = &[
    (
        "chain_plugin",
        &[
            one("genesis-json", Dawn4_1, Dawn4_1),
            one("genesis-timestamp", Dawn4_1, Dawn4_1),
            one("block-log-dir", Dawn4_1, Dawn4_1),
            one("blocks-dir", Eosio1_8, Spring1),
            one("blocks-log-stride", Leap4, Spring1),
            one("max-retained-block-files", Leap4, Spring1),
            one("blocks-retained-dir", Leap4, Spring1),
            one("blocks-archive-dir", Leap4, Spring1),
            one("block-log-retain-blocks", Leap3, Spring1),
            one("state-dir", Leap4, Spring1),
            one("finalizers-dir", Spring1, Spring1),
            one("protocol-features-dir", Eosio1_8, Spring1),
            many("checkpoint", Dawn4_1, Spring1),
            one("wasm-runtime", Dawn4_1, Spring1),
            one("shared-memory-size-mb", Dawn4_1, Dawn4_1),
            many("profile-account", Leap3, Spring1),
            one("abi-serializer-max-time-ms", Eosio1_8, Spring1),
            one("chain-state-db-size-mb", Eosio1_8, Spring1),
            one("chain-state-db-guard-size-mb", Eosio1_8, Spring1),
            one("reversible-blocks-db-size-mb", Eosio1_8, Eosio2_0),
            one("reversible-blocks-db-guard-size-mb", Eosio1_8, Eosio2_0),
            one("signature-cpu-billable-pct", Eosio1_8, Spring1),
            one("chain-threads", Eosio1_8, Spring1),
            one("vote-threads", Spring1, Spring1),
            flag("contracts-console", Eosio1_8, Spring1),
            flag("deep-mind", Leap3, Spring1),
            many("actor-whitelist", Eosio1_8, Spring1),
            many("actor-blacklist", Eosio1_8, Spring1),
            many("contract-whitelist", Eosio1_8, Spring1),
            many("contract-blacklist", Eosio1_8, Spring1),
            many("action-blacklist", Eosio1_8, Spring1),
            many("key-blacklist", Eosio1_8, Spring1),
            many("sender-bypass-whiteblacklist", Eosio1_8, Spring1),
            one("read-mode", Eosio1_8, Spring1),
            one("api-accept-transactions", Leap3, Spring1),
            one("validation-mode", Eosio1_8, Spring1),
            flag("disable-ram-billing-notify-checks", Eosio1_8, Spring1),
            one("maximum-variable-signature-length", Eosio1_8, Spring1),
            many("trusted-producer", Eosio1_8, Spring1),
            one("database-map-mode", Eosio1_8, Spring1),
            many("database-hugepage-path", Eosio1_8, Eosio2_0),
            one("eos-vm-oc-cache-size-mb", Eosio2_0, Spring1),
            one("eos-vm-oc-compile-threads", Eosio2_0, Spring1),
            flag("eos-vm-oc-enable", Eosio2_0, Leap3),
            one("eos-vm-oc-enable", Leap4, Spring1),
            many("eos-vm-oc-whitelist", Spring1, Spring1),
            one("enable-account-queries", Eosio2_0, Spring1),
            one("max-nonprivileged-inline-action-size", Leap3, Spring1),
            one("transaction-retry-max-storage-size-gb", Leap3, Spring1),
            one("transaction-retry-interval-sec", Leap3, Spring1),
            one("transaction-retry-max-expiration-sec", Leap3, Spring1),
            one(
                "transaction-finality-status-max-storage-size-gb",
                Leap3,
                Spring1,
            ),
            one(
                "transaction-finality-status-success-duration-sec",
                Leap3,
                Spring1,
            ),
            one(
                "transaction-finality-status-failure-duration-sec",
                Leap3,
                Spring1,
            ),
            flag("integrity-hash-on-start", Leap4, Spring1),
            flag("integrity-hash-on-stop", Leap4, Spring1),
            start_one("genesis-json", Eosio1_8, Spring1),
            start_one("genesis-timestamp", Eosio1_8, Spring1),
            start_flag("print-genesis-json", Eosio1_8, Spring1),
            start_one("extract-genesis-json", Eosio1_8, Spring1),
            start_flag("print-build-info", Leap3, Spring1),
            start_one("extract-build-info", Leap3, Spring1),
            start_flag("force-all-checks", Eosio1_8, Spring1),
            start_flag("disable-replay-opts", Eosio1_8, Leap5),
            start_flag("replay-blockchain", Dawn4_1, Spring1),
            start_flag("resync-blockchain", Dawn4_1, Dawn4_1),
            start_flag("hard-replay-blockchain", Eosio1_8, Spring1),
            start_flag("delete-all-blocks", Eosio1_8, Spring1),
            start_one("truncate-at-block", Eosio1_8, Spring1),
            start_one("terminate-at-block", Leap3, Spring1),
            start_one("snapshot", Eosio1_8, Spring1),
            start_flag("fix-reversible-blocks", Eosio1_8, Eosio2_0),
            start_one("import-reversible-blocks", Eosio1_8, Eosio2_0),
            start_one("export-reversible-blocks", Eosio1_8, Eosio2_0),
        ],
    ),
    (
        "http_plugin",
        &[
            one("unix-socket-path", Eosio1_8, Spring1),
            one("http-server-address", Dawn4_1, Spring1),
            many("http-category-address", Leap4, Spring1),
            one("https-server-address", Dawn4_1, Leap3),
            one("https-certificate-chain-file", Dawn4_1, Leap3),
            one("https-private-key-file", Dawn4_1, Leap3),
            one("https-ecdh-curve", Eosio1_8, Leap3),
            one("access-control-allow-origin", Dawn4_1, Spring1),
            one("access-control-allow-headers", Dawn4_1, Spring1),
            one("access-control-max-age", Eosio1_8, Spring1),
            flag("access-control-allow-credentials", Dawn4_1, Spring1),
            one("max-body-size", Eosio1_8, Spring1),
            one("http-max-bytes-in-flight-mb", Eosio1_8, Spring1),
            one("http-max-in-flight-requests", Leap3, Spring1),
            one("http-max-response-time-ms", Eosio2_0, Spring1),
            flag("verbose-http-errors", Eosio1_8, Spring1),
            one("http-validate-host", Eosio1_8, Spring1),
            many("http-alias", Eosio1_8, Spring1),
            one("http-threads", Eosio1_8, Spring1),
            one("http-keep-alive", Leap4, Spring1),
        ],
    ),
    (
        "net_plugin",
        &[
            one("p2p-listen-endpoint", Dawn4_1, Leap4),
            many("p2p-listen-endpoint", Leap5, Spring1),
            one("p2p-server-address", Dawn4_1, Leap4),
            many("p2p-server-address", Leap5, Spring1),
            many("p2p-peer-address", Dawn4_1, Spring1),
            one("p2p-max-nodes-per-host", Eosio1_8, Spring1),
            one("p2p-accept-transactions", Eosio2_0, Spring1),
            many("p2p-auto-bp-peer", Leap4, Spring1),
            many("p2p-bp-gossip-endpoint", Spring1, Spring1),
            one("p2p-disable-block-nack", Spring1, Spring1),
            one("agent-name", Dawn4_1, Spring1),
            many("allowed-connection", Dawn4_1, Spring1),
            many("peer-key", Dawn4_1, Spring1),
            many("peer-private-key", Dawn4_1, Spring1),
            one("max-clients", Dawn4_1, Spring1),
            one("connection-cleanup-period", Dawn4_1, Spring1),
            one("max-cleanup-time-msec", Eosio1_8, Spring1),
            one("p2p-dedup-cache-expire-time-sec", Leap3, Spring1),
            one("net-threads", Eosio1_8, Spring1),
            one("network-version-match", Dawn4_1, Eosio2_0),
            one("sync-fetch-span", Dawn4_1, Spring1),
            one("sync-peer-limit", Leap4, Spring1),
            one("max-implicit-request", Dawn4_1, Dawn4_1),
            one("use-socket-read-watermark", Eosio1_8, Spring1),
            one("peer-log-format", Eosio1_8, Spring1),
            one("p2p-keepalive-interval-ms", Eosio2_0, Spring1),
        ],
    ),
    (
        "producer_plugin",
        &[
            flag("enable-stale-production", Dawn4_1, Spring1),
            flag("pause-on-startup", Eosio1_8, Spring1),
            one("production-pause-vote-timeout-ms", Spring1, Spring1),
            one("max-transaction-time", Dawn4_1, Spring1),
            one("max-irreversible-block-age", Eosio1_8, Spring1),
            one("max-reversible-blocks", Spring1, Spring1),
            one("required-participation", Dawn4_1, Dawn4_1),
            many("producer-name", Dawn4_1, Spring1),
            many("private-key", Dawn4_1, Leap3),
            many("signature-provider", Eosio1_8, Spring1),
            one("keosd-provider-timeout", Eosio1_8, Eosio2_0),
            many("greylist-account", Eosio1_8, Spring1),
            one("greylist-limit", Eosio2_0, Spring1),
            one("produce-time-offset-us", Eosio1_8, Leap3),
            one("last-block-time-offset-us", Eosio1_8, Leap3),
            one("cpu-effort-percent", Eosio2_0, Leap4),
            one("last-block-cpu-effort-percent", Eosio2_0, Leap3),
            one("produce-block-offset-ms", Leap5, Spring1),
            one("max-block-cpu-usage-threshold-us", Leap3, Spring1),
            one("max-block-net-usage-threshold-bytes", Leap3, Spring1),
            one(
                "max-scheduled-transaction-time-per-block-ms",
                Eosio1_8,
                Leap5,
            ),
            one("subjective-cpu-leeway-us", Eosio1_8, Spring1),
            one("subjective-account-max-failures", Leap3, Spring1),
            one(
                "subjective-account-max-failures-window-size",
                Leap4,
                Spring1,
            ),
            one("subjective-account-decay-time-minutes", Leap3, Spring1),
            one("incoming-defer-ratio", Eosio1_8, Leap5),
            one("incoming-transaction-queue-size-mb", Eosio2_0, Spring1),
            flag("disable-api-persisted-trx", Leap3, Leap3),
            one("disable-subjective-billing", Leap3, Leap3),
            many("disable-subjective-account-billing", Leap3, Spring1),
            one("disable-subjective-p2p-billing", Leap3, Spring1),
            one("disable-subjective-api-billing", Leap3, Spring1),
            one("producer-threads", Eosio1_8, Leap5),
            one("snapshots-dir", Eosio1_8, Spring1),
            one("read-only-threads", Leap4, Spring1),
            one("read-only-write-window-time-us", Leap4, Spring1),
            one("read-only-read-window-time-us", Leap4, Spring1),
        ],
    ),
    (
        "signature_provider_plugin",
        &[one("keosd-provider-timeout", Leap3, Spring1)],
    ),
    (
        "resource_monitor_plugin",
        &[
            one("resource-monitor-interval-seconds", Leap3, Spring1),
            one("resource-monitor-space-threshold", Leap3, Spring1),
            one("resource-monitor-space-absolute-gb", Leap4, Spring1),
            flag(
                "resource-monitor-not-shutdown-on-threshold-exceeded",
                Leap3,
                Spring1,
            ),
            one("resource-monitor-warning-interval", Leap3, Spring1),
        ],
    ),
    (
        "state_history_plugin",
        &[
            one("state-history-dir", Eosio1_8, Spring1),
            one("state-history-retained-dir", Leap4, Spring1),
            one("state-history-archive-dir", Leap4, Spring1),
            one("state-history-stride", Leap4, Spring1),
            one("max-retained-history-files", Leap4, Spring1),
            flag("trace-history", Eosio1_8, Spring1),
            flag("chain-state-history", Eosio1_8, Spring1),
            flag("finality-data-history", Spring1, Spring1),
            one("state-history-endpoint", Eosio1_8, Spring1),
            one("state-history-unix-socket-path", Leap3, Spring1),
            flag("trace-history-debug-mode", Eosio2_0, Spring1),
            one("state-history-log-retain-blocks", Leap3, Spring1),
            start_flag("delete-state-history", Eosio1_8, Spring1),
        ],
    ),
    (
        "trace_api_plugin",
        &[
            one("trace-dir", Eosio2_0, Spring1),
            one("trace-slice-stride", Eosio2_0, Spring1),
            one(
                "trace-minimum-irreversible-history-blocks",
                Eosio2_0,
                Spring1,
            ),
            one(
                "trace-minimum-uncompressed-irreversible-history-blocks",
                Eosio2_0,
                Spring1,
            ),
            many("trace-rpc-abi", Eosio2_0, Spring1),
            flag("trace-no-abis", Eosio2_0, Spring1),
        ],
    ),
    (
        "history_plugin",
        &[
            many("filter_on_accounts", Dawn4_1, Dawn4_1),
            many("filter-on", Eosio1_8, Eosio2_0),
            many("filter-out", Eosio1_8, Eosio2_0),
        ],
    ),
    (
        "http_client_plugin",
        &[
            many("https-client-root-cert", Eosio1_8, Leap3),
            one("https-client-validate-peers", Eosio1_8, Leap3),
        ],
    ),
    (
        "txn_test_gen_plugin",
        &[
            one("txn-reference-block-lag", Dawn4_1, Eosio2_0),
            one("txn-test-gen-threads", Eosio1_8, Eosio2_0),
            one("txn-test-gen-account-prefix", Eosio1_8, Eosio2_0),
        ],
    ),
    (
        "wallet_plugin",
        &[
            one("wallet-dir", Dawn4_1, Dawn4_1),
            one("unlock-timeout", Dawn4_1, Dawn4_1),
            one("eosio-key", Dawn4_1, Dawn4_1),
        ],
    ),
    (
        "",
        &[
            many("plugin", Dawn4_1, Spring1),
            start_flag("help", Dawn4_1, Spring1),
            start_flag("version", Dawn4_1, Spring1),
            start_flag("full-version", Eosio2_0, Spring1),
            start_flag("print-default-config", Eosio1_8, Spring1),
            start_one("data-dir", Dawn4_1, Spring1),
            start_one("config-dir", Dawn4_1, Spring1),
            start_one("config", Dawn4_1, Spring1),
            start_one("logconf", Dawn4_1, Spring1),
        ],
    ),
];

/// An option and the versions that have it, from the first to the last.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) option: NodeOption,
    pub(super) first: NodeVersion,
    pub(super) last: NodeVersion,
}

const fn row(
    name: &'static str,
    (place, arity): (OptionPlace, OptionArity),
    first: NodeVersion,
    last: NodeVersion,
) -> Row {
    Row {
        option: NodeOption { name, place, arity },
        first,
        last,
    }
}

const fn one(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(name, (OptionPlace::File, OptionArity::One), first, last)
}

const fn many(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(name, (OptionPlace::File, OptionArity::Several), first, last)
}

const fn flag(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(name, (OptionPlace::File, OptionArity::Flag), first, last)
}

const fn start_one(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::CommandLine, OptionArity::One),
        first,
        last,
    )
}

const fn start_flag(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::CommandLine, OptionArity::Flag),
        first,
        last,
    )
}
