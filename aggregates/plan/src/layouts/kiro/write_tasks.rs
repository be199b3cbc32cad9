//! Writes `tasks.md`.

use super::super::edges::{self, Edges};
use super::super::italic::{self, Key};
use super::super::spec_kit::TaskLine;
use super::super::{lists, text};
use super::checkbox::Checkbox;
use super::write::number_of;
use crate::Plan;
use crate::phases::{PlannedTask, PlannedTicket};

/// `tasks.md` with its numbers.
pub(super) fn tasks(plan: &Plan) -> String {
    Numbered::of(plan).write()
}

struct Numbered<'p> {
    plan: &'p Plan,
    edges: Edges,
    /// The tasks of each ticket.
    groups: Vec<Vec<usize>>,
    /// Each task's number.
    numbers: Vec<String>,
    says_order: bool,
}

impl<'p> Numbered<'p> {
    fn of(plan: &'p Plan) -> Self {
        let edges = Edges::of(plan);
        let tasks = &plan.tasks.tasks;
        let own = |ticket: &PlannedTicket| -> Vec<usize> {
            (0..tasks.len()).filter(|at| tasks[*at].parent_ticket == ticket.id).collect()
        };
        let groups: Vec<_> = plan.tasks.tickets.iter().map(own).collect();
        let mut numbers = vec![String::new(); tasks.len()];
        for (ticket, group) in groups.iter().enumerate() {
            for (place, task) in group.iter().enumerate() {
                numbers[*task] = format!("{}.{}", ticket + 1, place + 1);
            }
        }
        let in_order = edges::in_order(&groups, tasks.len()).sorted();
        let says_order = Edges::of(plan).sorted() != in_order;
        let mut numbered = Self { plan, edges, groups, numbers, says_order };
        for at in 0..numbered.groups.len() {
            if let Some(task) = numbered.is_one_task(at) {
                numbered.numbers[task] = (at + 1).to_string();
            }
        }
        numbered
    }

    /// Whether a ticket can be written as the one task that it has.
    fn is_one_task(&self, at: usize) -> Option<usize> {
        let [task] = self.groups[at][..] else { return None };
        let (ticket, own) = (&self.plan.tasks.tickets[at], &self.plan.tasks.tasks[task]);
        let before = &self.edges.tickets[at];
        let of_tickets: Vec<usize> = before.iter().flat_map(|at| self.groups[*at].iter().copied()).collect();
        let same = ticket.title == own.title
            && ticket.description.is_empty()
            && ticket.priority == own.priority
            && ticket.requirements == edges::requirements_of(std::iter::once(&*own.requirements_addressed));
        // `_Depends: 1_` of a ticket that is one task speaks of both: of the tickets and of their tasks.
        let apart = |at: &usize| self.groups.iter().any(|group| group.len() > 1 && group.contains(at));
        let deps = &self.edges.tasks[task];
        let edges = !self.says_order || *deps == of_tickets || (before.is_empty() && deps.iter().all(apart));
        (same && edges).then_some(task)
    }

    fn write(&self) -> String {
        let title = italic::one_line(&self.plan.title);
        let mut out = format!("# Implementation Plan: {title}\n");
        // Where nothing waits for anything, the list has to say so.
        let mut silent =
            self.says_order && self.edges.tasks.iter().chain(&self.edges.tickets).all(Vec::is_empty);
        for (at, ticket) in self.plan.tasks.tickets.iter().enumerate() {
            out.push('\n');
            if let Some(task) = self.is_one_task(at) {
                let before = if self.edges.tickets[at].is_empty() {
                    self.depends(task)
                } else {
                    self.names_of_tickets(at)
                };
                self.task(&mut out, task, &format!("{}.", at + 1), before, 2, &mut silent);
                continue;
            }
            out.push_str(&format!(
                "- [{}] {}. {}\n",
                self.ticket_mark(at),
                at + 1,
                italic::one_line(&ticket.title)
            ));
            description(&mut out, &ticket.description, 2);
            let met =
                self.groups[at].iter().map(|task| &*self.plan.tasks.tasks[*task].requirements_addressed);
            let says = ticket.requirements != edges::requirements_of(met);
            let mut lines = Vec::new();
            if says {
                lines.push(italic::line(Key::Requirements, &self.requirements(&ticket.requirements)));
            }
            if self.says_order && !self.edges.tickets[at].is_empty() {
                lines.push(italic::line(Key::Depends, &self.names_of_tickets(at)));
            }
            lines.extend(ticket.priority.map(|it| italic::line(Key::Priority, it.as_str())));
            lines.iter().for_each(|line| out.push_str(&format!("  - {line}\n")));
            for task in &self.groups[at] {
                self.task(&mut out, *task, &self.numbers[*task], self.depends(*task), 4, &mut silent);
            }
        }
        out
    }

