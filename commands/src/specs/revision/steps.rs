//! What becomes of the work, as steps of one append.

use std::collections::BTreeMap;

use kernel::Uuid;
use plan::compute::Edges;
use plan::phases::PlannedTask;
use planning::spec::{self, Spec};
use vocabulary::{Board, Reason, Text, TicketId};
use work::task::{self, Task};
use work::ticket::{self, Ticket};
use work::work_graph::{self, WorkGraph};

use super::super::work::{Place, begin_task, begin_ticket};
use super::Looked;
use super::follow::Outcome;
use super::names::{new_tasks, new_tickets};
use crate::{Columns, CommandError, Step};

/// Why work is given up that the plan no longer has.
const GONE: &str = "the plan of its spec no longer has it";

/// In an order that whoever hears of it can follow: a task stops waiting before what it waited for is given up, and the
/// spec is told last, when its tickets are open again.
pub(super) fn steps(looked: &Looked, board: &Board, outcome: Outcome) -> Result<Vec<Step>, CommandError> {
    let Outcome { note, names, tasks, tickets, withdrawn_tasks, withdrawn_tickets, edges, .. } = outcome;
    let place = Place { spec: looked.spec, project: looked.project, board };
    let columns = || Columns { board: board.clone(), enforced: false };
    let moves: BTreeMap<Uuid, TicketId> =
        tasks.iter().filter_map(|(id, (revision, _))| Some((*id, revision.ticket?))).collect();
    let before = Edges::of(&looked.after);
    let (new_tickets, new_tasks) = (new_tickets(looked), new_tasks(looked));
    let mut steps = Vec::new();
    for (id, (revision, waits)) in tasks {
        let command = task::Command::Revise { revision: Box::new(revision), waits };
        steps.push(Step::on::<Task>(id, command));
    }
    for ticket in looked.after.tickets.iter().filter(|ticket| new_tickets.contains(&*ticket.id)) {
        let id = names.ticket(&ticket.id)?.ticket;
        let comes = |task: &&PlannedTask| {
            let moved = names.tasks.get(&task.id).and_then(|one| moves.get(&one.task.0)) == Some(&id);
            moved || new_tasks.contains(&*task.id) && task.parent_ticket == ticket.id
        };
        let mine = looked.after.tasks.iter().filter(comes).map(|task| &*task.id);
        steps.push(begin_ticket(&place, ticket, &names, before.before_ticket(&ticket.id), mine)?);
    }
    for task in looked.after.tasks.iter().filter(|task| new_tasks.contains(&*task.id)) {
        steps.push(begin_task(&place, task, &names, before.before_task(&task.id))?);
    }
    for (id, revision) in tickets {
        steps.push(Step::under::<Ticket>(id, ticket::Command::Revise(Box::new(revision)), columns()));
    }
    for id in withdrawn_tasks {
        let reason = Text::new(GONE).expect("it has words");
        steps.push(Step::on::<Task>(id, task::Command::Withdraw { reason }));
    }
    for id in withdrawn_tickets {
        let reason = Some(Reason::new(GONE).expect("a line"));
        steps.push(Step::under::<Ticket>(id, ticket::Command::Cancel { reason }, columns()));
    }
    if !edges.is_empty() {
        steps.push(Step::on::<WorkGraph>(looked.project.0, work_graph::Command::ChangeEdges(edges)));
    }
    steps.push(Step::on::<Spec>(looked.spec.0, spec::Command::ReviseWork(Box::new(note))));
    Ok(steps)
}
