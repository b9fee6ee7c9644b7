//! Which definitions hold themselves.
//!
//! Nothing here calls itself: definitions may refer to each other on ways that are longer than a stack is deep.

/// The groups of definitions that refer to each other in a ring.
#[derive(Debug)]
pub(super) struct Rings {
    /// All definitions, each behind those it refers to as far as rings allow.
    pub(super) order: Vec<usize>,
    ring_of: Vec<usize>,
}

impl Rings {
    /// Finds the rings, by Kosaraju's algorithm.
    pub(super) fn find(edges: &[Vec<usize>]) -> Self {
        let mut seen = vec![false; edges.len()];
        let mut order = Vec::new();
        for root in 0..edges.len() {
            visit(edges, root, &mut seen, &mut order);
        }
        let backwards = turn(edges);
        let mut seen = vec![false; edges.len()];
        let mut ring_of = vec![0; edges.len()];
        for &root in order.iter().rev() {
            let mut ring = Vec::new();
            visit(&backwards, root, &mut seen, &mut ring);
            for member in ring {
                if let Some(ring_of) = ring_of.get_mut(member) {
                    *ring_of = root;
                }
            }
        }
        Self { order, ring_of }
    }

    /// Returns whether a reference between the two lies on a ring.
    pub(super) fn contains(&self, from: usize, to: usize) -> bool {
        self.ring_of.get(from) == self.ring_of.get(to)
    }
}

/// Returns who refers to each definition.
pub(super) fn turn(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut turned = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            if let Some(users) = turned.get_mut(to) {
                users.push(from);
            }
        }
    }
    turned
}

/// Returns which definitions can be reached from these.
pub(super) fn reachable(edges: &[Vec<usize>], roots: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut seen = vec![false; edges.len()];
    for root in roots {
        visit(edges, root, &mut seen, &mut Vec::new());
    }
    seen
}

/// Visits what can be reached from `root` and was not seen before, depth first, and notes what is done with.
fn visit(edges: &[Vec<usize>], root: usize, seen: &mut [bool], done: &mut Vec<usize>) {
    let mut is_new = |at: usize| {
        seen.get_mut(at)
            .is_some_and(|seen| !std::mem::replace(seen, true))
    };
    let mut stack = Vec::new();
    if is_new(root) {
        stack.push((root, 0_usize));
    }
    while let Some((at, next)) = stack.pop() {
        let Some(&target) = edges.get(at).and_then(|targets| targets.get(next)) else {
            done.push(at);
            continue;
        };
        stack.push((at, next.saturating_add(1)));
        if is_new(target) {
            stack.push((target, 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rings;

    #[test]
    fn rings_are_found_and_what_hangs_on_them_is_not() {
        let edges = [vec![1], vec![2, 3], vec![0], vec![3, 4], vec![]];
        let rings = Rings::find(&edges);
        assert!(rings.contains(0, 1) && rings.contains(1, 2) && rings.contains(3, 3));
        assert!(!rings.contains(1, 3) && !rings.contains(3, 4));
        let place = |of| rings.order.iter().position(|&at| at == of).unwrap();
        assert!(place(4) < place(3) && place(3) < place(1));
    }

    #[test]
    fn long_ways_do_not_fill_the_stack() {
        let edges: Vec<_> = (1..=200_000).map(|next| vec![next % 200_000]).collect();
        assert!(Rings::find(&edges).contains(0, 199_999));
    }
}
