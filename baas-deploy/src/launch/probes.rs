//! The probes of Kubernetes, served over HTTP.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use super::arguments::{Criteria, Probe, default_probe_listen};
use super::readiness::{Rpc, Verdict, ask, judge};
use super::refusal::{Refusal, system};
use super::watch::Watch;

/// How long an answer may take, with all that nodeos is asked for it.
const WITHIN: Duration = Duration::from_secs(3);
/// How long whoever asks may take to say what.
const ASKED_WITHIN: Duration = Duration::from_secs(1);
/// The longest request that is read.
const REQUEST: usize = 4 << 10;
/// How many are answered at once; others are turned away, and try again.
const AT_ONCE: usize = 8;

/// What the probes are answered from.
#[derive(Debug)]
pub(super) struct Probes {
    pub(super) watch: Arc<Watch>,
    pub(super) rpc: Rpc,
    pub(super) criteria: Criteria,
    pub(super) now: fn() -> SystemTime,
}

/// Listens for probes; without an address everywhere, also where there is no IPv6.
pub(super) fn listen(address: Option<SocketAddr>) -> Result<TcpListener, Refusal> {
    let wanted = address.unwrap_or_else(default_probe_listen);
    let fallback = || match address {
        None => TcpListener::bind((Ipv4Addr::UNSPECIFIED, wanted.port())),
        Some(_) => Err(io::ErrorKind::AddrNotAvailable.into()),
    };
    TcpListener::bind(wanted).or_else(|source| {
        fallback().map_err(|_| Refusal::NotListening {
            address: wanted,
            source,
        })
    })
}

/// Answers probes from now on.
pub(super) fn serve(listener: TcpListener, probes: Probes) -> Result<(), Refusal> {
    let probes = Arc::new(probes);
    let busy = Arc::new(AtomicUsize::new(0));
    spawn(move || {
        loop {
            let Ok((stream, _)) = listener.accept() else {
                // Of too many open files, or of one that went away.
                std::thread::sleep(Duration::from_millis(50));
                continue;
            };
            if busy.fetch_add(1, Ordering::SeqCst) >= AT_ONCE {
                busy.fetch_sub(1, Ordering::SeqCst);
                continue;
            }
            let (probes, done) = (Arc::clone(&probes), Arc::clone(&busy));
            let spawned = spawn(move || {
                answer(stream, &probes);
                done.fetch_sub(1, Ordering::SeqCst);
            });
            if spawned.is_err() {
                busy.fetch_sub(1, Ordering::SeqCst);
            }
        }
    })
}

fn spawn(run: impl FnOnce() + Send + 'static) -> Result<(), Refusal> {
    std::thread::Builder::new()
        .name("probe".into())
        .stack_size(128 << 10)
        .spawn(run)
        .map(drop)
        .map_err(system("start a thread"))
}

fn answer(mut stream: TcpStream, probes: &Probes) {
    let deadline = Instant::now() + WITHIN;
    let Some(request) = read_request(&mut stream) else {
        return;
    };
    let (status, text) = respond(&request, |probe| probes.verdict(probe, deadline));
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}\n",
        text.len() + 1
    );
    // Whoever asked may be gone.
    let _ = stream
        .set_write_timeout(Some(ASKED_WITHIN))
        .and_then(|()| stream.write_all(response.as_bytes()));
}

/// Reads up to the empty line; nothing when that does not come.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let deadline = Instant::now() + ASKED_WITHIN;
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || request.len() > REQUEST {
            return None;
        }
        stream.set_read_timeout(Some(left)).ok()?;
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            length => request.extend_from_slice(&buffer[..length]),
        }
    }
    String::from_utf8(request).ok()
}

/// Returns the status and the text of the answer to a request.
fn respond(request: &str, verdict: impl FnOnce(Probe) -> Verdict) -> (&'static str, String) {
    let mut words = request.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (words.next(), words.next().unwrap_or_default());
    if method != Some("GET") {
        return ("405 Method Not Allowed", "only GET is answered".to_owned());
    }
    let path = target.split('?').next().unwrap_or_default();
    let probe = path.strip_prefix('/').and_then(|name| name.parse().ok());
    match probe.map(verdict) {
        Some(Verdict {
            is_good: true,
            reason,
        }) => ("200 OK", reason),
        Some(Verdict { reason, .. }) => ("503 Service Unavailable", reason),
        None => (
            "404 Not Found",
            "there are /startup, /readiness and /liveness".to_owned(),
        ),
    }
}

impl Probes {
    fn verdict(&self, probe: Probe, deadline: Instant) -> Verdict {
        let starting = self.watch.starting(Instant::now());
        match (probe, starting) {
            (Probe::Startup | Probe::Liveness, Some(verdict)) => verdict,
            (Probe::Startup, None) => Verdict::good("nodeos answers"),
            (Probe::Liveness, None) => self.alive(deadline),
            (Probe::Readiness, _) if self.watch.is_stopping() => Verdict::bad("stopping"),
            (Probe::Readiness, Some(verdict)) => Verdict::bad(verdict.reason),
            (Probe::Readiness, None) => {
                match ask(&self.rpc, &self.criteria, (self.now)(), deadline) {
                    Ok(facts) => judge(&facts, &self.criteria),
                    Err(reason) => Verdict::bad(reason),
                }
            }
        }
    }

    /// A node that computes a large block answers nothing for a while and is none the worse for it: only the kernel is asked.
    fn alive(&self, deadline: Instant) -> Verdict {
        if self.watch.is_stopping() {
            return Verdict::good("stopping");
        }
        let left = deadline.saturating_duration_since(Instant::now());
        match TcpStream::connect_timeout(&self.rpc.chain, left.max(Duration::from_millis(1))) {
            Ok(_) => Verdict::good("nodeos listens"),
            Err(error) => Verdict::bad(format_args!(
                "nodeos does not listen on {}: {error}",
                self.rpc.chain
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_answered() {
        let good = |_| Verdict::good("fine");
        let bad = |_| Verdict::bad("not so");
        let status = |request: &str| respond(request, good).0;
        assert_eq!(status("GET /startup HTTP/1.1\r\n"), "200 OK");
        assert_eq!(status("GET /liveness?x=1 HTTP/1.1"), "200 OK");
        let answer = respond("GET /readiness HTTP/1.1", bad);
        assert_eq!(answer, ("503 Service Unavailable", "not so".to_owned()));
        for other in [
            "GET / HTTP/1.1",
            "GET startup HTTP/1.1",
            "GET //startup",
            "GET",
        ] {
            assert_eq!(status(other), "404 Not Found", "{other}");
        }
        for other in ["", "POST /startup HTTP/1.1", "get /startup"] {
            assert_eq!(status(other), "405 Method Not Allowed", "{other}");
        }
    }

    fn ends(request: &[u8]) -> bool {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        client.write_all(request).unwrap();
        read_request(&mut server).is_none()
    }

    #[test]
    fn nobody_gets_time_or_memory_without_a_request() {
        let begin = Instant::now();
        assert!(ends(b"GET / HTTP/1.1\r\n"));
        assert!(begin.elapsed() < ASKED_WITHIN * 3);
        assert!(ends(&[b'a'; 3 * REQUEST]));
        assert!(ends(b"\xff\r\n\r\n"));
        assert!(!ends(b"GET / HTTP/1.1\r\n\r\n"));
    }
}
