use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::names::NodeName;

/// Which nodes of a network are linked. Blocks travel over links in both directions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Topology {
    /// Each with each.
    #[default]
    Mesh,
    /// Each with the next, and the last with the first.
    Ring,
    /// Each with the next.
    Line,
    /// Each with the one in the middle.
    Star(NodeName),
    /// As listed.
    Custom(Vec<(NodeName, NodeName)>),
}

/// The links of a network, by the places of its nodes in their order.
#[derive(Debug)]
pub(super) struct Links(Vec<BTreeSet<usize>>);

impl Topology {
    /// Says whether it is the default, a mesh.
    pub fn is_mesh(&self) -> bool {
        *self == Self::Mesh
    }

    /// Returns whom a node dials: all to whom it has a link. Both ends dial, so that either may come back alone; nodeos keeps one of
    /// the two connections.
    pub(super) fn peers_of(&self, node: &NodeName, all: &[NodeName]) -> Vec<NodeName> {
        let Some(place) = all.iter().position(|name| name == node) else {
            return Vec::new();
        };
        let peers: BTreeSet<usize> = match self {
            Self::Mesh => (0..all.len()).filter(|other| *other != place).collect(),
            Self::Ring | Self::Line => {
                let last = all.len() - 1;
                let is_ring = *self == Self::Ring;
                let before = place.checked_sub(1).or(is_ring.then_some(last));
                let after = (place < last).then_some(place + 1).or(is_ring.then_some(0));
                let both = [before, after].into_iter().flatten();
                both.filter(|other| *other != place).collect()
            }
            Self::Star(centre) if centre == node => {
                (0..all.len()).filter(|other| *other != place).collect()
            }
            Self::Star(centre) => all
                .iter()
                .position(|name| name == centre)
                .into_iter()
                .collect(),
            Self::Custom(links) => {
                let ends = links.iter().filter_map(|(one, other)| {
                    if one == node {
                        Some(other)
                    } else {
                        (other == node).then_some(one)
                    }
                });
                let others: BTreeSet<&NodeName> = ends.filter(|other| *other != node).collect();
                (0..all.len())
                    .filter(|other| others.contains(&all[*other]))
                    .collect()
            }
        };
        peers.into_iter().map(|other| all[other].clone()).collect()
    }

    /// Returns the nodes without each of which the others are not one network any more.
    pub(super) fn cut_points(&self, all: &[NodeName]) -> Vec<usize> {
        // Nobody stands between others there, and the links of a large mesh are many.
        match self {
            Self::Mesh | Self::Ring => Vec::new(),
            _ => self.links(all).cut_points(),
        }
    }

    /// Returns the links between nodes that there are.
    pub(super) fn links(&self, all: &[NodeName]) -> Links {
        let mut links = Links(vec![BTreeSet::new(); all.len()]);
        let places: BTreeMap<&NodeName, usize> = all
            .iter()
            .enumerate()
            .map(|(place, name)| (name, place))
            .collect();
        let place = |name: &NodeName| places.get(name).copied();
        match self {
            Self::Mesh => {
                for one in 0..all.len() {
                    (one + 1..all.len()).for_each(|other| links.join(one, other));
                }
            }
            Self::Ring | Self::Line => {
                (1..all.len()).for_each(|other| links.join(other - 1, other));
                if *self == Self::Ring && all.len() > 2 {
                    links.join(all.len() - 1, 0);
                }
            }
            Self::Star(centre) => {
                if let Some(centre) = place(centre) {
                    (0..all.len()).for_each(|other| links.join(centre, other));
                }
            }
            Self::Custom(listed) => {
                for (one, other) in listed {
                    if let (Some(one), Some(other)) = (place(one), place(other)) {
                        links.join(one, other);
                    }
                }
            }
        }
        links
    }
}

impl Links {
    fn join(&mut self, one: usize, other: usize) {
        if one != other {
            self.0[one].insert(other);
            self.0[other].insert(one);
        }
    }

    /// Returns the nodes to which there is no way from the first one.
    pub(super) fn cut_off(&self) -> Vec<usize> {
        let mut seen: BTreeSet<usize> = (0..self.0.len()).take(1).collect();
        let mut next: Vec<usize> = seen.iter().copied().collect();
        while let Some(node) = next.pop() {
            next.extend(
                self.0[node]
                    .iter()
                    .copied()
                    .filter(|peer| seen.insert(*peer)),
            );
        }
        (0..self.0.len())
            .filter(|node| !seen.contains(node))
            .collect()
    }

