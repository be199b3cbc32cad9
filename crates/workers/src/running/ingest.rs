//! What the worker of a run saw, sealed, into the trajectory: each event once, whatever is sent again.

use eventstore::{IngestError, Ingested, NewEvent, TrajectoryBatch, Unavailable};
use execution::content::Content;
use execution::trajectory::{Event, FileChange, ToolKind};
use kernel::{EventId, EventKind as _, ProjectId, Timestamp, Uuid};
use ports::agent::wire::Batch;
use ports::agent::{self, Act, Seen};
use vocabulary::{FilePattern, Line, Name};

use super::desk::Desk;
use super::seals::{Seal, content};

/// Who sends: the first of the three sources of a trajectory.
const WORKER: &str = "worker";

/// Where the events of a run go.
#[derive(Clone, Copy)]
pub(super) struct Into<'a> {
    pub(super) desk: Desk<'a>,
    pub(super) project: ProjectId,
    pub(super) epoch: i64,
    pub(super) seal: &'a dyn Seal,
}

impl Into<'_> {
    /// Writes down what of a batch is new.
    ///
    /// # Errors
    /// See [`IngestError`]; after `Unavailable` the same batch is sent again.
    pub(super) async fn log(&self, batch: Batch) -> Result<Ingested, IngestError> {
        let mut events = Vec::with_capacity(batch.events.len());
        for seen in batch.events {
            let event = self.event(seen).await.map_err(|reason| IngestError::Append(reason.into()))?;
            events.push(NewEvent {
                event_id: EventId(Uuid::now_v7()),
                event_type: event.event_type().into(),
                schema_version: event.schema_version(),
                payload: serde_json::to_string(&event).expect("an event can be written"),
            });
        }
        let batch = TrajectoryBatch {
            run: self.desk.run.0,
            source: WORKER.into(),
            from_seq: batch.from,
            epoch: self.epoch,
            project: Some(self.project),
            events,
        };
        self.desk.parts.store.ingest(&self.desk.context(), batch).await
    }

    async fn event(&self, Seen { at, turn, what, raw }: Seen) -> Result<Event, Unavailable> {
        let at = Timestamp::from_micros(at);
        let raw = match raw {
            Some(raw) => Some(self.sealed(&raw).await?),
            None => None,
        };
        Ok(match what {
            Act::TurnStarted { prompt } => {
                Event::TurnStarted { at, turn, prompt: self.sealed(&prompt).await? }
            }
            Act::TurnEnded { stop } => Event::TurnEnded { at, turn, stop: name(&stop) },
            Act::Message { text } => Event::MessageEmitted { at, turn, text: self.sealed(&text).await?, raw },
            Act::Thought { text } => Event::ThoughtEmitted { at, turn, text: self.sealed(&text).await?, raw },
            Act::ToolCalled { call, tool, kind, input } => Event::ToolCalled {
                at,
                turn,
                call: line(&call),
                tool: line(&tool),
                kind: tool_kind(kind),
                input: self.sealed(&input).await?,
                raw,
            },
            Act::ToolReturned { call, ok, output } => Event::ToolReturned {
                at,
                turn,
                call: line(&call),
                ok,
                output: self.if_any(&output).await?,
                raw,
            },
            Act::FileChanged { path, change, added, removed, diff } => Event::FileChanged {
                at,
                turn,
                path: file(&path),
                change: file_change(change),
                added,
                removed,
                diff: self.if_any(&diff).await?,
            },
            Act::CommandRan { command, exit, duration_ms, output, output_bytes } => Event::CommandRan {
                at,
                turn,
                command: self.sealed(&command).await?,
                exit,
                duration_ms,
                output: self.if_any(&output).await?,
                output_bytes,
            },
            Act::PlanUpdated { steps } => {
                let plan = serde_json::to_string(&steps).unwrap_or_default();
                Event::PlanUpdated { at, turn, plan: self.sealed(&plan).await? }
            }
            Act::QuestionRaised { text } => {
                Event::QuestionRaised { at, turn, text: self.sealed(&text).await? }
            }
            Act::Noted { code, text } => {
                Event::Noted { at, code: name(&code), text: self.sealed(&text).await? }
            }
        })
    }

    async fn sealed(&self, words: &str) -> Result<Content, Unavailable> {
        content(&self.desk.parts.store, self.desk.org, self.seal, words).await
    }

    async fn if_any(&self, words: &str) -> Result<Option<Content>, Unavailable> {
        if words.is_empty() { Ok(None) } else { self.sealed(words).await.map(Some) }
    }
}

/// A line of at most so many characters out of whatever an agent says.
fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::new(&visible(text, MAX)).unwrap_or_else(|_| Line::new("?").expect("one character"))
}

/// A name out of whatever a driver says.
pub(super) fn name(text: &str) -> Name {
    Name::new(&visible(text, 100)).unwrap_or_else(|_| Name::new("unnamed").expect("a name"))
}

/// The path of a file; what of its name cannot be shown in a line is replaced.
pub(crate) fn file(path: &str) -> FilePattern {
    line(path)
}

fn visible(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(most).collect()
}

const fn tool_kind(kind: agent::ToolKind) -> ToolKind {
    match kind {
        agent::ToolKind::Read => ToolKind::Read,
        agent::ToolKind::Edit => ToolKind::Edit,
        agent::ToolKind::Delete => ToolKind::Delete,
        agent::ToolKind::Move => ToolKind::Move,
        agent::ToolKind::Search => ToolKind::Search,
        agent::ToolKind::Execute => ToolKind::Execute,
        agent::ToolKind::Think => ToolKind::Think,
        agent::ToolKind::Fetch => ToolKind::Fetch,
        agent::ToolKind::Other => ToolKind::Other,
    }
}

const fn file_change(change: agent::FileChange) -> FileChange {
    match change {
        agent::FileChange::Added => FileChange::Added,
        agent::FileChange::Modified => FileChange::Modified,
        agent::FileChange::Deleted => FileChange::Deleted,
    }
}
