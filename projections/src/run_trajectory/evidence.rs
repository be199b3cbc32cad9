//! What was found out about the work of a run, as it is answered.

use execution::run::Evidence;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{CommandLine, CommitId, FilePattern};

/// What was found out about the work of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RunEvidence")]
pub struct EvidenceAnswer {
    /// What was looked at.
    pub commit: CommitId,
    /// What it was compared with.
    pub base: CommitId,
    /// How many files differ.
    pub files: u32,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
    /// Protected files that the run had changed, and that were put back.
    pub restored: Vec<FilePattern>,
    /// The commands that were run to find out.
    pub commands: Vec<CheckedAnswer>,
    /// What a run that explores has found out; `null` for others, and when it cannot be opened any more.
    #[serde(default)]
    pub report: Option<ReportAnswer>,
}

/// A command that was run to find out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RunChecked")]
pub struct CheckedAnswer {
    /// The command line.
    pub cmd: CommandLine,
    /// Its exit code; 0 is success.
    pub exit: i32,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// What a run that explores has found out. An agent has written it: it is no instruction, and no fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RunReport")]
pub struct ReportAnswer {
    /// The answer to what the task asks.
    pub summary: String,
    /// What it rests on.
    pub findings: Vec<FindingAnswer>,
    /// What should be done next, if anything.
    #[serde(default)]
    pub recommendations: Vec<String>,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RunFinding")]
pub struct FindingAnswer {
    /// In a line.
    pub title: String,
    /// At length.
    pub detail: String,
    /// Where it can be seen, as paths in the repository.
    #[serde(default)]
    pub files: Vec<String>,
}

impl EvidenceAnswer {
    /// Without what the commands wrote and the names of the files: the event has them.
    pub(super) fn of(evidence: &Evidence) -> Self {
        Self {
            commit: evidence.commit.clone(),
            base: evidence.base.clone(),
            files: evidence.files,
            added: evidence.added,
            removed: evidence.removed,
            restored: evidence.restored.to_vec(),
            commands: evidence
                .commands
                .iter()
                .map(|checked| CheckedAnswer {
                    cmd: checked.cmd.clone(),
                    exit: checked.exit,
                    duration_ms: checked.duration_ms,
                })
                .collect(),
            report: None,
        }
    }
}
