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
use work::task::{self, FromSpec, Locks, Mode, Plan, Task, Work};
use work::ticket::{self, NewTicket, Ticket};
use work::work_graph::{self, Node, NodeKind, PlannedNode, WorkGraph};

use super::stream_of;
use crate::{Columns, CommandError, Step};

/// The first numbers of the blocks that were taken.
pub(super) struct Numbers {
    pub(super) tickets: i64,
    pub(super) tasks: i64,
}

/// What the tickets and tasks of a plan are called in the project, by their id in the plan.
#[derive(Default)]
pub(super) struct Names {
    pub(super) tickets: BTreeMap<String, Numbered>,
    pub(super) tasks: BTreeMap<String, NumberedTask>,
}

impl Names {
    /// Of a plan that has no work yet.
    fn anew(spec: SpecId, plan: &Tasks, numbers: &Numbers) -> Result<Self, CommandError> {
        let mut names = Self::default();
        let mut next = numbers.tickets..;
        for local in plan.tickets.iter().map(|ticket| ticket.id.clone()) {
            let ticket = TicketId(stream_of("ticket", spec, &local, 0));
            let number = ticket_number(next.next())?;
            names.tickets.insert(local.clone(), Numbered { local, ticket, number });
        }
        let mut next = numbers.tasks..;
        for local in plan.tasks.iter().map(|task| task.id.clone()) {
            let task = TaskId(stream_of("task", spec, &local, 0));
            let number = task_number(next.next())?;
            names.tasks.insert(local.clone(), NumberedTask { local, task, number });
        }
        Ok(names)
    }

    pub(super) fn ticket(&self, local: &str) -> Result<&Numbered, CommandError> {
        self.tickets.get(local).ok_or_else(|| unnamed(local))
    }

    pub(super) fn task(&self, local: &str) -> Result<&NumberedTask, CommandError> {
        self.tasks.get(local).ok_or_else(|| unnamed(local))
    }

    /// In the order of the plan.
    fn in_order<'n, T: Clone>(
        known: &'n BTreeMap<String, T>,
        locals: impl Iterator<Item = &'n String>,
    ) -> Vec<T> {
        locals.filter_map(|local| known.get(local)).cloned().collect()
    }
}

pub(super) fn ticket_number(next: Option<i64>) -> Result<TicketNumber, CommandError> {
    let number = next.and_then(|next| TicketNumber::new(u32::try_from(next).ok()?).ok());
    number.ok_or_else(|| CommandError::Broken("the project has too many tickets".into()))
}

pub(super) fn task_number(next: Option<i64>) -> Result<TaskNumber, CommandError> {
    let number = next.and_then(|next| TaskNumber::new(u32::try_from(next).ok()?).ok());
    number.ok_or_else(|| CommandError::Broken("the project has too many tasks".into()))
}

/// Where work begins: the spec, its project, and the board as it is.
pub(super) struct Place<'p> {
    pub(super) spec: SpecId,
    pub(super) project: ProjectId,
    pub(super) board: &'p Board,
}

/// Every step it takes, the spec's first: it is the one that refuses a second time, and another plan than the one that
/// was looked at, which the spec had at `version`.
pub(super) fn steps(
    place: &Place<'_>,
    plan: &Tasks,
    numbers: &Numbers,
    version: i64,
) -> Result<Vec<Step>, CommandError> {
    let names = Names::anew(place.spec, plan, numbers)?;
    let edges = compute::Edges::of(plan);
    let mut steps = Vec::with_capacity(plan.tickets.len() + plan.tasks.len() + 2);
    let note = spec::Command::Materialize {
        tickets: Names::in_order(&names.tickets, plan.tickets.iter().map(|ticket| &ticket.id)),
        tasks: Names::in_order(&names.tasks, plan.tasks.iter().map(|task| &task.id)),
    };
    steps.push(Step::on::<Spec>(place.spec.0, note).expecting(Some(version)));
    let mut nodes = Vec::with_capacity(plan.tickets.len() + plan.tasks.len());
    for ticket in &plan.tickets {
        let before = edges.before_ticket(&ticket.id);
        let mine = plan.tasks.iter().filter(|task| task.parent_ticket == ticket.id).map(|task| &*task.id);
        steps.push(begin_ticket(place, ticket, &names, before, mine)?);
        let before = before.iter().map(|local| ticket_node(names.ticket(local)?));
        let node = ticket_node(names.ticket(&ticket.id)?)?;
        nodes.push(PlannedNode { node, prerequisites: before.collect::<Result<_, _>>()? });
    }
    for task in &plan.tasks {
        let before = edges.before_task(&task.id);
        steps.push(begin_task(place, task, &names, before)?);
        let before = before.iter().map(|local| task_node(names.task(local)?));
        let node = task_node(names.task(&task.id)?)?;
        nodes.push(PlannedNode { node, prerequisites: before.collect::<Result<_, _>>()? });
    }
    steps.push(Step::on::<WorkGraph>(place.project.0, work_graph::Command::PlanEdges { nodes }));
    Ok(steps)
}

