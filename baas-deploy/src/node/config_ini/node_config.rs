use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::net::SocketAddr;

use eos_abi::Name;
use eos_keys::PrivateKey;
use zeroize::Zeroizing;

use super::dawn;
use super::settings::Settings;
use crate::names::NodeName;
use crate::node::{Endpoint, NodeVersion, OptionValues, plugin_rank};
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
            "eosio::net_api_plugin",
            "eosio::producer_plugin",
        ];
        if self.role == Role::Boot && self.http.ip().is_loopback() {
            ours.push("eosio::producer_api_plugin");
        }
        settings.add("plugin", self.with_plugins(&ours));

        settings.add("agent-name", [self.name]);
        settings.add("http-server-address", [self.http]);
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
        // A node that does not produce refuses to start unless this is more than the above and 10 ms.
        settings.add(
            "read-only-read-window-time-us",
            [(MAX_TRANSACTION_TIME_MS + 20) * 1000],
        );
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
        settings.add_secret();
        settings
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Severity;
    use crate::node::{MENDS, OptionPlace, lint_config_ini, parse_config_ini};

    const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

    /// Returns the text without the private key.
    fn ini(
        role: Role,
        http: [u8; 4],
        peers: &[SocketAddr],
        plugins: &[String],
        options: &BTreeMap<String, OptionValues>,
    ) -> String {
        let (name, account) = match role {
            Role::Boot => ("boot", "eosio"),
            _ => ("bp1", "bp1"),
        };
        let name = name.parse().unwrap();
        let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
        let addresses = ((http, 20000).into(), (LOOPBACK, 20001).into());
        let peers: Vec<Endpoint> = peers.iter().map(|peer| (*peer).into()).collect();
        let config = NodeConfig {
            peers: &peers,
            plugins,
            options,
            ..NodeConfig::new(NodeVersion::Leap4, &name, role, addresses)
                .producing(account.parse().unwrap(), &key)
        };
        let ini = config.to_ini();
        assert_eq!(format!("{ini:?}"), "ConfigIni(<redacted>)");
        ini.expose_text()
            .replace(key.expose_text().expose(), "<the private key>")
    }

    #[test]
    fn the_boot_node() {
        let peers = [20003, 20005].map(|port| (LOOPBACK, port).into());
        insta::assert_snapshot!(ini(Role::Boot, LOOPBACK, &peers, &[], &BTreeMap::new()));
    }

    #[test]
    fn a_producer_with_settings_of_its_own() {
        let plugins = [
            "eosio::trace_api_plugin".to_owned(),
            "eosio::http_plugin".to_owned(),
        ];
        let options = BTreeMap::from([
            ("trace-no-abis".to_owned(), OptionValues::one("true")),
            ("max-transaction-time".to_owned(), OptionValues::one("150")),
            (
                "actor-blacklist".to_owned(),
                OptionValues::several(["a", "b"]),
            ),
        ]);
        let peers = [(LOOPBACK, 20003).into()];
        insta::assert_snapshot!(ini(Role::Producer, LOOPBACK, &peers, &plugins, &options));
    }

    #[test]
    fn outside_of_loopback_nobody_gets_the_producer_api() {
        let text = ini(Role::Boot, [0; 4], &[], &[], &BTreeMap::new());
        assert!(!text.contains("producer_api_plugin"), "{text}");
        assert!(!text.contains("http-alias"), "{text}");
    }

    #[test]
    fn dawn_has_the_tutorials_options_in_its_order_and_each_mend_is_of_one() {
        let printed = include_str!("../../../tests/vectors/tutorial/config-as-printed.ini");
        let printed = printed.replace('\u{a0}', " ");
        let tutorial = parse_config_ini(&printed);
        let mut wanted: Vec<&str> = tutorial.entries.iter().map(|e| e.name.as_str()).collect();
        wanted.dedup();
        let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
        let name = "bp1".parse().unwrap();
        let peers = [
            "boot.first:9876".parse().unwrap(),
            "bp2.first:9876".parse().unwrap(),
        ];
        let advertised = "bp1.first:9876".parse().unwrap();
        let addresses = (([0; 4], 8888).into(), ([0; 4], 9876).into());
        let config = NodeConfig {
            peers: &peers,
            advertised: Some(&advertised),
            ..NodeConfig::new(NodeVersion::Dawn4_1, &name, Role::Producer, addresses)
                .producing("bp.one".parse().unwrap(), &key)
        };
        let ini = config.to_ini();
        // Also those that are comments, for they have no value.
        let all = ini.expose_text().replace("# ", "");
        let ours = parse_config_ini(&all);
        let mut names: Vec<&str> = ours.entries.iter().map(|e| e.name.as_str()).collect();
        names.dedup();
        assert_eq!(names, wanted);
        for mend in MENDS {
            assert!(
                mend.option.is_none_or(|option| wanted.contains(&option)),
                "{mend:?}"
            );
        }
        let text = ini
            .expose_text()
            .replace(key.expose_text().expose(), "<the private key>");
        insta::assert_snapshot!(text);
        assert_eq!(
            config.public_ini().lines().count() + 1,
            text.lines().count()
        );
        assert!(!config.public_ini().contains("private-key = "));
        // Of what was mended nothing is found again.
        let found: Vec<&str> = lint_config_ini(ini.expose_text(), NodeVersion::Dawn4_1)
            .iter()
            .map(|finding| finding.code)
            .collect();
        assert_eq!(found, ["state-size", "secret-in-config"]);
    }

    #[test]
    fn no_version_gets_an_option_or_a_plugin_that_it_does_not_know() {
        let options = BTreeMap::from([
            ("no-such-option".to_owned(), OptionValues::one("1")),
            ("genesis-json".to_owned(), OptionValues::one("other.json")),
            ("max-clients".to_owned(), OptionValues::one("7")),
        ]);
        let plugins = ["eosio::trace_api_plugin", "eosio::none_plugin"].map(ToOwned::to_owned);
        let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
        let name = "node".parse().unwrap();
        for version in NodeVersion::ALL {
            for role in [Role::Boot, Role::Producer, Role::Api, Role::Seed] {
                let addresses = ((LOOPBACK, 1).into(), (LOOPBACK, 2).into());
                let mut config = NodeConfig {
                    options: &options,
                    plugins: &plugins,
                    ..NodeConfig::new(version, &name, role, addresses)
                };
                if role.produces() {
                    config = config.producing("eosio".parse().unwrap(), &key);
                }
                let ini = config.to_ini();
                let file = parse_config_ini(ini.expose_text());
                assert_eq!(file.invalid, []);
                assert_eq!(file.values("max-clients").collect::<Vec<_>>(), ["7"]);
                for entry in &file.entries {
                    let option = version.option(&entry.name).unwrap();
                    assert_eq!(option.place, OptionPlace::File, "{version}: {}", entry.name);
                }
                file.values("plugin")
                    .for_each(|plugin| version.plugin(plugin).unwrap());
                let worst = lint_config_ini(ini.expose_text(), version)
                    .into_iter()
                    // The plugin that was asked for wants an option more.
                    .filter(|finding| finding.code != "trace-without-abis")
                    .max_by_key(|finding| finding.severity);
                assert!(
                    worst
                        .as_ref()
                        .is_none_or(|finding| finding.severity == Severity::Hint),
                    "{version} {role:?}: {worst:?}"
                );
            }
        }
    }

    #[test]
    fn the_files_of_all_versions() {
        let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
        let name = "bp1".parse().unwrap();
        let addresses = (([0; 4], 8888).into(), ([0; 4], 9876).into());
        let hosts = ["chain.example.org:80".parse().unwrap()];
        let mut all = String::new();
        for version in &NodeVersion::ALL[1..] {
            let config = NodeConfig {
                hosts: &hosts,
                ..NodeConfig::new(*version, &name, Role::Producer, addresses)
                    .producing("bp1".parse().unwrap(), &key)
            };
            write!(all, "## {version}\n{}", config.public_ini()).unwrap();
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn values_are_found_again() {
        let text = ini(Role::Boot, LOOPBACK, &[], &[], &BTreeMap::new());
        assert_eq!(
            ConfigIni::find(&text, "http-server-address"),
            Some("127.0.0.1:20000")
        );
        assert_eq!(
            ConfigIni::find(&text, "p2p-listen-endpoint"),
            Some("127.0.0.1:20001")
        );
        assert_eq!(ConfigIni::find(&text, "p2p-listen"), None);
    }
}
