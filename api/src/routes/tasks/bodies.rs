//! What commands to tasks carry, and what they are answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{
    Bounded, CommandLine, CommitId, Hours, Name, Phase, Priority, Reason, TaskId, TaskNumber, Text, TicketId,
};
use work::task::{CommandResult, FailureClass, Files, Locks, Mode, Validation};

/// A new task.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PlanTask", example = json!({
    "title": "Render the invoice as PDF", "phase": "implementation", "estimate_hours": 1.5,
    "files": ["src/pdf/**"], "validate": ["cargo test -p pdf"]
}))]
pub(super) struct Plan {
    /// What is to be done, in a line.
    pub(super) title: Name,
    /// At length.
    pub(super) description: Option<Text>,
    /// The phase it belongs to; the ticket's when absent.
    pub(super) phase: Option<Phase>,
    /// How much it matters; as much as the ticket when absent.
    pub(super) priority: Option<Priority>,
    /// How much work it is thought to be.
    pub(super) estimate_hours: Option<Hours>,
    /// Tasks of the same project that must be completed before it.
    #[serde(default)]
    pub(super) depends_on: Vec<TaskId>,
    /// The files it is about, as paths or patterns.
    #[serde(default)]
    pub(super) files: Files,
    /// The command line that does it, for the driver that runs a command.
    pub(super) run: Option<CommandLine>,
    /// The commands that must succeed before it is completed.
    #[serde(default)]
    pub(super) validate: Validation,
    /// What it needs for itself alone and git does not keep apart, by name, e.g. `staging-database`: of the project one run at a
    /// time has each.
    #[serde(default)]
    pub(super) locks: Locks,
    /// What the work may change.
    #[serde(default)]
    pub(super) mode: Mode,
    /// The agent profile that does it; without one the project's default does.
    pub(super) agent: Option<Name>,
}

/// How an attempt failed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FailTask", example = json!({ "reason": "the tests do not build", "class": "transient" }))]
pub(super) struct Fail {
    /// Why, in a line.
    pub(super) reason: Reason,
    /// Whether another attempt may help.
    pub(super) class: FailureClass,
}

/// What shows that the work is done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SubmitEvidence", example = json!({
    "commands": [{ "cmd": "cargo test -p pdf", "exit": 0 }], "commit": "0c1d2e3"
}))]
pub(super) struct SubmitEvidence {
    /// The commands that were run, and how they ended.
    pub(super) commands: Bounded<CommandResult, 1, 50>,
    /// The commit they were run on.
    pub(super) commit: Option<CommitId>,
}

/// Why it waits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "BlockTask", example = json!({ "reason": "the printer is broken" }))]
pub(super) struct Because {
    /// As long as it needs to be.
    pub(super) reason: Text,
}

/// How much it matters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PrioritiseTask", example = json!({ "priority": "critical" }))]
pub(super) struct Prioritise {
    /// From now on.
    pub(super) priority: Priority,
}

/// Why, if it is worth a word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CancelTask", example = json!({ "reason": "done by hand" }))]
pub(super) struct Cancel {
    /// As long as it needs to be.
    pub(super) reason: Option<Text>,
}

/// What it waits for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DependTask", example = json!({ "on": "7e2d4b6a-90c1-8f3e-a5b7-1c9d8e0f2a63" }))]
pub(super) struct On {
    /// The other task, of the same project.
    pub(super) on: TaskId,
}

/// A task as the write side knows it right after a command.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TaskChanged", example = json!({
    "id": "9d8c7b6a-5e4f-8d3c-8b2a-1f0e9d8c7b6a",
    "number": "TSK-001",
    "ticket": "3b1f8c5e-51a4-8d0e-8c36-9a6d2f7e0b14",
    "title": "Render the invoice as PDF",
    "phase": "implementation",
    "priority": "high",
    "status": "ready",
    "possible": ["start", "block", "prioritise", "cancel", "depend", "undepend"],
    "depends_on": [],
    "version": 2,
    "position": 4
}))]
pub(super) struct TaskAnswer {
    /// The task.
    pub(super) id: TaskId,
    /// What people call it by.
    pub(super) number: TaskNumber,
    /// The ticket it belongs to.
    pub(super) ticket: TicketId,
    /// What is to be done, in a line.
    pub(super) title: Name,
    /// The phase it belongs to.
    pub(super) phase: Phase,
    /// How much it matters.
    pub(super) priority: Priority,
    /// How far it is, in one word.
    pub(super) status: &'static str,
    /// What a person can do with it now.
    pub(super) possible: Vec<&'static str>,
    /// The tasks that must be completed before it.
    pub(super) depends_on: Vec<TaskId>,
    /// Its version, for `If-Match`.
    pub(super) version: i64,
    /// Where the change stands in the log; `null` when it was so already.
    pub(super) position: Option<i64>,
}
