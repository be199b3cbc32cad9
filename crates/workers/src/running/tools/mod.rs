//! The platform's own tools, for agents: an MCP server on the run's socket. Each use stands in the run's record. What a tool reads is
//! as it was when the run began; what it writes is for people, and moves nothing.
//!
//! - `catalogue.rs` what is offered, and with what it is used

mod catalogue;

use std::sync::Arc;

use axum::Router;
use eventstore::{Store, Unavailable};
use execution::content::Content;
use execution::trajectory::Event;
use kernel::{OrgId, Timestamp};
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Map, Value, json};
use vocabulary::{Line, Name};
use work::task;

use self::catalogue::{Unfit, Use};
use super::background::Background;
use super::journal::Journal;
use super::report;
use super::seals::{self, Seal};

/// What an agent is told of all tools.
const INSTRUCTIONS: &str = "Tools of the platform that runs you. They tell you more about your task and its spec, and let you say \
                            something to people. Nothing that you say here counts as evidence.";

/// The tools of a run. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Tools(Arc<Parts>);

/// What tools work with.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) org: OrgId,
    pub(super) seal: Arc<dyn Seal>,
    pub(super) journal: Arc<Journal>,
    pub(super) task: task::Details,
    pub(super) background: Background,
    /// Takes what a run that explores hands in.
    pub(super) report: report::Desk,
}

impl Tools {
    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// What agents can ask, by streamable HTTP without sessions.
    pub(super) fn router(&self) -> Router {
        let tools = self.clone();
        // Who speaks here has come through the run's socket.
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .disable_allowed_hosts();
        let sessions = Arc::new(NeverSessionManager::default());
        Router::new()
            .nest_service("/mcp", StreamableHttpService::new(move || Ok(tools.clone()), sessions, config))
    }

    async fn used(&self, name: &str, input: Map<String, Value>) -> Result<String, Refused> {
        let Parts { task, background, .. } = &*self.0;
        Ok(match catalogue::read(task.plan.work.mode, name, input)? {
            Use::GetTask => pretty(&json!(task)),
            Use::ReadSpec { part } => match background.phase(part) {
                Some(fields) => pretty(&Value::Object(fields.clone())),
                None => return Err(Refused::NoPart),
            },
            Use::ListFilesOwned => {
                let files: Vec<&str> = task.plan.files.iter().map(vocabulary::FilePattern::as_str).collect();
                pretty(&json!({"files": files, "all_others": files.is_empty()}))
            }
            Use::SubmitReport { report } => {
                self.0.report.submit(report);
                "It is taken.".to_owned()
            }
            Use::ReportProgress { text } => {
                let code = Name::new("progress").expect("a name");
                let event = Event::Noted { at: self.now().await?, code, text: self.sealed(&text).await? };
                self.0.journal.write(&[event]).await.map_err(|_| Refused::Over)?;
                "People see it in the run's record.".to_owned()
            }
            Use::AskHuman { question } => {
                let text = self.sealed(&question).await?;
                let event = Event::QuestionRaised { at: self.now().await?, turn: 1, text };
                self.0.journal.write(&[event]).await.map_err(|_| Refused::Over)?;
                "The question stands in the run's record. An answer comes as a message, if one comes: go on with what does not \
                 depend on it."
                    .to_owned()
            }
        })
    }

    async fn record(&self, tool: &str, ok: bool) -> Result<(), Refused> {
        let shown: String = tool.chars().filter(|c| !c.is_control()).take(200).collect();
        let event = Event::McpCallMade {
            at: self.now().await?,
            server: Name::new("omoi").expect("a name"),
            tool: Line::new(&shown).unwrap_or_else(|_| Line::new("?").expect("one character")),
            ok,
        };
        self.0.journal.write(&[event]).await.map_err(|_| Refused::Over)
    }

    async fn now(&self) -> Result<Timestamp, Refused> {
        Ok(self.0.store.now().await?)
    }

    async fn sealed(&self, words: &str) -> Result<Content, Refused> {
        Ok(seals::content(&self.0.store, self.0.org, &*self.0.seal, words).await?)
    }
}

/// Why a tool did not do it, to the agent.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error("there is no such part: the task comes from no spec, or its spec has not written it")]
    NoPart,
    #[error("the platform is away; try again")]
    Away(#[from] Unavailable),
    #[error("the run is over")]
    Over,
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("omoi", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(catalogue::tools(self.0.task.plan.work.mode)))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        catalogue::tools(self.0.task.plan.work.mode).into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        CallToolRequestParams { name, arguments, .. }: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let outcome = self.used(&name, arguments.unwrap_or_default()).await;
        let recorded = self.record(&name, outcome.is_ok()).await;
        let said = |words: String| vec![ContentBlock::text(words)];
        let result = match outcome.and_then(|answer| recorded.map(|()| answer)) {
            Ok(answer) => CallToolResult::success(said(answer)),
            Err(error) => CallToolResult::error(said(error.to_string())),
        };
        Ok(result.into())
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
