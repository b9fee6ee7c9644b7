use super::NodeVersion::{self, Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Leap5, Spring1};

/// The plugins, each with the first and the last line of releases that have it. In the order in which they may be listed: whoever
/// needs another comes after it.
pub(super) const PLUGINS: [(&str, NodeVersion, NodeVersion); 26] = [
    ("eosio::http_plugin", Dawn4_1, Spring1),
    ("eosio::http_client_plugin", Eosio1_8, Leap4),
    ("eosio::signature_provider_plugin", Leap3, Spring1),
    ("eosio::resource_monitor_plugin", Leap3, Spring1),
    ("eosio::chain_plugin", Dawn4_1, Spring1),
    ("eosio::chain_api_plugin", Dawn4_1, Spring1),
    ("eosio::net_plugin", Dawn4_1, Spring1),
    ("eosio::net_api_plugin", Dawn4_1, Spring1),
    ("eosio::producer_plugin", Dawn4_1, Spring1),
    ("eosio::producer_api_plugin", Eosio1_8, Spring1),
    ("eosio::db_size_api_plugin", Eosio1_8, Spring1),
    ("eosio::state_history_plugin", Eosio1_8, Spring1),
    ("eosio::trace_api_plugin", Eosio2_0, Spring1),
    ("eosio::prometheus_plugin", Leap5, Spring1),
    ("eosio::history_plugin", Dawn4_1, Eosio2_0),
    ("eosio::history_api_plugin", Dawn4_1, Eosio2_0),
    ("eosio::account_history_plugin", Dawn4_1, Dawn4_1),
    ("eosio::account_history_api_plugin", Dawn4_1, Dawn4_1),
    ("eosio::mongo_db_plugin", Dawn4_1, Eosio1_8),
    ("eosio::login_plugin", Eosio1_8, Eosio2_0),
    ("eosio::faucet_testnet_plugin", Dawn4_1, Eosio2_0),
    ("eosio::txn_test_gen_plugin", Dawn4_1, Leap3),
    ("eosio::test_control_plugin", Eosio1_8, Spring1),
    ("eosio::test_control_api_plugin", Eosio1_8, Spring1),
    ("eosio::wallet_plugin", Dawn4_1, Dawn4_1),
    ("eosio::wallet_api_plugin", Dawn4_1, Dawn4_1),
];

/// What does the work of a plugin that is gone.
pub(super) const INSTEAD: [(&str, &str); 8] = [
    (
        "eosio::history_plugin",
        "use `eosio::trace_api_plugin`, or `eosio::state_history_plugin` with a reader of its own such as Hyperion",
    ),
    (
        "eosio::history_api_plugin",
        "use `eosio::trace_api_plugin`, or `eosio::state_history_plugin` with a reader of its own such as Hyperion",
    ),
    (
        "eosio::account_history_plugin",
        "use `eosio::trace_api_plugin`",
    ),
    (
        "eosio::account_history_api_plugin",
        "use `eosio::trace_api_plugin`",
    ),
    (
        "eosio::mongo_db_plugin",
        "use `eosio::state_history_plugin`",
    ),
    ("eosio::wallet_plugin", "wallets are keosd's"),
    ("eosio::wallet_api_plugin", "wallets are keosd's"),
    (
        "eosio::http_client_plugin",
        "it is part of others now: leave it out",
    ),
];

/// Returns the place of a plugin in the order in which they may be listed; unknown ones come last.
pub(crate) fn rank(name: &str) -> usize {
    PLUGINS
        .iter()
        .position(|(known, ..)| *known == name)
        .unwrap_or(PLUGINS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_is_of_a_plugin_and_every_row_begins_before_it_ends() {
        for (name, _) in INSTEAD {
            assert!(rank(name) < PLUGINS.len(), "{name}");
        }
        assert!(PLUGINS.iter().all(|(_, first, last)| first <= last));
    }
}
