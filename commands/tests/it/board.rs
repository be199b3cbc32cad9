//! A project with tickets and tasks, for the stories about them.

use commands::{CommandError, Dispatcher, Move, NewTask, NewTicket, Receipt};
use kernel::{ActorId, OrgId, ProjectId, Uuid};
use vocabulary::{Name, Phase, Priority, TaskId, TicketId};
use work::task::Work;

use crate::projects::{carry_out, create, wish};
use crate::support::org;

/// A tenant with one project.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) org: OrgId,
    pub(crate) project: ProjectId,
}

impl Place {
    pub(crate) async fn make(node: &Dispatcher) -> Self {
        let place = Self { org: org(), project: ProjectId(Uuid::now_v7()) };
        carry_out(node, &wish(place.org), place.project.0, create("billing")).await.unwrap();
        place
    }

    pub(crate) async fn ticket(&self, node: &Dispatcher, phase: Phase) -> TicketId {
        let title = Name::new("A ticket").unwrap();
        let new = NewTicket { title, description: None, priority: Priority::default(), phase };
        node.create_ticket(&wish(self.org), self.project, new).await.unwrap().0
    }

    pub(crate) async fn task(&self, node: &Dispatcher, ticket: TicketId, depends_on: &[TaskId]) -> TaskId {
        let new = NewTask {
            title: Name::new("A task").unwrap(),
            description: None,
            phase: None,
            priority: None,
            estimate: None,
            files: Default::default(),
            work: Work::default(),
            depends_on: depends_on.to_vec(),
        };
        node.plan_task(&wish(self.org), ticket, new).await.unwrap().0
    }

    pub(crate) async fn enter(
        &self,
        node: &Dispatcher,
        ticket: TicketId,
        to: Phase,
    ) -> Result<Receipt, CommandError> {
        self.go(node, ticket, to, false).await
    }

    pub(crate) async fn force(&self, node: &Dispatcher, ticket: TicketId, to: Phase) {
        self.go(node, ticket, to, true).await.unwrap();
    }

    async fn go(
        &self,
        node: &Dispatcher,
        ticket: TicketId,
        to: Phase,
        forced: bool,
    ) -> Result<Receipt, CommandError> {
        let to = Move { to, rank: None, forced, by: ActorId(Uuid::nil()) };
        node.move_ticket(&wish(self.org), ticket, to, None).await
    }
}
