//! Who a registry lets in.

use baas_deploy::image::{Credential, Credentials, ImageError, RegistryClient};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{NoHeader, SECRET, Scene, image, message};

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
        error.ends_with("does not let us in: it wants a password, and there is none for it: `podman login` or `docker login` keeps one"),
        "{error}"
    );
}
