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

use super::program::Agent;
use talk::Talk;

/// As errors call it.
const PROTOCOL: &str = "ACP 1";

/// Drives agents that speak the protocol.
#[derive(Debug)]
pub struct AcpDriver {
    limits: Limits,
}

/// How long an agent is waited for.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// For its answers before it has something to do; a first start on a busy machine takes half a minute.
    answer_within: Duration,
    /// For the end of a turn that was interrupted.
    cancel_within: Duration,
}

impl AcpDriver {
    /// One that waits as long as real agents need.
    #[must_use]
    pub const fn new() -> Self {
        Self::within(Duration::from_secs(120), Duration::from_secs(10))
    }

    /// One that waits this long for the answers before the first turn, and for the end of a turn that was interrupted.
    #[must_use]
    pub const fn within(answer: Duration, cancel: Duration) -> Self {
        Self { limits: Limits { answer_within: answer, cancel_within: cancel } }
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
                Ok(agent) => Talk::new(agent, desk, self.limits).through(assignment).await,
                Err(error) => {
                    let mut orders = desk.orders;
                    talk::turn_away(&mut orders, &error.to_string());
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
    let arguments: Vec<String> =
        arguments.iter().map(|argument| environment::filled(argument, assignment)).collect();
    Agent::start(program, &arguments, environment, assignment)
}
