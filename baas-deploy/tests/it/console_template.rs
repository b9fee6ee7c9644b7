//! The template for OpenShift's console, and the objects that come of it.

use baas_deploy::manifests::{ConsoleTemplate, ConsoleWorkload};
use baas_deploy::node::Genesis;
use baas_deploy::spec::{NetworkSpec, NodeVersion, Role};
use baas_deploy::template::{Mode, OsRandom, Parameters, Template, TemplateErrors};
use eos_keys::{KeyType, PrivateKey};
use serde_json::{Value, json};

pub(crate) const ROLES: [Role; 4] = [Role::Boot, Role::Producer, Role::Api, Role::Seed];

fn key(number: u8) -> PrivateKey {
    PrivateKey::from_bytes(KeyType::K1, &[number; 32]).unwrap()
}

fn network() -> NetworkSpec {
    NetworkSpec::from_yaml(
        "
name: first
target: openshift
image: {reference: 'registry.example.org:5000/eos/nodeos:4.1'}
genesis: {initial_timestamp: 2024-03-02T12:00:00}
nodes: [{name: boot, role: boot}, {name: bp1, role: producer}]
",
    )
    .unwrap()
}

/// Returns the template of a role for that network, and its genesis.
pub(crate) fn template(role: Role) -> (ConsoleTemplate, Genesis) {
    let spec = network();
    let genesis = Genesis::new(
        spec.genesis.initial_timestamp.unwrap(),
        key(1).public_key(),
        spec.genesis.initial_configuration.clone(),
    );
    (
        ConsoleTemplate::of_network(&spec, role).genesis(&genesis),
        genesis,
    )
}

pub(crate) fn process(
    template: &ConsoleTemplate,
    given: &[(&str, &str)],
    mode: Mode,
) -> Result<Vec<Value>, TemplateErrors> {
    let mut parameters = Parameters::new();
    for (name, value) in given {
        parameters.set(*name, *value);
    }
    let processed = Template::from_yaml(&template.to_yaml()).unwrap().process(
        &parameters,
        &mut OsRandom,
        mode,
    )?;
    assert_eq!(processed.unused(), [""; 0]);
    let list: Value = serde_json::from_str(&processed.to_json()).unwrap();
    Ok(list["items"].as_array().unwrap().clone())
}

/// Returns the values that the form of a producer asks for: the tutorial's four.
pub(crate) fn four() -> [(&'static str, String); 4] {
    [
        ("BP", "bp.one".to_owned()),
        ("PUBLIC_KEY", key(2).public_key().to_string()),
        ("PRIVATE_KEY", key(2).expose_text().expose().to_owned()),
        ("BP_LIST", "boot-p2p:9876, bp2-p2p".to_owned()),
    ]
}

fn find<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    objects
        .iter()
        .find(|object| object["kind"] == kind)
        .unwrap()
}

#[test]
fn the_template_of_a_producer() {
    insta::assert_snapshot!(template(Role::Producer).0.to_yaml());
}

#[test]
fn the_template_of_a_first_node_for_an_old_cluster() {
    let template = ConsoleTemplate::new(Role::Boot)
        .version(NodeVersion::Dawn4_1)
        .workload(ConsoleWorkload::DeploymentConfig);
    insta::assert_snapshot!(template.to_yaml());
}

