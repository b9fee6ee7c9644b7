//! What must hold of a spec beyond the types of its fields, and what is better otherwise.

mod open_rpc;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use eos_abi::Name;

use super::BOOT_ACCOUNT;
use super::exposure::ExposureKind;
use super::network::{GenesisSpec, NetworkSpec, Target};
use super::node::{GroupSpec, MAX_NODES, NodeSpec, Role};
use super::resources::ResourcesSpec;
use super::topology::Topology;
use crate::container::layout::PROBE_PORT;
use crate::names::NodeName;
use crate::node::{NodeConfig, check_combinations, check_options, timestamp_problem};
use crate::reader::{Check, Problem, Problems, suggestion};

/// Addresses for a file that is only looked at.
const ANYWHERE: (SocketAddr, SocketAddr) = {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    (address, address)
};

impl Check for NetworkSpec {
    fn check(&self, problems: &mut Problems<'_>) {
        check_genesis(&self.genesis, &mut problems.field("genesis"));
        self.storage.check(&mut problems.field("storage"));
        self.resources.check(&mut problems.field("resources"));
        if let Some(image) = &self.image {
            image.check(&mut problems.field("image"));
        }
        if let Some(exposure) = &self.exposure {
            let mut problems = problems.field("exposure");
            exposure.check(&mut problems);
            if exposure.kind == Some(ExposureKind::Route) && self.target == Target::Kubernetes {
                problems
                    .field("kind")
                    .report("only OpenShift has routes; on Kubernetes use `ingress`");
            }
        }
        let of_groups: usize = self.groups.iter().map(|group| group.count.get()).sum();
        let count = of_groups.saturating_add(self.nodes.len());
        if count > MAX_NODES {
            problems.field("nodes").report(format!(
                "{count} nodes, those of the groups included, are more than {MAX_NODES}"
            ));
            return;
        }
        let mut earlier = Earlier::default();
        for (index, node) in self.nodes.iter().enumerate() {
            let mut problems = problems.field("nodes");
            let mut problems = problems.index(index);
            check_node(node, "account", &mut earlier, &mut problems);
            check_ports(node, self.target, &mut earlier, &mut problems);
            check_options(&node.options, &node.plugins, self.version, &mut problems);
            let config = NodeConfig {
                plugins: &node.plugins,
                options: &node.options,
                ..NodeConfig::new(self.version, &node.name, node.role, ANYWHERE)
            };
            check_combinations(&config, &mut problems);
            node.storage.check(&mut problems.field("storage"));
            check_resources(&node.resources, self, &mut problems);
        }
        for (index, group) in self.groups.iter().enumerate() {
            let mut problems = problems.field("groups");
            let mut problems = problems.index(index);
            check_group(group, self, &mut earlier, &mut problems);
            group.storage.check(&mut problems.field("storage"));
            check_resources(&group.resources, self, &mut problems);
        }
        if !problems.is_partial() {
            for (role, absent) in [
                (Role::Boot, "no boot node"),
                (Role::Producer, "no producer"),
            ] {
                if !earlier.roles.contains(&role) {
                    problems.field("nodes").report(absent);
                }
            }
            check_topology(self, &mut problems.field("topology"));
            open_rpc::check(self, problems);
        }
    }
}

fn check_genesis(genesis: &GenesisSpec, problems: &mut Problems<'_>) {
    if let Some(why) = genesis.initial_timestamp.and_then(timestamp_problem) {
        problems.field("initial_timestamp").report(why);
    }
    genesis
        .initial_configuration
        .check(&mut problems.field("initial_configuration"));
}

/// Checks those of a node or group together with what it takes from the network.
fn check_resources(own: &ResourcesSpec, spec: &NetworkSpec, problems: &mut Problems<'_>) {
    if !own.is_empty() {
        own.clone()
            .or(&spec.resources)
            .check(&mut problems.field("resources"));
    }
}

/// What the nodes before one have.
#[derive(Default)]
struct Earlier {
    names: BTreeSet<NodeName>,
    roles: BTreeSet<Role>,
    accounts: BTreeMap<Name, NodeName>,
    ports: BTreeMap<u16, NodeName>,
}

