//! What a revision starts from, and how far the work follows it.

use plan::phases::Tasks;
use plan::{ContentHash, Phase, Plan};
use serde_json::Value;

use super::{Content, Details, judge};

impl Details {
    /// What a revision names as what it was made from: of all that the plan says, not of what is computed from it. A
    /// description that changes changes no computed check.
    #[must_use]
    pub fn plan_hash(&self) -> ContentHash {
        let said = [Phase::Requirements, Phase::Design, Phase::Tasks].into_iter().filter_map(|phase| {
            let progress = self.progress(phase)?;
            Some((phase.as_str().to_owned(), Value::from(progress.content.hash().to_string())))
        });
        ContentHash::of_json(&Value::Object(said.collect()))
    }

    /// Of the tasks that the plan has: what work is made from.
    #[must_use]
    pub fn tasks_hash(&self) -> ContentHash {
        let written = self.progress(Phase::Tasks).map(|progress| progress.content.hash());
        written.unwrap_or_else(|| Content::default().hash())
    }

    /// `plan` as a revision of this one: what is the same keeps its id, a design of which it says nothing stays.
    #[must_use]
    pub fn aligned(&self, mut plan: Plan) -> Plan {
        let before = self.plan();
        if plan.design.is_none() {
            plan.design.clone_from(&before.design);
        }
        plan::align(&before, plan)
    }

    /// The tasks that the work follows: of the plan, or while it was revised a moment ago, of the one before.
    #[must_use]
    pub fn followed(&self) -> Tasks {
        let behind = self.work.as_ref().and_then(|work| work.behind.as_deref());
        behind.map_or_else(|| self.plan().tasks, |content| judge::read(content).unwrap_or_default())
    }

    /// Whether the work is what the plan says it is.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.work.as_ref().is_some_and(|work| work.behind.is_none())
    }
}
