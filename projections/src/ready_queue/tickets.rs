//! The rows of tickets: what of them keeps their tasks from being started. The ticket itself says so
//! ([`Ticket::holds_back`]); the SQL here says the same of rows, for `next.rs`, and a test compares the two.

use eventstore::Unavailable;
use kernel::{Decider as _, OrgId, ProjectId};
use sqlx::Row as _;
use vocabulary::{Name, Phase, TicketNumber};
use work::task::Plan;
use work::ticket::{Event, Held, Ticket};

use super::QueueRow;
use crate::ReadModels;

/// Whether a task may be held back or let go by this.
pub(super) const fn matters(event: &Event) -> bool {
    matches!(
        event,
        Event::Created { .. }
            | Event::PhaseEntered { .. }
            | Event::Blocked { .. }
            | Event::Unblocked { .. }
            | Event::DependencyAdded { .. }
            | Event::DependencyRemoved { .. }
            | Event::Completed
            | Event::Cancelled { .. }
    )
}

/// Folds one of these in, without what does not matter here.
pub(super) fn fold(row: &mut Option<QueueRow>, event: &Event) {
    let mut ticket = match row.take() {
        Some(QueueRow::Ticket { ticket }) => ticket,
        _ => Ticket::Absent,
    };
    ticket.evolve(event);
    if let Ticket::Open(card) | Ticket::Completed(card) | Ticket::Cancelled(card) = &mut ticket {
        card.description = None;
        card.approvals.clear();
    }
    *row = Some(QueueRow::Ticket { ticket });
}

/// That nothing of its ticket holds back a task of a project `p`; `r.j` is its row, `h.j` the ticket's, or null without one.
pub(super) fn lets_go() -> String {
    let order = Phase::ALL.map(Phase::as_str).join(",");
    let place = |phase: &str| format!("array_position('{{{order}}}'::text[], {phase})");
    format!(
        "coalesce(h.j ->> 'state', '') <> 'cancelled' and coalesce(h.j -> 'blocked', 'null') = 'null' \
         and coalesce({task} <= {ticket}, true) and {UNFINISHED} is null",
        task = place("r.j #>> '{task,plan,phase}'"),
        ticket = place("h.j ->> 'phase'"),
    )
}

/// The number of a ticket that the ticket `h.j` of a project `p` depends on and that is not completed. Each is looked up by its
/// key.
const UNFINISHED: &str = "\
    (select o.j ->> 'number' from jsonb_array_elements_text(h.j -> 'dependencies') d(id) \
        cross join lateral (select o.row::jsonb -> 'ticket' as j from read_models.ready_queue o \
            where o.gen = p.gen and o.org_id = p.org_id and o.root = p.root and o.kind = 'ticket' and o.id = d.id offset 0) o \
        where o.j ->> 'state' <> 'completed' limit 1)";

/// How things stand around a task that is ready.
#[derive(Debug)]
pub(super) struct Around {
    /// Runs that go on in its project.
    pub(super) running: i64,
    /// What its ticket says.
    pub(super) held: Option<Held>,
    /// Its agent starts nothing by itself.
    pub(super) quarantined: bool,
    /// A run has something that it needs for itself alone.
    pub(super) locked: bool,
}

impl ReadModels {
    pub(super) async fn around(
        &self,
        org: OrgId,
        project: ProjectId,
        plan: &Plan,
        agent: Option<&Name>,
    ) -> Result<Around, Unavailable> {
        let statement = format!(
            "select (select count(*) from read_models.ready_queue u \
                    where u.gen = p.gen and u.org_id = p.org_id and u.root = p.root and u.kind = 'run'), \
                h.row, {UNFINISHED}, \
                (select a.row::jsonb #>> array['health', $4, 'health'] from read_models.generations v \
                    join read_models.agent_roster a on a.gen = v.gen and a.org_id = p.org_id and a.root = p.org_id \
                        and a.kind = 'roster' \
                    where v.name = 'agent_roster' and v.state = 'live' limit 1), \
                exists (select from read_models.ready_queue u where u.gen = p.gen and u.org_id = p.org_id and u.root = p.root \
                    and u.kind = 'run' and u.row::jsonb -> 'locks' ?| $5) \
             from (select l.gen, $1::uuid as org_id, $2::uuid as root from read_models.generations l \
                 where l.name = 'ready_queue' and l.state = 'live') p \
             left join lateral (select h.row, h.row::jsonb -> 'ticket' as j from read_models.ready_queue h \
                 where h.gen = p.gen and h.org_id = p.org_id and h.root = p.root and h.kind = 'ticket' and h.id = $3) h \
                 on true"
        );
        let query = sqlx::query(&statement).bind(org.0).bind(project.0).bind(plan.ticket.to_string());
        let locks: Vec<&str> = plan.work.locks.iter().map(Name::as_str).collect();
        let rows = self.of_org(org, query.bind(agent.map(Name::as_str)).bind(locks)).await?;
        let Some(row) = rows.first() else {
            return Ok(Around { running: 0, held: None, quarantined: false, locked: false });
        };
        let unreadable = || Unavailable::Refused("a row of ready_queue is no ticket".to_owned());
        let ticket = match row.try_get::<Option<&str>, _>(1)?.map(serde_json::from_str).transpose() {
            Ok(Some(QueueRow::Ticket { ticket })) => ticket,
            Ok(None) => Ticket::Absent,
            Ok(Some(_)) | Err(_) => return Err(unreadable()),
        };
        let unfinished = row.try_get::<Option<&str>, _>(2)?.map(str::parse::<TicketNumber>).transpose();
        let held = ticket.holds_back(plan.phase, unfinished.map_err(|_| unreadable())?);
        let quarantined = row.try_get::<Option<&str>, _>(3)? == Some("quarantined");
        Ok(Around { running: row.try_get(0)?, held, quarantined, locked: row.try_get(4)? })
    }
}
