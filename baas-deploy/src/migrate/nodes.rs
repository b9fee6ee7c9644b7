//! The nodes that the files name, and which config.ini is for which of them.

use eos_abi::Name;
use serde_json::{Value, json};

use super::draft::Draft;
use crate::dns_label::DnsLabel;
use crate::lint::{FileKind, Files};
use crate::node::{ConfigEntry, ConfigFile, parse_config_ini};
use crate::template::Parameters;

/// Names of files and directories that say nothing of the node.
const NO_NAMES: [&str; 10] = [
    "config",
    "config-dir",
    "conf",
    "etc",
    "data",
    "nodeos",
    "eosio",
    "secret",
    ".",
    "..",
];

/// A config.ini, and the nodes that it is for, by their places in the spec.
pub(super) struct ConfigFileOf<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) config: ConfigFile,
    pub(super) nodes: Vec<usize>,
}

impl<'a> ConfigFileOf<'a> {
    /// Reads each config.ini of the files; none is for a node yet.
    fn read(files: &Files<'a>) -> Vec<Self> {
        let is_config =
            |(name, text): &&(&str, &str)| FileKind::of(name, text) == FileKind::ConfigIni;
        let configs = files.all.iter().filter(is_config);
        configs
            .map(|(name, text)| Self {
                name,
                text,
                config: parse_config_ini(&text.replace('\u{a0}', " ")),
                nodes: Vec::new(),
            })
            .collect()
    }

    /// Says whether it holds nothing but keys: a part of a node's configuration that is kept apart.
    fn has_keys_only(&self) -> bool {
        let entries = &self.config.entries;
        !entries.is_empty() && entries.iter().all(ConfigEntry::is_secret)
    }

    fn producers(&self) -> Vec<&str> {
        let names = self.config.values("producer-name");
        let names = names.map(|name| name.trim_matches('"'));
        names.filter(|name| !name.is_empty()).collect()
    }

    /// Returns what the file, or else a directory that it is in, is called after.
    fn label(&self) -> String {
        let path = self.name.to_ascii_lowercase();
        let path = path.strip_suffix(".ini").unwrap_or(&path);
        let named = path
            .rsplit(['/', '\\'])
            .find(|part| !part.is_empty() && !NO_NAMES.contains(part))
            .unwrap_or("node");
        let label: String = named
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .take(40)
            .collect();
        let label = label.trim_matches('-');
        if label.starts_with(|c: char| c.is_ascii_lowercase()) {
            label.to_owned()
        } else {
            format!("n{label}")
        }
    }
}

/// Makes a boot node, and a node for each other account that the files name; where there are several config.ini, a node for each.
pub(super) fn of_nodes<'a>(files: &Files<'a>, draft: &mut Draft) -> Vec<ConfigFileOf<'a>> {
    let mut configs = ConfigFileOf::read(files);
    let of_nodes = configs.iter().filter(|of| !of.has_keys_only()).count();
    let mut accounts: Vec<String> = Vec::new();
    let mut add = |account: &str| {
        if account != "eosio" && !accounts.iter().any(|known| known == account) {
            accounts.push(account.to_owned());
        }
    };
    if let Some((_, template)) = &files.template
        && let Some(default) = template
            .parameter("BP")
            .and_then(|part| part.value("value"))
    {
        add(default);
    }
    for (name, text) in files.all {
        let mut parameters = Parameters::new();
        if FileKind::of(name, text) == FileKind::Parameters && parameters.add_file(text).is_ok() {
            parameters.get("BP").into_iter().for_each(&mut add);
        }
    }
    if let Some((_, commands)) = &files.commands {
        commands
            .producers
            .iter()
            .for_each(|(_, account)| add(account));
    }
    let producers = configs.iter().flat_map(ConfigFileOf::producers);
    if of_nodes > 1 {
        producers
            .filter(|producer| producer.parse::<Name>().is_ok())
            .for_each(&mut add);
    } else if files.script.is_none() {
        // What the start script does not replace is an account itself.
        producers.for_each(&mut add);
    }
    for account in &accounts {
        draft.add_producer(account);
    }
    if of_nodes > 1 {
        let mut taken: Vec<(usize, &str)> = Vec::new();
        for of in configs.iter_mut().filter(|of| !of.has_keys_only()) {
            for node in nodes_of(of, draft, &taken) {
                match taken.iter().find(|(other, _)| *other == node) {
                    None => of.nodes.push(node),
                    Some((_, other)) => draft.note(format!(
                        "{} is left out where it is for the node of {other}: migrate it alone, and put its node into the spec",
                        of.name
                    )),
                }
            }
            taken.extend(of.nodes.iter().map(|node| (*node, of.name)));
        }
    }
    if draft.node_count() == 1 {
        draft.add_node(json!({"name": "bp1", "role": "producer"}));
        draft.note("no file names a producer beside `eosio`: bp1 is assumed, for somebody must go on when the boot node stops");
    }
    if of_nodes == 1
        && let Some(of) = configs.iter_mut().find(|of| !of.has_keys_only())
    {
        of.nodes = draft.all_nodes();
    }
    if files.template.is_some() {
        draft.note(format!(
            "the template is made once for each producer: the spec has the boot node{}; add a node with `role: producer` for each further one",
            match accounts.as_slice() {
                [] => String::new(),
                accounts => format!(" and {}", accounts.join(", ")),
            }
        ));
        draft.note("peers come from `topology`: BP_LIST is left out");
    }
    configs
}