#[test]
fn the_tutorials_four_parameters_are_enough_for_a_network_that_is_known() {
    let (template, genesis) = template(Role::Producer);
    let four = four();
    let mut given: Vec<(&str, &str)> = four
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    given.push(("NAME", "bp-one"));
    let objects = process(&template, &given, Mode::OpenShift).unwrap();
    // Nothing in it depends on a quirk.
    assert_eq!(objects, process(&template, &given, Mode::Strict).unwrap());
    assert!(!serde_json::to_string(&objects).unwrap().contains("${"));

    let names: Vec<String> = objects
        .iter()
        .map(|object| format!("{} {}", object["kind"], object["metadata"]["name"]).replace('"', ""))
        .collect();
    assert_eq!(
        names,
        [
            "Secret bp-one-key",
            "ConfigMap bp-one-config",
            "NetworkPolicy bp-one",
            "Service bp-one-p2p",
            "Service bp-one",
            "Route bp-one",
            "StatefulSet bp-one",
        ]
    );
    let data = &find(&objects, "ConfigMap")["data"];
    let of_objects: Genesis = serde_json::from_str(data["genesis.json"].as_str().unwrap()).unwrap();
    assert_eq!(of_objects.chain_id(), genesis.chain_id());
    let ini = data["config.ini"].as_str().unwrap();
    for line in [
        "producer-name = bp.one\n",
        "p2p-server-address = bp-one-p2p:9876\n",
        "agent-name = bp-one\n",
    ] {
        assert!(ini.contains(line), "{ini}");
    }
    let set = &find(&objects, "StatefulSet")["spec"];
    let args = set["template"]["spec"]["containers"][0]["args"]
        .as_array()
        .unwrap();
    assert!(args.contains(&json!("--peers=boot-p2p:9876, bp2-p2p")));
    assert_eq!(
        set["volumeClaimTemplates"][0]["spec"]["storageClassName"],
        Value::Null
    );
    assert_eq!(
        set["selector"]["matchLabels"]["app.kubernetes.io/instance"],
        "bp-one"
    );

    // The private key is in the secret and nowhere else.
    let private = key(2).expose_text().expose().to_owned();
    for object in &objects {
        assert_eq!(
            object.to_string().contains(&private),
            object["kind"] == "Secret",
            "{}",
            object["kind"]
        );
    }
    assert_eq!(
        find(&objects, "Secret")["stringData"]["key.ini"],
        format!(
            "signature-provider = {}=KEY:{private}\n",
            key(2).public_key()
        )
    );
}

