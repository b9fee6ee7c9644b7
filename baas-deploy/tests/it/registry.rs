//! Pulling and pushing, with registries that behave as real ones should not.

use std::sync::Mutex;
use std::time::Duration;

use baas_deploy::image::{
    BlobDigest, Content, Credential, Credentials, Image, ImageBuilder, ImageError, ImageEvent,
    Layer, Platform, Reference, RegistryClient, RegistryClientBuilder, Store,
};
use wiremock::matchers::{header, header_exists, method, path, path_regex, query_param};
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

#[tokio::test]
async fn a_token_is_fetched_where_the_registry_says_and_shown_from_then_on() {
    let scene = Scene::new().await;
    let tokens = MockServer::start().await;
    let challenge = format!(
        r#"Bearer realm="{}/token?x=1",service="the registry",scope="ignored""#,
        tokens.uri()
    );
    Mock::given(method("GET"))
        .and(path("/token"))
        .and(query_param("x", "1"))
        .and(query_param("service", "the registry"))
        .and(query_param("scope", "repository:eos/nodeos:pull,push"))
        .and(header("authorization", "Basic bWU6Y29ycmVjdC1ob3JzZQ=="))
        .respond_with(
            ResponseTemplate::new(200).set_body_string(r#"{"token":"abc","expires_in":60}"#),
        )
        .expect(1)
        .mount(&tokens)
        .await;
    scene
        .mock(
            Mock::given(NoHeader("authorization")),
            ResponseTemplate::new(401).insert_header("www-authenticate", challenge.as_str()),
        )
        .await;
    let digest = image(&scene.store("made")).digest();
    let known = ResponseTemplate::new(200).insert_header("docker-content-digest", digest.as_str());
    scene
        .mock(
            Mock::given(method("HEAD")).and(header("authorization", "Bearer abc")),
            known,
        )
        .await;
    let report = scene.push(scene.client()).await.unwrap();
    assert_eq!((report.uploaded_bytes, report.manifest_sent), (0, false));
    assert_eq!(report.already_there.len(), 2);
    let refused = scene.server.received_requests().await.unwrap();
    let without = refused
        .iter()
        .filter(|request| !request.headers.contains_key("authorization"));
    assert_eq!(without.count(), 1, "the first one only");
}

#[tokio::test]
async fn an_identity_token_is_exchanged() {
    let scene = Scene::new().await;
    scene
        .mock(
            Mock::given(method("POST")).and(path("/token")),
            ResponseTemplate::new(200).set_body_string(r#"{"access_token":"abc"}"#),
        )
        .await;
    let challenge = format!(r#"Bearer realm="{}/token""#, scene.server.uri());
    scene
        .mock(
            Mock::given(method("HEAD")).and(NoHeader("authorization")),
            ResponseTemplate::new(401).insert_header("www-authenticate", challenge.as_str()),
        )
        .await;
    scene
        .mock(
            Mock::given(method("HEAD")).and(header("authorization", "Bearer abc")),
            ResponseTemplate::new(403),
        )
        .await;
    let registry = scene.server.address().to_string();
    let credentials = Credentials::none().with(registry, Credential::identity_token(SECRET));
    let client = RegistryClient::builder(credentials);
    let error = scene.push(client).await.unwrap_err();
    assert!(matches!(error, ImageError::Denied { .. }), "{error}");
    message(&error);
    let asked = scene.requests("POST").await;
    assert_eq!(
        String::from_utf8_lossy(&asked[0].body),
        "grant_type=refresh_token&client_id=baas-deploy&scope=repository%3Aeos%2Fnodeos%3Apull%2Cpush\
         &refresh_token=correct-horse"
    );
}

#[tokio::test]
async fn who_is_not_let_in_is_told_why() {
    for (challenge, token_status, expected) in [
        (
            r#"Basic realm="x""#,
            0,
            "the name and password, or the token, were not accepted",
        ),
        (
            "Bearer realm=\"URI/token\"",
            401,
            "the name and password, or the token, were not accepted",
        ),
        (
            "Digest realm=x",
            0,
            "it asks for neither a password nor a token",
        ),
        (
            "Bearer realm=\"http://registry.example/token\"",
            0,
            "registry.example is not spoken to without TLS",
        ),
        (
            "Bearer realm=\"nonsense\"",
            0,
            "the address for tokens cannot be read",
        ),
        ("Bearer realm=\"URI/token\"", 200, "there is no token in it"),
    ] {
        let scene = Scene::new().await;
        let challenge = challenge.replace("URI", &scene.server.uri());
        scene
            .mock(
                Mock::given(method("GET")).and(path("/token")),
                ResponseTemplate::new(token_status.max(200)).set_body_string("{}"),
            )
            .await;
        scene
            .mock(
                Mock::given(method("GET")),
                ResponseTemplate::new(401).insert_header("www-authenticate", challenge.as_str()),
            )
            .await;
        let error = message(&scene.pull().await.unwrap_err());
        assert!(error.contains(expected), "{challenge}: {error}");
    }
    let scene = Scene::new().await;
    scene
        .mock(
            Mock::given(method("HEAD")),
            ResponseTemplate::new(401).insert_header("www-authenticate", "Basic"),
        )
        .await;
    let nobody = RegistryClient::builder(Credentials::none());
    let error = message(&scene.push(nobody).await.unwrap_err());
    assert!(
        error.ends_with("does not let us in: it wants a password, and there is none for it"),
        "{error}"
    );
}

#[tokio::test]
async fn a_redirect_to_another_host_carries_no_credentials() {
    let scene = Scene::new().await;
    let elsewhere = MockServer::start().await;
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    let blob = |bytes: &[u8]| format!("/v2/eos/nodeos/blobs/{}", BlobDigest::of(bytes));
    // The layer is elsewhere, the configuration at another address of the same host.
    scene
        .mock(
            Mock::given(NoHeader("authorization")),
            ResponseTemplate::new(401).insert_header("www-authenticate", "Basic realm=x"),
        )
        .await;
    scene
        .mock(
            Mock::given(path(blob(layer))),
            ResponseTemplate::new(307).insert_header(
                "location",
                format!("{}/bucket?signature=1", elsewhere.uri()).as_str(),
            ),
        )
        .await;
    scene
        .mock(
            Mock::given(path(blob(&config))),
            ResponseTemplate::new(302).insert_header("location", "/other/place?a=b"),
        )
        .await;
    scene
        .mock(
            Mock::given(path("/other/place"))
                .and(query_param("a", "b"))
                .and(header_exists("authorization")),
            ResponseTemplate::new(200).set_body_bytes(config.clone()),
        )
        .await;
    scene.serve(&manifest, OCI_MANIFEST, &[]).await;
    Mock::given(path("/bucket"))
        .and(query_param("signature", "1"))
        .and(NoHeader("authorization"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(layer))
        .expect(1)
        .mount(&elsewhere)
        .await;
    scene.pull().await.unwrap();
    for request in elsewhere.received_requests().await.unwrap() {
        assert!(!request.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn another_host_s_question_for_a_password_is_not_answered() {
    let scene = Scene::new().await;
    let elsewhere = MockServer::start().await;
    scene
        .mock(
            Mock::given(method("GET")),
            ResponseTemplate::new(307).insert_header("location", elsewhere.uri().as_str()),
        )
        .await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(401).insert_header("www-authenticate", "Basic realm=x"))
        .expect(1)
        .mount(&elsewhere)
        .await;
    let error = scene.pull().await.unwrap_err();
    assert!(matches!(error, ImageError::Unauthorized { .. }), "{error}");
    message(&error);
}

#[tokio::test]
async fn redirects_that_lead_astray_are_not_followed() {
    for (location, expected) in [
        (
            Some("http://registry.example/x"),
            "registry.example is not spoken to without TLS",
        ),
        (
            Some("ftp://127.0.0.1/x"),
            "127.0.0.1 is not spoken to without TLS",
        ),
        (
            Some("http://user:password@127.0.0.1/x"),
            "its Location cannot be followed",
        ),
        (Some("http://"), "its Location cannot be followed"),
        (
            Some("/v2/eos/nodeos/manifests/1"),
            "one redirect leads to the next",
        ),
        (None, "its Location cannot be followed"),
    ] {
        let scene = Scene::new().await;
        let mut answer = ResponseTemplate::new(307);
        if let Some(location) = location {
            answer = answer.insert_header("location", location);
        }
        scene.mock(Mock::given(method("GET")), answer).await;
        let error = message(&scene.pull().await.unwrap_err());
        assert!(error.contains(expected), "{location:?}: {error}");
    }
}

#[tokio::test]
async fn what_is_not_the_blob_that_was_asked_for_is_refused_and_not_kept() {
    let layer = b"the layer".as_slice();
    for (sent, size, expected) in [
        (b"the lAyer".as_slice(), 9, "has digest"),
        (b"the".as_slice(), 9, "is 3 bytes long, expected 9"),
        (
            b"the layer and more".as_slice(),
            9,
            "is 18 bytes long, expected 9",
        ),
        (layer, 17 << 30, "is larger than 17179869184 bytes"),
    ] {
        let scene = Scene::new().await;
        let (config, manifest) = documents(layer, size, OCI_LAYER);
        scene.serve(&manifest, OCI_MANIFEST, &[&config]).await;
        scene
            .mock(
                Mock::given(path(format!(
                    "/v2/eos/nodeos/blobs/{}",
                    BlobDigest::of(layer)
                ))),
                ResponseTemplate::new(200).set_body_bytes(sent),
            )
            .await;
        let error = message(&scene.pull().await.unwrap_err());
        assert!(error.contains(expected), "{error}");
        assert!(!scene.store("pulled").path(&BlobDigest::of(layer)).exists());
    }
}

#[tokio::test]
async fn what_is_in_the_store_is_not_brought_again_unless_it_was_damaged() {
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    let scene = Scene::new().await;
    scene
        .serve(&manifest, OCI_MANIFEST, &[&config, layer])
        .await;
    let first = scene.pull().await.unwrap();
    let total = layer.len() as u64;
    assert!(matches!(
        scene.events.lock().unwrap().last(),
        Some(ImageEvent::Downloading { received, total: all, .. }) if *received == total && *all == total
    ));
    assert_eq!(scene.pull().await.unwrap().digest(), first.digest());
    assert_eq!(
        scene.requests("GET").await.len(),
        4,
        "two manifests, two blobs"
    );
    std::fs::write(scene.store("pulled").path(&BlobDigest::of(layer)), "lAyer").unwrap();
    scene.pull().await.unwrap();
    assert_eq!(
        scene.requests("GET").await.len(),
        6,
        "a manifest and a blob more"
    );
}

#[tokio::test]
async fn of_an_index_the_platform_s_image_is_taken() {
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    let entry = |architecture: &str, digest: &BlobDigest, size: usize| {
        format!(
            r#"{{"mediaType":"{OCI_MANIFEST}","digest":"{digest}","size":{size},
                "platform":{{"os":"linux","architecture":"{architecture}","features":[]}}}}"#
        )
    };
    let index = |entries: &[String]| {
        format!(
            r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","manifests":[{}]}}"#,
            entries.join(",")
        )
    };
    let digest = BlobDigest::of(&manifest);
    let other = BlobDigest::of(b"other");
    let good = index(&[
        entry("arm64", &other, 5),
        entry("amd64", &digest, manifest.len()),
    ]);
    let arm = index(&[entry("arm64", &digest, manifest.len())]);
    let wrong = index(&[entry("amd64", &other, manifest.len())]);
    let short = index(&[entry("amd64", &digest, 1)]);
    for (index, expected) in [
        (good, None),
        (
            arm,
            Some("is not there for linux/amd64, only for linux/arm64"),
        ),
        (wrong, Some("has digest")),
        (short, Some("bytes long, expected 1")),
    ] {
        let scene = Scene::new().await;
        scene
            .serve(index.as_bytes(), OCI_INDEX, &[&config, layer])
            .await;
        scene
            .mock(
                Mock::given(path_regex("^/v2/eos/nodeos/manifests/sha256:")),
                ResponseTemplate::new(200).set_body_raw(manifest.clone(), OCI_MANIFEST),
            )
            .await;
        let pulled = scene.pull().await;
        match expected {
            None => assert_eq!(pulled.unwrap().layers()[0].digest, BlobDigest::of(layer)),
            Some(expected) => {
                let error = message(&pulled.unwrap_err());
                assert!(error.contains(expected), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn manifests_that_are_none_are_refused() {
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    let text = String::from_utf8(manifest).unwrap();
    let (_, foreign) = documents(
        layer,
        layer.len(),
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    );
    let foreign = String::from_utf8(foreign).unwrap();
    let layers = text
        .split_once("\"layers\":")
        .unwrap()
        .1
        .trim_end_matches('}');
    let two = text.replace(layers, &layers.replace("}]", "},{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":0}]"));
    for (manifest, expected) in [
        ("{".to_owned(), "cannot be read"),
        (
            text.replace("Version\":2", "Version\":1"),
            "it has version 1, expected 2",
        ),
        (
            text.replace("\"layers\"", "\"manifests\":[],\"layers\""),
            "it is both a manifest and an index",
        ),
        (
            text.replace(OCI_MANIFEST, "text/plain"),
            "it is of kind `text/plain`",
        ),
        (
            text.replace(OCI_MANIFEST, OCI_INDEX),
            "or not what that kind is",
        ),
        (text.replace("sha256:", "sha512:"), "cannot be read"),
        (foreign, "it has layers of a kind that is not for sharing"),
        (
            two,
            "its configuration has another number of layers than its manifest",
        ),
        (" ".repeat((4 << 20) + 1), "is larger than 4194304 bytes"),
    ] {
        let scene = Scene::new().await;
        scene
            .serve(manifest.as_bytes(), OCI_MANIFEST, &[&config, layer, b""])
            .await;
        let error = message(&scene.pull().await.unwrap_err());
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_registry_that_fails_for_a_moment_is_asked_again() {
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    let scene = Scene::new().await;
    for status in [503, 429] {
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(status).insert_header("retry-after", "0"))
            .up_to_n_times(1)
            .mount(&scene.server)
            .await;
    }
    scene
        .serve(&manifest, OCI_MANIFEST, &[&config, layer])
        .await;
    scene.pull().await.unwrap();

    let scene = Scene::new().await;
    scene
        .mock(Mock::given(method("GET")), ResponseTemplate::new(502))
        .await;
    let error = message(&scene.pull().await.unwrap_err());
    assert!(
        error.contains("answered 502 to the question for"),
        "{error}"
    );
    assert_eq!(scene.requests("GET").await.len(), 3);

    let scene = Scene::new().await;
    let wait = ResponseTemplate::new(429).insert_header("retry-after", "3600");
    scene.mock(Mock::given(method("GET")), wait).await;
    assert!(matches!(
        scene.pull().await.unwrap_err(),
        ImageError::Refused { status: 429, .. }
    ));
    assert_eq!(
        scene.requests("GET").await.len(),
        1,
        "an hour is not waited for"
    );
}

#[tokio::test]
async fn what_a_registry_says_is_told_but_for_what_it_was_shown() {
    for (message_of_it, expected) in [
        (
            "requested access\\u001b[31m is denied",
            ": DENIED requested access [31m is denied",
        ),
        ("wrong: correct-horse", ""),
    ] {
        let scene = Scene::new().await;
        scene
            .mock(
                Mock::given(NoHeader("authorization")),
                ResponseTemplate::new(401).insert_header("www-authenticate", "Basic"),
            )
            .await;
        let body = format!(r#"{{"errors":[{{"code":"DENIED","message":"{message_of_it}"}}]}}"#);
        scene
            .mock(
                Mock::given(method("GET")),
                ResponseTemplate::new(403).set_body_string(body),
            )
            .await;
        let error = message(&scene.pull().await.unwrap_err());
        assert!(
            error.ends_with(&format!(
                "denies the question for {}/eos/nodeos, 1{expected}",
                scene.server.address()
            )),
            "{error}"
        );
    }
}

#[tokio::test]
async fn who_is_not_there_or_silent_is_named() {
    let scene = Scene::new().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let nobody: Reference = format!("{address}/a:1").parse().unwrap();
    let client = scene.client().build().unwrap();
    let amd64 = Platform::linux_amd64();
    let store = scene.store("pulled");
    let error = client
        .pull(&nobody, &amd64, &store, &|_| ())
        .await
        .unwrap_err();
    assert!(matches!(error, ImageError::Unreachable { .. }), "{error}");
    assert!(message(&error).starts_with(&format!("{address} cannot be reached")));

    let slow = ResponseTemplate::new(200).set_delay(Duration::from_mins(1));
    scene.mock(Mock::given(method("GET")), slow).await;
    let client = scene
        .client()
        .silence(Duration::from_millis(200))
        .attempts(1);
    let reference = scene.reference("eos/nodeos:1");
    let error = client
        .build()
        .unwrap()
        .pull(&reference, &amd64, &store, &|_| ())
        .await;
    let error = error.unwrap_err();
    assert!(matches!(error, ImageError::TimedOut { .. }), "{error}");

    let scene = Scene::new().await;
    let error = message(&scene.pull().await.unwrap_err());
    assert!(error.contains("does not have 127.0.0.1:"), "{error}");
}

#[tokio::test]
async fn a_blob_goes_in_one_piece_to_wherever_the_registry_says() {
    for upload in ["/upload/1?_state=a%20b", "URI/upload/1?_state=a%20b"] {
        let scene = Scene::new().await;
        scene
            .accept(&upload.replace("URI", &scene.server.uri()))
            .await;
        scene
            .mock(
                Mock::given(method("PUT"))
                    .and(path("/upload/1"))
                    .and(query_param("_state", "a b")),
                ResponseTemplate::new(201),
            )
            .await;
        let report = scene.push(scene.client()).await.unwrap();
        let image = image(&scene.store("made"));
        assert_eq!(report.uploaded.len(), 2);
        assert_eq!(report.uploaded_bytes, image.size());
        let puts = scene.requests("PUT").await;
        assert_eq!(puts.len(), 3, "a layer, the configuration, the manifest");
        for (put, digest) in puts
            .iter()
            .zip([&image.layers()[0].digest, &image.config().digest])
        {
            assert_eq!(BlobDigest::of(&put.body), *digest);
            assert_eq!(
                put.headers["content-length"],
                put.body.len().to_string().as_str()
            );
            let query = put.url.query().unwrap();
            assert!(
                query.contains(&format!("digest=sha256%3A{}", digest.hex())),
                "{query}"
            );
        }
        assert_eq!(BlobDigest::of(&puts[2].body), report.digest);
        assert_eq!(puts[2].headers["content-type"], OCI_MANIFEST);
        let events = scene.events.lock().unwrap().clone();
        let layer = &image.layers()[0];
        let all = |event: &ImageEvent| {
            matches!(event, ImageEvent::Uploading { digest, sent, total, .. }
                if *digest == layer.digest && *sent == layer.size && *total == layer.size)
        };
        assert!(events.iter().any(all), "{events:?}");
    }
}

#[tokio::test]
async fn an_upload_to_another_host_carries_no_credentials() {
    let scene = Scene::new().await;
    let elsewhere = MockServer::start().await;
    scene
        .mock(
            Mock::given(NoHeader("authorization")),
            ResponseTemplate::new(401).insert_header("www-authenticate", "Basic realm=x"),
        )
        .await;
    scene.accept(&format!("{}/bucket", elsewhere.uri())).await;
    Mock::given(method("PUT"))
        .and(path("/bucket"))
        .and(NoHeader("authorization"))
        .respond_with(ResponseTemplate::new(201))
        .expect(2)
        .mount(&elsewhere)
        .await;
    scene.push(scene.client()).await.unwrap();
    for request in elsewhere.received_requests().await.unwrap() {
        assert!(!request.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_registry_that_takes_no_large_pieces_gets_small_ones() {
    for refusal in [413, 405, 404, 501] {
        let scene = Scene::new().await;
        scene.accept("/upload/1").await;
        scene
            .mock(
                Mock::given(method("PATCH")).and(path("/upload/1")),
                ResponseTemplate::new(202).insert_header("location", "/upload/1?next=1"),
            )
            .await;
        scene
            .mock(
                Mock::given(method("PUT")).and(query_param("next", "1")),
                ResponseTemplate::new(201),
            )
            .await;
        scene
            .mock(
                Mock::given(method("PUT")).and(path("/upload/1")),
                ResponseTemplate::new(refusal),
            )
            .await;
        scene.push(scene.client().chunk_size(50)).await.unwrap();
        let layer = image(&scene.store("made")).layers()[0].clone();
        let mut sent = Vec::new();
        let mut finished = Vec::new();
        for request in scene.server.received_requests().await.unwrap() {
            match request.method.as_str() {
                "PATCH" if finished.is_empty() => {
                    let from = sent.len();
                    sent.extend_from_slice(&request.body);
                    let range = format!("{from}-{}", sent.len() - 1);
                    assert_eq!(request.headers["content-range"], range.as_str());
                    assert!(request.body.len() <= 50);
                }
                "PUT"
                    if request
                        .url
                        .query()
                        .is_some_and(|query| query.contains("next=1")) =>
                {
                    finished.push(request);
                }
                _ => {}
            }
        }
        assert_eq!(BlobDigest::of(&sent), layer.digest);
        assert_eq!(finished.len(), 2);
        assert!(finished[0].body.is_empty());
        // Once refused, the one piece is not tried again.
        let whole = scene.requests("PUT").await;
        let tried = whole.iter().filter(|put| {
            put.url.path() == "/upload/1" && !put.url.query().unwrap().contains("next")
        });
        assert_eq!(tried.count(), 1);
        let events = scene.events.lock().unwrap();
        assert!(
            events
                .iter()
                .any(|event| matches!(event, ImageEvent::InChunks { .. }))
        );
    }
}

#[tokio::test]
async fn a_blob_that_is_refused_for_itself_is_not_sent_in_pieces() {
    let scene = Scene::new().await;
    scene.accept("/upload/1").await;
    let body = r#"{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}"#;
    scene
        .mock(
            Mock::given(method("PUT")).and(path("/upload/1")),
            ResponseTemplate::new(400).set_body_string(body),
        )
        .await;
    let error = message(&scene.push(scene.client()).await.unwrap_err());
    assert!(
        error.contains("answered 400 to the upload of sha256:"),
        "{error}"
    );
    assert!(
        error.ends_with(": DIGEST_INVALID provided digest did not match uploaded content"),
        "{error}"
    );
    assert!(scene.requests("PATCH").await.is_empty());
}

#[tokio::test]
async fn an_upload_that_breaks_begins_again() {
    let scene = Scene::new().await;
    scene.accept("/upload/1").await;
    Mock::given(method("PUT"))
        .and(path("/upload/1"))
        .respond_with(ResponseTemplate::new(500))
        .up_to_n_times(2)
        .mount(&scene.server)
        .await;
    scene
        .mock(
            Mock::given(method("PUT")).and(path("/upload/1")),
            ResponseTemplate::new(201),
        )
        .await;
    scene.push(scene.client()).await.unwrap();
    let uploads = scene.requests("POST").await;
    assert_eq!(uploads.len(), 4, "a session for each attempt");
}

#[tokio::test]
async fn the_layers_of_a_base_are_taken_from_where_they_are() {
    let scene = Scene::new().await;
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    scene
        .serve(&manifest, OCI_MANIFEST, &[&config, layer])
        .await;
    let base = scene.pull().await.unwrap();
    scene
        .mock(Mock::given(method("HEAD")), ResponseTemplate::new(404))
        .await;
    scene
        .mock(
            Mock::given(method("POST"))
                .and(path("/v2/mine/image/blobs/uploads/"))
                .and(query_param("from", "eos/nodeos")),
            ResponseTemplate::new(201),
        )
        .await;
    scene
        .mock(Mock::given(method("PUT")), ResponseTemplate::new(201))
        .await;
    let client = scene.client().build().unwrap();
    let report = client
        .push(&base, &scene.reference("mine/image:2"), &|_| ())
        .await
        .unwrap();
    assert_eq!(report.mounted.len(), 2);
    assert_eq!(report.uploaded_bytes, 0);
    assert_eq!(scene.requests("PUT").await.len(), 1, "the manifest");
}

#[tokio::test]
async fn a_registry_that_keeps_something_else_is_told_off() {
    let scene = Scene::new().await;
    scene.accept("/upload/1").await;
    let other = BlobDigest::of(b"other");
    scene
        .mock(
            Mock::given(method("PUT")).and(path("/upload/1")),
            ResponseTemplate::new(201).insert_header("docker-content-digest", other.as_str()),
        )
        .await;
    let error = scene.push(scene.client()).await.unwrap_err();
    assert!(
        matches!(&error, ImageError::DigestMismatch { found, .. } if *found == other),
        "{error}"
    );
}

#[tokio::test]
async fn a_push_wants_a_name_that_can_be_pulled() {
    let scene = Scene::new().await;
    let image = image(&scene.store("made"));
    let client = scene.client().build().unwrap();
    let push = async |name: String| {
        let error = client.push(&image, &scene.reference(&name), &|_| ()).await;
        message(&error.unwrap_err())
    };
    assert!(
        push("a".to_owned())
            .await
            .ends_with("what is pushed needs a tag")
    );
    let other = BlobDigest::of(b"other");
    assert!(
        push(format!("a@{other}"))
            .await
            .ends_with("it has the digest of another image")
    );
    assert!(scene.server.received_requests().await.unwrap().is_empty());
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let error = RegistryClient::builder(Credentials::none())
        .root_certificate(pem)
        .build();
    assert_eq!(
        error.unwrap_err().to_string(),
        "the HTTP client could not be set up"
    );
}
