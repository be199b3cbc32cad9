//! The steps of a merge: what was tried together, how often it was verified, and what came of it.

use execution::merge::Event;
use kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{CommandLine, CommitId, TaskId};

/// A step of a merge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MergeStep")]
pub struct StepAnswer {
    /// Which one, from 1.
    pub step: u32,
    /// The tasks whose work was tried together; none when what the default branch had become was taken in.
    pub tasks: Vec<TaskId>,
    /// What came of it.
    pub outcome: StepOutcome,
    /// The end of all of it.
    pub head: CommitId,
    /// How many trials were verified, each on a fresh checkout.
    pub verifications: u32,
    /// The commands of the newest trial, up to the first that failed.
    pub commands: Vec<StepCommand>,
    /// The task whose work does not hold.
    pub culprit: Option<TaskId>,
    /// The task with whose work it does not hold, where it holds alone.
    pub with: Option<TaskId>,
    /// When it began.
    pub at: Timestamp,
}

/// A command of a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct StepCommand {
    /// The command line.
    pub cmd: CommandLine,
    /// Its exit code; 0 is success.
    pub exit: i32,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum StepOutcome {
    /// It goes on.
    Running,
    /// All of it holds, and is merged.
    Green,
    /// Something of it does not hold; what comes before that is merged.
    Red,
}

pub(super) fn note(steps: &mut Vec<StepAnswer>, fact: &Event, at: Timestamp) {
    match fact {
        Event::StepBegun { step, head, joined, .. } => steps.push(StepAnswer {
            step: *step,
            tasks: joined.iter().filter_map(|one| one.task).collect(),
            outcome: StepOutcome::Running,
            head: joined.last().map_or_else(|| head.clone(), |last| last.commit.clone()),
            verifications: 0,
            commands: Vec::new(),
            culprit: None,
            with: None,
            at,
        }),
        fact => {
            if let Some(step) = steps.last_mut() {
                go_on(step, fact);
            }
        }
    }
}

fn go_on(step: &mut StepAnswer, fact: &Event) {
    match fact {
        Event::VerificationPassed { commands, .. } | Event::VerificationFailed { commands, .. } => {
            step.verifications += 1;
            let commands = commands.iter().map(|one| StepCommand {
                cmd: one.cmd.clone(),
                exit: one.exit,
                duration_ms: one.duration_ms,
            });
            step.commands = commands.collect();
        }
        Event::Bisected { culprit, with, .. } => {
            step.outcome = StepOutcome::Red;
            step.culprit = *culprit;
            step.with = *with;
        }
        Event::StepMerged { .. } | Event::BaseFollowed { .. } if step.outcome == StepOutcome::Running => {
            step.outcome = StepOutcome::Green;
        }
        _ => {}
    }
}
