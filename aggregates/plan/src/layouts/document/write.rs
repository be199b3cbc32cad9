//! Writes a document.

use super::super::lists;
use super::super::markup::{inline, literal};
use super::super::{File, kiro};
use super::body::{written_criterion, written_words};
use super::write_design::design;
use crate::Plan;
use crate::phases::{Criterion, PlannedTask, PlannedTicket, Requirement, Requirements};

/// One file.
pub(in super::super) fn write(plan: &Plan) -> Vec<File> {
    vec![File { path: format!("{}.plan.md", kiro::feature(plan)), text: Writer::default().plan(plan) }]
}

/// The file as far as it is written.
#[derive(Default)]
pub(super) struct Writer(String);

impl Writer {
    fn plan(mut self, plan: &Plan) -> String {
        self.0 = format!("# {}\n", inline(&plan.title, &[]));
        let feature = &plan.requirements.feature_name;
        self.words(&plan.overview);
        self.fields(&[line("Feature", inline(feature, &[]))]);
        self.requirements(&plan.requirements);
        if let Some(it) = &plan.design {
            design(&mut self, it, feature);
        }
        self.heading(2, "Tickets");
        let mut own = Vec::new();
        if plan.tasks.feature_name != *feature {
            own.push(line("Feature", inline(&plan.tasks.feature_name, &[])));
        }
        let total = plan.tasks.total_estimated_hours.filter(|hours| hours.is_finite());
        own.extend(total.map(|hours| line("Estimated hours in total", hours.to_string())));
        own.extend(names("Critical path", &plan.tasks.critical_path));
        self.fields(&own);
        self.tickets(plan);
        self.0
    }

    pub(super) fn heading(&mut self, level: usize, text: &str) {
        self.0.push_str(&format!("\n{} {text}\n", "#".repeat(level)));
    }

    pub(super) fn words(&mut self, text: &str) {
        if !text.is_empty() {
            self.raw(&written_words(text));
        }
    }

    pub(super) fn raw(&mut self, text: &str) {
        self.0.push_str(&format!("\n{text}\n"));
    }

    pub(super) fn fields(&mut self, lines: &[String]) {
        if !lines.is_empty() {
            self.raw(&lines.join("\n"));
        }
    }

    fn criteria(&mut self, criteria: &[Criterion]) {
        let lines =
            criteria.iter().enumerate().map(|(at, it)| format!("{}. {}", at + 1, written_criterion(it)));
        self.fields(&lines.collect::<Vec<_>>());
    }

    fn bullets(&mut self, title: &str, items: &[String]) {
        if !items.is_empty() {
            self.heading(2, title);
            self.fields(&items.iter().map(|item| format!("- {}", inline(item, &[]))).collect::<Vec<_>>());
        }
    }

    fn requirements(&mut self, it: &Requirements) {
        self.heading(2, "Requirements");
        it.requirements.iter().for_each(|it| self.requirement(it));
        self.bullets("Assumptions", &it.assumptions);
        self.bullets("Out of scope", &it.out_of_scope);
        self.bullets("Open questions", &it.open_questions);
        if !it.statements.is_empty() {
            self.heading(2, "Statements");
            let lines = it.statements.iter();
            let lines = lines.map(|it| format!("- {}: {}", inline(&it.id, &[':']), inline(&it.text, &[])));
            self.fields(&lines.collect::<Vec<_>>());
        }
        if let Some(it) = &it.traceability {
            self.heading(2, "Traceability");
            let sections = names("PRD sections", &it.prd_sections);
            let lines: Vec<_> =
                sections.into_iter().chain(names("Design components", &it.design_components)).collect();
            self.fields(&lines);
        }
    }

    fn item(&mut self, level: usize, id: &str, title: &str) {
        self.heading(level, &format!("{}: {}", inline(id, &[':']), inline(title, &[])));
    }

    fn requirement(&mut self, it: &Requirement) {
        self.item(3, &it.id, &it.title);
        self.words(&it.text);
        let fields = [
            some("Type", &it.kind),
            some("Category", &it.category),
            it.priority.map(|priority| line("Priority", priority.to_string())),
            names("Depends on", &it.dependencies),
            some("Notes", &it.notes),
            it.origin.as_ref().map(|origin| line("Origin", inline(origin, &[]))),
        ];
        self.fields(&fields.into_iter().flatten().collect::<Vec<_>>());
        self.criteria(&it.acceptance_criteria);
    }

