//! Why a run refuses a command: what is so.

use super::SteerId;

/// Why a run refuses a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such run.
    #[error("the run does not exist")]
    NotFound,
    /// It was started before.
    #[error("the run already exists")]
    AlreadyExists,
    /// It has its one outcome.
    #[error("the run has ended")]
    AlreadyEnded,
    /// It is going on.
    #[error("the run has not ended")]
    NotEnded,
    /// Its sandbox is there, or somebody else makes it.
    #[error("the run has been given its sandbox before")]
    NotStarting,
    /// There is nothing to look at.
    #[error("the run has no sandbox yet")]
    NoSandbox,
    /// There is nothing left to look at.
    #[error("the workspace of the run was removed")]
    Released,
    /// There is no turn to interrupt.
    #[error("the agent of the run has not begun yet")]
    NotActive,
    /// It was told to stop.
    #[error("the run is stopping")]
    Stopping,
    /// One at a time.
    #[error("the run has a message that is not delivered yet: wait for its end, or stop the run")]
    SteerOpen,
    /// No such steer is open.
    #[error("the run has no open message {steer}")]
    UnknownSteer {
        /// Which one.
        steer: SteerId,
    },
    /// The states of a steer have an order.
    #[error("a message cannot come into this state from the one it is in")]
    SteerOrder,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::AlreadyEnded => "already_ended",
            Self::NotEnded => "not_ended",
            Self::NotStarting => "not_starting",
            Self::NoSandbox => "no_sandbox",
            Self::Released => "released",
            Self::NotActive => "not_active",
            Self::Stopping => "stopping",
            Self::SteerOpen => "steer_open",
            Self::UnknownSteer { .. } => "unknown_steer",
            Self::SteerOrder => "steer_order",
        }
    }
}
