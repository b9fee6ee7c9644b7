//! The options of the plugins that answer and ask over HTTP.

use super::{Row, flag, many, one};
use crate::node::versions::NodeVersion::{Dawn4_1, Eosio1_8, Eosio2_0, Leap3, Leap4, Spring1};
use crate::node::versions::OptionKind::{Endpoint, EndpointOr, Flag, Text};
use crate::node::versions::kind::{I32, MAX_I64, MOST_MEBIBYTES, THREADS, U32, number};

pub(super) const HTTP: &[Row] = &[
    one("unix-socket-path", Text, Eosio1_8, Spring1),
    one("http-server-address", Endpoint, Dawn4_1, Leap3),
    // With the word it listens where the next option says for each topic.
    one(
        "http-server-address",
        EndpointOr("http-category-address"),
        Leap4,
        Spring1,
    ),
    many("http-category-address", Text, Leap4, Spring1),
    one("https-server-address", Endpoint, Dawn4_1, Leap3),
    one("https-certificate-chain-file", Text, Dawn4_1, Leap3),
    one("https-private-key-file", Text, Dawn4_1, Leap3),
    one("https-ecdh-curve", Text, Eosio1_8, Leap3),
    one("access-control-allow-origin", Text, Dawn4_1, Spring1),
    one("access-control-allow-headers", Text, Dawn4_1, Spring1),
    one("access-control-max-age", Text, Eosio1_8, Spring1),
    flag("access-control-allow-credentials", Dawn4_1, Spring1),
    one("max-body-size", U32, Eosio1_8, Spring1),
    one(
        "http-max-bytes-in-flight-mb",
        number(-1, MOST_MEBIBYTES - 1),
        Eosio1_8,
        Spring1,
    ),
    one("http-max-in-flight-requests", I32, Leap3, Spring1),
    one("http-max-response-time-ms", U32, Eosio2_0, Leap3),
    one(
        "http-max-response-time-ms",
        number(-1, MAX_I64),
        Leap4,
        Spring1,
    ),
    flag("verbose-http-errors", Eosio1_8, Spring1),
    one("http-validate-host", Flag, Eosio1_8, Spring1),
    many("http-alias", Text, Eosio1_8, Spring1),
    one("http-threads", THREADS, Eosio1_8, Spring1),
    one("http-keep-alive", Flag, Leap4, Spring1),
];

pub(super) const HTTP_CLIENT: &[Row] = &[
    many("https-client-root-cert", Text, Eosio1_8, Leap3),
    one("https-client-validate-peers", Flag, Eosio1_8, Leap3),
];
