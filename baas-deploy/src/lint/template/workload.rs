//! What runs pods, and the pods.

use super::at;
use crate::lint::finding::{Finding, Severity};
use crate::lint::outline::{Entry, Outline, Part};
use crate::secrets;

pub(super) fn lint_workload(workload: &Part, outline: &Outline, findings: &mut Vec<Finding>) {
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
pub(super) fn lint_pods(workload: &Part, findings: &mut Vec<Finding>) {
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
