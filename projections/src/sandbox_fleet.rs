//! The sandboxes of runs: where each is, what holds it, and whether it is still there. A run has one sandbox at most.

use eventstore::Unavailable;
use execution::run::Event;
use kernel::{OrgId, ProjectId, Recorded, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{BranchName, Line, Name, RunId};

use crate::run_trajectory::RunName;
use crate::{Fact, Key, Projection, ReadModels};

/// The row of a sandbox.
const SANDBOX: &str = "sandbox";
/// The same row, as long as the sandbox is not released: what is there is few, and all of it is looked at.
const HELD: &str = "held";

/// The read model `sandbox_fleet`.
#[derive(Debug)]
pub struct SandboxFleet;

/// A sandbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sandbox {
    /// The project of its run.
    pub project: Option<ProjectId>,
    /// What kind it is, e.g. `local`.
    pub provider: Name,
    /// The node that has it.
    pub node: Line<200>,
    /// The branch that is worked on in it.
    pub branch: BranchName,
    /// What holds it: `full`, `user` or `process`; `null` before it is ready.
    pub level: Option<Name>,
    /// How far it is.
    pub state: SandboxState,
    /// When it was decided on.
    pub requested_at: Timestamp,
    /// When it was ready; `null` before.
    pub ready_at: Option<Timestamp>,
    /// When its run ended; `null` before.
    pub ended_at: Option<Timestamp>,
    /// When it went away under its run; `null` when it did not.
    pub lost_at: Option<Timestamp>,
    /// When it was removed; `null` before.
    pub released_at: Option<Timestamp>,
}

/// How far a sandbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SandboxState {
    /// It is being made.
    Requested,
    /// It is there.
    Ready,
    /// It went away under its run; what was in it may still be there.
    Lost,
    /// It was removed; all that was in it is kept.
    Released,
}

/// A sandbox and its run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "RunSandbox")]
pub struct SandboxAnswer {
    /// The run that it is for.
    pub run: RunId,
    /// What people call that run by; `null` when it is not known yet.
    pub name: Option<RunName>,
    /// What is known of it.
    #[serde(flatten)]
    pub sandbox: Sandbox,
}

/// Sandboxes of an organization.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Sandboxes")]
pub struct SandboxesAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// By run, that is, by no order that means anything.
    pub sandboxes: Vec<SandboxAnswer>,
    /// What to ask with as `after` for the next page; `null` on the last one.
    pub next: Option<RunId>,
}

impl Projection for SandboxFleet {
    const NAME: &'static str = "sandbox_fleet";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["run"];
    type Row = Sandbox;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let id = &event.envelope.aggregate_id;
        match &event.event {
            Fact::Run(
                Event::SandboxRequested(_)
                | Event::SandboxReady { .. }
                | Event::SandboxLost { .. }
                | Event::SandboxReleased
                | Event::Ended { .. },
            ) => vec![Key::new(SANDBOX, id), Key::new(HELD, id)],
            _ => Vec::new(),
        }
    }

    fn fold(key: &Key, row: &mut Option<Sandbox>, event: &Recorded<Fact>) {
        let Fact::Run(fact) = &event.event else { return };
        let at = event.envelope.recorded_at;
        if let Event::SandboxRequested(place) = fact {
            *row = Some(Sandbox {
                project: event.envelope.project_id,
                provider: place.provider.clone(),
                node: place.node.clone(),
                branch: place.branch.clone(),
                level: None,
                state: SandboxState::Requested,
                requested_at: at,
                ready_at: None,
                ended_at: None,
                lost_at: None,
                released_at: None,
            });
        }
        // A run may end before it has a sandbox.
        let Some(sandbox) = row else { return };
        match fact {
            Event::SandboxReady { level, .. } => {
                sandbox.level = Some(level.clone());
                sandbox.state = SandboxState::Ready;
                sandbox.ready_at = Some(at);
            }
            Event::SandboxLost { .. } => {
                sandbox.state = SandboxState::Lost;
                sandbox.lost_at = Some(at);
            }
            Event::Ended { .. } => sandbox.ended_at = Some(at),
            Event::SandboxReleased if key.kind == HELD => *row = None,
            Event::SandboxReleased => {
                sandbox.state = SandboxState::Released;
                sandbox.released_at = Some(at);
            }
            _ => {}
        }
    }
}

