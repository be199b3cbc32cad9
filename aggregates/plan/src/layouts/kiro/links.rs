//! From the numbers of Kiro to our ids: tickets, tasks, what they meet and what they wait for.

use std::collections::BTreeMap;

use super::super::edges::{self, Edges};
use super::super::findings::Findings;
use super::super::italic::{Key, Reference};
use super::super::names;
use super::requirements::Numbers;
use super::tasks::{Entry, Group};
use crate::Plan;
use crate::phases::{PlannedTask, PlannedTicket};

/// Puts the list of `file` into `plan`.
pub(super) fn put(
    file: &str,
    groups: Vec<Group<'_>>,
    numbers: &Numbers,
    plan: &mut Plan,
    findings: &mut Findings,
) {
    let places = Places::of(&groups);
    let says_order = groups.iter().any(|group| {
        std::iter::once(&group.ticket).chain(&group.tasks).any(|entry| entry.notes.said(Key::Depends))
    });
    let mut edges = edges::in_order(&places.tasks_of_tickets, places.tasks);
    if says_order {
        edges = Edges { tasks: vec![Vec::new(); places.tasks], tickets: vec![Vec::new(); groups.len()] };
    }
    for (at, group) in groups.into_iter().enumerate() {
        let mut reader = Reader { file, places: &places, numbers, edges: &mut edges, findings };
        reader.group(at, group, plan);
    }
    edges.put_into(plan);
}

/// Where each number is in the list.
struct Places {
    tickets: BTreeMap<String, usize>,
    numbers: BTreeMap<String, usize>,
    tasks_of_tickets: Vec<Vec<usize>>,
    tasks: usize,
}

impl Places {
    fn of(groups: &[Group<'_>]) -> Self {
        let mut places = Self {
            tickets: BTreeMap::new(),
            numbers: BTreeMap::new(),
            tasks_of_tickets: Vec::new(),
            tasks: 0,
        };
        for (at, group) in groups.iter().enumerate() {
            places.tickets.insert(group.ticket.number.clone(), at);
            let first = places.tasks;
            for task in &group.tasks {
                places.numbers.insert(task.number.clone(), places.tasks);
                places.tasks += 1;
            }
            places.tasks += usize::from(group.tasks.is_empty());
            places.tasks_of_tickets.push((first..places.tasks).collect());
        }
        places
    }
}

struct Reader<'r> {
    file: &'r str,
    places: &'r Places,
    numbers: &'r Numbers,
    edges: &'r mut Edges,
    findings: &'r mut Findings,
}

