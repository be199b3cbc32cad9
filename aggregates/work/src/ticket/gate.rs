//! Whether a ticket may leave a phase, and what is missing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Criterion, EvidenceLevel, Gates, Phase};

use super::{Approval, Card, Event, EvidenceNote, TaskNote, TaskOutcome};

/// A criterion that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Unmet {
    /// The phase to leave.
    pub phase: Phase,
    /// What must hold.
    pub criterion: Criterion,
    /// What is so instead, for people: `TSK-002 is open`.
    pub detail: String,
}

/// What became of the criteria of one phase.
#[derive(Debug)]
pub(super) struct Verdict {
    phase: Phase,
    met: Vec<Criterion>,
    pub(super) unmet: Vec<Unmet>,
}

/// How many tasks a detail names; the rest is counted.
const NAMED: usize = 5;

impl Verdict {
    /// Evaluates the gate of `phase`.
    pub(super) fn of(card: &Card, phase: Phase, gates: &Gates) -> Self {
        let mut verdict = Self { phase, met: Vec::new(), unmet: Vec::new() };
        for criterion in gates.of(phase).iter().copied() {
            match missing(card, phase, criterion) {
                None => verdict.met.push(criterion),
                Some(detail) => verdict.unmet.push(Unmet { phase, criterion, detail }),
            }
        }
        verdict
    }

    pub(super) fn passed(&self) -> bool {
        self.unmet.is_empty()
    }

    /// Whether a person's approval is all that is missing.
    pub(super) fn lacks_only_approval(&self) -> bool {
        matches!(self.unmet.as_slice(), [Unmet { criterion: Criterion::Approval, .. }])
    }

    /// What the log keeps of it. A phase without tasks of which nothing but tasks is asked is no news.
    pub(super) fn into_event(self, card: &Card, forced: bool) -> Option<Event> {
        let approval = self.met.contains(&Criterion::Approval);
        let news = !self.passed() || approval || card.tasks_of(self.phase).next().is_some();
        let asked = !(self.met.is_empty() && self.unmet.is_empty());
        (news && asked).then(|| Event::GateEvaluated {
            phase: self.phase,
            passed: self.passed(),
            forced,
            met: self.met,
            unmet: self.unmet,
        })
    }
}

/// What is so instead of `criterion`; nothing when it holds.
fn missing(card: &Card, phase: Phase, criterion: Criterion) -> Option<String> {
    match criterion {
        Criterion::TasksDone => named(card.tasks_of(phase), |task| match task.outcome {
            TaskOutcome::Open => Some("is open"),
            TaskOutcome::Failed => Some("has failed"),
            TaskOutcome::Completed | TaskOutcome::Cancelled => None,
        }),
        Criterion::Approval => match card.approvals.get(&phase) {
            Some(Approval::Granted { .. }) => None,
            Some(Approval::Requested) => Some("the approval is pending".to_owned()),
            Some(Approval::Rejected { reason, .. }) => Some(format!("the approval was rejected: {reason}")),
            None => Some("the approval has not been requested".to_owned()),
        },
        Criterion::Evidence { level } => {
            let completed = card.tasks_of(phase).filter(|task| task.outcome == TaskOutcome::Completed);
            named(completed, |task| match (level, task.evidence) {
                (_, None) => Some("has no evidence"),
                (EvidenceLevel::Any, Some(_)) | (_, Some(EvidenceNote::Verified)) => None,
                (EvidenceLevel::Verified, Some(EvidenceNote::Attested | EvidenceNote::Imported)) => {
                    Some("has no verified evidence")
                }
            })
        }
    }
}

/// `TSK-002 is open, TSK-003 has failed`: the tasks with a fault, and which.
fn named<'a>(
    tasks: impl Iterator<Item = &'a TaskNote>,
    fault: impl Fn(&TaskNote) -> Option<&'static str>,
) -> Option<String> {
    let mut faults: Vec<_> = tasks.filter_map(|task| Some((task.number, fault(task)?))).collect();
    faults.sort_unstable();
    let more = faults.len().saturating_sub(NAMED);
    let listed: Vec<_> =
        faults.iter().take(NAMED).map(|(number, fault)| format!("{number} {fault}")).collect();
    let listed = listed.join(", ");
    match (faults.len(), more) {
        (0, _) => None,
        (_, 0) => Some(listed),
        (_, more) => Some(format!("{listed} and {more} more")),
    }
}