impl ReadModels {
    /// Sandboxes of an organization, at most `limit`, those of the runs after `after` when it is given: those that are not
    /// released, or all there ever were. `only`: of this project.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn sandboxes(
        &self,
        org: OrgId,
        only: Option<ProjectId>,
        released_too: bool,
        after: Option<RunId>,
        limit: i64,
    ) -> Result<SandboxesAnswer, Unavailable> {
        let after = after.map(|after| after.to_string());
        let kind = if released_too { SANDBOX } else { HELD };
        let (root, one_more) = (only.map(|project| project.0), limit.saturating_add(1));
        let mut answer =
            self.of_kind_within::<SandboxFleet>(org, root, kind, after.as_deref(), one_more).await?;
        let more = usize::try_from(limit).is_ok_and(|limit| answer.rows.len() > limit);
        if more {
            answer.rows.pop();
        }
        let known: Vec<(RunId, Sandbox)> = answer
            .rows
            .into_iter()
            .filter_map(|row| Some((RunId(row.id.parse::<Uuid>().ok()?), row.row)))
            .collect();
        let mut names = self.names_of_runs(org, known.iter().map(|(run, _)| *run).collect()).await?;
        let named = |(run, sandbox)| SandboxAnswer { run, name: names.remove(&run), sandbox };
        let sandboxes: Vec<SandboxAnswer> = known.into_iter().map(named).collect();
        let next = sandboxes.last().map(|last| last.run).filter(|_| more);
        Ok(SandboxesAnswer { position: answer.position, sandboxes, next })
    }
}

#[cfg(test)]
mod tests {
    use execution::run::Outcome;
    use vocabulary::Reason;

    use super::*;
    use crate::testing::{Folded, runs};

    const RUN: Uuid = Uuid::from_u128(0x30);

    fn sandbox(folded: &Folded<SandboxFleet>, kind: &str) -> Option<Sandbox> {
        folded.answer().rows.into_iter().find(|row| row.kind == kind).map(|row| row.row)
    }

    #[test]
    fn a_sandbox_is_held_until_it_is_released_and_known_for_ever() {
        let mut folded = Folded::<SandboxFleet>::default();
        let mut seen = Vec::new();
        let lost = Event::SandboxLost { reason: Reason::new("its parent was killed").unwrap() };
        for event in [
            runs::started(1),
            runs::sandbox_requested(),
            runs::sandbox_ready(),
            lost,
            runs::ended(Outcome::Lost),
            Event::SandboxReleased,
        ] {
            folded.at = Timestamp::from_micros(folded.position * 10);
            folded.append(RUN, "run", Fact::Run(event));
            let held = sandbox(&folded, HELD);
            seen.push(held.as_ref().map(|held| held.state));
            if let Some(held) = held {
                assert_eq!(
                    sandbox(&folded, SANDBOX),
                    Some(held),
                    "the two say the same as long as both are there"
                );
            }
        }
        use SandboxState::{Lost, Ready, Requested};
        assert_eq!(seen, [None, Some(Requested), Some(Ready), Some(Lost), Some(Lost), None]);
        let known = sandbox(&folded, SANDBOX).unwrap();
        assert_eq!(known.state, SandboxState::Released);
        assert_eq!(known.level.as_ref().map(Name::as_str), Some("full"));
        let at = |time: Option<Timestamp>| time.map(Timestamp::micros);
        let times = [at(known.ready_at), at(known.lost_at), at(known.ended_at), at(known.released_at)];
        assert_eq!((known.requested_at.micros(), times), (10, [Some(20), Some(30), Some(40), Some(50)]));
    }

    #[test]
    fn a_run_that_ends_before_it_has_a_sandbox_has_none() {
        let mut folded = Folded::<SandboxFleet>::default();
        for event in [runs::started(1), runs::ended(Outcome::Cancelled)] {
            folded.append(RUN, "run", Fact::Run(event));
        }
        assert!(folded.answer().rows.is_empty());
    }
}