    /// With the tasks below their tickets where they stand in that order, otherwise apart.
    fn tickets(&mut self, plan: &Plan) {
        let below = are_below(plan);
        let mut rest = plan.tasks.tasks.as_slice();
        for ticket in &plan.tasks.tickets {
            self.ticket(ticket, below);
            if below {
                let (own, after) = rest.split_at(ticket.tasks.len());
                own.iter().for_each(|task| self.task(4, task, None));
                rest = after;
            }
        }
        if !rest.is_empty() {
            self.heading(2, "Tasks");
            rest.iter().for_each(|task| self.task(3, task, Some(&task.parent_ticket)));
        }
    }

    fn ticket(&mut self, it: &PlannedTicket, below: bool) {
        self.item(3, &it.id, &it.title);
        self.words(&it.description);
        let tasks = (!below).then(|| line("Tasks", lists::list(&it.tasks, inline)));
        let fields = [
            it.priority.map(|priority| line("Priority", priority.to_string())),
            some("Estimate", &it.estimate),
            names("Requirements", &it.requirements),
            tasks,
            names("Blocked by", &it.dependencies.blocked_by),
            names("Blocks", &it.dependencies.blocks),
            it.origin.as_ref().map(|origin| line("Origin", inline(origin, &[]))),
        ];
        self.fields(&fields.into_iter().flatten().collect::<Vec<_>>());
        self.criteria(&it.acceptance_criteria);
    }

    fn task(&mut self, level: usize, it: &PlannedTask, ticket: Option<&str>) {
        self.item(level, &it.id, &it.title);
        self.words(&it.description);
        let hours = it.estimated_hours.filter(|hours| hours.is_finite());
        let fields = [
            Some(format!("- [{}] done", if it.done { 'x' } else { ' ' })),
            it.optional.then(|| "- [x] optional".to_owned()),
            ticket.and_then(|ticket| some("Ticket", ticket)),
            some("Type", &it.kind),
            it.priority.map(|priority| line("Priority", priority.to_string())),
            some("Estimate", &it.estimate),
            hours.map(|hours| line("Hours", hours.to_string())),
            names("Requirements", &it.requirements_addressed),
            names("Components", &it.components),
            names("Depends on", &it.dependencies.depends_on),
            names("Blocks", &it.dependencies.blocks),
            files("Creates", &it.files_to_create),
            files("Changes", &it.files_to_modify),
            it.run.as_ref().map(|run| line("Run", literal(run, &[]))),
        ];
        let validate = it.validate.iter().map(|command| line("Validate", literal(command, &[])));
        let origin = it.origin.as_ref().map(|origin| line("Origin", inline(origin, &[])));
        self.fields(&fields.into_iter().flatten().chain(validate).chain(origin).collect::<Vec<_>>());
        self.criteria(&it.acceptance_criteria);
    }
}

/// Whether the tasks stand in the order of the tickets, and tickets and tasks agree about whose they are.
fn are_below(plan: &Plan) -> bool {
    let mut rest = plan.tasks.tasks.as_slice();
    for ticket in &plan.tasks.tickets {
        let Some((own, after)) = rest.split_at_checked(ticket.tasks.len()) else { return false };
        if !own.iter().zip(&ticket.tasks).all(|(task, id)| task.id == *id && task.parent_ticket == ticket.id)
        {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

fn line(key: &str, value: impl AsRef<str>) -> String {
    format!("- {key}: {}", value.as_ref())
}

pub(super) fn some(key: &str, text: &str) -> Option<String> {
    (!text.is_empty()).then(|| line(key, inline(text, &[])))
}

pub(super) fn names(key: &str, items: &[String]) -> Option<String> {
    (!items.is_empty()).then(|| line(key, lists::list(items, inline)))
}

fn files(key: &str, items: &[String]) -> Option<String> {
    (!items.is_empty()).then(|| line(key, lists::list(items, literal)))
}
