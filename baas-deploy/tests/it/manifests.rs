//! The objects of a network on a cluster: what they look like, and what must hold of them for every spec.

use std::collections::BTreeMap;

use baas_deploy::manifests::{self, Inputs, Manifests, RenderErrors};
use baas_deploy::spec::NetworkSpec;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eos_abi::Name;
use eos_keys::{KeyType, PrivateKey};
use serde_json::Value;

/// A node of every role, some settings of every kind.
const EVERYTHING: &str = "
name: first
version: leap-4
image: {reference: 'registry.example.org:5000/eos/nodeos:4.1', pull_policy: IfNotPresent, pull_secret: registry}
genesis: {initial_timestamp: 2024-03-02T12:00:00}
topology: ring
storage: {size: 20Gi, class: fast}
resources: {cpu: 500m, memory: 1Gi}
nodes:
- {name: boot, role: boot, storage: {retain: false}}
- {name: bp1, role: producer, resources: {memory_limit: 4Gi}}
- {name: bp-one, role: producer, account: bp.one, p2p_port: 9000, options: {chain-state-db-size-mb: 2048}}
- {name: seed, role: seed}
groups:
- {name: api, role: api, count: 2, plugins: ['eosio::trace_api_plugin'], options: {trace-no-abis: true}}
";

/// Returns a key of each account, always the same ones.
pub(crate) fn keys(spec: &NetworkSpec) -> BTreeMap<Name, PrivateKey> {
    spec.all_nodes()
        .iter()
        .filter_map(baas_deploy::spec::NodeSpec::account)
        .zip(1_u8..)
        .map(|(account, number)| {
            let key = PrivateKey::from_bytes(KeyType::K1, &[number; 32]).unwrap();
            (account, key)
        })
        .collect()
}

pub(crate) fn spec(yaml: &str) -> NetworkSpec {
    NetworkSpec::from_yaml(yaml).unwrap()
}

fn render(yaml: &str) -> Result<Manifests, RenderErrors> {
    let spec = spec(yaml);
    manifests::render(&spec, &Inputs::of_private_keys(&keys(&spec)))
}