/// Finds or makes the nodes that one of several config.ini is for: those of its producers, or the one that is called as the file is.
fn nodes_of(of: &ConfigFileOf<'_>, draft: &mut Draft, taken: &[(usize, &str)]) -> Vec<usize> {
    let producers = of.producers();
    let accounts = producers.iter();
    let nodes: Vec<usize> = accounts
        .filter_map(|account| draft.node_of_account(account))
        .collect();
    if nodes.len() > 1 {
        draft.note(format!(
            "{} produces for {}: each of them gets a node, which produces for it alone",
            of.name,
            producers.join(", ")
        ));
    }
    if !nodes.is_empty() {
        return nodes;
    }
    let label = of.label();
    let is_free = |node: &usize| taken.iter().all(|(other, _)| other != node);
    if let Some(node) = draft.node_of_label(&label).filter(is_free) {
        return vec![node];
    }
    if !producers.is_empty() {
        draft.note(format!(
            "`{}` of {} is not the name of an account: {label} is assumed",
            producers.join("`, `"),
            of.name
        ));
        return draft.add_producer(&label).into_iter().collect();
    }
    // Two directories may have files of one name.
    let mut name = label.clone();
    let mut number = 1;
    while draft.node_of_label(&name).is_some() {
        number += 1;
        name = format!("{label}-{number}");
    }
    draft.note(format!(
        "{} names no producer: its node does not produce, and is called {name}",
        of.name
    ));
    let node = draft.add_node(json!({"name": name, "role": "api"}));
    node.into_iter().collect()
}

impl Draft {
    /// Adds the node of an account, unless it is none; returns its place.
    fn add_producer(&mut self, account: &str) -> Option<usize> {
        let label = account
            .parse::<Name>()
            .ok()
            .and_then(|name| DnsLabel::from_account(name).ok());
        let Some(label) = label else {
            self.note(format!(
                "`{account}` is left out: it is not the name of an account"
            ));
            return None;
        };
        let mut producer = json!({"name": label.as_str(), "role": "producer"});
        if label.as_str() != account {
            producer["account"] = json!(account);
        }
        self.add_node(producer)
    }

    /// Adds a node, unless the spec could not be read with it; returns its place.
    fn add_node(&mut self, node: Value) -> Option<usize> {
        let mut nodes = self.nodes().to_vec();
        nodes.push(node);
        let place = nodes.len() - 1;
        self.set(&["nodes"], Value::Array(nodes)).then_some(place)
    }

    fn nodes(&self) -> &[Value] {
        let nodes = self.document.get("nodes").and_then(Value::as_array);
        nodes.map_or(&[], Vec::as_slice)
    }

    fn node_of_label(&self, label: &str) -> Option<usize> {
        self.nodes().iter().position(|node| node["name"] == label)
    }

    fn node_of_account(&self, account: &str) -> Option<usize> {
        let spec = self.spec()?;
        let is_it = |name: Name| name.to_string() == account;
        let mut nodes = spec.nodes.iter();
        nodes.position(|node| node.account().is_some_and(is_it))
    }

    fn node_count(&self) -> usize {
        self.nodes().len()
    }

    /// Returns the places of all nodes.
    pub(super) fn all_nodes(&self) -> Vec<usize> {
        (0..self.node_count()).collect()
    }
}
