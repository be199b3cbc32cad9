//! What specs and tasks say, as one text each: that is what is embedded.

use eventstore::subscribe::ApplyError;
use eventstore::{LoadError, Snapshot, Store};
use kernel::{CommandId, Uuid};
use plan::phases::Requirements;
use planning::spec::{Origin, Spec, Stage};
use projections::near_duplicates::Kind;
use vocabulary::{Name, Text};
use work::task::{Status, Task};

use super::rows::Of;

/// A title and what it says.
pub(super) fn joined(title: &Name, text: Option<&Text>) -> String {
    text.map_or_else(|| title.to_string(), |text| format!("{title}\n{text}"))
}

/// What it says by now, which is the newest there is and may be more than the event at `position` knows of; nothing when
/// it was given up.
pub(super) async fn of_today(store: &Store, of: &Of, position: i64) -> Result<Option<String>, ApplyError> {
    match of.kind {
        Kind::Spec => Ok(of_spec(&load(store, of, position).await?)),
        Kind::Task => Ok(of_task(&load(store, of, position).await?)),
    }
}

async fn load<D: Snapshot>(store: &Store, of: &Of, position: i64) -> Result<D, ApplyError> {
    let loaded = store.load::<D>(of.org, &of.id.to_string(), CommandId(Uuid::nil())).await;
    loaded.map(|loaded| loaded.aggregate.state).map_err(|error| match error {
        LoadError::Unavailable(unavailable) => unavailable.into(),
        error => ApplyError::Poison { position, reason: error.to_string() },
    })
}

fn of_task(task: &Task) -> Option<String> {
    let Task::Present(task) = task else { return None };
    let given_up = matches!(task.status, Status::Cancelled);
    (!given_up).then(|| joined(&task.plan.title, task.plan.description.as_ref()))
}

fn of_spec(spec: &Spec) -> Option<String> {
    let spec = spec.details().filter(|spec| !matches!(spec.stage, Stage::Cancelled))?;
    Some(match &spec.origin {
        Origin::Idea { idea } => joined(&spec.title, Some(idea)),
        Origin::Import { .. } => of_plan(&spec.title, &spec.plan().requirements),
    })
}

/// An imported plan has no idea. What must hold says what it is about: titles and user stories, up to the size of an idea.
/// Not the criteria: "the system shall" in each of them makes any two plans look alike.
fn of_plan(title: &Name, requirements: &Requirements) -> String {
    let of_each = requirements.requirements.iter().flat_map(|one| [&one.title, &one.text]);
    let lines = of_each.chain(requirements.statements.iter().map(|statement| &statement.text));
    let mut text = title.to_string();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        text.push('\n');
        text.push_str(line);
    }
    // A NUL is text to JSON, and none to Postgres.
    text.chars().filter(|c| *c != '\0').take(Text::MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use plan::phases::{Requirement, Statement};

    use super::*;

    fn required(title: &str, text: &str) -> Requirement {
        serde_json::from_value(serde_json::json!({ "title": title, "text": text })).unwrap()
    }

    #[test]
    fn an_imported_plan_says_what_must_hold() {
        let requirements = Requirements {
            requirements: vec![
                required("Add a thing", "As a person, I want to add\0 one."),
                required("", "See it."),
            ],
            statements: vec![Statement { id: "FR-001".into(), text: "It must be kept.".into() }],
            ..Requirements::default()
        };
        let title = Name::new("Todo").unwrap();
        assert_eq!(
            of_plan(&title, &requirements),
            "Todo\nAdd a thing\nAs a person, I want to add one.\nSee it.\nIt must be kept."
        );
        let long = Requirements {
            requirements: vec![required("", &"ö".repeat(30_000))],
            ..Requirements::default()
        };
        assert_eq!(of_plan(&title, &long).chars().count(), Text::MAX_CHARS);
    }
}
