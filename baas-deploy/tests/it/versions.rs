//! The table of options, and the files made from it, against this machine's nodeos, a Leap 4.1.

use std::collections::BTreeSet;
use std::process::Command;

use baas_deploy::NodeName;
use baas_deploy::local::{Environment, LocalNode, Nodeos};
use baas_deploy::node::{NodeVersion, OptionArity, OptionPlace, parse_config_ini};
use baas_deploy::spec::Role;

use crate::support::{Scene, reaches};

/// Returns what `nodeos --help` prints.
async fn help() -> String {
    let nodeos = Nodeos::find(None, &Environment::from_process(), &|_| {})
        .await
        .unwrap();
    let mut command: Command = nodeos.command("nodeos");
    let output = command.arg("--help").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// An option as the help and as the table have it: plugin, name, whether it is for the command line only, whether it has a value.
type Row = (String, String, bool, bool);

fn of_help(help: &str) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    let (mut plugin, mut is_start) = (String::new(), false);
    for line in help.lines() {
        if let Some(heading) = line
            .strip_suffix(':')
            .filter(|line| line.contains("Options"))
        {
            plugin = heading
                .split_once("eosio::")
                .map_or(String::new(), |(_, plugin)| plugin.to_owned());
            is_start = heading.contains("Command Line");
        }
        let Some(option) = line
            .strip_prefix("  ")
            .filter(|option| option.starts_with('-'))
        else {
            continue;
        };
        // `-e [ --name ] arg (=default)`, and the explanation after two spaces.
        let option = option.split("  ").next().unwrap();
        let name = option.split("--").nth(1).unwrap();
        let name = name.split([' ', ']']).next().unwrap();
        let rest = option.split_once(name).unwrap().1;
        let has_value = !rest.trim_matches([' ', ']']).is_empty();
        rows.insert((plugin.clone(), name.to_owned(), is_start, has_value));
    }
    rows
}

#[tokio::test]
async fn the_table_of_leap_4_is_what_its_help_says() {
    let help = of_help(&help().await);
    // This executable is keosd as well, whose options it shows; the table knows them as keosd's.
    let help: BTreeSet<Row> = help
        .into_iter()
        .filter(|(plugin, ..)| plugin != "wallet_plugin")
        .collect();
    assert!(help.len() > 140, "{}", help.len());
    let table: BTreeSet<Row> = NodeVersion::Leap4
        .options()
        .map(|(plugin, option)| {
            let plugin = plugin.unwrap_or_default().to_owned();
            let is_start = option.place == OptionPlace::CommandLine;
            let has_value = option.arity != OptionArity::Flag;
            (plugin, option.name.to_owned(), is_start, has_value)
        })
        .collect();
    let only = |one: &BTreeSet<Row>, other: &BTreeSet<Row>| -> Vec<Row> {
        one.difference(other).cloned().collect()
    };
    assert_eq!(only(&help, &table), [], "only in the help");
    assert_eq!(only(&table, &help), [], "only in the table");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_configuration_of_every_role_starts_a_node_and_follows_the_topology() {
    let scene = Scene::new();
    // No key for the nodes that do not produce.
    let network = scene
        .open(
            "
name: first
topology: line
nodes:
- {name: boot, role: boot}
- {name: seed, role: seed}
- {name: bp1, role: producer}
groups:
- {name: api, role: api, count: 1, options: {max-clients: 9, verbose-http-errors: true}}
",
        )
        .await
        .unwrap();
    let roles: Vec<Role> = network.nodes().iter().map(LocalNode::role).collect();
    assert_eq!(roles, [Role::Boot, Role::Seed, Role::Producer, Role::Api]);
    for node in network.nodes() {
        assert_eq!(node.account().is_some(), node.role().produces());
        // What the boot node makes comes over two others to the last one.
        reaches(&node.url(), 4).await;
        let config = std::fs::read_to_string(node.config_file()).unwrap();
        assert_eq!(
            config.contains("signature-provider"),
            node.role().produces()
        );
    }
    let address = |name: &str| {
        let name: NodeName = name.parse().unwrap();
        network.node(&name).unwrap().p2p_address().to_string()
    };
    for (name, peers) in [
        ("boot", vec!["seed"]),
        ("seed", vec!["boot", "bp1"]),
        ("bp1", vec!["seed", "api-1"]),
        ("api-1", vec!["bp1"]),
    ] {
        let node = network.node(&name.parse().unwrap()).unwrap();
        let config = parse_config_ini(&std::fs::read_to_string(node.config_file()).unwrap());
        let dials: Vec<&str> = config.values("p2p-peer-address").collect();
        let peers: Vec<String> = peers.into_iter().map(address).collect();
        assert_eq!(dials, peers, "{name}");
    }
}
