//! From a registry into a store.

use std::io::Write as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response};
use serde::Deserialize;
use tokio::time::Instant;

use super::http::Request;
use super::{Inner, RegistryClient, Scope};
use crate::image::built::{Image, LARGEST_CONFIG};
use crate::image::digest::BlobDigest;
use crate::image::error::{ImageError, io_error};
use crate::image::manifest::{
    DOCKER_LIST, DOCKER_MANIFEST, Descriptor, ImageConfig, Index, Manifest, OCI_INDEX,
    OCI_MANIFEST, Platform, read_json,
};
use crate::image::progress::{ImageEvent, OnImageEvent};
use crate::image::reference::Reference;
use crate::image::store::Store;

const LARGEST_MANIFEST: u64 = 4 << 20;
/// The largest layer, and the most layers, as other tools have it.
const LARGEST_LAYER: u64 = 16 << 30;
const MOST_LAYERS: usize = 127;
/// How often progress is told.
const TICK: Duration = Duration::from_millis(100);

/// What tells the two kinds of documents apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    schema_version: u32,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    layers: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    manifests: Option<serde::de::IgnoredAny>,
}

enum Document {
    Index(Index),
    Manifest(Manifest),
}

impl RegistryClient {
    /// Brings an image into a store, for one platform of those that it may be there for. What is in the store already is
    /// checked, and not brought again. Every part has the digest and the length that its manifest says.
    ///
    /// # Errors
    ///
    /// When the registry cannot be reached, does not have the image for this platform, does not let us in, or sends anything but what
    /// it was asked for; and when the store cannot be written.
    pub async fn pull(
        &self,
        reference: &Reference,
        platform: &Platform,
        store: &Store,
        on_event: &OnImageEvent<'_>,
    ) -> Result<Image, ImageError> {
        let inner = &self.0;
        let scope = Scope::of(reference, false);
        let manifest = inner
            .manifest(&scope, reference.version(), reference.digest(), None)
            .await?;
        let manifest = match manifest {
            Document::Manifest(manifest) => manifest,
            Document::Index(index) => {
                let chosen = choose(reference, platform, &index)?;
                let version = chosen.digest.as_str();
                let found = inner
                    .manifest(&scope, version, Some(&chosen.digest), Some(chosen.size))
                    .await?;
                let Document::Manifest(manifest) = found else {
                    return Err(unsupported(reference, "its index names another index"));
                };
                manifest
            }
        };
        check_layers(reference, &manifest)?;
        if manifest.config.size > LARGEST_CONFIG {
            return Err(too_large(&manifest.config, LARGEST_CONFIG));
        }
        for part in [&manifest.config].into_iter().chain(&manifest.layers) {
            inner.pull_blob(&scope, part, store, on_event).await?;
        }
        let config: ImageConfig = read_json(
            || format!("the configuration of {reference}"),
            &store.read(&manifest.config, LARGEST_CONFIG)?,
        )?;
        if !platform.is_served_by(&config.platform) {
            return Err(ImageError::NoPlatform {
                reference: reference.to_string(),
                wanted: platform.to_string(),
                available: config.platform.to_string(),
            });
        }
        if config.rootfs.diff_ids.len() != manifest.layers.len() {
            return Err(unsupported(
                reference,
                "its configuration has another number of layers than its manifest",
            ));
        }
        Image::assemble(store, &config, manifest.layers, Some(reference.clone()))
    }
}

impl Inner {
    async fn manifest(
        &self,
        scope: &Scope,
        version: &str,
        digest: Option<&BlobDigest>,
        size: Option<u64>,
    ) -> Result<Document, ImageError> {
        let mut attempts = self.attempts();
        loop {
            match self.manifest_once(scope, version, digest, size).await {
                Err(error) => attempts.after(error).await?,
                done => return done,
            }
        }
    }

