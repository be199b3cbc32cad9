//! Titles, texts, files and commands are such that tickets and tasks can be made of them.

use std::fmt;

use vocabulary::{CommandLine, FilePattern, Name, Text};

use super::{Checked, code};
use crate::phases::{Criterion, Design, Requirements, Tasks};
use crate::{Problem, Writer, names};

/// As many files as a task can be about.
const MOST_FILES: usize = 200;
/// As many commands as can be asked of a task.
const MOST_COMMANDS: usize = 20;

pub(super) fn requirements(requirements: &Requirements, writer: Writer, found: &mut Checked) {
    for (index, requirement) in requirements.requirements.iter().enumerate() {
        let name = names::of("requirements", index, &requirement.id);
        if let Err(reason) = Name::new(&requirement.title) {
            // An import may have no titles; nothing is called by them.
            found.veto_a_model(writer, problem(code::INVALID_TITLE, &name, "title", reason));
        }
        text(&name, "text", &requirement.text, found);
        criteria(&name, &requirement.acceptance_criteria, found);
    }
}

pub(super) fn components(design: &Design, found: &mut Checked) {
    for (index, component) in design.components.iter().enumerate() {
        let name = names::of("components", index, &component.name);
        if let Err(reason) = Name::new(&component.name) {
            found.veto(problem(code::INVALID_TITLE, &name, "name", reason));
        }
        if !component.file_path.is_empty() {
            file(&name, "file_path", &component.file_path, found);
        }
    }
}

pub(super) fn tickets_and_tasks(tasks: &Tasks, found: &mut Checked) {
    for (index, ticket) in tasks.tickets.iter().enumerate() {
        let name = names::of("tickets", index, &ticket.id);
        title(&name, &ticket.title, found);
        text(&name, "description", &ticket.description, found);
        criteria(&name, &ticket.acceptance_criteria, found);
    }
    for (index, task) in tasks.tasks.iter().enumerate() {
        let name = names::of("tasks", index, &task.id);
        title(&name, &task.title, found);
        text(&name, "description", &task.description, found);
        criteria(&name, &task.acceptance_criteria, found);
        task.files_to_create.iter().for_each(|path| file(&name, "files_to_create", path, found));
        task.files_to_modify.iter().for_each(|path| file(&name, "files_to_modify", path, found));
        at_most(
            MOST_FILES,
            task.files_to_create.len() + task.files_to_modify.len(),
            code::TOO_MANY_FILES,
            &name,
            found,
        );
        at_most(MOST_COMMANDS, task.validate.len(), code::TOO_MANY_COMMANDS, &name, found);
        for (field, command) in task
            .run
            .iter()
            .map(|run| ("run", run))
            .chain(task.validate.iter().map(|command| ("validate", command)))
        {
            if let Err(reason) = CommandLine::new(command) {
                found.veto(problem(code::INVALID_COMMAND, &name, field, reason));
            }
        }
    }
}

fn title(name: &str, title: &str, found: &mut Checked) {
    if let Err(reason) = Name::new(title) {
        found.veto(problem(code::INVALID_TITLE, name, "title", reason));
    }
}

/// A text that may be absent.
fn text(name: &str, field: &str, text: &str, found: &mut Checked) {
    if !text.trim().is_empty()
        && let Err(reason) = Text::new(text)
    {
        found.veto(problem(code::INVALID_TEXT, name, field, reason));
    }
}

fn criteria(name: &str, criteria: &[Criterion], found: &mut Checked) {
    for criterion in criteria {
        if let Err(reason) = Text::new(&criterion.text) {
            found.veto(problem(code::INVALID_CRITERION, name, "acceptance_criteria", reason));
        }
    }
}

fn file(name: &str, field: &str, path: &str, found: &mut Checked) {
    if let Err(reason) = FilePattern::new(path) {
        found.veto(problem(code::INVALID_FILE, name, field, reason));
    }
}

fn at_most(most: usize, count: usize, code: &str, name: &str, found: &mut Checked) {
    if count > most {
        let message = format!("{name} has {count} entries, and {most} are allowed: split the task");
        found.veto(Problem::new(code, message).about(name));
    }
}

fn problem(code: &str, name: &str, field: &str, reason: impl fmt::Display) -> Problem {
    Problem::new(code, format!("{field} of {name}: {reason}")).about(name)
}