/// Returns the objects through which a network is asked from outside, of a spec that ends with the lines given.
fn entrance(lines: &str) -> String {
    let is_entrance = |file: &str| {
        [
            "30-networkpolicy-first-api.yaml",
            "50-service-first-api.yaml",
            "70-ingress-first-api.yaml",
            "70-route-first-api.yaml",
        ]
        .contains(&file)
    };
    let rendered = render(&format!("{EVERYTHING}{lines}")).unwrap();
    rendered
        .files()
        .filter(|(file, _)| is_entrance(file))
        .map(|(file, yaml)| format!("# {file}\n{yaml}"))
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn a_network_on_kubernetes() {
    let rendered = render(&format!("{EVERYTHING}target: kubernetes\n")).unwrap();
    insta::assert_snapshot!(rendered.to_yaml());
}

#[test]
fn what_a_plugin_wants_on_the_command_line_goes_behind_nodeos() {
    let yaml = EVERYTHING.replace("eosio::trace_api_plugin", "eosio::state_history_plugin");
    let yaml = yaml.replace("trace-no-abis: true", "trace-history: true");
    let told = |yaml: &str| {
        let rendered = render(&format!("{yaml}target: kubernetes\n")).unwrap();
        let yaml = rendered.to_yaml();
        let ends = yaml
            .lines()
            .skip_while(|line| !line.contains("- --config="));
        ends.filter(|line| line.trim() == "- --disable-replay-opts")
            .count()
    };
    assert_eq!(told(EVERYTHING), 0);
    assert_eq!(told(&yaml), 2);
}

#[test]
fn a_network_on_openshift() {
    let rendered = render(&format!("{EVERYTHING}target: openshift\n")).unwrap();
    insta::assert_snapshot!(rendered.to_yaml());
}

#[test]
fn an_ingress_with_a_certificate() {
    insta::assert_snapshot!(entrance(
        "target: kubernetes
exposure: {host: chain.example.org, ingress_class: nginx, tls_secret: chain-tls}
"
    ));
}

#[test]
fn an_ingress_for_any_host() {
    let text = entrance("target: kubernetes\nexposure: {kind: ingress}\n");
    assert!(text.contains("  - http:\n      paths:\n"), "{text}");
    assert!(!text.contains("host") && !text.contains("tls"), "{text}");
}

#[test]
fn an_ingress_on_openshift_is_let_through_to_the_nodes() {
    let text = entrance("target: openshift\nexposure: {kind: ingress, host: chain.example.org}\n");
    assert!(text.contains("kind: Ingress"), "{text}");
    assert!(
        text.contains("policy-group.network.openshift.io/ingress"),
        "{text}"
    );
}

#[test]
fn a_route_with_a_host_of_the_clusters_making() {
    insta::assert_snapshot!(entrance("target: openshift\nexposure: {}\n"));
}

#[test]
fn a_route_with_a_host_that_is_given() {
    let text = entrance("target: openshift\nexposure: {host: chain.example.org}\n");
    assert!(text.contains("\n  host: chain.example.org\n"), "{text}");
}

#[test]
fn a_load_balancer_and_a_port_of_the_machines() {
    insta::assert_snapshot!(entrance(
        "target: kubernetes\nexposure: {kind: load-balancer}\n"
    ));
    let text = entrance("target: kubernetes\nexposure: {kind: node-port}\n");
    assert!(text.contains("\n  type: NodePort\n"), "{text}");
    assert!(!text.contains("from:"), "{text}");
}

#[test]
fn without_exposure_the_namespace_may_ask() {
    let text = entrance("target: openshift\n");
    assert!(
        text.contains("  - from:\n    - podSelector: {}\n    ports:"),
        "{text}"
    );
    assert!(text.contains("\n  type: ClusterIP\n"), "{text}");
    let none = entrance("target: openshift\nexposure: {kind: none, host: chain.example.org}\n");
    assert_eq!(none, text);
}

#[test]
fn seeds_answer_where_there_are_no_api_nodes_and_producers_where_there_are_none_either() {
    let answering = |nodes: &str| -> String {
        let yaml = format!(
            "
name: first
target: kubernetes
image: {{reference: eos}}
genesis: {{initial_timestamp: 2024-03-02T12:00:00}}
nodes: [{{name: boot, role: boot}}, {{name: bp1, role: producer}}{nodes}]
"
        );
        let rendered = render(&yaml).unwrap();
        let (_, service) = rendered
            .files()
            .find(|(file, _)| *file == "50-service-first-api.yaml")
            .unwrap();
        let role = service
            .lines()
            .find_map(|line| line.trim().strip_prefix("app.kubernetes.io/component: "));
        role.unwrap().to_owned()
    };
    assert_eq!(answering(""), "producer");
    assert_eq!(answering(", {name: seed, role: seed}"), "seed");
    assert_eq!(
        answering(", {name: seed, role: seed}, {name: api, role: api}"),
        "api"
    );
}

#[test]
fn the_boot_node_answers_nobody_outside_of_its_pod() {
    let rendered = render(&format!("{EVERYTHING}target: kubernetes\n")).unwrap();
    let files: BTreeMap<&str, String> = rendered.files().collect();
    assert!(
        files["20-configmap-first-boot-config.yaml"]
            .contains("http-server-address = 127.0.0.1:8888\n")
    );
    assert!(!files.contains_key("50-service-first-boot-http.yaml"));
    assert!(files.contains_key("50-service-first-bp1-http.yaml"));
}

#[test]
fn a_single_producer_goes_on_after_any_pause() {
    let yaml = |more: &str| {
        format!(
            "{{name: first, target: kubernetes, image: {{reference: eos}}, genesis: {{initial_timestamp: 2024-03-02T12:00:00}},
            nodes: [{{name: boot, role: boot}}, {{name: bp1, role: producer}}{more}]}}"
        )
    };
    assert!(
        render(&yaml(""))
            .unwrap()
            .to_yaml()
            .contains("--cold-start")
    );
    let two = render(&yaml(", {name: bp2, role: producer}")).unwrap();
    assert!(!two.to_yaml().contains("--cold-start"));
}

