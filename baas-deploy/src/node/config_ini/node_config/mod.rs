#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::net::SocketAddr;

use eos_abi::Name;
use eos_keys::PrivateKey;
use zeroize::Zeroizing;

use super::dawn;
use super::settings::Settings;
use crate::names::NodeName;
use crate::node::{Endpoint, NodeVersion, OptionPlace, OptionValues, plugin_rank};
use crate::spec::Role;

/// Milliseconds that a transaction may run. Above the 150 ms that the chain allows by default, so
/// that the chain's own limit is the one that counts, also on a busy machine.
pub(super) const MAX_TRANSACTION_TIME_MS: u32 = 200;

/// What goes into a node's `config.ini`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct NodeConfig<'a> {
    /// The nodeos that reads it.
    pub version: NodeVersion,
    /// The node's name, told to its peers.
    pub name: &'a NodeName,
    /// What it is for.
    pub role: Role,
    /// The account for which it produces, if its role is to.
    pub account: Option<Name>,
    /// That account's key, unless the file shall have none.
    pub key: Option<&'a PrivateKey>,
    /// Where it answers RPC.
    pub http: SocketAddr,
    /// Where it answers what only its own pod may ask, when strangers reach the address above: how it is steered. Versions that cannot
    /// answer topics apart, before Leap 5, have no `net_api_plugin` then.
    pub control: Option<SocketAddr>,
    /// Further names under which it is asked, beside its address.
    pub hosts: &'a [Endpoint],
    /// Where it meets its peers.
    pub p2p: SocketAddr,
    /// What it tells its peers about where to find it; unless given, the address above.
    pub advertised: Option<&'a Endpoint>,
    /// Its peers.
    pub peers: &'a [Endpoint],
    /// Plugins beyond those of its role.
    pub plugins: &'a [String],
    /// Further options, and other values for ours.
    pub options: &'a BTreeMap<String, OptionValues>,
}

/// The text of a `config.ini`, or the part of one that is secret. It holds a private key: `Debug` is redacted, and it is erased on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigIni(Zeroizing<String>);

impl<'a> NodeConfig<'a> {
    /// Returns the configuration of a node without an account and without peers.
    pub fn new(
        version: NodeVersion,
        name: &'a NodeName,
        role: Role,
        (http, p2p): (SocketAddr, SocketAddr),
    ) -> Self {
        static NONE: BTreeMap<String, OptionValues> = BTreeMap::new();
        Self {
            version,
            name,
            role,
            account: None,
            key: None,
            http,
            control: None,
            hosts: &[],
            p2p,
            advertised: None,
            peers: &[],
            plugins: &[],
            options: &NONE,
        }
    }

    /// Returns it producing for an account.
    #[must_use]
    pub fn producing(mut self, account: Name, key: &'a PrivateKey) -> Self {
        self.account = Some(account);
        self.key = Some(key);
        self
    }

    /// Returns the text of the whole file.
    ///
    /// It has only options that its version knows: what else stands in [`options`](Self::options) and [`plugins`](Self::plugins) is left
    /// out. A spec that was checked has none such.
    pub fn to_ini(&self) -> ConfigIni {
        let secret = self.secret_ini();
        let secret = secret.as_ref().map_or("", ConfigIni::expose_text);
        ConfigIni(self.settings().to_ini(secret))
    }

    /// Returns the lines that hold no secret.
    ///
    /// The order of the plugins matters: `producer_plugin` before `chain_plugin` crashes nodeos at its
    /// start. The API of the producer plugin, with which anyone could stop the node from producing, is
    /// there for the boot node only, and only on a loopback address.
    pub fn public_ini(&self) -> String {
        self.settings().to_ini("").to_string()
    }

