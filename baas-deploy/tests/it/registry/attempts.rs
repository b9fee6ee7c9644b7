//! How often a registry is asked, and what of an upload is left when it breaks.

use baas_deploy::image::{BlobDigest, Credentials, ImageEvent, PushReport, RegistryClient};
use wiremock::matchers::{header, method, path, query_param, query_param_contains};
use wiremock::{Mock, ResponseTemplate};

use super::{NoHeader, OCI_LAYER, OCI_MANIFEST, Scene, documents, image, message};

/// Pushes an image whose base came from `eos/nodeos` of the same registry to `mine/image`.
async fn push_on_base(scene: &Scene) -> PushReport {
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    scene
        .serve(&manifest, OCI_MANIFEST, &[&config, layer])
        .await;
    let base = scene.pull().await.unwrap();
    scene
        .mock(
            Mock::given(method("POST")).and(path("/v2/mine/image/blobs/uploads/")),
            ResponseTemplate::new(202).insert_header("location", "/upload/1"),
        )
        .await;
    scene
        .mock(Mock::given(method("HEAD")), ResponseTemplate::new(404))
        .await;
    scene
        .mock(Mock::given(method("PUT")), ResponseTemplate::new(201))
        .await;
    let client = scene.client().build().unwrap();
    client
        .push(&base, &scene.reference("mine/image:2"), &|_| ())
        .await
        .unwrap()
}

#[tokio::test]
async fn what_may_not_be_taken_from_the_base_s_repository_is_uploaded() {
    for refusal in [400, 401, 403, 404, 405, 500] {
        let scene = Scene::new().await;
        scene
            .mock(
                Mock::given(method("POST")).and(query_param("from", "eos/nodeos")),
                ResponseTemplate::new(refusal).insert_header("www-authenticate", "Basic realm=x"),
            )
            .await;
        let report = push_on_base(&scene).await;
        assert_eq!(report.uploaded.len(), 2, "{refusal}");
        assert!(report.mounted.is_empty());
        let mounts = scene.requests("POST").await.into_iter();
        let mounts = mounts.filter(|post| post.url.query().is_some());
        // With a password, if the first one was refused for want of it; and not for the second part.
        assert_eq!(mounts.count(), if refusal == 401 { 2 } else { 1 });
    }
}

