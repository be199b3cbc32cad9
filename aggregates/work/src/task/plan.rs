//! What a task is, said before anybody works on it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{
    Bounded, CommandLine, FilePattern, Hours, Line, Mode, Name, Phase, Priority, SpecId, TaskId, TaskNumber,
    Text, TicketId,
};

/// The files a task is about; at most 200.
pub type Files = Bounded<FilePattern, 0, 200>;
/// The commands that must succeed; at most 20.
pub type Validation = Bounded<CommandLine, 0, 20>;
/// What a task needs for itself alone, by name; at most 10.
pub type Locks = Bounded<Name, 0, 10>;

/// What is to be done, how, and after what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Plan {
    /// The ticket it belongs to.
    pub ticket: TicketId,
    /// What people call it by, e.g. `TSK-001`.
    pub number: TaskNumber,
    /// What is to be done, in one line.
    pub title: Name,
    /// What is to be done, at length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The phase it belongs to.
    pub phase: Phase,
    /// How much it matters.
    pub priority: Priority,
    /// How much work it is thought to be, in hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Hours>,
    /// The files it is about.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub files: Files,
    /// How it is done.
    #[serde(default)]
    pub work: Work,
    /// The tasks that must be completed before it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub prerequisites: BTreeSet<TaskId>,
    /// The spec whose plan it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<FromSpec>,
}

/// Where in a spec a task comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct FromSpec {
    /// The spec.
    pub id: SpecId,
    /// What its plan calls the task, e.g. `TSK-003`.
    pub local: Line<100>,
    /// The requirements, or criteria of them, that the task meets.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub requirements: Bounded<Line<100>, 0, 100>,
}

/// How a task is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Work {
    /// What the work may change.
    #[serde(default)]
    pub mode: Mode,
    /// The agent profile that does it; without one the project's default does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Name>,
    /// The command line that does it, for the driver that runs a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<CommandLine>,
    /// The commands that must succeed before it is completed.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub validate: Validation,
    /// What it needs for itself alone and git does not keep apart, e.g. `staging-database`: of a project one run at a time has each.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub locks: Locks,
}
