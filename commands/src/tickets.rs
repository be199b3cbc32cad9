//! What people do with tickets, where it takes more than the ticket's own stream: its project says which columns
//! and which gates there are.

use kernel::{ActorId, OrgId, ProjectId, Uuid, derived_uuid};
use vocabulary::{Board, Name, Phase, Priority, TaskId, Text, TicketId, TicketNumber};
use work::project::{Profile, Project};
use work::task::Task;
use work::ticket::{Card, Command, EvidenceNote, Rank, TaskOutcome, Ticket};

use crate::{Actor, Columns, CommandError, Dispatcher, Handled as _, Intent, Permission, Receipt, Step};

/// A ticket as somebody asks for it; the number comes from the project's counter.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// What it is about, in a line.
    pub title: Name,
    /// At length.
    pub description: Option<Text>,
    /// How much it matters.
    pub priority: Priority,
    /// Where it starts.
    pub phase: Phase,
}

/// Where somebody wants a ticket.
#[derive(Clone, Debug)]
pub struct Move {
    /// The phase to enter.
    pub to: Phase,
    /// Its place among the cards; `None` leaves the order as it is.
    pub rank: Option<Rank>,
    /// Goes although a gate is closed, the ticket is blocked or the column is full.
    pub forced: bool,
    /// Who moves it.
    pub by: ActorId,
}

/// What never changes about a ticket, and what its commands depend on.
pub(crate) struct Found {
    pub(crate) project: ProjectId,
    pub(crate) number: TicketNumber,
    profile: Profile,
}

impl Found {
    /// The columns of its project; no limit binds.
    pub(crate) fn columns(&self) -> Columns {
        Columns { board: self.profile.board.clone(), enforced: false }
    }
}

impl Dispatcher {
    /// Creates a ticket in a project. The id follows from the command, so a repeat creates it once.
    ///
    /// # Errors
    /// `not_found` without such a project, `archived` when it is put away.
    pub async fn create_ticket(
        &self,
        intent: &Intent,
        project: ProjectId,
        new: NewTicket,
    ) -> Result<(TicketId, Receipt), CommandError> {
        let id = TicketId(derived_uuid(&[b"ticket", intent.command_id.0.as_bytes()]));
        // Before a number is taken: who may not, uses none up.
        intent.actor.require(Permission::WriteTickets)?;
        if !intent.actor.sees(project) {
            return Err(unknown("project"));
        }
        if let Some(receipt) = self.settled(intent).await? {
            return Ok((id, receipt));
        }
        let profile = self.profile(intent.actor.org, project).await;
        let board = self.early(intent, profile).await?.board;
        let columns = Columns { board, enforced: false };
        let number = self.number(intent.actor.org, &format!("ticket/{project}")).await?;
        let number = u32::try_from(number).ok().and_then(|number| TicketNumber::new(number).ok());
        let number = number.ok_or_else(|| CommandError::Broken("the project has too many tickets".into()))?;
        let NewTicket { title, description, priority, phase } = new;
        let command = Command::Create { number, title, description, priority, phase };
        let step = Step::under::<Ticket>(id.0, command, columns).beginning().in_project(project);
        Ok((id, self.carry_out(intent, vec![step]).await?))
    }

    /// Moves a ticket into a phase: forward through its gates, into a column that has room.
    ///
    /// # Errors
    /// `gate_closed` with what is unmet; the guard `full` for a column without room.
    pub async fn move_ticket(
        &self,
        intent: &Intent,
        ticket: TicketId,
        to: Move,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        // First, so that who may not learns nothing of the ticket.
        intent.actor.require(if to.forced { Permission::ForceTickets } else { Permission::WriteTickets })?;
        if let Some(receipt) = self.settled(intent).await? {
            return Ok(receipt);
        }
        let found = self.find_ticket(&intent.actor, ticket.0).await;
        let Profile { board, gates, .. } = self.early(intent, found).await?.profile;
        let Move { to, rank, forced, by } = to;
        let columns = Columns { board, enforced: !forced };
        let command = Command::Move { to, gates, forced, by, rank };
        let step = Step::under::<Ticket>(ticket.0, command, columns).expecting(expected);
        self.carry_out(intent, vec![step]).await
    }

