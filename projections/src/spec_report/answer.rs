//! The report, put together from all that is known.

use std::collections::BTreeMap;

use kernel::{ActorId, ProjectId, Usd, Uuid};
use plan::phases::Requirement;
use planning::spec::{Evidence, Materialized, Work, addresses};
use vocabulary::{RunId, SpecId, TaskId, TicketId};
use work::task::{Details, EvidenceKind, Status, Task};
use work::ticket::Ticket;

use super::fold::sum;
use super::tally::{Tally, of_agents};
use super::{
    Cost, Deed, Did, MergeReport, OfMerge, OfRun, OfSpec, OfTask, ParkedWork, ProofAnswer, RequirementReport,
    SpecReportAnswer, TaskReport, TicketReport, Times,
};
use crate::merge_queue::{CandidateState, MergeAnswer};
use crate::spec_workspace::SpecAnswer;

/// What the page of a spec says of its plan.
pub(super) struct Planned {
    pub(super) project: Option<ProjectId>,
    pub(super) cost: Usd,
    pub(super) requirements: Vec<Requirement>,
}

impl From<SpecAnswer> for Planned {
    fn from(page: SpecAnswer) -> Self {
        let requirements = page.content.requirements.into_iter().map(|shown| shown.requirement);
        Self { project: page.project, cost: page.calls.cost, requirements: requirements.collect() }
    }
}

/// All that is known of a spec and its work.
pub(super) struct Known {
    spec: OfSpec,
    planned: Planned,
    work: Work,
    pub(super) tickets: BTreeMap<Uuid, Ticket>,
    pub(super) details: BTreeMap<TaskId, Details>,
    pub(super) tasks: BTreeMap<TaskId, OfTask>,
    pub(super) runs: BTreeMap<RunId, OfRun>,
    pub(super) merge: Option<MergeAnswer>,
    pub(super) of_merge: OfMerge,
}

impl Known {
    pub(super) fn of(spec: OfSpec, planned: Planned) -> Self {
        let work = spec.state.details().and_then(|details| details.work.clone()).unwrap_or_default();
        let (tickets, details, tasks, runs) = Default::default();
        let (merge, of_merge) = Default::default();
        Self { spec, planned, work, tickets, details, tasks, runs, merge, of_merge }
    }

    /// Its tickets, those included that the plan no longer has.
    pub(super) fn ticket_ids(&self) -> Vec<String> {
        let all = self.work.tickets.values().chain(&self.work.withdrawn_tickets);
        all.map(|one| one.id.to_string()).collect()
    }

    /// Its tasks, those included that the plan no longer has, or never had: somebody may have added them to a ticket.
    pub(super) fn task_ids(&self) -> Vec<String> {
        let planned = self.work.tasks.values().chain(&self.work.withdrawn).map(|one| TaskId(one.id));
        let cards = self.tickets.values().filter_map(Ticket::card);
        let mut all: Vec<TaskId> = planned.chain(cards.flat_map(|card| card.tasks.keys().copied())).collect();
        all.sort_unstable();
        all.dedup();
        all.iter().map(TaskId::to_string).collect()
    }

    pub(super) fn run_ids(&self) -> Vec<String> {
        self.tasks.values().flat_map(|task| &task.runs).map(RunId::to_string).collect()
    }

    pub(super) fn answer(self, id: SpecId, position: i64, stale: Option<i64>) -> Option<SpecReportAnswer> {
        let state = self.spec.state.details()?;
        let all = Tally::of(self.runs.values());
        let cost = Cost {
            planning: self.planned.cost,
            runs: all.cost,
            merge: self.of_merge.cost,
            ..Cost::default()
        };
        let total = [cost.runs, cost.merge].into_iter().fold(cost.planning, sum);
        let requirements: Vec<_> = self.requirements().collect();
        let unproven = requirements.iter().filter(|it| it.evidence.is_none() && it.accepted.is_none());
        Some(SpecReportAnswer {
            id,
            project: self.planned.project,
            title: state.title.clone(),
            stage: state.stage.clone(),
            times: Times {
                submitted_at: self.spec.submitted_at,
                started_at: self.spec.started_at,
                completed_at: self.spec.completed_at,
                runs_ms: all.runs_ms,
            },
            cost: Cost { total, ..cost },
            unproven: unproven.map(|it| it.id.clone()).collect(),
            accepted: self.spec.accepted.clone(),
            tickets: self.ticket_reports(),
            tasks: self.task_reports(),
            agents: of_agents(self.runs.values()),
            people: self.people(),
            merge: self.merge.as_ref().map(merge_report),
            requirements,
            position,
            stale,
        })
    }

    fn requirements(&self) -> impl Iterator<Item = RequirementReport> {
        self.planned.requirements.iter().map(|requirement| {
            // What the plan no longer has proves nothing of it: the spec does not count it either.
            let planned = self.work.tasks.values().map(|one| TaskId(one.id));
            let addressing = planned.filter_map(|id| {
                let details = self.details.get(&id)?;
                let from = details.plan.spec.as_ref()?;
                let names: Vec<String> = from.requirements.iter().map(ToString::to_string).collect();
                addresses(&names, &requirement.id).then_some((id, details))
            });
            let addressing: Vec<_> = addressing.collect();
            let proofs: Vec<ProofAnswer> =
                addressing.iter().filter_map(|(id, details)| self.proof(*id, details)).collect();
            let open = addressing.iter().filter(|(_, details)| evidence(details).is_none());
            let accepted = self.spec.accepted.iter().find(|it| it.requirements.contains(&requirement.id));
            RequirementReport {
                id: requirement.id.clone(),
                title: requirement.title.clone(),
                text: requirement.text.clone(),
                evidence: proofs.iter().map(|proof| proof.evidence).max(),
                open: open.map(|(_, details)| details.plan.number).collect(),
                proofs,
                accepted: accepted.cloned(),
            }
        })
    }

