//! One request to a registry: credentials, redirects, silence, and another attempt.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use tokio::time::Instant;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::body::FilePart;
use super::{Inner, Scope};
use crate::image::error::ImageError;
use crate::image::reference::api_host;

const MOST_REDIRECTS: usize = 5;
/// How often progress is told, and silence looked for.
const TICK: Duration = Duration::from_millis(100);
const LARGEST_ERROR: u64 = 64 << 10;
/// A registry that wants us to wait longer is told to be out of reach.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What is sent. It can be sent again.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) payload: Payload,
    /// What it is, for messages.
    pub(super) doing: String,
}

#[derive(Debug, Clone)]
pub(super) enum Payload {
    None,
    Bytes(Bytes),
    File(FilePart),
}

impl Request {
    pub(super) fn new(method: Method, url: Url, doing: impl Into<String>) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            payload: Payload::None,
            doing: doing.into(),
        }
    }
}

impl Inner {
    /// Returns an address of a registry's API.
    pub(super) fn url(&self, scope: &Scope, path: &str) -> Result<Url, ImageError> {
        let api_host = api_host(&scope.registry);
        let plain = is_loopback_name(api_host) || self.settings.plain_http.contains(api_host);
        let scheme = if plain { "http" } else { "https" };
        Url::parse(&format!("{scheme}://{api_host}/v2/{path}")).map_err(|_| ImageError::Reference {
            text: api_host.to_owned(),
            reason: "its registry is not a host name",
        })
    }

    /// Refuses to talk to a host without TLS unless it is this machine, or allowed by name.
    pub(super) fn check_transport(&self, url: &Url) -> Result<(), ImageError> {
        let host = host_of(url);
        let is_known = matches!(url.scheme(), "http" | "https");
        let may_be_plain = is_loopback(url) || self.settings.plain_http.contains(&host);
        if is_known && (url.scheme() == "https" || may_be_plain) {
            return Ok(());
        }
        Err(ImageError::PlainHttp { host })
    }

    /// Sends a request to a registry, once, with what it wants to be shown, and follows its redirects.
    pub(super) async fn send(
        &self,
        scope: &Scope,
        request: &Request,
    ) -> Result<Response, ImageError> {
        let home = self.url(scope, "")?;
        let mut request = request.clone();
        let mut asked = false;
        for _ in 0..=MOST_REDIRECTS {
            self.check_transport(&request.url)?;
            // Another host, port or scheme gets no credentials of ours, nor are its questions for them answered.
            let at_home = request.url.origin() == home.origin();
            request.headers.remove(AUTHORIZATION);
            if at_home && let Some(header) = self.tokens.get(scope) {
                request.headers.insert(AUTHORIZATION, header);
            }
            let mut response = self.send_once(&request).await?;
            if response.status() == StatusCode::UNAUTHORIZED && at_home && !asked {
                // A token may also have expired since; but nobody is asked twice in one request.
                asked = true;
                let header = self.authorize(scope, &response).await?;
                request.headers.insert(AUTHORIZATION, header);
                response = self.send_once(&request).await?;
            }
            let Some(next) = redirect(scope, &request, &response)? else {
                return Ok(response);
            };
            if request.url.scheme() == "https" && next.scheme() != "https" {
                return Err(ImageError::PlainHttp {
                    host: host_of(&next),
                });
            }
            request.url = next;
        }
        Err(ImageError::Answer {
            registry: scope.registry.clone(),
            doing: request.doing,
            reason: "one redirect leads to the next",
        })
    }

