//! Which agents work on tasks: the profiles of `[agents]` in the settings file, over those that are built in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use figment::value::Value;
use serde::Deserialize;
use vocabulary::Name;

use super::{faults::Faults, layers::Layers, tables};

/// The section.
pub(super) const SECTION: &str = "agents";
/// What can drive an agent.
const DRIVERS: [&str; 5] = ["command", "scripted", "native", "acp", "claude"];
/// Parts of the names of variables that hold secrets.
const SECRET: [&str; 5] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL"];

/// Profiles by their names.
pub(crate) type AgentProfiles = BTreeMap<String, AgentProfile>;

/// An agent as it is used here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AgentProfile {
    /// What drives it: `command`, `scripted`, `native`, `acp` or `claude`.
    pub(crate) driver: String,
    /// Its program and the arguments, for drivers that start one.
    pub(crate) command: Vec<String>,
    /// The version that it has to be, for drivers that ask it: all of it, or its beginning when that ends with a dot (`1.18.`).
    pub(crate) version: Option<String>,
    /// How many seconds it may take for its first answers, for drivers that wait for them; 120 when it is not said.
    pub(crate) silent_after: Option<u32>,
    /// The model that it asks, as `[llm.models]` names it; else the one for the purpose `agents`.
    pub(crate) model: Option<String>,
    /// What it finds in its environment. Whoever can read a run can read it.
    pub(crate) environment: BTreeMap<String, String>,
    /// Variables of the server that it finds there too; none that may hold a secret.
    pub(crate) pass: Vec<String>,
    /// Files and directories of the host that it sees, read-only, such as a toolchain beyond `/usr`.
    pub(crate) mounts: Vec<PathBuf>,
}

/// Those that every installation has.
fn built_in() -> AgentProfiles {
    let of = |driver: &str, command: &[&str]| AgentProfile {
        driver: driver.to_owned(),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        ..AgentProfile::default()
    };
    [
        ("command", of("command", &[])),
        ("scripted", of("scripted", &[])),
        ("native", of("native", &[])),
        // The protocol of another one may be another.
        ("opencode", AgentProfile { version: Some("1.".into()), ..of("acp", &["opencode", "acp"]) }),
        ("gemini", of("acp", &["gemini", "--experimental-acp"])),
        ("claude", of("claude", &["claude"])),
    ]
    .map(|(name, profile)| (name.to_owned(), profile))
    .into()
}

pub(super) fn read(layers: &Layers, f: &mut Faults) -> AgentProfiles {
    let mut profiles = built_in();
    let origin = layers.origin(SECTION);
    let given: AgentProfiles = match layers.raw(SECTION) {
        None => return profiles,
        Some(Value::Dict(_, section)) => tables::each(&section, SECTION, &origin, f),
        Some(_) => {
            f.add(format!("{SECTION}: expected tables such as [{SECTION}.opencode] ({origin})"));
            return profiles;
        }
    };
    for (name, profile) in given {
        let profile = over(profiles.get(&name), profile);
        for fault in faults_of(&name, &profile) {
            f.add(format!("{SECTION}.{name}{fault} ({origin})"));
        }
        profiles.insert(name, profile);
    }
    profiles
}

/// A profile that says less than the built-in one keeps the rest of it.
fn over(built_in: Option<&AgentProfile>, mut given: AgentProfile) -> AgentProfile {
    if let Some(built_in) =
        built_in.filter(|built_in| given.driver.is_empty() || given.driver == built_in.driver)
    {
        given.driver.clone_from(&built_in.driver);
        // Another command is another program, with versions of its own.
        if given.command.is_empty() {
            given.command.clone_from(&built_in.command);
            given.version = given.version.or_else(|| built_in.version.clone());
        }
    }
    given
}