#[test]
fn only_what_changed_restarts() {
    let pods = |yaml: &str| -> BTreeMap<String, String> {
        let rendered = render(yaml).unwrap();
        let sets = rendered
            .objects()
            .filter(|object| object["kind"] == "StatefulSet");
        sets.map(|set| {
            let name = set["metadata"]["name"].as_str().unwrap();
            (name.to_owned(), set["spec"]["template"].to_string())
        })
        .collect()
    };
    let changed = |from: &str, to: &str| -> Vec<String> {
        let before = format!("{EVERYTHING}target: kubernetes\n");
        let after = before.replace(from, to);
        assert_ne!(before, after);
        let (before, after) = (pods(&before), pods(&after));
        assert!(before.keys().eq(after.keys()));
        before
            .into_iter()
            .filter(|(name, pod)| after[name] != *pod)
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(
        changed(
            "chain-state-db-size-mb: 2048",
            "chain-state-db-size-mb: 4096"
        ),
        ["first-bp-one"]
    );
    assert_eq!(
        changed("memory_limit: 4Gi", "memory_limit: 5Gi"),
        ["first-bp1"]
    );
    // The neighbours in the ring dial the port.
    assert_eq!(
        changed("p2p_port: 9000", "p2p_port: 9001"),
        ["first-bp-one", "first-bp1", "first-seed"]
    );
    // Another time is another chain.
    assert_eq!(changed("12:00:00", "12:00:01").len(), 6);
    // A volume that is kept is no matter of a pod.
    assert_eq!(changed("retain: false", "retain: true"), [""; 0]);
}

#[test]
fn a_new_key_restarts_its_node_alone() {
    let spec = spec(&format!("{EVERYTHING}target: kubernetes\n"));
    let mut keys = keys(&spec);
    let before = manifests::render(&spec, &Inputs::of_private_keys(&keys)).unwrap();
    keys.insert(
        "bp1".parse().unwrap(),
        PrivateKey::from_bytes(KeyType::K1, &[99; 32]).unwrap(),
    );
    let after = manifests::render(&spec, &Inputs::of_private_keys(&keys)).unwrap();
    let changed: Vec<&str> = before
        .manifests()
        .iter()
        .zip(after.manifests())
        .filter(|(before, after)| before != after)
        .map(|(before, _)| before.file_name.as_str())
        .collect();
    assert_eq!(changed, ["60-statefulset-first-bp1.yaml"]);
}

#[test]
fn secrets_hold_the_keys_and_do_not_show_them() {
    let spec = spec(&format!("{EVERYTHING}target: kubernetes\n"));
    let keys = keys(&spec);
    let inputs = Inputs::of_private_keys(&keys).namespace("chains");
    let rendered = manifests::render(&spec, &inputs).unwrap();
    let expected: Vec<String> = rendered
        .expected_secrets()
        .iter()
        .map(|secret| format!("{} {} {}", secret.name(), secret.node(), secret.account()))
        .collect();
    assert_eq!(
        expected,
        [
            "first-boot-key boot eosio",
            "first-bp1-key bp1 bp1",
            "first-bp-one-key bp-one bp.one"
        ]
    );
    let secrets = rendered.secrets(&keys).unwrap();
    assert_eq!(secrets.len(), 3);
    for secret in &secrets {
        let key = &keys[&secret.account()];
        let yaml = secret.expose_yaml();
        let object: Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(object, secret.expose_object());
        let data = object["data"]["key.ini"].as_str().unwrap();
        let text = String::from_utf8(STANDARD.decode(data).unwrap()).unwrap();
        let line = format!(
            "signature-provider = {}=KEY:{}\n",
            key.public_key(),
            key.expose_text().expose()
        );
        assert_eq!(text, line);
        let shown = format!("{secret:?} {:?}", rendered.expected_secrets());
        assert!(!shown.contains(key.expose_text().expose()), "{shown}");
    }
    let yaml = secrets[2].expose_yaml();
    let (head, data) = yaml.split_once("key.ini: ").unwrap();
    assert!(data.ends_with('\n') && data.lines().count() == 1);
    insta::assert_snapshot!(format!("{head}key.ini: <the private key>"));
    assert_eq!(secrets[2].file_name(), "15-secret-first-bp-one-key.yaml");
}

#[test]
fn keys_that_are_missing_or_others_are_refused() {
    let spec = spec(&format!("{EVERYTHING}target: kubernetes\n"));
    let mut keys = keys(&spec);
    let rendered = manifests::render(&spec, &Inputs::of_private_keys(&keys)).unwrap();
    keys.remove(&"bp1".parse().unwrap());
    keys.insert(
        "bp.one".parse().unwrap(),
        PrivateKey::from_bytes(KeyType::K1, &[99; 32]).unwrap(),
    );
    assert_eq!(
        rendered.secrets(&keys).unwrap_err().to_string(),
        "node `bp1`: no key of `bp1`, for which it produces\n\
         node `bp-one`: the private key of `bp.one` is not that of the public key in its manifests"
    );
}

#[test]
fn the_order_of_maps_and_a_second_time_change_nothing() {
    let yaml = format!("{EVERYTHING}target: openshift\nexposure: {{host: chain.example.org}}\n");
    let rendered = render(&yaml).unwrap();
    assert_eq!(rendered.to_yaml(), render(&yaml).unwrap().to_yaml());
    let value: Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(render(&reversed(&value)).unwrap(), rendered);
    assert_eq!(rendered.chain_id().to_string().len(), 64);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let network = "n".repeat(30);
    let node = "b".repeat(30);
    let yaml = format!(
        "
name: {network}
nodes:
- {{name: boot, role: boot, http_port: 8890}}
- {{name: bp1, role: producer, http_port: 9876}}
- {{name: bp2, role: producer}}
- {{name: {node}, role: api}}
"
    );
    let spec = spec(&yaml);
    let development = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let mut keys = keys(&spec);
    keys.insert("bp2".parse().unwrap(), development.parse().unwrap());
    let inputs = Inputs::of_private_keys(&keys).namespace("Chains");
    let error = manifests::render(&spec, &inputs).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "nodes on this machine have no manifests; set `target` to `kubernetes` or `openshift`
no image: name one under `image.reference`
`Chains` is not a namespace: 1 to 63 of the characters a-z, 0-9 and -, the first and the last not -
when the chain begins is not known: set `genesis.initial_timestamp`
node `boot`: port 8890 is needed twice; on a cluster RPC has 8888 and peers have 9876 unless the spec gives others, probes have 8890, what is answered inside of the pod only has 8889, and the state history has 8080
node `bp1`: port 9876 is needed twice; on a cluster RPC has 8888 and peers have 9876 unless the spec gives others, probes have 8890, what is answered inside of the pod only has 8889, and the state history has 8080
node `bp2`: the key of `bp2` is published, so that anybody can sign with it; use a fresh one
node `{node}`: the name `{network}-{node}` of its stateful set has 61 characters, of which a cluster takes 52; \
shorten the name of the network or of the node"
        )
    );
    assert_eq!(error.errors().len(), 8);
}

