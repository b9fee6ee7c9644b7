//! Pulling and pushing, with registries that behave as real ones should not.

mod attempts;
mod login;
mod pull;
mod push;

use std::sync::Mutex;
use std::time::Duration;

use baas_deploy::image::{
    BlobDigest, Content, Credential, Credentials, Image, ImageBuilder, ImageError, ImageEvent,
    Layer, Platform, Reference, RegistryClient, RegistryClientBuilder, Store,
};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

use crate::support::report;

const SECRET: &str = "correct-horse";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

struct Scene {
    dir: tempfile::TempDir,
    server: MockServer,
    events: Mutex<Vec<ImageEvent>>,
}

struct NoHeader(&'static str);

impl Match for NoHeader {
    fn matches(&self, request: &Request) -> bool {
        !request.headers.contains_key(self.0)
    }
}

impl Scene {
    async fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            server: MockServer::start().await,
            events: Mutex::default(),
        }
    }

    fn store(&self, name: &str) -> Store {
        Store::open(self.dir.path().join(name)).unwrap()
    }

    fn reference(&self, name: &str) -> Reference {
        format!("{}/{name}", self.server.address()).parse().unwrap()
    }

    fn client(&self) -> RegistryClientBuilder {
        let password = Credential::password("me", SECRET);
        let credentials = Credentials::none().with(self.server.address().to_string(), password);
        RegistryClient::builder(credentials)
            .pause(Duration::from_millis(1))
            .attempts(3)
            .silence(Duration::from_secs(5))
    }

    async fn mock(&self, mock: wiremock::MockBuilder, answer: ResponseTemplate) {
        mock.respond_with(answer).mount(&self.server).await;
    }

    /// Serves a manifest and the blobs of an image.
    async fn serve(&self, manifest: &[u8], kind: &str, blobs: &[&[u8]]) {
        self.mock(
            Mock::given(method("GET")).and(path_regex("^/v2/eos/nodeos/manifests/1$")),
            ResponseTemplate::new(200).set_body_raw(manifest, kind),
        )
        .await;
        for blob in blobs {
            self.mock(
                Mock::given(method("GET")).and(path(format!(
                    "/v2/eos/nodeos/blobs/{}",
                    BlobDigest::of(blob)
                ))),
                ResponseTemplate::new(200).set_body_raw(*blob, "application/octet-stream"),
            )
            .await;
        }
    }

    async fn pull(&self) -> Result<Image, ImageError> {
        let on_event = |event| self.events.lock().unwrap().push(event);
        self.client()
            .build()?
            .pull(
                &self.reference("eos/nodeos:1"),
                &Platform::linux_amd64(),
                &self.store("pulled"),
                &on_event,
            )
            .await
    }

    async fn push(
        &self,
        client: RegistryClientBuilder,
    ) -> Result<baas_deploy::image::PushReport, ImageError> {
        let on_event = |event| self.events.lock().unwrap().push(event);
        let image = image(&self.store("made"));
        client
            .build()?
            .push(&image, &self.reference("eos/nodeos:1"), &on_event)
            .await
    }

    /// Answers all that a push asks for, but for how a blob is sent.
    async fn accept(&self, upload: &str) {
        self.mock(
            Mock::given(method("HEAD")).and(path_regex("^/v2/eos/nodeos/(blobs|manifests)/")),
            ResponseTemplate::new(404),
        )
        .await;
        self.mock(
            Mock::given(method("POST")).and(path("/v2/eos/nodeos/blobs/uploads/")),
            ResponseTemplate::new(202).insert_header("location", upload),
        )
        .await;
        self.mock(
            Mock::given(method("PUT")).and(path("/v2/eos/nodeos/manifests/1")),
            ResponseTemplate::new(201),
        )
        .await;
    }

    async fn requests(&self, verb: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter()
            .filter(|request| request.method.as_str() == verb)
            .collect()
    }
}

fn image(store: &Store) -> Image {
    let mut layer = Layer::new("");
    layer
        .file(
            "/text",
            0o644,
            Content::Bytes((0..=255).cycle().take(5000).collect()),
        )
        .unwrap();
    ImageBuilder::from_nothing(Platform::linux_amd64())
        .layer(layer)
        .build(store)
        .unwrap()
}

/// Returns the configuration and the manifest of an image with one layer.
fn documents(layer: &[u8], layer_size: usize, layer_kind: &str) -> (Vec<u8>, Vec<u8>) {
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":["{}"]}}}}"#,
        BlobDigest::of(b"unpacked")
    )
    .into_bytes();
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}",
            "config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}","size":{}}},
            "layers":[{{"mediaType":"{layer_kind}","digest":"{}","size":{layer_size}}}]}}"#,
        BlobDigest::of(&config),
        config.len(),
        BlobDigest::of(layer),
    );
    (config, manifest.into_bytes())
}

/// Returns an error with its causes, after a look that no secret is in it.
fn message(error: &ImageError) -> String {
    let text = report(error);
    assert!(!text.contains(SECRET), "{text}");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    text
}
