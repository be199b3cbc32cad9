//! How the model is reached: over the platform's gateway, which has the real key.

use std::sync::Arc;

use ports::agent::{AgentError, Assignment, KEY, Model};
use ports::llm::{Format, Llm, Said};

use crate::llm::{Anthropic, BaseUrl, Endpoint, HttpOptions, OpenAi, Structured};

/// A model, and its name there.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub(super) llm: Arc<dyn Llm>,
    pub(super) model: Model,
}

/// The model of an assignment.
pub(super) fn reach(assignment: &Assignment, http: HttpOptions) -> Result<Reached, AgentError> {
    let Some(model) = assignment.model.clone() else {
        let said = "there is no model to ask: name one for the profile, or for the purpose `agents`";
        return Err(AgentError::BadAssignment { said: Said::new(said) });
    };
    let path = match model.format {
        Format::OpenAi => "/llm/openai/v1",
        Format::Anthropic => "/llm/anthropic",
    };
    let address = format!("{}{path}", assignment.platform.trim_end_matches('/'));
    let base = BaseUrl::parse(&address, false)
        .map_err(|error| AgentError::BadAssignment { said: Said::new(&format!("{address}: {error}")) })?;
    let endpoint = Endpoint::new(base, Some(KEY.into()), http)
        .map_err(|error| AgentError::CannotStart { said: Said::new(&error.to_string()) })?;
    // Its answers are words and uses of tools, never JSON by a schema.
    let llm: Arc<dyn Llm> = match model.format {
        Format::OpenAi => Arc::new(OpenAi::new(endpoint, Structured::Prompt)),
        Format::Anthropic => Arc::new(Anthropic::new(endpoint, Structured::Prompt)),
    };
    Ok(Reached { llm, model })
}