#[test]
fn a_name_that_is_too_long_for_a_host_is_refused_beside_peers_that_are_right() {
    let network = "n".repeat(40);
    let node = "b".repeat(40);
    let spec = spec(&format!(
        "
name: {network}
target: kubernetes
image: {{reference: 'example.org/nodeos:1'}}
genesis: {{initial_timestamp: '2024-01-01T00:00:00'}}
nodes:
- {{name: boot, role: boot}}
- {{name: {node}, role: producer, account: bp1}}
"
    ));
    let keys = keys(&spec);
    assert_eq!(
        manifests::render(&spec, &Inputs::of_private_keys(&keys))
            .unwrap_err()
            .to_string(),
        format!(
            "node `{node}`: the name `{network}-{node}` of its stateful set has 81 characters, of which a cluster takes 52; \
shorten the name of the network or of the node"
        )
    );
}

#[test]
fn a_key_that_nobody_gave_is_asked_for() {
    let spec = spec(&format!("{EVERYTHING}target: kubernetes\n"));
    assert_eq!(
        manifests::render(&spec, &Inputs::default())
            .unwrap_err()
            .to_string(),
        "node `boot`: no key of `eosio`, for which it produces\n\
         node `bp1`: no key of `bp1`, for which it produces\n\
         node `bp-one`: no key of `bp.one`, for which it produces"
    );
}

