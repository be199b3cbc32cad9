//! What commands to projects carry, and what they are answered.

use kernel::{ProjectId, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{Board, Gates, Name, Slug, Text};
use work::project::{AllowedHosts, ConcurrentRuns, DefaultAgent, VerifyCommands};

/// Which page of the projects.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Stretch {
    /// The `next` of the page before.
    pub(super) after: Option<ProjectId>,
    /// Most projects of the page, 1 to 200; default 50.
    #[schemars(range(min = 1, max = 200))]
    pub(super) limit: Option<i64>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    pub(super) min_position: Option<String>,
}

/// A new project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateProject", example = json!({ "name": "Billing", "description": "Invoices and payments." }))]
pub(super) struct Create {
    /// What people call it.
    pub(super) name: Name,
    /// Its part of addresses; derived from the name when absent.
    pub(super) slug: Option<Slug>,
    /// What it is about.
    pub(super) description: Option<Text>,
}

/// Another name; the slug stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RenameProject", example = json!({ "name": "Payments" }))]
pub(super) struct Rename {
    /// What people call it from now on.
    pub(super) name: Name,
}

/// Another description.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DescribeProject", example = json!({ "description": "Invoices, payments and reminders." }))]
pub(super) struct Describe {
    /// Without it, the project has no description any more.
    pub(super) description: Option<Text>,
}

/// The settings to change; those left out stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SetProjectSettings", example = json!({ "max_concurrent_runs": 3, "verify": ["cargo test"] }))]
pub(super) struct SetSettings {
    /// How many runs may go on at a time.
    pub(super) max_concurrent_runs: Option<ConcurrentRuns>,
    /// The agent profile of a task that names none.
    pub(super) agent: Option<DefaultAgent>,
    /// What must succeed before a task without commands of its own is completed.
    pub(super) verify: Option<VerifyCommands>,
    /// The hosts that agents, and the commands that judge their work, may reach over HTTPS: all of them, not those to be added.
    pub(super) hosts: Option<AllowedHosts>,
}

/// Another board.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConfigureBoard", example = json!({ "columns": [
    { "id": "todo", "title": "To do", "phases": ["backlog", "requirements", "design"] },
    { "id": "doing", "title": "Doing", "phases": ["implementation", "testing"], "wip_limit": 5 },
    { "id": "done", "title": "Done", "phases": ["deployment", "done"] },
] }))]
pub(super) struct ConfigureBoard {
    /// From left to right: together they hold every phase once, in the order of phases.
    pub(super) columns: Board,
}

/// Other gates.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConfigureGates", example = json!({ "gates": {
    "implementation": [{ "kind": "tasks_done" }, { "kind": "evidence", "level": "verified" }],
    "testing": [{ "kind": "approval" }],
} }))]
pub(super) struct ConfigureGates {
    /// What must hold before a ticket leaves a phase; a phase without an entry asks that its tasks are done.
    pub(super) gates: Gates,
}

/// Whether work starts by itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SetAutonomy", example = json!({ "on": true }))]
pub(super) struct SetAutonomy {
    /// `false`: only when a person starts it.
    pub(super) on: bool,
}

/// The project as it was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProjectCreated", example = json!({
    "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "name": "Billing", "slug": "billing", "position": 1
}))]
pub(super) struct Created {
    /// The project.
    pub(super) id: Uuid,
    /// What people call it.
    pub(super) name: Name,
    /// Its part of addresses.
    pub(super) slug: Slug,
    /// Where its creation stands in the log.
    pub(super) position: Option<i64>,
}

/// It is so now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProjectChanged", example = json!({ "position": 42 }))]
pub(super) struct Done {
    /// Position of the change; `null` when it was so already.
    pub(super) position: Option<i64>,
}
