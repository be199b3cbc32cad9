//! What must hold before a ticket leaves a phase.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Phase;

/// One thing that must hold. `{"kind": "evidence", "level": "verified"}` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum Criterion {
    /// Every task of the phase is completed; a phase without tasks has none left to do.
    TasksDone,
    /// A person has approved.
    Approval,
    /// Every completed task of the phase has evidence of this level.
    Evidence {
        /// The least that counts.
        level: EvidenceLevel,
    },
}

/// How much the evidence of a completed task must be worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EvidenceLevel {
    /// Whatever was submitted, a person's word included.
    Any,
    /// Commands that the platform ran itself; a person's word never counts.
    Verified,
}

/// The criteria of a project's phases. A phase without an entry has [`Criterion::TasksDone`]; the backlog
/// without one has none. What is asked of `done` is never evaluated: nothing leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "BTreeMap<Phase, Vec<Criterion>>", into = "BTreeMap<Phase, Vec<Criterion>>")]
#[schemars(inline)]
pub struct Gates(BTreeMap<Phase, Vec<Criterion>>);

/// Why some criteria are no [`Gates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGates {
    /// More than [`Gates::MAX_CRITERIA`] for one phase.
    #[error("a gate has at most {max} criteria, that of {phase} has {criteria}", max = Gates::MAX_CRITERIA)]
    TooMany {
        /// The phase to leave.
        phase: Phase,
        /// How many criteria it was given.
        criteria: usize,
    },
    /// The same criterion twice for one phase.
    #[error("the gate of {phase} names a criterion twice")]
    Duplicate {
        /// The phase to leave.
        phase: Phase,
    },
}

impl Gates {
    /// For one phase; a person reads the list that is left.
    pub const MAX_CRITERIA: usize = 10;

    /// Checks `criteria`. An empty list is an entry too: that phase is left freely.
    ///
    /// # Errors
    /// [`InvalidGates`] names the first phase that breaks a rule.
    pub fn new(criteria: BTreeMap<Phase, Vec<Criterion>>) -> Result<Self, InvalidGates> {
        for (&phase, of_phase) in &criteria {
            if of_phase.len() > Self::MAX_CRITERIA {
                return Err(InvalidGates::TooMany { phase, criteria: of_phase.len() });
            }
            let repeats = |(index, criterion)| of_phase[..index].contains(criterion);
            if of_phase.iter().enumerate().any(repeats) {
                return Err(InvalidGates::Duplicate { phase });
            }
        }
        Ok(Self(criteria))
    }

    /// What must hold to leave `phase`, in the order it was configured.
    #[must_use]
    pub fn of(&self, phase: Phase) -> &[Criterion] {
        match self.0.get(&phase) {
            Some(criteria) => criteria,
            None if phase == Phase::Backlog => &[],
            None => &[Criterion::TasksDone],
        }
    }
}

impl TryFrom<BTreeMap<Phase, Vec<Criterion>>> for Gates {
    type Error = InvalidGates;

    fn try_from(criteria: BTreeMap<Phase, Vec<Criterion>>) -> Result<Self, Self::Error> {
        Self::new(criteria)
    }
}

impl From<Gates> for BTreeMap<Phase, Vec<Criterion>> {
    fn from(gates: Gates) -> Self {
        gates.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const VERIFIED: Criterion = Criterion::Evidence { level: EvidenceLevel::Verified };

    fn gate(phase: Phase, criteria: &[Criterion]) -> Result<Gates, InvalidGates> {
        Gates::new(BTreeMap::from([(phase, criteria.to_vec())]))
    }

    #[test]
    fn without_configuration_the_tasks_of_a_phase_must_be_done() {
        for phase in Phase::ALL.iter().copied().filter(|phase| *phase != Phase::Backlog) {
            assert_eq!(Gates::default().of(phase), [Criterion::TasksDone]);
        }
    }

    #[test]
    fn the_backlog_is_left_freely_unless_it_has_a_gate() {
        assert_eq!(Gates::default().of(Phase::Backlog), []);
        let gated = gate(Phase::Backlog, &[Criterion::Approval]).unwrap();
        assert_eq!(gated.of(Phase::Backlog), [Criterion::Approval]);
    }

    #[test]
    fn an_entry_replaces_the_default_even_when_it_is_empty() {
        let gates = gate(Phase::Testing, &[Criterion::Approval, VERIFIED]).unwrap();
        assert_eq!(gates.of(Phase::Testing), [Criterion::Approval, VERIFIED]);
        assert_eq!(gates.of(Phase::Design), [Criterion::TasksDone]);
        assert_eq!(gate(Phase::Testing, &[]).unwrap().of(Phase::Testing), []);
    }

    #[test]
    fn a_criterion_stands_once_in_a_gate() {
        let twice = [VERIFIED, Criterion::Approval, VERIFIED];
        assert_eq!(gate(Phase::Design, &twice), Err(InvalidGates::Duplicate { phase: Phase::Design }));
        let levels = [VERIFIED, Criterion::Evidence { level: EvidenceLevel::Any }];
        assert!(gate(Phase::Design, &levels).is_ok());
    }

    #[test]
    fn a_gate_has_at_most_10_criteria() {
        let eleven = [Criterion::Approval; 11];
        let refused = InvalidGates::TooMany { phase: Phase::Design, criteria: 11 };
        assert_eq!(gate(Phase::Design, &eleven), Err(refused));
    }

    #[test]
    fn gates_are_a_map_on_the_wire() {
        let gates = gate(Phase::Testing, &[Criterion::TasksDone, VERIFIED]).unwrap();
        let wire = json!({"testing": [{"kind": "tasks_done"}, {"kind": "evidence", "level": "verified"}]});
        assert_eq!(serde_json::to_value(&gates).unwrap(), wire);
        assert_eq!(serde_json::from_value::<Gates>(wire).unwrap(), gates);
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let twice = json!({"testing": [{"kind": "approval"}, {"kind": "approval"}]});
        let refused = serde_json::from_value::<Gates>(twice).unwrap_err();
        assert!(refused.to_string().contains("twice"), "{refused}");
        for hostile in [
            json!({"lunch": []}),
            json!({"testing": [{"kind": "luck"}]}),
            json!({"testing": [{"kind": "evidence"}]}),
            json!([]),
        ] {
            assert!(serde_json::from_value::<Gates>(hostile.clone()).is_err(), "{hostile}");
        }
    }
}
