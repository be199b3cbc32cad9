//! The agents of this node as people are told of them: what each can do, and what it lacks when it cannot run.

use std::path::Path;

use adapters::agents::drivers;
use ports::llm::{Format, Models};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{Line, Name};

use super::probe::Program;
use crate::config::{AgentProfile, AgentProfiles};

/// For what agents ask models, when their profile names none.
const PURPOSE: &str = "agents";

/// A profile of the settings, as the node that answers has it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AgentProfile")]
pub(crate) struct Offered {
    /// What it is called.
    name: Name,
    /// What drives its agent, e.g. `acp`.
    driver: Name,
    /// Whether its agent hears what people say while it works.
    takes_messages: bool,
    /// Whether people can end the turn of its agent. All that there are can be interrupted.
    interrupts: bool,
    /// Whether its program was asked already for what it is: the server does that once, when it has started.
    asked: bool,
    /// What its program calls itself; `null` when it has none, is missing or does not say.
    version: Option<Line<200>>,
    /// Why it cannot run; `null` when nothing is known against it.
    lack: Option<Lack>,
}

/// What a profile lacks to run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AgentLack")]
struct Lack {
    /// What kind of thing.
    code: Lacking,
    /// What is so, in words.
    reason: String,
    /// What to do about it.
    mend: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Lacking {
    /// Its program is not here.
    Program,
    /// Its program is another version than the profile wants.
    Version,
    /// There is no model that it can ask.
    Model,
    /// It asks its provider itself, and no sandbox is given a key.
    Key,
}

/// The profiles of the settings, by name, before their programs were asked.
pub(crate) fn by_settings(settings: &AgentProfiles, models: &dyn Models) -> Vec<Offered> {
    let drivers = drivers();
    let name = |text: &str| Name::new(text).expect("the settings were read");
    let offered = |(profile, agent): (&String, &AgentProfile)| {
        let driver = drivers.iter().find(|driver| driver.name() == agent.driver);
        Offered {
            name: name(profile),
            driver: name(&agent.driver),
            takes_messages: driver.is_some_and(|driver| driver.takes_messages()),
            interrupts: driver.is_some(),
            asked: agent.command.is_empty(),
            version: None,
            lack: lack(profile, agent, models),
        }
    };
    settings.iter().map(offered).collect()
}

impl Offered {
    /// What was found of its program. What is wrong with that comes first: nothing else matters before.
    pub(crate) fn learn(&mut self, program: &Program) {
        self.asked = true;
        self.version = program.version();
        if self.lack.as_ref().is_some_and(|lack| lack.code == Lacking::Key) {
            // Nobody is to install what is of no use then.
            return;
        }
        let name = &self.name;
        let lack = match program {
            Program::Missing(program) => Lack {
                code: Lacking::Program,
                reason: format!("there is no program {} on the server", called(program)),
                mend: format!(
                    "Install it there, or name where it is by command in [agents.{name}] of omoi.toml. Then start the server again."
                ),
            },
            Program::Unwanted { found, wanted } => Lack {
                code: Lacking::Version,
                reason: format!("its program is version {found}, and {wanted} is wanted"),
                mend: format!(
                    "Install such a version, or change version in [agents.{name}] of omoi.toml. Then start the server again."
                ),
            },
            Program::Ours | Program::Unknown | Program::Version(_) => return,
        };
        self.lack = Some(lack);
    }
}

/// What it lacks besides its program.
fn lack(profile: &str, agent: &AgentProfile, models: &dyn Models) -> Option<Lack> {
    let program = agent.command.first().map_or("", |program| called(program));
    if program == "gemini" {
        return Some(Lack {
            code: Lacking::Key,
            reason: "it asks Google itself, with a key that no sandbox is given".to_owned(),
            mend: "Use another agent.".to_owned(),
        });
    }
    if !["native", "claude"].contains(&agent.driver.as_str()) && program != "opencode" {
        return None;
    }
    let route = match &agent.model {
        Some(name) => models.named(name),
        None => models.route(PURPOSE).ok(),
    };
    match route {
        None => Some(Lack {
            code: Lacking::Model,
            reason: "no model answers for it".to_owned(),
            mend: "Set ANTHROPIC_API_KEY, OPENAI_API_KEY or OMOI_LLM_URL, or name a model in [llm] of omoi.toml. Then start the server again.".to_owned(),
        }),
        Some(route) if agent.driver == "claude" && route.format != Format::Anthropic => Some(Lack {
            code: Lacking::Model,
            reason: format!("it asks models of Anthropic, and its model is {}", route.name),
            mend: format!(
                "Name one that speaks as they do, by model in [agents.{profile}] of omoi.toml. Then start the server again."
            ),
        }),
        Some(_) => None,
    }
}

/// The last part of a path: where it lies is the operator's matter.
fn called(program: &str) -> &str {
    Path::new(program).file_name().and_then(|name| name.to_str()).unwrap_or(program)
}

#[cfg(test)]
mod tests {
    use adapters::llm::{HttpOptions, LlmSettings, Router};
    use serde_json::json;

