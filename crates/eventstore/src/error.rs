//! What can go wrong at the log, by what the caller can do about it.

use crate::append::GuardFault;

/// Why an item was not appended. Nothing of it is in the log, except where a variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first. Load again and decide again.
    #[error("stream {stream} is at version {actual}, not at the expected one")]
    Conflict {
        /// `type/id`.
        stream: String,
        /// The version it is at; 0 when the stream does not exist for this organization.
        actual: i64,
    },
    /// It was decided on the outcome of an append that was not made after all. Load again and decide again.
    #[error("what it was decided on was not appended")]
    Baseless,
    /// A rule over a set does not hold.
    #[error("guard {index} does not hold: {fault}")]
    Guard {
        /// Which of the item's guards, from 0.
        index: usize,
        /// Why.
        fault: GuardFault,
    },
    /// The command id was used before with another content.
    #[error("the command id was used before with another content")]
    CommandMismatch,
    /// A payload is over the limit; store it as a blob and put the hash into the event.
    #[error("the payload of {event_type} is {bytes} bytes; the limit is {limit}: store it as a blob first")]
    PayloadTooLarge {
        /// Whose payload.
        event_type: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The item itself is malformed: a fault of the program, not of the world.
    #[error("the append is malformed: {0}")]
    Invalid(String),
    /// The database did not answer in a way that tells. The item may or may not be in the log: send it again
    /// with the same command id and the log settles it.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why the database cannot be used just now. Retry with the same command id after a pause.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unavailable {
    /// It cannot be reached, is starting, or is shutting down.
    #[error("the database cannot be reached: {0}")]
    Down(String),
    /// It answered too late: a lock or a statement ran into its limit.
    #[error("the database is stalled: {0}")]
    Stalled(String),
    /// Its disk is full, or so nearly full that writes are refused until there is room.
    #[error("the disk of the database is full: {0}")]
    DiskFull(String),
    /// Too much is queued on this node.
    #[error("too many commands are waiting")]
    Busy,
    /// It answered with something this program does not expect.
    #[error("the database refused: {0}")]
    Refused(String),
}

impl From<sqlx::Error> for Unavailable {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        let Some(database) = error.as_database_error() else {
            return match error {
                // It answered, but not what this program understands: trying again will not help.
                sqlx::Error::Decode(_)
                | sqlx::Error::Encode(_)
                | sqlx::Error::ColumnDecode { .. }
                | sqlx::Error::ColumnNotFound(_)
                | sqlx::Error::ColumnIndexOutOfBounds { .. }
                | sqlx::Error::TypeNotFound { .. }
                | sqlx::Error::RowNotFound => Self::Refused(text),
                _ => Self::Down(text),
            };
        };
        match database.code().as_deref() {
            // lock_not_available, query_canceled (statement timeout), idle_in_transaction_session_timeout
            Some("55P03" | "57014" | "25P03") => Self::Stalled(text),
            Some("53100") => Self::DiskFull(text),
            // operator intervention, crash, connection exceptions, too many connections, read-only standby
            Some(code) if code.starts_with("57P") || code.starts_with("08") => Self::Down(text),
            Some("53300" | "53200" | "25006") => Self::Down(text),
            _ => Self::Refused(text),
        }
    }
}

impl From<sqlx::Error> for AppendError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}