/// A ticket begins, with the tasks `mine` and after the tickets `before`.
pub(super) fn begin_ticket<'t>(
    place: &Place<'_>,
    ticket: &PlannedTicket,
    names: &Names,
    before: &[&str],
    mine: impl Iterator<Item = &'t str>,
) -> Result<Step, CommandError> {
    let (numbered, (title, description, priority)) = (names.ticket(&ticket.id)?, said(ticket)?);
    let mine = mine.map(|local| names.task(local).map(|task| (task.task, task.number)));
    let before = before.iter().map(|local| names.ticket(local).map(|before| before.ticket));
    let new = NewTicket {
        number: numbered.number,
        title,
        description,
        priority,
        phase: Phase::Implementation,
        spec: place.spec,
        tasks: mine.collect::<Result<_, _>>()?,
        dependencies: before.collect::<Result<_, _>>()?,
    };
    let columns = Columns { board: place.board.clone(), enforced: false };
    let step = Step::under::<Ticket>(numbered.ticket.0, ticket::Command::Plan(Box::new(new)), columns);
    Ok(step.beginning().in_project(place.project))
}

/// A task begins, after the tasks `before`.
pub(super) fn begin_task(
    place: &Place<'_>,
    task: &PlannedTask,
    names: &Names,
    before: &[&str],
) -> Result<Step, CommandError> {
    let new = Box::new(new_task(place.spec, task, names, before)?);
    let command = if task.done { task::Command::Import(new) } else { task::Command::Plan(new) };
    Ok(Step::on::<Task>(names.task(&task.id)?.task.0, command).beginning().in_project(place.project))
}

/// What a plan says of a ticket.
pub(super) fn said(ticket: &PlannedTicket) -> Result<(Name, Option<Text>, Priority), CommandError> {
    let title = value(&ticket.id, Name::new(&ticket.title))?;
    Ok((title, text(&ticket.description), ticket.priority.unwrap_or(Priority::Medium)))
}

/// What a plan says of a task.
pub(super) fn new_task(
    spec: SpecId,
    task: &PlannedTask,
    names: &Names,
    before: &[&str],
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
    let before = before.iter().map(|local| names.task(local).map(|before| before.task));
    Ok(Plan {
        ticket: names.ticket(&task.parent_ticket)?.ticket,
        number: names.task(id)?.number,
        title: value(id, Name::new(&task.title))?,
        description: described(task),
        phase: Phase::Implementation,
        priority: task.priority.unwrap_or(Priority::Medium),
        // Hours that nobody gave count as one.
        estimate: Some(value(id, Hours::from_hours(task.estimated_hours.unwrap_or(1.0)))?),
        files: value(id, Bounded::new(files))?,
        work: Work {
            locks: Locks::default(),
            mode: if task.kind == "research" { Mode::Exploration } else { Mode::Implementation },
            agent: None,
            run: task.run.as_deref().map(|run| value(id, CommandLine::new(run))).transpose()?,
            validate: value(id, Bounded::new(lines(&task.validate)?))?,
        },
        prerequisites: before.collect::<Result<_, _>>()?,
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

pub(super) fn ticket_node(numbered: &Numbered) -> Result<Node, CommandError> {
    node(numbered.ticket.0, NodeKind::Ticket, &numbered.number.to_string())
}

pub(super) fn task_node(numbered: &NumberedTask) -> Result<Node, CommandError> {
    node(numbered.task.0, NodeKind::Task, &numbered.number.to_string())
}

fn node(id: Uuid, kind: NodeKind, number: &str) -> Result<Node, CommandError> {
    Ok(Node { id, kind, number: value(number, Name::new(number))? })
}

fn unnamed(local: &str) -> CommandError {
    CommandError::Broken(format!("the accepted plan has no `{local}`"))
}

/// A value of an accepted plan is fit: the plan was judged.
fn value<T, E: std::fmt::Display>(local: &str, value: Result<T, E>) -> Result<T, CommandError> {
    value.map_err(|error| CommandError::Broken(format!("`{local}` of the accepted plan: {error}")))
}
