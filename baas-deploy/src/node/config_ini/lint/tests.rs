use super::*;

/// The tutorial's file as its page prints it: without the `#` before explanations, and with no-break spaces.
const AS_PRINTED: &str = include_str!("../../../../tests/vectors/tutorial/config-as-printed.ini");

fn lint(text: &str, version: NodeVersion) -> String {
    let lines: Vec<String> = lint_config_ini(text, version)
        .iter()
        .map(ToString::to_string)
        .collect();
    lines.join("\n")
}

fn codes(text: &str, version: NodeVersion) -> Vec<&'static str> {
    lint_config_ini(text, version)
        .iter()
        .map(|finding| finding.code)
        .collect()
}

/// The tutorial's file as it was before its page lost the `#`.
fn as_meant() -> String {
    let mut meant = String::new();
    for line in AS_PRINTED.replace(NO_SPACES, " ").lines() {
        let is_option = line.contains(" =") && !line.ends_with('=');
        meant.push_str(if is_option || line.is_empty() {
            ""
        } else {
            "# "
        });
        meant.push_str(line);
        meant.push('\n');
    }
    meant
}

#[test]
fn the_tutorials_file_as_it_is_printed() {
    insta::assert_snapshot!(lint(AS_PRINTED, NodeVersion::Dawn4_1));
}

#[test]
fn the_tutorials_file_as_it_was_meant() {
    insta::assert_snapshot!(lint(&as_meant(), NodeVersion::Dawn4_1));
}

