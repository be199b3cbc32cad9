//! What a task is, said otherwise after it was planned: the plan that it comes from has changed.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use vocabulary::{Bounded, CommandLine, Hours, Line, Name, Priority, TaskId, Text, TicketId};

use super::{Details, Files, Mode, Plan, Validation};

/// What of a task is another thing now; what is absent stayed as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Revision {
    /// The other ticket that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The other title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// The other description; `null` when it has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub description: Option<Option<Text>>,
    /// The other priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The other estimate, in hours; `null` when it has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub estimate: Option<Option<Hours>>,
    /// The other files that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Files>,
    /// What the work may change instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The other command line that does it; `null` when it has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub run: Option<Option<CommandLine>>,
    /// The other commands that must succeed before it is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate: Option<Validation>,
    /// The other requirements, or criteria of them, that it meets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirements: Option<Bounded<Line<100>, 0, 100>>,
}

/// That a field is there with `null` says something else than that it is not there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(input: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(input).map(Some)
}

/// What a task waits for from now on, and for what no longer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Further tasks.
    pub added: BTreeSet<TaskId>,
    /// Tasks that need not come first any more.
    pub removed: BTreeSet<TaskId>,
}

impl Waits {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

impl Revision {
    /// What `after` says otherwise than `before`; what a task waits for is told apart.
    #[must_use]
    pub fn between(before: &Plan, after: &Plan) -> Self {
        fn other<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
            (before != after).then(|| after.clone())
        }
        let met = |plan: &Plan| plan.spec.as_ref().map(|spec| spec.requirements.clone()).unwrap_or_default();
        Self {
            ticket: other(&before.ticket, &after.ticket),
            title: other(&before.title, &after.title),
            description: other(&before.description, &after.description),
            priority: other(&before.priority, &after.priority),
            estimate: other(&before.estimate, &after.estimate),
            files: other(&before.files, &after.files),
            mode: other(&before.work.mode, &after.work.mode),
            run: other(&before.work.run, &after.work.run),
            validate: other(&before.work.validate, &after.work.validate),
            requirements: other(&met(before), &met(after)),
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The plan with what this says of it.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> Plan {
        let mut plan = plan.clone();
        self.apply(&mut plan);
        plan
    }

    pub(super) fn apply(&self, plan: &mut Plan) {
        fn say<T: Clone>(place: &mut T, said: Option<&T>) {
            if let Some(said) = said {
                place.clone_from(said);
            }
        }
        say(&mut plan.ticket, self.ticket.as_ref());
        say(&mut plan.title, self.title.as_ref());
        say(&mut plan.description, self.description.as_ref());
        say(&mut plan.priority, self.priority.as_ref());
        say(&mut plan.estimate, self.estimate.as_ref());
        say(&mut plan.files, self.files.as_ref());
        say(&mut plan.work.mode, self.mode.as_ref());
        say(&mut plan.work.run, self.run.as_ref());
        say(&mut plan.work.validate, self.validate.as_ref());
        if let Some(spec) = &mut plan.spec {
            say(&mut spec.requirements, self.requirements.as_ref());
        }
    }
}

impl Details {
    /// Whether somebody has ever taken it, or it is over.
    #[must_use]
    pub const fn was_begun(&self) -> bool {
        self.epoch > 0 || !self.is_waiting()
    }
}
