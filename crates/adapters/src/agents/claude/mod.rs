//! Claude Code, by its control protocol: JSON, a line each, on its standard input and output.
//!
//! - `environment.rs` how it is started, and finds its model
//! - `frames.rs` what it says and what it is told
//! - `talk.rs` the way to the first turn, and what is heard; `turns.rs`, `ending.rs` from the first prompt to the end
//! - `hooks.rs` what it asks on its way: whether it may, and whether somebody has said something
//! - `teller.rs` what is told of it
//!
//! It may do whatever its sandbox lets it. What it says bit by bit is not asked for: a message is told when it is whole.

mod ending;
mod environment;
mod frames;
mod hooks;
mod talk;
mod teller;
mod turns;

use std::time::Duration;

use ports::BoxFuture;
use ports::agent::{AgentDriver, AgentError, Assignment, Desk, Finished};
use ports::llm::Said;

use self::talk::Talk;
use super::program::{Agent, Limits};
use super::steers::turn_away;

/// As errors call it.
const PROTOCOL: &str = "stream-json";

/// Drives Claude Code.
#[derive(Clone, Copy, Debug)]
pub struct ClaudeDriver {
    limits: Limits,
}

impl ClaudeDriver {
    /// As patient as it needs on a busy machine.
    #[must_use]
    pub const fn new() -> Self {
        Self { limits: Limits::USUAL }
    }

    /// With other patience, for its first answer and for the end of a turn that is interrupted.
    #[must_use]
    pub const fn within(answer: Duration, cancel: Duration) -> Self {
        Self { limits: Limits { answer, cancel } }
    }
}

impl Default for ClaudeDriver {
    fn default() -> Self {
        Self::new()
    }
}

impl AgentDriver for ClaudeDriver {
    fn name(&self) -> &'static str {
        "claude"
    }

    fn work<'a>(
        &'a self,
        assignment: &'a Assignment,
        desk: Desk,
    ) -> BoxFuture<'a, Result<Finished, AgentError>> {
        Box::pin(async move {
            match start(assignment) {
                Ok(agent) => {
                    let limits = self.limits.of(assignment);
                    Talk::new(agent, desk, limits, assignment.version.clone())
                        .through(&assignment.prompt)
                        .await
                }
                Err(error) => {
                    let mut orders = desk.orders;
                    turn_away(&mut orders, &error.to_string());
                    Err(error)
                }
            }
        })
    }
}

fn start(assignment: &Assignment) -> Result<Agent, AgentError> {
    let usual = ["claude".to_owned()];
    let command = if assignment.command.is_empty() { &usual[..] } else { &assignment.command };
    let (program, arguments) = command.split_first().expect("it has one at least");
    let own = environment::own(assignment)?;
    let arguments = [arguments, &environment::flags(assignment, &own)].concat();
    Agent::start(program, &arguments, environment::of(assignment, &own)?, assignment)
}

fn garbage(said: &str) -> AgentError {
    AgentError::Garbage { protocol: PROTOCOL, said: Said::new(said) }
}
