//! What must hold of the objects of every network, on specs made up at random.

use std::collections::BTreeSet;
use std::time::Duration;

use baas_deploy::manifests::{self, ExpectedSecret, Inputs, Manifests};
use baas_deploy::spec::{
    ExposureKind, ExposureSpec, GroupSpec, ImageSpec, NetworkSpec, NodeCount, NodeSpec, Role,
    Target, Topology,
};
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::manifests::keys;
use crate::manifests_lint::broken_rules;

fn node(name: &str, role: Role) -> NodeSpec {
    NodeSpec::new(name.parse().unwrap(), role)
}

fn target_and_exposure() -> impl Strategy<Value = (Target, Option<ExposureSpec>)> {
    let kinds = [
        (Target::Kubernetes, Some(ExposureKind::Ingress)),
        (Target::Kubernetes, Some(ExposureKind::LoadBalancer)),
        (Target::Kubernetes, Some(ExposureKind::NodePort)),
        (Target::Kubernetes, Some(ExposureKind::None)),
        (Target::Kubernetes, None),
        (Target::OpenShift, Some(ExposureKind::Route)),
        (Target::OpenShift, Some(ExposureKind::Ingress)),
        (Target::OpenShift, Some(ExposureKind::None)),
        (Target::OpenShift, None),
    ];
    (prop::sample::select(kinds.to_vec()), any::<bool>()).prop_map(|((target, kind), has_host)| {
        let needs_host = (target, kind) == (Target::OpenShift, Some(ExposureKind::Ingress));
        let mut exposure = ExposureSpec::default();
        exposure.kind = kind;
        if has_host || needs_host {
            exposure.host = Some("chain.example.org".parse().unwrap());
        }
        (target, kind.map(|_| exposure))
    })
}

