//! Options that nodeos refuses beside each other, or on a node that produces. Each rule is what a nodeos did: that of Leap 4.1 with all of them,
//! those of other versions as far as their sources say the same.

use super::config_ini::{ConfigFile, NodeConfig, parse_config_ini};
use super::versions::NodeVersion;
use crate::reader::Problems;

/// What a file sets of a node.
pub(super) struct Set<'a> {
    pub(super) version: NodeVersion,
    pub(super) produces: bool,
    pub(super) file: &'a ConfigFile,
}

/// What nodeos does not start with.
#[derive(Debug)]
pub(super) struct Combination {
    pub(super) code: &'static str,
    /// The option that is best changed.
    pub(super) option: &'static str,
    pub(super) message: String,
    pub(super) remedy: &'static str,
}

/// How long the name may be that a node tells its peers.
const AGENT_NAME_LIMIT: usize = 384;
/// Microseconds by which a window for reading is longer than a transaction may run.
const WINDOW_MARGIN_US: i64 = 10_000;

/// Reports what nodeos refuses of the file that is written for a node.
pub(crate) fn check_combinations(config: &NodeConfig<'_>, problems: &mut Problems<'_>) {
    let file = parse_config_ini(&config.public_ini());
    let set = Set {
        version: config.version,
        produces: config.role.produces(),
        file: &file,
    };
    for combination in set.refused() {
        let mut problems = problems.field("options");
        problems
            .field(combination.option)
            .report(format!("{}; {}", combination.message, combination.remedy));
    }
}

impl<'a> Set<'a> {
    /// Returns what nodeos refuses of it.
    pub(super) fn refused(&self) -> Vec<Combination> {
        let mut found = Vec::new();
        if self.produces {
            found.extend(self.of_a_producer());
        } else {
            found.extend(self.window());
        }
        found.extend(self.retries());
        found.extend(self.deep_mind());
        found.extend(self.of_plugins());
        found.extend(self.of_peers());
        found.extend(self.topics());
        found.extend(self.state_size());
        found
    }

    fn of_a_producer(&self) -> Vec<Combination> {
        let mut found = Vec::new();
        let mut refuse = |option, message: String, remedy| {
            found.push(Combination {
                code: "refused-on-producers",
                option,
                message,
                remedy,
            });
        };
        if let Some(mode) = self.value("read-mode") {
            let takes = if self.version < NodeVersion::Leap4 {
                mode == "speculative"
            } else {
                mode != "irreversible"
            };
            if !takes {
                let message = format!("a node that produces refuses to start with `{mode}`");
                refuse("read-mode", message, "leave it out");
            }
        }
        if self.value("validation-mode") == Some("light") {
            let message = "a node that produces refuses to start with `light`".to_owned();
            refuse("validation-mode", message, "leave it out");
        }
        if self.is_off("api-accept-transactions") && self.is_off("p2p-accept-transactions") {
            refuse(
                "p2p-accept-transactions",
                "a node that produces refuses to start when it accepts transactions neither from its API nor from its peers".to_owned(),
                "leave one of the two out",
            );
        }
        if self
            .number("read-only-threads")
            .is_some_and(|number| number > 0)
        {
            refuse(
                "read-only-threads",
                "a node that produces refuses to start with threads for reading".to_owned(),
                "leave it out, and ask nodes that do not produce",
            );
        }
        if self
            .value("transaction-retry-max-storage-size-gb")
            .is_some()
        {
            refuse(
                "transaction-retry-max-storage-size-gb",
                "a node that produces refuses to start with retries of transactions".to_owned(),
                "leave it out, and set it on nodes that do not produce",
            );
        }
        found
    }

    /// Threads that read do so in windows of time, in which each transaction must be able to end. Since Leap 5 those that only read are stopped
    /// in time instead ([1655](https://github.com/AntelopeIO/leap/pull/1655)), and a window must only be longer than its margin.
    fn window(&self) -> Option<Combination> {
        let option = "read-only-read-window-time-us";
        let is_used = match self.number("read-only-threads") {
            Some(number) => number > 0,
            None => self.has_plugin("eosio::chain_api_plugin"),
        };
        if self.version.option(option).is_err() || !is_used {
            return None;
        }
        let (time, than) = if self.version < NodeVersion::Leap5 {
            let time = self.number("max-transaction-time").unwrap_or(30).max(0);
            (time, "`max-transaction-time` and 10 ms")
        } else {
            (0, "10 ms")
        };
        let window = self.number(option).unwrap_or(60_000);
        (time.saturating_mul(1000).saturating_add(WINDOW_MARGIN_US) >= window).then(|| Combination {
            code: "read-only-window",
            option,
            message: format!(
                "a node that does not produce refuses to start unless `read-only-read-window-time-us` is more than {than}"
            ),
            remedy: "write a larger `read-only-read-window-time-us`",
        })
    }

