//! Files written by hand, made into a spec: nothing of them is lost without a word.

use baas_deploy::migrate::{Migration, migrate};
use baas_deploy::node::{NodeOption, NodeVersion, OptionArity, OptionKind};
use baas_deploy::spec::{NetworkSpec, Role};
use proptest::prelude::*;

/// Says whether a node of the spec has an option, or a note names it.
fn is_told(migration: &Migration, option: &str) -> bool {
    let mut nodes = migration.spec().nodes.iter();
    nodes.any(|node| node.options.contains_key(option))
        || migration.notes().iter().any(|note| {
            // In backticks, alone or as the end of a place in the spec.
            note.split('`')
                .any(|part| part == option || part.ends_with(&format!(".options.{option}")))
        })
}

/// Returns a value that nodeos takes for an option.
fn value_of(option: &NodeOption) -> String {
    match option.kind {
        OptionKind::Number { least, most, .. } => return 7.clamp(least, most).to_string(),
        OptionKind::Flag | OptionKind::FlagOr(_) => "true",
        OptionKind::Words(words) => words[0],
        OptionKind::Endpoint | OptionKind::EndpointOr(_) => "0.0.0.0:1234",
        OptionKind::Name => "alice",
        _ => "text",
    }
    .to_owned()
}

/// Returns each option of each version; those that are alike in several, once.
fn all_options() -> Vec<&'static NodeOption> {
    let mut all: Vec<&NodeOption> = Vec::new();
    for (_, option) in NodeVersion::ALL.into_iter().flat_map(NodeVersion::options) {
        if !all.contains(&option) {
            all.push(option);
        }
    }
    all
}

#[test]
fn each_option_of_each_version_ends_in_the_spec_or_in_a_note() {
    for option in all_options() {
        let (name, value) = (option.name, value_of(option));
        for text in [
            format!("{name} = {value}\n"),
            format!("{name} = \"{value}\"\n"),
            format!("{name} =\n"),
            format!("{name} = {value}\n{name} = 12\n"),
            format!("{name} = no such value\n"),
            // With which the files are for Dawn 4.1.
            format!("required-participation = 33\n{name} = {value}\n"),
        ] {
            let migration = migrate(&[("config.ini", &text)]);
            assert!(
                is_told(&migration, name),
                "{text}\n{}\n{:#?}",
                migration.to_yaml(),
                migration.notes()
            );
        }
    }
}

