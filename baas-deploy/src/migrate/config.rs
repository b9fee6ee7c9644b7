//! What a config.ini says of its nodes. Each of its options ends in the spec or in a note.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::draft::Draft;
use super::nodes::ConfigFileOf;
use crate::lint::{Files, Severity};
use crate::manifests::{HTTP_PORT, P2P_PORT};
use crate::node::{ConfigEntry, NodeVersion, OptionKind, lint_config_ini};

/// Options of config.ini that no nodeos after Dawn 4.1 has in its config.ini.
const OF_DAWN: [&str; 5] = [
    "private-key",
    "genesis-json",
    "block-log-dir",
    "shared-memory-size-mb",
    "required-participation",
];

/// Options that a spec says in its own words, or that say how its nodes are put together; and what stands for them.
const SAID_OTHERWISE: [(&[&str], &str); 8] = [
    (
        &["p2p-peer-address", "p2p-server-address"],
        "who meets whom, and where, comes from `topology`",
    ),
    (
        &["http-server-address", "p2p-listen-endpoint"],
        "addresses are the deployer's; of their ports those are kept that are not the usual ones, as `http_port` and `p2p_port`",
    ),
    (&["producer-name"], "it is the `account` of a node"),
    (
        &[
            "private-key",
            "signature-provider",
            "peer-private-key",
            "eosio-key",
        ],
        "keys are made by the deployer, or given to it apart from the spec",
    ),
    (
        &["genesis-json", "genesis-timestamp"],
        "how the chain begins stands under `genesis`",
    ),
    (
        &["blocks-dir", "block-log-dir", "wallet-dir"],
        "where data lies is the deployer's business",
    ),
    (
        &["enable-stale-production"],
        "which node may produce on a stale chain is the deployer's decision",
    ),
    (
        &["agent-name", "unlock-timeout"],
        "a node is called by its `name`, and wallets are keosd's",
    ),
];

/// The tutorial's values of options, which nobody chose.
const OF_THE_TUTORIAL: [(&str, &str); 11] = [
    ("access-control-allow-credentials", "false"),
    ("allowed-connection", "any"),
    ("connection-cleanup-period", "30"),
    ("max-clients", "25"),
    ("max-implicit-request", "1500"),
    ("max-transaction-time", "30"),
    ("network-version-match", "0"),
    ("required-participation", "33"),
    ("shared-memory-size-mb", "1024"),
    ("sync-fetch-span", "100"),
    ("txn-reference-block-lag", "0"),
];

pub(super) fn is_of_dawn(configs: &[ConfigFileOf<'_>]) -> bool {
    let mut entries = configs.iter().flat_map(|of| &of.config.entries);
    entries.any(|entry| OF_DAWN.contains(&entry.name.as_str()))
}

/// Sets the ports of nodes: those of a config.ini, or else those of the template's pods.
pub(super) fn of_ports(files: &Files<'_>, configs: &[ConfigFileOf<'_>], draft: &mut Draft) {
    let of_pods = |index: usize| {
        let (_, template) = files.template.as_ref()?;
        let ports = template.workload()?;
        let port = ports.all("containerPort").nth(index)?;
        port.value.parse::<u16>().ok()
    };
    for (field, option, index, default) in [
        ("http_port", "http-server-address", 0, HTTP_PORT),
        ("p2p_port", "p2p-listen-endpoint", 1, P2P_PORT),
    ] {
        if configs.is_empty()
            && let Some(port) = of_pods(index).filter(|port| *port != default)
        {
            draft.set_on_nodes(&draft.all_nodes(), &[field], &json!(port));
        }
        for of in configs {
            let port_of = |entry: &ConfigEntry| {
                let (_, port) = entry.value.trim_matches('"').rsplit_once(':')?;
                port.parse::<u16>().ok()
            };
            let entry = of.config.entries.iter().rfind(|entry| entry.name == option);
            let Some(port) = entry.and_then(port_of).or_else(|| of_pods(index)) else {
                continue;
            };
            if files.template.is_none() {
                // On one machine no two nodes can have one port.
                let first = of.nodes.get(..1).unwrap_or_default();
                draft.set_on_nodes(first, &[field], &json!(port));
            } else if port != default {
                // In a pod of its own each node has the usual one anyway.
                draft.set_on_nodes(&of.nodes, &[field], &json!(port));
            }
        }
    }
}

/// Sets the options of the nodes that a config.ini is for.
pub(super) fn of_options(of: &ConfigFileOf<'_>, draft: &mut Draft) {
    let version = draft
        .spec()
        .map_or_else(NodeVersion::default, |spec| spec.version);
    let mut refused: HashMap<u64, String> = HashMap::new();
    for finding in lint_config_ini(of.text, version) {
        if let (Some(line), Severity::Error) = (finding.line, finding.severity) {
            refused.entry(line).or_insert(finding.message);
        }
    }
    let mut left_out = LeftOut::default();
    let mut chosen: Vec<(&str, Vec<&str>)> = Vec::new();
    for entry in &of.config.entries {
        let name = entry.name.as_str();
        // To nodeos the quotation marks are a part of the value, and of most by mistake.
        let needs_marks = version
            .option(name)
            .is_ok_and(|option| option.kind == OptionKind::QuotedPublicKey);
        let value = match entry.value.as_str() {
            value if needs_marks => value,
            value => value.trim_matches('"'),
        };
        let why_said = SAID_OTHERWISE
            .iter()
            .find_map(|(names, why)| names.contains(&name).then_some(*why));
        if name == "plugin" {
            // They are told together.
        } else if value.is_empty() {
            left_out.add(name, "they have no value");
        } else if let Some(why) = why_said {
            left_out.add(name, why);
        } else if OF_THE_TUTORIAL.contains(&(name, value)) {
            left_out.add(name, "they have the tutorial's values, which nobody chose");
        } else if let Some(why) = refused.get(&entry.line) {
            draft.note(format!("`{name}` of {} is left out: {why}", of.name));
        } else if of.nodes.is_empty() {
            left_out.add(name, "no node of the spec is the one of this file");
        } else if let Some((_, values)) = chosen.iter_mut().find(|(known, _)| *known == name) {
            values.push(value);
        } else {
            chosen.push((name, vec![value]));
        }
    }
    for (name, values) in chosen {
        let value = match values.as_slice() {
            [value] => json!(value),
            values => json!(values),
        };
        draft.set_on_nodes(&of.nodes, &["options", name], &value);
    }
    for (why, names) in left_out.by_reason {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        draft.note(format!(
            "left out of {}: {}: {why}",
            of.name,
            names.join(", ")
        ));
    }
    let plugins: Vec<&str> = of.config.plugins().map(|(_, plugin)| plugin).collect();
    if !plugins.is_empty() {
        draft.note(format!(
            "plugins come from the role of each node; {} has {} as `plugin`: put those that a node needs beyond them into its `plugins`",
            of.name,
            plugins.join(", ")
        ));
    } else if of.config.values("plugin").next().is_some() {
        draft.note(format!(
            "left out of {}: `plugin`: they have no value",
            of.name
        ));
    }
}

/// Options that are left out, by the reason.
#[derive(Default)]
struct LeftOut<'a> {
    by_reason: Vec<(&'static str, Vec<&'a str>)>,
    seen: HashSet<(&'static str, &'a str)>,
}

impl<'a> LeftOut<'a> {
    fn add(&mut self, name: &'a str, why: &'static str) {
        if !self.seen.insert((why, name)) {
            return;
        }
        match self.by_reason.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(name),
            None => self.by_reason.push((why, vec![name])),
        }
    }
}
