//! What a task stands on, as it is when its run begins: its ticket, its spec, and the tasks before it.

use plan::Phase;
use planning::spec::{self, Spec};
use serde_json::{Map, Value};
use vocabulary::{Name, TaskNumber, Text};
use work::task;
use work::ticket::Ticket;

use super::RunnerError;
use super::desk::Desk;

/// What a task stands on.
#[derive(Clone, Debug, Default)]
pub(super) struct Background {
    /// Its ticket, in words.
    pub(super) ticket: Option<(Name, Option<Text>)>,
    /// The spec whose plan it comes from.
    pub(super) spec: Option<Box<spec::Details>>,
    /// The tasks before it.
    pub(super) before: Vec<(TaskNumber, Name)>,
}

impl Background {
    /// What a phase of the spec has come to; none when it has not passed.
    pub(super) fn phase(&self, phase: Phase) -> Option<&Map<String, Value>> {
        let progress = self.spec.as_ref()?.phases.get(&phase)?;
        progress.passed.then(|| progress.content.fields())
    }

    /// Entries of a list that a phase has written, by their names.
    pub(super) fn named<'a>(
        &'a self,
        phase: Phase,
        list: &str,
        wanted: &'a dyn Fn(&str) -> bool,
    ) -> impl Iterator<Item = &'a Value> {
        let entries = self.phase(phase).and_then(|fields| fields.get(list)).and_then(Value::as_array);
        entries
            .into_iter()
            .flatten()
            .filter(move |entry| spec::name_of(entry).is_some_and(|name| wanted(&name)))
    }
}

impl Desk<'_> {
    /// Reads it in the log.
    pub(super) async fn background(&self, task: &task::Details) -> Result<Background, RunnerError> {
        let ticket = match self.state::<Ticket>(task.plan.ticket.0).await?.1 {
            Ticket::Open(card) | Ticket::Completed(card) => Some((card.title, card.description)),
            _ => None,
        };
        let spec = match &task.plan.spec {
            None => None,
            Some(from) => match self.state::<Spec>(from.id.0).await?.1 {
                Spec::Present(details) => Some(details),
                Spec::Absent => None,
            },
        };
        let mut before = Vec::new();
        for id in &task.plan.prerequisites {
            let task = self.task(*id).await?;
            before.push((task.plan.number, task.plan.title));
        }
        before.sort_by_key(|(number, _)| *number);
        Ok(Background { ticket, spec, before })
    }
}
