//! What the sandbox of a run is, and what its worker is told.

use std::path::Path;
use std::time::Duration;

use execution::run::Details;
use ports::agent::wire::{Brief, Errand, Keeping, SOCKET};
use ports::agent::{Assignment, Model};
use ports::sandbox::{Access, Limits, Mount, Plan, WORKSPACE};
use vocabulary::Mode;
use work::task;

use super::Agent;
use super::at_work::LAST_SNAPSHOT;
use super::background::Background;
use super::context;
use super::desk::Desk;
use super::place::Decided;
use super::socket::Socket;

/// For what agents ask, as the settings of models name it.
const PURPOSE: &str = "agents";
/// What every worker finds in its environment.
const EVERY: &[(&str, &str)] = &[("GIT_CONFIG_NOSYSTEM", "1"), ("CI", "true")];
/// What an agent may read of its repository and not write: git would run what it puts there.
pub(super) const PROTECTED: [&str; 2] = [".git/hooks", ".git/config"];

impl Desk<'_> {
    pub(super) fn brief(
        &self,
        token: &str,
        agent: &Agent,
        (task, background): (&task::Details, &Background),
        decided: &Decided,
    ) -> Brief {
        let number = task.plan.number;
        let mut trailers =
            vec![("Omoi-Task".to_owned(), number.to_string()), ("Omoi-Run".to_owned(), self.run.to_string())];
        for requirement in task.plan.spec.iter().flat_map(|from| from.requirements.iter()) {
            trailers.push(("Omoi-Requirement".to_owned(), requirement.to_string()));
        }
        Brief {
            run: self.run.0,
            token: token.to_owned(),
            socket: SOCKET.into(),
            assignment: Assignment {
                driver: agent.driver.to_string(),
                command: agent.command.clone(),
                version: agent.version.clone(),
                silent_after_s: agent.silent_after_s,
                model: self.model(agent),
                prompt: context::prompt(task, background),
                run: task.plan.work.run.as_ref().map(ToString::to_string),
                environment: agent.environment.clone(),
                workspace: WORKSPACE.into(),
                writes: task.plan.work.mode != Mode::Exploration,
                platform: String::new(),
            },
            keeping: Keeping {
                at: decided.at.to_string(),
                message: format!("{number}: {}", task.plan.title),
                trailers,
            },
        }
    }

    /// The model that the profile names, or the one for agents; none when the installation has none.
    fn model(&self, agent: &Agent) -> Option<Model> {
        let models = &self.parts.means.models;
        let route = match &agent.model {
            Some(name) => models.named(name),
            None => models.route(PURPOSE).ok(),
        }?;
        Some(Model {
            name: route.name,
            format: route.format,
            max_output_tokens: route.max_output_tokens,
            context_tokens: route.context_tokens,
        })
    }

    pub(super) fn plan(
        &self,
        run: &Details,
        agent: &Agent,
        workspace: &Path,
        socket: &Socket,
        brief: &Brief,
    ) -> Plan {
        let means = &self.parts.means;
        let environment =
            EVERY.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Plan {
            name: self.run.to_string(),
            workspace: workspace.to_owned(),
            access: if run.start.mode == Mode::Exploration { Access::Read } else { Access::Write },
            protected: PROTECTED.map(Into::into).to_vec(),
            mounts: means.worker.mounts.iter().chain(&agent.mounts).cloned().collect(),
            sockets: vec![Mount { from: socket.listening.path.clone(), to: SOCKET.into() }],
            command: means.worker.command.clone(),
            environment,
            stdin: errand(brief),
            limits: Limits {
                // The run's own clock comes first; this one holds when nobody is left to look at it.
                wall: Duration::from_secs(u64::from(run.start.limits.wall_s)) + 2 * LAST_SNAPSHOT,
                ..means.limits
            },
            at_least: means.at_least,
        }
    }
}

/// As a worker reads it.
pub(super) fn errand(brief: &Brief) -> Vec<u8> {
    serde_json::to_vec(&Errand::Drive(Box::new(brief.clone()))).expect("a brief can be written")
}

/// Proves to the socket of a run that it is the run's worker who speaks: 256 random bits, known to nobody else.
pub(super) fn token() -> String {
    let (a, b) = (rand::random::<u128>(), rand::random::<u128>());
    format!("{a:032x}{b:032x}")
}
