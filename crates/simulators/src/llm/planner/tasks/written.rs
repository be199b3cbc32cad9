//! Tickets and tasks as JSON, with their numbers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::shown::Requirement;
use super::{Group, Plan, graph, text};

impl Plan {
    pub(super) fn tickets(&self) -> Value {
        let before = |group: &Group| graph::groups_before(group, &self.groups, &self.steps);
        let blocked: Vec<Vec<usize>> = self.groups.iter().map(before).collect();
        let number = |at: usize| format!("TKT-{:03}", at + 1);
        let tickets = self.groups.iter().enumerate().map(|(at, group)| {
            let meets: BTreeSet<usize> = group.steps.iter().flat_map(|step| self.steps[*step].meets.clone()).collect();
            let meets: Vec<&str> = meets.into_iter().map(|at| self.requirements[at].id.as_str()).collect();
            let hours: f64 = group.steps.iter().map(|step| self.steps[*step].hours).sum();
            let blocks: Vec<_> = (0..self.groups.len()).filter(|later| blocked[*later].contains(&at)).map(number).collect();
            json!({
                "id": number(at),
                "title": group.title,
                "description": text::of_ticket(&group.title, &group.about, &meets),
                "priority": if at == 0 { "high" } else { "medium" },
                "estimate": match hours { hours if hours <= 2.0 => "S", hours if hours <= 6.0 => "M", _ => "L" },
                "requirements": meets,
                "tasks": group.steps.iter().map(|step| task_id(*step)).collect::<Vec<_>>(),
                "acceptance_criteria": ["all of its tasks are done", "the checks of the repository succeed"],
                "dependencies": {"blocked_by": blocked[at].iter().copied().map(number).collect::<Vec<_>>(), "blocks": blocks}
            })
        });
        tickets.collect()
    }

    pub(super) fn tasks(&self) -> Value {
        let tasks = self.steps.iter().enumerate().map(|(at, step)| {
            let group = self.groups.iter().position(|group| group.steps.contains(&at)).expect("each step has a group");
            let meets: Vec<&Requirement> = step.meets.iter().map(|at| &self.requirements[*at]).collect();
            let blocks: Vec<_> = (at..self.steps.len()).filter(|later| self.steps[*later].after.contains(&at)).map(task_id).collect();
            let after: Vec<_> = step.after.iter().copied().map(task_id).collect();
            let shown = meets.iter().flat_map(|requirement| requirement.criteria.iter().take(1)).take(4);
            let criteria: Vec<String> = step.done_when.iter().chain(shown).cloned().collect();
            json!({
                "id": task_id(at),
                "title": step.title,
                "description": text::of_task(step, &meets, &after),
                "parent_ticket": format!("TKT-{:03}", group + 1),
                "type": step.kind,
                "priority": if step.kind == "implementation" { "high" } else { "medium" },
                "estimate": match step.hours { hours if hours <= 2.0 => "S", hours if hours <= 3.0 => "M", _ => "L" },
                "estimated_hours": step.hours,
                "files_to_create": step.creates,
                "files_to_modify": step.modifies,
                "acceptance_criteria": criteria,
                "dependencies": {"depends_on": after, "blocks": blocks},
                "requirements_addressed": meets.iter().map(|requirement| requirement.id.as_str()).collect::<Vec<_>>(),
                "components": step.components,
                "validate": self.code.checks()
            })
        });
        tasks.collect()
    }
}

fn task_id(at: usize) -> String {
    format!("TSK-{:03}", at + 1)
}
