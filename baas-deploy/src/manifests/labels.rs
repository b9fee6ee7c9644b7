//! Labels and annotations: by which objects are found, and by which pods are selected.

use eos_abi::Name;
use serde_json::{Map, Value, json};

use super::layout::{Layout, NodeLayout};
use crate::spec::Role;

/// Says which of a network's nodes an object belongs to.
pub const NODE_LABEL: &str = "baas-deploy/node";
/// Says for which account a node produces: an annotation always, and a label where the account can be one's value.
pub const ACCOUNT_LABEL: &str = "baas-deploy/account";
/// The public key of a producing node, as an annotation of its pod: a new key restarts the node.
pub const PUBLIC_KEY_ANNOTATION: &str = "baas-deploy/public-key";
/// The checksum of a node's public configuration, as an annotation of its pod.
pub const CONFIG_ANNOTATION: &str = "baas-deploy/config-sha256";
/// The id of the chain, as an annotation of pods and of the genesis.
pub const CHAIN_ANNOTATION: &str = "baas-deploy/chain-id";

const NAME: &str = "app.kubernetes.io/name";
const INSTANCE: &str = "app.kubernetes.io/instance";
const COMPONENT: &str = "app.kubernetes.io/component";
const PART_OF: &str = "app.kubernetes.io/part-of";

/// Returns the labels of an object of the network as a whole.
pub(super) fn of_network(layout: &Layout<'_>) -> Map<String, Value> {
    let mut labels = select_network(layout);
    labels.insert(
        "app.kubernetes.io/managed-by".to_owned(),
        json!("baas-deploy"),
    );
    labels.extend(select_peers(layout.network().as_str()));
    labels.insert(
        "app.kubernetes.io/version".to_owned(),
        json!(layout.version().as_str()),
    );
    labels
}

/// Returns the labels of an object of one node.
pub(super) fn of_node(layout: &Layout<'_>, node: &NodeLayout) -> Map<String, Value> {
    let mut labels = of_network(layout);
    labels.insert(COMPONENT.to_owned(), json!(node.role().as_str()));
    labels.insert(NODE_LABEL.to_owned(), json!(node.name().as_str()));
    if let Some(account) = node.account().map(|account| account.to_string())
        && is_label_value(&account)
    {
        labels.insert(ACCOUNT_LABEL.to_owned(), json!(account));
    }
    labels
}

/// Returns the annotation with the account, which every account can be the value of.
pub(super) fn account_annotation(account: Option<Name>) -> Map<String, Value> {
    account
        .map(|account| (ACCOUNT_LABEL.to_owned(), json!(account.to_string())))
        .into_iter()
        .collect()
}

/// Returns what selects the network's pods. It must not change in the life of a network: stateful sets refuse that.
pub(super) fn select_network(layout: &Layout<'_>) -> Map<String, Value> {
    Map::from_iter([
        (NAME.to_owned(), json!("nodeos")),
        (INSTANCE.to_owned(), json!(layout.network().as_str())),
    ])
}

/// Returns what selects all pods that may be peers in the network of a name: its own, and those that a
/// [`ConsoleTemplate`](super::ConsoleTemplate) started for it, which are instances of their own.
pub(super) fn select_peers(network: &str) -> Map<String, Value> {
    Map::from_iter([
        (NAME.to_owned(), json!("nodeos")),
        (PART_OF.to_owned(), json!(network)),
    ])
}

/// Returns what selects the pods of a role.
pub(super) fn select_role(layout: &Layout<'_>, role: Role) -> Map<String, Value> {
    let mut labels = select_network(layout);
    labels.insert(COMPONENT.to_owned(), json!(role.as_str()));
    labels
}

/// Returns what selects a node's pod.
pub(super) fn select_node(layout: &Layout<'_>, node: &NodeLayout) -> Map<String, Value> {
    let mut labels = select_network(layout);
    labels.insert(NODE_LABEL.to_owned(), json!(node.name().as_str()));
    labels
}

/// Says whether a text can be the value of a label.
pub(super) fn is_label_value(text: &str) -> bool {
    text.len() <= 63
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_labels_are_known() {
        for good in ["a", "bp.one", "1bp", "a_b-c.d", &"a".repeat(63)] {
            assert!(is_label_value(good), "{good}");
        }
        for bad in ["", ".a", "a-", "a b", "a/b", "é", &"a".repeat(64)] {
            assert!(!is_label_value(bad), "{bad}");
        }
    }
}
