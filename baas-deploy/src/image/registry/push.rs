//! From a store to a registry.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response};
use url::Url;

use super::body::FilePart;
use super::http::{self, Payload, Request, is_transient};
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
struct Session {
    url: Url,
    /// The smallest piece that the registry wants.
    smallest_chunk: u64,
}

enum Started {
    Mounted,
    Session(Session),
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
        let mut scope = Scope::of(reference, true);
        scope.from = image
            .origin
            .as_ref()
            .filter(|origin| origin.registry() == scope.registry)
            .map(|origin| origin.repository().to_owned())
            .filter(|from| *from != scope.repository);
        let mut push = Push {
            inner: &self.0,
            scope,
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
        let mut pause = self.inner.settings.pause;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let session = match self.start(digest).await? {
                Started::Session(session) => session,
                Started::Mounted => {
                    let from = self.scope.from.clone().unwrap_or_default();
                    (self.on_event)(ImageEvent::Mounted {
                        digest: digest.clone(),
                        from,
                    });
                    self.report.mounted.push(digest.clone());
                    return Ok(());
                }
            };
            let sent = if self.in_chunks {
                self.chunks(part, session).await.map_err(Failed::Error)
            } else {
                self.whole(part, session).await
            };
            let error = match sent {
                Ok(()) => break,
                Err(Failed::Way) => {
                    self.fall_back(digest);
                    attempt = 0;
                    continue;
                }
                Err(Failed::Error(error)) => error,
            };
            if attempt < self.inner.settings.attempts && is_worth_another_try(&error) {
                tokio::time::sleep(pause).await;
                pause = pause.saturating_mul(2);
            } else if !self.in_chunks && is_transient(&error) {
                // Where a proxy on the way limits the size, it may simply close the connection.
                self.fall_back(digest);
                attempt = 0;
            } else {
                return Err(error);
            }
        }
        (self.on_event)(ImageEvent::Uploaded {
            digest: digest.clone(),
            total: part.size,
        });
        self.report.uploaded.push(digest.clone());
        self.report.uploaded_bytes += part.size;
        Ok(())
    }

    fn fall_back(&mut self, digest: &BlobDigest) {
        self.in_chunks = true;
        (self.on_event)(ImageEvent::InChunks {
            digest: digest.clone(),
        });
    }

    async fn is_there(&self, digest: &BlobDigest) -> Result<bool, ImageError> {
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

    /// Asks for a place to send a blob to, or for it to be taken from another repository.
    async fn start(&self, digest: &BlobDigest) -> Result<Started, ImageError> {
        let path = format!("{}/blobs/uploads/", self.scope.repository);
        let mut url = self.inner.url(&self.scope, &path)?;
        if let Some(from) = &self.scope.from {
            url.query_pairs_mut()
                .append_pair("mount", digest.as_str())
                .append_pair("from", from);
        }
        let request = Request::new(
            Method::POST,
            url,
            format!("the beginning of an upload to {}", self.scope.repository),
        );
        let response = self.inner.send(&self.scope, &request).await?;
        match response.status().as_u16() {
            201 if self.scope.from.is_some() => Ok(Started::Mounted),
            202 => Ok(Started::Session(Session {
                url: http::location(&self.scope, &request, &response)?,
                smallest_chunk: number(&response, "oci-chunk-min-length").unwrap_or(0),
            })),
            404 => Err(ImageError::NotFound {
                registry: self.scope.registry.clone(),
                what: format!("a repository {} to push to", self.scope.repository),
            }),
            _ => Err(self.refusal(response, &request.doing).await),
        }
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

    /// Sends a blob in several pieces.
    async fn chunks(&self, part: &Descriptor, session: Session) -> Result<(), ImageError> {
        let wanted = self.inner.settings.chunk_size.max(session.smallest_chunk);
        let chunk_size = wanted.clamp(1, LARGEST_CHUNK);
        let mut url = session.url;
        let mut from = 0;
        while from < part.size {
            let length = chunk_size.min(part.size - from);
            let mut request = self.upload(Method::PATCH, url, part, (from, length));
            let range = format!("{from}-{}", from + length - 1);
            request.headers.insert(
                CONTENT_RANGE,
                HeaderValue::try_from(range).expect("digits and a dash"),
            );
            let response = self.send_part(part, &request).await?;
            if !matches!(response.status().as_u16(), 201 | 202 | 204) {
                return Err(self.refusal(response, &request.doing).await);
            }
            url = http::location(&self.scope, &request, &response)?;
            from += length;
            let has = response.headers().get("range");
            let end =
                has.and_then(|range| range.to_str().ok()?.rsplit('-').next()?.parse::<u64>().ok());
            if end.is_some_and(|end| end + 1 != from) {
                return Err(ImageError::Answer {
                    registry: self.scope.registry.clone(),
                    doing: request.doing,
                    reason: "it has another part of it than was sent",
                });
            }
        }
        let mut request = Request::new(Method::PUT, url, format!("the end of {}", part.digest));
        request
            .url
            .query_pairs_mut()
            .append_pair("digest", part.digest.as_str());
        let response = self.inner.send_authorized(&self.scope, &request).await?;
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
            return self.inner.send_authorized(&self.scope, request).await;
        };
        let tell = |sent| {
            (self.on_event)(ImageEvent::Uploading {
                digest: part.digest.clone(),
                sent,
                total: part.size,
            });
        };
        let sending = self.inner.send_authorized(&self.scope, request);
        self.inner.telling(sending, &file.sent, tell).await
    }

    /// Sets the tag, unless it names this image already.
    async fn manifest(&mut self, version: &str, manifest: &[u8]) -> Result<(), ImageError> {
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

/// A blob is sent again from its beginning, in a session of its own.
fn is_worth_another_try(error: &ImageError) -> bool {
    is_transient(error)
        || matches!(error, ImageError::Refused { status, .. } if matches!(status, 408 | 429 | 500 | 502..=504))
}

fn number(response: &Response, header: &str) -> Option<u64> {
    response.headers().get(header)?.to_str().ok()?.parse().ok()
}
