//! What a template says of the network.

use serde_json::json;

use super::draft::Draft;
use crate::lint::Outline;

pub(super) fn of_template(template: &Outline, draft: &mut Draft) {
    let name = template.head_entry("name").map(|entry| entry.value.clone());
    if let Some(name) = name {
        draft.set(&["name"], json!(name));
    }
    draft.set(&["target"], json!("openshift"));
    if let Some(workload) = template.workload() {
        if let Some(image) = workload.entry("image") {
            draft.set(
                &["image"],
                json!({"reference": template.resolved(&image.value)}),
            );
            draft
                .note("the image should have a tag of its own: then all pods run the same program");
        }
        let requests = workload
            .entries
            .iter()
            .position(|entry| entry.key == "requests");
        if let Some(requests) = requests {
            let after = &workload.entries[requests..];
            for key in ["cpu", "memory"] {
                if let Some(entry) = after.iter().find(|entry| entry.key == key) {
                    draft.set(&["resources", key], json!(entry.value));
                }
            }
        }
    }
    if let Some(route) = template.object("Route") {
        draft.set(&["exposure"], json!({"kind": "route"}));
        match route.value("host") {
            Some(host) if host.contains('.') && !host.contains("${") => {
                draft.set(&["exposure", "host"], json!(host));
            }
            Some(host) => draft.note(format!(
                "the Route's host `{host}` is left out: the cluster makes one under its own domain"
            )),
            None => {}
        }
    }
}