#[test]
fn what_nodeos_takes_and_a_spec_may_say_is_in_the_spec() {
    let text = "wasm-runtime = eos-vm-jit\nhttp-validate-host = false\npeer-key = \"EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV\"\n\
                actor-blacklist = alice\nactor-blacklist = bob\n";
    let migration = migrate(&[("config.ini", text)]);
    for node in &migration.spec().nodes {
        assert_eq!(node.options["wasm-runtime"].values(), ["eos-vm-jit"]);
        assert_eq!(node.options["http-validate-host"].values(), ["false"]);
        assert_eq!(node.options["actor-blacklist"].values(), ["alice", "bob"]);
        // nodeos reads it as JSON.
        assert_eq!(
            node.options["peer-key"].values(),
            ["\"EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV\""]
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn options_in_any_company_end_in_the_spec_or_in_a_note(
        picks in proptest::collection::vec((any::<prop::sample::Index>(), "[a-z0-9:.\"= ]{0,8}", any::<bool>()), 0..8),
        file in prop::sample::select(vec!["config.ini", "a/config.ini", "b.ini"]),
    ) {
        let options = all_options();
        let lines: Vec<(&str, String)> = picks
            .iter()
            .map(|(index, odd, is_odd)| {
                let option = index.get(&options);
                let value = if *is_odd { odd.clone() } else { value_of(option) };
                (option.name, format!("{} = {value}\n", option.name))
            })
            .collect();
        let text: String = lines.iter().map(|(_, line)| line.as_str()).collect();
        for files in [
            vec![(file, text.as_str())],
            vec![("x/config.ini", "producer-name = carol\n"), (file, text.as_str())],
            vec![(file, text.as_str()), ("c.ini", text.as_str())],
        ] {
            let migration = migrate(&files);
            prop_assert_eq!(&NetworkSpec::from_yaml(migration.to_yaml()).unwrap(), migration.spec());
            for (name, _) in &lines {
                prop_assert!(is_told(&migration, name), "{}\n{:#?}", text, migration.notes());
            }
        }
    }
}

/// Returns the nodes of a spec: name, role, account.
fn nodes(migration: &Migration) -> Vec<(String, Role, Option<String>)> {
    let nodes = migration.spec().nodes.iter();
    nodes
        .map(|node| {
            let account = node.account().map(|account| account.to_string());
            (node.name.to_string(), node.role, account)
        })
        .collect()
}

#[test]
fn each_of_several_config_ini_is_a_node() {
    let migration = migrate(&[
        (
            "boot/config.ini",
            "producer-name = eosio\nmax-clients = 11\nhttp-server-address = 0.0.0.0:8001\n",
        ),
        (
            "one/config.ini",
            "producer-name = bp.one\nmax-clients = 12\nhttp-server-address = 0.0.0.0:8002\nplugin = eosio::trace_api_plugin\n",
        ),
        (
            "two/config/config.ini",
            "producer-name = bp2\nmax-clients = 13\n",
        ),
        (
            "two/secret/key.ini",
            "signature-provider = EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV=KEY:5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3\n",
        ),
        ("Api_1.ini", "max-clients = 14\nread-mode = head\n"),
    ]);
    let node = |name: &str, role, account: &str| {
        let account = Some(account.to_owned()).filter(|account| !account.is_empty());
        (name.to_owned(), role, account)
    };
    assert_eq!(
        nodes(&migration),
        [
            node("boot", Role::Boot, "eosio"),
            node("bp-one", Role::Producer, "bp.one"),
            node("bp2", Role::Producer, "bp2"),
            node("api-1", Role::Api, ""),
        ]
    );
    let spec = migration.spec();
    let clients = spec
        .nodes
        .iter()
        .map(|node| &node.options["max-clients"].values()[0]);
    assert_eq!(clients.collect::<Vec<_>>(), ["11", "12", "13", "14"]);
    let ports = spec.nodes.iter().map(|node| node.http_port);
    assert_eq!(
        ports.collect::<Vec<_>>(),
        [Some(8001), Some(8002), None, None]
    );
    assert!(spec.nodes[3].options.contains_key("read-mode"));
    let notes = migration.notes().join("\n");
    for expected in [
        "Api_1.ini names no producer: its node does not produce, and is called api-1",
        "one/config.ini has eosio::trace_api_plugin as `plugin`",
        "left out of two/secret/key.ini: `signature-provider`",
    ] {
        assert!(notes.contains(expected), "{notes}");
    }
    assert!(!notes.contains(".ini is left out"), "{notes}");
}

#[test]
fn a_second_config_ini_of_one_node_is_left_out_by_name() {
    let migration = migrate(&[
        ("a/config.ini", "producer-name = bp1\nmax-clients = 11\n"),
        ("b/config.ini", "producer-name = bp1\nmax-clients = 12\n"),
        ("c/config.ini", "producer-name = EOSIO\nmax-clients = 13\n"),
        (
            "d/config.ini",
            "producer-name = No Name\nmax-clients = 14\n",
        ),
        ("9.ini", "max-clients = 15\n"),
        ("x/config.ini", "max-clients = 16\n"),
        ("y/x.ini", "max-clients = 17\n"),
    ]);
    let notes = migration.notes().join("\n");
    assert!(
        notes.contains("b/config.ini is left out where it is for the node of a/config.ini"),
        "{notes}"
    );
    assert!(
        notes.contains("left out of b/config.ini: `max-clients`: no node of the spec"),
        "{notes}"
    );
    let spec = migration.spec();
    let names = spec.nodes.iter().map(|node| node.name.to_string());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["boot", "bp1", "c", "d", "n9", "x", "x-2"]
    );
    let clients = spec.nodes.iter().skip(1);
    let clients = clients.map(|node| node.options["max-clients"].values()[0].as_str());
    assert_eq!(
        clients.collect::<Vec<_>>(),
        ["11", "13", "14", "15", "16", "17"]
    );
}

#[test]
fn a_config_ini_of_several_producers_is_for_a_node_of_each() {
    let migration = migrate(&[
        (
            "a/config.ini",
            "producer-name = bp1\nproducer-name = bp2\nactor-blacklist = mallory\nactor-blacklist = trudy\n\
             chain-state-db-size-mb = 65536\n",
        ),
        ("b/config.ini", "producer-name = bp3\n"),
        // It is there for accounts that are words of the files.
        ("start.sh", "#!/bin/sh\nset -e\nexec nodeos\n"),
    ]);
    let all = &migration.spec().nodes;
    let names: Vec<&str> = all.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["boot", "bp1", "bp2", "bp3"]);
    for node in &all[1..3] {
        assert_eq!(
            node.options["actor-blacklist"].values(),
            ["mallory", "trudy"]
        );
        assert_eq!(node.options["chain-state-db-size-mb"].values(), ["65536"]);
    }
    assert!(all[0].options.is_empty() && all[3].options.is_empty());
    let notes = migration.notes().join("\n");
    assert!(
        notes.contains("a/config.ini produces for bp1, bp2: each of them gets a node"),
        "{notes}"
    );
}

