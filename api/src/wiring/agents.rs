//! The agents that this node can start: the profiles of the settings, with their programs found on it.

pub(crate) mod offered;
pub(crate) mod probe;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use commands::Profiles;
use ports::llm::Models;
use ports::sandbox::Mount;
use vocabulary::Name;
use workers::running::{Agent, Agents};

use self::offered::Offered;
use self::probe::Probed;
use super::Services;
use super::reach::Reach;
use crate::config::{AgentProfile, AgentProfiles};

impl Services {
    /// The profiles of agents as people are told of them; what their programs say comes a moment after the start.
    pub(crate) fn offered(&self) -> Vec<Offered> {
        self.offered.borrow().clone()
    }

    /// Looks at the programs of the agents, and remembers what they say.
    pub(super) async fn look_at_agents(self, settings: AgentProfiles) {
        let found = probe::look(&settings).await;
        let version = |one: &Probed| Some((Name::new(&one.name).ok()?, one.program.version()?));
        let _ = self.versions.set(found.iter().filter_map(version).collect());
        self.offered.send_modify(|offered| {
            for (offer, one) in offered.iter_mut().zip(&found) {
                offer.learn(&one.program);
            }
        });
    }
}

/// What every sandbox sees of the host.
const SEEN: [&str; 7] = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// Where programs lie inside of it that are elsewhere on the host.
const PROGRAMS: &str = "/opt/omoi/agents";

/// The profiles, each with its driver.
pub(super) fn profiles(settings: &AgentProfiles) -> Profiles {
    let name = |text: &str| Name::new(text).expect("the settings were read");
    settings.iter().map(|(profile, agent)| (name(profile), name(&agent.driver))).collect()
}

/// The profiles as runs need them.
///
/// # Errors
/// When one asks a model that there is not, or something of it cannot be put within reach of sandboxes.
pub(super) fn agents(settings: &AgentProfiles, models: &dyn Models, reach: &Reach) -> anyhow::Result<Agents> {
    let mut agents = Agents::new();
    for (profile, settings) in settings {
        let agent = agent(profile, settings, models, reach);
        let agent = agent.with_context(|| format!("the agent profile {profile} ([agents.{profile}])"))?;
        agents.insert(Name::new(profile).context("the name of an agent profile")?, agent);
    }
    Ok(agents)
}

fn agent(name: &str, settings: &AgentProfile, models: &dyn Models, reach: &Reach) -> anyhow::Result<Agent> {
    if let Some(model) = settings.model.as_ref().filter(|model| models.named(model).is_none()) {
        anyhow::bail!(
            "there is no model {model}: add it to [llm.models], which has {}",
            models.names().join(", ")
        );
    }
    let mut mounts = Vec::new();
    for path in &settings.mounts {
        let from =
            path.canonicalize().with_context(|| format!("{} cannot be shown to agents", path.display()))?;
        mounts.push(Mount { from, to: path.clone() });
    }
    let mut command = settings.command.clone();
    // One that is not here is not there either, and the run says so.
    if let Some(program) = command.first().and_then(|program| find(program))
        && !mounts.iter().any(|mount| program.starts_with(&mount.from))
        && !SEEN.iter().any(|seen| program.starts_with(seen))
    {
        let file = program.file_name().and_then(|file| file.to_str()).context("its program has no name")?;
        let called = command[0].rsplit('/').next().unwrap_or(file);
        let to = PathBuf::from(format!("{PROGRAMS}/{name}/{called}"));
        command[0] = to.to_string_lossy().into_owned();
        mounts.push(Mount { from: reach.program(&format!("agent-{name}"), &program)?, to });
    }
    let passed = settings.pass.iter().filter_map(|name| Some((name.clone(), std::env::var(name).ok()?)));
    let set = settings.environment.iter().map(|(name, value)| (name.clone(), value.clone()));
    Ok(Agent {
        driver: Name::new(&settings.driver).context("its driver")?,
        command,
        version: settings.version.clone(),
        silent_after_s: settings.silent_after,
        model: settings.model.clone(),
        environment: passed.chain(set).collect(),
        mounts,
    })
}

/// The file of a program, which is a path or is looked for as the shell does.
fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Path::new(program).canonicalize().ok();
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find_map(|directory| directory.join(program).canonicalize().ok())
}
