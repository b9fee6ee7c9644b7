use std::fmt::Write as _;

use super::*;
use crate::reader::from_yaml;

fn errors(yaml: &str) -> String {
    from_yaml::<NetworkSpec>(yaml).unwrap_err().to_string()
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let yaml = "\
name: First
nodse: []
genesis:
  initial_configuration: {max_transaction_cpu_usage: 300000, max_authority_dept: 1}
nodes:
- {name: boot, role: boot, account: bp1, http_port: 8888, p2p_port: 8888}
- {name: bp1, role: prodcer}
- {name: Bp2, role: producer}
- {role: producer}
- {name: boot, role: boot, p2p_port: 8888}
";
    assert_eq!(
        errors(yaml),
        "\
name: `First` is not a name: 1 to 48 of the characters a-z, 0-9 and -, the first a letter, the last not - (line 1)
nodse: unknown field, did you mean `nodes`? (line 2)
genesis.initial_configuration.max_authority_dept: unknown field, did you mean `max_authority_depth`? (line 4)
genesis.initial_configuration.max_transaction_cpu_usage: it must be below max_block_cpu_usage, 200000 (line 4)
nodes[0].account: a boot node produces for `eosio`, not for `bp1` (line 6)
nodes[0].p2p_port: port 8888 is taken by node `boot` (line 6)
nodes[1].role: unknown word `prodcer`, did you mean `producer`? (line 7)
nodes[2].name: `Bp2` is not a name: 1 to 48 of the characters a-z, 0-9 and -, the first a letter, the last not - (line 8)
nodes[3].name: missing (line 9)
nodes[4].name: two nodes are named `boot` (line 10)
nodes[4].role: two boot nodes: a chain begins on one (line 10)
nodes[4].p2p_port: port 8888 is taken by node `boot` (line 10)"
    );
}

#[test]
fn rules_between_nodes_are_checked() {
    let yaml = "\
name: first
genesis:
  initial_configuration: {max_transaction_cpu_usage: 300000}
nodes:
- {name: boot, role: boot, account: bp1, http_port: 8888, p2p_port: 8888}
- {name: boot, role: boot, p2p_port: 8888}
- {name: bp-1, role: producer, http_port: 0}
- {name: bp2, role: producer, account: eosio}
- name: bp3
  role: producer
  plugins: [trace_api, 'eosio::wallet_plugin']
  options: {signature-provider: x, max-clients: '5 # or so', no_option: true}
";
    insta::assert_snapshot!(errors(yaml));
    assert_eq!(
        errors("{name: a, nodes: []}"),
        "nodes: no boot node (line 1)\nnodes: no producer (line 1)"
    );
}

#[test]
fn what_is_made_in_code_is_what_is_written() {
    let node = |name: &str, role| NodeSpec::new(name.parse().unwrap(), role);
    let made = NetworkSpec::new("first".parse().unwrap())
        .with_node(node("boot", Role::Boot))
        .with_node(node("bp1", Role::Producer));
    crate::reader::check(&made).unwrap();
    let written = "name: first\nnodes: [{name: boot, role: boot}, {name: bp1, role: producer}]";
    assert_eq!(from_yaml::<NetworkSpec>(written).unwrap(), made);
    assert_eq!(
        made.nodes
            .iter()
            .map(|node| node.account().unwrap().to_string())
            .collect::<Vec<_>>(),
        ["eosio", "bp1"]
    );
}

const TWO: &str = "nodes: [{name: boot, role: boot}, {name: bp1, role: producer}]";