fn faults_of(name: &str, profile: &AgentProfile) -> Vec<String> {
    let mut all = Vec::new();
    if let Err(error) = Name::new(name) {
        all.push(format!(": {error}"));
    }
    if !DRIVERS.contains(&profile.driver.as_str()) {
        all.push(format!(".driver: expected one of {}", DRIVERS.join(", ")));
    }
    if profile.driver == "acp" && profile.command.is_empty() {
        all.push(
            ".command: expected the program that speaks the Agent Client Protocol, and its arguments"
                .to_owned(),
        );
    }
    // The others are part of this program.
    let asks = ["acp", "claude"].contains(&profile.driver.as_str());
    if profile.version.as_ref().is_some_and(|version| version.is_empty() || !asks) {
        all.push(".version: agents with the driver acp or claude have one, such as 1.18.33, or 1.18. for all that begin so".into());
    }
    if profile.silent_after.is_some_and(|seconds| !(1..=3_600).contains(&seconds) || !asks) {
        all.push(".silent_after: expected 1 to 3600 seconds, for the driver acp or claude".into());
    }
    for name in profile.environment.keys().chain(&profile.pass) {
        if name.is_empty() || name.contains(['=', '\0']) {
            all.push(format!(": {name:?} is no name of a variable"));
        }
    }
    for name in
        profile.pass.iter().filter(|name| SECRET.iter().any(|secret| name.to_uppercase().contains(secret)))
    {
        all.push(format!(
            ".pass: {name} may hold a secret, and an agent can read what it finds: models are asked through the platform, \
             which has the keys"
        ));
    }
    for mount in profile.mounts.iter().filter(|mount| !mount.is_absolute()) {
        all.push(format!(".mounts: {} is no absolute path", mount.display()));
    }
    all
}

#[cfg(test)]
mod tests {
    use figment::providers::{Format as _, Toml};

    use super::super::{Config, ConfigError, layers::Flags};
    use super::*;

    fn config(text: &str) -> Result<Config, ConfigError> {
        Config::read(&Layers::merged(Toml::string(text), Flags::default()))
    }

    #[test]
    fn a_profile_keeps_what_it_does_not_say_of_a_built_in_one() {
        let text =
            "[agents.opencode]\nmodel = \"qwen\"\n[agents.mine]\ndriver = \"acp\"\ncommand = [\"my-agent\"]";
        let agents = config(text).unwrap().agents;
        assert_eq!(agents["opencode"].command, ["opencode", "acp"]);
        assert_eq!(agents["opencode"].model.as_deref(), Some("qwen"));
        assert_eq!(agents["opencode"].version.as_deref(), Some("1."));
        assert_eq!(agents["mine"].command, ["my-agent"]);
        let another = config("[agents.opencode]\ncommand = [\"forked\"]").unwrap().agents;
        assert_eq!(another["opencode"].version, None, "what is called is another program");
        let pinned = config("[agents.claude]\nversion = \"2.1.\"\nsilent_after = 300").unwrap().agents;
        assert_eq!(
            (pinned["claude"].version.as_deref(), pinned["claude"].silent_after),
            (Some("2.1."), Some(300))
        );
        assert_eq!(agents["command"], built_in()["command"]);
        let other = config("[agents.claude]\ndriver = \"native\"").unwrap().agents;
        assert!(other["claude"].command.is_empty(), "what drives it is another one");
    }

    #[test]
    fn every_fault_is_named() {
        for (text, fault) in [
            ("agents = 1", "agents: expected tables"),
            ("[agents.a]\ndriver = \"magic\"", "agents.a.driver: expected one of command"),
            ("[agents.a]\n", "agents.a.driver: expected one of"),
            ("[agents.a]\ndriver = \"acp\"", "agents.a.command: expected the program"),
            ("[agents.a]\ndriver = \"native\"\nspeed = 1", "agents.a.speed"),
            ("[agents.\"\"]\ndriver = \"native\"", "a name needs"),
            ("[agents.native]\npass = [\"GITHUB_TOKEN\"]", "GITHUB_TOKEN may hold a secret"),
            ("[agents.native]\nmounts = [\"tools\"]", "tools is no absolute path"),
            (
                "[agents.native]\nversion = \"1\"",
                "agents.native.version: agents with the driver acp or claude",
            ),
            ("[agents.claude]\nversion = \"\"", "agents.claude.version"),
            ("[agents.claude]\nsilent_after = 0", "agents.claude.silent_after: expected 1 to 3600"),
            ("[agents.command]\nsilent_after = 5", "agents.command.silent_after"),
        ] {
            let faults = config(text).unwrap_err().faults.join("\n");
            assert!(faults.contains(fault), "{text}: {faults}");
        }
    }
}