    use super::*;

    fn profiles() -> AgentProfiles {
        let of = |name: &str, driver: &str, command: &[&str]| {
            let command = command.iter().map(|word| (*word).to_owned()).collect();
            (name.to_owned(), AgentProfile { driver: driver.to_owned(), command, ..AgentProfile::default() })
        };
        [
            of("command", "command", &[]),
            of("native", "native", &[]),
            of("opencode", "acp", &["/srv/tools/opencode", "acp"]),
            of("other", "acp", &["other"]),
            of("gemini", "acp", &["gemini"]),
            of("claude", "claude", &["claude"]),
        ]
        .into()
    }

    /// An installation with one model, which speaks as those of OpenAI do.
    fn one_model() -> Router {
        let settings: LlmSettings = serde_json::from_value(json!({
            "providers": { "here": { "kind": "openai", "base_url": "http://127.0.0.1:1/v1" } },
            "models": { "small": { "provider": "here", "max_output_tokens": 9, "price": { "input": 0, "output": 0 } } },
            "purposes": { "default": "small" },
        }))
        .unwrap();
        Router::new(&settings, HttpOptions::default(), &|_| None).unwrap()
    }

    fn lacking(offered: &[Offered]) -> Vec<(&str, Lacking)> {
        let lacking = |one: &Offered| one.lack.as_ref().map(|lack| lack.code);
        offered.iter().filter_map(|one| Some((one.name.as_str(), lacking(one)?))).collect()
    }

    #[test]
    fn what_cannot_run_says_what_it_lacks() {
        let none = by_settings(&profiles(), &Router::default());
        assert_eq!(
            lacking(&none),
            [
                ("claude", Lacking::Model),
                ("gemini", Lacking::Key),
                ("native", Lacking::Model),
                ("opencode", Lacking::Model)
            ]
        );
        let one = by_settings(&profiles(), &one_model());
        assert_eq!(lacking(&one), [("claude", Lacking::Model), ("gemini", Lacking::Key)]);
        assert_eq!(
            one[0].lack.as_ref().unwrap().reason,
            "it asks models of Anthropic, and its model is small"
        );
        let deaf: Vec<&str> =
            one.iter().filter(|one| !one.takes_messages).map(|one| one.name.as_str()).collect();
        assert_eq!(deaf, ["command"]);
    }

    #[test]
    fn what_its_program_says_comes_first() {
        let mut all = by_settings(&profiles(), &Router::default());
        let opencode = all.iter_mut().find(|one| one.name.as_str() == "opencode").unwrap();
        assert!(!opencode.asked);
        opencode.learn(&Program::Version("1.18.33".into()));
        assert!(opencode.asked);
        assert_eq!(opencode.version.as_ref().map(Line::as_str), Some("1.18.33"));
        assert_eq!(opencode.lack.as_ref().unwrap().code, Lacking::Model, "it is here, and has nobody to ask");
        opencode.learn(&Program::Unwanted { found: "0.9".into(), wanted: "1.".into() });
        let lack = opencode.lack.clone().unwrap();
        assert_eq!(
            (lack.code, lack.reason.as_str()),
            (Lacking::Version, "its program is version 0.9, and 1. is wanted")
        );
        opencode.learn(&Program::Missing("/srv/tools/opencode".into()));
        let lack = opencode.lack.clone().unwrap();
        assert_eq!((lack.code, opencode.version.as_ref()), (Lacking::Program, None));
        assert_eq!(
            lack.reason, "there is no program opencode on the server",
            "where it lies is nobody's matter"
        );
        let gemini = all.iter_mut().find(|one| one.name.as_str() == "gemini").unwrap();
        gemini.learn(&Program::Missing("gemini".into()));
        assert_eq!(gemini.lack.as_ref().unwrap().code, Lacking::Key, "installing it would not help");
    }
}
