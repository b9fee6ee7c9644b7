//! A transaction is signed once; whatever happens on the wire, the same bytes go out.

use std::time::Duration;

use eos_abi::{Action, Name, PermissionLevel};
use eos_client::{Client, Draft, Error, ErrorKind, RetryPolicy, Submission};
use eos_keys::{LocalSigner, PrivateKey};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::support::Recorded;

const SEND: &str = "/v1/chain/send_transaction2";

async fn node() -> MockServer {
    let server = MockServer::start().await;
    let info = Recorded::load("get_info");
    Mock::given(method("POST"))
        .and(path(info.path()))
        .respond_with(info.answer())
        .mount(&server)
        .await;
    server
}

fn client(server: &MockServer) -> Client {
    let retry = RetryPolicy {
        repetitions: 3,
        first_wait: Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    Client::builder(&server.uri()).retry(retry).build().unwrap()
}

fn action() -> Action {
    Action {
        account: "eosio.token".parse().unwrap(),
        name: "transfer".parse::<Name>().unwrap(),
        authorization: vec![PermissionLevel::active("alice".parse().unwrap())],
        data: vec![1, 2, 3].into(),
    }
}

async fn signed(client: &Client) -> Submission {
    let key = PrivateKey::generate().unwrap();
    let public = key.public_key();
    Draft::new(vec![action()])
        .keys(vec![public])
        .sign(client, &LocalSigner::from_iter([key]))
        .await
        .unwrap()
}

async fn sent_bodies(server: &MockServer) -> Vec<Vec<u8>> {
    let sends = |request: &Request| request.url.path() == SEND;
    server
        .received_requests()
        .await
        .unwrap()
        .into_iter()
        .filter(sends)
        .map(|request| request.body)
        .collect()
}

#[tokio::test]
async fn the_transaction_refers_to_the_last_irreversible_block() {
    let server = node().await;
    let submission = signed(&client(&server)).await;
    let transaction = submission.packed.unpack().unwrap().transaction;
    assert_eq!(transaction.ref_block_num, 1120);
    // Bytes 8 to 11 of 000004609a9eb85823812a6d668607e8…, little endian.
    assert_eq!(transaction.ref_block_prefix, 0x6d2a_8123);
    assert_eq!(transaction.expiration.to_string(), "2026-11-22T17:09:59");
    assert_eq!(transaction.id().unwrap(), submission.id);
}

#[tokio::test]
async fn a_lost_answer_is_followed_by_the_same_bytes() {
    let server = node().await;
    Mock::given(path(SEND))
        .respond_with(ResponseTemplate::new(502))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(path(SEND))
        .respond_with(Recorded::load("err2_duplicate_tx").answer())
        .mount(&server)
        .await;
    let client = client(&server);
    let submission = signed(&client).await;
    let receipt = client.send(&submission).await.unwrap();
    assert!(receipt.duplicate);
    assert_eq!(receipt.id, submission.id);
    let bodies = sent_bodies(&server).await;
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn an_accepted_answer_with_a_failure_in_it_is_an_error() {
    let server = node().await;
    Mock::given(path(SEND))
        .respond_with(Recorded::load("err2_assert_overdrawn").answer())
        .mount(&server)
        .await;
    let client = client(&server);
    let error = client.send(&signed(&client).await).await.unwrap_err();
    let node = error.node().unwrap();
    assert_eq!(node.kind(), ErrorKind::Assertion);
    assert!(node.to_string().contains("overdrawn balance"), "{node}");
    assert_eq!(sent_bodies(&server).await.len(), 1);
}

#[tokio::test]
async fn a_success_tells_what_was_billed() {
    let server = node().await;
    Mock::given(path(SEND))
        .respond_with(Recorded::load("ok_send_transaction2").answer())
        .mount(&server)
        .await;
    let client = client(&server);
    let receipt = client.send(&signed(&client).await).await.unwrap();
    assert_eq!(
        (receipt.duplicate, receipt.cpu_usage_us),
        (false, Some(213))
    );
}

/// A node whose head moves past the expiration without the transaction.
#[tokio::test]
async fn what_expired_unseen_is_reported_as_never_happened() {
    let server = MockServer::start().await;
    let info = Recorded::load("get_info");
    Mock::given(path(info.path()))
        .respond_with(info.answer())
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let mut later = info.response().clone();
    later["last_irreversible_block_num"] = 1166.into();
    later["last_irreversible_block_id"] = later["head_block_id"].clone();
    later["head_block_time"] = "2026-11-22T18:00:00.000".into();
    later["last_irreversible_block_time"] = "2026-11-22T18:00:00.000".into();
    Mock::given(path(info.path()))
        .respond_with(ResponseTemplate::new(200).set_body_json(&later))
        .mount(&server)
        .await;
    Mock::given(path("/v1/chain/get_block"))
        .respond_with(Chain::empty())
        .mount(&server)
        .await;
    let client = client(&server);
    let submission = signed(&client).await;
    let error = client
        .await_inclusion(&submission, Duration::from_mins(1))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Expired { id, .. } if id == submission.id),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_not_seen_in_time_is_not_called_failed() {
    let server = node().await;
    Mock::given(path("/v1/chain/get_block"))
        .respond_with(Chain::empty())
        .mount(&server)
        .await;
    let client = client(&server);
    let submission = signed(&client).await;
    let error = client
        .await_inclusion(&submission, Duration::from_millis(1))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotSeen { .. }), "{error:?}");
}

/// Blocks that are linked to one another and end in the recorded head; one of them may hold a transaction.
struct Chain {
    holds: Option<(u32, String)>,
}

