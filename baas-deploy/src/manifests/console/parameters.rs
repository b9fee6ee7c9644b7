use serde_json::{Value, json};

use super::ConsoleTemplate;
use crate::names::NetworkName;
use crate::spec::Role;

/// Returns the parameters, in the order of the form.
pub(super) fn parameters(template: &ConsoleTemplate) -> Vec<Value> {
    let mut parameters = vec![json!({
        "name": "NAME",
        "displayName": "Name",
        "description": "The name of the node's objects, and of the host under which other nodes find it: a-z, 0-9 and -, the first a letter. \
                        For the producer bp1, take bp1; for bp.one, take bp-one. Not the name of the network. Made up when it is left empty.",
        "generate": "expression",
        "from": "nodeos-[\\d]{8}",
        "required": true,
    })];
    if template.role.produces() {
        parameters.extend(of_producer(template));
    }
    parameters.extend(of_chain(template));
    parameters.extend(of_pod(template));
    parameters
}

fn of_producer(template: &ConsoleTemplate) -> [Value; 3] {
    let is_boot = template.role == Role::Boot;
    let initial_key = template.initial_key.as_ref().map(ToString::to_string);
    [
        parameter(
            "BP",
            "Block producer",
            "The account that the node produces for: 1 to 12 of the characters a-z, 1-5 and dots. Never start two nodes with one account.",
            is_boot.then_some("eosio"),
            true,
        ),
        parameter(
            "PUBLIC_KEY",
            "Public key",
            "The account's public key, as in EOS… or PUB_K1_….",
            initial_key.as_deref().filter(|_| is_boot),
            true,
        ),
        parameter(
            "PRIVATE_KEY",
            "Private key",
            "The private half of that key. Make a fresh pair; take none that is printed in a document. It is kept in a Secret.",
            None,
            true,
        ),
    ]
}

fn of_chain(template: &ConsoleTemplate) -> Vec<Value> {
    let timestamp = template.initial_timestamp.map(|time| time.to_string());
    let initial_key = template.initial_key.as_ref().map(ToString::to_string);
    let mut parameters = vec![
        parameter(
            "BP_LIST",
            "Peers",
            "The other nodes: host or host:port, as many as you like, separated by commas or spaces. Those that were made of such templates \
             are NAME-p2p:9876. May be empty for a chain's first node.",
            None,
            false,
        ),
        parameter(
            "INITIAL_TIMESTAMP",
            "Time at which the chain begins",
            "As in 2024-03-02T12:00:00.000 (UTC). All nodes of a chain have the same one.",
            timestamp.as_deref(),
            true,
        ),
    ];
    if template.role != Role::Boot {
        parameters.push(parameter(
            "INITIAL_KEY",
            "Public key with which the chain begins",
            "The public key of the node that began the chain, which produces for eosio. All nodes of a chain have the same one.",
            initial_key.as_deref(),
            true,
        ));
    }
    parameters.push(parameter(
        "NETWORK",
        "Network",
        "The name of the chain within this project. Nodes with the same one may connect to each other, others not.",
        Some(template.network.as_ref().map_or("chain", NetworkName::as_str)),
        true,
    ));
    parameters
}

fn of_pod(template: &ConsoleTemplate) -> Vec<Value> {
    let image = template.image.as_ref().map(ToString::to_string);
    let mut parameters = vec![parameter(
        "IMAGE",
        "Image",
        "The image to run, with a tag or a digest. It has /opt/baas/bin/baas-launch and /usr/local/bin/nodeos.",
        image.as_deref(),
        true,
    )];
    if let (Some(host), true) = (&template.host, template.answers()) {
        parameters.push(parameter(
            "HOST",
            "Host",
            "The name under which the node's RPC is reached from outside. Each node has one of its own.",
            Some(host.as_str()),
            true,
        ));
    }
    if let Some(class) = &template.storage_class {
        parameters.push(parameter(
            "STORAGE_CLASS",
            "Storage class",
            "The class of the node's volume.",
            Some(class),
            true,
        ));
    }
    parameters.extend([
        parameter(
            "STORAGE_SIZE",
            "Storage",
            "The size of the node's volume.",
            Some("10Gi"),
            true,
        ),
        parameter(
            "STATE_SIZE_MB",
            "Database",
            "Mebibytes that the chain's state may have. The node stops when it has more.",
            Some("1024"),
            true,
        ),
        parameter(
            "CPU",
            "Processors",
            "Processors that are kept for the node.",
            Some("250m"),
            true,
        ),
        parameter(
            "MEMORY",
            "Memory",
            "Memory that is kept for the node.",
            Some("1Gi"),
            true,
        ),
        parameter(
            "MEMORY_LIMIT",
            "Memory at most",
            "Memory that the node may use.",
            Some("2Gi"),
            true,
        ),
    ]);
    parameters
}

fn parameter(
    name: &str,
    title: &str,
    description: &str,
    value: Option<&str>,
    is_required: bool,
) -> Value {
    let mut parameter = json!({"name": name, "displayName": title, "description": description});
    if let Some(value) = value {
        parameter["value"] = json!(value);
    }
    if is_required {
        parameter["required"] = json!(true);
    }
    parameter
}