    /// Sends a request as it is, and waits for the head of the answer as long as something happens.
    pub(super) async fn send_once(&self, request: &Request) -> Result<Response, ImageError> {
        let client = if is_loopback(&request.url) {
            &self.direct
        } else {
            &self.http
        };
        let (body, sent) = match &request.payload {
            Payload::None => (None, None),
            Payload::Bytes(bytes) => (Some(reqwest::Body::from(bytes.clone())), None),
            Payload::File(part) => (
                Some(reqwest::Body::wrap(part.body())),
                Some(Arc::clone(&part.sent)),
            ),
        };
        let mut builder = client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone());
        builder = match body {
            Some(body) => builder.body(body),
            // Some registries insist on a length.
            None if matches!(request.method, Method::POST | Method::PUT) => {
                builder.header(reqwest::header::CONTENT_LENGTH, 0)
            }
            None => builder,
        };
        let host = host_of(&request.url);
        let sending = builder.send();
        self.while_it_moves(sending, sent.as_deref(), &host, &request.doing)
            .await?
            .map_err(|source| ImageError::Unreachable {
                registry: host,
                source: Box::new(source.without_url()),
            })
    }

    /// Awaits `work`, until nothing has moved for too long.
    async fn while_it_moves<T>(
        &self,
        work: impl Future<Output = T>,
        moved: Option<&AtomicU64>,
        host: &str,
        doing: &str,
    ) -> Result<T, ImageError> {
        let mut work = std::pin::pin!(work);
        let mut last = 0;
        let mut since = Instant::now();
        loop {
            let wait = match moved {
                Some(_) => TICK,
                None => self.settings.silence,
            };
            if let Ok(done) = tokio::time::timeout(wait, &mut work).await {
                return Ok(done);
            }
            let now = moved.map_or(0, |moved| moved.load(Ordering::Relaxed));
            if now != last {
                last = now;
                since = Instant::now();
            }
            if since.elapsed() >= self.settings.silence {
                return Err(ImageError::TimedOut {
                    registry: host.to_owned(),
                    doing: doing.to_owned(),
                    after: self.settings.silence,
                });
            }
        }
    }

    /// Awaits `work`, and tells how many bytes of a body were handed over meanwhile.
    pub(super) async fn telling<T>(
        &self,
        work: impl Future<Output = T>,
        sent: &AtomicU64,
        tell: impl Fn(u64),
    ) -> T {
        let mut work = std::pin::pin!(work);
        let mut last = None;
        loop {
            let done = tokio::time::timeout(TICK, &mut work).await;
            let now = sent.load(Ordering::Relaxed);
            if last.replace(now) != Some(now) {
                tell(now);
            }
            if let Ok(done) = done {
                return done;
            }
        }
    }

    /// Returns the next piece of an answer.
    pub(super) async fn chunk(
        &self,
        response: &mut Response,
        host: &str,
        doing: &str,
    ) -> Result<Option<Bytes>, ImageError> {
        self.while_it_moves(response.chunk(), None, host, doing)
            .await?
            .map_err(|source| ImageError::Unreachable {
                registry: host.to_owned(),
                source: Box::new(source.without_url()),
            })
    }

    /// Reads a small answer.
    pub(super) async fn read_all(
        &self,
        mut response: Response,
        host: &str,
        doing: &str,
        limit: u64,
    ) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk(&mut response, host, doing).await? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(ImageError::TooLarge {
                    what: format!("the answer of {host} to {doing}"),
                    limit,
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Begins the attempts at something.
    pub(super) fn attempts(&self) -> Attempts {
        Attempts {
            left: self.settings.attempts,
            pause: self.settings.pause,
        }
    }

    /// Makes an error of an answer that is none of those which were expected.
    pub(super) async fn refusal(
        &self,
        scope: &Scope,
        response: Response,
        doing: &str,
    ) -> ImageError {
        let registry = scope.registry.clone();
        let doing = doing.to_owned();
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = self
            .read_all(response, &registry, &doing, LARGEST_ERROR)
            .await;
        let shown = self.tokens.get(scope);
        let detail = detail(&body.unwrap_or_default(), shown.as_ref());
        match status {
            StatusCode::UNAUTHORIZED => ImageError::Unauthorized {
                registry,
                reason: format!("the name and password, or the token, were not accepted{detail}"),
            },
            StatusCode::FORBIDDEN => ImageError::Denied {
                registry,
                doing,
                detail,
            },
            _ => ImageError::Refused {
                registry,
                status: status.as_u16(),
                doing,
                detail,
                retry_after,
            },
        }
    }
}

/// The attempts at something that may fail for a moment. Nothing in this directory tries again but the loops around these, and
/// what they do is done once each time: the attempts of one would multiply with those of the other.
pub(super) struct Attempts {
    left: u32,
    pause: Duration,
}

impl Attempts {
    /// Waits until the next attempt, or returns the error if it is for more than a moment, or was that of the last attempt.
    pub(super) async fn after(&mut self, error: ImageError) -> Result<(), ImageError> {
        self.left = self.left.saturating_sub(1);
        match pause_before_another(&error, self.pause) {
            Some(wait) if self.left > 0 && wait <= LONGEST_PAUSE => tokio::time::sleep(wait).await,
            _ => return Err(error),
        }
        self.pause = self.pause.saturating_mul(2).min(LONGEST_PAUSE);
        Ok(())
    }
}

/// Says whether a request got no answer.
pub(super) fn is_broken_off(error: &ImageError) -> bool {
    matches!(
        error,
        ImageError::Unreachable { .. } | ImageError::TimedOut { .. }
    )
}

/// Returns how long to wait before another attempt, if that may succeed: as long as the registry asks for.
fn pause_before_another(error: &ImageError, pause: Duration) -> Option<Duration> {
    match error {
        ImageError::Refused {
            status: 408 | 429 | 500 | 502..=504,
            retry_after,
            ..
        } => Some(retry_after.unwrap_or(pause)),
        error => is_broken_off(error).then_some(pause),
    }
}

/// Returns how long a registry asks to wait.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let header = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    header.parse().ok().map(Duration::from_secs)
}

