//! The answers about merges, as far as people read them on the command line.

use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use crate::cli::client::{Failure, Kind};

/// Digits of a commit that people are shown, and the fewest that name it.
const SHORT: usize = 12;
const SHORTEST: usize = 7;

/// The answer of `GET /projects/{id}/merges`.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Merges {
    pub(in crate::cli) position: i64,
    pub(in crate::cli) stale: Option<i64>,
    pub(in crate::cli) merges: Vec<Merge>,
}

/// The answer of `GET /merges/{id}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(in crate::cli) struct Merge {
    pub(in crate::cli) id: Uuid,
    pub(in crate::cli) project: Option<Uuid>,
    pub(in crate::cli) of: Of,
    pub(in crate::cli) title: String,
    pub(in crate::cli) branch: String,
    pub(in crate::cli) target: Option<String>,
    pub(in crate::cli) base: Option<String>,
    pub(in crate::cli) head: Option<String>,
    pub(in crate::cli) status: String,
    pub(in crate::cli) waits: Option<String>,
    pub(in crate::cli) complete: bool,
    pub(in crate::cli) candidates: Vec<Candidate>,
    #[serde(default)]
    pub(in crate::cli) steps: Vec<Step>,
    #[serde(default)]
    pub(in crate::cli) verifications: u32,
    pub(in crate::cli) approval: Option<Approval>,
    pub(in crate::cli) refused: Option<Refused>,
    pub(in crate::cli) landed: Option<Landed>,
    pub(in crate::cli) updated_at: Timestamp,
}

/// Whose work it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Of {
    pub(in crate::cli) kind: String,
    pub(in crate::cli) id: Uuid,
}

/// The work of one task.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Candidate {
    pub(in crate::cli) task: Uuid,
    pub(in crate::cli) number: String,
    pub(in crate::cli) title: String,
    pub(in crate::cli) commit: String,
    pub(in crate::cli) state: String,
    #[serde(default)]
    pub(in crate::cli) conflicts: Vec<String>,
    pub(in crate::cli) resolved_by: Option<String>,
    pub(in crate::cli) park: Option<Park>,
}

/// Why one waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Park {
    pub(in crate::cli) code: String,
    pub(in crate::cli) reason: String,
    pub(in crate::cli) with: Option<Uuid>,
}

/// Candidates that were tried together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Step {
    pub(in crate::cli) step: u32,
    pub(in crate::cli) tasks: Vec<Uuid>,
    pub(in crate::cli) outcome: String,
    #[serde(default)]
    pub(in crate::cli) verifications: u32,
    #[serde(default)]
    pub(in crate::cli) commands: Vec<Ran>,
    pub(in crate::cli) culprit: Option<Uuid>,
    pub(in crate::cli) with: Option<Uuid>,
}

/// A command that judged it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Ran {
    pub(in crate::cli) cmd: String,
    pub(in crate::cli) exit: i64,
    pub(in crate::cli) duration_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Approval {
    pub(in crate::cli) by: Uuid,
    pub(in crate::cli) at: Option<Timestamp>,
    pub(in crate::cli) head: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Refused {
    pub(in crate::cli) code: String,
    pub(in crate::cli) reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::cli) struct Landed {
    pub(in crate::cli) commit: String,
    pub(in crate::cli) at: Option<Timestamp>,
}

/// What a command to a merge is answered.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Changed {
    pub(in crate::cli) id: Uuid,
    pub(in crate::cli) status: String,
    pub(in crate::cli) position: Option<i64>,
}

impl Merge {
    /// The candidate of this task: its number, however it is written, or its UUID.
    pub(super) fn candidate(&self, wanted: &str) -> Result<&Candidate, Failure> {
        let number = match wanted.parse::<Uuid>() {
            Ok(_) => None,
            Err(_) => Some(Kind::Task.number(wanted)?),
        };
        let meant = |one: &&Candidate| match &number {
            Some(number) => one.number == *number,
            None => one.task.to_string() == wanted.to_lowercase(),
        };
        self.candidates.iter().find(meant).ok_or_else(|| {
            let known: Vec<&str> = self.candidates.iter().map(|one| one.number.as_str()).collect();
            let known = match known.as_slice() {
                [] => "nothing is in it yet".to_owned(),
                known => format!("it has {}", known.join(", ")),
            };
            Failure::local(
                "unknown_candidate",
                format!("{wanted} is not among the work of this merge; {known}"),
            )
        })
    }