    /// Returns the line that holds the private key; `None` when there is no key. Its place in the file does not matter to nodeos.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it does not: writing to a String cannot fail"
    )]
    pub fn secret_ini(&self) -> Option<ConfigIni> {
        let key = self.key?;
        let (public, secret) = (key.public_key(), key.expose_text());
        let secret = secret.expose();
        let mut ini = Zeroizing::new(String::with_capacity(256));
        match self.version {
            NodeVersion::Dawn4_1 => writeln!(ini, "private-key = [\"{public}\",\"{secret}\"]"),
            _ => writeln!(ini, "signature-provider = {public}=KEY:{secret}"),
        }
        .expect("writing to a String cannot fail");
        Some(ConfigIni(ini))
    }

    /// Returns what nodeos must be told on its command line at each start for what stands in the file.
    ///
    /// ```
    /// use baas_deploy::NodeName;
    /// use baas_deploy::node::{NodeConfig, NodeVersion};
    /// use baas_deploy::spec::Role;
    ///
    /// let name: NodeName = "history".parse()?;
    /// let plugins = ["eosio::state_history_plugin".to_owned()];
    /// let addresses = ("127.0.0.1:8888".parse()?, "127.0.0.1:9876".parse()?);
    /// let mut config = NodeConfig::new(NodeVersion::Leap4, &name, Role::Api, addresses);
    /// config.plugins = &plugins;
    /// assert_eq!(config.start_arguments(), ["--disable-replay-opts"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_arguments(&self) -> &'static [&'static str] {
        // The plugin wants to see what these leave out, and refuses to start with them. Since Leap 5 it sees to that itself.
        let option = self.version.option("disable-replay-opts");
        let has_option = option.is_ok_and(|option| option.place == OptionPlace::CommandLine);
        if has_option && self.has_plugin("eosio::state_history_plugin") {
            &["--disable-replay-opts"]
        } else {
            &[]
        }
    }

    /// Returns what it tells its peers about where to find it.
    pub(super) fn advertised(&self) -> Endpoint {
        self.advertised.cloned().unwrap_or_else(|| self.p2p.into())
    }

    /// Returns how many connections it accepts. By default only one node is accepted from one address, and 25 in all. Each may connect
    /// to each.
    pub(super) fn connections(&self) -> usize {
        25.max(2 * self.peers.len())
    }

    /// Returns those of the plugins that the version has, and those that were asked for, in the order in which they may be listed.
    pub(super) fn with_plugins<'p>(&'p self, ours: &[&'p str]) -> Vec<&'p str> {
        let asked = self.plugins.iter().map(String::as_str);
        let mut all: Vec<&str> = Vec::new();
        for plugin in ours.iter().copied().chain(asked) {
            let is_known = self.version.plugin(plugin).is_ok();
            if is_known && !all.contains(&plugin) {
                all.push(plugin);
            }
        }
        all.sort_by_key(|plugin| plugin_rank(plugin));
        all
    }

    /// Says whether the node tells who its peers are: where strangers would be told, and could have it connect to others, it does not.
    pub(crate) fn has_net_api(&self) -> bool {
        let is_asked = || {
            self.plugins
                .iter()
                .any(|plugin| plugin == "eosio::net_api_plugin")
        };
        self.control.is_none() || self.version.answers_topics_apart() || is_asked()
    }

    /// Returns what is answered where, as `topic,address`; nothing where everything is answered on one address. nodeos refuses a topic
    /// whose plugin is not [listed](https://github.com/AntelopeIO/spring/blob/v1.0.0/plugins/http_plugin/http_plugin.cpp).
    fn topics(&self, plugins: &[&str]) -> Vec<String> {
        let Some(control) = self.control.filter(|_| self.version.answers_topics_apart()) else {
            return Vec::new();
        };
        let rows = [
            (
                "eosio::chain_api_plugin",
                self.http,
                &["chain_ro", "chain_rw"][..],
            ),
            ("eosio::trace_api_plugin", self.http, &["trace_api"]),
            ("eosio::db_size_api_plugin", self.http, &["db_size"]),
            ("eosio::prometheus_plugin", self.http, &["prometheus"]),
            ("eosio::net_api_plugin", control, &["net_ro", "net_rw"]),
            (
                "eosio::producer_api_plugin",
                control,
                &["producer_ro", "producer_rw", "snapshot"],
            ),
            ("eosio::test_control_plugin", control, &["test_control"]),
        ];
        rows.into_iter()
            .filter(|(plugin, ..)| plugins.contains(plugin))
            .flat_map(|(_, address, topics)| {
                topics.iter().map(move |topic| format!("{topic},{address}"))
            })
            .collect()
    }

    fn settings(&self) -> Settings {
        let mut settings = match self.version {
            NodeVersion::Dawn4_1 => dawn::settings(self),
            _ => self.settings_since_eosio_1(),
        };
        for (name, values) in self.options {
            settings.replace(name, values.values());
        }
        settings
    }

    fn settings_since_eosio_1(&self) -> Settings {
        let mut settings = Settings::new(self.version);
        let mut ours = vec![
            "eosio::http_plugin",
            "eosio::chain_plugin",
            "eosio::chain_api_plugin",
            "eosio::net_plugin",
            "eosio::producer_plugin",
        ];
        if self.has_net_api() {
            ours.push("eosio::net_api_plugin");
        }
        if self.role == Role::Boot && self.http.ip().is_loopback() {
            ours.push("eosio::producer_api_plugin");
        }
        let plugins = self.with_plugins(&ours);
        let topics = self.topics(&plugins);
        settings.add("plugin", plugins);

        settings.add("agent-name", [self.name]);
        if topics.is_empty() {
            settings.add("http-server-address", [self.http]);
        } else {
            settings.add("http-server-address", ["http-category-address"]);
            settings.add("http-category-address", topics);
        }
        // The server's address is a valid Host header anyway, other names of it are not.
        let localhost = format!("localhost:{}", self.http.port());
        let localhost = self.http.ip().is_loopback().then_some(localhost);
        let hosts = self.hosts.iter().map(ToString::to_string);
        settings.add("http-alias", localhost.into_iter().chain(hosts));
        settings.add("p2p-listen-endpoint", [self.p2p]);
        settings.add("p2p-server-address", [self.advertised()]);
        settings.add("p2p-peer-address", self.peers);
        settings.add("p2p-max-nodes-per-host", [self.connections()]);
        settings.add("max-clients", [self.connections()]);

        settings.add("producer-name", self.account);
        settings.add("max-transaction-time", [MAX_TRANSACTION_TIME_MS]);
        // Leap 4 refuses to start, unless it produces, if this is not more than the above and 10 ms. Spring 1.1.3 takes no more than 200 ms.
        let window = if self.version < NodeVersion::Leap5 {
            (self.max_transaction_time().saturating_add(20)).saturating_mul(1000)
        } else {
            200_000
        };
        settings.add("read-only-read-window-time-us", [window]);
        // The default of 15 ms is exceeded by a large ABI or table on a busy machine. Before Leap it is 15 s.
        if self.version >= NodeVersion::Leap3 {
            settings.add("abi-serializer-max-time-ms", [1000]);
        }
        settings.add("http-max-response-time-ms", [200]);
        settings.add("contracts-console", [true]);
        settings.add("chain-state-db-size-mb", [1024]);
        // By default a node ends itself when 90 % of the disk are used, however much that leaves.
        settings.add(
            "resource-monitor-not-shutdown-on-threshold-exceeded",
            [true],
        );
        // Without either the plugin refuses to start.
        let has_abis = ["trace-rpc-abi", "trace-no-abis"]
            .iter()
            .any(|option| self.options.contains_key(*option));
        if !has_abis && self.has_plugin("eosio::trace_api_plugin") {
            settings.add("trace-no-abis", [true]);
        }
        settings.add_secret();
        settings
    }

    /// Returns the milliseconds that a transaction may run, or those of ours when that is more.
    fn max_transaction_time(&self) -> u64 {
        let asked = self.options.get("max-transaction-time");
        asked
            .and_then(|values| values.values().first()?.parse::<u64>().ok())
            .unwrap_or_default()
            .max(u64::from(MAX_TRANSACTION_TIME_MS))
    }

    fn has_plugin(&self, name: &str) -> bool {
        self.plugins.iter().any(|plugin| plugin == name) && self.version.plugin(name).is_ok()
    }
}

impl ConfigIni {
    /// Reveals the text, which holds a private key.
    pub fn expose_text(&self) -> &str {
        &self.0
    }

    /// Returns the first value of an option in the text of a `config.ini`.
    pub(crate) fn find<'a>(text: &'a str, option: &str) -> Option<&'a str> {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name.trim() == option).then(|| value.trim())
        })
    }
}

impl fmt::Debug for ConfigIni {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfigIni(<redacted>)")
    }
}
