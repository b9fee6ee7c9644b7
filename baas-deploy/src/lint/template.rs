use eos_keys::PrivateKey;

use super::finding::{Finding, Severity};
use super::lines::{lines, lint_copy};
use super::outline::{BULLETS, Entry, Outline, Part, Use};
use crate::secrets;

/// Returns what is wrong with an OpenShift template that runs nodeos, also one that has lost its nesting.
pub fn lint_template(text: &str) -> Vec<Finding> {
    let mut findings = lint_copy(text);
    let outline = Outline::read(text);
    if !outline.is_well_formed {
        lint_nesting(text, &mut findings);
    }
    lint_head(&outline, &mut findings);
    for object in &outline.objects {
        lint_object(object, &mut findings);
        match object.kind() {
            "Route" => lint_route(object, &mut findings),
            "Service" => lint_service(object, &mut findings),
            _ => {}
        }
    }
    for workload in outline.workloads() {
        lint_workload(workload, &outline, &mut findings);
        lint_pods(workload, &mut findings);
    }
    for parameter in &outline.parameters {
        lint_parameter(parameter, &outline, &mut findings);
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

fn at(
    entry: &Entry,
    severity: Severity,
    code: &'static str,
    message: impl Into<String>,
) -> Finding {
    Finding::new(severity, code, message).at_line(entry.line)
}

fn lint_nesting(text: &str, findings: &mut Vec<Finding>) {
    let lines = lines(text);
    for line in lines.iter().filter(|line| line.text.starts_with(BULLETS)) {
        findings.push(
            Finding::new(
                Severity::Error,
                "bullet",
                "a bullet stands where an item of the list begins",
            )
            .at_line(line.number)
            .with_remedy("write `-`, at the indentation of the other items"),
        );
    }
    let first = lines
        .iter()
        .find(|line| matches!(line.text.as_str(), "metadata:" | "objects:"));
    let found = Finding::new(
        Severity::Error,
        "lost-nesting",
        "the indentation is lost: this is not YAML of a template with objects",
    )
    .with_remedy(
        "indent what is within metadata, spec and each item, or take the corrected template",
    );
    findings.push(match first {
        Some(line) => found.at_line(line.number),
        None => found,
    });
}

fn lint_head(outline: &Outline, findings: &mut Vec<Finding>) {
    match outline.head_entry("apiVersion") {
        Some(entry) if entry.value == "v1" => findings.push(
            at(
                entry,
                Severity::Error,
                "legacy-template",
                "no kind `Template` is registered for version `v1` since OpenShift 4.17",
            )
            .with_remedy("write `apiVersion: template.openshift.io/v1`"),
        ),
        _ => {}
    }
    // In a text that lost its nesting, what follows the annotations may be one.
    let has_prefix = |entry: &&Entry| matches!(entry.key.as_str(), "iconClass" | "tags");
    let annotations = outline
        .head
        .iter()
        .position(|entry| entry.key == "annotations");
    for entry in outline.head.iter().filter(has_prefix) {
        if !outline.is_well_formed || is_beside_annotations(outline, entry, annotations) {
            findings.push(
                at(
                    entry,
                    Severity::Warning,
                    "annotation-at-metadata",
                    format!("`{}` is no field of metadata: it is ignored", entry.key),
                )
                .with_remedy("indent it into `annotations`"),
            );
        }
    }
}

/// Says whether an entry of a template that can be read is a field of metadata itself: those come before the annotations.
fn is_beside_annotations(outline: &Outline, entry: &Entry, annotations: Option<usize>) -> bool {
    let place = outline.head.iter().position(|other| other == entry);
    match (place, annotations) {
        (Some(place), Some(annotations)) => place < annotations,
        _ => true,
    }
}

fn lint_object(object: &Part, findings: &mut Vec<Finding>) {
    let kind = object.kind();
    if let Some(entry) = object.entry("apiVersion")
        && entry.value == "v1"
        && let Some(group) = crate::template::group_of_legacy_kind(kind)
    {
        findings.push(
            at(
                entry,
                Severity::Error,
                "legacy-group",
                format!("`{kind}` is not in `v1`, but in a group of its own"),
            )
            .with_remedy(format!("write `apiVersion: {group}/v1`")),
        );
    }
    if let Some(name) = object.name()
        && name.value.contains("${BP}")
    {
        findings.push(
            at(
                name,
                Severity::Error,
                "account-as-object-name",
                format!(
                    "an account is not always a name for a {kind}: `bp.one` has a dot, `1bp` begins with a digit"
                ),
            )
            .with_remedy("make a DNS label of the account, and keep the account in a label"),
        );
    }
}

fn lint_route(route: &Part, findings: &mut Vec<Finding>) {
    if let Some(name) = route.name()
        && !name.value.contains("${")
    {
        findings.push(
            at(
                name,
                Severity::Error,
                "fixed-route-name",
                format!(
                    "the Route is always called `{}`: a second node cannot be made",
                    name.value
                ),
            )
            .with_remedy("put a parameter into its name"),
        );
    }
    if let Some(host) = route.entry("host")
        && !host.value.contains("${")
    {
        findings.push(
            at(
                host,
                Severity::Error,
                "fixed-route-host",
                format!(
                    "the host is always `{}`: the oldest Route keeps it, and setting it needs `routes/custom-host`",
                    host.value
                ),
            )
            .with_remedy("leave `host` out: the cluster makes one"),
        );
        if !host.value.contains('.') {
            findings.push(
                at(
                    host,
                    Severity::Warning,
                    "single-label-host",
                    format!(
                        "`{}` is not under the cluster's domain: it resolves by a hosts file only",
                        host.value
                    ),
                )
                .with_remedy("leave `host` out, or write a name that is in the DNS"),
            );
        }
    }
    if route.entry("tls").is_none() {
        findings.push(
            Finding::new(Severity::Warning, "no-tls", "the Route has no TLS")
                .at_line(route.line())
                .with_remedy(
                    "write `tls: {termination: edge, insecureEdgeTerminationPolicy: Redirect}`",
                ),
        );
    }
}

fn lint_service(service: &Part, findings: &mut Vec<Finding>) {
    for name in service
        .all("name")
        .filter(|name| name.value.contains("admin"))
    {
        findings.push(
            at(
                name,
                Severity::Warning,
                "p2p-port-named-admin",
                "9876 is where peers meet, not where one administers; and no Route carries it, as it is not HTTP",
            )
            .with_remedy("call it `p2p`, in a headless Service of its own; for peers outside of the cluster use a LoadBalancer"),
        );
    }
}

fn lint_workload(workload: &Part, outline: &Outline, findings: &mut Vec<Finding>) {
    let kind = workload.entry("kind").cloned();
    let here = |severity, code, message: &str| match &kind {
        Some(entry) => at(entry, severity, code, message),
        None => Finding::new(severity, code, message),
    };
    if workload.kind() == "DeploymentConfig" {
        findings.push(
            here(
                Severity::Warning,
                "deployment-config",
                "DeploymentConfig is deprecated since OpenShift 4.14, and a cluster may be without it",
            )
            .with_remedy("write a StatefulSet"),
        );
    }
    if let Some(kind) = workload
        .all("type")
        .find(|entry| matches!(entry.value.as_str(), "Rolling" | "RollingUpdate"))
        && workload.kind() != "StatefulSet"
    {
        findings.push(
            at(
                kind,
                Severity::Error,
                "rolling-producer",
                "during each rollout two pods produce with the same key",
            )
            .with_remedy("write a StatefulSet, or `type: Recreate`"),
        );
    } else if matches!(workload.kind(), "Deployment" | "DeploymentConfig")
        && workload.all("type").all(|entry| entry.value != "Recreate")
    {
        findings.push(
            here(
                Severity::Error,
                "rolling-producer",
                "without a strategy a rollout has two pods produce with the same key",
            )
            .with_remedy("write a StatefulSet, or `strategy: {type: Recreate}`"),
        );
    }
    let has_labels = workload
        .entries
        .iter()
        .any(|entry| entry.key.starts_with("app.kubernetes.io/"))
        || outline
            .head
            .iter()
            .any(|entry| entry.key.starts_with("app.kubernetes.io/"));
    if !has_labels {
        let entry = workload.entry("labels").or(workload.entry("selector"));
        let found = Finding::new(
            Severity::Warning,
            "few-labels",
            "objects are told apart by `name` alone: nobody finds all that belongs to one network, or removes it",
        )
        .with_remedy("add `app.kubernetes.io/name`, `instance`, `part-of` and `managed-by`");
        findings.push(found.at_line(entry.map_or(workload.line(), |entry| entry.line)));
    }
}

/// What the workload says of its pods.
fn lint_pods(workload: &Part, findings: &mut Vec<Finding>) {
    let spec = workload
        .entry("containers")
        .map_or(workload.line(), |entry| entry.line);
    let missing = |code, message: &str, remedy: &str| {
        Finding::new(Severity::Warning, code, message)
            .at_line(spec)
            .with_remedy(remedy)
    };
    let has = |keys: &[&str]| {
        workload
            .entries
            .iter()
            .any(|entry| keys.contains(&entry.key.as_str()))
    };
    if !has(&["volumeClaimTemplates", "persistentVolumeClaim"]) {
        findings.push(missing(
            "no-volume",
            "nothing is kept: a pod that starts again has lost chain, wallet and keys",
            "give it a volume claim for its data directory",
        ));
    }
    if !has(&["startupProbe", "readinessProbe", "livenessProbe"]) {
        findings.push(missing(
            "no-probes",
            "nobody asks whether the node answers",
            "add a startup probe that leaves time for a replay, a readiness probe, and a liveness probe of the TCP port",
        ));
    }
    if !has(&["terminationGracePeriodSeconds"]) {
        findings.push(missing(
            "no-grace-period",
            "after 30 s nodeos is killed, and its database is dirty",
            "write `terminationGracePeriodSeconds: 180`",
        ));
    }
    if has(&["requests"]) && !has(&["limits"]) {
        let entry = workload.entry("requests").map_or(spec, |entry| entry.line);
        findings.push(
            Finding::new(
                Severity::Warning,
                "no-limits",
                "each node asks for that much, and may take any amount",
            )
            .at_line(entry)
            .with_remedy("write `limits` as well"),
        );
    }
    for user in workload.all("runAsUser") {
        if user.is_item {
            findings.push(
                at(
                    user,
                    Severity::Error,
                    "list-for-map",
                    "`securityContext` is a map, not a list: the object is refused",
                )
                .with_remedy("leave out the `-`"),
            );
        }
        if user.value == "0" {
            findings.push(
                at(
                    user,
                    Severity::Error,
                    "root-user",
                    "uid 0 is refused unless an administrator grants `anyuid`",
                )
                .with_remedy(
                    "leave `runAsUser` out, and let the image work with any user of group 0",
                ),
            );
        }
    }
    for image in workload.all("image") {
        lint_image(image, workload, findings);
    }
    lint_environment(workload, findings);
}

fn lint_image(image: &Entry, workload: &Part, findings: &mut Vec<Finding>) {
    let name = image.value.rsplit('/').next().unwrap_or_default();
    let is_fixed = image.value.contains('@')
        || image.value.contains("${")
        || name.split_once(':').is_some_and(|(_, tag)| tag != "latest");
    if !is_fixed {
        let policy = workload.value("imagePullPolicy") == Some("Always");
        findings.push(
            at(
                image,
                Severity::Warning,
                "floating-image",
                format!(
                    "`{}` has no tag{}: pods of one node run different programs",
                    image.value,
                    if policy {
                        ", and is pulled each time"
                    } else {
                        ""
                    }
                ),
            )
            .with_remedy("name a tag, or better a digest"),
        );
    }
}

fn lint_environment(workload: &Part, findings: &mut Vec<Finding>) {
    let is_secret = |entry: &&Entry| {
        let value = entry.value.to_ascii_uppercase();
        let is_literal = !secrets::private_keys(&entry.value).is_empty();
        is_literal || entry.key == "value" && value.contains("${") && value.contains("PRIVATE")
    };
    for entry in workload.entries.iter().filter(is_secret) {
        findings.push(
            at(
                entry,
                Severity::Error,
                "key-in-env",
                "the private key is in the environment: `oc describe` shows it, and so does each stored revision",
            )
            .with_remedy("mount it as a file from a Secret"),
        );
    }
}

/// Says whether a parameter is a private key that is seen where it goes: not one that becomes a Secret, nor the name of one.
fn may_be_private_key(name: &str, outline: &Outline) -> bool {
    let upper = name.to_ascii_uppercase();
    if !upper.contains("PRIVATE") {
        return false;
    }
    let is_hidden = |found: &Use<'_>| {
        found.object.kind() == "Secret" || matches!(found.entry.key.as_str(), "name" | "secretName")
    };
    let mut uses = outline.uses(name).peekable();
    if uses.peek().is_some() {
        !uses.all(|found| is_hidden(&found))
    } else {
        !upper.ends_with("SECRET") && !upper.ends_with("NAME")
    }
}

/// Says whether a template starts the boot node, which alone begins the chain and is there once.
fn is_for_the_boot_node(outline: &Outline) -> bool {
    outline.workloads().any(|workload| {
        workload
            .all("args")
            .chain(workload.all("command"))
            .any(|entry| entry.value == "--boot")
    })
}

fn lint_parameter(parameter: &Part, outline: &Outline, findings: &mut Vec<Finding>) {
    let Some(name) = parameter.entry("name") else {
        return;
    };
    let default = parameter.entry("value");
    let is_secret = may_be_private_key(&name.value, outline)
        || default.is_some_and(|entry| !secrets::private_keys(&entry.value).is_empty());
    if is_secret {
        findings.push(
            at(
                name,
                Severity::Error,
                "key-in-parameter",
                format!("the parameter {} is a private key: it shows in the form and in each TemplateInstance", name.value),
            )
            .with_remedy("let a parameter name a Secret that holds the key"),
        );
    }
    if let Some(default) = default {
        if !secrets::private_keys(&default.value).is_empty() {
            let whose = if default
                .value
                .parse::<PrivateKey>()
                .is_ok_and(|key| key.is_published())
            {
                "the published development key: everybody can sign for a chain that was made with it"
            } else {
                "a private key, and everybody who reads this file has it"
            };
            findings.push(
                at(
                    default,
                    Severity::Error,
                    "published-key",
                    format!("the default of {} is {whose}", name.value),
                )
                .with_remedy("take it out, make a new key, and never use this one again"),
            );
        }
        if name.value == "BP" && default.value == "eosio" && !is_for_the_boot_node(outline) {
            findings.push(
                at(
                    default,
                    Severity::Error,
                    "default-eosio",
                    "each node whose BP is left as it is produces as `eosio`: two of them are a fork",
                )
                .with_remedy("give no default, and make the parameter required"),
            );
        }
        let words = default.value.split_whitespace().count();
        if words > 1 && name.value.contains("LIST") {
            findings.push(
                at(
                    default,
                    Severity::Error,
                    "words-as-value",
                    format!(
                        "the default of {} is a description, and nodeos would dial it",
                        name.value
                    ),
                )
                .with_remedy("move it to `description`, and make the parameter required"),
            );
        }
    }
    // A program that is given the list takes it apart.
    let is_argument = |found: Use<'_>| matches!(found.entry.key.as_str(), "args" | "command");
    if name.value.contains("LIST") && !outline.uses(&name.value).any(is_argument) {
        findings.push(
            at(
                name,
                Severity::Warning,
                "one-peer-for-a-list",
                format!(
                    "{} is called a list, but one line `p2p-peer-address` holds one host",
                    name.value
                ),
            )
            .with_remedy("write one line for each peer"),
        );
    }
    if parameter.value("required") != Some("true") && !outline.parameters.is_empty() {
        findings.push(
            at(
                name,
                Severity::Hint,
                "not-required",
                format!("{} may be left empty", name.value),
            )
            .with_remedy("write `required: true`"),
        );
    }
}