#[test]
fn a_name_that_is_not_given_is_made_up() {
    let (template, _) = template(Role::Api);
    let name = || {
        let objects = process(&template, &[], Mode::Strict).unwrap();
        find(&objects, "StatefulSet")["metadata"]["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (one, other) = (name(), name());
    assert_ne!(one, other);
    for name in [one, other] {
        let made_up = name.strip_prefix("nodeos-").unwrap();
        assert!(
            made_up.len() == 8 && made_up.bytes().all(|byte| byte.is_ascii_digit()),
            "{name}"
        );
    }
}

#[test]
fn a_storage_class_is_asked_for_where_there_is_a_usual_one() {
    let template = template(Role::Seed).0.storage_class("fast");
    for (given, class) in [(vec![], "fast"), (vec![("STORAGE_CLASS", "slow")], "slow")] {
        let objects = process(&template, &given, Mode::Strict).unwrap();
        let claim = &find(&objects, "StatefulSet")["spec"]["volumeClaimTemplates"][0]["spec"];
        assert_eq!(claim["storageClassName"], class);
    }
}

#[test]
fn all_that_a_form_lacks_is_told_at_once() {
    let errors = process(&ConsoleTemplate::new(Role::Producer), &[], Mode::OpenShift).unwrap_err();
    let missing: Vec<&str> = errors
        .causes()
        .iter()
        .filter_map(|cause| cause.message.split("parameter ").nth(1)?.split(' ').next())
        .collect();
    assert_eq!(
        missing,
        [
            "BP",
            "PUBLIC_KEY",
            "PRIVATE_KEY",
            "INITIAL_TIMESTAMP",
            "INITIAL_KEY",
            "IMAGE"
        ]
    );
}

#[test]
fn no_key_has_a_default_and_each_parameter_is_described() {
    for role in ROLES {
        let object = ConsoleTemplate::new(role).to_object();
        let text = object.to_string();
        let mut names = Vec::new();
        for parameter in object["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            assert!(
                parameter["displayName"].is_string() && parameter["description"].is_string(),
                "{name}"
            );
            assert!(
                !name.ends_with("_KEY") || parameter["value"].is_null(),
                "{name}"
            );
            let is_used = text.contains(&format!("${{{name}}}"))
                || text.contains(&format!("${{{{{name}}}}}"));
            assert!(is_used, "{role:?} has no use for {name}");
            names.push(name);
        }
        let tutorials = ["BP", "PUBLIC_KEY", "PRIVATE_KEY", "BP_LIST"];
        let has = tutorials.iter().filter(|name| names.contains(name)).count();
        assert_eq!(has, if role.produces() { 4 } else { 1 });
        assert!(!object["message"].as_str().unwrap().contains("PRIVATE_KEY"));
    }
}

#[test]
fn two_pods_never_have_one_key() {
    for (workload, kind) in [
        (ConsoleWorkload::StatefulSet, "StatefulSet"),
        (ConsoleWorkload::DeploymentConfig, "DeploymentConfig"),
    ] {
        let template = template(Role::Boot).0.workload(workload);
        let private = key(1).expose_text().expose().to_owned();
        let objects = process(
            &template,
            &[("PRIVATE_KEY", &private), ("NAME", "boot")],
            Mode::Strict,
        )
        .unwrap();
        let spec = &find(&objects, kind)["spec"];
        assert_eq!(spec["replicas"], 1);
        if workload == ConsoleWorkload::DeploymentConfig {
            assert_eq!(spec["strategy"], json!({"type": "Recreate"}));
            assert_eq!(
                find(&objects, "PersistentVolumeClaim")["metadata"]["name"],
                "boot-data"
            );
        }
        // Its RPC could stop it: it is for those in its pod.
        let ini = find(&objects, "ConfigMap")["data"]["config.ini"]
            .as_str()
            .unwrap();
        assert!(
            ini.contains("http-server-address = 127.0.0.1:8888\n"),
            "{ini}"
        );
        assert!(
            objects.iter().all(
                |object| object["kind"] != "Route" && object["metadata"]["name"] != "boot-http"
            )
        );
    }
}

#[test]
fn each_role_and_version_has_a_template_that_can_be_processed() {
    for role in ROLES {
        for version in NodeVersion::ALL {
            let (template, _) = template(role);
            let template = template.version(version);
            let text = template.to_yaml();
            assert_eq!(text, template.to_yaml());
            let four = four();
            let names = |name: &str| role.produces() || name == "BP_LIST";
            let given: Vec<(&str, &str)> = four
                .iter()
                .filter(|(name, _)| names(name))
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let objects = process(&template, &given, Mode::Strict).unwrap();
            let pod = &find(&objects, "StatefulSet")["spec"]["template"]["spec"];
            assert_eq!(
                pod["containers"][0]["image"],
                "registry.example.org:5000/eos/nodeos:4.1"
            );
            assert!(pod["securityContext"]["runAsUser"].is_null());
        }
    }
}

#[test]
fn a_route_has_a_host_where_the_form_asks_for_one() {
    let (plain, _) = template(Role::Api);
    let asking = plain.clone().host("chain.example.org".parse().unwrap());
    for (template, given, host) in [
        (&plain, vec![], None),
        (&asking, vec![], Some("chain.example.org")),
        (
            &asking,
            vec![("HOST", "other.example.org")],
            Some("other.example.org"),
        ),
    ] {
        for mode in [Mode::OpenShift, Mode::Strict] {
            let objects = process(template, &given, mode).unwrap();
            let found = find(&objects, "Route")["spec"].get("host").cloned();
            assert_eq!(found, host.map(|host| json!(host)));
        }
    }
    // Nobody asks a boot node from outside.
    let boot = template(Role::Boot)
        .0
        .host("chain.example.org".parse().unwrap());
    assert!(!boot.to_yaml().contains("HOST"));
}
