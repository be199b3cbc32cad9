//! In which steps it is built: the output of the phase `tasks`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::Priority;

use super::Criterion;

/// The tickets and tasks of a feature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "TasksOutput")]
pub struct Tasks {
    /// The feature in kebab-case.
    pub feature_name: String,
    /// Groups of tasks, in the order in which they are begun.
    pub tickets: Vec<PlannedTicket>,
    /// The steps, in the order in which they are begun.
    pub tasks: Vec<PlannedTask>,
    /// What the writer thinks the hours add up to; never used, the sum is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_estimated_hours: Option<f64>,
    /// What the writer thinks the longest chain is; never used, it is computed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub critical_path: Vec<String>,
}

/// A group of tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "PlannedTicketOutput")]
pub struct PlannedTicket {
    /// `TKT-<NNN>`, unique in the plan.
    pub id: String,
    /// In a line.
    pub title: String,
    /// At length, in Markdown.
    pub description: String,
    /// How much it matters.
    #[serde(deserialize_with = "crate::lenient::priority")]
    #[schemars(with = "Option<Priority>")]
    pub priority: Option<Priority>,
    /// `S`, `M`, `L` or `XL`.
    pub estimate: String,
    /// The requirements it meets.
    pub requirements: Vec<String>,
    /// Its tasks.
    pub tasks: Vec<String>,
    /// What shows that it is done.
    pub acceptance_criteria: Vec<Criterion>,
    /// What comes before it and after it.
    pub dependencies: TicketDependencies,
    /// What it was called in the plan that was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// What comes before a ticket and after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct TicketDependencies {
    /// The tickets before it.
    pub blocked_by: Vec<String>,
    /// The tickets after it.
    pub blocks: Vec<String>,
}

/// A step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "PlannedTaskOutput")]
pub struct PlannedTask {
    /// `TSK-<NNN>`, unique in the plan.
    pub id: String,
    /// In a line.
    pub title: String,
    /// At length, in Markdown.
    pub description: String,
    /// The ticket it belongs to.
    pub parent_ticket: String,
    /// `implementation`, `refactor`, `test`, `documentation`, `configuration` or `research`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How much it matters.
    #[serde(deserialize_with = "crate::lenient::priority")]
    #[schemars(with = "Option<Priority>")]
    pub priority: Option<Priority>,
    /// `S`, `M` or `L`.
    pub estimate: String,
    /// How long it takes, in hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_hours: Option<f64>,
    /// Files that are new.
    pub files_to_create: Vec<String>,
    /// Files that change.
    pub files_to_modify: Vec<String>,
    /// What shows that it is done.
    pub acceptance_criteria: Vec<Criterion>,
    /// What comes before it and after it.
    pub dependencies: TaskDependencies,
    /// The requirements it meets: `REQ-…-001`, or one criterion of it, `REQ-…-001.2`.
    pub requirements_addressed: Vec<String>,
    /// The components of the design that it builds.
    pub components: Vec<String>,
    /// The command that does it, where no agent is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The commands that must succeed before it is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub validate: Vec<String>,
    /// An imported task that is checked off already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// It may be left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// What it was called in the plan that was imported, e.g. `2.1` of Kiro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// What comes before a task and after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct TaskDependencies {
    /// The tasks before it.
    pub depends_on: Vec<String>,
    /// The tasks after it.
    pub blocks: Vec<String>,
}