    async fn manifest_once(
        &self,
        scope: &Scope,
        version: &str,
        digest: Option<&BlobDigest>,
        size: Option<u64>,
    ) -> Result<Document, ImageError> {
        let what = format!("{}/{}, {version}", scope.registry, scope.repository);
        let url = self.url(scope, &format!("{}/manifests/{version}", scope.repository))?;
        let mut request = Request::new(Method::GET, url, format!("the question for {what}"));
        let kinds = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(", ");
        request.headers.insert(
            ACCEPT,
            HeaderValue::try_from(kinds).expect("media types are plain"),
        );
        let response = self.send(scope, &request).await?;
        let response = self.found(scope, response, &what, &request.doing).await?;
        let header = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let said: Option<BlobDigest> = header("docker-content-digest")
            .map(|text| text.parse())
            .transpose()?;
        let content_type = header(CONTENT_TYPE.as_str());
        let bytes = self
            .read_all(response, &scope.registry, &request.doing, LARGEST_MANIFEST)
            .await?;
        let found = BlobDigest::of(&bytes);
        if let Some(expected) = digest.or(said.as_ref()).filter(|digest| **digest != found) {
            return Err(ImageError::DigestMismatch {
                what,
                expected: expected.clone(),
                found,
            });
        }
        if let Some(expected) = size.filter(|size| *size != bytes.len() as u64) {
            return Err(ImageError::SizeMismatch {
                what,
                expected,
                found: bytes.len() as u64,
            });
        }
        read_document(&what, content_type.as_deref(), &bytes)
    }

    /// Brings a blob, unless it is there. Tried again from its beginning when it fails for a moment.
    async fn pull_blob(
        &self,
        scope: &Scope,
        part: &Descriptor,
        store: &Store,
        on_event: &OnImageEvent<'_>,
    ) -> Result<(), ImageError> {
        if part.size > LARGEST_LAYER {
            return Err(too_large(part, LARGEST_LAYER));
        }
        let (known, wanted) = (store.clone(), part.clone());
        // Reads and hashes a whole file.
        let has = tokio::task::spawn_blocking(move || known.has(&wanted)).await;
        if has.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic())) {
            return Ok(());
        }
        let mut attempts = self.attempts();
        loop {
            match self.pull_blob_once(scope, part, store, on_event).await {
                Err(error) => attempts.after(error).await?,
                done => return done,
            }
        }
    }

    async fn pull_blob_once(
        &self,
        scope: &Scope,
        part: &Descriptor,
        store: &Store,
        on_event: &OnImageEvent<'_>,
    ) -> Result<(), ImageError> {
        let Descriptor { digest, size, .. } = part;
        let what = format!("blob {digest}");
        let url = self.url(scope, &format!("{}/blobs/{digest}", scope.repository))?;
        let request = Request::new(Method::GET, url, format!("the question for {what}"));
        let response = self.send(scope, &request).await?;
        let mut response = self.found(scope, response, &what, &request.doing).await?;
        let mut blob = store.begin()?;
        let (doing, host) = (&request.doing, &scope.registry);
        let mut told: Option<Instant> = None;
        while let Some(chunk) = self.chunk(&mut response, host, doing).await? {
            let found = blob.size() + chunk.len() as u64;
            if found > *size {
                return Err(ImageError::SizeMismatch {
                    what,
                    expected: *size,
                    found,
                });
            }
            let path = blob.path().to_owned();
            blob.write_all(&chunk).map_err(io_error("write", &path))?;
            if found == *size || told.is_none_or(|told| told.elapsed() >= TICK) {
                told = Some(Instant::now());
                on_event(ImageEvent::Downloading {
                    digest: digest.clone(),
                    received: found,
                    total: *size,
                });
            }
        }
        let found = blob.size();
        if found != *size {
            return Err(ImageError::SizeMismatch {
                what,
                expected: *size,
                found,
            });
        }
        let check = |found: &BlobDigest| {
            if found == digest {
                return Ok(());
            }
            Err(ImageError::DigestMismatch {
                what,
                expected: digest.clone(),
                found: found.clone(),
            })
        };
        blob.finish_if(check).map(drop)
    }

    /// Returns the answer if it is one, and else an error that names what is missing.
    async fn found(
        &self,
        scope: &Scope,
        response: Response,
        what: &str,
        doing: &str,
    ) -> Result<Response, ImageError> {
        match response.status().as_u16() {
            200 => Ok(response),
            404 => Err(ImageError::NotFound {
                registry: scope.registry.clone(),
                what: what.to_owned(),
            }),
            _ => Err(self.refusal(scope, response, doing).await),
        }
    }
}