fn network() -> impl Strategy<Value = NetworkSpec> {
    let accounts = [
        "bp.one",
        "1bp",
        "a",
        "zzzzzzzzzzzz",
        "bp.x.y",
        "55555",
        "a.b.c.d.e.f",
        "bpbpbpbpbpbpj",
    ];
    (
        "[a-z]([a-z0-9-]{0,12}[a-z0-9])?",
        prop::sample::subsequence(accounts.to_vec(), 1..6),
        prop::collection::vec(prop::option::of(9000_u16..9100), 6),
        (0_u32..4, 0_u32..3),
        target_and_exposure(),
        prop::sample::select(vec![Topology::Mesh, Topology::Ring, Topology::Line]),
        (any::<bool>(), any::<bool>()),
    )
        .prop_map(
            |(
                name,
                accounts,
                ports,
                (apis, seeds),
                (target, exposure),
                topology,
                (retain, has_memory),
            )| {
                let mut image =
                    ImageSpec::new("registry.example.org:5000/eos/nodeos:4.1".parse().unwrap());
                image.pull_secret = retain.then(|| "registry".to_owned());
                let mut spec = NetworkSpec::new(name.parse().unwrap())
                    .with_target(target)
                    .with_topology(topology)
                    .with_image(image)
                    .with_node(node("boot", Role::Boot));
                spec.genesis.initial_timestamp = Some("2024-03-02T12:00:00".parse().unwrap());
                spec.exposure = exposure;
                let mut taken = BTreeSet::new();
                for (index, (account, port)) in accounts.into_iter().zip(ports).enumerate() {
                    let mut producer = node(&format!("bp{index}"), Role::Producer);
                    producer.account = Some(account.parse().unwrap());
                    producer.p2p_port = port.filter(|port| taken.insert(*port));
                    producer.storage.retain = Some(retain);
                    if has_memory {
                        producer.resources.memory = Some("3Gi".parse().unwrap());
                    }
                    spec = spec.with_node(producer);
                }
                for (name, role, count) in [("api", Role::Api, apis), ("seed", Role::Seed, seeds)] {
                    if let Ok(count) = NodeCount::try_from(count) {
                        spec = spec.with_group(GroupSpec::new(name.parse().unwrap(), role, count));
                    }
                }
                spec
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn every_network_keeps_the_rules(spec in network()) {
        let keys = keys(&spec);
        let rendered = manifests::render(&spec, &Inputs::of_private_keys(&keys)).unwrap();
        let objects: Vec<Value> = rendered.objects().cloned().collect();
        prop_assert_eq!(broken_rules(&spec, &objects, &secrets(&rendered)), Vec::<String>::new());
        let files: BTreeSet<&str> = rendered.files().map(|(file, _)| file).collect();
        prop_assert_eq!(files.len(), objects.len());
        let yaml = rendered.to_yaml();
        for key in keys.values() {
            let text = key.expose_text();
            prop_assert!(!yaml.contains(text.expose()));
        }
        prop_assert!(!yaml.contains("KEY:") && !yaml.contains("PVT_"));
        prop_assert_eq!(yaml, manifests::render(&spec, &Inputs::of_private_keys(&keys)).unwrap().to_yaml());
        // Each document reads back as its object.
        for (manifest, (_, yaml)) in rendered.manifests().iter().zip(rendered.files()) {
            prop_assert_eq!(&serde_saphyr::from_str::<Value>(&yaml).unwrap(), &manifest.object);
        }
    }
}

fn secrets(rendered: &Manifests) -> BTreeSet<&str> {
    rendered
        .expected_secrets()
        .iter()
        .map(ExpectedSecret::name)
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list of cases")]
fn rules_that_are_broken_are_noticed() {
    let spec = NetworkSpec::from_yaml(
        "
name: first
target: kubernetes
image: {reference: eos}
genesis: {initial_timestamp: 2024-03-02T12:00:00}
nodes: [{name: boot, role: boot}, {name: bp1, role: producer}]
",
    )
    .unwrap();
    let rendered = manifests::render(&spec, &Inputs::of_private_keys(&keys(&spec))).unwrap();
    let broken = |kind: &str, at: &str, value: Value| -> String {
        let mut objects: Vec<Value> = rendered.objects().cloned().collect();
        let object = objects
            .iter_mut()
            .rev()
            .find(|object| object["kind"] == kind)
            .unwrap();
        *object.pointer_mut(at).unwrap() = value;
        broken_rules(&spec, &objects, &secrets(&rendered)).join("\n")
    };
    let pod = "/spec/template/spec";
    for (kind, at, value, what) in [
        (
            "Service",
            "/spec/selector/baas-deploy~1node",
            json!("bp2"),
            "service first-bp1-http selects no pod",
        ),
        (
            "Service",
            "/spec/selector/baas-deploy~1node",
            json!("boot"),
            "leads to the boot node's RPC",
        ),
        (
            "Service",
            "/spec/ports/0/targetPort",
            json!("htp"),
            "service first-bp1-http has no port htp",
        ),
        (
            "Service",
            "/metadata/name",
            json!("first-bp1-p2p"),
            "two of the kind Service are named first-bp1-p2p",
        ),
        (
            "Service",
            "/metadata/name",
            json!("bp.one"),
            "Service bp.one has no possible name",
        ),
        (
            "Service",
            "/metadata/labels/baas-deploy~1account",
            json!(".a"),
            "is no value of the label",
        ),
        (
            "PodDisruptionBudget",
            "/spec/selector/matchLabels/app.kubernetes.io~1component",
            json!("x"),
            "selects no pod",
        ),
        (
            "NetworkPolicy",
            "/spec/podSelector/matchLabels",
            json!({}),
            "the RPC of first-boot is open",
        ),
        ("ConfigMap", "/immutable", json!(false), "can change"),
        (
            "ConfigMap",
            "/metadata/name",
            json!("x"),
            "which is not there",
        ),
        (
            "ConfigMap",
            "/data/config.ini",
            json!("p2p-peer-address = bp2:9876"),
            "dials bp2:9876, which is not there",
        ),
        (
            "ServiceAccount",
            "/metadata/name",
            json!("x"),
            "no service account first-nodeos",
        ),
        (
            "StatefulSet",
            "/spec/updateStrategy/type",
            json!("RollingUpdate"),
            "may run twice",
        ),
        (
            "StatefulSet",
            "/spec/serviceName",
            json!("first-bp1-http"),
            "has no headless service",
        ),
        (
            "StatefulSet",
            "/spec/volumeClaimTemplates",
            json!([]),
            "mounts",
        ),
        (
            "StatefulSet",
            &format!("{pod}/volumes/3/secret/secretName"),
            json!("x"),
            "which nobody makes",
        ),
        (
            "StatefulSet",
            &format!("{pod}/volumes/3/secret/defaultMode"),
            json!(0o444),
            "is open",
        ),
        (
            "StatefulSet",
            &format!("{pod}/containers/0/ports/0/containerPort"),
            json!(9876),
            "has a port twice",
        ),
        (
            "StatefulSet",
            &format!("{pod}/containers/0/livenessProbe/httpGet/port"),
            json!("x"),
            "a livenessProbe of a port",
        ),
        (
            "StatefulSet",
            &format!("{pod}/containers/0/securityContext"),
            json!({}),
            "is not restricted",
        ),
        (
            "StatefulSet",
            &format!("{pod}/securityContext/fsGroup"),
            json!(null),
            "fsGroup on Kubernetes",
        ),
        (
            "StatefulSet",
            &format!("{pod}/automountServiceAccountToken"),
            json!(true),
            "has a token",
        ),
    ] {
        let told = broken(kind, at, value);
        assert!(told.contains(what), "{kind} {at}: {told}");
    }
}

#[test]
fn a_hundred_nodes_are_rendered_in_no_time() {
    let count = NodeCount::try_from(98).unwrap();
    let mut spec = NetworkSpec::new("hundred".parse().unwrap())
        .with_target(Target::Kubernetes)
        .with_image(ImageSpec::new("eos".parse().unwrap()))
        .with_node(node("boot", Role::Boot))
        .with_node(node("bp1", Role::Producer))
        .with_group(GroupSpec::new("api".parse().unwrap(), Role::Api, count));
    spec.genesis.initial_timestamp = Some("2024-03-02T12:00:00".parse().unwrap());
    let inputs = Inputs::of_private_keys(&keys(&spec));
    let processor_time =
        || -> Duration { clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap() };
    let start = processor_time();
    let yaml = manifests::render(&spec, &inputs).unwrap().to_yaml();
    let took = processor_time().checked_sub(start).unwrap();
    assert!(yaml.len() > 1_000_000, "{}", yaml.len());
    // `cargo bench --bench render` measures it optimised: less than 50 ms. As tests are compiled it may take a multiple.
    assert!(took < Duration::from_secs(3), "{took:?}");
}
