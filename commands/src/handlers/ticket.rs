//! Tickets: a number is used once in a project, and a column has room for what people move into it.

use eventstore::Guard;
use kernel::ProjectId;
use vocabulary::{Board, Column, Phase};
use work::ticket::{Command, Event, Ticket};

use super::{Handled, Site};
use crate::Permission;

/// The columns that the project's board has now. Limits bind people who move a ticket; what is created,
/// materialised or advances by itself takes its place without a limit, and the column shows that it is over.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The board.
    pub board: Board,
    /// Whether the limits bind.
    pub enforced: bool,
}

impl Handled for Ticket {
    type Rules = Columns;

    fn permission(command: &Command) -> Permission {
        match command {
            Command::Move { forced: true, .. } => Permission::ForceTickets,
            Command::GrantApproval { .. } | Command::RejectApproval { .. } => Permission::ApproveTickets,
            // Part of planning a task, and of its life.
            Command::AttachTask { .. } | Command::DetachTask { .. } | Command::NoteTaskOutcome { .. } => {
                Permission::WriteTasks
            }
            _ => Permission::WriteTickets,
        }
    }

    fn guards(&self, site: &Site<'_, Columns>, events: &[Event]) -> Vec<Guard> {
        let mut guards = Vec::new();
        let before = self.card().map(|card| card.phase);
        let mut phase = before;
        for event in events {
            match event {
                Event::Created { number, phase: first, .. } => {
                    guards.push(Guard::Unique {
                        scope: format!("ticket_number/{}", project(site)),
                        key: number.to_string(),
                        holder: site.id.to_string(),
                    });
                    guards.push(take(site, *first, None));
                    phase = Some(*first);
                }
                Event::PhaseEntered { to, .. } => phase = Some(*to),
                Event::Cancelled { .. } => {
                    guards.extend(phase.map(|phase| release(site, phase)));
                    return guards;
                }
                _ => {}
            }
        }
        guards.extend(changed_column(site, before, phase));
        guards
    }
}

/// Gives the place in one column back and takes one in another; nothing within a column.
fn changed_column(site: &Site<'_, Columns>, from: Option<Phase>, to: Option<Phase>) -> Vec<Guard> {
    let (Some(from), Some(to)) = (from, to) else { return Vec::new() };
    let board = &site.rules.board;
    if board.column_of(from) == board.column_of(to) {
        return Vec::new();
    }
    let limit = board.column_of(to).wip_limit.filter(|_| site.rules.enforced);
    vec![release(site, from), take(site, to, limit.map(|limit| i64::from(limit.get())))]
}

fn take(site: &Site<'_, Columns>, phase: Phase, limit: Option<i64>) -> Guard {
    Guard::Take { pool: pool(site, phase), holder: site.id.to_string(), amount: 1, limit }
}

fn release(site: &Site<'_, Columns>, phase: Phase) -> Guard {
    Guard::Release { pool: pool(site, phase), holder: site.id.to_string() }
}

/// Named by the phases, not by the column's id: a column that is called something else keeps its count.
fn pool(site: &Site<'_, Columns>, phase: Phase) -> String {
    let Column { phases, .. } = site.rules.board.column_of(phase);
    let phases: Vec<_> = phases.iter().map(|phase| phase.as_str()).collect();
    format!("column/{}/{}", project(site), phases.join("+"))
}

fn project(site: &Site<'_, Columns>) -> ProjectId {
    site.project.unwrap_or_default()
}