/// Checks a node, or one of a group, whose account is told by the field of this name.
fn check_node(
    node: &NodeSpec,
    account: &'static str,
    earlier: &mut Earlier,
    problems: &mut Problems<'_>,
) {
    if !earlier.names.insert(node.name.clone()) {
        problems
            .field("name")
            .report(format!("two nodes are named `{}`", node.name));
    }
    if !earlier.roles.insert(node.role) && node.role == Role::Boot {
        problems
            .field("role")
            .report("two boot nodes: a chain begins on one");
    }
    check_account(node, earlier, &mut problems.field(account));
}

fn check_account(node: &NodeSpec, earlier: &mut Earlier, problems: &mut Problems<'_>) {
    if !node.role.produces() {
        if node.account.is_some() {
            problems.report(format!(
                "a node whose role is `{}` produces for nobody",
                node.role.as_str()
            ));
        }
        return;
    }
    let Some(account) = node.account() else {
        problems.report(format!(
            "missing, and `{}` is not the name of an account",
            node.name
        ));
        return;
    };
    if node.role == Role::Boot && account != BOOT_ACCOUNT {
        problems.report(format!(
            "a boot node produces for `{BOOT_ACCOUNT}`, not for `{account}`"
        ));
    }
    if node.role == Role::Producer && account == BOOT_ACCOUNT {
        problems.report(format!("only the boot node produces for `{BOOT_ACCOUNT}`"));
    }
    if account.is_empty() {
        problems.report("the name of an account cannot be empty");
    }
    // Both would sign for the same slots, which forks the chain.
    if let Some(other) = earlier.accounts.get(&account) {
        problems.report(format!("node `{other}` produces for `{account}` already"));
    } else {
        earlier.accounts.insert(account, node.name.clone());
    }
}

fn check_ports(
    node: &NodeSpec,
    target: Target,
    earlier: &mut Earlier,
    problems: &mut Problems<'_>,
) {
    if target != Target::Local {
        // Each pod has an address of its own.
        earlier.ports.clear();
    }
    for (field, port) in [("http_port", node.http_port), ("p2p_port", node.p2p_port)] {
        let Some(port) = port else { continue };
        if port == 0 {
            problems
                .field(field)
                .report("0 is not a port; leave it out to have one chosen");
        } else if let Some(why) = earlier.taken(port, target) {
            problems.field(field).report(why);
        } else {
            earlier.ports.insert(port, node.name.clone());
        }
    }
    let Some(port) = node.state_history_port() else {
        return;
    };
    let Some(why) = earlier.taken(port, target) else {
        earlier.ports.insert(port, node.name.clone());
        return;
    };
    if node.options.contains_key("state-history-endpoint") {
        let mut problems = problems.field("options");
        problems.field("state-history-endpoint").report(why);
    } else {
        problems.field("plugins").report(format!(
            "the state history's {why}; give the node a `state-history-endpoint` of its own in `options`"
        ));
    }
}

impl Earlier {
    /// Returns why nothing else can listen on a port.
    fn taken(&self, port: u16, target: Target) -> Option<String> {
        if target != Target::Local && port == PROBE_PORT {
            return Some(format!(
                "port {port} is where the node's probes are answered"
            ));
        }
        let other = self.ports.get(&port)?;
        Some(format!("port {port} is taken by node `{other}`"))
    }
}

fn check_group(
    group: &GroupSpec,
    spec: &NetworkSpec,
    earlier: &mut Earlier,
    problems: &mut Problems<'_>,
) {
    check_options(&group.options, &group.plugins, spec.version, problems);
    let config = NodeConfig {
        plugins: &group.plugins,
        options: &group.options,
        ..NodeConfig::new(spec.version, &group.name, group.role, ANYWHERE)
    };
    check_combinations(&config, problems);
    if !group.accounts.is_empty() {
        let mut problems = problems.field("accounts");
        if !group.role.produces() {
            problems.report(format!(
                "nodes whose role is `{}` produce for nobody",
                group.role.as_str()
            ));
            return;
        }
        if group.accounts.len() != group.count.get() {
            problems.report(format!(
                "{} accounts for {} nodes: each needs one",
                group.accounts.len(),
                group.count.get()
            ));
            return;
        }
    }
    let nodes = group.nodes();
    if nodes.len() < group.count.get() {
        problems.field("name").report(format!(
            "`{}-{}` is too long for the name of a node",
            group.name,
            group.count.get()
        ));
        return;
    }
    for node in &nodes {
        check_node(node, "accounts", earlier, problems);
    }
    // They are alike: a port that two of them have, all have.
    for node in nodes.iter().take(2) {
        check_ports(node, spec.target, earlier, problems);
    }
}

