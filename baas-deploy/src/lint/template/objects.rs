//! Objects of any kind, Routes and Services.

use super::at;
use crate::lint::finding::{Finding, Severity};
use crate::lint::outline::Part;

pub(super) fn lint_object(object: &Part, findings: &mut Vec<Finding>) {
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

pub(super) fn lint_route(route: &Part, findings: &mut Vec<Finding>) {
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

pub(super) fn lint_service(service: &Part, findings: &mut Vec<Finding>) {
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
