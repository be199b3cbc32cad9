//! Which agent does the tasks: one that can run here, and that is known before anything begins.

use serde::Deserialize;

use crate::cli::client::Failure;

/// The agent of those who name none, when it has a model.
const BY_ITSELF: &str = "native";
#[derive(Debug, Deserialize)]
pub(super) struct Agents {
    pub(super) profiles: Vec<Profile>,
}

/// An agent profile of the server.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Profile {
    name: String,
    lack: Option<Lack>,
}

#[derive(Clone, Debug, Deserialize)]
struct Lack {
    reason: String,
    mend: String,
}

/// The agent that is set; none when it stays as it is.
pub(super) fn agent(
    wanted: Option<&str>,
    set: Option<&str>,
    profiles: &[Profile],
) -> Result<Option<String>, Failure> {
    let can = || {
        let can: Vec<&str> =
            profiles.iter().filter(|one| one.lack.is_none()).map(|one| one.name.as_str()).collect();
        can.join(", ")
    };
    let profile = |name: &str| profiles.iter().find(|one| one.name == name);
    let name = match (wanted, set) {
        (Some(wanted), _) => wanted,
        (None, Some(set)) => set,
        (None, None) if profile(BY_ITSELF).is_some_and(|one| one.lack.is_none()) => BY_ITSELF,
        (None, None) => {
            let detail =
                format!("say which agent does the tasks, with --agent; those that can run here: {}", can());
            return Err(Failure::invalid("no_agent", detail));
        }
    };
    match profile(name) {
        None => {
            let detail = format!(
                "there is no agent profile {name} on this server; those that can run here: {}",
                can()
            );
            Err(Failure::invalid("unknown_agent", detail))
        }
        Some(Profile { lack: Some(Lack { reason, mend }), .. }) => {
            Err(Failure::invalid("agent_lacks", format!("the agent {name} cannot run: {reason}. {mend}")))
        }
        Some(_) => Ok((set != Some(name)).then(|| name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles() -> Vec<Profile> {
        let lack = Lack { reason: "there is no model".to_owned(), mend: "Set one.".to_owned() };
        vec![
            Profile { name: "command".to_owned(), lack: None },
            Profile { name: "native".to_owned(), lack: Some(lack) },
        ]
    }

    #[test]
    fn an_agent_that_cannot_run_is_refused_before_anything_begins() {
        let profiles = profiles();
        let chosen = |wanted, set| agent(wanted, set, &profiles);
        assert_eq!(chosen(Some("command"), None).unwrap().as_deref(), Some("command"));
        assert_eq!(chosen(Some("command"), Some("command")).unwrap(), None, "it is set already");
        assert_eq!(chosen(None, Some("command")).unwrap(), None);
        let unknown = chosen(Some("nobody"), None).unwrap_err();
        assert!(unknown.detail().ends_with("can run here: command"), "{unknown:?}");
        let lacks = chosen(Some("native"), None).unwrap_err();
        assert!(lacks.detail().contains("there is no model. Set one."), "{lacks:?}");
        assert!(chosen(None, None).unwrap_err().detail().contains("--agent"));
        let mut with_model = profiles.clone();
        with_model[1].lack = None;
        assert_eq!(agent(None, None, &with_model).unwrap().as_deref(), Some("native"));
    }
}
