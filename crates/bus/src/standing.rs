//! What a stream is to the log: judged from what both say of themselves, and from nothing else.

use kernel::Uuid;

/// What the log says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogState {
    /// Changes when the log is restored or imported: then positions may mean other events.
    pub incarnation: Uuid,
    /// The position of its newest event; 0 when it is empty.
    pub head: i64,
}

/// What the server says of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamState {
    /// Position minus sequence, as the relay that began the stream wrote it there.
    pub base: Option<i64>,
    /// The incarnation of the log that it holds.
    pub incarnation: Option<Uuid>,
    /// The sequence of the oldest message, or of the next one when there is none.
    pub first: u64,
    /// The sequence of the newest message, or the one before `first` when there is none.
    pub last: u64,
    /// How many messages there are.
    pub messages: u64,
}

/// What to do about the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds the log up to this position: go on from there.
    Holds {
        /// The position of its newest message, or of the event before its first.
        position: i64,
        /// Position minus sequence.
        base: i64,
    },
    /// It must be emptied and filled again.
    Broken(Reason),
}

/// Why a stream cannot be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No relay began it.
    NotOurs,
    /// It holds another log, or this one before it was restored.
    AnotherIncarnation,
    /// Messages are missing in its middle.
    Hole,
    /// It holds positions that the log does not have.
    AheadOfTheLog,
    /// Its newest message is not the event that the log has there.
    AnotherEvent,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotOurs => "it was not begun by a relay",
            Self::AnotherIncarnation => "it holds another log, or this log before it was restored",
            Self::Hole => "messages are missing in its middle",
            Self::AheadOfTheLog => "it holds positions that the log does not have",
            Self::AnotherEvent => "its newest message is not the event that the log has there",
        })
    }
}

/// What a stream that says this is to a log that says that.
#[must_use]
pub fn judge(stream: &StreamState, log: &LogState) -> Standing {
    let Some(base) = stream.base else { return Standing::Broken(Reason::NotOurs) };
    if stream.incarnation != Some(log.incarnation) {
        return Standing::Broken(Reason::AnotherIncarnation);
    }
    let expected = (stream.last + 1).saturating_sub(stream.first);
    if stream.messages != expected {
        return Standing::Broken(Reason::Hole);
    }
    match i64::try_from(stream.last).ok().and_then(|last| last.checked_add(base)) {
        Some(position) if position < 0 => Standing::Broken(Reason::NotOurs),
        Some(position) if position <= log.head => Standing::Holds { position, base },
        _ => Standing::Broken(Reason::AheadOfTheLog),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: LogState = LogState { incarnation: Uuid::from_u128(7), head: 100 };

    fn stream() -> StreamState {
        StreamState { base: Some(0), incarnation: Some(LOG.incarnation), first: 1, last: 60, messages: 60 }
    }

    #[test]
    fn a_stream_is_gone_on_with_from_its_own_tail() {
        assert_eq!(judge(&stream(), &LOG), Standing::Holds { position: 60, base: 0 });
        // Old ones have been dropped by its limits.
        let limited = StreamState { first: 51, messages: 10, ..stream() };
        assert_eq!(judge(&limited, &LOG), Standing::Holds { position: 60, base: 0 });
        // It was emptied at sequence 60 and begins with position 1 anew.
        let begun = StreamState { base: Some(-60), first: 61, messages: 0, ..stream() };
        assert_eq!(judge(&begun, &LOG), Standing::Holds { position: 0, base: -60 });
        let new = StreamState { last: 0, messages: 0, ..stream() };
        assert_eq!(judge(&new, &LOG), Standing::Holds { position: 0, base: 0 });
        let all = StreamState { last: 100, messages: 100, ..stream() };
        assert_eq!(judge(&all, &LOG), Standing::Holds { position: 100, base: 0 });
    }

    #[test]
    fn every_fault_is_named() {
        let faulty = [
            (StreamState { base: None, ..stream() }, Reason::NotOurs),
            (StreamState { base: Some(-61), ..stream() }, Reason::NotOurs),
            (StreamState { incarnation: None, ..stream() }, Reason::AnotherIncarnation),
            (StreamState { incarnation: Some(Uuid::from_u128(8)), ..stream() }, Reason::AnotherIncarnation),
            (StreamState { messages: 59, ..stream() }, Reason::Hole),
            (StreamState { last: 101, messages: 101, ..stream() }, Reason::AheadOfTheLog),
            (StreamState { base: Some(41), ..stream() }, Reason::AheadOfTheLog),
            (StreamState { base: Some(i64::MAX), ..stream() }, Reason::AheadOfTheLog),
        ];
        for (stream, reason) in faulty {
            assert_eq!(judge(&stream, &LOG), Standing::Broken(reason), "{stream:?}");
        }
    }
}