#[tokio::test]
async fn a_token_that_is_not_given_for_the_base_s_repository_is_got_without_it() {
    let scene = Scene::new().await;
    let challenge = format!("Bearer realm=\"{}/token\"", scene.server.uri());
    scene
        .mock(
            Mock::given(method("GET"))
                .and(path("/token"))
                .and(query_param("scope", "repository:eos/nodeos:pull")),
            ResponseTemplate::new(403),
        )
        .await;
    scene
        .mock(
            Mock::given(method("GET"))
                .and(path("/token"))
                .and(query_param_contains("scope", "repository:mine/image:")),
            ResponseTemplate::new(200).set_body_string(r#"{"token":"abc"}"#),
        )
        .await;
    scene
        .mock(
            Mock::given(NoHeader("authorization")).and(method("POST")),
            ResponseTemplate::new(401).insert_header("www-authenticate", challenge.as_str()),
        )
        .await;
    let report = push_on_base(&scene).await;
    assert_eq!(report.uploaded.len(), 2);
    let sessions = scene.requests("POST").await.into_iter();
    let sessions = sessions.filter(|post| {
        let shown = post.headers.get("authorization");
        shown.is_some_and(|shown| shown == "Bearer abc") && post.url.query().is_none()
    });
    assert_eq!(sessions.count(), 2);
}

#[tokio::test]
async fn whatever_fails_is_asked_for_as_often_as_was_said() {
    // What does not answer, and how often it is asked with three attempts.
    for (verb, request_path, is_pull, expected) in [
        ("GET", "/v2/eos/nodeos/manifests/1", true, 3),
        ("GET", "/token", true, 3),
        ("HEAD", "", false, 3),
        ("POST", "/v2/eos/nodeos/blobs/uploads/", false, 3),
        ("PUT", "/upload/1", false, 3),
        ("PUT", "/v2/eos/nodeos/manifests/1", false, 3),
    ] {
        for status in [408, 429, 500, 502, 503, 504] {
            let scene = Scene::new().await;
            let failing = Mock::given(method(verb));
            let failing = match request_path {
                "" => failing,
                request_path => failing.and(path(request_path)),
            };
            scene.mock(failing, ResponseTemplate::new(status)).await;
            let challenge = format!("Bearer realm=\"{}/token\"", scene.server.uri());
            if request_path == "/token" {
                scene
                    .mock(
                        Mock::given(method("GET")),
                        ResponseTemplate::new(401)
                            .insert_header("www-authenticate", challenge.as_str()),
                    )
                    .await;
            }
            scene.accept("/upload/1").await;
            scene
                .mock(
                    Mock::given(method("PUT")).and(path("/upload/1")),
                    ResponseTemplate::new(201),
                )
                .await;
            let error = if is_pull {
                message(&scene.pull().await.unwrap_err())
            } else {
                message(&scene.push(scene.client()).await.unwrap_err())
            };
            assert!(error.contains(&format!("answered {status} to")), "{error}");
            let asked = scene.requests(verb).await.into_iter();
            let asked = asked
                .filter(|request| request_path.is_empty() || request.url.path() == request_path);
            assert_eq!(asked.count(), expected, "{verb} {request_path} {status}");
        }
    }
}

#[tokio::test]
async fn a_blob_that_breaks_while_it_comes_is_asked_for_as_often_as_was_said() {
    let scene = Scene::new().await;
    let layer = b"layer".as_slice();
    let (config, manifest) = documents(layer, layer.len(), OCI_LAYER);
    scene.serve(&manifest, OCI_MANIFEST, &[&config]).await;
    scene
        .mock(
            Mock::given(method("GET")),
            ResponseTemplate::new(503).insert_header("retry-after", "0"),
        )
        .await;
    message(&scene.pull().await.unwrap_err());
    let blob = format!("/v2/eos/nodeos/blobs/{}", BlobDigest::of(layer));
    let asked = scene.requests("GET").await.into_iter();
    assert_eq!(asked.filter(|get| get.url.path() == blob).count(), 3);
}

#[tokio::test]
async fn who_is_asked_to_come_back_much_later_does_not_wait() {
    let scene = Scene::new().await;
    scene
        .mock(
            Mock::given(method("GET")),
            ResponseTemplate::new(429).insert_header("retry-after", "3600"),
        )
        .await;
    let error = message(&scene.pull().await.unwrap_err());
    assert!(error.contains("answered 429 to"), "{error}");
    assert_eq!(scene.requests("GET").await.len(), 1);
}

/// Answers the pieces of a blob but for the second one, which fails once; and the question how far it came.
async fn break_the_second_piece(scene: &Scene, status: ResponseTemplate) {
    scene.accept("/upload/0").await;
    scene
        .mock(
            Mock::given(method("PUT")).and(path("/upload/0")),
            ResponseTemplate::new(413),
        )
        .await;
    Mock::given(method("PATCH"))
        .and(path("/upload/50"))
        .and(header("content-range", "50-99"))
        .respond_with(ResponseTemplate::new(502))
        .up_to_n_times(1)
        .mount(&scene.server)
        .await;
    scene
        .mock(Mock::given(method("GET")).and(path("/upload/50")), status)
        .await;
    for from in (0..2000).step_by(10) {
        scene
            .mock(
                Mock::given(method("PATCH")).and(path(format!("/upload/{from}"))),
                ResponseTemplate::new(202)
                    .insert_header("location", format!("/upload/{}", from + 50)),
            )
            .await;
    }
    scene
        .mock(Mock::given(method("PUT")), ResponseTemplate::new(201))
        .await;
}

/// Returns the ranges of the pieces that were sent.
async fn ranges(scene: &Scene) -> Vec<String> {
    let patches = scene.requests("PATCH").await.into_iter();
    let ranges = patches.map(|patch| patch.headers["content-range"].to_str().unwrap().to_owned());
    ranges.collect()
}

#[tokio::test]
async fn pieces_go_on_from_where_the_registry_says_that_it_is() {
    let scene = Scene::new().await;
    // Ten bytes of the second piece got there.
    let status = ResponseTemplate::new(204)
        .insert_header("location", "/upload/60")
        .insert_header("range", "0-59");
    break_the_second_piece(&scene, status).await;
    scene.push(scene.client().chunk_size(50)).await.unwrap();
    let ranges = ranges(&scene).await;
    assert_eq!(ranges[..3], ["0-49", "50-99", "60-109"]);
}

#[tokio::test]
async fn pieces_begin_again_where_the_registry_does_not_say_where_it_is() {
    let range = |range: &str| {
        ResponseTemplate::new(204)
            .insert_header("location", "/upload/60")
            .insert_header("range", range)
    };
    for status in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(405),
        ResponseTemplate::new(200),
        ResponseTemplate::new(204),
        range("0-0"),
        range("much"),
        range("0-99999999"),
        range("0-18446744073709551615"),
    ] {
        let scene = Scene::new().await;
        break_the_second_piece(&scene, status).await;
        scene.push(scene.client().chunk_size(50)).await.unwrap();
        let ranges = ranges(&scene).await;
        assert_eq!(ranges[..4], ["0-49", "50-99", "0-49", "50-99"]);
    }
}

