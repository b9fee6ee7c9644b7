use serde_json::{Map, Value, json};

use super::labels;
use super::layout::Layout;
use super::object::object;

/// Returns the account that the pods run as. A node has nothing to ask of the cluster: it gets no token.
pub(super) fn service_account(layout: &Layout<'_>) -> Value {
    let mut account = object(
        layout,
        ("v1", "ServiceAccount"),
        &name(layout),
        labels::of_network(layout),
        Map::new(),
    );
    account.insert("automountServiceAccountToken".to_owned(), json!(false));
    Value::Object(account)
}

/// Returns its name. Never the network's alone, for each namespace has an account `default`.
pub(super) fn name(layout: &Layout<'_>) -> String {
    layout.name_of("nodeos")
}
