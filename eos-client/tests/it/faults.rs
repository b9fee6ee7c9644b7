//! What a client does when the node, or what stands before it, misbehaves.

use std::time::{Duration, Instant};

use eos_client::{Client, Error, RetryPolicy};
use wiremock::matchers::{body_string, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Recorded, client};

fn patient(server: &MockServer) -> Client {
    let retry = RetryPolicy {
        repetitions: 3,
        first_wait: Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    Client::builder(&server.uri()).retry(retry).build().unwrap()
}

#[tokio::test]
async fn a_gateway_error_is_asked_again() {
    let server = MockServer::start().await;
    let unavailable =
        ResponseTemplate::new(503).set_body_string("<html>Service Unavailable</html>");
    Mock::given(method("POST"))
        .respond_with(unavailable)
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(Recorded::load("get_info").answer())
        .mount(&server)
        .await;
    assert_eq!(
        patient(&server).get_info().await.unwrap().head_block_num,
        1166
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_web_page_is_shown_and_not_asked_for_again() {
    let server = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_string("<html><title>Welcome</title></html>");
    Mock::given(method("POST"))
        .respond_with(page)
        .mount(&server)
        .await;
    let error = patient(&server).get_info().await.unwrap_err();
    assert!(
        error.to_string().contains("/v1/chain/get_info (HTTP 200)"),
        "{error}"
    );
    assert!(error.to_string().contains("Welcome"), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_not_asked_again() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(Recorded::load("err_missing_auth_of_from").answer())
        .mount(&server)
        .await;
    let error = patient(&server)
        .call::<serde_json::Value>("/v1/chain/send_transaction", &())
        .await
        .unwrap_err();
    assert_eq!(error.node().unwrap().code, 3_090_004);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_node_that_is_not_there_says_so() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let client = Client::builder(&format!("http://127.0.0.1:{port}"))
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let error = client.get_info().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no answer from http://127.0.0.1:{port} to /v1/chain/get_info")
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_silent_node_ends_at_the_deadline() {
    let server = MockServer::start().await;
    let slow = Recorded::load("get_info")
        .answer()
        .set_delay(Duration::from_secs(30));
    Mock::given(method("POST"))
        .respond_with(slow)
        .mount(&server)
        .await;
    let client = Client::builder(&server.uri())
        .retry(RetryPolicy::never())
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let start = Instant::now();
    let error = client.get_info().await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(matches!(error, Error::Transport { .. }), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    let server = MockServer::start().await;
    let redirect = ResponseTemplate::new(307).insert_header("location", elsewhere.uri());
    Mock::given(method("POST"))
        .respond_with(redirect)
        .mount(&server)
        .await;
    assert!(client(&server).get_info().await.is_err());
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn requests_are_what_the_node_expects() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/chain/get_account"))
        .and(body_string(r#"{"account_name":"eosio"}"#))
        .respond_with(Recorded::load("get_account_eosio").answer())
        .expect(1)
        .mount(&server)
        .await;
    client(&server)
        .get_account("eosio".parse().unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn an_account_of_digits_is_not_taken_for_a_number() {
    let server = MockServer::start().await;
    let account: eos_abi::Name = "12345".parse().unwrap();
    let number = account.to_u64();
    let body = format!(
        r#"{{"code":"eosio","scope":"{number}","table":"delband","json":true,"limit":100,"lower_bound":"{number}","upper_bound":"{number}"}}"#
    );
    let rows =
        ResponseTemplate::new(200).set_body_string(r#"{"rows":[],"more":false,"next_key":""}"#);
    Mock::given(body_string(body))
        .respond_with(rows)
        .expect(1)
        .mount(&server)
        .await;
    let query = eos_client::TableQuery::new(
        "eosio".parse().unwrap(),
        account,
        "delband".parse().unwrap(),
    )
    .key(account);
    let rows: Vec<serde_json::Value> = client(&server).get_table_rows(&query).await.unwrap();
    assert_eq!(rows.len(), 0);
}
