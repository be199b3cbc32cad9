//! A plan as steps: its spec notes the work, each ticket and each task begins, the graph takes their edges.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ProjectId, Uuid};
use plan::compute;
use plan::phases::{PlannedTask, PlannedTicket, Tasks};
use planning::spec::{self, Numbered, NumberedTask, Spec};
use vocabulary::{
    Board, Bounded, CommandLine, FilePattern, Hours, Line, Name, Phase, Priority, SpecId, TaskId, TaskNumber,
    Text, TicketId, TicketNumber,
};
use work::task::{self, FromSpec, Mode, Plan, Task, Work};
use work::ticket::{self, NewTicket, Ticket};
use work::work_graph::{self, Node, NodeKind, PlannedNode, WorkGraph};

use super::stream_of;
use crate::{Columns, CommandError, Step};

/// The first numbers of the blocks that were taken.
pub(super) struct Numbers {
    pub(super) tickets: i64,
    pub(super) tasks: i64,
}

/// Every step it takes, the spec's first: it is the one that refuses a second time.
pub(super) fn steps(
    spec: SpecId,
    project: ProjectId,
    plan: &Tasks,
    numbers: &Numbers,
    board: &Board,
) -> Result<Vec<Step>, CommandError> {
    let tickets = numbered_tickets(spec, plan, numbers.tickets)?;
    let tasks = numbered_tasks(spec, plan, numbers.tasks)?;
    let edges = compute::Edges::of(plan);
    let mut steps = Vec::with_capacity(tickets.len() + tasks.len() + 2);
    let note = spec::Command::Materialize {
        tickets: tickets.values().cloned().collect(),
        tasks: tasks.values().cloned().collect(),
    };
    steps.push(Step::on::<Spec>(spec.0, note));
    let mut nodes = Vec::with_capacity(tickets.len() + tasks.len());
    for ticket in &plan.tickets {
        let numbered = one(&tickets, &ticket.id)?;
        let before = all(&tickets, edges.before_ticket(&ticket.id))?;
        let mine = plan.tasks.iter().filter(|task| task.parent_ticket == ticket.id);
        let mine = mine.map(|task| one(&tasks, &task.id)).collect::<Result<Vec<_>, _>>()?;
        let command = ticket::Command::Plan(Box::new(new_ticket(spec, ticket, numbered, &mine, &before)?));
        let columns = Columns { board: board.clone(), enforced: false };
        steps
            .push(Step::under::<Ticket>(numbered.ticket.0, command, columns).beginning().in_project(project));
        nodes.push(PlannedNode {
            node: ticket_node(numbered)?,
            prerequisites: before.iter().map(|before| ticket_node(before)).collect::<Result<_, _>>()?,
        });
    }
    for task in &plan.tasks {
        let numbered = one(&tasks, &task.id)?;
        let before = all(&tasks, edges.before_task(&task.id))?;
        let new = Box::new(new_task(spec, task, one(&tickets, &task.parent_ticket)?, numbered, &before)?);
        let command = if task.done { task::Command::Import(new) } else { task::Command::Plan(new) };
        steps.push(Step::on::<Task>(numbered.task.0, command).beginning().in_project(project));
        nodes.push(PlannedNode {
            node: task_node(numbered)?,
            prerequisites: before.iter().map(|before| task_node(before)).collect::<Result<_, _>>()?,
        });
    }
    steps.push(Step::on::<WorkGraph>(project.0, work_graph::Command::PlanEdges { nodes }));
    Ok(steps)
}

fn new_ticket(
    spec: SpecId,
    ticket: &PlannedTicket,
    numbered: &Numbered,
    tasks: &[&NumberedTask],
    before: &[&Numbered],
) -> Result<NewTicket, CommandError> {
    Ok(NewTicket {
        number: numbered.number,
        title: value(&ticket.id, Name::new(&ticket.title))?,
        description: text(&ticket.description),
        priority: ticket.priority.unwrap_or(Priority::Medium),
        phase: Phase::Implementation,
        spec,
        tasks: tasks.iter().map(|task| (task.task, task.number)).collect(),
        dependencies: before.iter().map(|before| before.ticket).collect(),
    })
}

