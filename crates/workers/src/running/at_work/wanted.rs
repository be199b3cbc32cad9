//! What people want of a run at work, on its way to the worker; and what came of it, on its way to the log.

use std::pin::Pin;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use execution::content::Content;
use execution::run::{Command, Status, Steer, SteerId, SteerState};
use ports::agent::wire::Wanted;
use tokio::time::{Instant, Sleep};
use vocabulary::Name;

use super::{AtWork, LAST_SNAPSHOT, Outcome, RunnerError, is_away};
use crate::running::answers::degraded;
use crate::running::seals;

impl AtWork<'_> {
    /// What was decided about the run meanwhile.
    pub(super) async fn look(
        &self,
        stopping: &mut Option<Outcome>,
        last: Pin<&mut Sleep>,
    ) -> Result<(), RunnerError> {
        let run = match self.desk.load().await {
            Ok((_, run)) => run,
            // It is looked at again; until then the run goes on as it was.
            Err(error) if is_away(&error) => return Ok(()),
            Err(error) => return Err(error),
        };
        if matches!(run.status, Status::Stopping { .. } | Status::Ended { .. }) && stopping.is_none() {
            *stopping = Some(Outcome::Over);
            self.ways.socket.orders.add(Wanted::Stop);
            last.reset(Instant::now() + LAST_SNAPSHOT);
        }
        if let Some(nth) = run.interrupt {
            self.ways.socket.orders.add(Wanted::Interrupt { nth });
        }
        if let Some(Steer { id, text, state: SteerState::Requested }) = &run.steer {
            match self.words(text).await? {
                Some(text) => self.ways.socket.orders.add(Wanted::Steer { id: id.0, text }),
                None => self.advance(*id, degraded("the words cannot be opened")).await?,
            }
        }
        Ok(())
    }

    async fn words(&self, content: &Content) -> Result<Option<String>, RunnerError> {
        seals::words(&self.desk.parts.store, self.desk.org, self.seal, content).await.map_err(Into::into)
    }

    pub(super) async fn advance(&self, steer: SteerId, state: SteerState) -> Result<(), RunnerError> {
        self.desk.tell(Command::AdvanceSteer { steer, state }).await.map(drop)
    }

    /// Says that a turn is over, for whoever interrupted it; what the worker is answered instead when that cannot be written now.
    pub(super) async fn settled(&self, ended: Option<(u32, Name)>) -> Result<Option<Response>, RunnerError> {
        let Some((turn, stop)) = ended else { return Ok(None) };
        match self.desk.tell(Command::SettleInterrupt { turn, stop }).await {
            Ok(_) => Ok(None),
            Err(error) if is_away(&error) => Ok(Some(StatusCode::SERVICE_UNAVAILABLE.into_response())),
            Err(error) => Err(error),
        }
    }
}
