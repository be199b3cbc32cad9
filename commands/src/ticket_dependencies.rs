//! Tickets that wait for tickets: the dependant and the project's graph change together.

use kernel::{ProjectId, Uuid};
use vocabulary::{Name, TicketId, TicketNumber};
use work::ticket::{Command, Ticket};
use work::work_graph::{self, Node, NodeKind, WorkGraph};

use crate::{CommandError, Dispatcher, Handled as _, Intent, Receipt, Step};

impl Dispatcher {
    /// Lets a ticket wait for another one of its project.
    ///
    /// # Errors
    /// `cycle`, naming it, when the other one waits for this one already; `unknown_prerequisite` for a ticket that
    /// is not in the project.
    pub async fn add_ticket_dependency(
        &self,
        intent: &Intent,
        ticket: TicketId,
        on: TicketId,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        let edge = |from, to| work_graph::Command::AddEdge { from, to };
        self.change_ticket_edge(intent, (ticket, on), expected, Command::AddDependency { on }, edge).await
    }

    /// Lets a ticket no longer wait for another one.
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn remove_ticket_dependency(
        &self,
        intent: &Intent,
        ticket: TicketId,
        on: TicketId,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        let edge = |from, to| work_graph::Command::RemoveEdge { from, to };
        self.change_ticket_edge(intent, (ticket, on), expected, Command::RemoveDependency { on }, edge).await
    }

    async fn change_ticket_edge(
        &self,
        intent: &Intent,
        (ticket, on): (TicketId, TicketId),
        expected: Option<i64>,
        command: Command,
        edge: impl FnOnce(Node, Node) -> work_graph::Command,
    ) -> Result<Receipt, CommandError> {
        intent.actor.require(Ticket::permission(&command))?;
        if let Some(receipt) = self.settled(intent).await? {
            return Ok(receipt);
        }
        let found = self.find_ticket(&intent.actor, ticket.0).await;
        let found = self.early(intent, found).await?;
        let from = self.prerequisite_ticket(intent, found.project, on).await;
        let from = self.early(intent, from).await?;
        let to = ticket_node(ticket, found.number)?;
        let steps = vec![
            Step::under::<Ticket>(ticket.0, command, found.columns()).expecting(expected),
            Step::on::<WorkGraph>(found.project.0, edge(from, to)),
        ];
        self.carry_out(intent, steps).await
    }

    async fn prerequisite_ticket(
        &self,
        intent: &Intent,
        project: ProjectId,
        on: TicketId,
    ) -> Result<Node, CommandError> {
        let known = self.recall::<Ticket>(intent.actor.org, on.0).await?;
        match known.state.card() {
            Some(card) if known.project == Some(project) => ticket_node(on, card.number),
            // A ticket of another project is as unknown here as one that does not exist.
            _ => Err(CommandError::Rejected {
                code: "unknown_prerequisite".into(),
                message: format!("the project has no ticket {on} to wait for"),
                repeated: false,
            }),
        }
    }
}

fn ticket_node(id: TicketId, number: TicketNumber) -> Result<Node, CommandError> {
    let number = Name::new(&number.to_string()).map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Node { id: Uuid::from(id), kind: NodeKind::Ticket, number })
}
