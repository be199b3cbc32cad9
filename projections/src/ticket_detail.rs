//! A ticket with everything that is known of it, its conversation included.

use eventstore::Unavailable;
use kernel::{ActorId, Decider as _, OrgId, ProjectId, Recorded, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Text, TicketId};
use work::ticket::{Card, Event, Ticket};

use crate::{Fact, Key, Projection, ReadModels};

const TICKET: &str = "ticket";
/// Comments that a row keeps; the log has them all.
const KEPT_COMMENTS: usize = 200;

/// The read model `ticket_detail`.
#[derive(Debug)]
pub struct TicketDetail;

/// A ticket as its own events have made it: the fold is the aggregate's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketRow {
    project: Option<ProjectId>,
    state: Ticket,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    conversation: Vec<Comment>,
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// Names it.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
    /// What.
    pub text: Text,
}

/// A ticket as it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Ticket")]
pub struct TicketAnswer {
    /// The ticket.
    pub id: TicketId,
    /// Its project.
    pub project: Option<ProjectId>,
    /// The name of its phase, or `cancelled`.
    pub status: &'static str,
    /// What a person can do with it now.
    pub possible: Vec<&'static str>,
    /// What is known of it.
    #[serde(flatten)]
    pub card: Card,
    /// The newest comments, oldest first; `comments` counts them all.
    pub conversation: Vec<Comment>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

impl Projection for TicketDetail {
    const NAME: &'static str = "ticket_detail";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["ticket"];
    type Row = TicketRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            Fact::Ticket(_) => vec![Key::new(TICKET, &event.envelope.aggregate_id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<TicketRow>, event: &Recorded<Fact>) {
        let Fact::Ticket(fact) = &event.event else { return };
        let envelope = &event.envelope;
        let row = row.get_or_insert_with(|| TicketRow {
            project: envelope.project_id,
            state: Ticket::default(),
            version: 0,
            created_at: envelope.recorded_at,
            updated_at: envelope.recorded_at,
            conversation: Vec::new(),
        });
        row.state.evolve(fact);
        row.version = envelope.sequence;
        row.updated_at = envelope.recorded_at;
        if let Event::Commented { comment, text, by } = fact {
            let at = envelope.recorded_at;
            row.conversation.push(Comment { id: *comment, at, by: *by, text: text.clone() });
            let surplus = row.conversation.len().saturating_sub(KEPT_COMMENTS);
            row.conversation.drain(..surplus);
        }
    }
}

impl ReadModels {
    /// A ticket; `None` when this organization has no such ticket.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn ticket(&self, org: OrgId, id: TicketId) -> Result<Option<TicketAnswer>, Unavailable> {
        let Some(answer) = self.one::<TicketDetail>(org, TICKET, id.0).await? else { return Ok(None) };
        let (position, stale) = (answer.position, answer.stale);
        Ok(answer.rows.into_iter().next().and_then(|row| row.row.answer(id, position, stale)))
    }
}

impl TicketRow {
    fn answer(self, id: TicketId, position: i64, stale: Option<i64>) -> Option<TicketAnswer> {
        Some(TicketAnswer {
            id,
            project: self.project,
            status: self.state.status_name(),
            possible: self.state.possible(),
            card: self.state.card()?.clone(),
            conversation: self.conversation,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
            position,
            stale,
        })
    }
}
