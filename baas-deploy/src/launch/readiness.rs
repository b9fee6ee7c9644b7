//! What a node says of itself, and whether that is enough to be ready: pure, but for the questions.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use eos_abi::TimePoint;
use serde::Deserialize;

use super::arguments::Criteria;
use super::rpc;

/// Where nodeos answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rpc {
    pub(super) chain: SocketAddr,
    pub(super) net: SocketAddr,
    pub(super) producer: SocketAddr,
}

/// An answer to a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) is_good: bool,
    /// One line.
    pub(super) reason: String,
}

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) head_block_num: u32,
    pub(super) head_age: Duration,
    pub(super) last_irreversible_block_num: u32,
    /// None: it was not asked, or could not say.
    pub(super) peers: Option<usize>,
    pub(super) is_paused: Option<bool>,
}

/// The part of `get_info` that counts.
#[derive(Debug, Deserialize)]
struct Info {
    head_block_num: u32,
    head_block_time: TimePoint,
    last_irreversible_block_num: u32,
}

#[derive(Debug, Deserialize)]
struct Connection {
    #[serde(default)]
    connecting: bool,
    last_handshake: Handshake,
}

#[derive(Debug, Deserialize)]
struct Handshake {
    generation: i64,
}

impl Verdict {
    pub(super) fn good(reason: impl fmt::Display) -> Self {
        Self {
            is_good: true,
            reason: reason.to_string(),
        }
    }

    pub(super) fn bad(reason: impl fmt::Display) -> Self {
        Self {
            is_good: false,
            reason: reason.to_string(),
        }
    }
}

/// Asks a node what the criteria need. Returns why it does not count as ready if it cannot say.
pub(super) fn ask(
    rpc: &Rpc,
    criteria: &Criteria,
    now: SystemTime,
    deadline: Instant,
) -> Result<Facts, String> {
    let info = call(rpc.chain, "/v1/chain/get_info", deadline)?;
    let info = info.ok_or("get_info is not there: is chain_api_plugin configured?")?;
    let info: Info = read(&info, "get_info")?;
    let peers = if criteria.min_peers > 0 {
        let connections = call(rpc.net, "/v1/net/connections", deadline)?;
        let connections =
            connections.ok_or("the connections are not there: is net_api_plugin configured?")?;
        Some(peers(&connections)?)
    } else {
        None
    };
    let is_paused = if criteria.producer {
        let paused = call(rpc.producer, "/v1/producer/paused", deadline)?;
        paused.map(|paused| read(&paused, "paused")).transpose()?
    } else {
        None
    };
    Ok(Facts {
        head_block_num: info.head_block_num,
        head_age: age(info.head_block_time, now),
        last_irreversible_block_num: info.last_irreversible_block_num,
        peers,
        is_paused,
    })
}

/// Says whether that is enough.
pub(super) fn judge(facts: &Facts, criteria: &Criteria) -> Verdict {
    let head = facts.head_block_num;
    if facts.is_paused == Some(true) {
        return Verdict::bad("production is paused");
    }
    if let Some(peers) = facts.peers
        && peers < criteria.min_peers
    {
        let needed = criteria.min_peers;
        return Verdict::bad(format_args!(
            "{peers} peers are connected, {needed} are needed"
        ));
    }
    if let Some(most) = criteria.max_head_age
        && facts.head_age > most
    {
        return Verdict::bad(format_args!(
            "the head, block {head}, is {} s old, more than {} s: it is syncing, or nobody produces",
            facts.head_age.as_secs(),
            most.as_secs()
        ));
    }
    let behind = head.saturating_sub(facts.last_irreversible_block_num);
    if let Some(most) = criteria.max_lib_lag
        && behind > most
    {
        return Verdict::bad(format_args!(
            "the last irreversible block is {behind} blocks behind the head, more than {most}: too few producers sign"
        ));
    }
    Verdict::good(format_args!(
        "ready at block {head}, {} s old, {behind} blocks ahead of the last irreversible one",
        facts.head_age.as_secs()
    ))
}