#[test]
fn each_setting_beyond_the_nodes_has_its_message() {
    let mut told = String::new();
    for yaml in [
        "version: leap-6",
        "target: openshit",
        "topology: rign",
        "topology: {star: bp2}",
        "topology: {custom: [[boot, bp1, bp1]]}",
        "topology: {custom: [[boot]]}",
        "topology: {custom: [[boot, boot]]}",
        "topology: {custom: [[boot, bp1], [bp1, boot]]}",
        "topology: {custom: [[boot, bq1]]}",
        "genesis: {initial_timestamp: 2020-01-01T00:00:00.123456}",
        "genesis: {initial_timestamp: 1970-01-01T00:00:00}",
        "genesis: {initial_configuration: {min_transaction_cpu_usage: 50000}}",
        "core_symbol: SYS",
        "image: {reference: 'a:b:c'}",
        "image: {reference: a, pull_policy: always, pull_secret: A}",
        "image: {}",
        "storage: {size: 10GB}",
        "storage: {size: 10Mi, class: A_b}",
        "resources: {memory: 500m}",
        "resources: {cpu: 2, cpu_limit: 500m}",
        "resources: {cpu: 0, cpu_limit: 0}",
        "exposure: {host: Chain}",
        "exposure: {kind: rout}",
        "exposure: {kind: route}\ntarget: kubernetes",
        "exposure: {kind: route, ingress_class: a}",
        "exposure: {tls_secret: a}",
        "groups: [{name: api, role: api, count: 0}]",
        "groups: [{name: api, role: api, count: 999}]",
        "groups: [{name: api, role: api, count: 2, accounts: [a]}]",
        "groups: [{name: bp, role: producer, count: 2, accounts: [a]}]",
        "groups: [{name: bp, role: producer, count: 1}]",
        "groups: [{name: pb, role: producer, count: 6}]",
        "groups: [{name: b, role: boot, count: 1}]",
        "groups: [{name: api, role: api, count: 1, options: {block-log-dir: a, max-client: 1, genesis-json: a, net-threads: [1, 2]}}]",
        "groups: [{name: api, role: api, count: 1, options: {max-clients: many, contracts-console: maybe, database-map-mode: foo, wasm-runtime: eos-vm-oc, actor-blacklist: [a, B]}}]",
        "groups: [{name: api, role: api, count: 1, plugins: ['eosio::history_plugin', 'eosio::net_plugins']}]",
        "groups: [{name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, role: api, count: 1}]",
    ] {
        let errors = errors(&format!("name: a\n{yaml}\n{TWO}"));
        writeln!(told, "{yaml}\n    {}", errors.replace('\n', "\n    ")).unwrap();
    }
    insta::assert_snapshot!(told);
    assert_eq!(
        errors(
            "{name: a, nodes: [{name: boot, role: boot}, {name: bp1, role: producer}, {name: x, role: seed, account: x}]}"
        ),
        "nodes[2].account: a node whose role is `seed` produces for nobody (line 1)"
    );
}

#[test]
fn json_is_read_like_yaml_and_tells_the_same() {
    let json = "{\n\t\"name\": \"a\",\n\t\"nodes\": [\n\t\t{\"name\": \"boot\", \"role\": \"boot\"},\n\t\t{\"name\": \"bp1\", \"role\": \"producer\"}\n\t]\n}\n";
    assert_eq!(NetworkSpec::from_json(json).unwrap().nodes.len(), 2);
    let wrong = json.replace("producer", "prodcer");
    assert_eq!(
        NetworkSpec::from_json(&wrong).unwrap_err().to_string(),
        "nodes[1].role: unknown word `prodcer`, did you mean `producer`? (line 5)"
    );
    let error = NetworkSpec::from_json("name: a").unwrap_err().to_string();
    assert!(error.starts_with("not JSON: "), "{error}");
}

#[test]
fn warnings_are_values() {
    let warnings = |yaml: &str| -> Vec<String> {
        let spec = NetworkSpec::from_yaml(&format!("name: a\n{yaml}\n{TWO}")).unwrap();
        spec.warnings().iter().map(ToString::to_string).collect()
    };
    assert_eq!(warnings(""), [""; 0]);
    assert_eq!(
        warnings(
            "topology: {star: boot}\nimage: {reference: eos}\nexposure: {host: nodeos}\ngroups: [{name: s, role: seed, count: 1}]"
        ),
        [
            "topology: the network falls apart without `boot`",
            "image.reference: `eos` may be another image tomorrow; give it a tag or a digest",
            "exposure: not used: the nodes of a local network answer on loopback only",
        ]
    );
    assert_eq!(
        warnings(
            "target: openshift\nexposure: {host: nodeos}\ntopology: line\ngroups: [{name: s, role: seed, count: 2}]"
        ),
        [
            "topology: the network falls apart without any of `bp1` and `s-1`",
            "image: missing: a cluster runs an image",
            "exposure.host: `nodeos` is in no domain, so that nobody outside finds it by itself",
        ]
    );
}

#[test]
fn a_hundred_nodes_are_read_and_written_in_milliseconds() {
    let yaml = format!("name: a\n{TWO}\ngroups: [{{name: api, role: api, count: 98}}]");
    let begin = std::time::Instant::now();
    let spec = NetworkSpec::from_yaml(&yaml).unwrap();
    let mut length = 0;
    for node in spec.all_nodes() {
        let addresses = (([0; 4], 8888).into(), ([0; 4], 9876).into());
        let peers: Vec<crate::node::Endpoint> = spec
            .peers_of(&node.name)
            .iter()
            .map(|peer| format!("{peer}:9876").parse().unwrap())
            .collect();
        let mut config = NodeConfig::new(spec.version, &node.name, node.role, addresses);
        config.peers = &peers;
        length += config.public_ini().len();
    }
    let took = begin.elapsed();
    assert!(length > 100_000);
    // Far more than it takes, for a machine that is busy; a figure is in the README.
    assert!(took < std::time::Duration::from_secs(2), "{took:?}");
}