impl Reader<'_> {
    fn group(&mut self, at: usize, group: Group<'_>, plan: &mut Plan) {
        let Group { ticket: entry, tasks } = group;
        let own = &self.places.tasks_of_tickets[at];
        let mut ticket = PlannedTicket {
            id: names::ticket_id(at),
            title: entry.task.title.clone(),
            priority: entry.task.priority,
            tasks: own.iter().map(|task| names::task_id(*task)).collect(),
            origin: Some(entry.number.clone()),
            ..PlannedTicket::default()
        };
        self.findings.place(ticket.id.clone(), self.file, entry.line.number);
        let alone = tasks.is_empty();
        let said = self.requirements(&entry);
        self.ticket_edges(at, alone, &entry);
        let mut met = Vec::new();
        if alone {
            met.push(said.clone());
            let task = self.task(own[0], &entry, &ticket.id);
            plan.tasks.tasks.push(PlannedTask { requirements_addressed: said.clone(), ..task });
        } else {
            ticket.description = entry.description();
            self.nothing_of_a_task(&entry);
            for (task, place) in tasks.iter().zip(own) {
                // What a ticket says it meets, each of its tasks meets that says nothing of its own.
                let own = self.requirements(task);
                let requirements = if task.notes.said(Key::Requirements) { own } else { said.clone() };
                let mut read = self.task(*place, task, &ticket.id);
                read.optional |= entry.task.optional;
                read.requirements_addressed.clone_from(&requirements);
                plan.tasks.tasks.push(read);
                met.push(requirements);
            }
        }
        ticket.requirements = if alone || !entry.notes.said(Key::Requirements) {
            edges::requirements_of(met.iter().map(Vec::as_slice))
        } else {
            edges::requirements_of(std::iter::once(&*said))
        };
        plan.tasks.tickets.push(ticket);
    }

    fn task(&mut self, place: usize, entry: &Entry<'_>, ticket: &str) -> PlannedTask {
        let id = names::task_id(place);
        self.findings.place(id.clone(), self.file, entry.line.number);
        for reference in &entry.notes.depends {
            for before in self.tasks(reference) {
                if before == place {
                    let message = format!("{} cannot wait for itself", entry.number);
                    self.problem(reference, "cycle", message);
                } else if !self.edges.tasks[place].contains(&before) {
                    self.edges.tasks[place].push(before);
                }
            }
        }
        PlannedTask {
            id,
            description: entry.description(),
            parent_ticket: ticket.to_owned(),
            origin: Some(entry.number.clone()),
            ..entry.task.clone()
        }
    }

    /// The tasks that a number names: `2.1` is one, `2` are all of a ticket.
    fn tasks(&mut self, reference: &Reference<'_>) -> Vec<usize> {
        let number = reference.text.trim_end_matches('.');
        if let Some(task) = self.places.numbers.get(number) {
            return vec![*task];
        }
        if let Some(ticket) = self.places.tickets.get(number) {
            return self.places.tasks_of_tickets[*ticket].clone();
        }
        self.problem(reference, "dangling_reference", format!("there is no task {number} in this list"));
        Vec::new()
    }

    fn ticket_edges(&mut self, at: usize, alone: bool, entry: &Entry<'_>) {
        for reference in &entry.notes.depends {
            let number = reference.text.trim_end_matches('.');
            match self.places.tickets.get(number).copied() {
                Some(before) if before == at => {
                    if !alone {
                        self.problem(reference, "cycle", format!("ticket {number} cannot wait for itself"));
                    }
                }
                Some(before) if !self.edges.tickets[at].contains(&before) => {
                    self.edges.tickets[at].push(before);
                }
                Some(_) => {}
                // The task that the ticket is reports what is wrong with the others.
                None if alone => {}
                None => {
                    let message =
                        format!("a ticket waits for tickets; `{number}` is none, e.g. `_Depends: 1_`");
                    self.problem(reference, "dangling_reference", message);
                }
            }
        }
    }

    fn nothing_of_a_task(&mut self, entry: &Entry<'_>) {
        let of_tickets = [Key::Requirements, Key::Depends, Key::Priority];
        for key in entry.notes.said.iter().filter(|key| !of_tickets.contains(key)) {
            let message = format!(
                "`_{}:` belongs to a task; {} is a ticket, its tasks are below it",
                key.as_str(),
                entry.number
            );
            self.findings.problem(self.file, &entry.line, "bad_line", message);
        }
    }

    fn requirements(&mut self, entry: &Entry<'_>) -> Vec<String> {
        let mut ids = Vec::new();
        for reference in &entry.notes.requirements {
            match self.named(reference.text) {
                Some(named) => named.iter().for_each(|id| edges::add(&mut ids, id)),
                None => {
                    let message = format!(
                        "`{}` is no requirement of this plan and none of their criteria",
                        reference.text
                    );
                    self.problem(reference, "dangling_reference", message);
                }
            }
        }
        ids
    }

    /// The requirements that a text names: `1`, `1.2`, `1.2-1.4`, `Requirement 1`, `all`.
    fn named(&self, text: &str) -> Option<Vec<String>> {
        if text.eq_ignore_ascii_case("all") {
            return Some(self.numbers.values().map(|(id, _)| id.clone()).collect());
        }
        let word = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        let text = match text[..word].to_ascii_lowercase().as_str() {
            "" | "requirement" | "requirements" | "req" | "r" => text[word..].trim_start(),
            _ => return None,
        };
        let Some((from, to)) = text.split_once(['-', '–']) else {
            let (requirement, criterion) = number(text)?;
            return self.one(requirement, criterion).map(|id| vec![id]);
        };
        match (number(from.trim())?, number(to.trim())?) {
            ((requirement, Some(from)), (same, Some(to))) if requirement == same && from <= to => {
                (from..=to).map(|criterion| self.one(requirement, Some(criterion))).collect()
            }
            ((from, None), (to, None)) if from <= to => (from..=to).map(|it| self.one(it, None)).collect(),
            _ => None,
        }
    }

    fn one(&self, requirement: usize, criterion: Option<usize>) -> Option<String> {
        let (id, criteria) = self.numbers.get(&requirement)?;
        match criterion {
            None => Some(id.clone()),
            Some(number) => criteria.get(&number).map(|place| format!("{id}.{place}")),
        }
    }

    fn problem(&mut self, reference: &Reference<'_>, code: &str, message: String) {
        self.findings.problem_of(self.file, &reference.line, reference.text, code, message);
    }
}

fn number(text: &str) -> Option<(usize, Option<usize>)> {
    let text = text.trim_end_matches('.');
    match text.split_once('.') {
        Some((requirement, criterion)) => Some((requirement.parse().ok()?, Some(criterion.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}
