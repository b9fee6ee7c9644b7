//! The options of `net_plugin`: peers.

use super::{Row, many, one};
use crate::node::versions::NodeVersion::{
    Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Leap5, Spring1,
};
use crate::node::versions::OptionKind::{Endpoint, Flag, Number, Text};

pub(super) const NET: &[Row] = &[
    one("p2p-listen-endpoint", Endpoint, Dawn4_1, Leap4),
    many("p2p-listen-endpoint", Text, Leap5, Spring1),
    one("p2p-server-address", Text, Dawn4_1, Leap4),
    many("p2p-server-address", Text, Leap5, Spring1),
    many("p2p-peer-address", Text, Dawn4_1, Spring1),
    one("p2p-max-nodes-per-host", Number, Eosio1_8, Spring1),
    one("p2p-accept-transactions", Flag, Eosio2_0, Spring1),
    many("p2p-auto-bp-peer", Text, Leap4, Spring1),
    many("p2p-bp-gossip-endpoint", Text, Spring1, Spring1),
    one("p2p-disable-block-nack", Flag, Spring1, Spring1),
    one("agent-name", Text, Dawn4_1, Spring1),
    many("allowed-connection", Text, Dawn4_1, Spring1),
    many("peer-key", Text, Dawn4_1, Spring1),
    many("peer-private-key", Text, Dawn4_1, Spring1),
    one("max-clients", Number, Dawn4_1, Spring1),
    one("connection-cleanup-period", Number, Dawn4_1, Spring1),
    one("max-cleanup-time-msec", Number, Eosio1_8, Spring1),
    one("p2p-dedup-cache-expire-time-sec", Number, Leap3, Spring1),
    one("net-threads", Number, Eosio1_8, Spring1),
    one("network-version-match", Flag, Dawn4_1, Eosio2_0),
    one("sync-fetch-span", Number, Dawn4_1, Spring1),
    one("sync-peer-limit", Number, Leap4, Spring1),
    one("max-implicit-request", Number, Dawn4_1, Dawn4_1),
    one("use-socket-read-watermark", Flag, Eosio1_8, Spring1),
    one("peer-log-format", Text, Eosio1_8, Spring1),
    one("p2p-keepalive-interval-ms", Number, Eosio2_0, Spring1),
];
