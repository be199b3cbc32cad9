//! Ids that one context makes and others name.

use kernel::id_type;

id_type!(
    /// A user: somebody who signs in. As the actor of an event a user has the same UUID.
    UserId
);
id_type!(
    /// A spec: a feature on its way through the phases.
    SpecId
);
id_type!(
    /// A ticket: a group of tasks, a card of the board.
    TicketId
);
id_type!(
    /// A task: the atomic unit of work.
    TaskId
);
id_type!(
    /// A run: one attempt of one agent at one task.
    RunId
);
id_type!(
    /// A merge: the finished work of a spec, or of a ticket, on its way together.
    MergeId
);
