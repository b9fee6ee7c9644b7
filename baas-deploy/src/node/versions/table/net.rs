//! The options of `net_plugin`: peers.

use super::{Row, many, one};
use crate::node::versions::NodeVersion::{
    Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Leap5, Spring1,
};
use crate::node::versions::OptionKind::{
    Endpoint, Flag, QuotedKeyPair, QuotedPublicKey, Text, Words,
};
use crate::node::versions::kind::{MAX_I32, THREADS, U32, name_and, number};

pub(super) const NET: &[Row] = &[
    one("p2p-listen-endpoint", Endpoint, Dawn4_1, Leap4),
    many("p2p-listen-endpoint", Text, Leap5, Spring1),
    one("p2p-server-address", Text, Dawn4_1, Leap4),
    many("p2p-server-address", Text, Leap5, Spring1),
    many("p2p-peer-address", Text, Dawn4_1, Spring1),
    one(
        "p2p-max-nodes-per-host",
        number(0, MAX_I32),
        Eosio1_8,
        Spring1,
    ),
    one("p2p-accept-transactions", Flag, Eosio2_0, Spring1),
    many(
        "p2p-auto-bp-peer",
        name_and(',', "bp1,host:9876"),
        Leap4,
        Spring1,
    ),
    many("p2p-bp-gossip-endpoint", Text, Spring1, Spring1),
    one("p2p-disable-block-nack", Flag, Spring1, Spring1),
    one("agent-name", Text, Dawn4_1, Spring1),
    many(
        "allowed-connection",
        Words(&["any", "producers", "specified", "none"]),
        Dawn4_1,
        Spring1,
    ),
    many("peer-key", QuotedPublicKey, Dawn4_1, Spring1),
    many("peer-private-key", QuotedKeyPair, Dawn4_1, Spring1),
    one("max-clients", U32, Dawn4_1, Spring1),
    one(
        "connection-cleanup-period",
        number(0, MAX_I32),
        Dawn4_1,
        Spring1,
    ),
    one("max-cleanup-time-msec", U32, Eosio1_8, Spring1),
    one("p2p-dedup-cache-expire-time-sec", U32, Leap3, Spring1),
    one("net-threads", THREADS, Eosio1_8, Spring1),
    one("network-version-match", Flag, Dawn4_1, Eosio2_0),
    one("sync-fetch-span", U32, Dawn4_1, Spring1),
    one("sync-peer-limit", U32, Leap4, Spring1),
    one("max-implicit-request", U32, Dawn4_1, Dawn4_1),
    one("use-socket-read-watermark", Flag, Eosio1_8, Spring1),
    one("peer-log-format", Text, Eosio1_8, Spring1),
    one(
        "p2p-keepalive-interval-ms",
        number(1, MAX_I32),
        Eosio2_0,
        Spring1,
    ),
];
