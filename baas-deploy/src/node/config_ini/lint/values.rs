//! What is wrong with the value of an option.

use std::net::SocketAddr;

use super::{Lint, is_true};
use crate::lint::Severity;
use crate::node::config_ini::parse::ConfigEntry;
use crate::node::{Endpoint, NodeOption, NodeVersion};

/// Milliseconds that setting the system contract may need on a busy machine.
const ENOUGH_TRANSACTION_TIME: i64 = 100;

impl Lint<'_> {
    /// Says whether nodeos takes the value for what the option is.
    pub(super) fn kind(&mut self, entry: &ConfigEntry, option: &NodeOption) {
        let Some(problem) = option.kind.problem(&entry.value) else {
            return;
        };
        let (code, remedy) = match (entry.name.as_str(), entry.value.as_str()) {
            ("wasm-runtime", "eos-vm-oc") => (
                "wasm-runtime",
                "leave it out, and write `eos-vm-oc-enable = true`",
            ),
            ("wasm-runtime", _) => ("wasm-runtime", "write one of them, or leave it out"),
            _ => ("bad-value", "write another value, or leave it out"),
        };
        self.at(
            entry,
            (Severity::Error, code),
            format!("`{}`: {problem}", entry.name),
            remedy,
        );
    }

    pub(super) fn value(&mut self, entry: &ConfigEntry) {
        let value = entry.value.trim_matches('"');
        let number = value.parse::<i64>().ok();
        match entry.name.as_str() {
            "p2p-peer-address" => self.peer(entry, value),
            "p2p-server-address" => self.server(entry, value),
            "http-server-address" => self.http(entry, value),
            "http-category-address" => self.topic(entry, value),
            "enable-stale-production" if is_true(value) => {
                self.at(
                    entry,
                    (Severity::Warning, "stale-production"),
                    "a node that starts with an empty disk begins a chain of its own",
                    "leave it out; start the boot node once with `--enable-stale-production`",
                );
            }
            "max-transaction-time"
                if number.is_some_and(|time| (0..ENOUGH_TRANSACTION_TIME).contains(&time)) =>
            {
                self.at(
                    entry,
                    (Severity::Warning, "max-transaction-time"),
                    format!("{value} ms are too few to set the system contract on a busy machine"),
                    "write 200: the chain's own limit is the one that should count",
                );
            }
            "chain-state-db-size-mb" | "shared-memory-size-mb"
                if number.is_some_and(|size| size <= 1024) =>
            {
                self.at(
                    entry,
                    (Severity::Hint, "state-size"),
                    "nodeos ends with exit code 1 when the state is full",
                    "watch its size, and give it more in time",
                );
            }
            _ => {}
        }
    }

    fn peer(&mut self, entry: &ConfigEntry, value: &str) {
        if entry.above.contains("externally accessible host:port") {
            self.at(
                entry,
                (Severity::Hint, "addresses-shifted"),
                "the explanation above is that of `p2p-server-address`: this is the address of a peer",
                "exchange the two explanations",
            );
        }
        let bare = value
            .strip_suffix(":trx")
            .or_else(|| value.strip_suffix(":blk"));
        let bare = bare.unwrap_or(value);
        if bare.matches(':').count() > 1 && !bare.contains(['[', ',']) {
            self.at(
                entry,
                (Severity::Error, "peer-with-two-ports"),
                format!("`{value}` is not one host and one port"),
                "write `host:port`",
            );
        } else if bare.contains([',', ' ', ';']) {
            self.at(
                entry,
                (Severity::Error, "one-peer"),
                format!("`{value}` is a list, and this is the address of one peer"),
                "write a line for each",
            );
        } else if bare
            .rsplit_once(':')
            .is_none_or(|(_, port)| port.parse::<u16>().is_err())
        {
            self.at(
                entry,
                (Severity::Error, "peer-without-port"),
                format!("`{value}` has no port"),
                "write `host:port`",
            );
        } else {
            self.pod_name(entry, bare);
            if self.file.of("p2p-peer-address").nth(1).is_none() {
                self.at(
                    entry,
                    (Severity::Hint, "one-peer"),
                    "there is one peer: when it is away, this node is alone",
                    "write a line for each peer",
                );
            }
        }
    }

    fn server(&mut self, entry: &ConfigEntry, value: &str) {
        if entry.above.contains("public endpoint of a peer") {
            self.at(
                entry,
                (Severity::Hint, "addresses-shifted"),
                "the explanation above is that of `p2p-peer-address`: this is the node's own address",
                "exchange the two explanations",
            );
        }
        let has_port = value
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        if has_port {
            self.pod_name(entry, value);
        } else {
            let severity = if self.version >= NodeVersion::Spring1 {
                Severity::Error
            } else {
                Severity::Warning
            };
            self.at(
                entry,
                (severity, "server-address-without-port"),
                format!("`{value}` has no port, so that no peer can use it"),
                "write `host:port`",
            );
        }
    }

    /// A pod of a deployment is named after it, with two parts that change: `bp1-1-abcde`, `bp1-6d4cf56db6-abcde`.
    fn pod_name(&mut self, entry: &ConfigEntry, address: &str) {
        let host = address.split(':').next().unwrap_or_default();
        let parts: Vec<&str> = host.split('-').collect();
        let [.., revision, random] = parts.as_slice() else {
            return;
        };
        let is_random = random.len() == 5
            && random
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let is_revision = revision.bytes().any(|byte| byte.is_ascii_digit())
            && revision
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if parts.len() > 2 && is_random && is_revision {
            self.at(
                entry,
                (Severity::Warning, "pod-host-name"),
                format!("`{host}` looks like the name of a pod, which other pods cannot resolve and which changes"),
                "use the name of a Service",
            );
        }
    }

    /// Looks at where nodeos answers one topic of its RPC: `producer_rw,0.0.0.0:8889`, or the path of a socket.
    fn topic(&mut self, entry: &ConfigEntry, value: &str) {
        let Some((topic, address)) = value.split_once(',') else {
            self.at(
                entry,
                (Severity::Error, "bad-value"),
                format!(
                    "`{value}` is not a topic and an address such as `chain_ro,127.0.0.1:8888`"
                ),
                "write both, with a comma between them",
            );
            return;
        };
        let plugin = match topic {
            "producer_rw" => "eosio::producer_api_plugin",
            "test_control" => "eosio::test_control_api_plugin",
            _ => return,
        };
        if is_open(address) {
            self.open_to_all(entry, plugin);
        }
    }

    fn open_to_all(&mut self, entry: &ConfigEntry, plugin: &str) {
        self.at(
            entry,
            (Severity::Warning, "open-to-all"),
            format!(
                "whoever reaches this address can use `{plugin}`, and stop the node from producing"
            ),
            "listen on a loopback address, or leave the plugin out",
        );
    }

    fn http(&mut self, entry: &ConfigEntry, value: &str) {
        if !is_open(value) {
            return;
        }
        let validates = !self
            .file
            .values("http-validate-host")
            .any(|value| !is_true(value));
        let has_alias = self.file.of("http-alias").next().is_some();
        if validates && !has_alias && self.version.option("http-validate-host").is_ok() {
            self.at(
                entry,
                (Severity::Warning, "validate-host"),
                "nodeos answers 400 to whoever asks it by another name than this address, as through a Service, a Route or an Ingress",
                "write an `http-alias` for each name, or `http-validate-host = false` behind a proxy that looks at it",
            );
        }
        for plugin in [
            "eosio::producer_api_plugin",
            "eosio::test_control_api_plugin",
        ] {
            if self.file.plugins().any(|(_, listed)| listed == plugin) {
                self.open_to_all(entry, plugin);
            }
        }
    }
}

/// Says whether others than this machine reach an address to listen on.
fn is_open(address: &str) -> bool {
    let address = match address.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None => address.to_owned(),
    };
    address.parse::<SocketAddr>().map_or_else(
        |_| {
            address
                .parse::<Endpoint>()
                .is_ok_and(|at| at.host() != "localhost")
        },
        |at| !at.ip().is_loopback(),
    )
}
