//! Directories of which something was damaged or lost while nobody ran them.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use baas_deploy::Error;
use baas_deploy::local::{Environment, LocalNetwork, LocalNode, NodeExit, Nodeos};
use baas_deploy::progress::Event;
use baas_deploy::reader::from_yaml;
use baas_deploy::spec::NetworkSpec;
use eos_client::Client;

use crate::support::{SPEC, Scene, head, name, reaches};

/// Returns the nodes whose block log was salvaged since this was last asked.
fn salvaged(scene: &Scene) -> Vec<String> {
    let events = scene.events().into_iter();
    let nodes = events.filter_map(|event| match event {
        Event::BlocksSalvaged { node, .. } => Some(node.to_string()),
        _ => None,
    });
    nodes.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_block_log_is_salvaged_and_the_chain_goes_on() {
    let scene = Scene::new();
    let block_2 = async |network: &LocalNetwork| {
        let client = Client::new(&network.nodes()[0].url()).unwrap();
        client.get_block(2).await.unwrap().id
    };
    let file = |node: &str, name: &str| -> PathBuf {
        scene
            .dir()
            .join("nodes")
            .join(node)
            .join("data/blocks")
            .join(name)
    };
    let network = scene.open(SPEC).await.unwrap();
    let (chain_id, urls) = (
        network.chain_id(),
        network
            .nodes()
            .iter()
            .map(LocalNode::url)
            .collect::<Vec<_>>(),
    );
    for url in &urls {
        reaches(url, 6).await;
    }
    let (first, before) = (block_2(&network).await, head(&urls[0]).await);
    network.stop(&|_| {}).await;
    assert_eq!(salvaged(&scene), Vec::<String>::new());

    // The end is lost, something follows the end, and the index is lost.
    let log = File::options()
        .write(true)
        .open(file("bp1", "blocks.log"))
        .unwrap();
    log.set_len(log.metadata().unwrap().len() - 150).unwrap();
    let mut log = File::options()
        .append(true)
        .open(file("boot", "blocks.log"))
        .unwrap();
    log.write_all(&[0xa5; 500]).unwrap();
    File::create(file("bp2", "blocks.index")).unwrap();

    let network = scene.open(SPEC).await.unwrap();
    assert_eq!(salvaged(&scene), ["boot", "bp1", "bp2"]);
    assert_eq!(
        (network.chain_id(), block_2(&network).await),
        (chain_id, first)
    );
    for node in network.nodes() {
        reaches(&node.url(), before.max(8)).await;
    }
    network.stop(&|_| {}).await;

    // It is whole again. What is refused for another reason is no damage.
    let unknown = SPEC.replace(
        "bp2, role: producer",
        "bp2, role: producer, options: {incoming-defer-ratio: no-such-ratio}",
    );
    let error = scene.open(&unknown).await.unwrap_err();
    assert!(
        matches!(&error, Error::NodeEnded { node, exit: NodeExit::Code(254), .. } if *node == name("bp2")),
        "{error:?}"
    );
    assert_eq!(salvaged(&scene), Vec::<String>::new());
    assert!(fs::exists(file("bp2", "blocks.log")).unwrap());
}

#[tokio::test]
async fn a_chain_without_its_genesis_gets_no_new_one() {
    let scene = Scene::new();
    let network = scene.open(SPEC).await.unwrap();
    let chain_id = network.chain_id();
    network.stop(&|_| {}).await;
    let (genesis_json, aside) = (
        scene.dir().join("genesis.json"),
        scene.dir().join("genesis.aside"),
    );
    fs::rename(&genesis_json, &aside).unwrap();
    scene.events();
    let error = scene.open(SPEC).await.unwrap_err();
    assert!(matches!(error, Error::GenesisLost { .. }), "{error:?}");
    let text = error.to_string();
    for part in ["genesis.json is missing", "--extract-genesis-json"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!genesis_json.exists());
    let started = |event: &Event| matches!(event, Event::NodeStarted { .. });
    assert!(!scene.events().iter().any(started));

    // The way that the error names gives the same chain.
    let nodeos = Nodeos::find(None, &Environment::from_process(), &|_| {})
        .await
        .unwrap();
    let mut extraction = nodeos
        .command("nodeos")
        .arg("--data-dir")
        .arg(scene.dir().join("nodes/boot/data"))
        .arg("--extract-genesis-json")
        .arg(&genesis_json)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It does not end by itself.
    for _ in 0..200 {
        if fs::read(&genesis_json).is_ok_and(|json| json.ends_with(b"}")) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    extraction.kill().unwrap();
    extraction.wait().unwrap();
    let network = scene.open(SPEC).await.unwrap();
    assert_eq!(network.chain_id(), chain_id);
    network.stop(&|_| {}).await;
}

#[tokio::test]
async fn a_path_that_nodeos_cannot_take_is_refused_before_anything_is_made() {
    let scene = Scene::new();
    let dir = scene.dir().join("my network");
    let spec = from_yaml::<NetworkSpec>(SPEC).unwrap();
    let error = LocalNetwork::builder(&dir, spec, scene.keys.clone())
        .open(&|_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UnusablePath { .. }), "{error:?}");
    assert!(!dir.exists());
}
