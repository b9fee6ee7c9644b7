//! One `config.ini` of the public part and the mounted fragments with the keys.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use eos_keys::{PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::mask::without_keys;
use super::refusal::Refusal;

/// Options whose values hold a private key.
const SECRETS: [&str; 3] = ["signature-provider", "private-key", "peer-private-key"];
/// Options that say where the node's data lies and how it starts, which is decided here.
const DECIDED_HERE: [&str; 14] = [
    "blocks-dir",
    "state-dir",
    "config",
    "config-dir",
    "data-dir",
    "genesis-json",
    "genesis-timestamp",
    "snapshot",
    "delete-all-blocks",
    "replay-blockchain",
    "hard-replay-blockchain",
    "truncate-at-block",
    "terminate-at-block",
    "block-log-dir",
];
const DEFAULT_RPC: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8888);

/// A text and where it came from.
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) text: Zeroizing<String>,
}

/// Returns the merged text.
pub(super) fn merge(public: &Part, secrets: &[Part]) -> Result<Zeroizing<String>, Refusal> {
    for (line, name, value) in options(&public.text) {
        let problem = if without_keys(value) != value && SECRETS.contains(&name) {
            format!(
                "the public configuration holds a private key in `{name}`: it belongs into the secret"
            )
        } else if DECIDED_HERE.contains(&name) {
            format!("`{name}` must not be set: the launcher decides it")
        } else if name == "enable-stale-production" && value != "false" {
            "`enable-stale-production` must not be set: use --boot or --cold-start".to_owned()
        } else {
            continue;
        };
        return Err(problem_in(public, line, problem));
    }
    let length: usize = secrets.iter().map(|part| part.text.len() + 1).sum();
    // Growing would leave a copy of the keys behind.
    let mut merged = Zeroizing::new(String::with_capacity(public.text.len() + length + 1));
    merged.push_str(&public.text);
    merged.push('\n');
    for part in secrets {
        check_secret(part)?;
        merged.push_str(&part.text);
        merged.push('\n');
    }
    Ok(merged)
}

/// Returns where nodeos will answer for this topic: `chain_ro`, `net_ro` or `producer_ro`.
pub(super) fn rpc_address(config: &str, category: &str) -> SocketAddr {
    let of_category = || {
        values(config, "http-category-address").find_map(|value| {
            let (found, address) = value.split_once(',')?;
            (found.trim() == category).then(|| address.trim())
        })
    };
    let server = values(config, "http-server-address").next();
    let address = match server {
        Some("http-category-address") => of_category(),
        other => other,
    };
    address.and_then(reachable).unwrap_or(DEFAULT_RPC)
}

/// Says whether the node keeps no blocks from which its state could be computed again.
pub(super) fn keeps_no_blocks(config: &str) -> bool {
    values(config, "block-log-retain-blocks").any(|value| value == "0")
}

/// Returns where nodeos puts parts of its block log aside, if not beside it; a relative path is below the log's directory.
pub(super) fn parts_of_blocks(config: &str) -> Option<PathBuf> {
    let dir = values(config, "blocks-retained-dir").next();
    dir.filter(|dir| !dir.is_empty()).map(PathBuf::from)
}

/// Returns where a process of the same container reaches an address that nodeos listens on.
fn reachable(address: &str) -> Option<SocketAddr> {
    let (host, port) = address.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let ip = match host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => Ipv6Addr::LOCALHOST.into(),
        Ok(ip) if ip != IpAddr::V4(Ipv4Addr::UNSPECIFIED) => ip,
        // A wildcard; or a name, which is this machine's.
        _ => Ipv4Addr::LOCALHOST.into(),
    };
    Some(SocketAddr::new(ip, port))
}

fn values<'a>(text: &'a str, option: &str) -> impl Iterator<Item = &'a str> {
    options(text).filter_map(move |(_, name, value)| (name == option).then_some(value))
}

/// Returns what a text sets: line, name, value.
fn options(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let line = line.split('#').next()?.trim();
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (!line.is_empty()).then(|| (index + 1, name.trim(), value.trim()))
    })
}

