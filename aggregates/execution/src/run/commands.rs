//! What may be asked of a run.

use kernel::ActorId;
use vocabulary::{CommitId, Name, Reason};

use super::{Evidence, Moment, Outcome, Place, Started, SteerId, SteerState};
use crate::content::Content;

/// What a run is to do, and how.
pub type Start = Started;

/// An order to a run. Which run is the stream's id; who asks stands in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Brings it into being, in the append that claims its task.
    Start(Box<Start>),
    /// Says where it will work, before anything is made there.
    RequestSandbox(Box<Place>),
    /// Its sandbox is there, and the agent begins.
    SandboxReady {
        /// What holds it.
        level: Name,
        /// What the agent calls itself.
        version: Option<vocabulary::Line<200>>,
    },
    /// The sandbox went away under it.
    LoseSandbox {
        /// What was seen.
        reason: Reason,
    },
    /// A person, or a supervisor, has something to say to the agent.
    RequestSteer {
        /// Names it.
        steer: SteerId,
        /// The words.
        text: Content,
        /// Who.
        by: ActorId,
    },
    /// Something is known of the way of a steer.
    AdvanceSteer {
        /// Which one.
        steer: SteerId,
        /// How far it is.
        state: SteerState,
    },
    /// The turn of its agent is to end; the run goes on if the agent is given another.
    RequestInterrupt {
        /// Who wants it.
        by: ActorId,
    },
    /// A turn of its agent is over: whoever interrupted it has what they wanted.
    SettleInterrupt {
        /// Which turn.
        turn: u32,
        /// Why it is over, as its agent says.
        stop: Name,
    },
    /// It is to stop, after a snapshot.
    RequestStop {
        /// Why.
        reason: Reason,
        /// Who wants it; none when a limit does.
        by: Option<ActorId>,
    },
    /// What is in its workspace is kept.
    TakeSnapshot {
        /// The commit.
        commit: CommitId,
        /// When.
        at: Moment,
    },
    /// What its work is worth was found out.
    GatherEvidence(Box<Evidence>),
    /// Its branch in the repository was moved to a commit.
    NotePublished {
        /// The commit.
        commit: CommitId,
        /// Whether the branch was not there before.
        created: bool,
    },
    /// It is over.
    End(End),
    /// Its workspace was removed, and all that was in it is kept.
    ReleaseSandbox,
    /// Somebody reported something after its end.
    RefuseLateInput {
        /// Who: `worker`, `gateway` or `host`.
        source: Name,
    },
}

/// How and why a run is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How.
    pub outcome: Outcome,
    /// Why, for programs.
    pub code: Name,
    /// Why, for people.
    pub reason: Reason,
}
