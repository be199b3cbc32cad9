//! What commands to tickets carry, and what they are answered.

use std::num::NonZeroU32;

use kernel::Uuid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{CommitId, Name, Phase, Priority, Reason, Text, TicketId, TicketNumber};
use work::ticket::{Rank, WebAddress};

/// A new ticket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateTicket", example = json!({ "title": "Send invoices by mail", "priority": "high" }))]
pub(super) struct Create {
    /// What it is about, in a line.
    pub(super) title: Name,
    /// At length.
    pub(super) description: Option<Text>,
    /// How much it matters.
    #[serde(default)]
    pub(super) priority: Priority,
    /// Where it starts; not in `done`.
    #[serde(default)]
    pub(super) phase: Phase,
}

/// What it is about, said better; nothing given stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RefineTicket", example = json!({ "description": "PDF attached, one mail a customer." }))]
pub(super) struct Refine {
    /// In a line.
    pub(super) title: Option<Name>,
    /// At length.
    pub(super) description: Option<Text>,
    /// How much it matters.
    pub(super) priority: Option<Priority>,
}

/// Where it is to stand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MoveTicket", example = json!({ "phase": "implementation" }))]
pub(super) struct MoveTo {
    /// The phase to enter.
    pub(super) phase: Phase,
    /// Its place among the cards; without it, the order stays as it is.
    pub(super) position: Option<Rank>,
    /// Although a gate is closed, the ticket is blocked or the column is full.
    #[serde(default)]
    pub(super) force: bool,
}

/// Another place in its column.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReorderTicket", example = json!({ "position": "i" }))]
pub(super) struct Reorder {
    /// Its place among the cards, the least first.
    pub(super) position: Rank,
}

/// Why it waits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "BlockTicket", example = json!({ "reason": "waits for the contract" }))]
pub(super) struct Because {
    /// In a line.
    pub(super) reason: Reason,
}

/// What somebody says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CommentTicket", example = json!({ "text": "The customer agrees." }))]
pub(super) struct Comment {
    /// What.
    pub(super) text: Text,
}

/// Which approval.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RequestApproval", example = json!({ "phase": "testing" }))]
pub(super) struct OfPhase {
    /// The phase to leave; the ticket's when absent.
    pub(super) phase: Option<Phase>,
}

/// Which approval.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GrantApproval", example = json!({ "phase": "testing" }))]
pub(super) struct Grant {
    /// The phase that may be left.
    pub(super) phase: Phase,
}

/// Which approval, and why not.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RejectApproval", example = json!({ "phase": "testing", "reason": "the totals are wrong" }))]
pub(super) struct Reject {
    /// The phase that may not be left.
    pub(super) phase: Phase,
    /// Why, in a line.
    pub(super) reason: Reason,
}

/// Why, if it is worth a word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CancelTicket", example = json!({ "reason": "nobody needs it" }))]
pub(super) struct Cancel {
    /// In a line.
    pub(super) reason: Option<Reason>,
}

/// What it waits for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DependTicket", example = json!({ "on": "0f5a1c1e-2a57-8c3d-9d0b-5b7f3c2e1a90" }))]
pub(super) struct On {
    /// The other ticket, of the same project.
    pub(super) on: TicketId,
}

/// A commit made for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LinkCommit", example = json!({ "sha": "0c1d2e3", "url": "https://git.example/billing/0c1d2e3" }))]
pub(super) struct LinkCommit {
    /// Its hash.
    pub(super) sha: CommitId,
    /// Where to read it.
    pub(super) url: Option<WebAddress>,
}

/// A pull request made for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LinkPullRequest", example = json!({ "number": 7, "url": "https://git.example/billing/pull/7" }))]
pub(super) struct LinkPullRequest {
    /// Its number there.
    pub(super) number: NonZeroU32,
    /// Where to read it.
    pub(super) url: WebAddress,
}

/// A ticket as the write side knows it right after a command.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TicketChanged", example = json!({
    "id": "3b1f8c5e-51a4-8d0e-8c36-9a6d2f7e0b14",
    "number": "TKT-001",
    "title": "Send invoices by mail",
    "description": null,
    "priority": "high",
    "phase": "backlog",
    "status": "backlog",
    "blocked": null,
    "possible": ["move", "refine", "reorder", "block", "request-approval", "depend", "comment", "cancel"],
    "version": 1,
    "position": 2
}))]
pub(super) struct TicketAnswer {
    /// The ticket.
    pub(super) id: Uuid,
    /// What people call it by.
    pub(super) number: TicketNumber,
    /// What it is about, in a line.
    pub(super) title: Name,
    /// At length.
    pub(super) description: Option<Text>,
    /// How much it matters.
    pub(super) priority: Priority,
    /// Where it stands.
    pub(super) phase: Phase,
    /// The name of its phase, `completed` or `cancelled`.
    pub(super) status: &'static str,
    /// Why it waits.
    pub(super) blocked: Option<Reason>,
    /// What can be done with it now.
    pub(super) possible: Vec<&'static str>,
    /// Its version, for `If-Match`.
    pub(super) version: i64,
    /// Where the change stands in the log; `null` when it was so already.
    pub(super) position: Option<i64>,
}
