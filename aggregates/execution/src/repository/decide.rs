//! What a command causes, and why it is refused.

use super::{Command, Event, Repository, Status};

/// Why a repository refuses a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It was never linked.
    #[error("the repository was never linked")]
    NotFound,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
        }
    }
}

pub(super) fn decide(repository: &Repository, command: Command) -> Result<Vec<Event>, Rejection> {
    match (repository, command) {
        (Repository::Absent, Command::Link { place, branch }) => Ok(vec![Event::Linked { place, branch }]),
        (Repository::Absent, _) => Err(Rejection::NotFound),
        (Repository::Known { branch: known, status, .. }, Command::Link { place, branch }) => {
            let same = *known == branch && *status == Status::Linked;
            Ok(unless(same, Event::Linked { place, branch }))
        }
        (Repository::Known { status, .. }, Command::Unlink) => {
            Ok(unless(*status == Status::Unlinked, Event::Unlinked))
        }
        (Repository::Known { pushed: known, .. }, Command::NotePush { pushed, base }) => {
            if known.as_ref() == Some(&pushed) {
                return Ok(Vec::new());
            }
            let created = base.map(|base| Event::BranchCreated {
                branch: pushed.branch.clone(),
                run: pushed.run,
                base,
            });
            Ok(created.into_iter().chain([Event::CommitPushed(pushed)]).collect())
        }
        (Repository::Known { status, .. }, Command::NoteFailure { reason }) => Ok(match status {
            Status::Unlinked => Vec::new(),
            Status::Broken { reason: known } => unless(*known == reason, Event::SyncFailed { reason }),
            Status::Linked => vec![Event::SyncFailed { reason }],
        }),
        (Repository::Known { status, .. }, Command::NoteRead) => {
            Ok(unless(!matches!(status, Status::Broken { .. }), Event::Repaired))
        }
    }
}

/// What is so already is no news.
fn unless(same: bool, event: Event) -> Vec<Event> {
    if same { Vec::new() } else { vec![event] }
}
