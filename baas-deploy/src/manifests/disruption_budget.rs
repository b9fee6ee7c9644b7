use serde_json::{Map, Value, json};

use super::labels;
use super::layout::Layout;
use super::object::object;
use crate::spec::Role;

/// Returns the rule that machines are emptied of one producer at a time: with more than a third of them gone, no block becomes
/// irreversible.
pub(super) fn disruption_budget(layout: &Layout<'_>) -> Value {
    let mut budget = object(
        layout,
        ("policy/v1", "PodDisruptionBudget"),
        &layout.name_of("producers"),
        labels::of_network(layout),
        Map::new(),
    );
    let spec = json!({
        "maxUnavailable": 1,
        "selector": {"matchLabels": labels::select_role(layout, Role::Producer)},
    });
    budget.insert("spec".to_owned(), spec);
    Value::Object(budget)
}
