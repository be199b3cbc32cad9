//! What a report needs beyond what was seen: requirements, and the evidence of each task.

use std::collections::BTreeMap;

use kernel::Uuid;
use serde::Deserialize;

use crate::cli::build::seen::Seen;
use crate::cli::client::{Failure, Session};

/// Everything that is told beside what was seen.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) requirements: Vec<Requirement>,
    /// By their id.
    pub(super) tasks: BTreeMap<Uuid, Evidence>,
}

/// Something that must hold, and the tasks that are for it.
#[derive(Debug)]
pub(super) struct Requirement {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) tasks: Vec<Uuid>,
}

/// What the completion of a task rests on.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// `verified`, `attested` or `imported`; none when it is not completed.
    pub(super) kind: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) changed: Option<Changed>,
    pub(super) commands: Vec<Ran>,
}

/// How much a task has changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed {
    pub(super) files: u64,
    pub(super) added: u64,
    pub(super) removed: u64,
}

/// A command that judged it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Ran {
    pub(super) cmd: String,
    pub(super) exit: i64,
    pub(super) duration_ms: u64,
}

#[derive(Debug, Deserialize)]
struct Spec {
    requirements: Vec<Named>,
    coverage: Vec<Coverage>,
    work: Option<Work>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: String,
    title: String,
}

#[derive(Debug, Deserialize)]
struct Coverage {
    requirement_id: String,
    covered_by_tasks: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Work {
    tasks: Vec<Made>,
}

#[derive(Debug, Deserialize)]
struct Made {
    local: String,
    id: Uuid,
}

#[derive(Debug, Deserialize)]
struct Task {
    progress: Progress,
}

#[derive(Debug, Deserialize)]
struct Progress {
    kind: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Run {
    evidence: Option<Gathered>,
}

#[derive(Debug, Deserialize)]
struct Gathered {
    commit: String,
    files: u64,
    added: u64,
    removed: u64,
    #[serde(default)]
    commands: Vec<Ran>,
}

pub(super) async fn facts(session: &Session, spec: Uuid, seen: &Seen) -> Result<Facts, Failure> {
    let spec: Spec = session.client.read(&format!("/specs/{spec}"), None).await?.parse()?;
    let mut tasks = BTreeMap::new();
    for task in &seen.tasks {
        tasks.insert(task.id, evidence(session, task.id, seen).await?);
    }
    Ok(Facts { requirements: spec.covered(), tasks })
}

/// Of the run that did it, where one did.
async fn evidence(session: &Session, task: Uuid, seen: &Seen) -> Result<Evidence, Failure> {
    let known: Task = session.client.read(&format!("/tasks/{task}"), None).await?.parse()?;
    let done =
        |run: &&crate::cli::build::seen::Run| run.task == task && run.outcome.as_deref() == Some("succeeded");
    let gathered = match seen.runs.iter().rfind(done) {
        Some(run) => session.client.read(&format!("/runs/{}", run.id), None).await?.parse::<Run>()?.evidence,
        None => None,
    };
    let mut evidence = Evidence { kind: known.progress.kind, ..Evidence::default() };
    if let Some(Gathered { commit, files, added, removed, commands }) = gathered {
        evidence.commit = Some(commit);
        evidence.changed = Some(Changed { files, added, removed });
        evidence.commands = commands;
    }
    Ok(evidence)
}

impl Spec {
    fn covered(self) -> Vec<Requirement> {
        let made = self.work.map(|work| work.tasks).unwrap_or_default();
        let by_local: BTreeMap<&str, Uuid> = made.iter().map(|made| (made.local.as_str(), made.id)).collect();
        let tasks = |id: &str| {
            let covered = self.coverage.iter().find(|row| row.requirement_id == id);
            let locals = covered.into_iter().flat_map(|row| row.covered_by_tasks.iter());
            locals.filter_map(|local| by_local.get(local.as_str()).copied()).collect()
        };
        let of = |named: &Named| Requirement {
            id: named.id.clone(),
            title: named.title.clone(),
            tasks: tasks(&named.id),
        };
        self.requirements.iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_of_the_api_are_understood() {
        let spec: Spec = serde_json::from_str(include_str!("../../../openapi/examples/spec.json")).unwrap();
        let covered = spec.covered();
        assert_eq!(covered[0].id, "REQ-KIRO-TODO-FUNC-001");
        assert_eq!(covered[0].tasks.len(), 2, "{covered:?}");
        let run: Run = serde_json::from_str(include_str!("../../../openapi/examples/run.json")).unwrap();
        assert_eq!(run.evidence.unwrap().commands[0].cmd, "cargo test -p pdf");
        let task: Task = serde_json::from_str(include_str!("../../../openapi/examples/task.json")).unwrap();
        assert_eq!(task.progress.kind.as_deref(), Some("attested"));
    }
}