#[test]
fn the_tutorials_file_for_a_node_of_today() {
    insta::assert_snapshot!(lint(&as_meant(), NodeVersion::Leap4));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_defect_is_found_where_it_is_and_not_where_it_is_not() {
    use NodeVersion::{Dawn4_1, Eosio2_0, Leap3, Leap4, Leap5, Spring1};
    let dev_key = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV=KEY:5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let key = format!("signature-provider = {dev_key}");
    let key = key.as_str();
    for (version, text, code, severity) in [
        (Leap4, "blocks-dir\n", "prose-line", Severity::Error),
        (Leap4, "[section\n", "prose-line", Severity::Error),
        (
            Leap4,
            "max-clients\u{a0}= 1",
            "no-break-space",
            Severity::Error,
        ),
        (Leap4, "max-clientz = 1", "unknown-option", Severity::Error),
        (
            Leap4,
            "[a]\nmax-clients = 1",
            "unknown-option",
            Severity::Error,
        ),
        (
            Leap4,
            "shared-memory-size-mb = 1",
            "gone-option",
            Severity::Error,
        ),
        (Leap4, "vote-threads = 4", "later-option", Severity::Error),
        (
            Leap4,
            "genesis-json = a",
            "command-line-option",
            Severity::Error,
        ),
        (
            Leap4,
            "max-clients = 1\nmax-clients = 2",
            "written-twice",
            Severity::Error,
        ),
        (Leap4, "checkpoint =", "empty-value", Severity::Error),
        (
            Leap4,
            "agent-name = \"a\"",
            "quoted-value",
            Severity::Warning,
        ),
        (
            Leap4,
            "producer-name = EOSIO",
            "placeholder",
            Severity::Error,
        ),
        (Leap4, key, "published-key", Severity::Warning),
        (Leap4, key, "secret-in-config", Severity::Hint),
        (
            Leap4,
            "# An externally accessible host:port for\np2p-peer-address = a:1",
            "addresses-shifted",
            Severity::Hint,
        ),
        (
            Leap4,
            "# The public endpoint of a peer node\np2p-server-address = a:1",
            "addresses-shifted",
            Severity::Hint,
        ),
        (
            Leap4,
            "p2p-peer-address = a:1:9876",
            "peer-with-two-ports",
            Severity::Error,
        ),
        (
            Leap4,
            "p2p-peer-address = a:1,b:1",
            "one-peer",
            Severity::Error,
        ),
        (Leap4, "p2p-peer-address = a:1", "one-peer", Severity::Hint),
        (
            Leap4,
            "p2p-peer-address = a",
            "peer-without-port",
            Severity::Error,
        ),
        (
            Leap4,
            "p2p-server-address = a",
            "server-address-without-port",
            Severity::Warning,
        ),
        (
            Spring1,
            "p2p-server-address = a",
            "server-address-without-port",
            Severity::Error,
        ),
        (
            Leap4,
            "p2p-server-address = bp1-1-abcde:1",
            "pod-host-name",
            Severity::Warning,
        ),
        (
            Leap4,
            "http-server-address = 0.0.0.0:1",
            "validate-host",
            Severity::Warning,
        ),
        (
            Leap4,
            "plugin = eosio::producer_api_plugin\nhttp-server-address = [::]:1",
            "open-to-all",
            Severity::Warning,
        ),
        (
            Leap4,
            "plugin = eosio::producer_api_plugin\nhttp-server-address = :1",
            "open-to-all",
            Severity::Warning,
        ),
        (
            Leap5,
            "http-server-address = http-category-address\nhttp-category-address = producer_rw,0.0.0.0:1",
            "open-to-all",
            Severity::Warning,
        ),
        (
            Leap5,
            "http-category-address = 127.0.0.1:1",
            "bad-value",
            Severity::Error,
        ),
        (
            Leap4,
            "http-category-address = chain_ro,127.0.0.1:1",
            "topics-apart",
            Severity::Error,
        ),
        (
            Spring1,
            "http-server-address = http-category-address\nhttp-category-address = chain_ro,127.0.0.1:1\nunix-socket-path = a.sock",
            "topics-apart",
            Severity::Error,
        ),
        (
            Leap4,
            "chain-state-db-size-mb = 64",
            "state-without-room",
            Severity::Error,
        ),
        (
            Leap4,
            "allowed-connection = producer",
            "bad-value",
            Severity::Error,
        ),
        (Leap5, "http-threads = 65536", "bad-value", Severity::Error),
        (
            Leap4,
            "allowed-connection = producers\nallowed-connection = specified",
            "peers-without-keys",
            Severity::Error,
        ),
        (
            Leap4,
            "producer-name = bp1\nread-mode = irreversible",
            "refused-on-producers",
            Severity::Error,
        ),
        (
            Leap3,
            "producer-name = bp1\nread-mode = head",
            "refused-on-producers",
            Severity::Error,
        ),
        (
            Leap4,
            "enable-stale-production = true",
            "stale-production",
            Severity::Warning,
        ),
        (
            Leap4,
            "max-transaction-time = 30",
            "max-transaction-time",
            Severity::Warning,
        ),
        (
            Leap4,
            "chain-state-db-size-mb = 1024",
            "state-size",
            Severity::Hint,
        ),
        (
            Leap4,
            "wasm-runtime = wavm",
            "wasm-runtime",
            Severity::Error,
        ),
        (
            Leap4,
            "wasm-runtime = eos-vm-oc",
            "wasm-runtime",
            Severity::Error,
        ),
        (Leap4, "max-clients = 5，", "bad-value", Severity::Error),
        (Leap4, "max-clients = \"5\"", "bad-value", Severity::Error),
        (
            Leap4,
            "contracts-console = maybe",
            "bad-value",
            Severity::Error,
        ),
        (
            Leap4,
            "database-map-mode = foo",
            "bad-value",
            Severity::Error,
        ),
        (Leap4, "producer-name = BP1", "bad-value", Severity::Error),
        (
            Leap4,
            "http-server-address = 127.0.0.1",
            "bad-value",
            Severity::Error,
        ),
        (
            Leap4,
            "http-server-address = 127.0.0.1：8888",
            "bad-value",
            Severity::Error,
        ),
        (
            Leap4,
            "\u{feff}max-clients = 5",
            "byte-order-mark",
            Severity::Error,
        ),
        (
            Leap4,
            "[]\nmax-clients = 5",
            "unknown-option",
            Severity::Error,
        ),
        (
            Leap4,
            "plugin = eosio::chain_plugin eosio::foo_plugin",
            "unknown-plugin",
            Severity::Error,
        ),
        (
            Leap4,
            "plugin = eosio::producer_plugin,eosio::chain_api_plugin",
            "plugin-order",
            Severity::Error,
        ),
        (
            Leap4,
            "plugin = eosio::chain_plugins",
            "unknown-plugin",
            Severity::Error,
        ),
        (
            Leap4,
            "plugin = eosio::history_plugin",
            "gone-plugin",
            Severity::Error,
        ),
        (
            Leap4,
            "plugin = eosio::prometheus_plugin",
            "later-plugin",
            Severity::Error,
        ),
        (
            Dawn4_1,
            "plugin = eosio::wallet_api_plugin",
            "wallet-in-node",
            Severity::Warning,
        ),
        (
            Leap4,
            "plugin = eosio::producer_plugin\nplugin = eosio::chain_api_plugin",
            "plugin-order",
            Severity::Error,
        ),
        (Leap4, "producer-name = a", "no-key", Severity::Warning),
        (Dawn4_1, "producer-name = a", "no-key", Severity::Warning),
        (
            Leap4,
            "plugin = eosio::trace_api_plugin",
            "trace-without-abis",
            Severity::Error,
        ),
        (
            Leap4,
            "plugin = eosio::chain_api_plugin\nmax-transaction-time = 50",
            "read-only-window",
            Severity::Error,
        ),
        (
            Leap5,
            "plugin = eosio::chain_api_plugin\nread-only-read-window-time-us = 10000",
            "read-only-window",
            Severity::Error,
        ),
        (
            Eosio2_0,
            "p2p-peer-address = a:1",
            "nodes-per-host",
            Severity::Hint,
        ),
    ] {
        let found = lint_config_ini(text, version);
        assert!(
            found
                .iter()
                .any(|finding| (finding.code, finding.severity) == (code, severity)),
            "{text}: {found:?}"
        );
        assert!(!lint(text, version).contains("5KQwrPbwd"), "{text}");
    }
    for (version, text, code) in [
        (
            Leap4,
            "plugin = eosio::chain_api_plugin\nplugin = eosio::producer_plugin",
            "plugin-order",
        ),
        (Leap4, "http-server-address = 127.0.0.1:1", "validate-host"),
        (Leap4, "http-server-address = localhost:1", "validate-host"),
        (
            Leap4,
            "http-server-address = 0.0.0.0:1\nhttp-alias = a:1",
            "validate-host",
        ),
        (
            Leap4,
            "http-server-address = 0.0.0.0:1\nhttp-validate-host = false",
            "validate-host",
        ),
        (Dawn4_1, "http-server-address = 0.0.0.0:1", "validate-host"),
        (Leap4, "blocks-dir = \"blocks\"", "quoted-value"),
        (Leap4, "http-server-address =", "empty-value"),
        (Leap4, "plugin = a\nplugin = b", "written-twice"),
        (
            Leap4,
            "plugin = eosio::chain_plugin, eosio::http_plugin\teosio::net_plugin,",
            "unknown-plugin",
        ),
        (Leap4, "max-transaction-time = -1", "bad-value"),
        // What the guide to Leap 5 tells operators to write.
        (
            Leap5,
            "plugin = eosio::chain_api_plugin\nmax-transaction-time = 499\nread-only-read-window-time-us = 165000",
            "read-only-window",
        ),
        (Leap4, "contracts-console = TRUE", "bad-value"),
        (Leap4, "producer-name = EOSIO", "bad-value"),
        (Leap4, "enable-stale-production = FALSE", "stale-production"),
        (Leap4, "p2p-peer-address = a:1:trx", "peer-with-two-ports"),
        (Leap4, "p2p-peer-address = [::1]:1", "peer-with-two-ports"),
        (Leap4, "p2p-server-address = my-own-node:1", "pod-host-name"),
        (Leap4, "p2p-server-address = bp-1:1", "pod-host-name"),
    ] {
        assert!(
            !codes(text, version).contains(&code),
            "{text}: {}",
            lint(text, version)
        );
    }
}

#[test]
fn a_key_is_quoted_in_no_message() {
    let key = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    for text in [
        format!("{key}\n"),
        format!("{key} = 1\n"),
        format!("KEY:{key} = 1\n"),
        format!("private-key = [\"EOS1\",\"{key}\"]\n"),
        format!("private-key {key}\n"),
        format!("signature-provider = {key}\nsignature-provider\n"),
    ] {
        for version in NodeVersion::ALL {
            let told = lint(&text, version);
            assert!(!told.is_empty() && !told.contains("5KQwr"), "{told}");
        }
    }
}