    fn proof(&self, task: TaskId, details: &Details) -> Option<ProofAnswer> {
        let submitted = self.tasks.get(&task).and_then(|of| of.evidence.as_ref());
        Some(ProofAnswer {
            task,
            number: details.plan.number,
            title: details.plan.title.clone(),
            evidence: evidence(details)?,
            commit: details.commit.clone(),
            commands: submitted.map(|evidence| evidence.commands.clone()).unwrap_or_default(),
            by: self.attested_by(task),
        })
    }

    /// Whose word the completion of a task is; nobody's when it is more than that, or less.
    fn attested_by(&self, task: TaskId) -> Option<ActorId> {
        let attested = self.details.get(&task).and_then(evidence) == Some(Evidence::Attested);
        let submitted = self.tasks.get(&task).and_then(|of| of.evidence.as_ref());
        submitted.filter(|of| attested && of.kind == EvidenceKind::Attested).map(|of| of.by)
    }

    fn ticket_reports(&self) -> Vec<TicketReport> {
        let report = |one: &Materialized, withdrawn: bool| {
            let state = self.tickets.get(&one.id)?;
            let card = state.card()?;
            Some(TicketReport {
                id: TicketId(one.id),
                local: one.local.clone(),
                number: card.number,
                title: card.title.clone(),
                status: state.status_name(),
                withdrawn,
            })
        };
        let planned = self.work.tickets.values().filter_map(|one| report(one, false));
        let withdrawn = self.work.withdrawn_tickets.iter().filter_map(|one| report(one, true));
        let mut all: Vec<_> = planned.chain(withdrawn).collect();
        all.sort_by_key(|ticket| ticket.number);
        all
    }

    fn task_reports(&self) -> Vec<TaskReport> {
        let merged = |task: TaskId| {
            let candidates = self.merge.iter().flat_map(|merge| &merge.candidates);
            candidates.filter(|one| one.task == task).find_map(|one| one.merged_as.clone())
        };
        let report = |(id, details): (&TaskId, &Details)| {
            let withdrawn = local_of(&self.work.withdrawn, *id);
            let local = local_of(self.work.tasks.values(), *id);
            let of = self.tasks.get(id).cloned().unwrap_or_default();
            let tally = Tally::of(of.runs.iter().filter_map(|run| self.runs.get(run)));
            TaskReport {
                id: *id,
                withdrawn: local.is_none() && withdrawn.is_some(),
                local: local.or(withdrawn),
                number: details.plan.number,
                title: details.plan.title.clone(),
                ticket: details.plan.ticket,
                status: Task::Present(Box::new(details.clone())).status_name(),
                evidence: evidence(details),
                commit: details.commit.clone(),
                merged_as: merged(*id),
                changed: tally.changed,
                runs: tally.runs,
                agents: tally.agents,
                drivers: tally.drivers,
                runs_ms: tally.runs_ms,
                cost: tally.cost,
                started_at: of.started_at,
                completed_at: of.completed_at,
            }
        };
        let mut all: Vec<_> = self.details.iter().map(report).collect();
        all.sort_by_key(|task| task.number);
        all
    }

    fn people(&self) -> Vec<Deed> {
        let attested = self.details.iter().filter_map(|(task, details)| {
            let at = self.tasks.get(task)?.evidence.as_ref()?.at;
            let of = Some(details.plan.number.to_string());
            Some(Deed { by: self.attested_by(*task)?, did: Did::Attested, of, at })
        });
        let branch = self.merge.as_ref().map(|merge| merge.branch.to_string());
        let approved = self.of_merge.approvals.iter().map(|(by, at)| Deed {
            by: *by,
            did: Did::ApprovedMerge,
            of: branch.clone(),
            at: *at,
        });
        let mut all: Vec<_> = self.spec.deeds.iter().cloned().chain(attested).chain(approved).collect();
        all.sort_by_key(|deed| deed.at);
        all
    }
}

/// What the plan calls a task, when it is among these.
fn local_of<'m>(known: impl IntoIterator<Item = &'m Materialized>, task: TaskId) -> Option<String> {
    known.into_iter().find(|one| one.id == task.0).map(|one| one.local.clone())
}

/// What the completion of a task rests on; nothing before it is completed.
const fn evidence(details: &Details) -> Option<Evidence> {
    match details.status {
        Status::Completed { kind: EvidenceKind::Imported } => Some(Evidence::Imported),
        Status::Completed { kind: EvidenceKind::Attested } => Some(Evidence::Attested),
        Status::Completed { kind: EvidenceKind::Verified } => Some(Evidence::Verified),
        _ => None,
    }
}

fn merge_report(merge: &MergeAnswer) -> MergeReport {
    let left = merge.candidates.iter().filter(|one| one.state != CandidateState::Merged);
    MergeReport {
        id: merge.id,
        status: merge.status,
        branch: merge.branch.clone(),
        head: merge.head.clone(),
        target: merge.target.clone(),
        base: merge.base.clone(),
        not_in: left
            .map(|one| ParkedWork {
                number: one.number,
                state: one.state,
                commit: one.commit.clone(),
                reason: one.park.as_ref().map(|park| park.reason.clone()),
            })
            .collect(),
        landed: merge.landed.clone(),
    }
}
