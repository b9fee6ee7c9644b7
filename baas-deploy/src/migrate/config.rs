//! What a config.ini says of its node.

use serde_json::json;

use super::draft::Draft;
use crate::lint::{FileKind, Files, Severity};
use crate::manifests::{HTTP_PORT, P2P_PORT};
use crate::node::{NodeVersion, lint_config_ini};

/// Options of config.ini that no nodeos after Dawn 4.1 has in its config.ini.
const OF_DAWN: [&str; 5] = [
    "private-key",
    "genesis-json",
    "block-log-dir",
    "shared-memory-size-mb",
    "required-participation",
];

/// Options that a spec says in its own words, or that say how its nodes are put together.
const SAID_OTHERWISE: [&str; 23] = [
    "agent-name",
    "block-log-dir",
    "blocks-dir",
    "enable-stale-production",
    "eosio-key",
    "genesis-json",
    "genesis-timestamp",
    "http-server-address",
    "http-validate-host",
    "p2p-listen-endpoint",
    "p2p-peer-address",
    "p2p-server-address",
    "peer-key",
    "peer-private-key",
    "plugin",
    "private-key",
    "producer-name",
    "shared-memory-size-mb",
    "signature-provider",
    "txn-reference-block-lag",
    "unlock-timeout",
    "wallet-dir",
    "wasm-runtime",
];

/// The tutorial's values of options, which nobody chose.
const OF_THE_TUTORIAL: [(&str, &str); 9] = [
    ("access-control-allow-credentials", "false"),
    ("allowed-connection", "any"),
    ("connection-cleanup-period", "30"),
    ("max-clients", "25"),
    ("max-implicit-request", "1500"),
    ("max-transaction-time", "30"),
    ("network-version-match", "0"),
    ("required-participation", "33"),
    ("sync-fetch-span", "100"),
];

pub(super) fn is_of_dawn(files: &Files<'_>) -> bool {
    OF_DAWN.iter().any(|option| files.option(option).is_some())
}

pub(super) fn of_config(files: &Files<'_>, draft: &mut Draft) {
    let port_of = |option: &str| {
        let (_, value) = files.option(option)?;
        value.rsplit_once(':')?.1.parse::<u16>().ok()
    };
    let of_pods = |index: usize| {
        let (_, template) = files.template.as_ref()?;
        let ports = template.workload()?;
        ports
            .all("containerPort")
            .nth(index)?
            .value
            .parse::<u16>()
            .ok()
    };
    let is_local = files.template.is_none();
    for (field, port, default) in [
        (
            "http_port",
            port_of("http-server-address").or_else(|| of_pods(0)),
            HTTP_PORT,
        ),
        (
            "p2p_port",
            port_of("p2p-listen-endpoint").or_else(|| of_pods(1)),
            P2P_PORT,
        ),
    ] {
        match port {
            // On one machine no two nodes can have one port.
            Some(port) if is_local => {
                draft.set(&["nodes", "0", field], json!(port));
            }
            // In a pod of its own each node has this one anyway.
            Some(port) if port == default => {}
            Some(port) => draft.set_on_nodes(&[field], &json!(port)),
            None => {}
        }
    }
    let Some((name, config)) = &files.config else {
        return;
    };
    let text = files.all.iter().find(|(file, _)| file == name);
    let version = draft
        .spec()
        .map_or_else(NodeVersion::default, |spec| spec.version);
    let refused = text.map_or_else(Vec::new, |(_, text)| lint_config_ini(text, version));
    let mut chosen: Vec<(&str, Vec<&str>)> = Vec::new();
    for entry in &config.entries {
        let value = entry.value.trim_matches('"');
        let is_chosen = !value.is_empty()
            && !SAID_OTHERWISE.contains(&entry.name.as_str())
            && !OF_THE_TUTORIAL.contains(&(entry.name.as_str(), value));
        let why = refused.iter().find(|finding| {
            finding.line == Some(entry.line) && finding.severity == Severity::Error
        });
        if let (true, Some(why)) = (is_chosen, why) {
            draft.note(format!("`{}` is left out: {}", entry.name, why.message));
        } else if is_chosen && !chosen.iter().any(|(name, _)| *name == entry.name) {
            chosen.push((&entry.name, vec![value]));
        } else if is_chosen
            && let Some((_, values)) = chosen.iter_mut().find(|(name, _)| *name == entry.name)
        {
            values.push(value);
        }
    }
    for (name, values) in chosen {
        match values.as_slice() {
            [value] => draft.set_on_nodes(&["options", name], &json!(value)),
            values => draft.set_on_nodes(&["options", name], &json!(values)),
        }
    }
    let plugins: Vec<&str> = config
        .values("plugin")
        .filter(|value| !value.is_empty())
        .collect();
    if !plugins.is_empty() {
        draft.note(format!(
            "plugins come from the role of each node; the file has {}: put those that a node needs beyond them into its `plugins`",
            plugins.join(", ")
        ));
    }
    let others = files
        .all
        .iter()
        .filter(|(other, text)| other != name && FileKind::of(other, text) == FileKind::ConfigIni);
    for (other, _) in others {
        draft.note(format!(
            "{other} is left out: one config.ini is read, which is {name}; migrate each node's files alone, and put the nodes into one spec"
        ));
    }
}
