//! The answers of the API that a build is seen by, as far as they are looked at.

use kernel::{Timestamp, Usd, Uuid};
use serde::Deserialize;
use serde_json::Value;

use crate::cli::build::seen::{Run, Spec, Task};
use crate::cli::spec::lines::why;

#[derive(Debug, Deserialize)]
pub(super) struct Specs {
    pub(super) specs: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) id: Uuid,
    pub(super) status: String,
    pub(super) updated_at: Timestamp,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Whole {
    pub(super) title: String,
    pub(super) status: String,
    pub(super) gate: Option<String>,
    pub(super) content_hash: Option<String>,
    pub(super) reason: Option<Value>,
    pub(super) phases: Vec<Phase>,
    pub(super) questions: Vec<Question>,
    pub(super) calls: Calls,
    pub(super) work: Option<Work>,
    pub(super) updated_at: Timestamp,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Phase {
    pub(super) phase: String,
    pub(super) status: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Question {
    pub(super) question: u32,
    pub(super) text: String,
    pub(super) answer: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Calls {
    pub(super) cost: Usd,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Work {
    pub(super) tasks: Vec<Made>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Made {
    pub(super) id: Uuid,
}

#[derive(Debug, Deserialize)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Node {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) status: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Edge {
    pub(super) from: Uuid,
    pub(super) to: Uuid,
}

#[derive(Debug, Deserialize)]
pub(super) struct Runs {
    pub(super) runs: Vec<ListedRun>,
    pub(super) next: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ListedRun {
    pub(super) id: Uuid,
    pub(super) task: Uuid,
    pub(super) agent: String,
    pub(super) status: String,
    pub(super) outcome: Option<String>,
    pub(super) cost: Usd,
    pub(super) created_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
}

/// A run or a task, as far as it says why it stands as it does.
#[derive(Debug, Deserialize)]
pub(super) struct Why {
    pub(super) progress: Progress,
    pub(super) waits_for: Option<String>,
    #[serde(default)]
    pub(super) blockers: Vec<Block>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Progress {
    pub(super) reason: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Block {
    pub(super) reason: String,
}

impl From<Whole> for Spec {
    fn from(whole: Whole) -> Self {
        let reason = whole.reason.as_ref().map(|reason| why(Some(reason)));
        let open = whole.questions.into_iter().filter(|asked| asked.answer.is_none());
        Self {
            title: whole.title,
            status: whole.status,
            gate: whole.gate.zip(whole.content_hash),
            questions: open.map(|asked| (asked.question, asked.text)).collect(),
            phases: whole.phases.into_iter().map(|phase| (phase.phase, phase.status)).collect(),
            reason,
            cost: whole.calls.cost.micros(),
        }
    }
}

impl From<Node> for Task {
    fn from(Node { id, number, title, status }: Node) -> Self {
        Self { id, number, title, status, waits_for: None, reason: None }
    }
}

impl ListedRun {
    pub(super) fn with(self, reason: Option<String>) -> Run {
        // A run is over when it says so, also in a moment in which its outcome is not shown yet.
        let outcome = self.outcome.or_else(|| (self.status == "ended").then(|| "ended".to_owned()));
        Run {
            id: self.id,
            task: self.task,
            agent: self.agent,
            outcome,
            reason,
            cost: self.cost.micros(),
            began: self.created_at,
            ended: self.ended_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the API's own document are what is read here.
    #[test]
    fn the_answers_of_the_api_are_understood() {
        let whole: Whole = serde_json::from_str(include_str!("../../../openapi/examples/spec.json")).unwrap();
        assert_eq!(whole.work.as_ref().map(|work| work.tasks.len()), Some(2));
        let spec = Spec::from(whole);
        assert_eq!((spec.title.as_str(), spec.status.as_str(), spec.gate), ("Todo", "planned", None));
        assert_eq!(spec.phases.len(), 2);
        let specs: Specs =
            serde_json::from_str(include_str!("../../../openapi/examples/specs.json")).unwrap();
        assert_eq!(specs.specs.len(), 1);
        let graph: Graph =
            serde_json::from_str(include_str!("../../../openapi/examples/graph.json")).unwrap();
        assert_eq!((graph.nodes.len(), graph.edges.len()), (2, 1));
        let runs: Runs = serde_json::from_str(include_str!("../../../openapi/examples/runs.json")).unwrap();
        let run = runs.runs.into_iter().next().unwrap().with(None);
        assert_eq!((run.outcome.as_deref(), run.cost), (Some("succeeded"), 78_510));
        assert!(run.micros().is_some_and(|micros| micros > 90_000_000));
        for answer in [
            include_str!("../../../openapi/examples/run.json"),
            include_str!("../../../openapi/examples/task.json"),
        ] {
            serde_json::from_str::<Why>(answer).unwrap();
        }
    }
}
