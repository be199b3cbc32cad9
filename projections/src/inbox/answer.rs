//! The inbox as it is shown.

use execution::merge::{Details, Of, Standing};
use kernel::{ProjectId, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{Name, RunId, TaskId};

use super::{InboxRow, ItemKind};

/// What waits for a person, and what goes on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Inbox")]
pub struct InboxAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// What waits, the oldest first.
    pub waiting: Vec<Item>,
    /// The runs that go on, the oldest first.
    pub moving: Vec<Moving>,
}

/// Something that waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "InboxItem")]
pub struct Item {
    /// What is wanted.
    pub kind: ItemKind,
    /// In which project.
    pub project: ProjectId,
    /// Since when.
    pub since: Timestamp,
    /// Of what.
    pub about: About,
    /// What is wanted, in a sentence.
    pub text: String,
    /// The spec or ticket whose merge it is; `null` for anything else.
    pub of: Option<Uuid>,
}

/// What something is about.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct About {
    /// What it is.
    pub kind: AboutKind,
    /// Which one.
    pub id: Uuid,
    /// Its number, e.g. `TSK-003`; `null` where there are none.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AboutKind {
    /// A spec.
    Spec,
    /// A ticket.
    Ticket,
    /// A task.
    Task,
    /// A merge.
    Merge,
}

/// A run that goes on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "InboxRun")]
pub struct Moving {
    /// The run.
    pub run: RunId,
    /// Its task.
    pub task: TaskId,
    /// What people call the task.
    pub number: Option<String>,
    /// What the task is about.
    pub title: String,
    /// The profile of the agent.
    pub agent: Name,
    /// In which project.
    pub project: ProjectId,
    /// Since when.
    pub since: Timestamp,
}

impl InboxAnswer {
    pub(super) fn add(&mut self, id: &str, project: ProjectId, row: InboxRow, named: Option<InboxRow>) {
        let Ok(id) = id.parse::<Uuid>() else { return };
        let (number, title) = match named {
            Some(InboxRow::Named { number, title }) => (number, title.to_string()),
            _ => (None, String::new()),
        };
        match row {
            InboxRow::Waiting { kind, since, text, .. } => {
                let about = About { kind: about(kind), id, number, title };
                self.waiting.push(Item { kind, project, since, about, text, of: None });
            }
            InboxRow::Merge { state, since } => {
                self.waiting.extend(state.details().and_then(|merge| of_merge(merge, id, project, since)));
            }
            InboxRow::Run { task, agent, since } => {
                self.moving.push(Moving { run: RunId(id), task, number, title, agent, project, since });
            }
            InboxRow::Named { .. } => {}
        }
    }
}

const fn about(kind: ItemKind) -> AboutKind {
    match kind {
        ItemKind::SpecQuestion
        | ItemKind::SpecApproval
        | ItemKind::SpecHalted
        | ItemKind::SpecFailed
        | ItemKind::SpecUnproven => AboutKind::Spec,
        ItemKind::TicketApproval => AboutKind::Ticket,
        ItemKind::TaskFailed => AboutKind::Task,
        ItemKind::MergeParked | ItemKind::MergeApproval => AboutKind::Merge,
    }
}

/// What a merge wants of a person, if anything.
fn of_merge(merge: &Details, id: Uuid, project: ProjectId, since: Timestamp) -> Option<Item> {
    let (kind, text) = match merge.status() {
        "parked" => (ItemKind::MergeParked, parked(merge)),
        "ready" => (ItemKind::MergeApproval, whole(merge)),
        _ => return None,
    };
    let of = match merge.of {
        Of::Spec(spec) => spec.0,
        Of::Ticket(ticket) => ticket.0,
    };
    let about = About { kind: AboutKind::Merge, id, number: None, title: merge.title.to_string() };
    Some(Item { kind, project, since, about, text, of: Some(of) })
}

fn parked(merge: &Details) -> String {
    let reasons = merge.candidates.iter().filter_map(|one| match &one.standing {
        Standing::Parked { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    let reasons: Vec<&str> = reasons.collect();
    match reasons.as_slice() {
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first}; and {} more", rest.len()),
        [] => String::new(),
    }
}

fn whole(merge: &Details) -> String {
    let target = merge.base.as_ref().map_or("the default branch", |base| base.target.as_str());
    match &merge.refused {
        Some(refused) => format!("{target} does not follow {}: {}", merge.branch, refused.reason),
        None => format!("{} is whole and verified: approve it, and {target} follows", merge.branch),
    }
}
