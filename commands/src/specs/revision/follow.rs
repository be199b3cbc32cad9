//! What becomes of each ticket and task when its plan says something else: pure.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Uuid;
use plan::compute::Edges;
use plan::phases::{PlannedTask, PlannedTicket};
use planning::spec::{Materialized, RevisedWork};
use vocabulary::{TaskId, TicketId};
use work::task::{self, Revision, Status, Waits};
use work::ticket::{self, Card, TaskNote, Ticket};
use work::work_graph::EdgeChanges;

use super::super::work::{Names, Numbers, new_task, said};
use super::{Looked, names};
use crate::CommandError;

/// What becomes of the work.
pub(super) struct Outcome {
    /// What the spec notes.
    pub(super) note: RevisedWork,
    /// What everything is called in the plan as it is now.
    pub(super) names: Names,
    /// Tasks that are something else, by id.
    pub(super) tasks: BTreeMap<Uuid, (Revision, Waits)>,
    /// Tickets that are something else, by id.
    pub(super) tickets: BTreeMap<Uuid, ticket::Revision>,
    /// Tasks that nobody has begun and the plan no longer has.
    pub(super) withdrawn_tasks: Vec<Uuid>,
    /// Tickets that the plan no longer has, in which nothing is left to do.
    pub(super) withdrawn_tickets: Vec<Uuid>,
    pub(super) edges: EdgeChanges,
    /// Tasks that the plan no longer has, and somebody has begun.
    begun: Vec<String>,
}

impl Outcome {
    /// What stays as it is, whatever the plan says.
    pub(super) fn stays(self) -> BTreeSet<String> {
        self.note.kept.into_iter().chain(self.begun).collect()
    }
}

pub(super) fn follow(looked: &Looked, numbers: &Numbers) -> Result<Outcome, CommandError> {
    let mut follow = Follow {
        looked,
        names: names::now(looked, numbers)?,
        before: names::before(&looked.work)?,
        edges_before: Edges::of(&looked.before),
        edges_now: Edges::of(&looked.after),
        kept: BTreeSet::new(),
        tasks: BTreeMap::new(),
        tickets: BTreeMap::new(),
    };
    for planned in &looked.after.tasks {
        follow.revise_task(planned)?;
    }
    for planned in &looked.after.tickets {
        follow.revise_ticket(planned)?;
    }
    let edges = follow.change_edges()?;
    let (gone, withdrawn_tasks, begun) = follow.withdrawn_tasks();
    let (gone_tickets, withdrawn_tickets) = follow.withdrawn_tickets(&withdrawn_tasks);
    let note = follow.note(gone_tickets.into_iter().chain(gone).collect());
    let Follow { names, tasks, tickets, .. } = follow;
    Ok(Outcome { note, names, tasks, tickets, withdrawn_tasks, withdrawn_tickets, edges, begun })
}

/// The decisions so far.
pub(super) struct Follow<'l> {
    pub(super) looked: &'l Looked,
    pub(super) names: Names,
    pub(super) before: Names,
    edges_before: Edges<'l>,
    pub(super) edges_now: Edges<'l>,
    pub(super) kept: BTreeSet<String>,
    pub(super) tasks: BTreeMap<Uuid, (Revision, Waits)>,
    pub(super) tickets: BTreeMap<Uuid, ticket::Revision>,
}

