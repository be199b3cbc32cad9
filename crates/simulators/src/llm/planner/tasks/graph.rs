//! What comes after what, without circles whatever the prompt says.

use std::collections::BTreeSet;

use super::{Component, Group, Step};

/// Components such that each comes after those it uses. In a circle the first one that is named comes first.
pub(super) fn in_order(components: Vec<Component>) -> Vec<Component> {
    let mut waiting = components;
    let mut ordered: Vec<Component> = Vec::new();
    while !waiting.is_empty() {
        let is_free = |component: &Component| {
            waiting.iter().all(|other| other.name == component.name || !component.uses.contains(&other.name))
        };
        let next = waiting.iter().position(is_free).unwrap_or_default();
        ordered.push(waiting.remove(next));
    }
    ordered
}

/// Places of the groups of which every step is before every step of `group`.
pub(super) fn groups_before(group: &Group, groups: &[Group], steps: &[Step]) -> Vec<usize> {
    let of_each: Vec<BTreeSet<usize>> = group.steps.iter().map(|step| all_before(*step, steps)).collect();
    let is_before =
        |other: &Group| of_each.iter().all(|before| other.steps.iter().all(|step| before.contains(step)));
    (0..groups.len()).filter(|at| is_before(&groups[*at])).collect()
}

/// Everything that a step waits for, however long the way.
fn all_before(step: usize, steps: &[Step]) -> BTreeSet<usize> {
    let mut before = BTreeSet::new();
    let mut open: Vec<usize> = steps[step].after.iter().copied().collect();
    while let Some(next) = open.pop() {
        if before.insert(next) {
            open.extend(&steps[next].after);
        }
    }
    before
}
