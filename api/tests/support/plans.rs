//! Plans of any size, as files that somebody brings along.

use plan::layouts::export;
use plan::phases::{PlannedTask, PlannedTicket};
use plan::testing::examples;
use plan::{Layout, Plan};
use serde_json::Value;

/// Of a plan of `plan_of`.
const TASKS_OF_A_TICKET: usize = 10;
const REQUIREMENTS: usize = 50;

/// A sound plan of so many tasks, ten to a ticket, each after the one before it in its ticket.
pub(crate) fn plan_of(tasks: usize) -> Plan {
    let mut plan = examples::plan();
    let like = plan.requirements.requirements[0].clone();
    let requirements = (1..=tasks.clamp(1, REQUIREMENTS)).map(|n| {
        let mut one = like.clone();
        one.id = format!("REQ-FILTERS-FUNC-{n:03}");
        one.title = format!("Save filter {n}");
        one.text = format!("WHEN a cook saves filter {n}, the service SHALL store it for that cook.");
        one.dependencies.clear();
        one
    });
    plan.requirements.requirements = requirements.collect();
    let known = examples::tasks();
    plan.tasks.tickets = (0..tasks.div_ceil(TASKS_OF_A_TICKET))
        .map(|n| {
            let first = n * TASKS_OF_A_TICKET;
            PlannedTicket {
                id: format!("TKT-{:03}", n + 1),
                title: format!("Part {}", n + 1),
                tasks: (first..tasks.min(first + TASKS_OF_A_TICKET)).map(task_id).collect(),
                dependencies: Default::default(),
                requirements: Vec::new(),
                ..known.tickets[0].clone()
            }
        })
        .collect();
    plan.tasks.tasks = (0..tasks).map(|n| task(n, &plan, &known.tasks[0])).collect();
    plan
}

fn task(n: usize, plan: &Plan, like: &PlannedTask) -> PlannedTask {
    let requirements = &plan.requirements.requirements;
    let mut task = PlannedTask {
        id: task_id(n),
        title: format!("Store filter {}", n + 1),
        description: format!("Filter {} has a row of its own, with a test that reads it back.", n + 1),
        parent_ticket: format!("TKT-{:03}", n / TASKS_OF_A_TICKET + 1),
        files_to_create: vec![format!("src/filter_{}.rs", n + 1)],
        requirements_addressed: vec![requirements[n % requirements.len()].id.clone()],
        components: vec!["FilterStore".to_owned(), "FilterRoutes".to_owned()],
        ..like.clone()
    };
    task.dependencies.blocks.clear();
    task.dependencies.depends_on =
        (!n.is_multiple_of(TASKS_OF_A_TICKET)).then(|| task_id(n - 1)).into_iter().collect();
    task
}

fn task_id(n: usize) -> String {
    format!("TSK-{:03}", n + 1)
}

/// The plan as its files.
pub(crate) fn files_of(plan: &Plan, layout: Layout) -> Value {
    serde_json::to_value(export(plan, layout).files).expect("files are JSON")
}