    /// Whether somebody has to bring in what the default branch has become.
    pub(super) fn needs_the_target(&self) -> bool {
        self.refused.as_ref().is_some_and(|refused| refused.code == "base_conflict")
    }

    /// What people call the work of this task.
    pub(in crate::cli) fn number_of(&self, task: Uuid) -> String {
        let known = self.candidates.iter().find(|one| one.task == task);
        known.map_or_else(|| task.to_string(), |one| one.number.clone())
    }

    /// The end of the branch, when it is what somebody wants to approve of.
    pub(super) fn head_to_approve(&self, seen: Option<&str>) -> Result<&str, Failure> {
        let Some(head) = self.head.as_deref() else {
            let detail = "nothing of it is verified yet, so there is nothing to approve of; `omoi merge show` says how far it is";
            return Err(Failure::local("not_ready", detail));
        };
        let Some(seen) = seen else { return Ok(head) };
        if seen.len() < SHORTEST {
            let detail =
                format!("give at least {SHORTEST} digits of the commit that `omoi merge show` prints");
            return Err(Failure::invalid("short_commit", detail));
        }
        if !head.starts_with(&seen.to_ascii_lowercase()) {
            let detail = format!(
                "its end is {} by now, and not {seen}: look at it again with `omoi merge show`",
                short(head)
            );
            return Err(Failure::local("head_moved", detail));
        }
        Ok(head)
    }
}

/// A commit as people say it.
pub(in crate::cli) fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

#[cfg(test)]
pub(in crate::cli) mod examples {
    use super::Merge;

    /// A merge of two tasks, the second of which is parked.
    pub(in crate::cli) fn parked() -> Merge {
        serde_json::from_str(include_str!("parked.example.json")).expect("an example is an answer")
    }
}

#[cfg(test)]
mod tests {
    use super::examples::parked;
    use super::*;

    /// The examples of the API's own document are what is read here.
    #[test]
    fn the_answers_of_the_api_are_understood() {
        let merge: Merge = serde_json::from_str(include_str!("../../openapi/examples/merge.json")).unwrap();
        assert_eq!(merge.candidates[1].state, "parked");
        let merges: Merges =
            serde_json::from_str(include_str!("../../openapi/examples/merges.json")).unwrap();
        assert_eq!(merges.merges[0].id, merge.id);
    }

    #[test]
    fn a_candidate_is_called_by_its_number_or_its_id() {
        let merge = parked();
        for wanted in ["TSK-003", "tsk-3", "9ad8e2e3-80b5-8c71-bdf0-4524b1d25434"] {
            assert_eq!(merge.candidate(wanted).unwrap().title, "Take the discount off");
        }
        let unknown = merge.candidate("TSK-009").unwrap_err();
        assert!(unknown.detail().contains("it has TSK-002, TSK-003"), "{unknown:?}");
        assert!(merge.candidate("invoices").is_err());
    }

    #[test]
    fn what_is_approved_is_what_was_seen() {
        let merge = parked();
        let head = merge.head.clone().unwrap();
        assert_eq!(merge.head_to_approve(None).unwrap(), head);
        assert_eq!(merge.head_to_approve(Some(&head[..7].to_uppercase())).unwrap(), head);
        assert!(merge.head_to_approve(Some(&head[..6])).unwrap_err().detail().contains("at least 7"));
        let moved = merge.head_to_approve(Some("0000000")).unwrap_err();
        assert!(moved.detail().contains("look at it again"), "{moved:?}");
        let empty = Merge { head: None, ..merge };
        assert!(empty.head_to_approve(None).unwrap_err().detail().contains("nothing to approve"));
    }
}
