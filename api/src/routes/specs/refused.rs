//! Why a change of a spec was refused; of a plan that cannot be, each thing that is wrong with it.

use commands::CommandError;
use kernel::Decider as _;
use planning::spec::{Command, Rejection, Spec};
use vocabulary::SpecId;

use crate::routes::problem::Problem;
use crate::routes::request::Wish;
use crate::wiring::Services;

/// The answer to a command that had no effect.
pub(super) async fn because(
    services: &Services,
    wish: &Wish,
    spec: SpecId,
    command: Command,
    error: CommandError,
) -> Problem {
    let vetoed = matches!(&error, CommandError::Rejected { code, .. } if code == "vetoed");
    let problem = Problem::from(error);
    if !vetoed {
        return problem;
    }
    // A remembered refusal has its words only: what is wrong is said as of now.
    match services.dispatcher.peek::<Spec>(wish.intent.actor.org, spec.0).await {
        Ok(known) => match known.state.decide(command) {
            Err(Rejection::Vetoed { problems }) => problem.listing(problems),
            _ => problem,
        },
        Err(_) => problem,
    }
}
