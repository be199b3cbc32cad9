//! What became of its runs tells how an agent does.

use execution::agent::Identity;
use execution::run::Event;
use kernel::{Action, Memory, News, Process, Start, Uuid};
use serde::{Deserialize, Serialize};
use vocabulary::{Name, RunId};

use super::heard::subject;
use super::{Act, Actions, Heard};

/// Ends of runs that the agent itself is to blame for.
const FAULTS: [&str; 7] = [
    "agent_missing",
    "agent_version",
    "agent_cannot_start",
    "agent_gone",
    "agent_garbage",
    "agent_silent",
    "idle",
];
/// Ends that only an agent comes to that works, whatever its work is worth. All others say nothing about it: they are somebody's will,
/// or the matter of the place, the repository, the node or the budget.
const WORKED: [&str; 5] = ["verified", "not_verified", "no_changes", "no_report", "gave_up"];

/// Tells agents how their runs ended.
#[derive(Debug)]
pub struct Agents;

/// Whose run it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Of {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<Identity>,
}

impl Process for Agents {
    const NAME: &'static str = "agents";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["run"];
    type Event = Heard;
    type Action = Act;
    type Row = Of;

    fn recalls(news: &News<'_, Heard, Act>) -> Vec<Uuid> {
        match of_run(news) {
            Some((run, Event::Started(_) | Event::Ended { .. })) => vec![run.0],
            _ => Vec::new(),
        }
    }

    fn react(news: &News<'_, Heard, Act>, rows: &mut Memory<Of>) -> Actions {
        match of_run(news) {
            Some((run, Event::Started(start))) => {
                let identity = Identity { profile: start.agent.clone(), driver: start.driver.clone() };
                rows.of(run.0).agent = Some(identity);
                Vec::new()
            }
            Some((run, Event::Ended { code, .. })) => {
                let Some(identity) = rows.of(run.0).agent.take() else { return Vec::new() };
                let Some(fault) = verdict(code) else { return Vec::new() };
                // One after another, as they ended.
                let key = format!("agent/{}", identity.profile);
                vec![Action::now("note", key, Act::NoteRun { run, identity, fault })]
            }
            _ => Vec::new(),
        }
    }
}

/// What the agent was to blame for, if for anything; none when the end says nothing about it.
fn verdict(code: &Name) -> Option<Option<Name>> {
    if FAULTS.contains(&code.as_str()) {
        return Some(Some(code.clone()));
    }
    WORKED.contains(&code.as_str()).then_some(None)
}

fn of_run<'a>(news: &News<'a, Heard, Act>) -> Option<(RunId, &'a Event)> {
    let News::Happened(event) = news else { return None };
    let Heard::Run(fact) = &event.event else { return None };
    Some((subject(event), fact))
}
