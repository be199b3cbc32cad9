//! Every component of the design has a task. A model says so in `components`; of an imported plan a task that names
//! the component or its file is enough, and one that is missing is told and not vetoed.

use std::collections::BTreeSet;

use super::{Checked, code};
use crate::phases::{Component, Design, PlannedTask, Tasks};
use crate::{Problem, Writer, names};

pub(super) fn check(tasks: &Tasks, design: &Design, writer: Writer, found: &mut Checked) {
    let named: BTreeSet<&str> =
        tasks.tasks.iter().flat_map(|task| &task.components).map(String::as_str).collect();
    let texts: Vec<String> = match writer {
        Writer::Model => Vec::new(),
        Writer::Imported => tasks.tasks.iter().map(text).collect(),
    };
    for (index, component) in design.components.iter().enumerate() {
        let covered =
            named.contains(component.name.as_str()) || texts.iter().any(|text| mentions(text, component));
        if !covered {
            let name = names::of("components", index, &component.name);
            let message = format!("no task builds the component {name}: name it in the components of a task");
            found.veto_a_model(writer, Problem::new(code::UNCOVERED_COMPONENT, message).about(name));
        }
    }
}

/// What a task says, in lower case.
fn text(task: &PlannedTask) -> String {
    let criteria = task.acceptance_criteria.iter().map(|criterion| criterion.text.as_str());
    let files = task.files_to_create.iter().chain(&task.files_to_modify).map(String::as_str);
    let parts: Vec<&str> =
        [task.title.as_str(), &task.description].into_iter().chain(criteria).chain(files).collect();
    parts.join("\n").to_lowercase()
}

fn mentions(text: &str, component: &Component) -> bool {
    [&component.name, &component.file_path]
        .into_iter()
        .map(|name| name.trim().trim_start_matches("./").to_lowercase())
        .any(|name| !name.is_empty() && has_words(text, &name))
}

/// Whether `words` stand in `text` as whole words.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + words.len()..].chars().next();
        let goes_on = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !goes_on(before) && !goes_on(after)
    })
}
