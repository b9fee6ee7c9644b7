//! The options of the plugins that keep what happened on the chain.

use super::{Row, flag, many, one, start_flag};
use crate::node::versions::NodeVersion::{Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Spring1};
use crate::node::versions::OptionKind::{Endpoint, Text};
use crate::node::versions::kind::{MAX_I32, MAX_U32, U32, name_and, number};

pub(super) const STATE_HISTORY: &[Row] = &[
    one("state-history-dir", Text, Eosio1_8, Spring1),
    one("state-history-retained-dir", Text, Leap4, Spring1),
    one("state-history-archive-dir", Text, Leap4, Spring1),
    one("state-history-stride", U32, Leap4, Spring1),
    one("max-retained-history-files", U32, Leap4, Spring1),
    flag("trace-history", Eosio1_8, Spring1),
    flag("chain-state-history", Eosio1_8, Spring1),
    flag("finality-data-history", Spring1, Spring1),
    one("state-history-endpoint", Endpoint, Eosio1_8, Spring1),
    one("state-history-unix-socket-path", Text, Leap3, Spring1),
    flag("trace-history-debug-mode", Eosio2_0, Spring1),
    one(
        "state-history-log-retain-blocks",
        number(1000, MAX_U32),
        Leap3,
        Spring1,
    ),
    start_flag("delete-state-history", Eosio1_8, Spring1),
];

pub(super) const TRACE_API: &[Row] = &[
    one("trace-dir", Text, Eosio2_0, Spring1),
    one("trace-slice-stride", U32, Eosio2_0, Spring1),
    one(
        "trace-minimum-irreversible-history-blocks",
        number(-1, MAX_I32),
        Eosio2_0,
        Spring1,
    ),
    one(
        "trace-minimum-uncompressed-irreversible-history-blocks",
        number(-1, MAX_I32),
        Eosio2_0,
        Spring1,
    ),
    many(
        "trace-rpc-abi",
        name_and('=', "eosio=eosio.abi"),
        Eosio2_0,
        Spring1,
    ),
    flag("trace-no-abis", Eosio2_0, Spring1),
];

pub(super) const HISTORY: &[Row] = &[
    many("filter_on_accounts", Text, Dawn4_1, Dawn4_1),
    many("filter-on", Text, Eosio1_8, Eosio2_0),
    many("filter-out", Text, Eosio1_8, Eosio2_0),
];
