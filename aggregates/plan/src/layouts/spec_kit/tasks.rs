//! `tasks.md`: from phases and their tasks to tickets, tasks and what they wait for.

use std::collections::BTreeMap;

use super::super::edges::{self, Edges};
use super::super::findings::Findings;
use super::super::italic::{Key, Notes, Reference};
use super::super::names;
use super::super::text::{self, Line};
use super::phases::{Entry, Phase, phases};
use super::task_line;
use super::{order, paths, spec};
use crate::phases::{PlannedTask, PlannedTicket};
use crate::{Plan, Problem};

/// Reads the file into `plan`, whose requirements are known.
pub(super) fn read(file: &str, lines: &[Line<'_>], plan: &mut Plan, findings: &mut Findings) {
    let phases = phases(file, lines, findings);
    if phases.is_empty() && !lines.is_empty() && findings.problems.is_empty() {
        let message =
            format!("{file} has no task; one is a line `- [ ] T001 title` below `## Phase 1: title`");
        let mut problem = Problem::new("missing_part", message);
        problem.place.file = Some(file.to_owned());
        findings.problems.push(problem);
    }
    Reader::of(file, &phases, findings).put(&phases, plan);
}

struct Reader<'r> {
    file: &'r str,
    findings: &'r mut Findings,
    tasks: BTreeMap<&'r str, usize>,
    phases: BTreeMap<&'r str, usize>,
    groups: Vec<Vec<usize>>,
    edges: Edges,
    says_order: bool,
}

