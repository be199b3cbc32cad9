//! What an agent finds in its environment: where its model is, and directories that are its alone.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use ports::agent::{AgentError, Assignment, KEY};
use ports::llm::{Format, Said};

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
    let home = home(assignment)?;
    for (name, below) in BELOW_HOME {
        let place = home.join(below);
        fs::create_dir_all(&place).map_err(|error| no_home(&format!("{}: {error}", place.display())))?;
        all.push((name.into(), place.display().to_string()));
    }
    all.push(("HOME".into(), home.display().to_string()));
    let of_the_profile = assignment.environment.iter();
    let filled = of_the_profile.map(|(name, value)| (name.clone(), filled(value, assignment)));
    // Of two with one name the later one holds.
    all.extend(filled);
    Ok(all)
}

/// A text of a profile: `{platform}`, `{model}`, `{key}` and `{workspace}` in it stand for what they are in this run.
pub(super) fn filled(text: &str, assignment: &Assignment) -> String {
    let model = assignment.model.as_ref().map_or("", |model| &model.name);
    text.replace("{platform}", &assignment.platform)
        .replace("{model}", model)
        .replace("{key}", KEY)
        .replace("{workspace}", &assignment.workspace.display().to_string())
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

/// The home that the profile names, else ours: in a sandbox it is empty, in memory, and gone with the run.
fn home(assignment: &Assignment) -> Result<PathBuf, AgentError> {
    let named = assignment.environment.iter().rfind(|(name, _)| name == "HOME");
    let named = named.map(|(_, value)| PathBuf::from(filled(value, assignment)));
    let home = named.or_else(|| env::var_os("HOME").map(PathBuf::from));
    let home = home.filter(|home| home.is_absolute()).ok_or_else(|| no_home("no HOME is set"))?;
    if inside(&home, &assignment.workspace) {
        return Err(no_home(&format!("{} is in the workspace", home.display())));
    }
    Ok(home)
}

fn inside(path: &Path, directory: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(path).starts_with(real(directory))
}

fn no_home(why: &str) -> AgentError {
    let said = format!("the agent has no private home ({why}): set HOME in the environment of its profile");
    AgentError::CannotStart { said: Said::new(&said) }
}