#[test]
fn a_route_needs_openshift_and_a_host_that_dns_takes() {
    let mut on_kubernetes = spec(&format!(
        "{EVERYTHING}target: openshift\nexposure: {{kind: route}}\n"
    ));
    let keys = keys(&on_kubernetes);
    let inputs = Inputs::of_private_keys(&keys).namespace("n".repeat(54));
    assert_eq!(
        manifests::render(&on_kubernetes, &inputs)
            .unwrap_err()
            .to_string(),
        format!(
            "the first part of the route's host, `first-api-{}`, would have 64 characters, of which DNS takes 63; \
             shorten the name of the network or of the namespace, or set `exposure.host`",
            "n".repeat(54)
        )
    );
    on_kubernetes.target = baas_deploy::spec::Target::Kubernetes;
    let error = manifests::render(&on_kubernetes, &Inputs::of_private_keys(&keys)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "exposure.kind: only OpenShift has routes; on Kubernetes use `ingress`"
    );
}

/// Returns a value as YAML with the keys of all maps the other way round.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries = map
                .iter()
                .rev()
                .map(|(key, value)| format!("{key:?}: {}", reversed(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(values) => {
            format!(
                "[{}]",
                values.iter().map(reversed).collect::<Vec<_>>().join(", ")
            )
        }
        scalar => scalar.to_string(),
    }
}

#[test]
fn each_version_has_files_of_its_own() {
    let files = |version: &str| -> String {
        let yaml = EVERYTHING
            .replace("version: leap-4", &format!("version: {version}"))
            .replace(
                ", plugins: ['eosio::trace_api_plugin'], options: {trace-no-abis: true}",
                "",
            )
            .replace(", options: {chain-state-db-size-mb: 2048}", "");
        let rendered = render(&format!("{yaml}target: kubernetes\n")).unwrap();
        let maps = rendered
            .objects()
            .filter(|object| object["kind"] == "ConfigMap");
        let texts = maps.flat_map(|map| map["data"].as_object().unwrap().values());
        let ini = texts.filter_map(Value::as_str).collect::<Vec<_>>().concat();
        assert!(
            rendered
                .to_yaml()
                .contains(&format!("app.kubernetes.io/version: {version}\n"))
        );
        ini
    };
    let dawn = files("dawn-4.1");
    // The launcher decides about these.
    assert!(
        !dawn.contains("\ngenesis-json") && !dawn.contains("block-log-dir"),
        "{dawn}"
    );
    assert!(
        dawn.contains("max_generated_transaction_count") && !dawn.contains("http-validate-host"),
        "{dawn}"
    );
    for version in &baas_deploy::spec::NodeVersion::ALL[1..] {
        let text = files(version.as_str());
        assert!(!text.contains("max_generated_transaction_count"), "{text}");
        assert_eq!(
            text.matches("http-validate-host = false\n").count(),
            6,
            "{text}"
        );
    }
}
