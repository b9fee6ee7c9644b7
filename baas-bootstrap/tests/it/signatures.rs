//! What a real node says to signatures of each type of key, next to what `eos-keys` says to them.

use async_trait::async_trait;
use baas_bootstrap::testing::Chain;
use baas_deploy::testing::Node;
use eos_abi::{Name, PermissionLevel};
use eos_client::{Draft, Error};
use eos_keys::{
    Digest, KeyType, PrivateKey, PublicKey, SignError, Signature, Signer, UserPresence,
    WebAuthnKey, WebAuthnSignature,
};
use serde_json::json;

use crate::support::contracts_dir;
use crate::tutorial::build;

const ALICE: Name = Name::from_static("alice");
const HOST: &str = "example.com";
const ORIGIN: &str = "https://example.com";

/// A chain on which `alice` may sign with any one of these keys.
async fn chain(keys: &[PublicKey]) -> (Node, Chain) {
    let node = Node::start_cached(Chain::RECIPE, build).await.unwrap();
    let contracts = contracts_dir().await;
    let chain = Chain::open(node.url(), node.key(), &contracts)
        .await
        .unwrap();
    chain.create_account("alice", "100.0000 SYS").await.unwrap();
    let mut keys = keys.to_vec();
    keys.sort();
    let weights: Vec<_> = keys
        .iter()
        .map(|key| json!({ "key": key, "weight": 1 }))
        .collect();
    let data = json!({
        "account": "alice",
        "permission": "active",
        "parent": "owner",
        "auth": { "threshold": 1, "keys": weights, "accounts": [], "waits": [] },
    });
    let system = &chain.contracts().system;
    let authorization = vec![PermissionLevel::active(ALICE)];
    let update = system
        .action(
            Name::from_static("eosio"),
            "updateauth",
            authorization,
            &data,
        )
        .unwrap();
    chain.push(vec![update]).await.unwrap();
    (node, chain)
}

/// Signs with a function.
struct With<F>(F);

impl<F> std::fmt::Debug for With<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("With")
    }
}

#[async_trait]
impl<F: Fn(&Digest) -> Signature + Send + Sync> Signer for With<F> {
    async fn public_keys(&self) -> Result<Vec<PublicKey>, SignError> {
        Ok(Vec::new())
    }

    async fn sign_digest(&self, _: &PublicKey, digest: &Digest) -> Result<Signature, SignError> {
        Ok((self.0)(digest))
    }
}

/// Sends a payment of `alice` under the signature that `sign` makes, and says whether `eos-keys` finds it right and the node takes it.
async fn verdicts(
    chain: &Chain,
    key: &PublicKey,
    sign: impl Fn(&Digest) -> Signature + Send + Sync,
) -> (bool, Result<(), Error>) {
    let token = Name::from_static("eosio.token");
    let data = json!({ "from": "alice", "to": "eosio", "quantity": "0.0001 SYS", "memo": "" });
    let authorization = vec![PermissionLevel::active(ALICE)];
    let transfer = chain
        .contracts()
        .token
        .action(token, "transfer", authorization, &data)
        .unwrap();
    let is_right = std::sync::Mutex::new(None);
    let signer = With(|digest: &Digest| {
        let signature = sign(digest);
        let is_keys = signature.recover(digest).as_ref() == Ok(key);
        // `verify` does not look at the recovery id, so it may take more.
        assert!(!is_keys || signature.verify(digest, key).is_ok());
        *is_right.lock().unwrap() = Some(is_keys && signature.is_canonical());
        signature
    });
    let submission = Draft::new(vec![transfer])
        .keys(vec![key.clone()])
        .sign(chain.client(), &signer)
        .await
        .unwrap();
    let sent = chain.client().send(&submission).await.map(drop);
    let is_right = is_right.into_inner().unwrap().unwrap();
    (is_right, sent)
}

/// Asserts that the node and `eos-keys` say the same.
async fn assert_agreed(
    chain: &Chain,
    key: &PublicKey,
    is_good: bool,
    what: &str,
    sign: impl Fn(&Digest) -> Signature + Send + Sync,
) {
    let (is_right, sent) = verdicts(chain, key, sign).await;
    assert_eq!(is_right, is_good, "eos-keys: {what}");
    match &sent {
        Ok(()) => assert!(is_good, "the node takes {what}"),
        Err(error) => {
            assert!(error.node().is_some(), "{what}: {error:?}");
            assert!(!is_good, "the node refuses {what}: {error:?}");
        }
    }
}

fn token() -> PrivateKey {
    PrivateKey::from_bytes(KeyType::R1, &[7; 32]).unwrap()
}

fn webauthn_key(presence: UserPresence) -> PublicKey {
    let point = *token().public_key().point();
    WebAuthnKey::new(point, presence, HOST).unwrap().into()
}

fn challenge(digest: &Digest) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = digest
        .as_bytes()
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
    (0..43)
        .map(|_| (0..6).fold(0, |value, _| value << 1 | bits.next().unwrap_or(0)))
        .map(|value| char::from(ALPHABET[usize::from(value)]))
        .collect()
}

