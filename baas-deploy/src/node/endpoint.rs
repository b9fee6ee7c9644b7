use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use crate::spec::HostName;

/// A host and a port: `bp1.first.svc:9876`, `127.0.0.1:9876`, `[::1]:9876`.
///
/// ```
/// use baas_deploy::node::Endpoint;
///
/// let peer: Endpoint = "bp1.first.svc:9876".parse()?;
/// assert_eq!((peer.host(), peer.port()), ("bp1.first.svc", 9876));
/// // As the tutorial's start script writes it when its list holds a port already.
/// assert!("bp1:9876:9876".parse::<Endpoint>().is_err());
/// # Ok::<(), baas_deploy::node::ParseEndpointError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    host: String,
    port: u16,
}

/// Why a text is not an [`Endpoint`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a host and a port such as `bp1:9876`: {reason}")]
#[non_exhaustive]
pub struct ParseEndpointError {
    /// The text.
    pub text: String,
    reason: &'static str,
}

impl Endpoint {
    /// Returns the port of a host.
    pub fn new(host: &HostName, port: u16) -> Self {
        Self {
            host: host.to_string(),
            port,
        }
    }

    /// Returns the host: a name, or an address, of version 6 without its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self {
            host: address.ip().to_string(),
            port: address.port(),
        }
    }
}

impl FromStr for Endpoint {
    type Err = ParseEndpointError;

    fn from_str(text: &str) -> Result<Self, ParseEndpointError> {
        parse(text).map_err(|reason| ParseEndpointError {
            text: text.to_owned(),
            reason,
        })
    }
}

fn parse(text: &str) -> Result<Endpoint, &'static str> {
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err("the port is missing");
    };
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|port| is_number && *port > 0);
    let Some(port) = port else {
        return Err("a port is a number from 1 to 65535");
    };
    let host = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(address) => address
            .parse()
            .map(|address: Ipv6Addr| address.to_string())
            .ok(),
        None if host.contains(':') => return Err("it has more than one port, or lacks brackets"),
        None if host.parse::<IpAddr>().is_ok() => Some(host.to_owned()),
        None => host
            .to_ascii_lowercase()
            .parse()
            .map(|name: HostName| name.to_string())
            .ok(),
    };
    host.map(|host| Endpoint { host, port })
        .ok_or("the host is neither a name nor an address")
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_a_port_are_read_and_nothing_else() {
        for good in ["bp1:9876", "a.b-c:1", "127.0.0.1:65535", "[::1]:9876"] {
            assert_eq!(good.parse::<Endpoint>().unwrap().to_string(), good);
        }
        for (bad, reason) in [
            ("bp1", "port is missing"),
            ("", "port is missing"),
            ("bp1:", "from 1 to 65535"),
            ("bp1:0", "from 1 to 65535"),
            ("bp1:+1", "from 1 to 65535"),
            ("bp1:65536", "from 1 to 65535"),
            ("bp1:9876:9876", "more than one port"),
            ("::1:9876", "more than one port"),
            (":9876", "neither a name"),
            ("BP_LIST:9876", "neither a name"),
            ("[bp1]:9876", "neither a name"),
        ] {
            let error = bad.parse::<Endpoint>().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
