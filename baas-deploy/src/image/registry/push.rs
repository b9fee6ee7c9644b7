//! From a store to a registry.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response};
use url::Url;

use super::body::FilePart;
use super::http::{self, Payload, Request, is_broken_off};
use super::{Inner, RegistryClient, Scope};
use crate::image::built::Image;
use crate::image::digest::BlobDigest;
use crate::image::error::ImageError;
use crate::image::manifest::{Descriptor, OCI_MANIFEST};
use crate::image::progress::{ImageEvent, OnImageEvent};
use crate::image::reference::Reference;
use crate::image::store::Store;

/// No piece is larger, whatever a registry wants.
const LARGEST_CHUNK: u64 = 1 << 30;

/// What a push did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushReport {
    /// The image's digest, under which it is there for ever.
    pub digest: BlobDigest,
    /// The parts that were sent.
    pub uploaded: Vec<BlobDigest>,
    /// Their bytes.
    pub uploaded_bytes: u64,
    /// The parts that the registry took from another of its repositories.
    pub mounted: Vec<BlobDigest>,
    /// The parts that were there before.
    pub already_there: Vec<BlobDigest>,
    /// Whether the tag was set; it may have named this very image before.
    pub manifest_sent: bool,
}

/// Where and how a blob is sent.
#[derive(Clone)]
struct Session {
    url: Url,
    /// The smallest piece that the registry wants.
    smallest_chunk: u64,
}

enum Started {
    /// The registry took it from this repository.
    Mounted(String),
    Session(Session),
}

/// What earlier attempts at a blob left.
#[derive(Default)]
struct Earlier {
    /// How often its one piece was broken off.
    broken_off: u32,
    /// The session in which pieces of it were sent.
    session: Option<Session>,
}

/// Why a blob did not go in one piece.
enum Failed {
    /// The registry does not take it that way.
    Way,
    Error(ImageError),
}

impl RegistryClient {
    /// Sends an image to a registry under a name, which has a tag or the image's digest. What the registry has is not sent again:
    /// the second time only questions are.
    ///
    /// # Errors
    ///
    /// When the name has neither tag nor digest, or the digest of another image; when the registry cannot be reached, does not let
    /// us in, or refuses a part; and when a part cannot be read from the store.
    pub async fn push(
        &self,
        image: &Image,
        reference: &Reference,
        on_event: &OnImageEvent<'_>,
    ) -> Result<PushReport, ImageError> {
        let digest = image.digest();
        let refuse = |reason| ImageError::Reference {
            text: reference.to_string(),
            reason,
        };
        if reference.digest().is_some_and(|named| *named != digest) {
            return Err(refuse("it has the digest of another image"));
        }
        if reference.digest().is_none() && reference.tag().is_none() {
            return Err(refuse("what is pushed needs a tag"));
        }
        let scope = Scope::of(reference, true);
        let mount_from = image
            .origin
            .as_ref()
            .filter(|origin| origin.registry() == scope.registry)
            .map(|origin| origin.repository().to_owned())
            .filter(|from| *from != scope.repository);
        let mut push = Push {
            inner: &self.0,
            scope,
            mount_from,
            store: &image.store,
            on_event,
            in_chunks: false,
            report: PushReport {
                digest,
                uploaded: Vec::new(),
                uploaded_bytes: 0,
                mounted: Vec::new(),
                already_there: Vec::new(),
                manifest_sent: false,
            },
        };
        let mut parts: Vec<&Descriptor> = Vec::new();
        for part in image.layers.iter().chain([&image.config]) {
            if !parts.iter().any(|known| known.digest == part.digest) {
                parts.push(part);
            }
        }
        for part in parts {
            push.blob(part).await?;
        }
        let version = reference.tag().unwrap_or_else(|| reference.version());
        push.manifest(version, &image.manifest).await?;
        on_event(ImageEvent::Published {
            reference: reference.to_string(),
            digest: push.report.digest.clone(),
        });
        Ok(push.report)
    }
}

struct Push<'a> {
    inner: &'a Inner,
    scope: Scope,
    /// The repository of the image's base, as long as the registry gives us parts of it.
    mount_from: Option<String>,
    store: &'a Store,
    on_event: &'a OnImageEvent<'a>,
    /// The registry has refused one piece: it is not asked again.
    in_chunks: bool,
    report: PushReport,
}