/// Reads a manifest or an index. One that could be taken for either is refused: two readers might see two images.
fn read_document(
    what: &str,
    content_type: Option<&str>,
    bytes: &[u8],
) -> Result<Document, ImageError> {
    let name = || format!("the manifest of {what}");
    let kind: Kind = read_json(name, bytes)?;
    let unsupported = |reason: String| ImageError::Unsupported {
        what: name(),
        reason,
    };
    if kind.schema_version != 2 {
        return Err(unsupported(format!(
            "it has version {}, expected 2",
            kind.schema_version
        )));
    }
    let named = kind.media_type.as_deref().or(content_type);
    let named = named.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    match (named, kind.layers.is_some(), kind.manifests.is_some()) {
        (_, true, true) => Err(unsupported("it is both a manifest and an index".to_owned())),
        (Some(OCI_INDEX | DOCKER_LIST), false, true) => read_json(name, bytes).map(Document::Index),
        (Some(OCI_MANIFEST | DOCKER_MANIFEST), true, false) => {
            read_json(name, bytes).map(Document::Manifest)
        }
        (named, ..) => Err(unsupported(format!(
            "it is of kind `{}`, or not what that kind is",
            named
                .unwrap_or_default()
                .chars()
                .take(100)
                .collect::<String>()
        ))),
    }
}

fn choose<'a>(
    reference: &Reference,
    platform: &Platform,
    index: &'a Index,
) -> Result<&'a Descriptor, ImageError> {
    let fits = |entry: &&Descriptor| {
        let other = entry.platform.as_ref();
        other.is_some_and(|other| platform.is_served_by(other))
    };
    if let [only] = index.manifests.as_slice()
        && only.platform.is_none()
    {
        // Its configuration names the platform, and is looked at then.
        return Ok(only);
    }
    index.manifests.iter().find(fits).ok_or_else(|| {
        let platforms = index
            .manifests
            .iter()
            .filter_map(|entry| entry.platform.as_ref());
        let mut names: Vec<_> = platforms.take(20).map(Platform::to_string).collect();
        names.dedup();
        if names.is_empty() {
            return unsupported(
                reference,
                "its index does not name the platforms of its images",
            );
        }
        ImageError::NoPlatform {
            reference: reference.to_string(),
            wanted: platform.to_string(),
            available: names.join(", "),
        }
    })
}

fn check_layers(reference: &Reference, manifest: &Manifest) -> Result<(), ImageError> {
    if manifest.layers.len() > MOST_LAYERS {
        return Err(unsupported(reference, "it has more than 127 layers"));
    }
    for layer in &manifest.layers {
        let is_layer = matches!(
            layer.media_type.as_str(),
            "application/vnd.docker.image.rootfs.diff.tar"
                | "application/vnd.docker.image.rootfs.diff.tar.gzip"
                | "application/vnd.oci.image.layer.v1.tar"
                | "application/vnd.oci.image.layer.v1.tar+gzip"
                | "application/vnd.oci.image.layer.v1.tar+zstd"
        );
        if !is_layer || !layer.urls.is_empty() {
            return Err(unsupported(
                reference,
                "it has layers of a kind that is not for sharing, or not a file system",
            ));
        }
    }
    Ok(())
}

fn unsupported(reference: &Reference, reason: &str) -> ImageError {
    ImageError::Unsupported {
        what: reference.to_string(),
        reason: reason.to_owned(),
    }
}

fn too_large(part: &Descriptor, limit: u64) -> ImageError {
    ImageError::TooLarge {
        what: format!("blob {}", part.digest),
        limit,
    }
}
