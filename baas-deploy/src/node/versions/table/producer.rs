//! The options of `producer_plugin` and of what signs for it.

use super::{Row, flag, many, one};
use crate::node::versions::NodeVersion::{
    Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Leap5, Spring1,
};
use crate::node::versions::OptionKind::{Flag, Name, Number, Signed, Text};

pub(super) const PRODUCER: &[Row] = &[
    flag("enable-stale-production", Dawn4_1, Spring1),
    flag("pause-on-startup", Eosio1_8, Spring1),
    one("production-pause-vote-timeout-ms", Number, Spring1, Spring1),
    one("max-transaction-time", Signed, Dawn4_1, Spring1),
    one("max-irreversible-block-age", Signed, Eosio1_8, Spring1),
    one("max-reversible-blocks", Number, Spring1, Spring1),
    one("required-participation", Number, Dawn4_1, Dawn4_1),
    many("producer-name", Name, Dawn4_1, Spring1),
    many("private-key", Text, Dawn4_1, Leap3),
    many("signature-provider", Text, Eosio1_8, Spring1),
    one("keosd-provider-timeout", Signed, Eosio1_8, Eosio2_0),
    many("greylist-account", Name, Eosio1_8, Spring1),
    one("greylist-limit", Number, Eosio2_0, Spring1),
    one("produce-time-offset-us", Signed, Eosio1_8, Leap3),
    one("last-block-time-offset-us", Signed, Eosio1_8, Leap3),
    one("cpu-effort-percent", Number, Eosio2_0, Leap4),
    one("last-block-cpu-effort-percent", Number, Eosio2_0, Leap3),
    one("produce-block-offset-ms", Number, Leap5, Spring1),
    one("max-block-cpu-usage-threshold-us", Number, Leap3, Spring1),
    one(
        "max-block-net-usage-threshold-bytes",
        Number,
        Leap3,
        Spring1,
    ),
    one(
        "max-scheduled-transaction-time-per-block-ms",
        Number,
        Eosio1_8,
        Leap5,
    ),
    one("subjective-cpu-leeway-us", Signed, Eosio1_8, Spring1),
    one("subjective-account-max-failures", Number, Leap3, Spring1),
    one(
        "subjective-account-max-failures-window-size",
        Number,
        Leap4,
        Spring1,
    ),
    one(
        "subjective-account-decay-time-minutes",
        Number,
        Leap3,
        Spring1,
    ),
    one("incoming-defer-ratio", Text, Eosio1_8, Leap5),
    one(
        "incoming-transaction-queue-size-mb",
        Number,
        Eosio2_0,
        Spring1,
    ),
    flag("disable-api-persisted-trx", Leap3, Leap3),
    one("disable-subjective-billing", Flag, Leap3, Leap3),
    many("disable-subjective-account-billing", Name, Leap3, Spring1),
    one("disable-subjective-p2p-billing", Flag, Leap3, Spring1),
    one("disable-subjective-api-billing", Flag, Leap3, Spring1),
    one("producer-threads", Number, Eosio1_8, Leap5),
    one("snapshots-dir", Text, Eosio1_8, Spring1),
    one("read-only-threads", Number, Leap4, Spring1),
    one("read-only-write-window-time-us", Number, Leap4, Spring1),
    one("read-only-read-window-time-us", Number, Leap4, Spring1),
];

pub(super) const SIGNATURE_PROVIDER: &[Row] =
    &[one("keosd-provider-timeout", Signed, Leap3, Spring1)];
