use execution::agent::{Agent, Command, Event, Identity};
use kernel::{ActorId, Uuid, derived_uuid};
use vocabulary::{Name, Reason, RunId};

use super::super::event::{self, Lane, Registration};
use super::Published;

const PERSON: ActorId = ActorId(Uuid::from_u128(0x20));

pub(super) fn events() -> Published {
    let registered = |event_type, history: Vec<Event>, command| Registration {
        event_type,
        history,
        command,
        lane: Lane::Events,
    };
    let earlier = RunId(derived_uuid(&[b"earlier run"]));
    let degraded = |faults| Event::Degraded { run: earlier, code: name("agent_gone"), faults };
    event::of::<Agent>(vec![
        registered("agent.registered", vec![], ended("acp", None)),
        registered("agent.capabilities_changed", vec![known()], ended("claude", None)),
        registered("agent.degraded", vec![known()], ended("acp", Some("agent_gone"))),
        registered("agent.recovered", vec![known(), degraded(1)], ended("acp", None)),
        registered("agent.quarantined", vec![known(), degraded(2)], ended("acp", Some("agent_gone"))),
        registered("agent.released", vec![known(), quarantined()], Command::Release { by: PERSON }),
    ])
}

fn known() -> Event {
    Event::Registered { identity: identity("acp") }
}

fn quarantined() -> Event {
    let reason = Reason::new("it deletes tests").expect("a literal with words");
    Event::Quarantined { reason, by: Some(PERSON) }
}

fn ended(driver: &str, fault: Option<&str>) -> Command {
    Command::NoteRun { run: run(), identity: identity(driver), fault: fault.map(name) }
}

fn identity(driver: &str) -> Identity {
    Identity { profile: name("opencode"), driver: name(driver) }
}

fn run() -> RunId {
    RunId(derived_uuid(&[b"run"]))
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}
