//! Why a command had no effect, by what the caller can do about it.

use eventstore::{AppendError, GuardFault, LoadError, Unavailable};

use crate::Permission;

/// Nothing of the command is in the log, except where a variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The aggregate refused; asking again in the same state gives the same answer.
    #[error("{message}")]
    Rejected {
        /// The rejection's stable name.
        code: String,
        /// In words.
        message: String,
        /// Where the log stood when it was stored, when it was.
        repeated: bool,
    },
    /// The actor may not do this. Somebody with another role may.
    #[error("this needs the permission {permission}")]
    Forbidden {
        /// Which.
        permission: Permission,
    },
    /// A rule over a set refused, e.g. a name that is taken.
    #[error("{fault}")]
    Guard {
        /// Which of the command's guards, from 0.
        index: usize,
        /// Why.
        fault: GuardFault,
    },
    /// Other nodes changed the stream again and again. Try again.
    #[error("{stream} changed while the command was decided; it is at version {actual} now")]
    Conflict {
        /// `type/id`.
        stream: String,
        /// Its version.
        actual: i64,
    },
    /// The command before it, on whose outcome it was decided, did not act, again and again. Try again.
    #[error("what the command was decided on did not come about")]
    Baseless,
    /// The stream is not at the version that the caller has seen (`If-Match`). Read it again, then decide.
    #[error("{stream} is at version {actual} now")]
    Moved {
        /// `type/id`.
        stream: String,
        /// Its version.
        actual: i64,
    },
    /// The command id (or `Idempotency-Key`) was used before with another content.
    #[error("this idempotency key was used before with another content")]
    Mismatch,
    /// The database cannot be used just now. Send the same command again, with the same id, after a pause.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The stream or the item is not what this program can work with; somebody must look.
    #[error("{0}")]
    Broken(String),
}

impl From<LoadError> for CommandError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Unavailable(reason) => Self::Unavailable(reason),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<AppendError> for CommandError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict { stream, actual } => Self::Conflict { stream, actual },
            AppendError::Baseless => Self::Baseless,
            AppendError::Guard { index, fault } => Self::Guard { index, fault },
            AppendError::CommandMismatch => Self::Mismatch,
            AppendError::Unavailable(reason) => Self::Unavailable(reason),
            other @ (AppendError::PayloadTooLarge { .. } | AppendError::Invalid(_)) => {
                Self::Broken(other.to_string())
            }
        }
    }
}
