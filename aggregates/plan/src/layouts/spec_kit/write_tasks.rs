//! Writes `tasks.md` of spec-kit.

use super::super::edges::{self, Edges};
use super::super::italic::{self, Key, one_line};
use super::super::{kiro, lists};
use super::spec::written_priority;
use super::{order, paths};
use crate::Plan;
use crate::phases::{PlannedTask, PlannedTicket};

/// The list of an arranged plan.
pub(super) fn tasks(plan: &Plan) -> String {
    let mut out = format!("# Tasks: {}\n", one_line(&plan.title));
    let writer = Writer::of(plan);
    for (at, ticket) in plan.tasks.tickets.iter().enumerate() {
        writer.phase(&mut out, at, ticket);
    }
    out
}

struct Writer<'p> {
    plan: &'p Plan,
    edges: Edges,
    groups: Vec<Vec<usize>>,
    /// `[P]`, where that and the written order say what waits for what.
    marks: Option<Vec<bool>>,
}

impl<'p> Writer<'p> {
    fn of(plan: &'p Plan) -> Self {
        let tasks = &plan.tasks.tasks;
        let own = |ticket: &PlannedTicket| -> Vec<usize> {
            (0..tasks.len()).filter(|at| tasks[*at].parent_ticket == ticket.id).collect()
        };
        let groups: Vec<_> = plan.tasks.tickets.iter().map(own).collect();
        let edges = Edges::of(plan);
        let marks = order::marks(&groups, &Edges::of(plan).sorted());
        // What a title says of its order comes on top: then everything is said.
        let in_titles = tasks.iter().any(|task| !super::task_line::depends_on(&task.title).is_empty());
        Self { plan, edges, groups, marks: marks.filter(|_| !in_titles) }
    }

    fn phase(&self, out: &mut String, at: usize, ticket: &PlannedTicket) {
        let priority =
            ticket.priority.map(|it| format!(" (Priority: {})", written_priority(it))).unwrap_or_default();
        out.push_str(&format!("\n## Phase {}: {}{priority}\n", at + 1, one_line(&ticket.title)));
        kiro::paragraph(out, &ticket.description);
        let mut said = Vec::new();
        let met = self.groups[at].iter().map(|task| &*self.plan.tasks.tasks[*task].requirements_addressed);
        if ticket.requirements != edges::requirements_of(met) {
            said.push(italic::line(Key::Requirements, &self.stories(&ticket.requirements)));
        }
        if self.marks.is_none() {
            let before: Vec<_> = self.edges.tickets[at].iter().map(|at| (at + 1).to_string()).collect();
            if !before.is_empty() {
                said.push(italic::line(Key::Depends, &before.join(", ")));
            }
        }
        said.iter().for_each(|line| kiro::paragraph(out, line));
        out.push('\n');
        for task in &self.groups[at] {
            self.task(out, *task);
        }
        kiro::paragraph(out, "---");
    }

    fn task(&self, out: &mut String, at: usize) {
        let task: &PlannedTask = &self.plan.tasks.tasks[at];
        let mark = if task.done { 'x' } else { ' ' };
        let star = if task.optional { "*" } else { "" };
        let parallel = if self.marks.as_ref().is_some_and(|marks| marks[at]) { " [P]" } else { "" };
        let tags: Option<Vec<_>> = task.requirements_addressed.iter().map(|id| self.story(id)).collect();
        let tags = tags.filter(|tags| tags.iter().all(|tag| !tag.contains('.')));
        let written: String = tags.iter().flatten().map(|tag| format!(" [{tag}]")).collect();
        let title = one_line(&task.title);
        out.push_str(&format!("- [{mark}]{star} {}{parallel}{written} {title}\n", number(at)));
        kiro::written_description(out, &task.description, 2);
        let mut lines = Vec::new();
        if tags.is_none() {
            lines.push(italic::line(Key::Requirements, &self.stories(&task.requirements_addressed)));
        }
        if self.marks.is_none() {
            let before: Vec<_> = self.edges.tasks[at].iter().map(|at| number(*at)).collect();
            let before = if before.is_empty() { lists::NONE.to_owned() } else { before.join(", ") };
            lines.push(italic::line(Key::Depends, &before));
        }
        if task.files_to_modify != paths::paths(&title) || !task.files_to_create.is_empty() {
            let files = italic::files(task);
            if files.is_empty() {
                lines.push(italic::line(Key::Files, lists::NONE));
            }
            lines.extend(files);
        }
        lines.extend(italic::lines(task));
        lines.iter().for_each(|line| out.push_str(&format!("  - {line}\n")));
    }

    /// `US1`, or `US1.2` for a scenario of it.
    fn story(&self, id: &str) -> Option<String> {
        let whole = edges::whole(id);
        let at = self.plan.requirements.requirements.iter().position(|it| it.id == whole)?;
        Some(format!("US{}{}", at + 1, &id[whole.len()..]))
    }

    fn stories(&self, ids: &[String]) -> String {
        let names: Vec<_> = ids.iter().map(|id| self.story(id).unwrap_or_else(|| id.clone())).collect();
        if names.is_empty() { lists::NONE.to_owned() } else { names.join(", ") }
    }
}

fn number(at: usize) -> String {
    format!("T{:03}", at + 1)
}
