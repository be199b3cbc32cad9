//! What a command causes, and why it is refused.

use super::{Command, Event, Intervention, Status};

/// Why an intervention refuses a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no such intervention.
    #[error("the intervention does not exist")]
    NotFound,
    /// Another one has its id.
    #[error("the intervention exists already, and is another one")]
    AlreadyExists,
    /// It has come to something else.
    #[error("what became of the intervention is known already")]
    AlreadySettled,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::AlreadySettled => "already_settled",
        }
    }
}

pub(super) fn decide(intervention: &Intervention, command: Command) -> Result<Vec<Event>, Rejection> {
    let event = match command {
        Command::Request(request) => Event::Requested(request),
        Command::Deliver { turn } => Event::Delivered { turn },
        Command::FailDelivery { reason } => Event::DeliveryFailed { reason },
        Command::Expire => Event::Expired,
    };
    match (intervention, event) {
        (Intervention::Absent, event @ Event::Requested(_)) => Ok(vec![event]),
        (Intervention::Absent, _) => Err(Rejection::NotFound),
        (Intervention::Present { request, .. }, Event::Requested(again)) => {
            if *request == again {
                Ok(Vec::new())
            } else {
                Err(Rejection::AlreadyExists)
            }
        }
        (Intervention::Present { status: Status::Requested, .. }, event) => Ok(vec![event]),
        (Intervention::Present { status, .. }, event) => {
            if *status == Status::after(&event) {
                Ok(Vec::new())
            } else {
                Err(Rejection::AlreadySettled)
            }
        }
    }
}
