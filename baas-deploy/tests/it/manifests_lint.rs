//! The rules that the objects of a network keep among themselves.

use std::collections::{BTreeMap, BTreeSet};

use baas_deploy::spec::{NetworkSpec, Target};
use serde_json::{Map, Value};

/// A pod with the labels by which it is found.
struct Pod<'a> {
    set: &'a Value,
    template: &'a Value,
}

impl Pod<'_> {
    fn is_selected(&self, selector: &Value) -> bool {
        let labels = &self.template["metadata"]["labels"];
        entries(selector).all(|(key, value)| labels[key] == *value)
    }

    fn container(&self) -> &Value {
        &self.template["spec"]["containers"][0]
    }

    fn port(&self, name: &str) -> Option<u64> {
        let ports = self.container()["ports"].as_array().unwrap();
        ports
            .iter()
            .find(|port| port["name"] == name)
            .and_then(|port| port["containerPort"].as_u64())
    }

    fn role(&self) -> &str {
        self.template["metadata"]["labels"]["app.kubernetes.io/component"]
            .as_str()
            .unwrap()
    }
}

fn entries(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flat_map(Map::iter)
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns the rules that the objects of a network break.
#[expect(clippy::too_many_lines, reason = "a list of rules")]
pub(crate) fn broken_rules(
    spec: &NetworkSpec,
    objects: &[Value],
    secrets: &BTreeSet<&str>,
) -> Vec<String> {
    let mut broken = Vec::new();
    let of_kind = |kind: &str| -> Vec<&Value> {
        objects
            .iter()
            .filter(|object| object["kind"] == kind)
            .collect()
    };
    let named = |kind: &str, name: &str| {
        of_kind(kind)
            .into_iter()
            .find(|object| object["metadata"]["name"] == name)
    };
    let pods: Vec<Pod<'_>> = of_kind("StatefulSet")
        .into_iter()
        .map(|set| Pod {
            set,
            template: &set["spec"]["template"],
        })
        .collect();
    let mut rule = |holds: bool, what: String| {
        if !holds {
            broken.push(what);
        }
    };

    let mut taken = BTreeSet::new();
    for object in objects {
        let (kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
        rule(
            taken.insert((kind, name)),
            format!("two of the kind {kind} are named {name}"),
        );
        let limit = match kind {
            "Service" => 63,
            "StatefulSet" => 52,
            _ => 253,
        };
        rule(
            name.len() <= limit && is_dns_label(name),
            format!("{kind} {name} has no possible name"),
        );
        check_labels(object, &mut rule);
    }

    for service in of_kind("Service") {
        let name = text(&service["metadata"]["name"]);
        let selected: Vec<_> = pods
            .iter()
            .filter(|pod| pod.is_selected(&service["spec"]["selector"]))
            .collect();
        rule(
            !selected.is_empty(),
            format!("service {name} selects no pod"),
        );
        rule(
            selected.iter().all(|pod| pod.role() != "boot") || name.ends_with("-p2p"),
            format!("service {name} leads to the boot node's RPC"),
        );
        for port in items(&service["spec"]["ports"]) {
            let target = text(&port["targetPort"]);
            rule(
                selected.iter().all(|pod| pod.port(target).is_some()),
                format!("service {name} has no port {target}"),
            );
        }
    }
    let budgets = of_kind("PodDisruptionBudget");
    let policies = of_kind("NetworkPolicy");
    let selectors = budgets.iter().map(|budget| &budget["spec"]["selector"]);
    for selector in selectors.chain(policies.iter().map(|policy| &policy["spec"]["podSelector"])) {
        let labels = &selector["matchLabels"];
        rule(
            pods.iter().any(|pod| pod.is_selected(labels)),
            format!("{labels} selects no pod"),
        );
    }
    for pod in &pods {
        // Who may reach which port.
        let open: BTreeSet<u64> = policies
            .iter()
            .filter(|policy| pod.is_selected(&policy["spec"]["podSelector"]["matchLabels"]))
            .flat_map(|policy| items(&policy["spec"]["ingress"]))
            .flat_map(|ingress| items(&ingress["ports"]))
            .filter_map(|port| port["port"].as_u64())
            .collect();
        let name = text(&pod.set["metadata"]["name"]);
        rule(
            open.contains(&pod.port("p2p").unwrap()),
            format!("no peer reaches {name}"),
        );
        let answers = pods.iter().any(|other| other.role() == "api") == (pod.role() == "api");
        let is_open = open.contains(&pod.port("http").unwrap());
        rule(
            !is_open || pod.role() != "boot",
            format!("the RPC of {name} is open"),
        );
        rule(
            is_open || !answers || pod.role() != "api",
            format!("nobody may ask {name}"),
        );
        check_pod(spec, pod, &named, secrets, &pods, &mut rule);
    }
    let api = format!("{}-api", spec.name);
    let backends = of_kind("Route")
        .into_iter()
        .map(|route| &route["spec"]["to"]["name"])
        .chain(of_kind("Ingress").into_iter().map(|ingress| {
            &ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"]
        }));
    for backend in backends {
        rule(
            *backend == *api && named("Service", &api).is_some(),
            format!("no service {backend}"),
        );
    }
    for map in of_kind("ConfigMap") {
        rule(
            map["immutable"] == true,
            format!("{} can change", map["metadata"]["name"]),
        );
    }
    rule(
        pods.len() == spec.all_nodes().len(),
        "not a pod for each node".to_owned(),
    );
    broken
}

#[expect(clippy::too_many_lines, reason = "a list of rules")]
fn check_pod<'a>(
    spec: &NetworkSpec,
    pod: &Pod<'_>,
    named: &dyn Fn(&str, &str) -> Option<&'a Value>,
    secrets: &BTreeSet<&str>,
    pods: &[Pod<'_>],
    rule: &mut impl FnMut(bool, String),
) {
    let set = &pod.set["spec"];
    let name = text(&pod.set["metadata"]["name"]);
    let inner = &pod.template["spec"];
    let container = pod.container();
    rule(
        set["replicas"] == 1 && set["updateStrategy"]["type"] == "OnDelete",
        format!("{name} may run twice"),
    );
    let selected = pods
        .iter()
        .filter(|other| other.is_selected(&set["selector"]["matchLabels"]));
    rule(
        selected.count() == 1 && pod.is_selected(&set["selector"]["matchLabels"]),
        format!("{name} selects others' pods"),
    );
    let service = named("Service", text(&set["serviceName"]));
    rule(
        service.is_some_and(|service| service["spec"]["clusterIP"] == "None"),
        format!("{name} has no headless service"),
    );
    let account = text(&inner["serviceAccountName"]);
    rule(
        named("ServiceAccount", account).is_some(),
        format!("no service account {account}"),
    );

    // Volumes: each mount has one, each volume is mounted, and what it shows is there.
    let volumes: BTreeSet<&str> = items(&inner["volumes"])
        .map(|volume| text(&volume["name"]))
        .chain(items(&set["volumeClaimTemplates"]).map(|claim| text(&claim["metadata"]["name"])))
        .collect();
    let mounts: BTreeSet<&str> = items(&container["volumeMounts"])
        .map(|mount| text(&mount["name"]))
        .collect();
    rule(
        volumes == mounts,
        format!("{name} mounts {mounts:?} of {volumes:?}"),
    );
    for volume in items(&inner["volumes"]) {
        for source in items(&volume["projected"]["sources"]) {
            let map = named("ConfigMap", text(&source["configMap"]["name"]));
            let has_items = items(&source["configMap"]["items"])
                .all(|item| map.is_some_and(|map| map["data"][text(&item["key"])].is_string()));
            rule(
                map.is_some() && has_items,
                format!("{name} mounts {source}, which is not there"),
            );
        }
        if let Some(secret) = volume["secret"]["secretName"].as_str() {
            rule(
                secrets.contains(secret),
                format!("{name} mounts the secret {secret}, which nobody makes"),
            );
            rule(
                volume["secret"]["defaultMode"] == 0o440,
                format!("the key of {name} is open"),
            );
        }
    }
    let produces = matches!(pod.role(), "boot" | "producer");
    rule(
        produces == volumes.contains("secret"),
        format!("{name} has a key, or none, and should not"),
    );

    // Ports and probes.
    let ports: Vec<&Value> = items(&container["ports"]).collect();
    let numbers: BTreeSet<_> = ports
        .iter()
        .filter_map(|port| port["containerPort"].as_u64())
        .collect();
    let port_names: BTreeSet<_> = ports.iter().map(|port| text(&port["name"])).collect();
    rule(
        numbers.len() == ports.len() && port_names.len() == ports.len(),
        format!("{name} has a port twice"),
    );
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let port = text(&container[probe]["httpGet"]["port"]);
        rule(
            port_names.contains(port),
            format!("{name} has a {probe} of a port that is not there"),
        );
    }

    // Peers: each is a service, and its port is that of its pod.
    let configs: BTreeMap<&str, &Value> = items(&inner["volumes"])
        .flat_map(|volume| items(&volume["projected"]["sources"]))
        .filter_map(|source| named("ConfigMap", text(&source["configMap"]["name"])))
        .flat_map(|map| entries(&map["data"]).map(|(key, value)| (key.as_str(), value)))
        .collect();
    for line in configs
        .get("config.ini")
        .map_or("", |ini| text(ini))
        .lines()
    {
        let Some(peer) = line.strip_prefix("p2p-peer-address = ") else {
            continue;
        };
        let (host, port) = peer.split_once(':').unwrap();
        let is_there = named("Service", host).is_some_and(|service| {
            service["spec"]["ports"][0]["port"].as_u64() == port.parse().ok()
                && service["spec"]["publishNotReadyAddresses"] == true
        });
        rule(is_there, format!("{name} dials {peer}, which is not there"));
    }

    // What the policy `restricted` of pod security asks for, and what OpenShift gives by itself.
    let security = &inner["securityContext"];
    let inner_security = &container["securityContext"];
    rule(
        security["runAsNonRoot"] == true
            && security["seccompProfile"]["type"] == "RuntimeDefault"
            && inner_security["allowPrivilegeEscalation"] == false
            && inner_security["readOnlyRootFilesystem"] == true
            && inner_security["capabilities"]["drop"][0] == "ALL",
        format!("{name} is not restricted"),
    );
    for field in ["runAsUser", "runAsGroup", "fsGroup"] {
        rule(
            security[field].is_number() == (spec.target == Target::Kubernetes),
            format!("{name}: {field} on {:?}", spec.target),
        );
    }
    rule(
        inner["automountServiceAccountToken"] == false,
        format!("{name} has a token"),
    );
    rule(
        container["env"].is_null() && container["envFrom"].is_null(),
        format!("{name} has an environment"),
    );
}

fn is_dns_label(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Checks all labels, selectors and annotations within a value.
fn check_labels(value: &Value, rule: &mut impl FnMut(bool, String)) {
    for inner in items(value) {
        check_labels(inner, rule);
    }
    for (field, inner) in entries(value) {
        if ["labels", "matchLabels", "selector", "annotations"].contains(&field.as_str()) {
            for (key, value) in entries(inner).filter(|(_, value)| value.is_string()) {
                let (prefix, name) = key.split_once('/').unwrap_or(("a", key));
                let has_key = prefix
                    .split('.')
                    .all(|part| !part.is_empty() && is_qualified(part))
                    && is_qualified(name);
                rule(has_key, format!("`{key}` is no key of a label"));
                let is_value =
                    field == "annotations" || text(value).is_empty() || is_qualified(text(value));
                rule(
                    is_value,
                    format!("`{value}` is no value of the label `{key}`"),
                );
            }
        }
        check_labels(inner, rule);
    }
}

fn is_qualified(text: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_alphanumeric();
    (1..=63).contains(&text.len())
        && text.starts_with(is_alphanumeric)
        && text.ends_with(is_alphanumeric)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
