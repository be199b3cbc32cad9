//! The search for cycles. Each node is visited once and nothing recurses, so a large graph costs time and
//! memory in proportion to its size; sets are ordered, so the same graph names the same cycle on every node.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kernel::Uuid;

use super::id_set::IdSet;

/// Nodes, each with its prerequisites.
pub(super) type Edges = BTreeMap<Uuid, IdSet>;

/// A shortest chain of edges from `first` to `last`, both included: each is a prerequisite of the next.
/// When they are the same node, the cycle through it.
pub(super) fn chain<'a>(
    first: Uuid,
    last: Uuid,
    prerequisites: impl Fn(Uuid) -> Option<&'a IdSet>,
) -> Option<Vec<Uuid>> {
    let mut dependant_of = BTreeMap::new();
    let mut queue = VecDeque::from([last]);
    while let Some(dependant) = queue.pop_front() {
        for &prerequisite in prerequisites(dependant).into_iter().flatten() {
            if dependant_of.contains_key(&prerequisite) {
                continue;
            }
            dependant_of.insert(prerequisite, dependant);
            if prerequisite == first {
                return Some(walk(first, last, &dependant_of));
            }
            queue.push_back(prerequisite);
        }
    }
    None
}

fn walk(first: Uuid, last: Uuid, dependant_of: &BTreeMap<Uuid, Uuid>) -> Vec<Uuid> {
    let mut path = vec![first];
    let mut at = dependant_of[&first];
    while at != last {
        path.push(at);
        at = dependant_of[&at];
    }
    path.push(last);
    path
}

/// A cycle in `plan`, if there is one: the shortest through the node that [`on_a_cycle`] meets.
pub(super) fn within(plan: &Edges) -> Option<Vec<Uuid>> {
    let node = on_a_cycle(plan)?;
    chain(node, node, |id| plan.get(&id))
}

/// A node of `plan` that lies on a cycle.
fn on_a_cycle(plan: &Edges) -> Option<Uuid> {
    let tangled = tangled(plan);
    let mut seen = BTreeSet::new();
    let mut at = *tangled.first()?;
    // Each tangled node has a tangled prerequisite, so the walk ends only where it has been before.
    while seen.insert(at) {
        at = *plan[&at].iter().find(|id| tangled.contains(id))?;
    }
    Some(at)
}

/// What is left of `plan` when, again and again, the nodes that wait for none of the rest are taken out.
fn tangled(plan: &Edges) -> BTreeSet<Uuid> {
    let mut waits_for = BTreeMap::new();
    let mut dependants: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (&node, prerequisites) in plan {
        let planned = prerequisites.iter().filter(|id| plan.contains_key(id));
        waits_for.insert(node, planned.clone().count());
        planned.for_each(|&prerequisite| dependants.entry(prerequisite).or_default().push(node));
    }
    let mut free: Vec<Uuid> = waits_for.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    while let Some(node) = free.pop() {
        waits_for.remove(&node);
        for dependant in dependants.get(&node).into_iter().flatten() {
            if let Some(count) = waits_for.get_mut(dependant) {
                *count -= 1;
                if *count == 0 {
                    free.push(*dependant);
                }
            }
        }
    }
    waits_for.into_keys().collect()
}
