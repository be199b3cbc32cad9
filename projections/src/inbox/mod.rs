//! What waits for a person, and what goes on meanwhile. A row a thing that has a name, one a thing that waits, one a merge, one a run
//! that goes on.

mod answer;
mod fold;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use eventstore::Unavailable;
use execution::merge::Merge;
use kernel::{OrgId, ProjectId, Recorded, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use vocabulary::{Name, TaskId};

use crate::{Fact, Key, Projection, ReadModels};

pub use self::answer::{About, AboutKind, InboxAnswer, Item, Moving};

/// Kinds of rows.
const NAMED: &str = "named";
const WAITING: &str = "waiting";
const MERGE: &str = "merge";
const RUN: &str = "run";
/// Of what waits, and of what goes on, so much is shown.
const SHOWN: usize = 200;
/// Rows that are looked at.
const LOOKED_AT: i64 = 2_000;

/// The read model `inbox`.
#[derive(Debug)]
pub struct Inbox;

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum InboxRow {
    /// What people call a spec, a ticket or a task.
    Named {
        /// Its number, e.g. `TSK-003`; a spec has none.
        number: Option<String>,
        /// Its title.
        title: Name,
    },
    /// Something is wanted of a person.
    Waiting {
        /// What.
        kind: ItemKind,
        /// Since when.
        since: Timestamp,
        /// In a sentence.
        text: String,
        /// Questions that are open, by number.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        questions: BTreeSet<u32>,
        /// Requirements that hold a completion.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        unproven: BTreeSet<String>,
    },
    /// A merge: whether it waits follows from how it is.
    Merge {
        /// As its events have made it.
        state: Box<Merge>,
        /// Since when it is as it is.
        since: Timestamp,
    },
    /// A run that goes on.
    Run {
        /// At which task.
        task: TaskId,
        /// By which profile.
        agent: Name,
        /// Since when.
        since: Timestamp,
    },
}

/// What is wanted of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ItemKind {
    /// A spec asks what only people know.
    SpecQuestion,
    /// A spec shows what it has written.
    SpecApproval,
    /// A spec stands still.
    SpecHalted,
    /// A phase of a spec did not pass.
    SpecFailed,
    /// The work of a spec is done, and requirements of it rest on nothing.
    SpecUnproven,
    /// A ticket asks to leave a phase.
    TicketApproval,
    /// A task has failed for good.
    TaskFailed,
    /// Work of a merge is parked.
    MergeParked,
    /// A merge is whole.
    MergeApproval,
}

impl Projection for Inbox {
    const NAME: &'static str = "inbox";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["spec", "ticket", "task", "merge", "run"];
    type Row = InboxRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let key = |kind| Key::new(kind, &event.envelope.aggregate_id);
        match &event.event {
            Fact::Spec(fact) => fold::rows_of_spec(fact).iter().map(|kind| key(kind)).collect(),
            Fact::Ticket(fact) => fold::rows_of_ticket(fact).iter().map(|kind| key(kind)).collect(),
            Fact::Task(fact) => fold::rows_of_task(fact).iter().map(|kind| key(kind)).collect(),
            Fact::Merge(_) => vec![key(MERGE)],
            Fact::Run(execution::run::Event::Started(_) | execution::run::Event::Ended { .. }) => {
                vec![key(RUN)]
            }
            _ => Vec::new(),
        }
    }

    fn fold(key: &Key, row: &mut Option<InboxRow>, event: &Recorded<Fact>) {
        let at = event.envelope.recorded_at;
        match (&event.event, key.kind) {
            (fact, NAMED) => fold::name(row, fact),
            (Fact::Spec(fact), WAITING) => fold::spec(row, fact, at),
            (Fact::Ticket(fact), WAITING) => fold::ticket(row, fact, at),
            (Fact::Task(fact), WAITING) => fold::task(row, fact, at),
            (Fact::Merge(fact), MERGE) => fold::merge(row, fact, at),
            (Fact::Run(fact), RUN) => fold::run(row, fact, at),
            _ => {}
        }
    }
}

impl ReadModels {
    /// What waits for a person in an organization, or in one project of it, the oldest first, and the runs that go on.
    ///
    /// # Errors
    /// When the database cannot be used, or a row is not what this program writes.
    pub async fn inbox(&self, org: OrgId, of: Option<ProjectId>) -> Result<InboxAnswer, Unavailable> {
        // What is called how is read only for what is shown: there is a name for each task there ever was.
        let statement = "select c.position, r.kind, r.id, r.root, r.row, n.row \
             from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             left join lateral (select i.kind, i.id, i.root, i.row from read_models.inbox i where i.gen = l.gen \
                 and i.org_id = $3 and i.kind in ('waiting', 'merge', 'run') and ($4::uuid is null or i.root = $4) \
                 order by i.position desc limit $5) r on true \
             left join read_models.inbox n on n.gen = l.gen and n.org_id = $3 and n.root = r.root and n.kind = 'named' \
                 and n.id = case when r.kind = 'run' then r.row::jsonb ->> 'task' else r.id end \
             where l.name = $1 and l.state = 'live'";
        let query = sqlx::query(statement)
            .bind(Inbox::NAME)
            .bind(self.log_id())
            .bind(org.0)
            .bind(of.map(|project| project.0))
            .bind(LOOKED_AT);
        let mut answer = InboxAnswer::default();
        for row in self.of_org(org, query).await? {
            answer.position = row.try_get(0)?;
            let Some(id) = row.try_get::<Option<String>, _>(2)? else { continue };
            let project = ProjectId(row.try_get(3)?);
            let of = read(&id, row.try_get_unchecked::<String, _>(4)?)?;
            let named = row.try_get_unchecked::<Option<String>, _>(5)?;
            let named = named.map(|text| read(&id, &text)).transpose()?;
            answer.add(&id, project, of, named);
        }
        answer.waiting.sort_by_key(|item| (item.since, item.about.id));
        answer.moving.sort_by_key(|moving| (moving.since, moving.run.0));
        answer.waiting.truncate(SHOWN);
        answer.moving.truncate(SHOWN);
        Ok(answer)
    }
}

fn read(id: &str, text: impl AsRef<str>) -> Result<InboxRow, Unavailable> {
    serde_json::from_str(text.as_ref())
        .map_err(|error| Unavailable::Refused(format!("the row of {id}: {error}")))
}
