//! The rows of the table: each option with the first and the last line of releases that have it.

use super::NodeVersion::{Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Leap5, Spring1};
use super::OptionKind::{Endpoint, EndpointOr, Flag, FlagOr, Name, Number, Signed, Text, Words};
use super::{NodeOption, NodeVersion, OptionArity, OptionKind, OptionPlace};

/// The options by the plugin that brings them; those of nodeos itself come last.
pub(super) const OPTIONS: &[(&str, &[Row])] = &[
    (
        "chain_plugin",
        &[
            one("genesis-json", Text, Dawn4_1, Dawn4_1),
            one("genesis-timestamp", Text, Dawn4_1, Dawn4_1),
            one("block-log-dir", Text, Dawn4_1, Dawn4_1),
            one("blocks-dir", Text, Eosio1_8, Spring1),
            one("blocks-log-stride", Number, Leap4, Spring1),
            one("max-retained-block-files", Number, Leap4, Spring1),
            one("blocks-retained-dir", Text, Leap4, Spring1),
            one("blocks-archive-dir", Text, Leap4, Spring1),
            one("block-log-retain-blocks", Number, Leap3, Spring1),
            one("state-dir", Text, Leap4, Spring1),
            one("finalizers-dir", Text, Spring1, Spring1),
            one("protocol-features-dir", Text, Eosio1_8, Spring1),
            many("checkpoint", Text, Dawn4_1, Spring1),
            one(
                "wasm-runtime",
                Words(&["binaryen", "wavm"]),
                Dawn4_1,
                Dawn4_1,
            ),
            one("wasm-runtime", Words(&["wabt", "wavm"]), Eosio1_8, Eosio1_8),
            // `eos-vm-oc` is named by their help and refused: it works beside one of these, with `eos-vm-oc-enable`.
            one(
                "wasm-runtime",
                Words(&["wabt", "eos-vm", "eos-vm-jit"]),
                Eosio2_0,
                Eosio2_0,
            ),
            one(
                "wasm-runtime",
                Words(&["eos-vm", "eos-vm-jit"]),
                Leap3,
                Spring1,
            ),
            one("shared-memory-size-mb", Number, Dawn4_1, Dawn4_1),
            many("profile-account", Name, Leap3, Spring1),
            one("abi-serializer-max-time-ms", Number, Eosio1_8, Spring1),
            one("chain-state-db-size-mb", Number, Eosio1_8, Spring1),
            one("chain-state-db-guard-size-mb", Number, Eosio1_8, Spring1),
            one("reversible-blocks-db-size-mb", Number, Eosio1_8, Eosio2_0),
            one(
                "reversible-blocks-db-guard-size-mb",
                Number,
                Eosio1_8,
                Eosio2_0,
            ),
            one("signature-cpu-billable-pct", Number, Eosio1_8, Spring1),
            one("chain-threads", Number, Eosio1_8, Spring1),
            one("vote-threads", Number, Spring1, Spring1),
            flag("contracts-console", Eosio1_8, Spring1),
            flag("deep-mind", Leap3, Spring1),
            many("actor-whitelist", Name, Eosio1_8, Spring1),
            many("actor-blacklist", Name, Eosio1_8, Spring1),
            many("contract-whitelist", Name, Eosio1_8, Spring1),
            many("contract-blacklist", Name, Eosio1_8, Spring1),
            many("action-blacklist", Text, Eosio1_8, Spring1),
            many("key-blacklist", Text, Eosio1_8, Spring1),
            many("sender-bypass-whiteblacklist", Name, Eosio1_8, Spring1),
            one(
                "read-mode",
                Words(&["speculative", "head", "read-only", "irreversible"]),
                Eosio1_8,
                Leap3,
            ),
            one(
                "read-mode",
                Words(&["head", "irreversible", "speculative"]),
                Leap4,
                Spring1,
            ),
            one("api-accept-transactions", Flag, Leap3, Spring1),
            one(
                "validation-mode",
                Words(&["full", "light"]),
                Eosio1_8,
                Spring1,
            ),
            flag("disable-ram-billing-notify-checks", Eosio1_8, Spring1),
            one(
                "maximum-variable-signature-length",
                Number,
                Eosio1_8,
                Spring1,
            ),
            many("trusted-producer", Name, Eosio1_8, Spring1),
            one(
                "database-map-mode",
                Words(&["mapped", "heap", "locked"]),
                Eosio1_8,
                Leap4,
            ),
            one(
                "database-map-mode",
                Words(&["mapped", "mapped_private", "heap", "locked"]),
                Leap5,
                Spring1,
            ),
            many("database-hugepage-path", Text, Eosio1_8, Eosio2_0),
            one("eos-vm-oc-cache-size-mb", Number, Eosio2_0, Spring1),
            one("eos-vm-oc-compile-threads", Number, Eosio2_0, Spring1),
            flag("eos-vm-oc-enable", Eosio2_0, Leap3),
            one(
                "eos-vm-oc-enable",
                FlagOr(&["auto", "all", "none"]),
                Leap4,
                Spring1,
            ),
            many("eos-vm-oc-whitelist", Text, Spring1, Spring1),
            one("enable-account-queries", Flag, Eosio2_0, Spring1),
            one(
                "max-nonprivileged-inline-action-size",
                Number,
                Leap3,
                Spring1,
            ),
            one(
                "transaction-retry-max-storage-size-gb",
                Number,
                Leap3,
                Spring1,
            ),
            one("transaction-retry-interval-sec", Number, Leap3, Spring1),
            one(
                "transaction-retry-max-expiration-sec",
                Number,
                Leap3,
                Spring1,
            ),
            one(
                "transaction-finality-status-max-storage-size-gb",
                Number,
                Leap3,
                Spring1,
            ),
            one(
                "transaction-finality-status-success-duration-sec",
                Number,
                Leap3,
                Spring1,
            ),
            one(
                "transaction-finality-status-failure-duration-sec",
                Number,
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
            one("unix-socket-path", Text, Eosio1_8, Spring1),
            one("http-server-address", Endpoint, Dawn4_1, Leap3),
            // With the word it listens where the next option says for each topic.
            one(
                "http-server-address",
                EndpointOr("http-category-address"),
                Leap4,
                Spring1,
            ),
            many("http-category-address", Text, Leap4, Spring1),
            one("https-server-address", Endpoint, Dawn4_1, Leap3),
            one("https-certificate-chain-file", Text, Dawn4_1, Leap3),
            one("https-private-key-file", Text, Dawn4_1, Leap3),
            one("https-ecdh-curve", Text, Eosio1_8, Leap3),
            one("access-control-allow-origin", Text, Dawn4_1, Spring1),
            one("access-control-allow-headers", Text, Dawn4_1, Spring1),
            one("access-control-max-age", Text, Eosio1_8, Spring1),
            flag("access-control-allow-credentials", Dawn4_1, Spring1),
            one("max-body-size", Number, Eosio1_8, Spring1),
            one("http-max-bytes-in-flight-mb", Signed, Eosio1_8, Spring1),
            one("http-max-in-flight-requests", Signed, Leap3, Spring1),
            one("http-max-response-time-ms", Signed, Eosio2_0, Spring1),
            flag("verbose-http-errors", Eosio1_8, Spring1),
            one("http-validate-host", Flag, Eosio1_8, Spring1),
            many("http-alias", Text, Eosio1_8, Spring1),
            one("http-threads", Number, Eosio1_8, Spring1),
            one("http-keep-alive", Flag, Leap4, Spring1),
        ],
    ),
    (
        "net_plugin",
        &[
            one("p2p-listen-endpoint", Endpoint, Dawn4_1, Leap4),
            many("p2p-listen-endpoint", Text, Leap5, Spring1),
            one("p2p-server-address", Text, Dawn4_1, Leap4),
            many("p2p-server-address", Text, Leap5, Spring1),
            many("p2p-peer-address", Text, Dawn4_1, Spring1),
            one("p2p-max-nodes-per-host", Number, Eosio1_8, Spring1),
            one("p2p-accept-transactions", Flag, Eosio2_0, Spring1),
            many("p2p-auto-bp-peer", Text, Leap4, Spring1),
            many("p2p-bp-gossip-endpoint", Text, Spring1, Spring1),
            one("p2p-disable-block-nack", Flag, Spring1, Spring1),
            one("agent-name", Text, Dawn4_1, Spring1),
            many("allowed-connection", Text, Dawn4_1, Spring1),
            many("peer-key", Text, Dawn4_1, Spring1),
            many("peer-private-key", Text, Dawn4_1, Spring1),
            one("max-clients", Number, Dawn4_1, Spring1),
            one("connection-cleanup-period", Number, Dawn4_1, Spring1),
            one("max-cleanup-time-msec", Number, Eosio1_8, Spring1),
            one("p2p-dedup-cache-expire-time-sec", Number, Leap3, Spring1),
            one("net-threads", Number, Eosio1_8, Spring1),
            one("network-version-match", Flag, Dawn4_1, Eosio2_0),
            one("sync-fetch-span", Number, Dawn4_1, Spring1),
            one("sync-peer-limit", Number, Leap4, Spring1),
            one("max-implicit-request", Number, Dawn4_1, Dawn4_1),
            one("use-socket-read-watermark", Flag, Eosio1_8, Spring1),
            one("peer-log-format", Text, Eosio1_8, Spring1),
            one("p2p-keepalive-interval-ms", Number, Eosio2_0, Spring1),
        ],
    ),
    (
        "producer_plugin",
        &[
            flag("enable-stale-production", Dawn4_1, Spring1),
            flag("pause-on-startup", Eosio1_8, Spring1),
            one("production-pause-vote-timeout-ms", Number, Spring1, Spring1),
            one("max-transaction-time", Signed, Dawn4_1, Spring1),
            one("max-irreversible-block-age", Signed, Eosio1_8, Spring1),
            one("max-reversible-blocks", Number, Spring1, Spring1),
            one("required-participation", Number, Dawn4_1, Dawn4_1),
            many("producer-name", Name, Dawn4_1, Spring1),
            many("private-key", Text, Dawn4_1, Leap3),
            many("signature-provider", Text, Eosio1_8, Spring1),
            one("keosd-provider-timeout", Signed, Eosio1_8, Eosio2_0),
            many("greylist-account", Name, Eosio1_8, Spring1),
            one("greylist-limit", Number, Eosio2_0, Spring1),
            one("produce-time-offset-us", Signed, Eosio1_8, Leap3),
            one("last-block-time-offset-us", Signed, Eosio1_8, Leap3),
            one("cpu-effort-percent", Number, Eosio2_0, Leap4),
            one("last-block-cpu-effort-percent", Number, Eosio2_0, Leap3),
            one("produce-block-offset-ms", Number, Leap5, Spring1),
            one("max-block-cpu-usage-threshold-us", Number, Leap3, Spring1),
            one(
                "max-block-net-usage-threshold-bytes",
                Number,
                Leap3,
                Spring1,
            ),
            one(
                "max-scheduled-transaction-time-per-block-ms",
                Number,
                Eosio1_8,
                Leap5,
            ),
            one("subjective-cpu-leeway-us", Signed, Eosio1_8, Spring1),
            one("subjective-account-max-failures", Number, Leap3, Spring1),
            one(
                "subjective-account-max-failures-window-size",
                Number,
                Leap4,
                Spring1,
            ),
            one(
                "subjective-account-decay-time-minutes",
                Number,
                Leap3,
                Spring1,
            ),
            one("incoming-defer-ratio", Text, Eosio1_8, Leap5),
            one(
                "incoming-transaction-queue-size-mb",
                Number,
                Eosio2_0,
                Spring1,
            ),
            flag("disable-api-persisted-trx", Leap3, Leap3),
            one("disable-subjective-billing", Flag, Leap3, Leap3),
            many("disable-subjective-account-billing", Name, Leap3, Spring1),
            one("disable-subjective-p2p-billing", Flag, Leap3, Spring1),
            one("disable-subjective-api-billing", Flag, Leap3, Spring1),
            one("producer-threads", Number, Eosio1_8, Leap5),
            one("snapshots-dir", Text, Eosio1_8, Spring1),
            one("read-only-threads", Number, Leap4, Spring1),
            one("read-only-write-window-time-us", Number, Leap4, Spring1),
            one("read-only-read-window-time-us", Number, Leap4, Spring1),
        ],
    ),
    (
        "signature_provider_plugin",
        &[one("keosd-provider-timeout", Signed, Leap3, Spring1)],
    ),
    (
        "resource_monitor_plugin",
        &[
            one("resource-monitor-interval-seconds", Number, Leap3, Spring1),
            one("resource-monitor-space-threshold", Number, Leap3, Spring1),
            one("resource-monitor-space-absolute-gb", Number, Leap4, Spring1),
            flag(
                "resource-monitor-not-shutdown-on-threshold-exceeded",
                Leap3,
                Spring1,
            ),
            one("resource-monitor-warning-interval", Number, Leap3, Spring1),
        ],
    ),
    (
        "state_history_plugin",
        &[
            one("state-history-dir", Text, Eosio1_8, Spring1),
            one("state-history-retained-dir", Text, Leap4, Spring1),
            one("state-history-archive-dir", Text, Leap4, Spring1),
            one("state-history-stride", Number, Leap4, Spring1),
            one("max-retained-history-files", Number, Leap4, Spring1),
            flag("trace-history", Eosio1_8, Spring1),
            flag("chain-state-history", Eosio1_8, Spring1),
            flag("finality-data-history", Spring1, Spring1),
            one("state-history-endpoint", Endpoint, Eosio1_8, Spring1),
            one("state-history-unix-socket-path", Text, Leap3, Spring1),
            flag("trace-history-debug-mode", Eosio2_0, Spring1),
            one("state-history-log-retain-blocks", Number, Leap3, Spring1),
            start_flag("delete-state-history", Eosio1_8, Spring1),
        ],
    ),
    (
        "trace_api_plugin",
        &[
            one("trace-dir", Text, Eosio2_0, Spring1),
            one("trace-slice-stride", Number, Eosio2_0, Spring1),
            one(
                "trace-minimum-irreversible-history-blocks",
                Signed,
                Eosio2_0,
                Spring1,
            ),
            one(
                "trace-minimum-uncompressed-irreversible-history-blocks",
                Signed,
                Eosio2_0,
                Spring1,
            ),
            many("trace-rpc-abi", Text, Eosio2_0, Spring1),
            flag("trace-no-abis", Eosio2_0, Spring1),
        ],
    ),
    (
        "history_plugin",
        &[
            many("filter_on_accounts", Text, Dawn4_1, Dawn4_1),
            many("filter-on", Text, Eosio1_8, Eosio2_0),
            many("filter-out", Text, Eosio1_8, Eosio2_0),
        ],
    ),
    (
        "http_client_plugin",
        &[
            many("https-client-root-cert", Text, Eosio1_8, Leap3),
            one("https-client-validate-peers", Flag, Eosio1_8, Leap3),
        ],
    ),
    (
        "txn_test_gen_plugin",
        &[
            one("txn-reference-block-lag", Signed, Dawn4_1, Eosio2_0),
            one("txn-test-gen-threads", Number, Eosio1_8, Eosio2_0),
            one("txn-test-gen-account-prefix", Text, Eosio1_8, Eosio2_0),
        ],
    ),
    (
        "wallet_plugin",
        &[
            one("wallet-dir", Text, Dawn4_1, Dawn4_1),
            one("unlock-timeout", Signed, Dawn4_1, Dawn4_1),
            one("eosio-key", Text, Dawn4_1, Dawn4_1),
        ],
    ),
    (
        "",
        &[
            many("plugin", Text, Dawn4_1, Spring1),
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
    kind: OptionKind,
    first: NodeVersion,
    last: NodeVersion,
) -> Row {
    Row {
        option: NodeOption {
            name,
            place,
            arity,
            kind,
        },
        first,
        last,
    }
}

const fn one(name: &'static str, kind: OptionKind, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::File, OptionArity::One),
        kind,
        first,
        last,
    )
}

const fn many(name: &'static str, kind: OptionKind, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::File, OptionArity::Several),
        kind,
        first,
        last,
    )
}

const fn flag(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::File, OptionArity::Flag),
        Flag,
        first,
        last,
    )
}

const fn start_one(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::CommandLine, OptionArity::One),
        Text,
        first,
        last,
    )
}

const fn start_flag(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::CommandLine, OptionArity::Flag),
        Flag,
        first,
        last,
    )
}
