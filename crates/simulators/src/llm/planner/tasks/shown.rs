//! What the prompt shows of earlier phases.

use serde_json::Value;

use super::super::prompt::{Phase, Prompt};
use super::super::{design, requirements};

/// A requirement of the prompt, whoever wrote it.
pub(super) struct Requirement {
    pub(super) id: String,
    pub(super) category: String,
    pub(super) text: String,
    pub(super) criteria: Vec<String>,
}

/// A component of the prompt, whoever wrote it.
pub(super) struct Component {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) responsibility: String,
    pub(super) uses: Vec<String>,
}

/// Those that the prompt shows; those of the idea where it shows none.
pub(super) fn requirements_of(prompt: &Prompt) -> Vec<Requirement> {
    let shown = prompt.output_of(Phase::Requirements).map(|output| output["requirements"].clone());
    let usual = || {
        requirements::write(prompt)
            .into_iter()
            .find(|(name, _)| *name == "requirements")
            .map(|(_, value)| value)
    };
    let read = |value: Value| -> Vec<Requirement> {
        let all = value.as_array().cloned().unwrap_or_default();
        all.iter().filter(|entry| entry["id"].is_string()).map(Requirement::of).collect()
    };
    let shown = shown.map(read).filter(|all| !all.is_empty());
    shown.or_else(|| usual().map(read)).unwrap_or_default()
}

pub(super) fn components_of(prompt: &Prompt) -> Vec<Component> {
    let shown = prompt.output_of(Phase::Design).map(|output| output["components"].clone());
    let usual =
        || design::write(prompt).into_iter().find(|(name, _)| *name == "components").map(|(_, value)| value);
    let all = shown.or_else(usual).and_then(|value| value.as_array().cloned()).unwrap_or_default();
    all.iter()
        .filter(|entry| entry["name"].as_str().is_some_and(|name| !name.is_empty()))
        .map(Component::of)
        .collect()
}

impl Requirement {
    fn of(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let id = text("id");
        let category = Some(text("category")).filter(|category| !category.is_empty());
        let category = category.or_else(|| id.rsplit('-').nth(1).map(str::to_owned)).unwrap_or_default();
        let criteria = entry["acceptance_criteria"].as_array().into_iter().flatten();
        let criteria =
            criteria.filter_map(|criterion| criterion.as_str().or_else(|| criterion["text"].as_str()));
        let criteria = criteria.map(|text| text.chars().take(500).collect()).collect();
        Self { text: text("text"), id, category, criteria }
    }
}

impl Component {
    fn of(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let uses = entry["dependencies"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Self {
            name: text("name"),
            path: text("file_path"),
            responsibility: text("responsibility"),
            uses: uses.map(str::to_owned).collect(),
        }
    }
}