fn check_secret(part: &Part) -> Result<(), Refusal> {
    for (line, name, value) in options(&part.text) {
        if !SECRETS.contains(&name) {
            // What stands there may be a key without anything before it.
            return Err(problem_in(
                part,
                line,
                "only `signature-provider`, `private-key` and `peer-private-key` belong into the secret".to_owned(),
            ));
        }
        let checked = match name {
            "signature-provider" => check_provider(value),
            "private-key" => check_pair(value),
            _ => Ok(()),
        };
        checked.map_err(|problem| problem_in(part, line, problem.to_owned()))?;
    }
    Ok(())
}

/// nodeos logs a provider that it cannot read, with its key, and goes on without.
fn check_provider(value: &str) -> Result<(), &'static str> {
    let (public, provider) = value
        .split_once('=')
        .ok_or("a signature provider is PUBLIC=KEY:PRIVATE or PUBLIC=KEOSD:URL")?;
    match provider.split_once(':') {
        Some(("KEY", private)) => check_keys(public, private),
        Some(("KEOSD" | "SE" | "TPM", _)) => Ok(()),
        _ => Err("a signature provider is PUBLIC=KEY:PRIVATE or PUBLIC=KEOSD:URL"),
    }
}

/// The older form: `["PUBLIC","PRIVATE"]`.
fn check_pair(value: &str) -> Result<(), &'static str> {
    const PAIR: &str = "a private key is given as [\"PUBLIC\",\"PRIVATE\"]";
    let pair = value
        .strip_prefix('[')
        .and_then(|value| value.strip_suffix(']')?.split_once(','))
        .ok_or(PAIR)?;
    let quoted = |text: &'_ str| -> Option<(usize, usize)> {
        let text = text.trim();
        (text.len() >= 2 && text.starts_with('"') && text.ends_with('"'))
            .then(|| (1, text.len() - 1))
    };
    let (public, private) = (pair.0.trim(), pair.1.trim());
    match (quoted(public), quoted(private)) {
        (Some((a, b)), Some((c, d))) => check_keys(&public[a..b], &private[c..d]),
        _ => Err(PAIR),
    }
}

fn check_keys(public: &str, private: &str) -> Result<(), &'static str> {
    // Keys of finalizers are nodeos' to check.
    if public.starts_with("PUB_BLS_") && private.starts_with("PVT_BLS_") {
        return Ok(());
    }
    let public: PublicKey = public.parse().map_err(|_| "the public key is malformed")?;
    let private: PrivateKey = private
        .parse()
        .map_err(|_| "the private key is malformed")?;
    if private.public_key() == public {
        Ok(())
    } else {
        Err("the private key is not the one of the public key")
    }
}

fn problem_in(part: &Part, line: usize, problem: String) -> Refusal {
    Refusal::Config {
        path: part.path.clone(),
        line,
        problem,
    }
}

