//! What is wrong with the plugins, and with what a file lacks.

use super::Lint;
use crate::lint::Severity;
use crate::node::combinations::Set;
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
        let set = Set {
            version: self.version,
            produces,
            file: self.file,
        };
        for refused in set.refused() {
            let line = self.file.of(refused.option).next().map(|entry| entry.line);
            self.add(
                line,
                (Severity::Error, refused.code),
                refused.message,
                refused.remedy,
            );
        }
    }
}
