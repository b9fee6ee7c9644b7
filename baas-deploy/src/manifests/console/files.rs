//! The files of a node as a template has them: with parameters where a form fills in values.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use eos_abi::TimePoint;
use eos_keys::PublicKey;

use super::ConsoleTemplate;
use crate::manifests::layout::CONTROL_PORT;
use crate::manifests::pod::config_for_launcher;
use crate::names::NodeName;
use crate::node::{Genesis, NodeConfig, NodeVersion, OptionValues};
use crate::spec::{BOOT_ACCOUNT, Role};

/// The port on which the node answers RPC.
pub(super) const HTTP_PORT: u16 = 8888;
/// The port on which it meets its peers.
pub(super) const P2P_PORT: u16 = 9876;

/// The key of 33 zero bytes, in whose place a parameter stands.
const NULL_KEY: &str = "EOS1111111111111111111111111111111114T1Anm";

/// Returns its `config.ini` but for its key and its peers, which the launcher adds.
pub(super) fn config_ini(template: &ConsoleTemplate) -> String {
    let name: NodeName = "node".parse().expect("the word is a name");
    let address = match template.role {
        Role::Boot => Ipv4Addr::LOCALHOST,
        _ => Ipv4Addr::UNSPECIFIED,
    };
    let mut options = BTreeMap::new();
    // The host of a route is not known before there is one.
    if template.version > NodeVersion::Dawn4_1 {
        options.insert("http-validate-host".to_owned(), OptionValues::one("false"));
    }
    let addresses = (
        (address, HTTP_PORT).into(),
        (Ipv4Addr::UNSPECIFIED, P2P_PORT).into(),
    );
    let control = template
        .answers()
        .then(|| (Ipv4Addr::LOCALHOST, CONTROL_PORT).into());
    let config = NodeConfig {
        control,
        account: template.role.produces().then_some(BOOT_ACCOUNT),
        options: &options,
        ..NodeConfig::new(template.version, &name, template.role, addresses)
    };
    let mut text = String::new();
    for line in config_for_launcher(&config.public_ini()).lines() {
        let option = line.split_once('=').map_or("", |(option, _)| option.trim());
        let parameter = match option {
            "agent-name" => Some("${NAME}"),
            "p2p-server-address" => Some("${NAME}-p2p:9876"),
            "producer-name" => Some("${BP}"),
            "chain-state-db-size-mb" | "shared-memory-size-mb" => Some("${STATE_SIZE_MB}"),
            _ => None,
        };
        match parameter {
            Some(parameter) => text.extend([option, " = ", parameter, "\n"]),
            None => text.extend([line, "\n"]),
        }
    }
    text
}

/// Returns the part of its `config.ini` that holds its key.
pub(super) fn secret_ini(version: NodeVersion) -> &'static str {
    if version == NodeVersion::Dawn4_1 {
        "private-key = [\"${PUBLIC_KEY}\",\"${PRIVATE_KEY}\"]\n"
    } else {
        "signature-provider = ${PUBLIC_KEY}=KEY:${PRIVATE_KEY}\n"
    }
}

/// Returns its `genesis.json`. The first key of a chain is that of the node which begins it.
pub(super) fn genesis_json(template: &ConsoleTemplate) -> String {
    let key: PublicKey = NULL_KEY.parse().expect("the text is a key");
    let time = TimePoint::default();
    let genesis = Genesis::new(time, key, template.chain.clone());
    let initial_key = match template.role {
        Role::Boot => "${PUBLIC_KEY}",
        _ => "${INITIAL_KEY}",
    };
    genesis
        .to_json_for(template.version)
        .replace(&time.to_string(), "${INITIAL_TIMESTAMP}")
        .replace(NULL_KEY, initial_key)
}