fn check_topology(spec: &NetworkSpec, problems: &mut Problems<'_>) {
    let all = spec.node_names();
    let known: Vec<&str> = all.iter().map(NodeName::as_str).collect();
    let unknown = |name: &NodeName| {
        format!(
            "no node is named `{name}`{}",
            suggestion(name.as_str(), &known)
        )
    };
    let is_known = |name: &NodeName| all.contains(name);
    match &spec.topology {
        Topology::Mesh | Topology::Ring | Topology::Line => return,
        Topology::Star(centre) => {
            if !is_known(centre) {
                problems.field("star").report(unknown(centre));
            }
            return;
        }
        Topology::Custom(links) => {
            let known: BTreeSet<&NodeName> = all.iter().collect();
            let mut seen = BTreeSet::new();
            let mut is_well_formed = true;
            for (index, (one, other)) in links.iter().enumerate() {
                let mut problems = problems.field("custom");
                let mut problems = problems.index(index);
                for (end, name) in [one, other].into_iter().enumerate() {
                    if !known.contains(name) {
                        problems.index(end).report(unknown(name));
                        is_well_formed = false;
                    }
                }
                if one == other {
                    problems.report(format!("`{one}` cannot be linked with itself"));
                }
                if !seen.insert((one.min(other), one.max(other))) {
                    problems.report(format!("`{one}` and `{other}` are linked already"));
                }
            }
            if !is_well_formed {
                return;
            }
        }
    }
    let cut_off: Vec<&str> = spec
        .topology
        .links(&all)
        .cut_off()
        .into_iter()
        .map(|node| known[node])
        .collect();
    if let (Some(first), false) = (known.first(), cut_off.is_empty()) {
        problems.field("custom").report(format!(
            "no way of links leads from `{first}` to {}",
            in_words(&cut_off)
        ));
    }
}

impl NetworkSpec {
    /// Returns what is not wrong with a spec that was checked, but better otherwise.
    ///
    /// ```
    /// use baas_deploy::spec::NetworkSpec;
    ///
    /// let spec = NetworkSpec::from_yaml(
    ///     "{name: a, topology: line, nodes: [{name: boot, role: boot}, {name: bp1, role: producer}, {name: bp2, role: producer}]}",
    /// )?;
    /// assert_eq!(
    ///     spec.warnings()[0].to_string(),
    ///     "topology: the network falls apart without `bp1`"
    /// );
    /// # Ok::<(), baas_deploy::reader::SpecErrors>(())
    /// ```
    pub fn warnings(&self) -> Vec<Problem> {
        let mut warnings = Vec::new();
        let mut warn = |path: &str, message: String| {
            warnings.push(Problem {
                path: path.to_owned(),
                line: None,
                message,
            });
        };
        let all = self.node_names();
        let cut_points = self.topology.cut_points(&all);
        if !cut_points.is_empty() {
            let names: Vec<&str> = cut_points.iter().map(|node| all[*node].as_str()).collect();
            let any = if names.len() > 1 { "any of " } else { "" };
            warn(
                "topology",
                format!("the network falls apart without {any}{}", in_words(&names)),
            );
        }
        let is_on_cluster = self.target != Target::Local;
        match &self.image {
            Some(image) if !image.reference.resolved().is_fixed() => warn(
                "image.reference",
                format!(
                    "`{}` may be another image tomorrow; give it a tag or a digest",
                    image.reference
                ),
            ),
            None if is_on_cluster => warn("image", "missing: a cluster runs an image".to_owned()),
            _ => {}
        }
        if let Some(exposure) = &self.exposure {
            if !is_on_cluster {
                warn(
                    "exposure",
                    "not used: the nodes of a local network answer on loopback only".to_owned(),
                );
            } else if let Some(host) = &exposure.host
                && !host.as_str().contains('.')
            {
                warn(
                    "exposure.host",
                    format!("`{host}` is in no domain, so that nobody outside finds it by itself"),
                );
            }
        }
        warnings.extend(open_rpc::warnings(self));
        warnings
    }
}

/// Returns `a`, `a` and `b`, or the first few of many.
fn in_words(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let quoted: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    match quoted.split_last() {
        _ if names.len() > SHOWN => {
            format!("{} and {} more", quoted.join(", "), names.len() - SHOWN)
        }
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}
