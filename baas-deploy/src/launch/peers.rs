//! The nodes to dial as one text: what a form or a template can fill in, and `config.ini` cannot say in one line.

use crate::node::Endpoint;

/// The port of a peer that is given without one.
const PORT: u16 = 9876;

/// Reads a list of hosts, with or without a port, separated by commas or white space. It may be empty. Fails with the one that is none.
pub(super) fn parse(list: &str) -> Result<Vec<Endpoint>, &str> {
    let mut peers: Vec<Endpoint> = Vec::new();
    for text in list.split(|c: char| c == ',' || c.is_whitespace()) {
        if text.is_empty() {
            continue;
        }
        let peer = text
            .parse()
            .or_else(|_| format!("{text}:{PORT}").parse())
            .map_err(|_| text)?;
        if !peers.contains(&peer) {
            peers.push(peer);
        }
    }
    Ok(peers)
}

/// Returns the lines with which `config.ini` names them.
pub(super) fn to_ini(peers: &[Endpoint]) -> String {
    let lines: Vec<String> = peers
        .iter()
        .map(|peer| format!("p2p-peer-address = {peer}\n"))
        .collect();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_become_lines() {
        for (list, lines) in [
            ("", ""),
            (" , ", ""),
            ("bp2", "p2p-peer-address = bp2:9876\n"),
            (
                "bp2:9000, bp3.first.svc\tbp2:9000,10.0.0.1\n[::1]",
                "p2p-peer-address = bp2:9000\np2p-peer-address = bp3.first.svc:9876\n\
                 p2p-peer-address = 10.0.0.1:9876\np2p-peer-address = [::1]:9876\n",
            ),
        ] {
            assert_eq!(to_ini(&parse(list).unwrap()), lines, "{list}");
        }
    }

    #[test]
    fn what_is_no_peer_is_named() {
        for (list, bad) in [
            ("bp2, bp3:x", "bp3:x"),
            ("bp2:9876:9876", "bp2:9876:9876"),
            ("http://bp2", "http://bp2"),
            ("bp2;bp3", "bp2;bp3"),
            ("bp2:0", "bp2:0"),
        ] {
            assert_eq!(parse(list), Err(bad));
        }
    }
}
