//! A whole plan: what must hold, how it is built, in which steps.

use serde::{Deserialize, Serialize};

use crate::phases::{Design, Requirements, Tasks};
use crate::{Output, Phase, Problem};

/// What an import brings, an export writes, and a spec accepts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What people call the feature.
    pub title: String,
    /// What it is about, as far as it was said in prose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub overview: String,
    /// What must hold.
    pub requirements: Requirements,
    /// How it is built; an imported plan may say nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<Design>,
    /// In which steps.
    pub tasks: Tasks,
}

impl Plan {
    /// What its phases could not read of it, such as a control character in a note. Each phase is judged by what it reads,
    /// so a plan with such a thing would be taken in and never be accepted.
    #[must_use]
    pub fn unreadable(&self) -> Vec<Problem> {
        let mut problems = unreadable(Phase::Requirements, &self.requirements);
        problems.extend(self.design.iter().flat_map(|design| unreadable(Phase::Design, design)));
        problems.extend(unreadable(Phase::Tasks, &self.tasks));
        problems
    }
}

fn unreadable(phase: Phase, output: &impl Serialize) -> Vec<Problem> {
    match serde_json::to_string(output) {
        Ok(json) => Output::read(phase, &json).err().unwrap_or_default(),
        Err(error) => vec![Problem::new("json", error.to_string())],
    }
}

/// Who wrote a plan: what a person brings along is not held to everything that is asked of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A model, phase by phase.
    Model,
    /// A person or another tool; it was imported.
    Imported,
}

#[cfg(test)]
mod tests {
    use crate::testing::examples;

    #[test]
    fn what_a_phase_could_not_read_is_named() {
        let mut plan = examples::plan();
        assert_eq!(plan.unreadable(), []);
        plan.requirements.requirements[0].notes = "a\u{1b}[31mb".to_owned();
        assert_eq!(plan.unreadable()[0].code, "control_character");
    }
}
