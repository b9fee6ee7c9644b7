//! A chain whose producers were elected: the boot node cannot start it again, one of them must.

use std::time::Duration;

use baas_deploy::local::{LocalNetwork, LocalNode, status};
use baas_deploy::progress::Event;
use eos_abi::contracts::bios::{Newaccount, Setcode};
use eos_abi::{Action, ActionData, Authority, Name, PermissionLevel};
use eos_client::{Client, Draft};
use eos_keys::{LocalSigner, PrivateKey, PublicKey};
use rustix::process::Signal;
use serde::Serialize;

use crate::support::{SPEC, Scene, head, kill, reaches};

const EOSIO: Name = Name::from_static("eosio");

#[derive(Serialize)]
struct SetProds {
    schedule: Vec<Producer>,
}

/// `producer_key`, as the first versions of the chain have it, and all later ones too.
#[derive(Serialize)]
struct Producer {
    name: Name,
    key: PublicKey,
}

impl ActionData for SetProds {
    const NAME: Name = Name::from_static("setprods");
}

fn action<T: ActionData + Serialize>(data: &T) -> Action {
    Action::new(EOSIO, [PermissionLevel::active(EOSIO)], data).unwrap()
}

/// The smallest contract that can elect: `setprods` hands its data to the chain as the next schedule.
///
/// ```text
/// (module
///   (import "env" "action_data_size" (func (result i32)))
///   (import "env" "read_action_data" (func (param i32 i32) (result i32)))
///   (import "env" "set_proposed_producers" (func (param i32 i32) (result i64)))
///   (memory 1)
///   (func (export "apply") (param i64 i64 i64)
///     (if (i64.eq (local.get 2) (i64.const setprods)) (then
///       (drop (call 1 (i32.const 0) (call 0)))
///       (drop (call 2 (i32.const 0) (call 0)))))))
/// ```
fn contract() -> Vec<u8> {
    let sized = |bytes: &[u8]| [&[u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let section = |id: u8, content: &[&[u8]]| [&[id], sized(&content.concat()).as_slice()].concat();
    let import = |name: &str, function: u8| {
        [sized(b"env"), sized(name.as_bytes()), vec![0, function]].concat()
    };

    let mut setprods = vec![];
    let mut rest = "setprods".parse::<Name>().unwrap().to_u64().cast_signed();
    // Signed LEB128: seven bits at a time, until the rest is the sign.
    loop {
        let bits = rest.to_le_bytes()[0] & 0x7f;
        rest >>= 7;
        if rest == -i64::from(bits >> 6) {
            break setprods.push(bits);
        }
        setprods.push(bits | 0x80);
    }
    let body = [
        &[0, 0x20, 2, 0x42][..],
        &setprods,
        &[
            0x51, 0x04, 0x40, 0x41, 0, 0x10, 0, 0x10, 1, 0x1a, 0x41, 0, 0x10, 0, 0x10, 2, 0x1a,
            0x0b, 0x0b,
        ],
    ];
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(
            1,
            &[
                &[4],
                &[0x60, 0, 1, 0x7f],
                &[0x60, 2, 0x7f, 0x7f, 1, 0x7f],
                &[0x60, 2, 0x7f, 0x7f, 1, 0x7e],
                &[0x60, 3, 0x7e, 0x7e, 0x7e, 0],
            ],
        ),
        section(
            2,
            &[
                &[3],
                &import("action_data_size", 0),
                &import("read_action_data", 1),
                &import("set_proposed_producers", 2),
            ],
        ),
        section(3, &[&[1, 3]]),
        section(5, &[&[1, 0, 1]]),
        section(7, &[&[1], &sized(b"apply"), &[0, 3]]),
        section(10, &[&[1], &sized(&body.concat())]),
    ]
    .concat()
}

/// Makes accounts with these keys, has them produce from now on, and waits until they do.
pub(crate) async fn hand_over(client: &Client, eosio: &PrivateKey, to: &[(Name, PublicKey)]) {
    let signer = LocalSigner::from_iter([eosio.clone()]);
    let push = async |actions: Vec<Action>| {
        let submission = Draft::new(actions).sign(client, &signer).await.unwrap();
        client.send(&submission).await.unwrap();
        client
            .await_inclusion(&submission, Duration::from_secs(30))
            .await
            .unwrap();
    };
    let accounts = to.iter().map(|(name, key)| {
        action(&Newaccount {
            creator: EOSIO,
            name: *name,
            owner: Authority::key(key.clone()),
            active: Authority::key(key.clone()),
        })
    });
    push(accounts.collect()).await;
    let code = contract().into();
    push(vec![action(&Setcode {
        account: EOSIO,
        vmtype: 0,
        vmversion: 0,
        code,
    })])
    .await;
    let schedule = to.iter().map(|(name, key)| Producer {
        name: *name,
        key: key.clone(),
    });
    push(vec![action(&SetProds {
        schedule: schedule.collect(),
    })])
    .await;
    let elected = async {
        while client.get_info().await.unwrap().head_block_producer == EOSIO {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), elected)
        .await
        .unwrap();
}

/// Has `bp1` and `bp2` produce, and waits until they do.
async fn elect(network: &LocalNetwork, scene: &Scene) {
    let client = Client::new(&network.boot_node().unwrap().url()).unwrap();
    let producers = ["bp1", "bp2"]
        .map(|account| account.parse().unwrap())
        .map(|account| (account, scene.keys[&account].public_key()));
    hand_over(&client, &scene.keys[&EOSIO], &producers).await;
}

fn cold_starts(events: &[Event]) -> Vec<String> {
    let nodes = events.iter().filter_map(|event| match event {
        Event::ColdStart { node, .. } => Some(node.to_string()),
        _ => None,
    });
    nodes.collect()
}

/// Kills all nodes, with nobody there.
async fn kill_all(network: LocalNetwork, scene: &Scene) {
    network.detach();
    for node in status(scene.dir()).unwrap().nodes {
        kill(node.pid.unwrap(), Signal::KILL);
    }
    while status(scene.dir())
        .unwrap()
        .nodes
        .iter()
        .any(|node| node.pid.is_some())
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_stopped_and_all_killed_an_elected_producer_starts_the_chain_again() {
    let scene = Scene::new();
    let network = scene.open(SPEC).await.unwrap();
    elect(&network, &scene).await;
    let urls: Vec<String> = network.nodes().iter().map(LocalNode::url).collect();
    let before = head(&urls[0]).await;
    network.stop(&|_| {}).await;
    scene.events();

    let network = scene.open(SPEC).await.unwrap();
    let starters = cold_starts(&scene.events());
    assert!(
        starters.len() == 1 && starters[0].starts_with("bp"),
        "{starters:?}"
    );
    // Both produce: each has twelve blocks in turn.
    reaches(&urls[0], before + 26).await;
    let before = head(&urls[0]).await;

    kill_all(network, &scene).await;
    let network = scene.open(SPEC).await.unwrap();
    let events = scene.events();
    let repaired = events
        .iter()
        .filter(|event| matches!(event, Event::NodeRepaired { .. }))
        .count();
    assert_eq!(repaired, 3, "{events:?}");
    // They come back on the last irreversible block. While that is the boot node's, it may be its turn once more.
    let starters = cold_starts(&events);
    assert!(starters.last().unwrap().starts_with("bp"), "{starters:?}");
    assert!(
        starters.len() == 1 || (starters.len() == 2 && starters[0] == "boot"),
        "{starters:?}"
    );
    for url in &urls {
        reaches(url, before + 1).await;
    }
    network.stop(&|_| {}).await;
}

/// The last irreversible block stays where it is until both have produced, and all come back on it: the
/// next one is the boot node's once more, although the nodes already name the elected ones.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_killed_while_the_elected_take_over_the_chain_goes_on() {
    let scene = Scene::new();
    let network = scene.open(SPEC).await.unwrap();
    elect(&network, &scene).await;
    let urls: Vec<String> = network.nodes().iter().map(LocalNode::url).collect();
    kill_all(network, &scene).await;
    scene.events();

    let network = scene.open(SPEC).await.unwrap();
    let events = scene.events();
    let starters = cold_starts(&events);
    let started_on = events.iter().find_map(|event| match event {
        Event::ColdStart { head_block_num, .. } => Some(*head_block_num),
        _ => None,
    });
    // On a busy machine, or at the end of a turn, the second one has produced as well before all were killed; then it is one of them.
    let client = Client::new(&urls[0]).unwrap();
    let block = client.get_block(started_on.unwrap()).await.unwrap();
    let starter = starters.first().unwrap();
    if block.producer == EOSIO {
        assert_eq!(starter, "boot", "{events:?}");
    } else {
        assert!(starter.starts_with("bp"), "{events:?}");
    }
    // Both produce, and the schedule is the one that was elected.
    for url in &urls {
        reaches(url, started_on.unwrap() + 26).await;
        let client = Client::new(url).unwrap();
        let producer = client.get_info().await.unwrap().head_block_producer;
        assert_ne!(producer, EOSIO);
    }
    network.stop(&|_| {}).await;
}
