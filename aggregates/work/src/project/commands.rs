//! What may be asked of a project.

use vocabulary::{Board, BranchName, Gates, Name, RepositoryPlace, Slug, Text};

use super::Changes;

/// An order to a project. Which project is the stream's id; who asks stands in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Brings it into being.
    Create {
        /// What people call it.
        name: Name,
        /// Its part of addresses.
        slug: Slug,
        /// What it is about.
        description: Option<Text>,
    },
    /// Calls it something else; the slug stays.
    Rename {
        /// The other name.
        name: Name,
    },
    /// Says what it is about, or nothing of it any more.
    Describe {
        /// The other description.
        description: Option<Text>,
    },
    /// Changes how work is done.
    SetSettings {
        /// The settings to change; those left out stay.
        changes: Changes,
    },
    /// Shows its tickets in other columns.
    ConfigureBoard {
        /// The other board.
        board: Board,
    },
    /// Asks something else of a ticket that leaves a phase.
    ConfigureGates {
        /// The other gates, all of them.
        gates: Gates,
    },
    /// Lets work start by itself, or only when a person starts it.
    SetAutonomy {
        /// Whether it starts by itself.
        on: bool,
    },
    /// Says in which repository its code is. Whoever asks has seen that it can be read.
    LinkRepository {
        /// Where it is.
        place: RepositoryPlace,
        /// The branch that counts; without one that which the repository itself prefers.
        branch: Option<BranchName>,
    },
    /// Leaves it without a repository.
    UnlinkRepository,
    /// Puts it away.
    Archive,
    /// Takes it into use again.
    Restore,
}
