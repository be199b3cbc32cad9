//! What happened in a project, one line an event, newest first.

mod sentence;

use eventstore::Unavailable;
use execution::{merge, repository};
use kernel::{ActorId, OrgId, ProjectId, Recorded, Timestamp};
use planning::spec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Fact, Key, Projection, ReadModels};

const ENTRY: &str = "entry";

/// The read model `activity`.
#[derive(Debug)]
pub struct Activity;

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: ActorId,
    /// The type of the event, e.g. `ticket.created`.
    pub r#type: String,
    /// What it happened to, e.g. `ticket`.
    pub aggregate: String,
    /// Which one.
    pub id: String,
    /// What happened, as people say it; the subject is the aggregate.
    pub text: String,
}

/// A page of the activity.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Activity")]
pub struct ActivityAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// Nothing after this event is shown, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
    /// Newest first.
    pub entries: Vec<EntryAnswer>,
    /// Ask with `before` this for the next page; `null` at the beginning of the project.
    pub next: Option<i64>,
}

/// One line at its place.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "ActivityEntry")]
pub struct EntryAnswer {
    /// Where it stands in the log.
    pub position: i64,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}

impl Projection for Activity {
    const NAME: &'static str = "activity";
    const VERSION: i32 = 4;
    const READS: &'static [&'static str] =
        &["project", "repository", "spec", "ticket", "task", "work_graph", "merge"];
    const APPENDS: bool = true;
    type Row = Entry;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            // What a phase writes, part by part, is for the page of the spec.
            Fact::Spec(
                spec::Event::PhaseSectionWritten { .. }
                | spec::Event::PhaseOutputSubmitted { .. }
                | spec::Event::PhaseEvaluated { .. },
            ) => Vec::new(),
            // Each trial is for the page of the merge.
            Fact::Merge(
                merge::Event::Scored { .. }
                | merge::Event::StepBegun { .. }
                | merge::Event::VerificationPassed { .. }
                | merge::Event::VerificationFailed { .. },
            ) => Vec::new(),
            // The project has said so.
            Fact::Repository(repository::Event::Linked { .. } | repository::Event::Unlinked) => Vec::new(),
            _ => vec![Key::new(ENTRY, place(event.envelope.position))],
        }
    }

    fn fold(_: &Key, row: &mut Option<Entry>, event: &Recorded<Fact>) {
        let envelope = &event.envelope;
        *row = Some(Entry {
            at: envelope.recorded_at,
            actor: envelope.actor,
            r#type: envelope.event_type.clone(),
            aggregate: envelope.aggregate_type.clone(),
            id: envelope.aggregate_id.clone(),
            text: sentence::of(&event.event),
        });
    }
}

/// A position as a key: as many digits as a position can have, so that keys sort as positions do.
fn place(position: i64) -> String {
    format!("{position:019}")
}

impl ReadModels {
    /// A page of a project's activity, `limit` lines before the position `before`, or the newest.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn activity(
        &self,
        org: OrgId,
        project: ProjectId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<ActivityAnswer, Unavailable> {
        let before = before.map(place);
        let answer = self.newest::<Activity>(org, project.0, ENTRY, before.as_deref(), limit).await?;
        let entries: Vec<_> = answer
            .rows
            .into_iter()
            .map(|row| EntryAnswer { position: row.position, entry: row.row })
            .collect();
        let full = i64::try_from(entries.len()).is_ok_and(|entries| entries == limit);
        let next = entries.last().filter(|_| full).map(|last| last.position);
        Ok(ActivityAnswer { position: answer.position, stale: answer.stale, entries, next })
    }
}