impl<'r> Reader<'r> {
    fn of(file: &'r str, phases: &'r [Phase<'r>], findings: &'r mut Findings) -> Self {
        let mut tasks: BTreeMap<&str, usize> = BTreeMap::new();
        let mut numbers = BTreeMap::new();
        let mut groups = Vec::new();
        let mut parallel = Vec::new();
        for (at, phase) in phases.iter().enumerate() {
            let first = parallel.len();
            numbers.entry(phase.number).or_insert(at);
            for entry in &phase.tasks {
                if tasks.insert(entry.found.id, parallel.len()).is_some() {
                    let message =
                        format!("there are two tasks {}; give this one another number", entry.found.id);
                    findings.problem(file, &entry.line, "duplicate_id", message);
                }
                parallel.push(entry.found.parallel);
            }
            groups.push((first..parallel.len()).collect());
        }
        let said = |notes: &Notes<'_>| notes.said(Key::Depends);
        let says_order =
            phases.iter().any(|it| said(&it.notes) || it.tasks.iter().any(|task| said(&task.notes)));
        let edges = if says_order {
            Edges { tasks: vec![Vec::new(); parallel.len()], tickets: vec![Vec::new(); phases.len()] }
        } else {
            order::edges(&groups, &parallel)
        };
        Self { file, findings, tasks, phases: numbers, groups, edges, says_order }
    }

    fn put(mut self, phases: &[Phase<'_>], plan: &mut Plan) {
        for (at, phase) in phases.iter().enumerate() {
            self.phase(at, phase, plan);
        }
        self.edges.put_into(plan);
    }

    fn phase(&mut self, at: usize, phase: &Phase<'_>, plan: &mut Plan) {
        let own = self.groups[at].clone();
        let id = names::ticket_id(at);
        self.findings.place(id.clone(), self.file, phase.line.number);
        let (title, priority) = spec::priority(self.file, &phase.line, phase.title, self.findings);
        let mut met = Vec::new();
        for (entry, place) in phase.tasks.iter().zip(&own) {
            let task = self.task(*place, entry, &id, plan);
            met.push(task.requirements_addressed.clone());
            plan.tasks.tasks.push(task);
        }
        for key in phase.notes.said.iter().filter(|key| !matches!(key, Key::Requirements | Key::Depends)) {
            let message = format!("`_{}:` belongs below a task; set it in by two spaces", key.as_str());
            self.findings.problem(self.file, &phase.line, "bad_line", message);
        }
        for reference in &phase.notes.depends {
            match self.phases.get(reference.text).copied() {
                Some(before) if before != at => self.edges.tickets[at].push(before),
                _ => self.problem(reference, &format!("there is no other phase {}", reference.text)),
            }
        }
        let requirements = if phase.notes.said(Key::Requirements) {
            self.stories(&phase.notes.requirements, plan)
        } else {
            edges::requirements_of(met.iter().map(Vec::as_slice))
        };
        plan.tasks.tickets.push(PlannedTicket {
            id,
            title,
            description: paragraphs(&phase.body),
            priority,
            requirements,
            tasks: own.iter().map(|task| names::task_id(*task)).collect(),
            origin: (!phase.number.is_empty()).then(|| format!("Phase {}", phase.number)),
            ..PlannedTicket::default()
        });
    }

    fn task(&mut self, place: usize, entry: &Entry<'_>, ticket: &str, plan: &Plan) -> PlannedTask {
        let id = names::task_id(place);
        self.findings.place(id.clone(), self.file, entry.line.number);
        let in_title = task_line::depends_on(entry.found.title).into_iter().map(|text| (text, entry.line));
        // Where the lines in italics say the order, the title only repeats it.
        let in_title = in_title.filter(|_| !self.says_order);
        let references: Vec<_> = in_title
            .map(|(text, line)| Reference { text, line })
            .chain(entry.notes.depends.iter().copied())
            .collect();
        for reference in references {
            match self.tasks.get(reference.text).copied() {
                Some(before) if before == place => {
                    let message = format!("{} cannot wait for itself", entry.found.id);
                    let line = &reference.line;
                    self.findings.problem_of(self.file, line, reference.text, "cycle", message);
                }
                Some(before) if self.edges.tasks[place].contains(&before) => {}
                Some(before) => self.edges.tasks[place].push(before),
                None => {
                    self.problem(&reference, &format!("there is no task {} in this list", reference.text));
                }
            }
        }
        let tags: Vec<_> =
            entry.found.stories.iter().map(|text| Reference { text, line: entry.line }).collect();
        let mut requirements = self.stories(&tags, plan);
        for id in self.stories(&entry.notes.requirements, plan) {
            edges::add(&mut requirements, &id);
        }
        let mut task = PlannedTask {
            id,
            description: text::block(&entry.body),
            parent_ticket: ticket.to_owned(),
            requirements_addressed: requirements,
            ..entry.task.clone()
        };
        if !entry.notes.said(Key::Files) && !entry.notes.said(Key::Creates) {
            task.files_to_modify = paths::paths(entry.found.title);
        }
        task
    }

    /// The requirements that `US1` and `US1.2`, a scenario of it, name.
    fn stories(&mut self, references: &[Reference<'_>], plan: &Plan) -> Vec<String> {
        let mut ids = Vec::new();
        for reference in references {
            let (story, scenario) = match reference.text.split_once('.') {
                Some((story, scenario)) => (story, scenario.parse().ok()),
                None => (reference.text, Some(0)),
            };
            let found = plan.requirements.requirements.iter().find(|it| it.origin.as_deref() == Some(story));
            match (found, scenario) {
                (Some(story), Some(0)) => edges::add(&mut ids, &story.id),
                (Some(story), Some(at)) if at <= story.acceptance_criteria.len() => {
                    edges::add(&mut ids, &format!("{}.{at}", story.id));
                }
                _ => {
                    self.problem(reference, &format!("there is no user story {} in spec.md", reference.text));
                }
            }
        }
        ids
    }

    fn problem(&mut self, reference: &Reference<'_>, message: &str) {
        self.findings.problem_of(self.file, &reference.line, reference.text, "dangling_reference", message);
    }
}

/// The paragraphs of a phase, with one blank line between them.
fn paragraphs(lines: &[Line<'_>]) -> String {
    let blocks = lines.split(|line| line.is_blank()).filter(|block| !block.is_empty());
    blocks.map(text::block).collect::<Vec<_>>().join("\n\n")
}
