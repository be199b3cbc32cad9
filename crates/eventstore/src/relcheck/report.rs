//! What the checker found.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// Violations described; all are counted.
const DESCRIBED: usize = 20;

/// A promise, named by the way it is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A position is missing.
    Hole,
    /// A position stands twice, or not in order.
    RepeatedPosition,
    /// An event was recorded before the one at the position before it.
    TimeSteppedBack,
    /// A stream's events are not numbered 1, 2, 3...
    Sequence,
    /// A stream changed its organization or project.
    StreamMoved,
    /// An event is not what its content hash says.
    Forged,
    /// Two events have one id.
    EventIdTwice,
    /// The row of a stream does not say what the log says.
    StreamRow,
    /// A command has more than one batch of events.
    Doubled,
    /// The stored outcome of a command does not say where its events are.
    Outcome,
    /// An acknowledged command is not in the log.
    Lost,
    /// A refused command is in the log, or one that nobody sent.
    Phantom,
    /// A command that was sent after another was acknowledged stands before it.
    Reordered,
    /// A client was told another position than the log's.
    WrongAnswer,
    /// One claim number of a lease has two owners.
    TwoOwners,
    /// A lease is at an older claim number than one that was given out.
    LeaseSteppedBack,
    /// A consumer is further than the log.
    CheckpointAhead,
    /// A consumer was further before.
    CheckpointSteppedBack,
    /// A consumer did not apply an event that it passed.
    Skipped,
    /// A consumer applied an event twice.
    AppliedTwice,
    /// A consumer applied an event that its checkpoint does not cover.
    AppliedAhead,
    /// A checkpoint belongs to another life of the log.
    Incarnation,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// One broken promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Which promise.
    pub rule: Rule,
    /// Where in the log, when it is about a place.
    pub position: Option<i64>,
    /// In words.
    pub detail: String,
}

/// The verdict over a log.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Events seen.
    pub events: u64,
    /// The last position seen; 0 in an empty log.
    pub head: i64,
    /// Commands in the journals.
    pub sent: u64,
    /// Of these, acknowledged.
    pub acknowledged: u64,
    /// Of these, refused.
    pub refused: u64,
    /// Of these, without an answer that tells: the retry that would settle them is missing.
    pub unsettled: u64,
    /// How often each promise is broken.
    pub violations: BTreeMap<Rule, u64>,
    /// The first of the violations.
    pub offenders: Vec<Violation>,
}

impl Report {
    /// Whether every promise is kept.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    pub(super) fn found(&mut self, rule: Rule, position: impl Into<Option<i64>>, detail: impl Into<String>) {
        *self.violations.entry(rule).or_default() += 1;
        if self.offenders.len() < DESCRIBED {
            self.offenders.push(Violation { rule, position: position.into(), detail: detail.into() });
        }
    }
}
