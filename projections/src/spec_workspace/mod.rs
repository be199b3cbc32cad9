//! A spec with everything that its page shows: how far it is, every attempt with its verdict, the plan it has so far
//! and what follows from it. Beside it a line for lists.

mod answer;
mod attempts;
mod calls;
mod drift;
mod revisions;
mod shapes;
#[cfg(test)]
mod tests;

use kernel::{Decider as _, ProjectId, Recorded, Timestamp};
use planning::spec::{Event, Spec};
use serde::{Deserialize, Serialize};

use crate::{Fact, Key, Projection};

pub use attempts::{Attempt, Attempts};
pub use calls::Calls;
pub use drift::{Drift, TaskStanding};
pub use revisions::{Revision, Revisions, WorkChange};
pub use shapes::{
    Approval, ApprovalStatus, ContentAnswer, CriterionAnswer, OriginAnswer, PhaseAnswer, PhaseStatus,
    QuestionAnswer, RequirementAnswer, SpecAnswer, SpecLine, SpecsAnswer, WorkAnswer,
};

/// The row of a spec's page.
const SPEC: &str = "spec";
/// The row of its line in lists.
const LINE: &str = "line";

/// The read model `spec_workspace`.
#[derive(Debug)]
pub struct SpecWorkspace;

/// A row of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SpecRow {
    /// The page: the state is folded by the aggregate.
    Page(Box<Page>),
    /// The line in lists.
    Line(Box<Line>),
}

/// A spec as its own events have made it, and what became of each attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    project: Option<ProjectId>,
    state: Spec,
    attempts: Attempts,
    revisions: Revisions,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A spec in a list: as its events have made it, without what its phases write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    state: Spec,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Projection for SpecWorkspace {
    const NAME: &'static str = "spec_workspace";
    const VERSION: i32 = 2;
    const READS: &'static [&'static str] = &["spec", "trajectory"];
    type Row = SpecRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let id = &event.envelope.aggregate_id;
        match &event.event {
            Fact::Spec(Event::PhaseSectionWritten { .. } | Event::PhaseEvaluated { .. }) => {
                vec![Key::new(SPEC, id)]
            }
            Fact::Spec(_) => vec![Key::new(SPEC, id), Key::new(LINE, id)],
            Fact::Trajectory(fact) => {
                calls::spec_of(fact).map(|spec| Key::new(SPEC, spec.to_string())).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn fold(key: &Key, row: &mut Option<SpecRow>, event: &Recorded<Fact>) {
        match (&event.event, row) {
            (Fact::Spec(fact), row) if key.kind == SPEC => fold_page(row, fact, event),
            (Fact::Spec(fact), row) => fold_line(row, fact, event),
            (Fact::Trajectory(fact), Some(SpecRow::Page(page))) => page.attempts.hear(fact),
            _ => {}
        }
    }
}

fn fold_page(row: &mut Option<SpecRow>, fact: &Event, event: &Recorded<Fact>) {
    let envelope = &event.envelope;
    let new = || {
        SpecRow::Page(Box::new(Page {
            project: envelope.project_id,
            state: Spec::default(),
            attempts: Attempts::default(),
            revisions: Revisions::default(),
            version: 0,
            created_at: envelope.recorded_at,
            updated_at: envelope.recorded_at,
        }))
    };
    let SpecRow::Page(page) = row.get_or_insert_with(new) else { return };
    page.state.evolve(fact);
    page.attempts.note(fact, envelope.recorded_at);
    page.revisions.note(fact, &page.state, envelope.recorded_at, envelope.position);
    page.version = envelope.sequence;
    page.updated_at = envelope.recorded_at;
}

/// The state is folded by the aggregate here too, from all events but those that hold content: they change no stage.
fn fold_line(row: &mut Option<SpecRow>, fact: &Event, event: &Recorded<Fact>) {
    let at = event.envelope.recorded_at;
    let new = || SpecRow::Line(Box::new(Line { state: Spec::default(), created_at: at, updated_at: at }));
    let SpecRow::Line(line) = row.get_or_insert_with(new) else { return };
    line.state.evolve(fact);
    line.updated_at = at;
}
