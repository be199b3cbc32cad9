//! What processes ask for that takes long: nothing that one command does, but work of a worker, under a lease.

use serde::{Deserialize, Serialize};
use vocabulary::{MergeId, RunId, SpecId};

/// One job. It says what to look at, never what was seen: whoever takes it up finds out how things are by then, so that it may
/// be taken up again after a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Goes on with planning as far as it goes without people.
    Plan {
        /// The spec.
        spec: SpecId,
    },
    /// Carries a run through to its end.
    Run {
        /// The run.
        run: RunId,
    },
    /// Goes on with a merge as far as it goes without people.
    Merge {
        /// The merge.
        merge: MergeId,
    },
}
