//! Loopback ports. They lie outside the range from which the kernel serves outgoing connections,
//! so that no chance connection takes the port of a node that is being restarted.

use std::collections::HashSet;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::RangeInclusive;

use crate::error::Error;

const FIRST: u16 = 20_000;
const LAST: u16 = 60_999;
/// Linux's default for the range of outgoing connections.
const DEFAULT_EPHEMERAL: RangeInclusive<u16> = 32_768..=60_999;

/// Returns the loopback address with this port.
pub(crate) fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Says whether nobody listens on the port, by listening there for a moment.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind(loopback(port)).is_ok()
}

/// Returns a free port that is not among those already given, and adds it to them.
///
/// The search starts at a random place: two processes that look at the same time find different ones.
pub(crate) fn choose(given: &mut HashSet<u16>) -> Result<u16, Error> {
    let ephemeral = ephemeral_range();
    let candidates: Vec<u16> = (FIRST..=LAST)
        .filter(|port| !ephemeral.contains(port))
        .collect();
    let candidates = if candidates.is_empty() {
        (FIRST..=LAST).collect()
    } else {
        candidates
    };
    // The standard library's hasher is seeded from the system's randomness.
    let random = RandomState::new().build_hasher().finish();
    let start = usize::try_from(random % candidates.len() as u64).expect("it is below a usize");
    let (before, after) = candidates.split_at(start);
    let port = after
        .iter()
        .chain(before)
        .copied()
        .find(|port| !given.contains(port) && is_free(*port))
        .ok_or(Error::NoFreePort)?;
    given.insert(port);
    Ok(port)
}

fn ephemeral_range() -> RangeInclusive<u16> {
    let read = || {
        let text = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
        let (first, last) = text.trim().split_once(char::is_whitespace)?;
        Some(first.parse().ok()?..=last.trim().parse().ok()?)
    };
    read().unwrap_or(DEFAULT_EPHEMERAL)
}

/// Says whether this process listens on the loopback port. An answer from the port alone would not
/// do: it may be a stranger's, who was faster.
pub(crate) fn is_listened_to_by(port: u16, pid: u32) -> bool {
    let Some(inode) = listening_inode(port, pid) else {
        return false;
    };
    let Ok(files) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    let socket = format!("socket:[{inode}]");
    files
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .any(|target| target.as_os_str() == socket.as_str())
}

/// Reads `/proc/PID/net/tcp`, see proc(5): local address as little-endian hexadecimal, state 0A for listening.
fn listening_inode(port: u16, pid: u32) -> Option<u64> {
    let table = fs::read_to_string(format!("/proc/{pid}/net/tcp")).ok()?;
    let local = format!("0100007F:{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let is_ours = fields.nth(1)? == local && fields.nth(1)? == "0A";
        is_ours.then(|| fields.nth(5)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_ports_are_free_different_and_outside_the_range_of_the_kernel() {
        let mut given = HashSet::new();
        let ports: Vec<u16> = (0..50).map(|_| choose(&mut given).unwrap()).collect();
        assert_eq!(given.len(), 50);
        let ephemeral = ephemeral_range();
        if !ephemeral.contains(&FIRST) {
            assert!(
                ports.iter().all(|port| !ephemeral.contains(port)),
                "{ports:?}"
            );
        }
    }

    #[test]
    fn the_listener_of_a_port_is_told_from_others() {
        let listener = TcpListener::bind(loopback(0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(!is_free(port));
        assert!(is_listened_to_by(port, std::process::id()));
        assert!(!is_listened_to_by(port, 1));
        drop(listener);
        assert!(!is_listened_to_by(port, std::process::id()));
    }
}
