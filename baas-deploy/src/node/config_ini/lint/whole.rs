//! What is wrong with the plugins, and with what a file lacks.

use super::Lint;
use crate::lint::Severity;
use crate::node::{NodeVersion, NotInVersion, plugin_rank};

impl Lint<'_> {
    pub(super) fn plugins(&mut self) {
        let file = self.file;
        let mut highest: Option<&str> = None;
        for (entry, plugin) in file.plugins() {
            if let Err(why) = self.version.plugin(plugin) {
                let code = match why {
                    NotInVersion::Unknown { .. } => "unknown-plugin",
                    NotInVersion::NotYet { .. } => "later-plugin",
                    NotInVersion::Gone { .. } => "gone-plugin",
                };
                self.at(entry, (Severity::Error, code), why.to_string(), "");
            }
            if ["eosio::wallet_plugin", "eosio::wallet_api_plugin"].contains(&plugin) {
                self.at(
                    entry,
                    (Severity::Warning, "wallet-in-node"),
                    "whoever reaches the node's RPC can sign with the wallet inside of it",
                    "run keosd beside cleos",
                );
            }
            // Only an API that comes before what it is an API of, and a producer before its chain, do harm.
            if let Some(before) = highest
                && plugin_rank(plugin) < plugin_rank(before)
                && ["eosio::chain_plugin", "eosio::chain_api_plugin"].contains(&plugin)
                && before == "eosio::producer_plugin"
            {
                // So it does with Leap 4.1; the tutorial's node is said to have run.
                let (severity, does) = if self.version >= NodeVersion::Leap3 {
                    (Severity::Error, "crashes")
                } else {
                    (Severity::Warning, "may crash")
                };
                let message =
                    format!("nodeos {does} at its start when `{before}` comes before `{plugin}`");
                self.at(
                    entry,
                    (severity, "plugin-order"),
                    message,
                    "list `eosio::chain_plugin` and `eosio::chain_api_plugin` first",
                );
            }
            if highest.is_none_or(|before| plugin_rank(before) < plugin_rank(plugin)) {
                highest = Some(plugin);
            }
        }
    }

    pub(super) fn whole(&mut self) {
        let has = |name: &str| self.file.of(name).any(|entry| !entry.value.is_empty());
        let has_plugin = |name: &str| self.file.plugins().any(|(_, plugin)| plugin == name);
        let number = |name: &str| {
            self.file
                .values(name)
                .next()
                .and_then(|value| value.parse::<i64>().ok())
        };
        let knows = |name: &str| self.version.option(name).is_ok();
        let produces = has("producer-name");
        let key = ["signature-provider", "private-key"].map(|name| knows(name) && has(name));
        let mut found = Vec::new();
        if produces && !key.contains(&true) {
            found.push((
                Severity::Warning,
                "no-key",
                "a producer without a key signs with the one that is printed in the documents of nodeos",
                if knows("signature-provider") {
                    "write `signature-provider = PUBLIC=KEY:PRIVATE`"
                } else {
                    "write `private-key = [\"PUBLIC\",\"PRIVATE\"]`"
                },
            ));
        }
        if has_plugin("eosio::trace_api_plugin") && !has("trace-no-abis") && !has("trace-rpc-abi") {
            found.push((
                Severity::Error,
                "trace-without-abis",
                "`eosio::trace_api_plugin` refuses to start without ABIs",
                "write `trace-no-abis = true`, or a `trace-rpc-abi` for each contract",
            ));
        }
        if knows("read-only-read-window-time-us")
            && !produces
            && has_plugin("eosio::chain_api_plugin")
        {
            let default = if self.version >= NodeVersion::Spring1 {
                0
            } else {
                30
            };
            let time = number("max-transaction-time").unwrap_or(default);
            let window = number("read-only-read-window-time-us").unwrap_or(60_000);
            if self.version < NodeVersion::Spring1
                && time.saturating_mul(1000).saturating_add(10_000) >= window
            {
                found.push((
                    Severity::Error,
                    "read-only-window",
                    "a node that does not produce refuses to start unless `read-only-read-window-time-us` is more than \
                     `max-transaction-time` and 10 ms",
                    "write a larger `read-only-read-window-time-us`",
                ));
            }
        }
        if has("p2p-peer-address")
            && knows("p2p-max-nodes-per-host")
            && !has("p2p-max-nodes-per-host")
        {
            found.push((
                Severity::Hint,
                "nodes-per-host",
                "only one peer is accepted from one address: several nodes on one machine or behind one address refuse each other",
                "write `p2p-max-nodes-per-host`",
            ));
        }
        for (severity, code, message, remedy) in found {
            self.add(None, (severity, code), message, remedy);
        }
    }
}
