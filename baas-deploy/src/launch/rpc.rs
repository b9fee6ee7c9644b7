//! A small HTTP/1.1 client, for questions to nodeos and to the probes.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The longest answer that is read: so many bytes have the connections to some hundred peers.
const LIMIT: usize = 1 << 20;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

/// Asks, and waits for the whole of the answer until the deadline.
pub(super) fn get(address: SocketAddr, path: &str, deadline: Instant) -> io::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, left(deadline)?)?;
    stream.set_write_timeout(Some(left(deadline)?))?;
    // nodeos compares Host with the address on which it was reached.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4 << 10];
    while !is_complete(&answer) {
        stream.set_read_timeout(Some(left(deadline)?))?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if answer.len() > LIMIT {
            return Err(invalid("the answer is too long"));
        }
    }
    parse(&answer)
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

fn is_complete(answer: &[u8]) -> bool {
    split(answer)
        .is_some_and(|(head, body)| content_length(head).is_some_and(|length| body.len() >= length))
}

fn split(answer: &[u8]) -> Option<(&str, &[u8])> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((
        std::str::from_utf8(&answer[..end]).ok()?,
        &answer[end + 4..],
    ))
}

fn content_length(head: &str) -> Option<usize> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    })
}

fn parse(answer: &[u8]) -> io::Result<Answer> {
    let (head, body) = split(answer).ok_or_else(|| invalid("the answer is not HTTP"))?;
    let status = head
        .strip_prefix("HTTP/1.")
        .and_then(|line| line.split(' ').nth(1)?.lines().next()?.parse().ok())
        .ok_or_else(|| invalid("the answer is not HTTP"))?;
    let length = content_length(head).unwrap_or(body.len());
    let body = body
        .get(..length)
        .ok_or_else(|| invalid("the answer breaks off"))?;
    let body = std::str::from_utf8(body).map_err(|_| invalid("the answer is not text"))?;
    Ok(Answer {
        status,
        body: body.to_owned(),
    })
}

fn invalid(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn answered(text: &'static str, close: bool) -> Result<Answer, String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1000];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            if !close {
                // Until the client goes.
                let _ = stream.read(&mut request[length..]);
            }
            String::from_utf8(request[..length].to_vec()).unwrap()
        });
        let answer = get(address, "/x", Instant::now() + Duration::from_millis(500));
        let request = server.join().unwrap();
        assert_eq!(
            request,
            format!("GET /x HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        );
        answer.map_err(|error| error.to_string())
    }

    #[test]
    fn answers_are_read_by_their_length_or_to_their_end() {
        let ok = |status, body: &str| {
            Ok(Answer {
                status,
                body: body.to_owned(),
            })
        };
        assert_eq!(
            answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", false),
            ok(200, "ab")
        );
        assert_eq!(
            answered("HTTP/1.1 404\r\ncontent-length:1\r\n\r\nabc", false),
            ok(404, "a")
        );
        assert_eq!(answered("HTTP/1.0 500 X\r\n\r\nabc", true), ok(500, "abc"));
    }

    #[test]
    fn what_is_no_answer_is_said() {
        for (text, message) in [
            ("", "the answer is not HTTP"),
            ("SSH-2.0\r\n\r\n", "the answer is not HTTP"),
            ("HTTP/1.1 x\r\n\r\n", "the answer is not HTTP"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
                "the answer breaks off",
            ),
        ] {
            assert_eq!(answered(text, true), Err(message.to_owned()), "{text}");
        }
        let late = answered("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", false).unwrap_err();
        assert!(
            late.contains("temporarily") || late.contains("timed out"),
            "{late}"
        );
    }

    #[test]
    fn an_endless_answer_is_not_read() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            while stream.write_all(&[b'a'; 10_000]).is_ok() {}
        });
        let error = get(address, "/", Instant::now() + Duration::from_secs(20)).unwrap_err();
        assert_eq!(error.to_string(), "the answer is too long");
        server.join().unwrap();
    }
}