impl Chain {
    fn empty() -> Self {
        Self { holds: None }
    }
}

impl wiremock::Respond for Chain {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let number = u32::try_from(body["block_num_or_id"].as_u64().unwrap()).unwrap();
        let head = Recorded::load("get_info").response()["head_block_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let id = |number: u32| {
            if number == 1166 {
                head.clone()
            } else {
                format!("{number:08x}{:056x}", 0)
            }
        };
        let mut block = Recorded::load("get_block").response().clone();
        block["block_num"] = number.into();
        block["id"] = id(number).into();
        block["previous"] = id(number - 1).into();
        block["transactions"] = match &self.holds {
            Some((at, id)) if *at == number => serde_json::json!([
                { "status": "executed", "cpu_usage_us": 100, "net_usage_words": 10, "trx": { "id": id } }
            ]),
            _ => serde_json::json!([]),
        };
        ResponseTemplate::new(200).set_body_json(&block)
    }
}

#[tokio::test]
async fn what_is_in_a_block_is_found_whatever_the_answers_were() {
    let server = node().await;
    // The answer is lost, and the node then says that the time for it is over: it may have been taken all the same.
    Mock::given(path(SEND))
        .respond_with(ResponseTemplate::new(504))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path(SEND))
        .respond_with(Recorded::load("err2_expired_tx").answer())
        .mount(&server)
        .await;
    let client = client(&server);
    let submission = signed(&client).await;
    let holds = Some((1160, submission.id.to_string()));
    Mock::given(path("/v1/chain/get_block"))
        .respond_with(Chain { holds })
        .mount(&server)
        .await;

    let uncertain = client.send(&submission).await.unwrap_err();
    assert!(
        matches!(&uncertain, Error::Uncertain { id, .. } if *id == submission.id),
        "{uncertain:?}"
    );
    let inclusion = client.submit(&submission, Duration::from_secs(30)).await;
    // The second time the refusal is the first answer, and therefore final.
    assert_eq!(
        inclusion.unwrap_err().node().unwrap().kind(),
        ErrorKind::Expired
    );
    let inclusion = client
        .await_inclusion(&submission, Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!((inclusion.id, inclusion.block_num), (submission.id, 1160));
    // The last irreversible block of this node is 1120.
    let early = client
        .await_irreversible(&submission, Duration::from_millis(1))
        .await
        .unwrap_err();
    assert!(
        early.to_string().contains("in an irreversible block"),
        "{early}"
    );
}

#[tokio::test]
async fn submitting_ends_with_the_block() {
    let server = node().await;
    Mock::given(path(SEND))
        .respond_with(Recorded::load("ok_send_transaction2").answer())
        .mount(&server)
        .await;
    let client = client(&server);
    let submission = signed(&client).await;
    let holds = Some((1166, submission.id.to_string()));
    Mock::given(path("/v1/chain/get_block"))
        .respond_with(Chain { holds })
        .mount(&server)
        .await;
    let inclusion = client
        .submit(&submission, Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(inclusion.block_num, 1166);
    assert_eq!(sent_bodies(&server).await.len(), 1);
}

#[tokio::test]
async fn a_busy_node_is_sent_the_same_bytes_beyond_the_policy() {
    let server = node().await;
    let mut busy = Recorded::load("err2_expired_tx").response().clone();
    busy["error"]["code"] = 3_080_006.into();
    let busy = ResponseTemplate::new(500).set_body_json(&busy);
    // The policy of this client repeats three times.
    Mock::given(path(SEND))
        .respond_with(busy)
        .up_to_n_times(5)
        .mount(&server)
        .await;
    Mock::given(path(SEND))
        .respond_with(Recorded::load("ok_send_transaction2").answer())
        .mount(&server)
        .await;
    let client = client(&server);
    assert!(!client.send(&signed(&client).await).await.unwrap().duplicate);
    let bodies = sent_bodies(&server).await;
    assert_eq!(bodies.len(), 6);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn equal_actions_in_the_same_second_are_different_transactions() {
    let server = node().await;
    let client = client(&server);
    let key = PrivateKey::generate().unwrap();
    let draft = || Draft::new(vec![action()]).keys(vec![key.public_key()]);
    let signer = LocalSigner::from_iter([key.clone()]);
    let first = draft().sign(&client, &signer).await.unwrap();
    let second = draft().sign(&client, &signer).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(
        second.expiration.to_seconds(),
        first.expiration.to_seconds() + 1
    );
}

#[tokio::test]
async fn the_node_says_which_keys_must_sign() {
    let server = node().await;
    let recorded = Recorded::load("get_required_keys");
    let required = recorded.response()["required_keys"][0].as_str().unwrap();
    let keys = [
        PrivateKey::generate().unwrap(),
        PrivateKey::generate().unwrap(),
    ];
    let wanted = keys[1].public_key();
    let answer = recorded
        .response()
        .to_string()
        .replace(required, &wanted.to_string());
    let answer = ResponseTemplate::new(200).set_body_raw(answer, "application/json");
    Mock::given(path(recorded.path()))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server);
    let signer: LocalSigner = keys.into_iter().collect();
    let submission = Draft::new(vec![action()])
        .sign(&client, &signer)
        .await
        .unwrap();
    let unpacked = submission.packed.unpack().unwrap();
    let digest = unpacked
        .transaction
        .signing_digest(&client.get_info().await.unwrap().chain_id, &[])
        .unwrap();
    let signers: Vec<_> = unpacked
        .signatures
        .iter()
        .map(|signature| signature.recover(&digest).unwrap())
        .collect();
    assert_eq!(signers, [wanted]);
}
