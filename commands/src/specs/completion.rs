//! Tickets of a spec are done, maybe all of them: it hears on which tasks its requirements rest then, as the log has them.

use std::collections::BTreeSet;

use planning::spec::{Command, Details, Evidence, Proof, Spec};
use vocabulary::{SpecId, TaskId, TicketId};
use work::task::{self, EvidenceKind, Status, Task};

use super::Found;
use crate::{CommandError, Dispatcher, Intent, Permission, Receipt, Step};

impl Dispatcher {
    /// Tells a spec which of its tickets are done, and which of its tasks are completed.
    ///
    /// # Errors
    /// `not_planned` before the plan is accepted; else as [`Dispatcher::execute`].
    pub(crate) async fn complete_spec(
        &self,
        intent: &Intent,
        spec: SpecId,
        done: BTreeSet<TicketId>,
        revision: u32,
    ) -> Result<Receipt, CommandError> {
        intent.actor.require(Permission::WriteSpecs)?;
        loop {
            let Found { details, version, .. } = self.find_spec(intent, spec).await?;
            // While a ticket is left it does not matter on what its tasks rest.
            let proofs = if details.is_done(&done, revision) && !details.stage.is_over() {
                self.proofs(intent, spec, &details).await?
            } else {
                Vec::new()
            };
            let command = Command::Complete { done: done.clone(), revision, proofs };
            let step = Step::on::<Spec>(spec.0, command).expecting(Some(version));
            match self.carry_out(intent, vec![step]).await {
                // It is another one than the one whose tasks were looked at.
                Err(CommandError::Moved { .. }) => {}
                outcome => return outcome,
            }
        }
    }

    /// The completed tasks of the plan as it is now.
    async fn proofs(
        &self,
        intent: &Intent,
        spec: SpecId,
        details: &Details,
    ) -> Result<Vec<Proof>, CommandError> {
        let mut proofs = Vec::new();
        for one in details.work.iter().flat_map(|work| work.tasks.values()) {
            let known = self.as_it_is::<Task>(intent.actor.org, one.id).await?;
            proofs.extend(known.details().and_then(|task| proof(spec, TaskId(one.id), task)));
        }
        Ok(proofs)
    }
}

/// What a task stands for; nothing before it is completed, and of a spec that it does not come from.
fn proof(spec: SpecId, task: TaskId, details: &task::Details) -> Option<Proof> {
    let Status::Completed { kind } = details.status else { return None };
    let from = details.plan.spec.as_ref().filter(|from| from.id == spec)?;
    let evidence = match kind {
        EvidenceKind::Attested => Evidence::Attested,
        EvidenceKind::Verified => Evidence::Verified,
        EvidenceKind::Imported => Evidence::Imported,
    };
    let requirements = from.requirements.iter().map(|name| name.as_str().to_owned()).collect();
    Some(Proof { task, requirements, evidence })
}

#[cfg(test)]
mod tests {
    use kernel::{Decider as _, Uuid};
    use vocabulary::{Bounded, Line, Name, Phase, Priority, TaskNumber};
    use work::task::{Event, FromSpec, Plan, Work};

    use super::*;

    const SPEC: SpecId = SpecId(Uuid::from_u128(0x5e));
    const TASK: TaskId = TaskId(Uuid::from_u128(0x75));

    /// What a task of [`SPEC`] stands for in `spec` after these events.
    fn after(events: &[Event], spec: SpecId) -> Option<Proof> {
        let mut task = Task::default();
        let planned = Event::Planned(Box::new(Plan {
            ticket: TicketId(Uuid::from_u128(0x71)),
            number: TaskNumber::new(1).unwrap(),
            title: Name::new("Save a filter").unwrap(),
            description: None,
            phase: Phase::Implementation,
            priority: Priority::Medium,
            estimate: None,
            files: Bounded::default(),
            work: Work::default(),
            prerequisites: BTreeSet::new(),
            spec: Some(FromSpec {
                id: SPEC,
                local: Line::new("TSK-001").unwrap(),
                requirements: Bounded::new(vec![Line::new("REQ-FILTERS-FUNC-001.2").unwrap()]).unwrap(),
            }),
        }));
        std::iter::once(&planned).chain(events).for_each(|event| task.evolve(event));
        proof(spec, TASK, task.details().unwrap())
    }

    #[test]
    fn a_task_stands_for_what_it_addresses_once_it_is_completed() {
        for (kind, evidence) in [
            (EvidenceKind::Verified, Evidence::Verified),
            (EvidenceKind::Attested, Evidence::Attested),
            (EvidenceKind::Imported, Evidence::Imported),
        ] {
            let requirements = vec!["REQ-FILTERS-FUNC-001.2".to_owned()];
            let expected = Proof { task: TASK, requirements, evidence };
            assert_eq!(after(&[Event::Completed { kind }], SPEC), Some(expected));
        }
        assert_eq!(after(&[], SPEC), None);
        assert_eq!(after(&[Event::Cancelled { reason: None }], SPEC), None);
    }

    #[test]
    fn a_task_proves_nothing_of_a_spec_that_it_does_not_come_from() {
        let completed = Event::Completed { kind: EvidenceKind::Verified };
        assert_eq!(after(&[completed], SpecId(Uuid::from_u128(0x5f))), None);
    }
}