    /// Returns the nodes without each of which the nodes that the first one reaches are not one network any more.
    ///
    /// By Tarjan's rule: a node of a depth-first walk is one when no link leads from behind a child of it to before it; the root is one
    /// when it has two children.
    fn cut_points(&self) -> Vec<usize> {
        let mut found = BTreeSet::new();
        if self.0.is_empty() {
            return Vec::new();
        }
        // When each was met first, and the earliest that is linked with it or with one behind it.
        let mut met = vec![None; self.0.len()];
        let mut earliest = vec![0; self.0.len()];
        let mut clock = 0;
        let mut of_root = 0;
        met[0] = Some(clock);
        let mut walk = vec![(0, self.0[0].iter())];
        while let Some((node, peers)) = walk.last_mut() {
            let node = *node;
            if let Some(peer) = peers.next() {
                if let Some(when) = met[*peer] {
                    earliest[node] = earliest[node].min(when);
                } else {
                    clock += 1;
                    met[*peer] = Some(clock);
                    earliest[*peer] = clock;
                    walk.push((*peer, self.0[*peer].iter()));
                }
                continue;
            }
            walk.pop();
            if let Some((parent, _)) = walk.last() {
                let parent = *parent;
                earliest[parent] = earliest[parent].min(earliest[node]);
                if parent == 0 {
                    of_root += 1;
                } else if Some(earliest[node]) >= met[parent] {
                    found.insert(parent);
                }
            }
        }
        if of_root > 1 {
            found.insert(0);
        }
        found.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<NodeName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn custom(links: &[(&str, &str)]) -> Topology {
        let name = |name: &str| name.parse().unwrap();
        Topology::Custom(links.iter().map(|(a, b)| (name(a), name(b))).collect())
    }

    fn peers(topology: &Topology, of: &str, all: &[NodeName]) -> String {
        let peers = topology.peers_of(&of.parse().unwrap(), all);
        let peers: Vec<&str> = peers.iter().map(NodeName::as_str).collect();
        peers.join(" ")
    }

    #[test]
    fn each_topology_has_its_links_and_both_ends_dial() {
        let all = names(&["a", "b", "c", "d"]);
        let star = Topology::Star("b".parse().unwrap());
        let listed = custom(&[
            ("d", "a"),
            ("a", "b"),
            ("b", "c"),
            ("b", "c"),
            ("c", "c"),
            ("a", "x"),
        ]);
        for (topology, of_a, of_b) in [
            (&Topology::Mesh, "b c d", "a c d"),
            (&Topology::Ring, "b d", "a c"),
            (&Topology::Line, "b", "a c"),
            (&star, "b", "a c d"),
            (&listed, "b d", "a c"),
        ] {
            assert_eq!(peers(topology, "a", &all), of_a, "{topology:?}");
            assert_eq!(peers(topology, "b", &all), of_b, "{topology:?}");
            assert_eq!(peers(topology, "nobody", &all), "");
            let links = topology.links(&all);
            for (place, node) in all.iter().enumerate() {
                let linked: Vec<&str> = links.0[place]
                    .iter()
                    .map(|peer| all[*peer].as_str())
                    .collect();
                assert_eq!(peers(topology, node.as_str(), &all), linked.join(" "));
            }
        }
        assert_eq!(peers(&Topology::Ring, "a", &all[..1]), "");
        assert_eq!(peers(&Topology::Ring, "a", &all[..2]), "b");
    }

    #[test]
    fn who_is_cut_off_and_who_cuts_off_is_found() {
        let all = names(&["a", "b", "c", "d", "e"]);
        let of = |topology: &Topology| {
            let links = topology.links(&all);
            (links.cut_off(), links.cut_points())
        };
        assert_eq!(of(&Topology::Mesh), (vec![], vec![]));
        assert_eq!(of(&Topology::Ring), (vec![], vec![]));
        assert_eq!(of(&Topology::Line), (vec![], vec![1, 2, 3]));
        assert_eq!(of(&Topology::Star("c".parse().unwrap())), (vec![], vec![2]));
        let two_triangles = custom(&[
            ("a", "b"),
            ("b", "c"),
            ("c", "a"),
            ("c", "d"),
            ("d", "e"),
            ("e", "c"),
        ]);
        assert_eq!(of(&two_triangles), (vec![], vec![2]));
        assert_eq!(
            of(&custom(&[("a", "b"), ("d", "e")])),
            (vec![2, 3, 4], vec![])
        );
    }
}
