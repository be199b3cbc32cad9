//! What another version of a plan says otherwise, by id.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Edges;
use crate::Plan;
use crate::phases::{PlannedTask, PlannedTicket, Requirement, Tasks};

/// Of one kind of thing; ids, in the order of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanChanges")]
pub struct Changes {
    /// What is new.
    pub added: Vec<String>,
    /// What says something else.
    pub changed: Vec<String>,
    /// What is gone.
    pub withdrawn: Vec<String>,
}

impl Changes {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.withdrawn.is_empty()
    }
}

/// What `after` requires otherwise than `before`: in its title, its sentence or its criteria.
#[must_use]
pub fn changed_requirements(before: &Plan, after: &Plan) -> Changes {
    let all = |of: &'_ Plan| -> Vec<(String, (String, Requirement))> {
        let one = |it: &Requirement| (it.id.clone(), (it.title.trim().to_owned(), said(it)));
        of.requirements.requirements.iter().map(one).collect()
    };
    compared(&all(before), &all(after))
}

/// A requirement as far as it requires something.
fn said(requirement: &Requirement) -> Requirement {
    Requirement {
        id: requirement.id.clone(),
        title: String::new(),
        kind: String::new(),
        category: String::new(),
        priority: None,
        text: requirement.text.trim().to_owned(),
        acceptance_criteria: requirement.acceptance_criteria.clone(),
        dependencies: Vec::new(),
        notes: String::new(),
        origin: None,
    }
}

/// The tickets that `after` has otherwise than `before`.
#[must_use]
pub fn changed_tickets(before: &Tasks, after: &Tasks) -> Changes {
    let all = |of: &Tasks| -> Vec<(String, (PlannedTicket, BTreeSet<String>))> {
        let edges = Edges::of(of);
        let one = |it: &PlannedTicket| {
            let waits = edges.before_ticket(&it.id).iter().map(|id| (*id).to_owned()).collect();
            (it.id.clone(), (group(it), waits))
        };
        of.tickets.iter().map(one).collect()
    };
    compared(&all(before), &all(after))
}

/// A ticket as far as its work follows from it; its tasks are told of by themselves.
fn group(ticket: &PlannedTicket) -> PlannedTicket {
    PlannedTicket {
        id: ticket.id.clone(),
        title: ticket.title.trim().to_owned(),
        description: ticket.description.trim().to_owned(),
        priority: ticket.priority,
        ..PlannedTicket::default()
    }
}

/// The tasks that `after` has otherwise than `before`.
#[must_use]
pub fn changed_tasks(before: &Tasks, after: &Tasks) -> Changes {
    let all = |of: &Tasks| -> Vec<(String, (PlannedTask, BTreeSet<String>))> {
        let edges = Edges::of(of);
        let one = |it: &PlannedTask| {
            let waits = edges.before_task(&it.id).iter().map(|id| (*id).to_owned()).collect();
            (it.id.clone(), (step(it), waits))
        };
        of.tasks.iter().map(one).collect()
    };
    compared(&all(before), &all(after))
}

/// A task as far as its work follows from it. That a box is ticked is no change: work is done by evidence.
fn step(task: &PlannedTask) -> PlannedTask {
    PlannedTask {
        title: task.title.trim().to_owned(),
        description: task.description.trim().to_owned(),
        estimate: String::new(),
        dependencies: crate::phases::TaskDependencies::default(),
        components: Vec::new(),
        done: false,
        optional: false,
        origin: None,
        ..task.clone()
    }
}

fn compared<T: PartialEq>(before: &[(String, T)], after: &[(String, T)]) -> Changes {
    let known: BTreeMap<&str, &T> = before.iter().map(|(id, said)| (&**id, said)).collect();
    let kept: BTreeSet<&str> = after.iter().map(|(id, _)| &**id).collect();
    let mut changes = Changes::default();
    for (id, said) in after {
        match known.get(&**id) {
            None => changes.added.push(id.clone()),
            Some(before) if *before != said => changes.changed.push(id.clone()),
            Some(_) => {}
        }
    }
    changes.withdrawn.extend(before.iter().map(|(id, _)| id).filter(|id| !kept.contains(&***id)).cloned());
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phases::Criterion;
    use crate::testing::examples;

    #[test]
    fn a_plan_does_not_differ_from_itself_nor_by_what_is_no_work() {
        let before = examples::plan();
        let mut after = before.clone();
        for task in &mut after.tasks.tasks {
            (task.done, task.optional, task.origin) = (true, true, Some("7".to_owned()));
            "L".clone_into(&mut task.estimate);
            task.title.push(' ');
        }
        assert!(changed_tasks(&before.tasks, &after.tasks).is_empty());
        assert!(changed_tickets(&before.tasks, &after.tasks).is_empty());
        assert!(changed_requirements(&before, &after).is_empty());
    }

    #[test]
    fn what_is_new_what_is_gone_and_what_says_something_else_is_told_apart() {
        let before = examples::plan();
        let mut after = before.clone();
        let gone = after.tasks.tasks.remove(0);
        "Say it otherwise".clone_into(&mut after.tasks.tasks[0].title);
        let changed = after.tasks.tasks[0].id.clone();
        after.tasks.tasks.push(PlannedTask { id: "TSK-099".to_owned(), ..gone.clone() });
        let changes = changed_tasks(&before.tasks, &after.tasks);
        assert_eq!((changes.added, changes.withdrawn), (vec!["TSK-099".to_owned()], vec![gone.id]));
        assert!(changes.changed.contains(&changed), "{:?}", changes.changed);
    }

    #[test]
    fn an_edge_changes_its_dependant_whoever_says_it() {
        let before = examples::plan();
        let mut after = before.clone();
        let (first, last) = (after.tasks.tasks[0].id.clone(), after.tasks.tasks.last().unwrap().id.clone());
        let edges = Edges::of(&before.tasks);
        assert!(!edges.before_task(&last).contains(&&*first), "the example changed: choose other tasks");
        after.tasks.tasks[0].dependencies.blocks.push(last.clone());
        assert_eq!(changed_tasks(&before.tasks, &after.tasks).changed, [last]);
    }

    #[test]
    fn a_requirement_changes_by_its_sentence_and_its_criteria() {
        let before = examples::plan();
        let id = before.requirements.requirements[0].id.clone();
        let mut after = before.clone();
        after.requirements.requirements[0]
            .acceptance_criteria
            .push(Criterion::statement("THE SYSTEM SHALL ask."));
        assert_eq!(changed_requirements(&before, &after).changed, [id]);
        let mut after = before.clone();
        "Noted.".clone_into(&mut after.requirements.requirements[0].notes);
        assert!(changed_requirements(&before, &after).is_empty());
    }
}