/// Returns where a redirect leads, if an answer is one.
fn redirect(
    scope: &Scope,
    request: &Request,
    response: &Response,
) -> Result<Option<Url>, ImageError> {
    let may_change_method = matches!(response.status().as_u16(), 301..=303);
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    match response.status().as_u16() {
        307 | 308 => {}
        _ if may_change_method && is_read => {}
        _ => return Ok(None),
    }
    location(scope, request, response).map(Some)
}

/// Returns the address in the `Location` of an answer, which may be relative.
pub(super) fn location(
    scope: &Scope,
    request: &Request,
    response: &Response,
) -> Result<Url, ImageError> {
    response
        .headers()
        .get(LOCATION)
        .and_then(|header| header.to_str().ok())
        .and_then(|text| request.url.join(text).ok())
        // A name and password in it would be sent on by the HTTP client.
        .filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
        .ok_or_else(|| ImageError::Answer {
            registry: scope.registry.clone(),
            doing: request.doing.clone(),
            reason: "its Location cannot be followed",
        })
}

/// Returns host and port, as they stand in an image's name.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    }
}

fn is_loopback_name(api_host: &str) -> bool {
    Url::parse(&format!("http://{api_host}")).is_ok_and(|url| is_loopback(&url))
}

/// The codes and messages that registries explain themselves with.
#[derive(Deserialize)]
struct ErrorBody {
    errors: Vec<ErrorItem>,
}

#[derive(Deserialize)]
struct ErrorItem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: Option<String>,
}

/// Returns what a registry said, after a colon: cut, without control characters, and nothing at all if it repeats what was
/// shown to it.
fn detail(body: &[u8], shown: Option<&HeaderValue>) -> String {
    let Ok(body) = serde_json::from_slice::<ErrorBody>(body) else {
        return String::new();
    };
    let Some(item) = body.errors.into_iter().next() else {
        return String::new();
    };
    let message = item.message.unwrap_or_default();
    let text: String = format!("{} {message}", item.code)
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(300)
        .collect();
    let secret = shown.and_then(secret_of);
    match text.trim() {
        "" => String::new(),
        text if secret.is_some_and(|secret| text.contains(secret.as_str())) => String::new(),
        text => format!(": {text}"),
    }
}

/// Returns the token or the password that a header holds.
fn secret_of(header: &HeaderValue) -> Option<Zeroizing<String>> {
    let (scheme, text) = header.to_str().ok()?.split_once(' ')?;
    if scheme == "Bearer" {
        return Some(Zeroizing::new(text.to_owned()));
    }
    let pair = Zeroizing::new(STANDARD.decode(text).ok()?);
    let (_, password) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Some(Zeroizing::new(password.to_owned())).filter(|password| !password.is_empty())
}
