//! Recorded answers, and servers that give them.

use std::path::Path;

use eos_client::{Client, RetryPolicy};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A recorded answer: `{request: {path, body}, status, response}`.
pub(crate) struct Recorded(Value);

impl Recorded {
    pub(crate) fn load(name: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(format!("leap-4.1-{name}.json"));
        let text =
            std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self(serde_json::from_slice(&text).unwrap())
    }

    pub(crate) fn path(&self) -> &str {
        self.0["request"]["path"].as_str().unwrap()
    }

    pub(crate) fn answer(&self) -> ResponseTemplate {
        let status = u16::try_from(self.0["status"].as_u64().unwrap()).unwrap();
        ResponseTemplate::new(status).set_body_json(&self.0["response"])
    }

    pub(crate) fn response(&self) -> &Value {
        &self.0["response"]
    }
}

/// A server that gives one recorded answer.
pub(crate) async fn server_with(name: &str) -> MockServer {
    let server = MockServer::start().await;
    let recorded = Recorded::load(name);
    Mock::given(method("POST"))
        .and(path(recorded.path()))
        .respond_with(recorded.answer())
        .mount(&server)
        .await;
    server
}

pub(crate) fn client(server: &MockServer) -> Client {
    Client::builder(&server.uri())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}
