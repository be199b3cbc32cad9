//! How OpenCode is told its model and what it may do. Its configuration stands in the environment, where it wins over the files of
//! the home and of the repository and adds to them; nothing is written into the workspace. Read from, and tried with, 1.18.33.

use std::path::Path;

use ports::agent::{Assignment, KEY, Model};
use ports::llm::Format;
use serde_json::{Value, json};

/// The provider, as OpenCode calls it.
const PROVIDER: &str = "omoi";
/// How much fits into a model that nobody knows: OpenCode summarises before it is full, so rather little.
const CONTEXT_TOKENS: u64 = 128_000;

/// What it does by itself and has no business to do here: nothing outside can be reached.
const OFF: [&str; 3] =
    ["OPENCODE_DISABLE_AUTOUPDATE", "OPENCODE_DISABLE_LSP_DOWNLOAD", "OPENCODE_DISABLE_MODELS_FETCH"];

/// Its environment; nothing when the agent is another one.
pub(super) fn environment(assignment: &Assignment) -> Vec<(String, String)> {
    let program = assignment.command.first().and_then(|program| Path::new(program).file_name());
    if program.is_none_or(|name| name != "opencode") {
        return Vec::new();
    }
    let mut all = vec![("OPENCODE_CONFIG_CONTENT".to_owned(), configuration(assignment).to_string())];
    all.extend(OFF.map(|name| (name.to_owned(), "1".to_owned())));
    all
}

fn configuration(assignment: &Assignment) -> Value {
    // The sandbox is the boundary. One that may not write is better not offered the tools that do.
    let edit = if assignment.writes { "allow" } else { "deny" };
    let mut all = json!({
        "autoupdate": false,
        "share": "disabled",
        // The worker keeps the states of the workspace; nobody would look at its own.
        "snapshot": false,
        "permission": {"*": "allow", "edit": edit},
    });
    if let Some(model) = &assignment.model {
        let name = format!("{PROVIDER}/{}", model.name);
        all["model"] = json!(name);
        all["small_model"] = json!(name);
        all["enabled_providers"] = json!([PROVIDER]);
        all["provider"] = json!({PROVIDER: provider(model, &assignment.platform)});
    }
    all
}

fn provider(model: &Model, platform: &str) -> Value {
    let (package, below) = match model.format {
        Format::Anthropic => ("@ai-sdk/anthropic", "llm/anthropic/v1"),
        Format::OpenAi => ("@ai-sdk/openai-compatible", "llm/openai/v1"),
    };
    let context = model.context_tokens.unwrap_or(CONTEXT_TOKENS);
    json!({
        "npm": package,
        "name": PROVIDER,
        "options": {"baseURL": format!("{platform}/{below}"), "apiKey": KEY},
        "models": {&model.name: {
            "name": model.name,
            "limit": {"context": context, "output": model.max_output_tokens},
        }},
    })
}