fn new_task(
    spec: SpecId,
    task: &PlannedTask,
    ticket: &Numbered,
    numbered: &NumberedTask,
    before: &[&NumberedTask],
) -> Result<Plan, CommandError> {
    let id = &*task.id;
    // Each once, in the order of the plan.
    let mut seen = BTreeSet::new();
    let files = task.files_to_create.iter().chain(&task.files_to_modify).filter(|file| seen.insert(*file));
    let files = files.map(|file| value(id, FilePattern::new(file))).collect::<Result<Vec<_>, _>>()?;
    let lines = |texts: &[String]| {
        texts.iter().map(|text| value(id, CommandLine::new(text))).collect::<Result<Vec<_>, _>>()
    };
    let requirements = task.requirements_addressed.iter().map(|name| value(id, Line::new(name)));
    Ok(Plan {
        ticket: ticket.ticket,
        number: numbered.number,
        title: value(id, Name::new(&task.title))?,
        description: described(task),
        phase: Phase::Implementation,
        priority: task.priority.unwrap_or(Priority::Medium),
        // Hours that nobody gave count as one.
        estimate: Some(value(id, Hours::from_hours(task.estimated_hours.unwrap_or(1.0)))?),
        files: value(id, Bounded::new(files))?,
        work: Work {
            mode: if task.kind == "research" { Mode::Exploration } else { Mode::Implementation },
            agent: None,
            run: task.run.as_deref().map(|run| value(id, CommandLine::new(run))).transpose()?,
            validate: value(id, Bounded::new(lines(&task.validate)?))?,
        },
        prerequisites: before.iter().map(|before| before.task).collect(),
        spec: Some(FromSpec {
            id: spec,
            local: value(id, Line::new(id))?,
            requirements: value(id, Bounded::new(requirements.collect::<Result<Vec<_>, _>>()?))?,
        }),
    })
}

/// The description with what shows that the task is done: whoever does it reads both.
fn described(task: &PlannedTask) -> Option<Text> {
    let mut long = task.description.trim_end().to_owned();
    if !task.acceptance_criteria.is_empty() {
        long.push_str(if long.is_empty() { "Done when:\n" } else { "\n\nDone when:\n" });
        for criterion in &task.acceptance_criteria {
            long.push_str("- ");
            long.push_str(&criterion.text.replace('\n', "\n  "));
            long.push('\n');
        }
    }
    text(&long)
}

fn text(text: &str) -> Option<Text> {
    let cut: String = text.chars().take(Text::MAX_CHARS).collect();
    Text::new(&cut).ok()
}

fn numbered_tickets(
    spec: SpecId,
    plan: &Tasks,
    first: i64,
) -> Result<BTreeMap<&str, Numbered>, CommandError> {
    let numbers =
        (first..).map(|number| u32::try_from(number).ok().and_then(|number| TicketNumber::new(number).ok()));
    plan.tickets
        .iter()
        .zip(numbers)
        .map(|(ticket, number)| {
            let number =
                number.ok_or_else(|| CommandError::Broken("the project has too many tickets".into()))?;
            let id = TicketId(stream_of("ticket", spec, &ticket.id));
            Ok((&*ticket.id, Numbered { local: ticket.id.clone(), ticket: id, number }))
        })
        .collect()
}

fn numbered_tasks(
    spec: SpecId,
    plan: &Tasks,
    first: i64,
) -> Result<BTreeMap<&str, NumberedTask>, CommandError> {
    let numbers =
        (first..).map(|number| u32::try_from(number).ok().and_then(|number| TaskNumber::new(number).ok()));
    plan.tasks
        .iter()
        .zip(numbers)
        .map(|(task, number)| {
            let number =
                number.ok_or_else(|| CommandError::Broken("the project has too many tasks".into()))?;
            let id = TaskId(stream_of("task", spec, &task.id));
            Ok((&*task.id, NumberedTask { local: task.id.clone(), task: id, number }))
        })
        .collect()
}

fn ticket_node(numbered: &Numbered) -> Result<Node, CommandError> {
    node(numbered.ticket.0, NodeKind::Ticket, &numbered.number.to_string())
}

fn task_node(numbered: &NumberedTask) -> Result<Node, CommandError> {
    node(numbered.task.0, NodeKind::Task, &numbered.number.to_string())
}

fn node(id: Uuid, kind: NodeKind, number: &str) -> Result<Node, CommandError> {
    Ok(Node { id, kind, number: value(number, Name::new(number))? })
}

fn one<'a, T>(known: &'a BTreeMap<&str, T>, local: &str) -> Result<&'a T, CommandError> {
    known.get(local).ok_or_else(|| CommandError::Broken(format!("the accepted plan has no `{local}`")))
}

fn all<'a, T>(known: &'a BTreeMap<&str, T>, locals: &[&str]) -> Result<Vec<&'a T>, CommandError> {
    locals.iter().map(|local| one(known, local)).collect()
}

/// A value of an accepted plan is fit: the plan was judged.
fn value<T, E: std::fmt::Display>(local: &str, value: Result<T, E>) -> Result<T, CommandError> {
    value.map_err(|error| CommandError::Broken(format!("`{local}` of the accepted plan: {error}")))
}
