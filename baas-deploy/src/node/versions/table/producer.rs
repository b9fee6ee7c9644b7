//! The options of `producer_plugin` and of what signs for it.

use super::{Row, flag, many, one};
use crate::node::versions::NodeVersion::{
    Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Leap5, Spring1,
};
use crate::node::versions::OptionKind::{Flag, Name, Text};
use crate::node::versions::kind::{I32, MAX_I32, MAX_U32, MIN_I32, PERCENT, THREADS, U32, number};

pub(super) const PRODUCER: &[Row] = &[
    flag("enable-stale-production", Dawn4_1, Spring1),
    flag("pause-on-startup", Eosio1_8, Spring1),
    one("production-pause-vote-timeout-ms", U32, Spring1, Spring1),
    one(
        "max-transaction-time",
        number(MIN_I32, MAX_I32 / 1000),
        Dawn4_1,
        Spring1,
    ),
    one("max-irreversible-block-age", I32, Eosio1_8, Spring1),
    one("max-reversible-blocks", U32, Spring1, Spring1),
    one("required-participation", U32, Dawn4_1, Dawn4_1),
    many("producer-name", Name, Dawn4_1, Spring1),
    many("private-key", Text, Dawn4_1, Leap3),
    many("signature-provider", Text, Eosio1_8, Spring1),
    one("keosd-provider-timeout", I32, Eosio1_8, Eosio2_0),
    many("greylist-account", Name, Eosio1_8, Spring1),
    one("greylist-limit", number(1, 1000), Eosio2_0, Spring1),
    one("produce-time-offset-us", I32, Eosio1_8, Leap3),
    one("last-block-time-offset-us", I32, Eosio1_8, Leap3),
    one("cpu-effort-percent", PERCENT, Eosio2_0, Leap4),
    one("last-block-cpu-effort-percent", PERCENT, Eosio2_0, Leap3),
    one("produce-block-offset-ms", number(0, 5999), Leap5, Spring1),
    one(
        "max-block-cpu-usage-threshold-us",
        number(0, 499_999),
        Leap3,
        Spring1,
    ),
    one("max-block-net-usage-threshold-bytes", U32, Leap3, Spring1),
    one(
        "max-scheduled-transaction-time-per-block-ms",
        number(0, MAX_I32),
        Eosio1_8,
        Leap4,
    ),
    one("subjective-cpu-leeway-us", I32, Eosio1_8, Spring1),
    one("subjective-account-max-failures", U32, Leap3, Spring1),
    one(
        "subjective-account-max-failures-window-size",
        number(1, MAX_U32),
        Leap4,
        Spring1,
    ),
    one(
        "subjective-account-decay-time-minutes",
        number(1, MAX_U32),
        Leap3,
        Spring1,
    ),
    one("incoming-defer-ratio", Text, Eosio1_8, Leap4),
    one(
        "incoming-transaction-queue-size-mb",
        number(1, 2047),
        Eosio2_0,
        Spring1,
    ),
    flag("disable-api-persisted-trx", Leap3, Leap3),
    one("disable-subjective-billing", Flag, Leap3, Leap3),
    many("disable-subjective-account-billing", Name, Leap3, Spring1),
    one("disable-subjective-p2p-billing", Flag, Leap3, Spring1),
    one("disable-subjective-api-billing", Flag, Leap3, Spring1),
    one("producer-threads", THREADS, Eosio1_8, Leap5),
    one("snapshots-dir", Text, Eosio1_8, Spring1),
    one("read-only-threads", number(0, 8), Leap4, Leap4),
    one("read-only-threads", number(0, 128), Leap5, Spring1),
    one("read-only-write-window-time-us", U32, Leap4, Spring1),
    one("read-only-read-window-time-us", U32, Leap4, Spring1),
];

pub(super) const SIGNATURE_PROVIDER: &[Row] = &[one("keosd-provider-timeout", I32, Leap3, Spring1)];