impl Follow<'_> {
    fn revise_task(&mut self, planned: &PlannedTask) -> Result<(), CommandError> {
        let looked = self.looked;
        let id = self.names.task(&planned.id)?.task.0;
        let Some(known) = looked.tasks.get(&id) else { return Ok(()) };
        let wanted = new_task(looked.spec, planned, &self.names, self.edges_now.before_task(&planned.id))?;
        let before = looked.before.tasks.iter().find(|before| before.id == planned.id);
        let followed = match before.filter(|_| looked.work.tasks.contains_key(&planned.id)) {
            Some(before) => {
                let edges = self.edges_before.before_task(&before.id);
                Some(new_task(looked.spec, before, &self.before, edges)?)
            }
            None => None,
        };
        // What stayed behind, or comes back, is compared with what it is itself.
        let base =
            followed.as_ref().filter(|_| !looked.work.kept.contains(&planned.id)).unwrap_or(&known.plan);
        let waited = followed.as_ref().map(|plan| plan.prerequisites.clone()).unwrap_or_default();
        let waits = Waits {
            added: wanted.prerequisites.difference(&base.prerequisites).copied().collect(),
            removed: waited.difference(&wanted.prerequisites).copied().collect(),
        };
        self.change_task(&planned.id, id, known, &Revision::between(base, &wanted), &waits);
        Ok(())
    }

    /// As far as the state of the task allows it; the rest stays as it is.
    fn change_task(&mut self, local: &str, id: Uuid, known: &task::Details, said: &Revision, wanted: &Waits) {
        let mut revision = Revision::between(&known.plan, &said.of(&known.plan));
        let has = &known.plan.prerequisites;
        let mut waits = Waits {
            added: wanted.added.difference(has).copied().collect(),
            removed: wanted.removed.intersection(has).copied().collect(),
        };
        let over = matches!(known.status, Status::Completed { .. } | Status::Cancelled);
        let mut stays = over && !(revision.is_empty() && waits.is_empty());
        if over {
            (revision, waits) = (Revision::default(), Waits::default());
        }
        if known.was_begun() && revision.ticket.take().is_some() {
            stays = true;
        }
        if !known.is_waiting() && !waits.is_empty() {
            (waits, stays) = (Waits::default(), true);
        }
        if stays {
            self.kept.insert(local.to_owned());
        }
        if !(revision.is_empty() && waits.is_empty()) {
            self.tasks.insert(id, (revision, waits));
        }
    }

    fn revise_ticket(&mut self, planned: &PlannedTicket) -> Result<(), CommandError> {
        let looked = self.looked;
        let id = self.names.ticket(&planned.id)?.ticket;
        let Some(ticket) = looked.tickets.get(&id.0) else { return Ok(()) };
        let Some(card) = ticket.card() else { return Ok(()) };
        let before = looked.before.tickets.iter().find(|before| before.id == planned.id);
        let before = before.filter(|_| !looked.work.kept.contains(&planned.id));
        let (title, description, priority) = said(planned)?;
        let (old_title, old_description, old_priority) = match before {
            Some(before) => said(before)?,
            None => (card.title.clone(), card.description.clone(), card.priority),
        };
        let mut revision = ticket::Revision {
            title: Some(title).filter(|title| *title != old_title && *title != card.title),
            description: description.filter(|text| {
                old_description.as_ref() != Some(text) && card.description.as_ref() != Some(text)
            }),
            priority: Some(priority).filter(|it| *it != old_priority && *it != card.priority),
            ..ticket::Revision::default()
        };
        self.tickets_before(&planned.id, &mut revision, card)?;
        self.tasks_of(id, &mut revision)?;
        let nothing = revision == ticket::Revision::default();
        let opens = matches!(ticket, Ticket::Completed(_)) && !revision.attached.is_empty();
        if !nothing && (opens || matches!(ticket, Ticket::Open(_))) {
            self.tickets.insert(id.0, revision);
        } else if !nothing {
            self.kept.insert(planned.id.clone());
        }
        Ok(())
    }

    fn tickets_before(
        &self,
        local: &str,
        revision: &mut ticket::Revision,
        card: &Card,
    ) -> Result<(), CommandError> {
        let ids = |names: &Names, locals: &[&str]| -> Result<BTreeSet<TicketId>, CommandError> {
            locals.iter().map(|local| Ok(names.ticket(local)?.ticket)).collect()
        };
        let wanted = ids(&self.names, self.edges_now.before_ticket(local))?;
        let followed = ids(&self.before, self.edges_before.before_ticket(local))?;
        let known = &card.dependencies;
        revision.after = wanted.difference(&followed).filter(|on| !known.contains(on)).copied().collect();
        revision.no_longer_after =
            followed.difference(&wanted).filter(|on| known.contains(on)).copied().collect();
        Ok(())
    }

    /// New tasks come to their ticket; those that go to another one leave theirs.
    fn tasks_of(&self, id: TicketId, revision: &mut ticket::Revision) -> Result<(), CommandError> {
        let new = names::new_tasks(self.looked);
        for planned in &self.looked.after.tasks {
            let numbered = self.names.task(&planned.id)?;
            let goes = self.tasks.get(&numbered.task.0).and_then(|(revision, _)| revision.ticket);
            let comes = new.contains(&*planned.id) && self.names.ticket(&planned.parent_ticket)?.ticket == id;
            if comes || goes == Some(id) {
                revision.attached.push((numbered.task, numbered.number));
            }
            let from = self.looked.tasks.get(&numbered.task.0).map(|known| known.plan.ticket);
            if goes.is_some() && from == Some(id) {
                revision.detached.insert(numbered.task);
            }
        }
        Ok(())
    }

    /// What the plan no longer has; those of it that are given up; those that somebody has begun.
    fn withdrawn_tasks(&self) -> (Vec<String>, Vec<Uuid>, Vec<String>) {
        let planned: BTreeSet<&str> = self.looked.after.tasks.iter().map(|task| &*task.id).collect();
        let gone = self.looked.work.tasks.values().filter(|one| !planned.contains(&*one.local));
        let (mut all, mut given_up, mut begun) = (Vec::new(), Vec::new(), Vec::new());
        for one in gone {
            all.push(one.local.clone());
            match self.looked.tasks.get(&one.id) {
                Some(known) if !known.was_begun() => given_up.push(one.id),
                Some(known) if known.status != Status::Cancelled => begun.push(one.local.clone()),
                _ => {}
            }
        }
        (all, given_up, begun)
    }

    /// What the plan no longer has; those of it that are given up, as nothing of them is left to do or being done.
    fn withdrawn_tickets(&mut self, given_up: &[Uuid]) -> (Vec<String>, Vec<Uuid>) {
        let planned: BTreeSet<&str> = self.looked.after.tickets.iter().map(|ticket| &*ticket.id).collect();
        let gone = self.looked.work.tickets.values().filter(|one| !planned.contains(&*one.local));
        let is_over = |task: &TaskId, note: &TaskNote| {
            let known = self.looked.tasks.get(&task.0).map(|known| &known.status);
            let over =
                matches!(known, Some(Status::Completed { .. } | Status::Failed { .. } | Status::Cancelled));
            over || given_up.contains(&task.0) || !note.outcome.is_unfinished()
        };
        let (mut all, mut over) = (Vec::new(), Vec::new());
        for one in gone {
            all.push(one.local.clone());
            let Some(Ticket::Open(card)) = self.looked.tickets.get(&one.id) else { continue };
            let leaves = |task: &TaskId| {
                self.tasks.get(&task.0).is_some_and(|(revision, _)| revision.ticket.is_some())
            };
            if card.tasks.iter().all(|(task, note)| leaves(task) || is_over(task, note)) {
                over.push(one.id);
                continue;
            }
            let detached: BTreeSet<_> = card.tasks.keys().filter(|task| leaves(task)).copied().collect();
            if !detached.is_empty() {
                self.tickets.insert(one.id, ticket::Revision { detached, ..ticket::Revision::default() });
            }
        }
        (all, over)
    }

    fn note(&self, withdrawn: Vec<String>) -> RevisedWork {
        let Looked { work, after, hash, .. } = self.looked;
        let (tickets, tasks) = (after.tickets.iter().map(|it| &it.id), after.tasks.iter().map(|it| &it.id));
        let known = |one: &Materialized, id: Uuid| one.id == id;
        let (mut new_tickets, mut new_tasks, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for numbered in tickets.filter_map(|local| self.names.tickets.get(local)) {
            match work.tickets.get(&numbered.local) {
                Some(one) if known(one, numbered.ticket.0) => {
                    changed.extend(
                        self.tickets.contains_key(&numbered.ticket.0).then(|| numbered.local.clone()),
                    );
                }
                _ => new_tickets.push(numbered.clone()),
            }
        }
        for numbered in tasks.filter_map(|local| self.names.tasks.get(local)) {
            match work.tasks.get(&numbered.local) {
                Some(one) if known(one, numbered.task.0) => {
                    changed.extend(self.tasks.contains_key(&numbered.task.0).then(|| numbered.local.clone()));
                }
                _ => new_tasks.push(numbered.clone()),
            }
        }
        let kept = self.kept.iter().cloned().collect();
        RevisedWork { plan: *hash, tickets: new_tickets, tasks: new_tasks, changed, withdrawn, kept }
    }
}
