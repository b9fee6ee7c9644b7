//! What is wrong with an OpenShift template: by itself here, and what is in it by topic.

mod objects;
mod parameters;
mod workload;

use self::objects::{lint_object, lint_route, lint_service};
use self::parameters::lint_parameter;
use self::workload::{lint_pods, lint_workload};
use super::finding::{Finding, Severity};
use super::lines::{lines, lint_copy};
use super::outline::{BULLETS, Entry, Outline};

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
