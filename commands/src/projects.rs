//! What people do with projects, where it takes more than the project's own stream.

use kernel::{Decider as _, ProjectId, Rejection as _};
use vocabulary::Board;
use work::project::{Command, Project};

use crate::tickets::unknown;
use crate::{CommandError, Dispatcher, Intent, Permission, Receipt, Step};

impl Dispatcher {
    /// Gives a project other columns. Places are counted by the phases of a column (`handlers/ticket.rs`), so
    /// phases are grouped anew only while the project has no ticket.
    ///
    /// # Errors
    /// `phases_in_use` when tickets would lose their place; else as [`Dispatcher::execute`].
    pub async fn configure_board(
        &self,
        intent: &Intent,
        project: ProjectId,
        board: Board,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        intent.actor.require(Permission::WriteProjects)?;
        if !intent.actor.sees(project) {
            return Err(unknown("project"));
        }
        if let Some(receipt) = self.settled(intent).await? {
            return Ok(receipt);
        }
        let allowed = self.may_regroup(intent, project, &board).await;
        self.early(intent, allowed).await?;
        let step = Step::on::<Project>(project.0, Command::ConfigureBoard { board }).expecting(expected);
        self.carry_out(intent, vec![step]).await
    }

    /// What the project would say to `command` as it is now, for who has to ask somebody outside before it can be given:
    /// they are asked for nobody who may not.
    ///
    /// # Errors
    /// What the command would be refused for; else as [`Dispatcher::execute`].
    pub async fn rehearse(
        &self,
        intent: &Intent,
        project: ProjectId,
        command: Command,
    ) -> Result<(), CommandError> {
        intent.actor.require(Permission::WriteProjects)?;
        if !intent.actor.sees(project) {
            return Err(unknown("project"));
        }
        if self.settled(intent).await?.is_some() {
            return Ok(());
        }
        let known = self.peek::<Project>(intent.actor.org, project.0).await?;
        let answer = known.state.decide(command).map(drop);
        let answer = answer.map_err(|rejection| CommandError::Rejected {
            code: rejection.code().into(),
            message: rejection.to_string(),
            repeated: false,
        });
        self.early(intent, answer).await
    }

    async fn may_regroup(
        &self,
        intent: &Intent,
        project: ProjectId,
        board: &Board,
    ) -> Result<(), CommandError> {
        let known = self.peek::<Project>(intent.actor.org, project.0).await?;
        let groups = |board: &Board| -> Vec<_> {
            board.columns().iter().map(|column| column.phases.clone()).collect()
        };
        // Of a project that does not exist the stream itself says so.
        if known.state.profile().is_none_or(|profile| groups(&profile.board) == groups(board)) {
            return Ok(());
        }
        let next = self.store().take_numbers(intent.actor.org, &format!("ticket/{project}"), 0).await?;
        if next == 1 {
            return Ok(());
        }
        Err(CommandError::Rejected {
            code: "phases_in_use".into(),
            message: "the project has tickets, and their places are counted by the phases of each column: leave the \
                      phases together as they are; ids, titles and limits may change"
                .into(),
            repeated: false,
        })
    }
}
