//! The section `## Tickets`, with the tasks of each ticket below it, and the section `## Tasks`, where they stand apart.

use super::super::edges;
use super::super::findings::Findings;
use super::super::sections::{self, Section};
use super::body::{Body, Criteria};
use super::fields::Fields;
use super::requirements::{heading, place};
use crate::phases::{PlannedTask, PlannedTicket, TaskDependencies, Tasks, TicketDependencies};

/// Reads the section; tells of each ticket whether it lists its tasks itself.
pub(super) fn read(
    file: &str,
    part: &Section<'_, '_>,
    tasks: &mut Tasks,
    listed: &mut Vec<bool>,
    findings: &mut Findings,
) {
    let own = Body::read(file, sections::before_headings(part.body), Criteria::AreText, findings);
    let mut fields = Fields::of(file, own.fields, findings);
    if let Some(feature) = fields.text("feature") {
        tasks.feature_name = feature;
    }
    tasks.total_estimated_hours = fields.hours("estimated hours in total");
    tasks.critical_path = fields.list("critical path").unwrap_or_default();
    fields.end();
    for part in sections::sections(part.body, 3) {
        if let Some((ticket, own, lists)) = ticket(file, &part, findings) {
            listed.push(lists);
            tasks.tickets.push(ticket);
            tasks.tasks.extend(own);
        }
    }
}

/// Tasks that say themselves which ticket is theirs.
pub(super) fn read_tasks(
    file: &str,
    part: &Section<'_, '_>,
    apart: &mut Vec<PlannedTask>,
    findings: &mut Findings,
) {
    for part in sections::sections(part.body, 3) {
        apart.extend(task(file, &part, "", findings));
    }
}

/// Adds the tasks that stand apart, also to the tickets that do not list their tasks themselves.
pub(super) fn join(tasks: &mut Tasks, apart: Vec<PlannedTask>, listed: &[bool]) {
    let open = tasks.tickets.iter_mut().zip(listed).filter(|(_, listed)| !**listed);
    for (ticket, _) in open {
        for task in apart.iter().filter(|task| task.parent_ticket == ticket.id) {
            edges::add(&mut ticket.tasks, &task.id);
        }
    }
    tasks.tasks.extend(apart);
}

fn ticket(
    file: &str,
    part: &Section<'_, '_>,
    findings: &mut Findings,
) -> Option<(PlannedTicket, Vec<PlannedTask>, bool)> {
    let (id, title) = heading(file, part, "### TKT-001: title", findings)?;
    let body = Body::read(file, sections::before_headings(part.body), Criteria::AreRead, findings);
    place(file, &id, part, &body, findings);
    let mut fields = Fields::of(file, body.fields, findings);
    let named = fields.list("tasks");
    let mut ticket = PlannedTicket {
        title,
        description: body.text,
        priority: fields.priority(),
        estimate: fields.text("estimate").unwrap_or_default(),
        requirements: fields.list("requirements").unwrap_or_default(),
        tasks: Vec::new(),
        acceptance_criteria: body.criteria,
        dependencies: TicketDependencies {
            blocked_by: fields.list("blocked by").unwrap_or_default(),
            blocks: fields.list("blocks").unwrap_or_default(),
        },
        origin: fields.text("origin"),
        id,
    };
    fields.end();
    let parts = sections::sections(part.body, 4);
    let own: Vec<_> = parts.iter().filter_map(|part| task(file, part, &ticket.id, findings)).collect();
    let lists = named.is_some();
    ticket.tasks = named.unwrap_or_else(|| own.iter().map(|task| task.id.clone()).collect());
    Some((ticket, own, lists))
}

fn task(file: &str, part: &Section<'_, '_>, ticket: &str, findings: &mut Findings) -> Option<PlannedTask> {
    let (id, title) = heading(file, part, "TSK-001: title", findings)?;
    let body = Body::read(file, part.body, Criteria::AreRead, findings);
    place(file, &id, part, &body, findings);
    let mut fields = Fields::of(file, body.fields, findings);
    let task = PlannedTask {
        id,
        title,
        description: body.text,
        parent_ticket: fields.text("ticket").unwrap_or_else(|| ticket.to_owned()),
        kind: fields.text("type").unwrap_or_default(),
        priority: fields.priority(),
        estimate: fields.text("estimate").unwrap_or_default(),
        estimated_hours: fields.hours("hours"),
        files_to_create: fields.list("creates").unwrap_or_default(),
        files_to_modify: fields.list("changes").unwrap_or_default(),
        acceptance_criteria: body.criteria,
        dependencies: TaskDependencies {
            depends_on: fields.list("depends on").unwrap_or_default(),
            blocks: fields.list("blocks").unwrap_or_default(),
        },
        requirements_addressed: fields.list("requirements").unwrap_or_default(),
        components: fields.list("components").unwrap_or_default(),
        run: fields.text("run"),
        validate: fields.texts("validate"),
        done: fields.flag("done"),
        optional: fields.flag("optional"),
        origin: fields.text("origin"),
    };
    fields.end();
    Some(task)
}
