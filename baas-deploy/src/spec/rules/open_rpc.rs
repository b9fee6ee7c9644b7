//! Plugins with which whoever reaches the RPC of a node steers it. On a cluster the nodes of one role answer for the network, to its namespace
//! or to everybody.

use crate::reader::{Problem, Problems};
use crate::spec::{ExposureKind, NetworkSpec, Target};

/// The plugins, and what can be done with each.
const STEERING: [(&str, &str); 3] = [
    (
        "eosio::net_api_plugin",
        "have the node leave its peers for others",
    ),
    (
        "eosio::producer_api_plugin",
        "stop the node from producing and fill its disk",
    ),
    ("eosio::test_control_api_plugin", "end the node"),
];

/// One that a node or a group asks for, though others reach it.
struct Open {
    /// `nodes` or `groups`, and the place in it.
    list: (&'static str, usize),
    /// The place in its `plugins`.
    plugin: usize,
    /// What can be done with it.
    what: &'static str,
}

/// Reports those that everybody could use.
pub(super) fn check(spec: &NetworkSpec, problems: &mut Problems<'_>) {
    if spec.exposure_kind() == ExposureKind::None {
        return;
    }
    for open in all(spec) {
        let (list, index) = open.list;
        let mut problems = problems.field(list);
        let mut problems = problems.index(index);
        problems.field("plugins").index(open.plugin).report(format!(
            "whom `exposure` lets in could {} with it: leave it out, set `exposure.kind` to `none`, or take leap-5 or later, which \
             answers it inside of the pod only",
            open.what
        ));
    }
}

/// Returns those that whoever is in the namespace can use.
pub(super) fn warnings(spec: &NetworkSpec) -> Vec<Problem> {
    if spec.exposure_kind() != ExposureKind::None {
        return Vec::new();
    }
    let warn = |open: Open| Problem {
        path: format!("{}[{}].plugins[{}]", open.list.0, open.list.1, open.plugin),
        line: None,
        message: format!(
            "every pod of the namespace can {} with it; leave it out, or take leap-5 or later, which answers it inside of the pod only",
            open.what
        ),
    };
    all(spec).into_iter().map(warn).collect()
}

fn all(spec: &NetworkSpec) -> Vec<Open> {
    if spec.target == Target::Local || spec.version.answers_topics_apart() {
        return Vec::new();
    }
    let nodes = spec.nodes.iter().map(|node| (node.role, &node.plugins));
    let groups = spec.groups.iter().map(|group| (group.role, &group.plugins));
    let nodes = nodes.enumerate().map(|(at, found)| (("nodes", at), found));
    let groups = groups
        .enumerate()
        .map(|(at, found)| (("groups", at), found));
    let mut open = Vec::new();
    for (list, (role, plugins)) in nodes.chain(groups) {
        if role != spec.answering_role() {
            continue;
        }
        for (plugin, name) in plugins.iter().enumerate() {
            if let Some((_, what)) = STEERING.iter().find(|(steering, _)| steering == name) {
                open.push(Open { list, plugin, what });
            }
        }
    }
    open
}
