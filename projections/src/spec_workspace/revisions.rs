//! How often an accepted plan was revised, by whom, and what became of the work.

use std::collections::BTreeMap;

use kernel::{ActorId, Timestamp};
use plan::phases::Requirements;
use plan::{ContentHash, Phase};
use planning::spec::{Event, Spec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Revisions that a row keeps, the newest; the log has them all.
const KEPT: usize = 20;

/// What is known of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions {
    newest: Vec<Revision>,
    /// Of each requirement of the accepted plan: what it says, and since which event.
    requirements: BTreeMap<String, (ContentHash, i64)>,
}

/// One revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SpecRevision")]
pub struct Revision {
    /// Who revised.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// What became of the work; `null` until it followed, and for a plan that was revised again before that.
    pub work: Option<WorkChange>,
}

/// What became of the work, by ids of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SpecWorkChange")]
pub struct WorkChange {
    /// Tickets and tasks that were new.
    pub added: Vec<String>,
    /// Those that were something else.
    pub changed: Vec<String>,
    /// Those that the plan no longer had.
    pub withdrawn: Vec<String>,
    /// Those that stayed as they were, though the plan said something else of them.
    pub kept: Vec<String>,
}

impl Revisions {
    /// The newest, oldest first.
    pub(super) fn newest(&self) -> &[Revision] {
        &self.newest
    }

    /// Since which event the requirement says what it says; nothing before the plan was accepted.
    pub(super) fn said_since(&self, requirement: &str) -> Option<i64> {
        self.requirements.get(requirement).map(|(_, position)| *position)
    }

    /// `state`: the spec after the event.
    pub(super) fn note(&mut self, fact: &Event, state: &Spec, at: Timestamp, position: i64) {
        match fact {
            Event::Revised { by } => {
                self.newest.push(Revision { by: *by, at, work: None });
                let surplus = self.newest.len().saturating_sub(KEPT);
                self.newest.drain(..surplus);
            }
            Event::WorkRevised { tickets, tasks, changed, withdrawn, kept } => {
                if let Some(last) = self.newest.last_mut() {
                    let added = tickets.iter().chain(tasks).map(|one| one.local.clone()).collect();
                    let (changed, withdrawn, kept) = (changed.clone(), withdrawn.clone(), kept.clone());
                    last.work = Some(WorkChange { added, changed, withdrawn, kept });
                }
            }
            Event::PlanAccepted { .. } => self.accept(state, position),
            _ => {}
        }
    }

    fn accept(&mut self, state: &Spec, position: i64) {
        let written = state.details().and_then(|spec| spec.passed(Phase::Requirements));
        let said: Requirements =
            written.and_then(|content| serde_json::from_str(&content.to_json()).ok()).unwrap_or_default();
        let known = std::mem::take(&mut self.requirements);
        for requirement in said.requirements {
            let text = serde_json::json!([requirement.text.trim(), requirement.acceptance_criteria]);
            let hash = ContentHash::of_json(&text);
            let since = known.get(&requirement.id).filter(|(known, _)| *known == hash);
            let since = since.map_or(position, |(_, since)| *since);
            self.requirements.insert(requirement.id, (hash, since));
        }
    }
}