    fn retries(&self) -> Option<Combination> {
        // With 0 there are none.
        self.number("transaction-retry-max-storage-size-gb")
            .filter(|size| *size > 0)?;
        let option = "transaction-retry-interval-sec";
        let interval = self.number(option).unwrap_or(20);
        let longest = self
            .number("transaction-retry-max-expiration-sec")
            .unwrap_or(120);
        (interval >= longest).then(|| Combination {
            code: "retry-interval",
            option,
            message: format!(
                "nodeos refuses to start when a transaction is tried again after {interval} s and given up after {longest} s"
            ),
            remedy: "write fewer seconds, or more for `transaction-retry-max-expiration-sec`",
        })
    }

    fn deep_mind(&self) -> Option<Combination> {
        let accepts = ["api-accept-transactions", "p2p-accept-transactions"]
            .iter()
            .any(|option| !self.is_off(option));
        (self.is_on("deep-mind") && accepts).then(|| Combination {
            code: "deep-mind",
            option: "deep-mind",
            message: "nodeos refuses to start with it when it accepts transactions".to_owned(),
            remedy: "set `api-accept-transactions` and `p2p-accept-transactions` to `false`, on a node that does not produce",
        })
    }

    fn of_plugins(&self) -> Vec<Combination> {
        let mut found = Vec::new();
        let parts = [
            "state-history-stride",
            "max-retained-history-files",
            "state-history-retained-dir",
            "state-history-archive-dir",
        ];
        let part = parts
            .into_iter()
            .find(|option| self.value(option).is_some());
        if let (true, Some(part), Some(_)) = (
            self.has_plugin("eosio::state_history_plugin"),
            part,
            self.value("state-history-log-retain-blocks"),
        ) {
            found.push(Combination {
                code: "history-cut-twice",
                option: "state-history-log-retain-blocks",
                message: format!(
                    "nodeos refuses to cut its history off and to divide it (`{part}`) at once"
                ),
                remedy: "leave one of the two out",
            });
        }
        if self.has_plugin("eosio::trace_api_plugin")
            && self.is_on("trace-no-abis")
            && self.value("trace-rpc-abi").is_some()
        {
            found.push(Combination {
                code: "trace-abis",
                option: "trace-no-abis",
                message: "nodeos refuses to start with `trace-rpc-abi` beside it".to_owned(),
                remedy: "leave one of the two out",
            });
        }
        found
    }

    fn of_peers(&self) -> Vec<Combination> {
        let mut found = Vec::new();
        let mut allowed = self.file.values("allowed-connection");
        if allowed.any(|value| value == "specified") && self.value("peer-key").is_none() {
            found.push(Combination {
                code: "peers-without-keys",
                option: "allowed-connection",
                message: "nodeos refuses `specified` without a `peer-key`".to_owned(),
                remedy: "write a `peer-key` for each peer",
            });
        }
        let name = self.value("agent-name").map_or(0, str::len);
        if name > AGENT_NAME_LIMIT {
            found.push(Combination {
                code: "agent-name",
                option: "agent-name",
                message: format!(
                    "the name has {name} bytes, of which nodeos takes {AGENT_NAME_LIMIT}"
                ),
                remedy: "write a shorter one",
            });
        }
        found
    }

    fn topics(&self) -> Option<Combination> {
        let option = "http-category-address";
        let (server, socket) = ("http-server-address", "unix-socket-path");
        self.value(option)?;
        (self.value(server) != Some(option) || self.value(socket).is_some()).then(|| Combination {
            code: "topics-apart",
            option,
            message: format!(
                "nodeos refuses it unless `{server} = {option}` is there and `{socket}` is not"
            ),
            remedy: "write the one, and leave the other out",
        })
    }

    /// Before each block nodeos looks whether as much of the state is free as shall always be; the state is never larger than its size.
    fn state_size(&self) -> Option<Combination> {
        let (option, guard) = ("chain-state-db-size-mb", "chain-state-db-guard-size-mb");
        self.version.option(guard).ok()?;
        let size = self.number(option).unwrap_or(1024);
        let free = self.number(guard).unwrap_or(128);
        (size <= free).then(|| Combination {
            code: "state-without-room",
            option,
            message: format!(
                "of its {size} MiB always {free} MiB must be free (`{guard}`), so that nodeos ends at its first block"
            ),
            remedy: "write a larger one",
        })
    }

    fn value(&self, option: &'static str) -> Option<&'a str> {
        self.file
            .values(option)
            .next()
            .filter(|value| !value.is_empty())
    }

    fn has_plugin(&self, name: &str) -> bool {
        self.file.plugins().any(|(_, plugin)| plugin == name)
    }

    fn number(&self, option: &'static str) -> Option<i64> {
        self.value(option)?.parse().ok()
    }

    fn is_off(&self, option: &'static str) -> bool {
        self.is(option, &["false", "0", "no", "off"])
    }

    fn is_on(&self, option: &'static str) -> bool {
        self.is(option, &["true", "1", "yes", "on"])
    }

    fn is(&self, option: &'static str, words: &[&str]) -> bool {
        self.value(option)
            .is_some_and(|value| words.contains(&value.to_ascii_lowercase().as_str()))
    }
}
