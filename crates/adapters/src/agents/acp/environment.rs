//! What an agent finds in its environment: where its model is, and directories that are its alone.

use std::fs;

use ports::agent::{AgentError, Assignment, KEY};
use ports::llm::Format;

use super::super::profile;
use super::opencode;

/// Where programs keep what is a user's, below the home.
const BELOW_HOME: [(&str, &str); 4] = [
    ("XDG_CACHE_HOME", ".cache"),
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_STATE_HOME", ".local/state"),
];

/// The environment of this agent, beside what we have ourselves. What the profile says wins. The directories are there.
///
/// # Errors
/// When there is no place for them outside of the workspace.
pub(super) fn of(assignment: &Assignment) -> Result<Vec<(String, String)>, AgentError> {
    let mut all = model(assignment);
    all.extend(opencode::environment(assignment));
    let home = profile::home(assignment)?;
    for (name, below) in BELOW_HOME {
        let place = home.join(below);
        fs::create_dir_all(&place)
            .map_err(|error| profile::no_home(&format!("{}: {error}", place.display())))?;
        all.push((name.into(), place.display().to_string()));
    }
    all.push(("HOME".into(), home.display().to_string()));
    // Of two with one name the later one holds.
    all.extend(profile::environment(assignment));
    Ok(all)
}

/// As most agents are told it.
fn model(assignment: &Assignment) -> Vec<(String, String)> {
    let Some(model) = &assignment.model else { return Vec::new() };
    let (name, below) = match model.format {
        Format::Anthropic => ("ANTHROPIC", "llm/anthropic"),
        Format::OpenAi => ("OPENAI", "llm/openai/v1"),
    };
    vec![
        (format!("{name}_BASE_URL"), format!("{}/{below}", assignment.platform)),
        (format!("{name}_API_KEY"), KEY.to_owned()),
    ]
}