    /// Lets a ticket go on when its gates are open; nothing happens when it is not time yet.
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn advance_ticket(&self, intent: &Intent, ticket: TicketId) -> Result<Receipt, CommandError> {
        let Profile { board, gates, .. } = self.find_ticket(&intent.actor, ticket.0).await?.profile;
        let columns = Columns { board, enforced: false };
        let step = Step::under::<Ticket>(ticket.0, Command::Advance { gates }, columns);
        self.carry_out(intent, vec![step]).await
    }

    /// Tells the ticket of a task what became of it, whatever became of the project.
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn note_outcome(
        &self,
        intent: &Intent,
        task: TaskId,
        outcome: TaskOutcome,
        evidence: Option<EvidenceNote>,
    ) -> Result<Receipt, CommandError> {
        let of = |known: &Task| -> Result<TicketId, CommandError> {
            Ok(known.details().ok_or_else(|| unknown("task"))?.plan.ticket)
        };
        let ticket = of(&self.recall::<Task>(intent.actor.org, task.0).await?.state)?;
        let command = Command::NoteTaskOutcome { task, outcome, evidence };
        // An outcome moves nothing, so no column is asked.
        let tell = |ticket: TicketId| {
            let columns = Columns { board: Board::default(), enforced: false };
            vec![Step::under::<Ticket>(ticket.0, command.clone(), columns)]
        };
        match self.carry_out(intent, tell(ticket)).await {
            // A plan that was revised may have put the task under another ticket meanwhile.
            Err(CommandError::Rejected { code, .. }) if code == "unknown_task" => {
                let now = of(&self.as_it_is::<Task>(intent.actor.org, task.0).await?)?;
                self.carry_out(intent, tell(now)).await
            }
            outcome => outcome,
        }
    }

    /// Carries out a command that concerns the ticket alone.
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn on_ticket(
        &self,
        intent: &Intent,
        ticket: TicketId,
        command: Command,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        intent.actor.require(Ticket::permission(&command))?;
        if let Some(receipt) = self.settled(intent).await? {
            return Ok(receipt);
        }
        let found = self.find_ticket(&intent.actor, ticket.0).await;
        let columns = self.early(intent, found).await?.columns();
        let step = Step::under::<Ticket>(ticket.0, command, columns).expecting(expected);
        self.carry_out(intent, vec![step]).await
    }

    /// What an active project has configured.
    pub(crate) async fn profile(&self, org: OrgId, project: ProjectId) -> Result<Profile, CommandError> {
        match self.peek::<Project>(org, project.0).await?.state {
            Project::Active(profile) => Ok(profile),
            Project::Archived(_) => Err(refused(&work::project::Rejection::Archived)),
            Project::Absent => Err(refused(&work::project::Rejection::NotFound)),
        }
    }

    pub(crate) async fn find_ticket(&self, actor: &Actor, ticket: Uuid) -> Result<Found, CommandError> {
        let known = self.recall::<Ticket>(actor.org, ticket).await?;
        let (Some(card), Some(project)) = (known.state.card(), known.project) else {
            return Err(unknown("ticket"));
        };
        if !actor.sees(project) {
            return Err(unknown("ticket"));
        }
        Ok(Found { project, number: card.number, profile: self.profile(actor.org, project).await? })
    }

    /// The ticket as it is, for what a new task takes over from it.
    pub(crate) async fn card(&self, org: OrgId, ticket: Uuid) -> Result<Card, CommandError> {
        self.peek::<Ticket>(org, ticket).await?.state.card().cloned().ok_or_else(|| unknown("ticket"))
    }
}

fn refused(rejection: &impl kernel::Rejection) -> CommandError {
    CommandError::Rejected {
        code: rejection.code().to_owned(),
        message: rejection.to_string(),
        repeated: false,
    }
}

/// What asks for a thing that this organization does not have is answered the same as by the thing itself.
pub(crate) fn unknown(what: &str) -> CommandError {
    CommandError::Rejected {
        code: "not_found".into(),
        message: format!("the {what} does not exist"),
        repeated: false,
    }
}
