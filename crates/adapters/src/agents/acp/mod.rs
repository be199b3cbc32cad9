//! Any agent that speaks the Agent Client Protocol, version 1, on its standard input and output.
//!
//! The protocol's own crates are not used. Both turn on `preserve_order` of serde_json, which would change what every JSON value of
//! the product looks like when it is written; and the connection of the larger one keeps what it has read in queues without bounds,
//! which an agent that floods would fill. What we need of the protocol is a page ([`frames`], [`updates`]), and the tests hold it
//! against an agent that has the official library.
//!
//! - `environment.rs`, `opencode.rs` how it finds its model
//! - `talk.rs` frames back and forth; `turns.rs`, `ending.rs` from the first prompt to the end
//! - `teller.rs`, `calls.rs`, `permission.rs` what is told of it

mod calls;
mod ending;
mod environment;
mod frames;
mod opencode;
mod permission;
mod talk;
mod teller;
mod turns;
mod updates;

use std::time::Duration;

use ports::BoxFuture;
use ports::agent::{AgentDriver, AgentError, Assignment, Desk, Finished};
use ports::llm::Said;

use self::talk::Talk;
use super::profile::filled;
use super::program::{Agent, Limits};
use super::steers::turn_away;

/// As errors call it.
const PROTOCOL: &str = "ACP 1";

/// Drives agents that speak the protocol.
#[derive(Clone, Copy, Debug)]
pub struct AcpDriver {
    limits: Limits,
}

impl AcpDriver {
    /// One that waits as long as real agents need.
    #[must_use]
    pub const fn new() -> Self {
        Self { limits: Limits::USUAL }
    }

    /// One that waits this long for the answers before the first turn, and for the end of a turn that was interrupted.
    #[must_use]
    pub const fn within(answer: Duration, cancel: Duration) -> Self {
        Self { limits: Limits { answer, cancel } }
    }
}

impl Default for AcpDriver {
    fn default() -> Self {
        Self::new()
    }
}

impl AgentDriver for AcpDriver {
    fn name(&self) -> &'static str {
        "acp"
    }

    fn work<'a>(
        &'a self,
        assignment: &'a Assignment,
        desk: Desk,
    ) -> BoxFuture<'a, Result<Finished, AgentError>> {
        Box::pin(async move {
            match start(assignment) {
                Ok(agent) => Talk::new(agent, desk, self.limits.of(assignment)).through(assignment).await,
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
    let Some((program, arguments)) = assignment.command.split_first() else {
        let said = "the profile names no program: give it a command, such as `opencode acp`";
        return Err(AgentError::BadAssignment { said: Said::new(said) });
    };
    let environment = environment::of(assignment)?;
    let arguments: Vec<String> = arguments.iter().map(|argument| filled(argument, assignment)).collect();
    Agent::start(program, &arguments, environment, assignment)
}
