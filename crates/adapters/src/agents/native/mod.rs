//! Our own agent: a model that is asked through the port, and uses a few tools until it has no more to do.
//!
//! - `session` the turns, from the prompt to the end; `ending` how they end
//! - `hearing` one call to the model; `model` how it is reached
//! - `history` the conversation, and what is left out of it when it becomes too long
//! - `inbox` what people want meanwhile, and what becomes of it
//! - `tools` what the model may use; `stuck` notices when it goes round in circles
//!
//! It asks for no permission: the sandbox around it is the boundary. It counts no money: the gateway does.

mod ending;
mod hearing;
mod history;
mod inbox;
mod model;
mod session;
mod stuck;
mod tools;

use std::time::Duration;

use ports::BoxFuture;
use ports::agent::{AgentDriver, AgentError, Assignment, Desk, Finished};
use ports::llm::Deadlines;

use self::session::Session;
use self::tools::Toolbox;
use crate::llm::HttpOptions;

/// Models think for minutes before the first word, and the gateway waits for their provider longer than this.
const PATIENCE: Deadlines = Deadlines {
    first_byte: Duration::from_secs(5 * 60),
    idle: Duration::from_secs(2 * 60),
    whole: Duration::from_secs(20 * 60),
};

/// Lets a model work, with tools of ours.
#[derive(Clone, Copy, Debug)]
pub struct NativeDriver {
    http: HttpOptions,
    deadlines: Deadlines,
}

impl NativeDriver {
    /// As patient as models need it.
    #[must_use]
    pub fn new() -> Self {
        Self { http: HttpOptions::default(), deadlines: PATIENCE }
    }

    /// The same with other patience.
    #[must_use]
    pub const fn waiting(self, http: HttpOptions, deadlines: Deadlines) -> Self {
        Self { http, deadlines }
    }
}

impl Default for NativeDriver {
    fn default() -> Self {
        Self::new()
    }
}

impl AgentDriver for NativeDriver {
    fn name(&self) -> &'static str {
        "native"
    }

    fn work<'a>(
        &'a self,
        assignment: &'a Assignment,
        desk: Desk,
    ) -> BoxFuture<'a, Result<Finished, AgentError>> {
        Box::pin(async move {
            let llm = model::reach(assignment, self.http)?;
            let mut tools = Toolbox::new(assignment)?;
            let alone = tools.reach_platform(assignment).await.err();
            Ok(Session::new(llm, tools, self.deadlines, desk).run(&assignment.prompt, alone).await)
        })
    }
}