#[test]
fn two_nodes_may_have_one_port_where_each_has_an_address_of_its_own() {
    let of = |target: &str, bp1: &str| {
        format!(
            "{{name: a, target: {target}, nodes: [{{name: boot, role: boot, http_port: 8888}}, {{name: bp1, role: producer, {bp1}}}]}}"
        )
    };
    for target in ["kubernetes", "openshift"] {
        from_yaml::<NetworkSpec>(&of(target, "http_port: 8888")).unwrap();
        assert_eq!(
            errors(&of(target, "http_port: 8888, p2p_port: 8888")),
            "nodes[1].p2p_port: port 8888 is taken by node `bp1` (line 1)"
        );
    }
    assert_eq!(
        errors(&of("local", "http_port: 8888")),
        "nodes[1].http_port: port 8888 is taken by node `boot` (line 1)"
    );
}

#[test]
fn a_port_that_something_else_of_the_node_has_is_told() {
    let of = |target: &str, bp1: &str| {
        format!(
            "{{name: a, target: {target}, nodes: [{{name: boot, role: boot}}, {{name: bp1, role: producer, {bp1}}}]}}"
        )
    };
    let history = "plugins: ['eosio::state_history_plugin']";
    for (target, bp1, told) in [
        (
            "kubernetes",
            "http_port: 8890",
            "http_port: port 8890 is where the node's probes are answered",
        ),
        (
            "kubernetes",
            &format!("{history}, options: {{state-history-endpoint: '0.0.0.0:8890'}}"),
            "options.state-history-endpoint: port 8890 is where the node's probes are answered",
        ),
        (
            "openshift",
            &format!("{history}, p2p_port: 8080"),
            "plugins: the state history's port 8080 is taken by node `bp1`; give the node a `state-history-endpoint` of its own in `options`",
        ),
        (
            "local",
            &format!("{history}, http_port: 8889, options: {{state-history-endpoint: ':8889'}}"),
            "options.state-history-endpoint: port 8889 is taken by node `bp1`",
        ),
    ] {
        assert_eq!(
            errors(&of(target, bp1)),
            format!("nodes[1].{told} (line 1)")
        );
    }
    for bp1 in [
        "http_port: 8890".to_owned(),
        format!("{history}, options: {{state-history-endpoint: '127.0.0.1:8890'}}"),
        // Over a socket of the file system alone.
        format!("{history}, http_port: 8080, options: {{state-history-endpoint: ''}}"),
        // Nobody listens on it.
        "http_port: 9000, options: {state-history-endpoint: '127.0.0.1:9000'}".to_owned(),
    ] {
        from_yaml::<NetworkSpec>(&of("local", &bp1)).unwrap();
    }
}

#[test]
fn two_state_histories_of_one_machine_need_two_ports() {
    let of = |target: &str, more: &str| format!("name: a\ntarget: {target}\n{TWO}\n{more}");
    let history = "plugins: ['eosio::state_history_plugin']";
    let group = format!("groups: [{{name: api, role: api, count: 3, {history}}}]");
    assert_eq!(
        errors(&of("local", &group)),
        "groups[0].plugins: the state history's port 8080 is taken by node `api-1`; give the node a `state-history-endpoint` of its own \
         in `options` (line 4)"
    );
    from_yaml::<NetworkSpec>(&of("kubernetes", &group)).unwrap();
    from_yaml::<NetworkSpec>(&of("local", &group.replace("count: 3", "count: 1"))).unwrap();
}