impl Push<'_> {
    async fn blob(&mut self, part: &Descriptor) -> Result<(), ImageError> {
        let digest = &part.digest;
        if self.is_there(digest).await? {
            (self.on_event)(ImageEvent::AlreadyThere {
                digest: digest.clone(),
            });
            self.report.already_there.push(digest.clone());
            return Ok(());
        }
        let mut earlier = Earlier::default();
        let mut attempts = self.inner.attempts();
        let mounted_from = loop {
            match self.bring(part, &mut earlier).await {
                Ok(mounted_from) => break mounted_from,
                Err(error) => attempts.after(error).await?,
            }
        };
        if let Some(from) = mounted_from {
            (self.on_event)(ImageEvent::Mounted {
                digest: digest.clone(),
                from,
            });
            self.report.mounted.push(digest.clone());
            return Ok(());
        }
        (self.on_event)(ImageEvent::Uploaded {
            digest: digest.clone(),
            total: part.size,
        });
        self.report.uploaded.push(digest.clone());
        self.report.uploaded_bytes += part.size;
        Ok(())
    }

    /// Gets a blob into the registry: the rest of it in the session that an earlier attempt left, or all of it in a new one. Returns
    /// the repository that the registry took it from, if it did.
    async fn bring(
        &mut self,
        part: &Descriptor,
        earlier: &mut Earlier,
    ) -> Result<Option<String>, ImageError> {
        if let Some(session) = earlier.session.clone()
            && let Some((session, from)) = self.resume(&session, part.size).await?
        {
            match self.chunks(part, session, from, earlier).await {
                // The registry forgot it meanwhile, or is at another place than it said: from the beginning.
                Err(ImageError::Refused {
                    status: 400 | 404 | 410 | 416,
                    ..
                }) => {}
                result => return result.map(|()| None),
            }
        }
        loop {
            let session = match self.start(&part.digest).await? {
                Started::Session(session) => session,
                Started::Mounted(from) => return Ok(Some(from)),
            };
            if self.in_chunks {
                let sent = self.chunks(part, session, 0, earlier).await;
                return sent.map(|()| None);
            }
            match self.whole(part, session).await {
                Ok(()) => return Ok(None),
                Err(Failed::Way) => self.fall_back(&part.digest),
                Err(Failed::Error(error)) => {
                    // Where a proxy on the way limits the size, it may simply close the connection. So the second half of the
                    // attempts goes the other way.
                    earlier.broken_off += u32::from(is_broken_off(&error));
                    if earlier.broken_off >= self.inner.settings.attempts.div_ceil(2) {
                        self.fall_back(&part.digest);
                    }
                    return Err(error);
                }
            }
        }
    }

    fn fall_back(&mut self, digest: &BlobDigest) {
        self.in_chunks = true;
        (self.on_event)(ImageEvent::InChunks {
            digest: digest.clone(),
        });
    }

    async fn is_there(&self, digest: &BlobDigest) -> Result<bool, ImageError> {
        let mut attempts = self.inner.attempts();
        loop {
            match self.is_there_now(digest).await {
                Err(error) => attempts.after(error).await?,
                done => return done,
            }
        }
    }

    async fn is_there_now(&self, digest: &BlobDigest) -> Result<bool, ImageError> {
        let path = format!("{}/blobs/{digest}", self.scope.repository);
        let request = Request::new(
            Method::HEAD,
            self.inner.url(&self.scope, &path)?,
            format!("the question whether it has {digest}"),
        );
        let response = self.inner.send(&self.scope, &request).await?;
        match response.status().as_u16() {
            200 => Ok(true),
            404 => Ok(false),
            _ => Err(self.refusal(response, &request.doing).await),
        }
    }

    /// Asks for a blob to be taken from another repository, or for a place to send it to.
    async fn start(&mut self, digest: &BlobDigest) -> Result<Started, ImageError> {
        if let Some(from) = self.mount_from.clone() {
            if let Some(started) = self.mount(digest, &from).await? {
                return Ok(started);
            }
            // It would be the same for the next parts.
            self.mount_from = None;
        }
        let request = self.post("")?;
        let response = self.inner.send(&self.scope, &request).await?;
        match response.status().as_u16() {
            202 => self.session(&request, &response).map(Started::Session),
            404 => Err(ImageError::NotFound {
                registry: self.scope.registry.clone(),
                what: format!("a repository {} to push to", self.scope.repository),
            }),
            _ => Err(self.refusal(response, &request.doing).await),
        }
    }

    /// Asks for a blob to be taken from another repository. `None` where the registry does not do that: whoever may write here
    /// need not be let in there, and what is wrong with more than that, an upload shows as well.
    async fn mount(&self, digest: &BlobDigest, from: &str) -> Result<Option<Started>, ImageError> {
        // A token of its own: an authorisation server may give none at all to who asks for too much.
        let scope = Scope {
            from: Some(from.to_owned()),
            ..self.scope.clone()
        };
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("mount", digest.as_str())
            .append_pair("from", from)
            .finish();
        let request = self.post(&format!("?{query}"))?;
        let response = match self.inner.send(&scope, &request).await {
            Err(ImageError::Unauthorized { .. } | ImageError::Refused { .. }) => return Ok(None),
            response => response?,
        };
        match response.status().as_u16() {
            201 => Ok(Some(Started::Mounted(from.to_owned()))),
            202 => self
                .session(&request, &response)
                .map(|session| Some(Started::Session(session))),
            _ => Ok(None),
        }
    }

    fn post(&self, query: &str) -> Result<Request, ImageError> {
        let repository = &self.scope.repository;
        let path = format!("{repository}/blobs/uploads/{query}");
        let url = self.inner.url(&self.scope, &path)?;
        let doing = format!("the beginning of an upload to {repository}");
        Ok(Request::new(Method::POST, url, doing))
    }

    fn session(&self, request: &Request, response: &Response) -> Result<Session, ImageError> {
        Ok(Session {
            url: http::location(&self.scope, request, response)?,
            smallest_chunk: number(response, "oci-chunk-min-length").unwrap_or(0),
        })
    }

    /// Asks how far a session came. `None` where the registry does not say, or has nothing.
    async fn resume(
        &self,
        session: &Session,
        size: u64,
    ) -> Result<Option<(Session, u64)>, ImageError> {
        let request = Request::new(
            Method::GET,
            session.url.clone(),
            format!(
                "the question how far an upload to {} came",
                self.scope.repository
            ),
        );
        let response = self.inner.send(&self.scope, &request).await?;
        if !matches!(response.status().as_u16(), 202 | 204) {
            return Ok(None);
        }
        let (Ok(url), Some(end)) = (
            http::location(&self.scope, &request, &response),
            range_end(&response),
        ) else {
            return Ok(None);
        };
        // `0-0` stands for one byte and for none.
        Ok((end > 0 && end < size).then(|| {
            let session = Session {
                url,
                ..session.clone()
            };
            (session, end + 1)
        }))
    }

    /// Sends a blob in one piece.
    async fn whole(&self, part: &Descriptor, session: Session) -> Result<(), Failed> {
        let mut request = self.upload(Method::PUT, session.url, part, (0, part.size));
        request
            .url
            .query_pairs_mut()
            .append_pair("digest", part.digest.as_str());
        let response = self
            .send_part(part, &request)
            .await
            .map_err(Failed::Error)?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            return self.check(&response, &part.digest).map_err(Failed::Error);
        }
        // What these tell may be about the way, or about the blob; where it is about the blob, the code says so.
        let may_be_the_way = matches!(status, 400 | 404 | 405 | 411 | 413 | 415 | 416 | 501);
        let error = self.refusal(response, &request.doing).await;
        let is_about_blob = matches!(&error, ImageError::Refused { detail, .. }
            if ["DIGEST_INVALID", "SIZE_INVALID", "NAME_INVALID", "NAME_UNKNOWN", "DENIED"]
                .iter().any(|code| detail.contains(code)));
        if may_be_the_way && !is_about_blob {
            return Err(Failed::Way);
        }
        Err(Failed::Error(error))
    }

    /// Sends a blob from a place on, in several pieces.
    async fn chunks(
        &self,
        part: &Descriptor,
        mut session: Session,
        mut from: u64,
        earlier: &mut Earlier,
    ) -> Result<(), ImageError> {
        let wanted = self.inner.settings.chunk_size.max(session.smallest_chunk);
        let chunk_size = wanted.clamp(1, LARGEST_CHUNK);
        while from < part.size {
            earlier.session = Some(session.clone());
            let length = chunk_size.min(part.size - from);
            let mut request = self.upload(Method::PATCH, session.url, part, (from, length));
            let range = format!("{from}-{}", from + length - 1);
            request.headers.insert(
                CONTENT_RANGE,
                HeaderValue::try_from(range).expect("digits and a dash"),
            );
            let response = self.send_part(part, &request).await?;
            if !matches!(response.status().as_u16(), 201 | 202 | 204) {
                return Err(self.refusal(response, &request.doing).await);
            }
            session.url = http::location(&self.scope, &request, &response)?;
            from += length;
            if range_end(&response).is_some_and(|end| end + 1 != from) {
                return Err(ImageError::Answer {
                    registry: self.scope.registry.clone(),
                    doing: request.doing,
                    reason: "it has another part of it than was sent",
                });
            }
        }
        earlier.session = Some(session.clone());
        let mut request = Request::new(
            Method::PUT,
            session.url,
            format!("the end of {}", part.digest),
        );
        request
            .url
            .query_pairs_mut()
            .append_pair("digest", part.digest.as_str());
        let response = self.inner.send(&self.scope, &request).await?;
        if response.status().is_success() {
            return self.check(&response, &part.digest);
        }
        Err(self.refusal(response, &request.doing).await)
    }

    fn upload(
        &self,
        method: Method,
        url: Url,
        part: &Descriptor,
        (from, length): (u64, u64),
    ) -> Request {
        let mut request = Request::new(method, url, format!("the upload of {}", part.digest));
        request.headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        );
        request.headers.insert(CONTENT_LENGTH, length.into());
        request.payload = Payload::File(FilePart {
            path: self.store.path(&part.digest),
            from,
            length,
            sent: Arc::new(AtomicU64::new(from)),
        });
        request
    }

    /// Sends a request with a part of a blob, and tells how it goes on.
    async fn send_part(
        &self,
        part: &Descriptor,
        request: &Request,
    ) -> Result<Response, ImageError> {
        let Payload::File(file) = &request.payload else {
            return self.inner.send(&self.scope, request).await;
        };
        let tell = |sent| {
            (self.on_event)(ImageEvent::Uploading {
                digest: part.digest.clone(),
                sent,
                total: part.size,
            });
        };
        let sending = self.inner.send(&self.scope, request);
        self.inner.telling(sending, &file.sent, tell).await
    }

    /// Sets the tag, unless it names this image already.
    async fn manifest(&mut self, version: &str, manifest: &[u8]) -> Result<(), ImageError> {
        let mut attempts = self.inner.attempts();
        loop {
            match self.manifest_once(version, manifest).await {
                Err(error) => attempts.after(error).await?,
                done => return done,
            }
        }
    }

    async fn manifest_once(&mut self, version: &str, manifest: &[u8]) -> Result<(), ImageError> {
        let path = format!("{}/manifests/{version}", self.scope.repository);
        let url = self.inner.url(&self.scope, &path)?;
        let kind = HeaderValue::from_static(OCI_MANIFEST);
        let doing = format!("the question for {}:{version}", self.scope.repository);
        let mut request = Request::new(Method::HEAD, url.clone(), doing);
        request.headers.insert(ACCEPT, kind.clone());
        let response = self.inner.send(&self.scope, &request).await?;
        let known = response.headers().get("docker-content-digest");
        if response.status().is_success()
            && known.is_some_and(|known| known.as_bytes() == self.report.digest.as_str().as_bytes())
        {
            return Ok(());
        }
        let doing = format!("the manifest of {}:{version}", self.scope.repository);
        let mut request = Request::new(Method::PUT, url, doing);
        request.headers.insert(CONTENT_TYPE, kind);
        request.payload = Payload::Bytes(manifest.to_vec().into());
        let response = self.inner.send(&self.scope, &request).await?;
        if !response.status().is_success() {
            return Err(self.refusal(response, &request.doing).await);
        }
        self.report.manifest_sent = true;
        self.check(&response, &self.report.digest)
    }

    /// Checks the digest under which a registry says that it keeps something.
    fn check(&self, response: &Response, expected: &BlobDigest) -> Result<(), ImageError> {
        let Some(said) = response.headers().get("docker-content-digest") else {
            return Ok(());
        };
        let found: BlobDigest = said.to_str().unwrap_or_default().parse()?;
        if found == *expected {
            return Ok(());
        }
        Err(ImageError::DigestMismatch {
            what: format!("what {} keeps", self.scope.registry),
            expected: expected.clone(),
            found,
        })
    }

    async fn refusal(&self, response: Response, doing: &str) -> ImageError {
        self.inner.refusal(&self.scope, response, doing).await
    }
}

fn number(response: &Response, header: &str) -> Option<u64> {
    response.headers().get(header)?.to_str().ok()?.parse().ok()
}

/// Returns the last byte that a registry has, of `Range: 0-LAST`.
fn range_end(response: &Response) -> Option<u64> {
    let range = response.headers().get("range")?.to_str().ok()?;
    range.rsplit('-').next()?.parse().ok()
}