/// Returns what a `*.ini` file in the mounted directory is called; nothing for what a mount has beside them.
pub(super) fn is_fragment(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| {
        !name.starts_with('.') && path.extension().is_some_and(|end| end == "ini")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";

    fn part(path: &str, text: &str) -> Part {
        Part {
            path: path.into(),
            text: Zeroizing::new(text.to_owned()),
        }
    }

    fn key(byte: u8) -> PrivateKey {
        PrivateKey::from_bytes(eos_keys::KeyType::K1, &[byte; 32]).unwrap()
    }

    fn refusal(public: &str, secret: &str) -> String {
        merge(&part("config.ini", public), &[part("key.ini", secret)])
            .unwrap_err()
            .report()
    }

    #[test]
    fn fragments_follow_the_public_part() {
        let text = key(7).expose_text();
        let (public, private) = (key(7).public_key(), text.expose());
        for line in [
            format!("signature-provider = {public}=KEY:{private}"),
            format!("signature-provider={public}=KEOSD:http://127.0.0.1:6666"),
            format!("private-key = [\"{public}\", \"{private}\"]"),
            "# nothing\n\n".to_owned(),
            "signature-provider = PUB_BLS_a=KEY:PVT_BLS_b".to_owned(),
        ] {
            let merged = merge(&part("c", "a = 1"), &[part("k", &line), part("l", "")]).unwrap();
            assert_eq!(*merged, format!("a = 1\n{line}\n\n"));
        }
        assert_eq!(*merge(&part("c", "a = 1\n"), &[]).unwrap(), "a = 1\n\n");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line_and_no_key_is_shown() {
        let text = key(7).expose_text();
        let private = text.expose();
        let other = key(8).public_key();
        let form =
            "line 1 of key.ini: a signature provider is PUBLIC=KEY:PRIVATE or PUBLIC=KEOSD:URL";
        let only = "line 1 of key.ini: only `signature-provider`, `private-key` and `peer-private-key` belong into the secret";
        for (secret, message) in [
            (
                format!("signature-provider = {other}=KEY:{private}"),
                "line 1 of key.ini: the private key is not the one of the public key",
            ),
            (
                format!("\nsignature-provider = {other}=KEY:{private}x"),
                "line 2 of key.ini: the private key is malformed",
            ),
            (
                format!("signature-provider = {private}=KEY:{private}"),
                "line 1 of key.ini: the public key is malformed",
            ),
            (format!("signature-provider = {private}"), form),
            (format!("signature-provider = {other}={private}"), form),
            (
                format!("private-key = {private}"),
                "line 1 of key.ini: a private key is given as [\"PUBLIC\",\"PRIVATE\"]",
            ),
            (
                "private-key = [\",\"]".to_owned(),
                "line 1 of key.ini: a private key is given as [\"PUBLIC\",\"PRIVATE\"]",
            ),
            (private.to_owned(), only),
            ("plugin = eosio::producer_plugin".to_owned(), only),
        ] {
            let found = refusal("", &secret);
            assert_eq!(found, message);
            assert!(!found.contains(&private[..8]));
        }
        for (public, message) in [
            (
                format!("a = 1\nsignature-provider = {PUBLIC}=KEY:{private}"),
                "line 2 of config.ini: the public configuration holds a private key in `signature-provider`: it belongs into the secret",
            ),
            (
                "blocks-dir = x".to_owned(),
                "line 1 of config.ini: `blocks-dir` must not be set: the launcher decides it",
            ),
            (
                "enable-stale-production = true".to_owned(),
                "line 1 of config.ini: `enable-stale-production` must not be set: use --boot or --cold-start",
            ),
        ] {
            assert_eq!(refusal(&public, ""), message);
        }
        let keosd = format!(
            "signature-provider = {PUBLIC}=KEOSD:unix:///x\nenable-stale-production = false"
        );
        assert!(merge(&part("c", &keosd), &[]).is_ok());
    }

    #[test]
    fn the_rpc_is_found_where_the_configuration_has_it() {
        for (config, chain, net) in [
            ("", "127.0.0.1:8888", "127.0.0.1:8888"),
            (
                "http-server-address = 0.0.0.0:8000 # all",
                "127.0.0.1:8000",
                "127.0.0.1:8000",
            ),
            (
                "http-server-address = [::]:8000",
                "[::1]:8000",
                "[::1]:8000",
            ),
            (
                "http-server-address = 10.1.2.3:8000",
                "10.1.2.3:8000",
                "10.1.2.3:8000",
            ),
            (
                "http-server-address=localhost:8000",
                "127.0.0.1:8000",
                "127.0.0.1:8000",
            ),
            (
                "http-server-address = nothing",
                "127.0.0.1:8888",
                "127.0.0.1:8888",
            ),
            (
                "http-server-address = http-category-address\nhttp-category-address = chain_ro,:8001\nhttp-category-address = net_ro,127.0.0.1:8002",
                "127.0.0.1:8001",
                "127.0.0.1:8002",
            ),
        ] {
            let found =
                ["chain_ro", "net_ro"].map(|category| rpc_address(config, category).to_string());
            assert_eq!(found, [chain, net], "{config}");
        }
    }

    #[test]
    fn a_mount_has_more_than_fragments() {
        assert!(is_fragment(Path::new("/s/key.ini")));
        for other in ["/s/..data", "/s/.key.ini", "/s/key.pem", "/s/ini"] {
            assert!(!is_fragment(Path::new(other)), "{other}");
        }
        assert!(keeps_no_blocks("block-log-retain-blocks = 0"));
        assert!(!keeps_no_blocks("block-log-retain-blocks = 10 # 0"));
        let parts = parts_of_blocks("blocks-log-stride = 9\nblocks-retained-dir = old # parts");
        assert_eq!(parts, Some("old".into()));
        assert_eq!(parts_of_blocks("blocks-retained-dir =\n"), None);
    }
}