#[tokio::test]
async fn a_session_that_is_refused_after_all_begins_again() {
    let scene = Scene::new().await;
    Mock::given(method("PATCH"))
        .and(path("/upload/60"))
        .respond_with(ResponseTemplate::new(416))
        .up_to_n_times(1)
        .mount(&scene.server)
        .await;
    let status = ResponseTemplate::new(204)
        .insert_header("location", "/upload/60")
        .insert_header("range", "0-59");
    break_the_second_piece(&scene, status).await;
    scene.push(scene.client().chunk_size(50)).await.unwrap();
    let ranges = ranges(&scene).await;
    assert_eq!(ranges[..4], ["0-49", "50-99", "60-109", "0-49"]);
}

#[tokio::test]
async fn half_of_the_attempts_at_a_connection_that_closes_are_made_in_pieces() {
    // Nobody answers where the registry sends us.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let scene = Scene::new().await;
    scene.accept(&format!("http://{address}/upload")).await;
    let client = RegistryClient::builder(Credentials::none())
        .pause(std::time::Duration::from_millis(1))
        .attempts(4);
    let error = message(&scene.push(client).await.unwrap_err());
    assert!(error.contains("cannot be reached"), "{error}");
    assert_eq!(scene.requests("POST").await.len(), 3);
    let events = scene.events.lock().unwrap();
    let fell_back = events
        .iter()
        .filter(|event| matches!(event, ImageEvent::InChunks { .. }));
    assert_eq!(fell_back.count(), 1);
}

/// Whoever has a scheduler with several threads can push and pull on it.
#[test]
fn pushing_and_pulling_can_be_sent_to_another_thread() {
    fn is_send<T: Send>(_: T) {}
    let dir = tempfile::tempdir().unwrap();
    let store = baas_deploy::image::Store::open(dir.path()).unwrap();
    let image = image(&store);
    let client = RegistryClient::builder(Credentials::none())
        .build()
        .unwrap();
    let reference = "localhost:1/a:1".parse().unwrap();
    is_send(client.push(&image, &reference, &|_| ()));
    let platform = baas_deploy::image::Platform::linux_amd64();
    is_send(client.pull(&reference, &platform, &store, &|_| ()));
}
