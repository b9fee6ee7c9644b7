//! Sending images to registries that misbehave.

use baas_deploy::image::{BlobDigest, ImageError, ImageEvent};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{NoHeader, OCI_LAYER, OCI_MANIFEST, Scene, documents, image, message};

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