/// Returns the text of an answer; nothing where nodeos has no such call.
fn call(address: SocketAddr, path: &str, deadline: Instant) -> Result<Option<String>, String> {
    let answer = rpc::get(address, path, deadline)
        .map_err(|error| format!("{path} was not answered: {error}"))?;
    match answer.status {
        200..=299 => Ok(Some(answer.body)),
        404 => Ok(None),
        status => Err(format!("{path} was answered with status {status}")),
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str, what: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|_| format!("the answer to {what} is not understood"))
}

/// Returns how many peers have shaken hands.
fn peers(json: &str) -> Result<usize, String> {
    let connections: Vec<Connection> = read(json, "connections")?;
    let is_peer = |connection: &&Connection| {
        !connection.connecting && connection.last_handshake.generation > 0
    };
    Ok(connections.iter().filter(is_peer).count())
}

/// Returns how old a block is; one of the future, where clocks differ, is new.
fn age(time: TimePoint, now: SystemTime) -> Duration {
    let of_block = u64::try_from(time.to_microseconds()).unwrap_or(0);
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    now.saturating_sub(Duration::from_micros(of_block))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRITERIA: Criteria = Criteria {
        max_head_age: Some(Duration::from_secs(30)),
        max_lib_lag: Some(100),
        min_peers: 2,
        producer: true,
    };

    fn facts() -> Facts {
        Facts {
            head_block_num: 1000,
            head_age: Duration::from_secs(1),
            last_irreversible_block_num: 990,
            peers: Some(2),
            is_paused: Some(false),
        }
    }

    #[test]
    fn a_node_is_ready_or_says_why_not() {
        let good = "ready at block 1000, 1 s old, 10 blocks ahead of the last irreversible one";
        assert_eq!(judge(&facts(), &CRITERIA), Verdict::good(good));
        let unknown = Facts {
            peers: None,
            is_paused: None,
            ..facts()
        };
        assert_eq!(judge(&unknown, &CRITERIA), Verdict::good(good));
        for (facts, reason) in [
            (
                Facts {
                    head_age: Duration::from_secs(31),
                    ..facts()
                },
                "the head, block 1000, is 31 s old, more than 30 s: it is syncing, or nobody produces",
            ),
            (
                Facts {
                    last_irreversible_block_num: 899,
                    ..facts()
                },
                "the last irreversible block is 101 blocks behind the head, more than 100: too few producers sign",
            ),
            (
                Facts {
                    peers: Some(1),
                    ..facts()
                },
                "1 peers are connected, 2 are needed",
            ),
            (
                Facts {
                    is_paused: Some(true),
                    ..facts()
                },
                "production is paused",
            ),
        ] {
            assert_eq!(judge(&facts, &CRITERIA), Verdict::bad(reason));
        }
        let old = Facts {
            head_age: Duration::from_hours(1),
            last_irreversible_block_num: 1,
            ..facts()
        };
        let any = Criteria {
            max_head_age: None,
            max_lib_lag: None,
            ..CRITERIA
        };
        assert!(judge(&old, &any).is_good);
    }

    #[test]
    fn only_peers_that_shook_hands_count() {
        let json = r#"[{"peer":"a:1","connecting":false,"last_handshake":{"generation":2,"x":1}},
            {"peer":"b:1","connecting":true,"last_handshake":{"generation":1}},
            {"peer":"c:1","connecting":false,"last_handshake":{"generation":0}}]"#;
        assert_eq!(peers(json), Ok(1));
        assert_eq!(
            peers("{}"),
            Err("the answer to connections is not understood".to_owned())
        );
    }

    #[test]
    fn the_age_of_a_block_is_never_negative() {
        let time: TimePoint = "2024-03-02T12:00:00.500".parse().unwrap();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(age(time, at(1_709_380_810)), Duration::from_millis(9_500));
        assert_eq!(age(time, at(1_709_380_790)), Duration::ZERO);
        assert_eq!(age(time, at(0)), Duration::ZERO);
    }
}
