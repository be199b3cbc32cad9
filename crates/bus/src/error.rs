//! What can go wrong on the way to the bus. All of it is tried again: the log is whole whatever the bus is.

/// Why something was not published just now.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The server cannot be reached, or did not answer in time.
    #[error("the event bus does not answer: {0}")]
    Down(String),
    /// The server answered, and not with a yes.
    #[error("the event bus refused {what}: {reason}")]
    Refused {
        /// What it was asked for.
        what: &'static str,
        /// What it said.
        reason: String,
    },
    /// A message did not get the place it must have: somebody else publishes, or messages were lost.
    #[error("the event at {position} did not get its place in the stream")]
    Displaced {
        /// Where it stands in the log.
        position: i64,
    },
    /// Another installation begins the stream anew for itself, again and again.
    #[error(
        "another installation has taken the stream of log {log_id} on this server; give each installation a server, or an \
         account of the server, of its own"
    )]
    Contested {
        /// Which log both call theirs.
        log_id: i16,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Why the log cannot be read just now.
#[derive(Debug, thiserror::Error)]
#[error("the log cannot be read: {0}")]
pub struct SourceError(pub String);

impl BusError {
    pub(crate) fn refused(what: &'static str) -> impl FnOnce(&dyn std::fmt::Display) -> Self {
        move |reason| Self::Refused { what, reason: reason.to_string() }
    }
}
