//! What a profile says of an agent that is a program of its own: its environment, its home, and which version it has to be.

use std::env;
use std::path::{Path, PathBuf};

use ports::agent::{AgentError, Assignment, KEY};
use ports::llm::Said;

/// The environment of the profile.
pub(super) fn environment(assignment: &Assignment) -> impl Iterator<Item = (String, String)> {
    assignment.environment.iter().map(|(name, value)| (name.clone(), filled(value, assignment)))
}

/// A text of a profile: `{platform}`, `{model}`, `{key}` and `{workspace}` in it stand for what they are in this run.
pub(super) fn filled(text: &str, assignment: &Assignment) -> String {
    let model = assignment.model.as_ref().map_or("", |model| &model.name);
    text.replace("{platform}", &assignment.platform)
        .replace("{model}", model)
        .replace("{key}", KEY)
        .replace("{workspace}", &assignment.workspace.display().to_string())
}

/// The home that the profile names, else ours: in a sandbox it is empty, in memory, and gone with the run.
///
/// # Errors
/// When there is none outside of the workspace.
pub(super) fn home(assignment: &Assignment) -> Result<PathBuf, AgentError> {
    let named = assignment.environment.iter().rfind(|(name, _)| name == "HOME");
    let named = named.map(|(_, value)| PathBuf::from(filled(value, assignment)));
    let home = named.or_else(|| env::var_os("HOME").map(PathBuf::from));
    let home = home.filter(|home| home.is_absolute()).ok_or_else(|| no_home("no HOME is set"))?;
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if real(&home).starts_with(real(&assignment.workspace)) {
        return Err(no_home(&format!("{} is in the workspace", home.display())));
    }
    Ok(home)
}

pub(super) fn no_home(why: &str) -> AgentError {
    let said = format!("the agent has no private home ({why}): set HOME in the environment of its profile");
    AgentError::CannotStart { said: Said::new(&said) }
}

/// Whether this version is the one that the profile wants.
///
/// # Errors
/// When it is another one.
pub(super) fn check_version(wanted: Option<&str>, found: &str) -> Result<(), AgentError> {
    match wanted {
        Some(wanted) if !fits(wanted, found) => {
            let found = if found.is_empty() { "one that does not say" } else { found };
            Err(AgentError::Version { wanted: Said::new(wanted), found: Said::new(found) })
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn fits(wanted: &str, found: &str) -> bool {
    found == wanted || (wanted.ends_with('.') && found.starts_with(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_one_that_is_wanted_or_begins_so() {
        for (wanted, found) in [("1.18.33", "1.18.33"), ("1.18.", "1.18.33"), ("1.", "1.18.33"), ("7", "7")] {
            assert_eq!(check_version(Some(wanted), found), Ok(()), "{wanted} {found}");
        }
        for (wanted, found) in
            [("1.18.3", "1.18.33"), ("1.1", "1.18.33"), ("1.18.", "1.180.0"), ("2.", "1.2.0"), ("1.", "")]
        {
            let error = check_version(Some(wanted), found).unwrap_err();
            assert_eq!(error.code(), "agent_version");
            assert!(error.to_string().contains(&format!("wants version {wanted} ")), "{error}");
        }
        assert_eq!(check_version(None, ""), Ok(()));
    }
}