    fn ticket_mark(&self, at: usize) -> char {
        let tasks = &self.groups[at];
        if !tasks.is_empty() && tasks.iter().all(|task| self.plan.tasks.tasks[*task].done) {
            'x'
        } else {
            ' '
        }
    }

    fn names_of_tickets(&self, at: usize) -> String {
        self.edges.tickets[at].iter().map(|at| (at + 1).to_string()).collect::<Vec<_>>().join(", ")
    }

    fn depends(&self, task: usize) -> String {
        self.edges.tasks[task].iter().map(|at| &*self.numbers[*at]).collect::<Vec<_>>().join(", ")
    }

    fn task(
        &self,
        out: &mut String,
        at: usize,
        number: &str,
        before: String,
        indent: usize,
        silent: &mut bool,
    ) {
        let task: &PlannedTask = &self.plan.tasks.tasks[at];
        let star = if task.optional { "*" } else { "" };
        let mark = if task.done { 'x' } else { ' ' };
        let outer = indent - 2;
        out.push_str(&format!("{:outer$}- [{mark}]{star} {number} {}\n", "", italic::one_line(&task.title)));
        description(out, &task.description, indent);
        let mut lines = Vec::new();
        let ticket = self.plan.tasks.tickets.iter().find(|ticket| ticket.id == task.parent_ticket);
        let ticket_says = ticket.is_some_and(|ticket| !ticket.requirements.is_empty());
        if !task.requirements_addressed.is_empty() || ticket_says {
            lines.push(italic::line(Key::Requirements, &self.requirements(&task.requirements_addressed)));
        }
        if self.says_order && (!before.is_empty() || std::mem::take(silent)) {
            let before = if before.is_empty() { lists::NONE.to_owned() } else { before };
            lines.push(italic::line(Key::Depends, &before));
        }
        lines.extend(italic::files(task));
        lines.extend(italic::lines(task));
        lines.iter().for_each(|line| out.push_str(&format!("{:indent$}- {line}\n", "")));
    }

    /// Requirements by their numbers; what the plan does not have keeps its name.
    fn requirements(&self, ids: &[String]) -> String {
        let number = |id: &String| {
            let whole = edges::whole(id);
            let all = &self.plan.requirements.requirements;
            let found = all.iter().position(|it| it.id == whole);
            found.map_or_else(
                || id.clone(),
                |at| format!("{}{}", number_of(at, &all[at], self.plan), &id[whole.len()..]),
            )
        };
        if ids.is_empty() {
            lists::NONE.to_owned()
        } else {
            ids.iter().map(number).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A description below its box; a line that would be a box of its own, or a fence without an end, is kept from it.
pub(in super::super) fn description(out: &mut String, text: &str, indent: usize) {
    let read = text::read("", text);
    let is_code =
        |number: usize| read.iter().flatten().any(|line| line.code && line.number as usize == number);
    for (at, line) in text.lines().enumerate() {
        let alone = text::Line { number: 1, raw: line, code: false };
        let is_box = Checkbox::parse(&alone).is_some_and(|it| !it.number.is_empty())
            || TaskLine::parse(&alone).is_some_and(|it| !it.id.is_empty());
        let opens = read.is_err() && ["```", "~~~", "<!--"].iter().any(|mark| alone.text().starts_with(mark));
        if line.trim().is_empty() {
            out.push('\n');
        } else if (is_box && !is_code(at + 1)) || opens {
            out.push_str(&format!("{:indent$}\\{line}\n", ""));
        } else {
            out.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
}
