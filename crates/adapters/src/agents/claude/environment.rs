//! How it is started: the flags without which it does not speak as we do, and where its model is.

use std::fs;
use std::path::{Path, PathBuf};

use ports::agent::{AgentError, Assignment, KEY, Model};
use ports::llm::{Format, Said};
use serde_json::json;

use crate::agents::platform::{SERVER, tools_at};
use crate::agents::profile;

/// It keeps what is its own below the home.
const OWN: &str = ".claude";
/// And there it is told of the platform's tools.
const TOOLS: &str = "omoi-tools.json";
/// It asks for other models than the one it is given, for small things and for subagents; here they are all that one.
const MODELS: [&str; 6] = [
    "ANTHROPIC_MODEL",
    "ANTHROPIC_SMALL_FAST_MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "CLAUDE_CODE_SUBAGENT_MODEL",
];

/// The directory of what is its own, with what it is told there.
///
/// # Errors
/// When there is no place for it outside of the workspace.
pub(super) fn own(assignment: &Assignment) -> Result<PathBuf, AgentError> {
    let own = profile::home(assignment)?.join(OWN);
    let failed = |error: std::io::Error| profile::no_home(&format!("{}: {error}", own.display()));
    fs::create_dir_all(&own).map_err(failed)?;
    let tools = json!({"mcpServers": {SERVER: {"type": "http", "url": tools_at(assignment)}}});
    fs::write(own.join(TOOLS), tools.to_string()).map_err(failed)?;
    Ok(own)
}

/// What comes after the command of the profile.
pub(super) fn flags(assignment: &Assignment, own: &Path) -> Vec<String> {
    let mut flags: Vec<String> = [
        "-p",
        "--verbose",
        "--input-format=stream-json",
        "--output-format=stream-json",
        "--replay-user-messages",
        "--permission-prompt-tool=stdio",
        "--permission-mode=bypassPermissions",
        // No servers but those: the repository may name others, which nobody here has looked at.
        "--strict-mcp-config",
    ]
    .map(str::to_owned)
    .to_vec();
    flags.push(format!("--mcp-config={}", own.join(TOOLS).display()));
    // Nobody answers questions in the middle of a run.
    let refused =
        if assignment.writes { "AskUserQuestion" } else { "AskUserQuestion,Edit,Write,NotebookEdit" };
    flags.push(format!("--disallowedTools={refused}"));
    if let Some(model) = &assignment.model {
        flags.push(format!("--model={}", model.name));
    }
    flags
}

/// What it finds in its environment, beside what we have ourselves. What the profile says wins.
///
/// # Errors
/// When the model does not speak as it does.
pub(super) fn of(assignment: &Assignment, own: &Path) -> Result<Vec<(String, String)>, AgentError> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut set = |name: &str, value: &str| all.push((name.to_owned(), value.to_owned()));
    set("ANTHROPIC_BASE_URL", &format!("{}/llm/anthropic", assignment.platform.trim_end_matches('/')));
    set("ANTHROPIC_API_KEY", KEY);
    for name in [
        "DISABLE_AUTOUPDATER",
        "DISABLE_TELEMETRY",
        "DISABLE_ERROR_REPORTING",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        // It refuses to do all it may where it does not know of a boundary.
        "IS_SANDBOX",
    ] {
        set(name, "1");
    }
    // It would take itself for one that was started by another one.
    set("CLAUDECODE", "");
    if let Some(model) = &assignment.model {
        check(model)?;
        MODELS.iter().for_each(|name| set(name, &model.name));
        set("CLAUDE_CODE_MAX_OUTPUT_TOKENS", &model.max_output_tokens.to_string());
    }
    set("CLAUDE_CONFIG_DIR", &own.display().to_string());
    // Of two with one name the later one holds.
    all.extend(profile::environment(assignment));
    Ok(all)
}

fn check(model: &Model) -> Result<(), AgentError> {
    match model.format {
        Format::Anthropic => Ok(()),
        Format::OpenAi => {
            let said = format!(
                "Claude Code speaks with models in the format of Anthropic, and {} has another one: name such a model for the profile",
                model.name
            );
            Err(AgentError::BadAssignment { said: Said::new(&said) })
        }
    }
}
