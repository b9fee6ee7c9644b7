use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::net::SocketAddr;

use eos_abi::Name;
use eos_keys::PrivateKey;
use zeroize::Zeroizing;

use super::endpoint::Endpoint;
use super::options::OptionValues;
use super::version::NodeVersion;
use crate::names::NodeName;
use crate::spec::Role;

/// Milliseconds that a transaction may run. Above the 150 ms that the chain allows by default, so
/// that the chain's own limit is the one that counts, also on a busy machine.
const MAX_TRANSACTION_TIME_MS: u32 = 200;

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

    /// Returns the text of the whole file: the public part, and then the secret one.
    pub fn to_ini(&self) -> ConfigIni {
        let public = self.public_ini();
        let secret = self.secret_ini();
        let secret = secret.as_ref().map_or("", ConfigIni::expose_text);
        // Growing would leave a copy of the key behind: the room is taken before the key is written.
        let mut ini = Zeroizing::new(String::with_capacity(public.len() + secret.len()));
        ini.push_str(&public);
        ini.push_str(secret);
        ConfigIni(ini)
    }

    /// Returns the lines that hold no secret.
    ///
    /// The order of the plugins matters: `producer_plugin` before `chain_plugin` crashes nodeos at its
    /// start. The API of the producer plugin, with which anyone could stop the node from producing, is
    /// there for the boot node only, and only on a loopback address.
    pub fn public_ini(&self) -> String {
        self.settings().to_ini()
    }

    /// Returns the lines that hold the private key; `None` when there is no key.
    pub fn secret_ini(&self) -> Option<ConfigIni> {
        let key = self.key?;
        let (public, secret) = (key.public_key(), key.expose_text());
        let mut ini = Zeroizing::new(String::with_capacity(256));
        writeln!(ini, "signature-provider = {public}=KEY:{}", secret.expose())
            .expect("writing to a String cannot fail");
        Some(ConfigIni(ini))
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings(Vec::new());
        let mut plugins = vec![
            "eosio::http_plugin",
            "eosio::chain_plugin",
            "eosio::chain_api_plugin",
            "eosio::net_plugin",
            "eosio::net_api_plugin",
            "eosio::producer_plugin",
        ];
        if self.role == Role::Boot && self.http.ip().is_loopback() {
            plugins.push("eosio::producer_api_plugin");
        }
        for plugin in self.plugins {
            if !plugins.contains(&plugin.as_str()) {
                plugins.push(plugin);
            }
        }
        settings.add("plugin", plugins);

        settings.add("agent-name", [self.name]);
        settings.add("http-server-address", [self.http]);
        // The server's address is a valid Host header anyway, this name of it is not.
        if self.http.ip().is_loopback() {
            settings.add("http-alias", [format!("localhost:{}", self.http.port())]);
        }
        settings.add("http-alias", self.hosts);
        settings.add("p2p-listen-endpoint", [self.p2p]);
        match self.advertised {
            Some(address) => settings.add("p2p-server-address", [address]),
            None => settings.add("p2p-server-address", [self.p2p]),
        }
        settings.add("p2p-peer-address", self.peers);
        // By default only one node is accepted from one address, and 25 in all. Each may connect to each.
        let connections = 25.max(2 * self.peers.len());
        settings.add("p2p-max-nodes-per-host", [connections]);
        settings.add("max-clients", [connections]);

        settings.add("producer-name", self.account);
        settings.add("max-transaction-time", [MAX_TRANSACTION_TIME_MS]);
        // A node that does not produce refuses to start unless this is more than the above and 10 ms.
        settings.add(
            "read-only-read-window-time-us",
            [(MAX_TRANSACTION_TIME_MS + 20) * 1000],
        );
        // The default of 15 ms is exceeded by a large ABI or table on a busy machine.
        settings.add("abi-serializer-max-time-ms", [1000]);
        settings.add("http-max-response-time-ms", [200]);
        settings.add("contracts-console", [true]);
        settings.add("chain-state-db-size-mb", [1024]);
        // By default a node ends itself when 90 % of the disk are used, however much that leaves.
        settings.add(
            "resource-monitor-not-shutdown-on-threshold-exceeded",
            [true],
        );

        for (name, values) in self.options {
            settings.replace(name, values.values());
        }
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

/// Options in the order of the file.
struct Settings(Vec<(String, Vec<String>)>);

impl Settings {
    fn add<T: ToString>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        self.0.push((
            name.to_owned(),
            values.into_iter().map(|value| value.to_string()).collect(),
        ));
    }

    /// Sets an option in the place that it has, or at the end: most options may be there only once.
    fn replace(&mut self, name: &str, values: &[String]) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = values.to_vec(),
            None => self.0.push((name.to_owned(), values.to_vec())),
        }
    }

    fn to_ini(&self) -> String {
        let mut ini = String::new();
        for (name, values) in &self.0 {
            for value in values {
                writeln!(ini, "{name} = {value}").expect("writing to a String cannot fail");
            }
        }
        ini
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
