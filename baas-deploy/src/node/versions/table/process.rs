//! The options of nodeos itself, and of the plugins that are about its process and not about its chain.

use super::{Row, flag, many, one, start_flag, start_one};
use crate::node::versions::NodeVersion::{Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Spring1};
use crate::node::versions::OptionKind::Text;
use crate::node::versions::kind::{I32, I64, MOST_GIBIBYTES, THREADS, number};

pub(super) const NODEOS: &[Row] = &[
    many("plugin", Text, Dawn4_1, Spring1),
    start_flag("help", Dawn4_1, Spring1),
    start_flag("version", Dawn4_1, Spring1),
    start_flag("full-version", Eosio2_0, Spring1),
    start_flag("print-default-config", Eosio1_8, Spring1),
    start_one("data-dir", Dawn4_1, Spring1),
    start_one("config-dir", Dawn4_1, Spring1),
    start_one("config", Dawn4_1, Spring1),
    start_one("logconf", Dawn4_1, Spring1),
];

pub(super) const RESOURCE_MONITOR: &[Row] = &[
    one(
        "resource-monitor-interval-seconds",
        number(1, 300),
        Leap3,
        Spring1,
    ),
    one(
        "resource-monitor-space-threshold",
        number(6, 99),
        Leap3,
        Spring1,
    ),
    one(
        "resource-monitor-space-absolute-gb",
        number(1, MOST_GIBIBYTES),
        Leap4,
        Spring1,
    ),
    flag(
        "resource-monitor-not-shutdown-on-threshold-exceeded",
        Leap3,
        Spring1,
    ),
    one(
        "resource-monitor-warning-interval",
        number(1, 450),
        Leap3,
        Spring1,
    ),
];

pub(super) const TXN_TEST_GEN: &[Row] = &[
    one("txn-reference-block-lag", I32, Dawn4_1, Eosio2_0),
    one("txn-test-gen-threads", THREADS, Eosio1_8, Eosio2_0),
    one("txn-test-gen-account-prefix", Text, Eosio1_8, Eosio2_0),
];

pub(super) const WALLET: &[Row] = &[
    one("wallet-dir", Text, Dawn4_1, Dawn4_1),
    one("unlock-timeout", I64, Dawn4_1, Dawn4_1),
    one("eosio-key", Text, Dawn4_1, Dawn4_1),
];
