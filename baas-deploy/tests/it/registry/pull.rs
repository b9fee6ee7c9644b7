//! Bringing images from registries that misbehave.

use std::time::Duration;

use baas_deploy::image::{
    BlobDigest, Credentials, ImageError, ImageEvent, Platform, Reference, RegistryClient,
};
use wiremock::matchers::{header_exists, method, path, path_regex, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{NoHeader, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Scene, documents, message};

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
    let unnamed = format!(
        r#"{{"mediaType":"{OCI_MANIFEST}","digest":"{digest}","size":{}}}"#,
        manifest.len()
    );
    let no_platforms = "its index does not name the platforms of its images";
    for (index, expected) in [
        (good, None),
        (
            arm,
            Some("is not there for linux/amd64, only for linux/arm64"),
        ),
        (wrong, Some("has digest")),
        (short, Some("bytes long, expected 1")),
        (index(std::slice::from_ref(&unnamed)), None),
        (index(&[unnamed.clone(), unnamed]), Some(no_platforms)),
        (index(&[]), Some(no_platforms)),
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
async fn layers_have_the_names_of_the_oci_whatever_docker_calls_them() {
    for (docker, oci) in [
        (
            "application/vnd.docker.image.rootfs.diff.tar",
            "application/vnd.oci.image.layer.v1.tar",
        ),
        (
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "application/vnd.oci.image.layer.v1.tar+gzip",
        ),
    ] {
        let layer = b"layer".as_slice();
        let (config, manifest) = documents(layer, layer.len(), docker);
        let scene = Scene::new().await;
        scene
            .serve(&manifest, OCI_MANIFEST, &[&config, layer])
            .await;
        assert_eq!(scene.pull().await.unwrap().layers()[0].media_type, oci);
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
