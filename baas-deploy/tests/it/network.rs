//! Whole networks of real nodes.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use baas_deploy::Error;
use baas_deploy::local::{LocalNetwork, LocalNode, NodeExit, StoppedNode, status, stop_all};
use baas_deploy::progress::Event;
use baas_deploy::reader::from_yaml;
use baas_deploy::spec::NetworkSpec;
use eos_client::Client;
use eos_keys::PrivateKey;
use rustix::process::Signal;

use crate::support::{SPEC, Scene, head, is_alive, kill, name, pids, reaches};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_comes_up_and_is_held_by_one_run() {
    let scene = Scene::new();
    let network = scene.open(SPEC).await.unwrap();
    let chain_id = network.chain_id();
    for node in network.nodes() {
        let client = Client::new(&node.url()).unwrap();
        assert_eq!(
            client.get_info().await.unwrap().chain_id,
            chain_id,
            "{}",
            node.name()
        );
        let connected = async {
            let others = network.nodes().len() - 1;
            while client
                .net_connections()
                .await
                .unwrap()
                .iter()
                .filter(|peer| !peer.connecting)
                .count()
                < others
            {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), connected)
            .await
            .unwrap();
        reaches(&node.url(), 4).await;
    }

    let error = scene.open(SPEC).await.unwrap_err();
    let us = Some(std::process::id());
    assert!(
        matches!(error, Error::InUse { pid, .. } if pid == us),
        "{error:?}"
    );
    let error = stop_all(scene.dir(), Duration::from_secs(1), &|_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error:?}");

    let seen = status(scene.dir()).unwrap();
    assert_eq!((seen.owner, seen.chain_id), (us, Some(chain_id)));
    let seen: Vec<_> = seen
        .nodes
        .iter()
        .map(|node| (&node.name, node.pid, node.http))
        .collect();
    let there = |node| {
        (
            LocalNode::name(node),
            Some(node.pid()),
            Some(node.http_address()),
        )
    };
    assert_eq!(seen, network.nodes().iter().map(there).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_in_the_configuration_of_their_node_and_nowhere_else() {
    let scene = Scene::new();
    let network = scene.open(SPEC).await.unwrap();
    reaches(&network.nodes()[0].url(), 4).await;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    for node in network.nodes() {
        let proc = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", node.pid())).unwrap();
        let log = fs::read_to_string(node.log_file()).unwrap();
        let visible = [
            proc("cmdline"),
            proc("environ"),
            log,
            format!("{network:?}"),
        ];
        for key in scene.keys.values() {
            let secret = key.expose_text();
            assert!(
                visible.iter().all(|text| !text.contains(secret.expose())),
                "{}",
                node.name()
            );
        }
        let config = fs::read_to_string(node.config_file()).unwrap();
        assert!(config.contains(scene.keys[&node.account().unwrap()].expose_text().expose()));
        assert_eq!(mode(&node.config_file()), 0o600);
        assert_eq!(mode(&node.data_dir()), 0o700);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stopped_goes_on_when_it_is_opened_again() {
    let scene = Scene::new();
    let network = scene.open(SPEC).await.unwrap();
    let urls = |network: &LocalNetwork| {
        network
            .nodes()
            .iter()
            .map(LocalNode::url)
            .collect::<Vec<_>>()
    };
    let (there, chain_id, running) = (urls(&network), network.chain_id(), pids(&network));
    reaches(&there[2], 4).await;
    let before = head(&there[0]).await;
    let report = network.stop(&|_| {}).await;
    let is_clean = |node: &StoppedNode| node.exit == NodeExit::Code(0) && !node.was_killed;
    assert!(
        report.nodes.len() == 3 && report.nodes.iter().all(is_clean),
        "{report:?}"
    );
    assert!(!running.iter().any(|pid| is_alive(*pid)));
    assert!(
        status(scene.dir())
            .unwrap()
            .nodes
            .iter()
            .all(|node| node.pid.is_none())
    );
    scene.events();

    let network = scene.open(SPEC).await.unwrap();
    assert_eq!(
        (urls(&network), network.chain_id()),
        (there.clone(), chain_id)
    );
    reaches(&there[2], before + 2).await;
    let events = scene.events();
    let cold: Vec<_> = events
        .iter()
        .filter(|event| matches!(event, Event::ColdStart { .. }))
        .collect();
    assert!(
        matches!(cold[..], [Event::ColdStart { node, .. }] if *node == name("boot")),
        "{events:?}"
    );

    // Whoever owns it panics: nothing is left.
    let running = pids(&network);
    let owner = tokio::spawn(async move {
        let _network = network;
        panic!("on purpose");
    });
    assert!(owner.await.unwrap_err().is_panic());
    assert!(!running.iter().any(|pid| is_alive(*pid)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_a_killed_run_left_are_adopted_or_stopped() {
    let scene = Scene::new();
    let network = scene.open(SPEC).await.unwrap();
    let (before, chain_id) = (pids(&network), network.chain_id());
    reaches(&network.nodes()[0].url(), 3).await;
    network.detach();
    // A run can be killed between the start of a node and its record.
    fs::remove_file(scene.dir().join("nodes/bp2/process.json")).unwrap();
    scene.events();

    let network = scene.open(SPEC).await.unwrap();
    assert_eq!(
        (pids(&network), network.chain_id()),
        (before.clone(), chain_id)
    );
    let events = scene.events();
    let adopted = events
        .iter()
        .filter(|event| matches!(event, Event::NodeAdopted { .. }))
        .count();
    assert_eq!(adopted, 3, "{events:?}");
    network.detach();

    // Another configuration for one node, and another node gone from the spec.
    let changed = "
name: first
nodes:
- {name: boot, role: boot}
- {name: bp1, role: producer, options: {max-transaction-time: 150}}
";
    let network = scene.open(changed).await.unwrap();
    let events = scene.events();
    let stopped: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::StrayStopped { node, reason, .. } => Some((node.to_string(), *reason)),
            _ => None,
        })
        .collect();
    assert!(
        stopped.contains(&("bp2".to_owned(), "it is not in the spec")),
        "{stopped:?}"
    );
    assert!(
        stopped.contains(&("bp1".to_owned(), "its configuration changes")),
        "{stopped:?}"
    );
    assert!(!is_alive(before[2]));
    reaches(
        &network.nodes()[1].url(),
        head(&network.nodes()[0].url()).await,
    )
    .await;
    network.detach();

    // What nobody runs any more is stopped by `stop_all`.
    let report = stop_all(scene.dir(), Duration::from_secs(20), &|_| {})
        .await
        .unwrap();
    let names: Vec<_> = report
        .nodes
        .iter()
        .map(|node| node.name.to_string())
        .collect();
    assert_eq!(names, ["boot", "bp1"]);
    assert!(
        status(scene.dir())
            .unwrap()
            .nodes
            .iter()
            .all(|node| node.pid.is_none())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_killed_is_repaired_and_one_that_hangs_is_killed() {
    let scene = Scene::new();
    let mut network = scene.open(SPEC).await.unwrap();
    let urls: Vec<_> = network.nodes().iter().map(LocalNode::url).collect();
    reaches(&urls[1], 4).await;

    // While the network runs.
    kill(network.nodes()[1].pid(), Signal::KILL);
    let ended = tokio::time::timeout(Duration::from_secs(10), network.any_ended())
        .await
        .unwrap();
    assert_eq!(ended, (name("bp1"), NodeExit::Signal(9)));
    // Told once: it must not hide the end of another one.
    let again = tokio::time::timeout(Duration::from_millis(500), network.any_ended());
    assert!(again.await.is_err());
    scene.events();
    network
        .restart(&name("bp1"), &|event| {
            scene.record(event);
        })
        .await
        .unwrap();
    let repaired = |events: &[Event]| -> Vec<String> {
        let repaired = events.iter().filter_map(|event| match event {
            Event::NodeRepaired { node, .. } => Some(node.to_string()),
            _ => None,
        });
        repaired.collect()
    };
    assert_eq!(repaired(&scene.events()), ["bp1"]);
    reaches(&urls[1], head(&urls[0]).await).await;

    // Somebody looks whether the port is free, just when the node is started.
    kill(network.nodes()[2].pid(), Signal::KILL);
    tokio::time::timeout(Duration::from_secs(10), network.any_ended())
        .await
        .unwrap();
    let taken = TcpListener::bind(network.nodes()[2].http_address()).unwrap();
    let release = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(700)).await;
        drop(taken);
    });
    network
        .restart(&name("bp2"), &|event| scene.record(event))
        .await
        .unwrap();
    release.await.unwrap();
    assert_eq!(repaired(&scene.events()), ["bp2"]);

    // All at once, with nobody there; one of them with a block log that was cut while it was written.
    let before = head(&urls[0]).await;
    network.detach();
    for node in status(scene.dir()).unwrap().nodes {
        kill(node.pid.unwrap(), Signal::KILL);
    }
    let blocks = scene.dir().join("nodes/bp2/data/blocks/blocks.log");
    while status(scene.dir())
        .unwrap()
        .nodes
        .iter()
        .any(|node| node.pid.is_some())
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let length = blocks.metadata().unwrap().len();
    fs::File::options()
        .write(true)
        .open(&blocks)
        .unwrap()
        .set_len(length - 7)
        .unwrap();
    let network = scene.open(SPEC).await.unwrap();
    let events = scene.events();
    assert_eq!(repaired(&events), ["boot", "bp1", "bp2"]);
    let is_salvage =
        |event: &Event| matches!(event, Event::BlocksSalvaged { node, .. } if *node == name("bp2"));
    assert!(events.iter().any(is_salvage), "{events:?}");
    for url in &urls {
        reaches(url, before + 1).await;
    }

    // A node that does not react to SIGTERM.
    kill(network.nodes()[2].pid(), Signal::STOP);
    network.detach();
    let on_event = |event| scene.record(event);
    let report = stop_all(scene.dir(), Duration::from_secs(2), &on_event)
        .await
        .unwrap();
    let killed: Vec<_> = report
        .nodes
        .iter()
        .filter(|node| node.was_killed)
        .map(|node| node.name.to_string())
        .collect();
    assert_eq!(killed, ["bp2"]);
    assert!(
        scene
            .events()
            .iter()
            .any(|event| matches!(event, Event::NodeKilled { node, .. } if *node == name("bp2")))
    );
}

/// Among them the only one that produces: the other one must not wait for its blocks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_were_killed_at_once_are_restarted_one_after_the_other() {
    let scene = Scene::new();
    let mut network = scene.open(SPEC).await.unwrap();
    let urls: Vec<_> = network.nodes().iter().map(LocalNode::url).collect();
    for url in &urls {
        reaches(url, 4).await;
    }
    let before = pids(&network);
    for pid in &before[..2] {
        kill(*pid, Signal::KILL);
    }
    let both = async {
        let mut restarted = Vec::new();
        for _ in 0..2 {
            let (node, exit) = network.any_ended().await;
            assert_eq!(exit, NodeExit::Signal(9));
            network
                .restart(&node, &|event| scene.record(event))
                .await
                .unwrap();
            restarted.push(node);
        }
        restarted
    };
    let restarted = tokio::time::timeout(Duration::from_secs(30), both).await;
    assert_eq!(restarted.unwrap(), [name("boot"), name("bp1")]);
    let after = pids(&network);
    assert!(after.iter().all(|pid| is_alive(*pid)));
    assert!(after[0] != before[0] && after[1] != before[1] && after[2] == before[2]);
    // The chain goes on, for all of them.
    let newest = head(&urls[0]).await;
    for url in &urls {
        reaches(url, newest + 2).await;
    }
    network.stop(&|_| {}).await;
}

#[tokio::test]
async fn what_cannot_work_is_refused_before_anything_starts() {
    let scene = Scene::new();
    let nothing_happened = || {
        assert!(!scene.dir().join("nodes").exists());
        assert!(
            !scene
                .events()
                .iter()
                .any(|event| matches!(event, Event::NodeStarted { .. }))
        );
    };

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let with_port = SPEC.replace(
        "bp2, role: producer",
        &format!("bp2, role: producer, p2p_port: {port}"),
    );
    let error = scene.open(&with_port).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("p2p port {port} of node bp2 is in use by another process")
    );
    nothing_happened();

    let spec = from_yaml::<NetworkSpec>(SPEC).unwrap();
    let mut keys = scene.keys.clone();
    keys.remove(&"bp1".parse().unwrap());
    let error = LocalNetwork::builder(scene.dir(), spec.clone(), keys.clone())
        .open(&|_| {})
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no key for `bp1`, for which node bp1 produces"
    );
    nothing_happened();

    let published = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3"
        .parse()
        .unwrap();
    keys.insert("bp1".parse().unwrap(), published);
    let error = LocalNetwork::builder(scene.dir(), spec.clone(), keys)
        .open(&|_| {})
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key of `bp1` is published: everybody could sign for it"
    );
    nothing_happened();

    let mut twice = spec;
    twice.nodes.push(twice.nodes[1].clone());
    let error = LocalNetwork::builder(scene.dir(), twice, scene.keys.clone())
        .open(&|_| {})
        .await
        .unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        source.contains("nodes[3].name: two nodes are named `bp1`"),
        "{source}"
    );
    nothing_happened();
}