fn client_json(digest: &Digest, origin: &str) -> String {
    let challenge = challenge(digest);
    format!(r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"{origin}"}}"#)
}

fn authenticator_data(host: &str, flags: u8) -> Vec<u8> {
    [Digest::of(host).as_ref(), &[flags], &[0, 0, 0, 9]].concat()
}

/// Signs as a token does.
fn webauthn(authenticator_data: Vec<u8>, client_json: String) -> Signature {
    let hash = Digest::of(&client_json);
    let signed = Digest::of([&authenticator_data[..], hash.as_ref()].concat());
    let compact = *token().sign_digest(&signed).compact();
    WebAuthnSignature::new(compact, authenticator_data, client_json)
        .unwrap()
        .into()
}

/// Returns the signature with order − s for s, which is as right for ECDSA.
fn with_other_s(signature: &Signature, order: [u8; 32]) -> [u8; 65] {
    let mut compact = *signature.compact();
    let mut borrow = 0;
    for (byte, order) in compact[33..].iter_mut().zip(order).rev() {
        let difference = i16::from(order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    compact[0] = 31 + ((compact[0] - 31) ^ 1);
    compact
}

const K1_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

const R1_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

#[tokio::test]
async fn a_node_takes_canonical_signatures_of_k1_and_r1_keys() {
    let k1 = PrivateKey::generate().unwrap();
    let r1 = PrivateKey::generate_r1().unwrap();
    let (_node, chain) = chain(&[k1.public_key(), r1.public_key()]).await;
    for (key, order) in [(&k1, K1_ORDER), (&r1, R1_ORDER)] {
        let public = key.public_key();
        let from_compact = |compact| match key.key_type() {
            KeyType::K1 => Signature::from_k1_bytes(compact),
            _ => Signature::from_r1_bytes(compact),
        };
        // Several, for the two recovery ids.
        for _ in 0..6 {
            assert_agreed(&chain, &public, true, "a signature", |digest| {
                key.sign_digest(digest)
            })
            .await;
        }
        assert_agreed(
            &chain,
            &public,
            true,
            "a header without compression",
            |digest| {
                let mut compact = *key.sign_digest(digest).compact();
                compact[0] -= 4;
                from_compact(compact)
            },
        )
        .await;
        assert_agreed(&chain, &public, false, "a high s", |digest| {
            from_compact(with_other_s(&key.sign_digest(digest), order))
        })
        .await;
        assert_agreed(&chain, &public, false, "another recovery id", |digest| {
            let mut compact = *key.sign_digest(digest).compact();
            compact[0] = 31 + ((compact[0] - 31) ^ 1);
            from_compact(compact)
        })
        .await;
    }
}

type Json = fn(&Digest) -> String;

/// Whether a signature with these client data is good, what is odd about them, and they.
const CLIENT_DATA: &[(bool, &str, Json)] = &[
    (true, "usual data", |digest| client_json(digest, ORIGIN)),
    (true, "a padded challenge", |digest| {
        let challenge = challenge(digest);
        client_json(digest, ORIGIN).replace(&challenge, &format!("{challenge}="))
    }),
    (true, "bits that stand for nothing", |digest| {
        let challenge = challenge(digest);
        let last = challenge.chars().last().unwrap();
        let next = char::from(last as u8 + 1); // A to B and so on: no challenge ends in Z, z, 9
        let changed = format!("{}{next}", &challenge[..42]);
        client_json(digest, ORIGIN).replace(&challenge, &changed)
    }),
    (false, "a challenge with more behind it", |digest| {
        let challenge = challenge(digest);
        client_json(digest, ORIGIN).replace(&challenge, &format!("{challenge}abcd"))
    }),
    (false, "no challenge", |digest| {
        client_json(digest, ORIGIN).replace("challenge", "Challenge")
    }),
    (false, "another challenge", |_| {
        client_json(&Digest::of(b"x"), ORIGIN)
    }),
    (false, "another type", |digest| {
        client_json(digest, ORIGIN).replace(".get", ".create")
    }),
    (true, "the last of two types", |digest| {
        client_json(digest, ORIGIN).replace('{', r#"{"type":"webauthn.create","#)
    }),
    (false, "the last of two types is wrong", |digest| {
        client_json(digest, ORIGIN).replace('}', r#","type":"webauthn.create"}"#)
    }),
    (false, "a type that is no text", |digest| {
        client_json(digest, ORIGIN).replace('{', r#"{"type":1,"#)
    }),
    (true, "other fields", |digest| {
        let others =
            r#"{"a":[1,-2.5e3,null,{"type":1}],"crossOrigin":false,"e":"\u00e9\ud83d\ude00","#;
        client_json(digest, ORIGIN).replace('{', others)
    }),
    (true, "escapes", |digest| {
        client_json(digest, ORIGIN)
            .replace("type", r"\u0074ype")
            .replace("https://", r"https:\/\/")
    }),
    (true, "a name up to a zero byte", |digest| {
        client_json(digest, ORIGIN).replace("challenge\"", "challenge\\u0000x\"")
    }),
    (true, "text after a zero byte", |digest| {
        format!("{}\0x", client_json(digest, ORIGIN))
    }),
    (true, "white space", |digest| {
        client_json(digest, ORIGIN)
            .replace('{', " \t\r\n{ ")
            .replace('}', " } ")
    }),
    (false, "text after the object", |digest| {
        format!("{}{{}}", client_json(digest, ORIGIN))
    }),
    (false, "a byte order mark", |digest| {
        format!("\u{feff}{}", client_json(digest, ORIGIN))
    }),
    (false, "an array", |digest| {
        format!("[{}]", client_json(digest, ORIGIN))
    }),
    (false, "no JSON", |_| "hey man".to_owned()),
    (false, "no text", |_| String::new()),
    (false, "a comma too many", |digest| {
        client_json(digest, ORIGIN).replace('}', ",}")
    }),
    (false, "a number out of range", |digest| {
        client_json(digest, ORIGIN).replace('{', r#"{"a":1e400,"#)
    }),
    (false, "a nested number out of range", |digest| {
        client_json(digest, ORIGIN).replace('{', r#"{"a":[1e400],"#)
    }),
    (false, "half a surrogate pair", |digest| {
        client_json(digest, ORIGIN).replace('{', r#"{"a":"\ud800","#)
    }),
    (false, "a line break in a text", |digest| {
        client_json(digest, ORIGIN).replace('{', "{\"a\":\"\n\",")
    }),
    (true, "a port", |digest| {
        client_json(digest, "https://example.com:8443")
    }),
    (true, "an empty port", |digest| {
        client_json(digest, "https://example.com:")
    }),
    (false, "a path", |digest| {
        client_json(digest, "https://example.com/")
    }),
    (false, "http", |digest| {
        client_json(digest, "http://example.com")
    }),
    (false, "no scheme", |digest| {
        client_json(digest, "example.com")
    }),
    (false, "a host in capitals", |digest| {
        client_json(digest, "https://Example.com")
    }),
    (false, "a subdomain", |digest| {
        client_json(digest, "https://www.example.com")
    }),
];

#[tokio::test]
async fn a_node_and_eos_keys_agree_on_webauthn_signatures() {
    let verified = webauthn_key(UserPresence::Verified);
    let (_node, chain) = chain(std::slice::from_ref(&verified)).await;
    let usual = |digest: &Digest| client_json(digest, ORIGIN);
    let flags = authenticator_data(HOST, 0b101);

    for (is_good, what, json) in CLIENT_DATA {
        assert_agreed(&chain, &verified, *is_good, what, |digest| {
            webauthn(flags.clone(), json(digest))
        })
        .await;
    }

    // What is said of the authenticator data.
    for (is_good, what, data) in [
        (true, "verified only", authenticator_data(HOST, 0b100)),
        (true, "all flags", authenticator_data(HOST, 0xff)),
        (false, "present only", authenticator_data(HOST, 0b001)),
        (false, "no flag", authenticator_data(HOST, 0)),
        (
            false,
            "another site",
            authenticator_data("example.org", 0b101),
        ),
        (true, "extensions", [&flags[..], b"more"].concat()),
        (false, "36 bytes", flags[..36].to_vec()),
    ] {
        assert_agreed(&chain, &verified, is_good, what, |digest| {
            webauthn(data.clone(), usual(digest))
        })
        .await;
    }

    // What is said of the signature inside.
    assert_agreed(&chain, &verified, true, "a high s", |digest| {
        let (data, json) = (flags.clone(), usual(digest));
        let compact = with_other_s(&webauthn(data.clone(), json.clone()), R1_ORDER);
        WebAuthnSignature::new(compact, data, json).unwrap().into()
    })
    .await;
    for (what, header) in [
        ("another recovery id", |id: u8| 31 + (id ^ 1)),
        ("a header without compression", |id: u8| 27 + id),
    ] as [(&str, fn(u8) -> u8); 2]
    {
        assert_agreed(&chain, &verified, false, what, |digest| {
            let (data, json) = (flags.clone(), usual(digest));
            let mut compact = *webauthn(data.clone(), json.clone()).compact();
            compact[0] = header(compact[0] - 31);
            WebAuthnSignature::new(compact, data, json).unwrap().into()
        })
        .await;
    }

    // Versions of nodes differ in what they take behind the challenge; this one takes anything after a padding. `eos-keys` takes what
    // all of them do.
    let (is_right, sent) = verdicts(&chain, &verified, |digest| {
        let challenge = challenge(digest);
        let padded = usual(digest).replace(&challenge, &format!("{challenge}=="));
        webauthn(flags.clone(), padded)
    })
    .await;
    assert!(!is_right && sent.is_ok(), "{sent:?}");
}
