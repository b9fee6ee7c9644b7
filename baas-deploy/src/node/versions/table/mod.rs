//! The table: each option with the first and the last line of releases that have it, in a file a topic.

mod chain;
mod history;
mod http;
mod net;
mod process;
mod producer;

use super::OptionKind::{Flag, Text};
use super::{NodeOption, NodeVersion, OptionArity, OptionKind, OptionPlace};

/// The options by the plugin that brings them; those of nodeos itself come last.
pub(super) const OPTIONS: &[(&str, &[Row])] = &[
    ("chain_plugin", chain::CHAIN),
    ("http_plugin", http::HTTP),
    ("net_plugin", net::NET),
    ("producer_plugin", producer::PRODUCER),
    ("signature_provider_plugin", producer::SIGNATURE_PROVIDER),
    ("resource_monitor_plugin", process::RESOURCE_MONITOR),
    ("state_history_plugin", history::STATE_HISTORY),
    ("trace_api_plugin", history::TRACE_API),
    ("history_plugin", history::HISTORY),
    ("http_client_plugin", http::HTTP_CLIENT),
    ("txn_test_gen_plugin", process::TXN_TEST_GEN),
    ("wallet_plugin", process::WALLET),
    ("", process::NODEOS),
];

/// An option and the versions that have it, from the first to the last.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) option: NodeOption,
    pub(super) first: NodeVersion,
    pub(super) last: NodeVersion,
}

const fn row(
    name: &'static str,
    (place, arity): (OptionPlace, OptionArity),
    kind: OptionKind,
    first: NodeVersion,
    last: NodeVersion,
) -> Row {
    Row {
        option: NodeOption {
            name,
            place,
            arity,
            kind,
        },
        first,
        last,
    }
}

const fn one(name: &'static str, kind: OptionKind, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::File, OptionArity::One),
        kind,
        first,
        last,
    )
}

const fn many(name: &'static str, kind: OptionKind, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::File, OptionArity::Several),
        kind,
        first,
        last,
    )
}

const fn flag(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::File, OptionArity::Flag),
        Flag,
        first,
        last,
    )
}

const fn start_one(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::CommandLine, OptionArity::One),
        Text,
        first,
        last,
    )
}

const fn start_flag(name: &'static str, first: NodeVersion, last: NodeVersion) -> Row {
    row(
        name,
        (OptionPlace::CommandLine, OptionArity::Flag),
        Flag,
        first,
        last,
    )
}