#[tokio::test]
async fn a_node_that_refuses_its_options_is_told_and_the_others_are_stopped() {
    let scene = Scene::new();
    let unknown = SPEC.replace(
        "bp2, role: producer",
        "bp2, role: producer, options: {incoming-defer-ratio: no-such-ratio}",
    );
    let error = scene.open(&unknown).await.unwrap_err();
    let Error::NodeEnded {
        node, exit, lines, ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!((node, *exit), (&name("bp2"), NodeExit::Code(254)));
    assert!(lines.contains("no-such-ratio"), "{lines}");
    assert!(
        status(scene.dir())
            .unwrap()
            .nodes
            .iter()
            .all(|node| node.pid.is_none())
    );

    // What began is a chain: another key for it is refused, the right spec goes on with it.
    let mut keys = scene.keys.clone();
    keys.insert("eosio".parse().unwrap(), PrivateKey::generate().unwrap());
    let spec = from_yaml::<NetworkSpec>(SPEC).unwrap();
    let error = LocalNetwork::builder(scene.dir(), spec, keys)
        .open(&|_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::GenesisDiffers {
                difference: "the key of eosio",
                ..
            }
        ),
        "{error:?}"
    );
    let network = scene.open(SPEC).await.unwrap();
    reaches(&network.nodes()[2].url(), 3).await;
    network.stop(&|_| {}).await;
}