#[test]
fn what_nodeos_refuses_of_the_options_together_is_told() {
    let mut told = String::new();
    for (role, options) in [
        ("producer", "read-mode: irreversible"),
        ("producer", "read-mode: speculative"),
        ("producer", "validation-mode: light"),
        (
            "producer",
            "api-accept-transactions: false, p2p-accept-transactions: 'no'",
        ),
        ("producer", "api-accept-transactions: false"),
        ("producer", "read-only-threads: 1"),
        ("producer", "read-only-threads: 0"),
        ("producer", "transaction-retry-max-storage-size-gb: 1"),
        ("api", "read-mode: irreversible, validation-mode: light"),
        ("api", "read-only-read-window-time-us: 210000"),
        ("api", "read-only-read-window-time-us: 210001"),
        (
            "api",
            "read-only-read-window-time-us: 5, read-only-threads: 0",
        ),
        ("api", "read-only-threads: 9"),
        (
            "api",
            "transaction-retry-max-storage-size-gb: 1, transaction-retry-interval-sec: 120",
        ),
        (
            "api",
            "transaction-retry-max-storage-size-gb: 1, transaction-retry-interval-sec: 119",
        ),
        ("api", "transaction-retry-interval-sec: 120"),
        ("api", "deep-mind: true, api-accept-transactions: false"),
        (
            "api",
            "deep-mind: true, api-accept-transactions: false, p2p-accept-transactions: false",
        ),
        ("api", "allowed-connection: specified"),
        ("api", "allowed-connection: producer"),
        ("api", "chain-state-db-size-mb: 128"),
        ("api", "chain-state-db-size-mb: 129"),
        ("api", "chain-state-db-guard-size-mb: 1024"),
        (
            "api",
            "chain-state-db-size-mb: 2, chain-state-db-guard-size-mb: 1",
        ),
        (
            "api",
            "state-history-log-retain-blocks: 1000, state-history-stride: 1000",
        ),
        ("api", "trace-no-abis: true, trace-rpc-abi: eosio=eosio.abi"),
        (
            "api",
            "max-clients: 4294967296, signature-cpu-billable-pct: 101, http-threads: 0",
        ),
    ] {
        let yaml = format!(
            "name: a\n{TWO}\ngroups: [{{name: c, role: {role}, count: 1, plugins: ['eosio::state_history_plugin', 'eosio::trace_api_plugin'], \
             options: {{{options}}}}}]"
        );
        let answer = match from_yaml::<NetworkSpec>(&yaml) {
            Ok(_) => "taken".to_owned(),
            Err(errors) => errors.to_string().replace('\n', "\n    "),
        };
        writeln!(told, "{role}: {options}\n    {answer}").unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_steers_a_node_is_not_for_those_who_may_ask_it() {
    let told = |lines: &str| {
        let yaml = format!("name: a\nimage: {{reference: 'eos:1'}}\n{TWO}\n{lines}");
        match NetworkSpec::from_yaml(&yaml) {
            Ok(spec) => spec.warnings().iter().map(ToString::to_string).collect(),
            Err(errors) => vec![errors.to_string()],
        }
    };
    let group = |plugin: &str| {
        format!("groups: [{{name: api, role: api, count: 1, plugins: ['eosio::{plugin}']}}]")
    };
    let instead = "leave it out, set `exposure.kind` to `none`, or take leap-5 or later, which answers it inside of the pod only (line 4)";
    for (plugin, what) in [
        (
            "producer_api_plugin",
            "stop the node from producing and fill its disk",
        ),
        ("net_api_plugin", "have the node leave its peers for others"),
        ("test_control_api_plugin", "end the node"),
    ] {
        for kind in ["ingress", "load-balancer", "node-port"] {
            let open = format!(
                "{}\ntarget: kubernetes\nexposure: {{kind: {kind}}}",
                group(plugin)
            );
            assert_eq!(
                told(&open),
                [format!(
                    "groups[0].plugins[0]: whom `exposure` lets in could {what} with it: {instead}"
                )]
            );
            assert_eq!(told(&format!("{open}\nversion: spring-1")), [""; 0]);
        }
        let inside = format!("{}\ntarget: openshift", group(plugin));
        assert_eq!(
            told(&inside),
            [format!(
                "groups[0].plugins[0]: every pod of the namespace can {what} with it; leave it out, or take leap-5 or later, which answers \
                 it inside of the pod only"
            )]
        );
        assert_eq!(told(&format!("{inside}\nversion: leap-5")), [""; 0]);
        assert_eq!(told(&group(plugin)), [""; 0]);
    }
    // Seeds are asked by nobody where there are API nodes.
    assert_eq!(
        told(
            "target: openshift\nexposure: {}\ngroups: [{name: s, role: seed, count: 1, plugins: ['eosio::producer_api_plugin']}, \
              {name: api, role: api, count: 1, plugins: ['eosio::trace_api_plugin']}]"
        ),
        [""; 0]
    );
}

#[test]
fn a_topology_with_too_little_or_too_much_is_told_in_words() {
    for (topology, message) in [
        (
            "star",
            "topology: `star` does not stand alone: write `star: …`, with what belongs to it (line 2)",
        ),
        (
            "custom",
            "topology: `custom` does not stand alone: write `custom: …`, with what belongs to it (line 2)",
        ),
        (
            "{ring: boot}",
            "topology: `ring` stands alone: nothing belongs to it (line 2)",
        ),
    ] {
        let yaml = format!(
            "name: a\ntopology: {topology}\nnodes:\n- {{name: boot, role: boot}}\n- {{name: bp1, role: producer}}\n"
        );
        let errors = NetworkSpec::from_yaml(&yaml).unwrap_err();
        assert_eq!(errors.to_string(), message);
    }
}