#[test]
fn a_start_script_s_options_are_named() {
    let script =
        "#!/bin/sh\nset -e\nexec nodeos -e --max-clients=12 --data-dir /data --contracts-console\n";
    let migration = migrate(&[("start.sh", script), ("config.ini", "")]);
    let notes = migration.notes().join("\n");
    assert!(
        notes.contains("start.sh starts nodeos with `-e`, `--max-clients`, `--data-dir`, `--contracts-console`:"),
        "{notes}"
    );
}

#[test]
fn fields_of_a_genesis_that_no_chain_has_are_left_out_by_name() {
    let genesis = r#"{"initial_key": "", "initial_chain_id": "0", "initial_timestamp": 5,
        "initial_configuration": {"0": 1, "max_block_cpu_usage": 200000, "x": {}}}"#;
    let migration = migrate(&[("genesis.json", genesis)]);
    let notes = migration.notes().join("\n");
    let expected = "left out of genesis.json: `initial_chain_id`, `initial_configuration.0`, `initial_configuration.x`, `initial_timestamp`";
    assert!(notes.contains(expected), "{notes}");
    let limits = &migration.spec().genesis.initial_configuration;
    assert_eq!(limits.max_block_cpu_usage, 200_000);
}

#[test]
fn files_that_nothing_is_taken_from_are_named() {
    let template =
        "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: a}\nobjects: []\n";
    let migration = migrate(&[
        ("one/genesis.json", "{}"),
        ("two/genesis.json", "{}"),
        ("Dockerfile", "FROM debian:12.8\n"),
        ("photo.png", ""),
        ("a.yaml", template),
        ("b.yaml", template),
        ("pod.yaml", "apiVersion: v1\nkind: Pod\n"),
    ]);
    let notes = migration.notes();
    let named = notes
        .iter()
        .filter_map(|note| note.split_once(" is left out").map(|(name, _)| name));
    assert_eq!(
        named.collect::<Vec<_>>(),
        [
            "peers come from `topology`: BP_LIST",
            "two/genesis.json",
            "Dockerfile",
            "photo.png",
            "b.yaml",
            "pod.yaml"
        ]
    );
}

#[test]
fn an_option_that_may_be_there_once_is_told_when_it_is_there_twice() {
    for option in all_options() {
        if option.arity == OptionArity::Several {
            continue;
        }
        let (name, value) = (option.name, value_of(option));
        let text = format!("{name} = {value}\n{name} = {value}\n");
        let migration = migrate(&[("config.ini", &text)]);
        let has_note = migration
            .notes()
            .iter()
            .any(|note| note.contains(&format!("`{name}`")));
        assert!(has_note, "{text}\n{:#?}", migration.notes());
    }
}
