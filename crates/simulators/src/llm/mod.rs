//! Models that answer from a script, behind the wire formats of Anthropic and of OpenAI, streaming and whole.
//!
//! | path | as |
//! |---|---|
//! | `/v1/messages` | the Messages API of Anthropic, version 2023-06-01 |
//! | `/v1/chat/completions` | chat completions of OpenAI |
//! | `/llm/anthropic/v1/messages`, `/llm/openai/v1/chat/completions` | the same where the platform's gateway has them, for what drives agents |
//! | `/mcp` | the platform's tools beside them ([`crate::mcp`]) |
//!
//! A rule says what is answered to requests of which content; the first one that matches wins, and a request that none
//! matches is refused with the reason of each. A rule may also say how the server misbehaves. Tokens are counted as one for
//! four characters, unless the rule says how many there are.
//!
//! What it does not do: look into images and files, cache prompts, count by a tokenizer, or remember a conversation: each
//! request holds all of it.

mod answer;
mod asked;
mod both_sides;
mod coder;
mod fault;
mod planner;
mod recording;
mod rule;
mod script;
mod serve;
mod state;
mod stream;
mod wire;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::{net::TcpListener, task::JoinHandle};

pub use answer::{Tokens, ToolUse};
pub use asked::{Asked, Part, Turn, Wire};
pub use fault::{Fault, FaultAt, WrongJson};
pub use recording::{Exchange, RecordedAnswer, RecordingError, read_recording, write_recording};
pub use rule::{Content, Pace, Rule, Say, When};
pub use script::{Script, ScriptError};
pub use serve::Request;
use state::Server;

use crate::mcp::Tools;

/// A running server. It ends when this is dropped.
pub struct Llm {
    server: Arc<Server>,
    tools: Tools,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Llm {
    /// Starts one without rules on a free port of this machine.
    ///
    /// # Panics
    /// When this machine has no free port: a test cannot go on.
    pub async fn start() -> Self {
        Self::start_on(([127, 0, 0, 1], 0).into(), Script::default())
            .await
            .expect("the loopback has a free port")
    }

    /// Starts one at this address, with these rules.
    ///
    /// # Errors
    /// When nobody can listen there.
    pub async fn start_on(address: SocketAddr, script: Script) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let server = Arc::new(Server::new(script));
        let tools = Tools::default();
        let router = serve::router(Arc::clone(&server)).merge(tools.router());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the server ends with its handle, not before");
        });
        Ok(Self { server, tools, address, serving })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client of Anthropic's format has as its base.
    #[must_use]
    pub fn anthropic_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a client of OpenAI's format has as its base.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What a driver of agents has as its platform.
    #[must_use]
    pub fn platform_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The tools of that platform; none at first.
    #[must_use]
    pub const fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Adds a rule after those there are.
    ///
    /// # Panics
    /// When its answer stands in a file that cannot be read.
    pub fn rule(&self, rule: Rule) -> &Self {
        let rule = rule.with_files_read(std::path::Path::new("")).expect("the files of a rule can be read");
        self.server.add(rule);
        self
    }

    /// Forgets every rule and adds those of this script.
    pub fn script(&self, script: Script) -> &Self {
        self.server.replace(script);
        self
    }

    /// Every request so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// What was asked and answered so far, whatever became of the answer on its way.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.server.exchanges()
    }

    /// Waits for answers and hands them out, each once. Whoever runs for long keeps nothing so: what was asked until then is
    /// forgotten here.
    pub async fn take_exchanges(&self) -> Vec<Exchange> {
        self.server.take_exchanges().await
    }

    /// Waits until no answer is under way: each was read to its end, cut, or left by its client.
    pub async fn quiet(&self) {
        self.server.quiet().await;
    }

    /// Waits until this many answers are under way.
    pub async fn busy(&self, answers: usize) {
        self.server.busy(answers).await;
    }

    /// Ends it, and returns when nobody listens at its address any more.
    pub async fn stop(mut self) {
        self.serving.abort();
        // It ends as cancelled: that is what was asked for.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Llm {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for Llm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Llm").field("address", &self.address).finish_non_exhaustive()
    }
}
